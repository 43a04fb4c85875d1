"""Rows that are packed in one deflate stream, read in windows forward and back (RFC 1950).

The state of the unpacker is kept here and there along the way, so that going back does not
mean to begin anew.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from .stored import LostLinesError

_MOST_PLACES = 256
_APART = 16_000_000
"""Bytes unpacked between two places that are remembered; doubled when there are too many."""
_CRUMB = 64


class Unpacker(Protocol):
    """What ``zlib.decompressobj`` returns, which has no name to call it by."""

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What was given and is not unpacked yet."""
        ...

    def decompress(self, packed: bytes, most: int = 0, /) -> bytes:
        """Return what comes out, ``most`` bytes or all there is (0)."""
        ...

    def copy(self) -> Self:
        """Return another that stands at the same place."""
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """The unpacker before a row."""

    row: int
    unpacker: Unpacker
    left: bytes
    """Unpacked already, of the row to come."""
    waiting: bytes
    """Not unpacked yet."""
    at: int


class Inflated:
    """A deflate stream of rows of equal length."""

    def __init__(
        self,
        more: Callable[[int], tuple[bytes, int]],
        at: int,
        shape: tuple[int, int],
        name: str,
    ) -> None:
        self._more = more
        self._rows, self._size = shape
        self._name = name
        self._apart = max(1, _APART // self._size)
        self._now = _Place(0, zlib.decompressobj(), b"", b"", at)
        self._places = [self._now]
        self._keep(self._now)

    def packed(self, start: int, stop: int) -> bytes:
        """Return rows as a deflate stream of their own, for a decoder; LostLinesError at damage."""
        return zlib.compress(self.rows(start, stop), 0)

    def rows(self, start: int, stop: int) -> bytes:
        """Return the bytes of rows; LostLinesError names the first that is damaged."""
        if start < self._now.row:
            self._back_to(start)
        while self._now.row < start:
            self._forward(min(start, self._now.row + self._apart))
        return self._forward(stop)

    def _back_to(self, row: int) -> None:
        kept = self._places[bisect_right([place.row for place in self._places], row) - 1]
        self._now = _copied(kept)

    def _forward(self, stop: int) -> bytes:
        """Return the rows from where it stands up to ``stop``."""
        now = self._now
        wanted = (stop - now.row) * self._size
        parts, have = [now.left], len(now.left)
        unpacker, waiting, at = now.unpacker, now.waiting, now.at
        while have < wanted:
            if not waiting:
                waiting, at = self._more(at)
            if not waiting or unpacker.eof:
                raise self._lost(now.row + have // self._size, "is cut off")
            before = unpacker.copy()
            try:
                parts.append(unpacker.decompress(waiting, wanted - have))
            except zlib.error as error:
                have += _readable(before, waiting, wanted - have)
                raise self._lost(now.row + have // self._size, "is damaged") from error
            have += len(parts[-1])
            waiting = unpacker.unconsumed_tail
        found = b"".join(parts)
        self._now = _Place(stop, unpacker, found[wanted:], waiting, at)
        self._keep(self._now)
        return found[:wanted]

    def _lost(self, row: int, how: str) -> LostLinesError:
        self._now = _copied(self._places[0])
        return LostLinesError(f"{self._name} {how}; copy or scan it again", row, self._rows)

    def _keep(self, place: _Place) -> None:
        """Remember a place when the last one is far enough back."""
        last = self._places[-1]
        if place is last:
            self._places[0] = _copied(place)
        elif place.row >= last.row + self._apart:
            self._places.append(_copied(place))
        if len(self._places) > _MOST_PLACES:
            self._places = self._places[::2]
            self._apart *= 2


def _copied(place: _Place) -> _Place:
    return _Place(place.row, place.unpacker.copy(), place.left, place.waiting, place.at)


def _readable(unpacker: Unpacker, waiting: bytes, most: int) -> int:
    """Return how many bytes come out before the damage."""
    count = 0
    for place in range(0, len(waiting), _CRUMB):
        try:
            count += len(unpacker.decompress(waiting[place : place + _CRUMB], 0))
        except zlib.error:
            break
    return min(count, most)
