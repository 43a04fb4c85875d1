"""Where the strips or tiles of a TIFF image stand in its file, and their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from capture.errors import SourceError

from . import tiff_tags as tag
from .stored import WHOLE, LostLinesError, bytes_at
from .tiff_tags import Tags

RAW = 1
_SEPARATE = 2
_NEAR = 1 << 16
"""Bytes between chunks that are read along with them."""
_LOOKED_UP = 4096
"""Rows of strips or tiles whose places are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How an image is divided into strips or tiles."""

    tiled: bool
    width: int
    """Of a strip or tile, in pixels."""
    height: int
    across: int
    """Tiles beside each other."""
    down: int
    planes: int


def divided(tags: Tags, name: str) -> Grid:
    """Return how an image is divided; SourceError when it does not say, or says nonsense."""
    width, height = tags.one(tag.WIDTH), tags.one(tag.HEIGHT)
    tiled = tag.TILES in tags
    if not tiled and tag.STRIPS not in tags:
        raise SourceError(f"{name} does not say where its pixels are; scan it again")
    wide = tags.one(tag.TILE_WIDTH) if tiled else width
    high = tags.one(tag.TILE_HEIGHT) if tiled else tags.one(tag.STRIP_ROWS, height)
    there = tags.count(tag.TILES if tiled else tag.STRIPS)
    plain = not tiled and tags.one(tag.COMPRESSION, RAW) == RAW
    if not tiled:
        high = height if plain and there == 1 else min(high, height)
    if wide < 1 or high < 1 or (tiled and wide * high > WHOLE):
        raise SourceError(f"{name} does not say how large its tiles are; scan it again")
    across, down = -(-width // wide), -(-height // high)
    planes = max(1, tags.one(tag.BANDS, 1)) if tags.one(tag.PLANES, 1) == _SEPARATE else 1
    if there < across * down * planes:
        raise SourceError(f"{name} does not say where all its pixels are; copy or scan it again")
    return Grid(tiled, wide, high, across, down, planes)


class Chunks:
    """The strips or tiles of one image."""

    def __init__(self, tags: Tags, grid: Grid, name: str, row_bytes: int) -> None:
        self._tags, self._grid, self._name = tags, grid, name
        self._row_bytes = row_bytes
        self._height = tags.one(tag.HEIGHT)
        self._plain = tags.one(tag.COMPRESSION, RAW) == RAW and not grid.tiled
        self._starts = tag.TILES if grid.tiled else tag.STRIPS
        self._sizes = tag.TILE_BYTES if grid.tiled else tag.STRIP_BYTES

    def places(self, first: int, last: int) -> NDArray[np.int64]:
        """Return where chunks stand; LostLinesError when the file does not hold the table."""
        found = self._tags.numbers(self._starts, first, last)
        if len(found) < last - first:
            high = self._grid.height
            top = (first + len(found)) // self._grid.across % self._grid.down * high
            raise self.cut_off(top, top + high)
        return found

    def extent(self, number: int) -> tuple[int, int]:
        """Return where a chunk stands, and how many bytes it has; EOFError without them."""
        place, size = (
            self._tags.numbers(one, number, number + 1) for one in (self._starts, self._sizes)
        )
        if not len(place) or not len(size):
            raise EOFError
        return int(place[0]), int(size[0])

    def packed(self, first: int, last: int, most: int) -> list[bytes]:
        """Return chunks as they are packed, each not much larger than ``most`` bytes.

        Raises SourceError when one is not in the file.
        """
        places = self.places(first, last)
        sizes = self._tags.numbers(self._sizes, first, last)
        if len(sizes) < len(places) or int(sizes.max()) > 4 * most + (1 << 20):
            raise SourceError(f"{self._name} is damaged; copy or scan it again")
        chunks = list(self._read(places.tolist(), sizes.tolist()))
        if any(len(chunk) < size for chunk, size in zip(chunks, sizes, strict=True)):
            raise SourceError(f"{self._name} is cut off; copy or scan it again")
        return chunks

    def cut_off(self, start: int, stop: int) -> LostLinesError:
        """Return the error of rows that the file does not hold, and of all the rows after them."""
        reason = f"{self._name} is cut off; copy or scan it again"
        return LostLinesError(reason, start, self.missing_until(stop, stop))

    def missing_until(self, start: int, stop: int) -> int:
        """Return the row from ``start`` on whose strip or tiles are in the file, or ``stop``.

        Of a file that is cut off all the rest is told at once, for it may be a million strips.
        """
        high = self._grid.height
        length = os.fstat(self._tags.file.fileno()).st_size
        for top in range(start // high, self._grid.down, _LOOKED_UP):
            there = self._there(top, min(self._grid.down, top + _LOOKED_UP), length)
            if there.any():
                return min(self._height, max(stop, (top + int(np.argmax(there))) * high))
        return self._height

    def _there(self, top: int, bottom: int, length: int) -> NDArray[np.bool_]:
        """Return which strips or rows of tiles end before the end of the file."""
        first, last = top * self._grid.across, bottom * self._grid.across
        places = self._tags.numbers(self._starts, first, last)
        sizes = self._bytes(first, last)
        count = min(len(places), len(sizes))
        there = np.zeros(last - first, np.bool_)
        there[:count] = places[:count] + sizes[:count] <= length
        return np.asarray(there.reshape(bottom - top, -1).all(axis=1))

    def _bytes(self, first: int, last: int) -> NDArray[np.int64]:
        if not self._plain:
            return self._tags.numbers(self._sizes, first, last)
        # Of rows that are not packed some writers leave the sizes out.
        rows = self._height - self._grid.height * np.arange(first, last)
        return np.minimum(rows, self._grid.height) * self._row_bytes

    def _read(self, places: list[int], sizes: list[int]) -> Iterator[bytes]:
        """Yield chunks; those that lie in one stretch of the file are read at once."""
        start, end = min(places), max(map(sum, zip(places, sizes, strict=True)))
        if end - start > 2 * sum(sizes) + _NEAR:
            yield from map(bytes_at, repeat(self._tags.file), places, sizes)
            return
        stretch = bytes_at(self._tags.file, start, end - start)
        for place, size in zip(places, sizes, strict=True):
            yield stretch[place - start : place - start + size]
