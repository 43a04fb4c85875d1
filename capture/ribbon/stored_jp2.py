"""A JPEG 2000 of many tiles, in windows (ISO/IEC 15444-1, annex A).

Tiles are packed each by itself. A few of them are decoded as a codestream of their own: the main
header with the extent of these tiles, and their tile-parts numbered anew.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

import numpy as np
from PIL import Image

from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import decoding, known_dpi, open_image

from .stored import BAND, WHOLE, Depth, Kept, LostLinesError, bytes_at, spans

_START, _SIZE, _TILE, _END = 0xFF4F, 0xFF51, 0xFF90, 0xFFD9
_LENGTHS = (0xFF55, 0xFF57)
"""Markers that tell where tile-parts and packets are: no longer true of some of them."""
_HEADERS_APART = 0xFF60
_TILE_PART = struct.Struct(">HHHIBB")
_BOX = struct.Struct(">I4s")
_MOST_HEAD = 1 << 20
_MOST_TILES = 65_535
_PLAIN = (1, 3)
"""Components of images that a bare codestream describes in full."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The main header of a codestream."""

    size: tuple[int, ...]
    """Right, bottom, left, top; width and height of a tile, left and top of the first."""
    markers: tuple[tuple[int, bytes], ...]
    """All others, in order."""
    tiles_at: int

    @property
    def across(self) -> int:
        """Tiles beside each other."""
        return -(-(self.size[0] - self.size[6]) // self.size[4])

    @property
    def down(self) -> int:
        """Tiles above each other."""
        return -(-(self.size[1] - self.size[7]) // self.size[5])

    @property
    def possible(self) -> bool:
        """Whether there are no more tiles than can be numbered, the first of them in the image."""
        right, bottom = (self.size[6 + axis] + self.size[4 + axis] for axis in (0, 1))
        first = self.size[6] <= self.size[2] < right and self.size[7] <= self.size[3] < bottom
        return first and self.across * self.down <= _MOST_TILES


class StoredJp2:
    """The image of a JPEG 2000 whose tiles are small."""

    orientation = 1

    def __init__(self, file: IO[bytes], head: _Head) -> None:
        self._file = file
        self._head = head
        right, bottom, left, top, *_ = head.size
        self.width, self.height = right - left, bottom - top
        with open_image(file, "jp2") as image:
            self.dpi = known_dpi(*image.info.get("dpi", (0, 0)))
        self._parts = _tile_parts(file, head)
        self._depth = Depth(self._samples)
        self._kept = Kept()

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows; LostLinesError where they are damaged."""
        parts = self._along(start, stop, 1)
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns; LostLinesError where they are damaged."""
        parts = self._along(start, stop, 0)
        return np.concatenate(parts, axis=1) if len(parts) != 1 else parts[0]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _along(self, start: int, stop: int, axis: int) -> list[Pixels]:
        """Return pieces of rows (1) or columns (0)."""
        tile, other = self._head.size[4 + axis], self.width if axis else self.height
        try:
            return list(self._pieces(start, stop, axis, max(1, BAND // (tile * other))))
        except LostLinesError:
            # One of several tiles is damaged, and perhaps none of those that are asked for.
            return list(self._pieces(start, stop, axis, 1))

    def _pieces(self, start: int, stop: int, axis: int, count: int) -> Iterator[Pixels]:
        """Yield rows or columns from one stretch of ``count`` tiles after the other."""
        tile, outside = self._head.size[4 + axis], self._outside(axis)
        for number, begin, end in spans(start + outside, stop + outside, count * tile):
            place = (number * count, (number + 1) * count)
            piece = self._kept.piece((axis, *place), partial(self._piece, axis, *place))
            skipped = 0 if number else outside
            cut = slice(begin - skipped, end - skipped)
            yield piece[cut] if axis else piece[:, cut]

    def _outside(self, axis: int) -> int:
        """Return how much of the first tiles lies outside of the image."""
        return self._head.size[2 + axis] - self._head.size[6 + axis]

    def _piece(self, axis: int, first: int, last: int) -> Pixels:
        """Return some whole rows or columns of tiles."""
        across, down = self._head.across, self._head.down
        tiles = (0, across, first, min(last, down)) if axis else (first, min(last, across), 0, down)
        try:
            with self._image(*tiles) as image:
                return self._depth.tones(image, "jp2")
        except SourceError as error:
            raise self._lost(str(error), axis, first, last) from error

    def _lost(self, reason: str, axis: int, first: int, last: int) -> LostLinesError:
        """Return the error of tiles, and of those behind them that are not there either."""
        count, tile = (self._head.down, self._head.across)[1 - axis], self._head.size[4 + axis]
        while axis and last < count and not self._there(last):
            last += 1
        outside, end = self._outside(axis), (self.width, self.height)[axis]
        start, stop = (place * tile - outside for place in (first, last))
        return LostLinesError(reason, max(0, start), min(end, stop))

    def _there(self, row: int) -> bool:
        """Return whether the file holds all tiles of a row."""
        across = self._head.across
        return all(number in self._parts for number in range(row * across, (row + 1) * across))

    def _image(self, left: int, right: int, top: int, bottom: int) -> Image.Image:
        """Return tiles as an image that is not decoded yet."""
        content = [self._main_header(left, right, top, bottom)]
        for number, (row, column) in enumerate(
            (row, column) for row in range(top, bottom) for column in range(left, right)
        ):
            parts = self._parts.get(row * self._head.across + column, [])
            if not parts:
                raise SourceError("the JPEG 2000 is cut off; copy or scan it again")
            for at, length in parts:
                raw = bytes_at(self._file, at, length)
                marker, size, _, count, index, total = _TILE_PART.unpack_from(raw)
                content.append(_TILE_PART.pack(marker, size, number, count, index, total))
                content.append(raw[_TILE_PART.size :])
        content.append(struct.pack(">H", _END))
        return open_image(io.BytesIO(b"".join(content)), "jp2")

    def _main_header(self, left: int, right: int, top: int, bottom: int) -> bytes:
        size = self._head.size
        x, y = size[6] + left * size[4], size[7] + top * size[5]
        extent = (
            min(size[0], size[6] + right * size[4]),
            min(size[1], size[7] + bottom * size[5]),
            max(size[2], x),
            max(size[3], y),
        )
        parts = [struct.pack(">H", _START)]
        for marker, content in self._head.markers:
            if marker == _SIZE:
                told = struct.pack(">8I", *extent, size[4], size[5], x, y)
                content = content[:2] + told + content[34:]
            parts.append(struct.pack(">HH", marker, len(content) + 2) + content)
        return b"".join(parts)

    def _samples(self) -> Iterator[Image.Image]:
        """Yield tiles from all over the image, as far as they can be read."""
        last = self._head.across * self._head.down - 1
        for number in np.unique(np.linspace(0, last, 9).astype(int)):
            row, column = divmod(int(number), self._head.across)
            try:
                image = self._image(column, column + 1, row, row + 1)
                with decoding("jp2"):
                    image.load()
            except SourceError:
                continue  # told when its rows are asked for
            yield image


def tiled_jp2(file: IO[bytes]) -> StoredJp2 | None:
    """Return the image when it is one that can be read in windows, else None."""
    try:
        head = _head(file, _codestream(file))
    except (struct.error, LookupError) as error:
        raise SourceError("the JPEG 2000 is damaged at its start; copy or scan it again") from error
    size, markers = head.size, dict(head.markers)
    (components,) = struct.unpack_from(">H", markers[_SIZE], 34)
    if min(size[4:6]) < 1 or size[0] <= size[2] or size[1] <= size[3] or not head.possible:
        raise SourceError("the JPEG 2000 does not say how large it is; copy or scan it again")
    small = size[4] * size[5] * 4 <= WHOLE and head.across * head.down > 1
    if not small or components not in _PLAIN or _HEADERS_APART in markers:
        return None
    return StoredJp2(file, head)


def _codestream(file: IO[bytes]) -> int:
    """Return where the codestream begins: at once, or in a box of its own."""
    at = 0
    if bytes_at(file, 0, 4) == struct.pack(">HH", _START, _SIZE):
        return at
    while True:
        length, kind = _BOX.unpack(bytes_at(file, at, _BOX.size))
        head = _BOX.size
        if length == 1:
            (length,) = struct.unpack(">Q", bytes_at(file, at + head, 8))
            head += 8
        if kind == b"jp2c":
            return at + head
        if length < head:
            raise LookupError("the boxes end before the codestream")
        at += length


def _head(file: IO[bytes], at: int) -> _Head:
    markers: list[tuple[int, bytes]] = []
    at += 2
    while True:
        marker, length = struct.unpack(">HH", bytes_at(file, at, 4))
        if marker == _TILE:
            break
        content = bytes_at(file, at + 4, length - 2)
        if sum(len(one) for _, one in markers) > _MOST_HEAD or len(content) < length - 2:
            raise LookupError("the main header does not end")
        if marker not in _LENGTHS:
            markers.append((marker, content))
        at += 2 + length
    size = struct.unpack_from(">8I", dict(markers)[_SIZE], 2)
    return _Head(size, tuple(markers), at)


def _tile_parts(file: IO[bytes], head: _Head) -> dict[int, list[tuple[int, int]]]:
    """Return where the parts of each tile stand that the file holds whole, and their lengths."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    at, end = head.tiles_at, file.seek(0, 2)
    while True:
        raw = bytes_at(file, at, _TILE_PART.size)
        if len(raw) < _TILE_PART.size:
            return found
        marker, _, tile, length, *_ = _TILE_PART.unpack(raw)
        # The last one may say 0: up to the end of the codestream.
        length = length or end - at - 2
        if marker != _TILE or length < _TILE_PART.size:
            return found
        if at + length > end:
            found.pop(tile, None)
            return found
        found[tile].append((at, length))
        at += length
