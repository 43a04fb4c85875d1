"""What a file stores of a strip of film: rows or columns of its image, a window at a time."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import decode, decoding
from capture.scale import grey

BAND = 4_000_000
"""Pixels that are decoded at a time, where the file leaves a choice."""
WHOLE = 128_000_000
"""Pixels that are decoded at once where the file leaves none; more are refused."""
_MOST_PASSES = 64
_KEPT = 16_000_000
"""Decoded pixels that are kept for the next call."""


class LostLinesError(SourceError):
    """Lines that cannot be read; what lies before ``start`` can, and from ``stop`` on may."""

    def __init__(self, reason: str, start: int, stop: int) -> None:
        super().__init__(reason, start, stop)
        self.reason, self.start, self.stop = reason, start, stop

    def __str__(self) -> str:
        return self.reason


class Stored(Protocol):
    """One image of a file, as it is stored: nothing turned or mirrored yet."""

    @property
    def width(self) -> int:
        """Pixels in a row."""
        ...

    @property
    def height(self) -> int:
        """Rows."""
        ...

    @property
    def orientation(self) -> int:
        """How it must be turned to be upright, 1 to 8 as TIFF and EXIF count."""
        ...

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Resolution along a row and down the rows; None when the file does not say."""
        ...

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows, ``(stop - start, width)``; LostLinesError where they are damaged."""
        ...

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns, ``(height, stop - start)``; LostLinesError at damage."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Kept:
    """Pieces of an image that were decoded last, by their place."""

    def __init__(self) -> None:
        self._pieces: OrderedDict[tuple[int, ...], Pixels] = OrderedDict()

    def piece(self, place: tuple[int, ...], make: Callable[[], Pixels]) -> Pixels:
        """Return the piece at ``place``, made when it is not at hand."""
        if place in self._pieces:
            self._pieces.move_to_end(place)
            return self._pieces[place]
        made = make()
        self._pieces[place] = made
        while len(self._pieces) > 1 and sum(one.size for one in self._pieces.values()) > _KEPT:
            self._pieces.popitem(last=False)
        return made


def spans(start: int, stop: int, each: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, and start and stop in it, of each stretch of ``each`` from ``start`` on."""
    for number in range(start // each, -(-stop // each)):
        first = number * each
        yield number, max(start, first) - first, min(stop, first + each) - first


def check_passes(name: str, width: int, height: int) -> None:
    """Raise SourceError when film across a file must be unpacked too often to be turned.

    What is packed row by row is unpacked from top to bottom for every :data:`WHOLE` pixels.
    """
    if width > height and width * height > _MOST_PASSES * WHOLE:
        raise SourceError(
            f"{name} holds film that runs across, packed in rows of {width} pixels, which takes"
            " days to read; convert it to a TIFF with tiles, or turn it so that the film runs down"
        )


class Depth:
    """Which value is white in an image of more than 8 bits; looked up once for all of it.

    One piece of film may be dark all over, so a piece alone cannot tell: the brightest of
    ``samples`` decides, as the brightest value of a whole page does.
    """

    def __init__(self, samples: Callable[[], Iterator[Image.Image]]) -> None:
        self._samples = samples
        self._white: float | None = None

    def tones(self, image: Image.Image, media: str) -> Pixels:
        """Return the grey tones of a decoded piece."""
        if image.mode[0] not in "IF":
            return grey(decode(image, media)[0])
        with decoding(media):
            values = np.asarray(image)
        if self._white is None:
            self._white = _white(values, self._samples())
        scaled = np.nan_to_num(values.astype(np.float32)) * np.float32(255.0 / self._white)
        return np.asarray(np.clip(np.rint(scaled), 0, 255), dtype=np.uint8)


def _white(values: NDArray[np.generic], others: Iterator[Image.Image]) -> float:
    tops = [float(np.nanmax(one)) for one in (values, *(np.asarray(image) for image in others))]
    top = max(tops)
    if values.dtype.kind in "iu":
        return 255.0 if 1.0 < top <= 255.0 else max(65535.0, top)
    return next(limit for limit in (1.0, 255.0, 65535.0, top) if top <= limit)


def bytes_at(file: IO[bytes], start: int, count: int) -> bytes:
    """Return the bytes that stand there, fewer at the end of the file; its position stays."""
    left = min(count, os.fstat(file.fileno()).st_size - start)
    found = b""
    while start >= 0 and left > len(found):
        more = os.pread(file.fileno(), left - len(found), start + len(found))
        if not more:
            break
        found = found + more if found else more
    return found
