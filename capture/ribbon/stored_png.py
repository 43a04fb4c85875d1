"""A PNG in windows: rows are packed in one stream, and each leans on the row above it.

A band of rows is decoded as a PNG of its own, whose first row is the one above the band.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import decoding, known_dpi, open_image

from .inflated import Inflated
from .stored import BAND, WHOLE, Depth, Kept, LostLinesError, bytes_at, check_passes, spans

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_AS_BYTES = {1: 0, 2: 4, 3: 2, 4: 6}
"""By how far apart filters look: the colour type whose 8-bit pixels are that many bytes."""
_PER_METRE, _INCH = 1, 0.0254
_STREAM = 1 << 16
_IN_CHUNK = 1 << 32
"""More bytes than a chunk can have."""
_CHECK = 4
"""Bytes of the check sum that ends a chunk."""
_REMEMBERED = 512
_MOST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before the pixels."""

    width: int
    height: int
    bits: int
    colour: int
    interlaced: bool
    kept: bytes
    """Chunks that say how pixels are meant: palette and transparency."""
    dpi: tuple[float, float] | None
    orientation: int
    pixels_at: int
    """Where the first chunk of pixels stands."""


class StoredPng:
    """The image of a PNG."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._head = head = _head(file)
        self.width, self.height = head.width, head.height
        self.orientation, self.dpi = head.orientation, head.dpi
        pixel_bits = head.bits * _SAMPLES[head.colour]
        self._row_bytes = (self.width * pixel_bits + 7) // 8
        self._apart = max(1, pixel_bits // 8)
        self._each = max(1, min(self.height, BAND // self.width))
        self._stream = Inflated(
            self._more, head.pixels_at * _IN_CHUNK, (self.height, 1 + self._row_bytes), "the PNG"
        )
        self._above: dict[int, bytes] = {0: bytes(self._row_bytes)}
        check_passes("the PNG", self.width, self.height)
        self._depth = Depth(self._samples)
        self._kept = Kept()

    @property
    def windowed(self) -> bool:
        """Whether it can be read in windows: neither interlaced nor of 16 bits in colour."""
        return not self._head.interlaced and self._apart in _AS_BYTES

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows; LostLinesError where they are damaged."""
        parts = [self._part(*part) for part in spans(start, stop, self._each)]
        return np.concatenate(parts) if len(parts) != 1 else parts[0]

    def _part(self, number: int, first: int, last: int) -> Pixels:
        """Return rows ``first`` to ``last`` of a band."""
        try:
            return self._kept.piece((number,), partial(self._band, number))[first:last]
        except LostLinesError as lost:
            if number * self._each + last > lost.start:
                raise
            return self._band(number, last)[first:]

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns; all rows are decoded for as many of them as fit into memory."""
        each = max(1, min(self.width, WHOLE // self.height))
        parts = [
            self._kept.piece((-1, number), partial(self._stripe, number, each))[:, first:last]
            for number, first, last in spans(start, stop, each)
        ]
        return np.concatenate(parts, axis=1) if len(parts) != 1 else parts[0]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _stripe(self, number: int, each: int) -> Pixels:
        start, stop = number * each, min(self.width, (number + 1) * each)
        found = np.empty((self.height, stop - start), np.uint8)
        for band in range(-(-self.height // self._each)):
            try:
                tones = self._band(band)
            except LostLinesError as lost:
                raise LostLinesError(lost.reason, start, stop) from lost
            found[band * self._each : band * self._each + len(tones)] = tones[:, start:stop]
        return found

    def _band(self, number: int, most: int | None = None) -> Pixels:
        """Return a band, or its first rows."""
        raw = self._raw(number, most)
        with self._image(raw) as image:
            return self._depth.tones(image, "png")

    def _raw(self, number: int, most: int | None = None) -> NDArray[np.uint8]:
        """Return the bytes of a band's rows, their filters undone."""
        known = max(band for band in self._above if band <= number)
        for band in range(known, number):
            self._unfiltered(band)
        return self._unfiltered(number, most)

    def _unfiltered(self, number: int, most: int | None = None) -> NDArray[np.uint8]:
        start = number * self._each
        stop = min(self.height, start + (most or self._each))
        packed = b"\0" + self._above[number] + self._stream.rows(start, stop)
        wide = -(-self._row_bytes // self._apart)
        head = struct.pack(">IIBBBBB", wide, stop - start + 1, 8, _AS_BYTES[self._apart], 0, 0, 0)
        content = _png(head, b"", packed)
        with open_image(io.BytesIO(content), "png") as image, decoding("png"):
            rows = np.asarray(image).reshape(stop - start + 1, -1)
        if most is None:
            self._remember(number + 1, rows[-1].tobytes())
        return np.asarray(rows[1:], dtype=np.uint8)

    def _remember(self, number: int, row: bytes) -> None:
        self._above[number] = row
        if len(self._above) > _REMEMBERED:
            kept = sorted(self._above)[::2]
            self._above = {band: self._above[band] for band in (*kept, number)}

    def _image(self, raw: NDArray[np.uint8]) -> Image.Image:
        """Return rows as an image of the PNG's own kind."""
        head = self._head
        rows = np.pad(raw, ((0, 0), (1, 0)))
        size = struct.pack(">IIBBBBB", self.width, len(rows), head.bits, head.colour, 0, 0, 0)
        return open_image(io.BytesIO(_png(size, head.kept, rows.tobytes())), "png")

    def _samples(self) -> Iterator[Image.Image]:
        """Yield bands from all over the image, as far as they can be read."""
        for number in np.unique(np.linspace(0, (self.height - 1) // self._each, 9).astype(int)):
            try:
                image = self._image(self._raw(int(number)))
                with decoding("png"):
                    image.load()
            except SourceError:
                return  # told when its rows are asked for
            yield image

    def _more(self, place: int) -> tuple[bytes, int]:
        """Return some packed pixels and the place after them; no bytes at the end.

        A place is where a chunk goes on, and how much of it is still to come.
        """
        at, left = divmod(place, _IN_CHUNK)
        while not left:
            head = bytes_at(self._file, at, 8)
            size, kind = struct.unpack(">I4s", head) if len(head) == 8 else (0, b"IEND")
            if kind == b"IEND" or not kind.isalpha():
                return b"", place
            pixels = kind == b"IDAT" and size > 0
            at, left = (at + 8, size) if pixels else (at + 8 + size + _CHECK, 0)
        found = bytes_at(self._file, at, min(left, _STREAM))
        at, left = at + len(found), left - len(found)
        return found, (at if left else at + _CHECK) * _IN_CHUNK + left


def _png(head: bytes, kept: bytes, rows: bytes) -> bytes:
    pixels = zlib.compress(rows, 0)
    return b"".join(
        (_SIGNATURE, _chunk(b"IHDR", head), kept, _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", check)))


def _head(file: IO[bytes]) -> _Head:
    """Return what the chunks before the pixels say."""
    at, chunks = len(_SIGNATURE), {}
    kept = b""
    while True:
        raw = bytes_at(file, at, 8)
        if len(raw) < 8:
            raise SourceError("the PNG is cut off before its pixels; copy or scan it again")
        size, kind = struct.unpack(">I4s", raw)
        if kind == b"IDAT":
            break
        if size > _MOST_HEAD * 16:
            raise SourceError("the PNG is damaged before its pixels; copy or scan it again")
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"eXIf"):
            chunks[kind] = bytes_at(file, at + 8, size)
        if kind in (b"PLTE", b"tRNS"):
            kept += _chunk(kind, chunks[kind])
        at += 12 + size
    return _told(chunks, kept, at)


def _told(chunks: dict[bytes, bytes], kept: bytes, at: int) -> _Head:
    try:
        width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    except (KeyError, struct.error) as error:
        raise SourceError("the png header is damaged; scan or copy it again") from error
    if colour not in _SAMPLES or bits not in (1, 2, 4, 8, 16) or not width or not height:
        raise SourceError("the png header is damaged; scan or copy it again")
    exif = Image.Exif()
    with decoding("png"):
        exif.load(chunks.get(b"eXIf", b""))
        orientation = int(exif.get(0x0112, 1))
    dpi = _dpi(chunks.get(b"pHYs", b""))
    return _Head(width, height, bits, colour, bool(interlace), kept, dpi, orientation, at)


def _dpi(chunk: bytes) -> tuple[float, float] | None:
    if len(chunk) != 9:
        return None
    across, down, unit = struct.unpack(">IIB", chunk)
    return known_dpi(across * _INCH, down * _INCH) if unit == _PER_METRE else None
