"""One image of a TIFF or BigTIFF in windows, whatever its strips, tiles and packing.

Strips and tiles are packed each by itself, so any of them is read at the same cost. Rows of one
strip cannot be reached but through those above them: a strip that holds very many is read row by
row where its packing allows that (none, deflate).
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import partial
from typing import IO

import numpy as np
from PIL import Image

from capture.complaints import attentive
from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import decoding, known_dpi, open_image

from . import tiff_tags as tag
from .inflated import Inflated
from .row_streams import RowStreams
from .stored import (
    BAND,
    WHOLE,
    Depth,
    Kept,
    LostLinesError,
    bytes_at,
    check_passes,
    spans,
)
from .tiff_chunks import RAW, Chunks, divided
from .tiff_tags import Tags, small_tiff

_DEFLATE = 8, 32946
_WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1
_SEPARATE = 2
_INCH, _CENTIMETRE = 2, 3
_DIFFERENCES = 2
_MOST_BITS, _MOST_BANDS = 64, 64
_MOST_STREAMS = 4_000
"""Rows, each with an unpacker of 50 KB."""
_HUGE_STRIP = 16_000_000
"""Bytes of a strip from which its rows are read one after the other."""
_STREAM = 1 << 16
_LOOKED_UP = 4096
"""Rows of strips or tiles whose places are looked up at a time."""


class StoredTiff:
    """One image of a TIFF."""

    def __init__(self, file: IO[bytes], image: int, max_images: int) -> None:
        self._file = file
        self._tags = tags = tag.read_tags(file, image, max_images)
        self._name = f"image {image} of the TIFF"
        self.width, self.height = tags.one(tag.WIDTH), tags.one(tag.HEIGHT)
        if self.width < 1 or self.height < 1:
            raise SourceError(f"{self._name} does not say how large it is; scan it again")
        self.orientation = tags.one(tag.ORIENTATION, 1)
        self.dpi = _dpi(tags)
        self._packing = tags.one(tag.COMPRESSION, RAW)
        self._bands = max(1, tags.one(tag.BANDS, 1))
        self._bits = tags.one(tag.BITS, 1)
        if self._bits > _MOST_BITS or self._bands > _MOST_BANDS:
            raise SourceError(f"{self._name} is damaged in what it says of itself; scan it again")
        self._grid = divided(tags, self._name)
        self._chunks = Chunks(tags, self._grid, self._name, self._row_bytes)
        self._depth = Depth(self._samples)
        self._deep_and_inverted = self._bits > 8 and tags.one(tag.PHOTOMETRIC, 1) == _WHITE_IS_ZERO
        self._kept = Kept()
        self._check()
        self._inflated: Inflated | None = None
        self._streams: RowStreams | None = None

    def _check(self) -> None:
        """Raise SourceError when strips cannot be read in windows."""
        if self._plain() or (self.width > self.height and self._side_by_side()):
            return
        self._band_rows()
        check_passes(self._name, self.width, 1 if self._grid.tiled else self.height)

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows; LostLinesError where they are damaged."""
        if self._plain():
            return self._raw_rows(start, stop)
        parts = [self._part(*part) for part in spans(start, stop, self._band_rows())]
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns; LostLinesError where they are damaged."""
        each = self._stripe_columns()
        parts = [
            self._kept.piece((1, number), partial(self._stripe, number))[:, first:last]
            for number, first, last in spans(start, stop, each)
        ]
        return np.concatenate(parts, axis=1) if len(parts) != 1 else parts[0]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def _grey(self) -> bool:
        return self._tags.one(tag.PHOTOMETRIC, 1) in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)

    def _plain(self) -> bool:
        """Return whether bytes of the file are the tones of pixels."""
        return (
            self._packing == RAW
            and not self._grid.tiled
            and (self._bits, self._bands) == (8, 1)
            and self._grey
        )

    def _toned(self, raw: Pixels) -> Pixels:
        inverted = self._tags.one(tag.PHOTOMETRIC, 1) == _WHITE_IS_ZERO
        return np.asarray(255 - raw if inverted else raw, dtype=np.uint8)

    # Rows that are not packed

    @property
    def _row_bytes(self) -> int:
        bands = 1 if self._grid.planes > 1 else self._bands
        return (self.width * bands * self._bits + 7) // 8

    def _raw_rows(self, start: int, stop: int) -> Pixels:
        raw = self._raw_bytes(start, stop)
        found = np.frombuffer(raw, np.uint8).reshape(stop - start, self.width)
        return self._toned(found)

    def _raw_bytes(self, start: int, stop: int, plane: int = 0) -> bytes:
        """Return the bytes of rows that are not packed; LostLinesError where the file ends."""
        size, parts, row = self._row_bytes, [], start
        first, last = start // self._grid.height, -(-stop // self._grid.height)
        places = self._chunks.places(
            plane * self._grid.down + first, plane * self._grid.down + last
        )
        for strip, begin, end in spans(start, stop, self._grid.height):
            # Strips that follow each other are read together by the system's own cache.
            at = int(places[strip - first]) + begin * size
            parts.append(bytes_at(self._file, at, (end - begin) * size))
            row += len(parts[-1]) // size
            if len(parts[-1]) < (end - begin) * size:
                raise self._chunks.cut_off(row, (strip + 1) * self._grid.height)
        return b"".join(parts)

    def _raw_columns(self, start: int, stop: int) -> Pixels:
        found = np.empty((self.height, stop - start), np.uint8)
        grid = self._grid
        for strip in range(grid.down):
            (place,) = self._chunks.places(strip, strip + 1)
            for row in range(strip * grid.height, min(self.height, (strip + 1) * grid.height)):
                at = int(place) + (row - strip * grid.height) * self.width + start
                raw = bytes_at(self._file, at, stop - start)
                if len(raw) < stop - start:
                    reason = f"{self._name} is cut off; copy or scan it again"
                    raise LostLinesError(reason, start, stop)
                found[row] = np.frombuffer(raw, np.uint8)
        return self._toned(found)

    # Bands of rows, and stripes of columns

    def _streamed(self) -> bool:
        """Return whether strips hold so many rows that they are read row by row."""
        grid = self._grid
        return (
            not grid.tiled
            and grid.planes == 1
            and grid.height * self._row_bytes > _HUGE_STRIP
            and (self._packing == RAW or (self._packing in _DEFLATE and grid.down == 1))
        )

    @property
    def _chunk_bytes(self) -> int:
        """Bytes of a strip or tile when it is unpacked."""
        return self._grid.width * self._grid.height * self._bands * max(1, self._bits // 8)

    def _band_rows(self) -> int:
        if self._streamed():
            return max(1, BAND // (self.width * self._bands))
        grid = self._grid
        across = grid.across * grid.width
        if grid.across * self._chunk_bytes > WHOLE:
            raise SourceError(
                f"{self._name} holds {grid.height} rows in one packed piece, which cannot be read"
                " in windows; convert it to a TIFF with strips of at most 256 rows"
            )
        return grid.height * max(1, BAND // (grid.height * across))

    def _part(self, number: int, first: int, last: int) -> Pixels:
        """Return rows ``first`` to ``last`` of a band."""
        start = number * self._band_rows()
        try:
            return self._kept.piece((0, number), partial(self._band, number))[first:last]
        except LostLinesError as lost:
            if start + last > lost.start and start + first < lost.stop:
                raise
            return self._between(start + first, start + last)

    def _band(self, number: int) -> Pixels:
        each = self._band_rows()
        return self._between(number * each, min(self.height, (number + 1) * each))

    def _between(self, start: int, stop: int) -> Pixels:
        if self._streamed():
            return self._decoded(self._stream(start, stop), stop - start)
        high = self._grid.height
        top, bottom = start // high * high, min(self.height, -(-stop // high) * high)
        return self._pieces(top, bottom, 0, self._grid.across)[start - top : stop - top]

    def _stripe_columns(self) -> int:
        """Return how many columns are decoded at once."""
        grid = self._grid
        if self._side_by_side():
            return max(1, 4 * BAND // self.height)
        # A disk gives long pieces of a row as fast as short ones.
        most = max(1, (BAND * 8 if grid.tiled or self._plain() else WHOLE) // self.height)
        if grid.tiled:
            return grid.width * max(1, most // grid.width)
        return min(self.width, most)

    def _stripe(self, number: int) -> Pixels:
        each = self._stripe_columns()
        start, stop = number * each, min(self.width, (number + 1) * each)
        if self._plain():
            return self._raw_columns(start, stop)
        if self._side_by_side():
            return self._columns_of_streams(start, stop)
        if not self._grid.tiled:
            return self._columns_of_rows(start, stop)
        first, last = start // self._grid.width, -(-stop // self._grid.width)
        try:
            return self._pieces(0, self.height, first, last)
        except LostLinesError as lost:
            raise LostLinesError(lost.reason, start, stop) from lost

    def _side_by_side(self) -> bool:
        """Return whether rows too long to be held are unpacked side by side."""
        return (
            self._packing in _DEFLATE
            and not self._grid.tiled
            and self.width * self.height > WHOLE
            and self.height <= _MOST_STREAMS
            and (self._bits, self._bands) == (8, 1)
            and self._grey
        )

    def _columns_of_streams(self, start: int, stop: int) -> Pixels:
        if self._streams is None:
            differences = self._tags.one(tag.PREDICTOR, 1) == _DIFFERENCES
            self._streams = RowStreams(
                (self.width, self.height),
                self._grid.height,
                self._chunks.extent,
                partial(bytes_at, self._file),
                differences=differences,
            )
        try:
            return self._toned(self._streams.columns(start, stop))
        except (EOFError, zlib.error) as error:
            self._streams = None
            reason = f"{self._name} is damaged or cut off; copy or scan it again"
            raise LostLinesError(reason, start, self.width) from error

    def _columns_of_rows(self, start: int, stop: int) -> Pixels:
        """Return columns of packed rows: every row is decoded, and only these are kept."""
        found = np.empty((self.height, stop - start), np.uint8)
        each = self._band_rows()
        for number in range(-(-self.height // each)):
            try:
                band = self._band(number)
            except LostLinesError as lost:
                raise LostLinesError(lost.reason, start, stop) from lost
            found[number * each : number * each + len(band)] = band[:, start:stop]
        return found

    def _pieces(self, start: int, stop: int, first: int, last: int) -> Pixels:
        """Return whole strips or rows of tiles; LostLinesError names the first bad row."""
        try:
            return self._piece(start, stop, first, last)
        except SourceError as error:
            high = self._grid.height
            if stop - start <= high:
                raise LostLinesError(
                    str(error), start, self._chunks.missing_until(start, stop)
                ) from error
        # One of them is damaged; those before it are not to be lost for that.
        parts = [
            self._pieces(top, min(stop, top + high), first, last)
            for top in range(start, stop, high)
        ]
        return np.concatenate(parts)

    def _piece(self, start: int, stop: int, first: int, last: int) -> Pixels:
        grid = self._grid
        rows = range(start // grid.height, -(-stop // grid.height))
        chunks: list[bytes] = []
        for plane in range(grid.planes):
            for row in rows:
                place = (plane * grid.down + row) * grid.across
                chunks += self._chunks.packed(place + first, place + last, self._chunk_bytes)
        wide = min(self.width, last * grid.width) - first * grid.width
        size = {tag.WIDTH: wide, tag.HEIGHT: stop - start}
        if grid.tiled:
            size |= {tag.TILE_WIDTH: grid.width, tag.TILE_HEIGHT: grid.height}
        else:
            size |= {tag.STRIP_ROWS: grid.height}
        return self._decoded(small_tiff(self._tags, size, chunks, grid.tiled), stop - start)

    # Rows of a strip that holds very many

    def _stream(self, start: int, stop: int) -> bytes:
        """Return rows as a TIFF of one strip."""
        size = {tag.WIDTH: self.width, tag.HEIGHT: stop - start, tag.STRIP_ROWS: stop - start}
        if self._packing == RAW:
            return small_tiff(self._tags, size, [self._raw_bytes(start, stop)], tiled=False)
        if self._inflated is None:
            self._inflated = Inflated(self._more, 0, (self.height, self._row_bytes), self._name)
        return small_tiff(self._tags, size, [self._inflated.packed(start, stop)], tiled=False)

    def _more(self, at: int) -> tuple[bytes, int]:
        """Return more of the only strip, from byte ``at`` of it on, and where it goes on."""
        place = next(iter(self._tags.numbers(tag.STRIPS, 0, 1)), None)
        if place is None:
            raise SourceError(f"{self._name} does not say where it lies; copy or scan it again")
        found = bytes_at(self._file, int(place) + at, _STREAM)
        return found, at + len(found)

    # Decoding

    def _decoded(self, content: bytes, rows: int) -> Pixels:
        with open_image(io.BytesIO(content), "tiff") as image, attentive():
            tones = self._depth.tones(image, "tiff")
        if len(tones) != rows:
            raise SourceError(f"{self._name} is damaged; copy or scan it again")
        return np.asarray(255 - tones if self._deep_and_inverted else tones, dtype=np.uint8)

    def _samples(self) -> Iterator[Image.Image]:
        """Yield strips or tiles from all over the image, as far as they can be read."""
        last = self._grid.across * self._grid.down - 1
        for number in np.unique(np.linspace(0, last, 9).astype(int)):
            try:
                with decoding("tiff"):
                    yield self._sample(int(number))
            except SourceError:
                continue  # told when its rows are asked for

    def _sample(self, number: int) -> Image.Image:
        grid = self._grid
        rows = min(grid.height, self.height - number // grid.across * grid.height)
        if self._streamed():
            rows = min(rows, 256)
            content = self._stream(0, rows)
        else:
            size = {tag.WIDTH: grid.width, tag.HEIGHT: rows, tag.PLANES: 1}
            if grid.tiled:
                size |= {tag.TILE_WIDTH: grid.width, tag.TILE_HEIGHT: grid.height}
            else:
                size |= {tag.STRIP_ROWS: rows}
            chunks = self._chunks.packed(number, number + 1, self._chunk_bytes)
            content = small_tiff(self._tags, size, chunks, grid.tiled)
        image = open_image(io.BytesIO(content), "tiff")
        image.load()
        return image


def _dpi(tags: Tags) -> tuple[float, float] | None:
    unit = tags.one(tag.UNIT, _INCH)
    if unit not in (_INCH, _CENTIMETRE):
        return None
    per = 2.54 if unit == _CENTIMETRE else 1.0
    return known_dpi(tags.ratio(tag.X_DPI) * per, tags.ratio(tag.Y_DPI) * per)
