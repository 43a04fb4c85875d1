"""Columns of an image whose long rows are packed by deflate, all rows unpacked side by side.

Film that lies across a file has rows of millions of pixels. Each row has an unpacker of its own,
which stops where the window ends: going along the film unpacks everything once, and holds some
50 KB for each row. Going back begins anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from capture.model import Pixels

from .inflated import Unpacker

_PIECE = 1 << 13
"""Packed bytes that are read at a time."""

Place = Callable[[int], tuple[int, int]]
"""Start of a strip in its file, and how many bytes it has."""


@dataclass(slots=True)
class _Row:
    """An unpacker in the middle of a row."""

    unpacker: Unpacker
    waiting: bytes
    at: int
    end: int


class RowStreams:
    """Strips of 8-bit rows, each strip one deflate stream."""

    def __init__(
        self,
        size: tuple[int, int],
        strip_rows: int,
        place: Place,
        read: Callable[[int, int], bytes],
        *,
        differences: bool,
    ) -> None:
        self._width, self._height = size
        self._strip_rows = strip_rows
        self._place, self._read = place, read
        self._differences = differences
        self._rows: list[_Row] = []
        self._column = 0
        self._last = np.zeros((self._height, 1), np.uint8)
        """The column before, from which differences count."""

    def columns(self, start: int, stop: int) -> Pixels:
        """Return the bytes of columns.

        Raises:
            EOFError: the file ends within a row.
            zlib.error: a row is damaged.
        """
        if start < self._column or not self._rows:
            self._begin()
        while self._column < start:
            self._on(min(start, self._column + stop - start))
        return self._on(stop)

    def _begin(self) -> None:
        self._rows = [row for strip in range(0, self._height, self._strip_rows)
                      for row in self._row_starts(strip)]  # fmt: skip
        self._column = 0
        self._last[:] = 0

    def _row_starts(self, first: int) -> Iterator[_Row]:
        """Yield the unpackers at the start of each row of a strip."""
        at, size = self._place(first // self._strip_rows)
        now = _Row(zlib.decompressobj(), b"", at, at + size)
        last = min(self._height, first + self._strip_rows)
        for row in range(first, last):
            yield _Row(now.unpacker.copy(), now.waiting, now.at, now.end)
            if row + 1 < last:
                self._unpacked(now, self._width)

    def _on(self, stop: int) -> Pixels:
        """Return the columns from where all rows stand up to ``stop``."""
        count = stop - self._column
        found = np.empty((self._height, count), np.uint8)
        for number, row in enumerate(self._rows):
            found[number] = np.frombuffer(self._unpacked(row, count), np.uint8)
        if self._differences:
            found[:, :1] += self._last
            np.cumsum(found, axis=1, dtype=np.uint8, out=found)
        self._last = found[:, -1:].copy()
        self._column = stop
        return found

    def _unpacked(self, row: _Row, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            if not row.waiting:
                row.waiting = self._read(row.at, min(_PIECE, row.end - row.at))
                row.at += len(row.waiting)
            if not row.waiting or row.unpacker.eof:
                raise EOFError
            parts.append(row.unpacker.decompress(row.waiting, count))
            row.waiting = row.unpacker.unconsumed_tail
            count -= len(parts[-1])
        return b"".join(parts)
