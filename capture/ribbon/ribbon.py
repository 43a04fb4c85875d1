"""A strip of film as a ribbon of lines, read in windows, film running down.

A roll is one image of tens of gigapixels, so nobody may hold it whole: whoever looks at film
asks for lines, and memory does not grow with the length of the roll.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

import cv2
import numpy as np

from capture.errors import SourceError
from capture.model import Pixels
from capture.scale import grey
from capture.settings import CaptureSettings
from capture.sniff import HEAD_BYTES, sniff

from .stored import LostLinesError, Stored
from .stored_jp2 import tiled_jp2
from .stored_png import StoredPng
from .stored_tiff import StoredTiff
from .stored_whole import StoredWhole

_BLOCK = 4096
"""Lines that are shrunk at a time: 8 megapixels of film that is 2,000 across."""
_WIDEST = 100_000
"""Pixels across; the widest film scanners have 16,000."""
_MOST_PIXELS = 500_000_000_000
"""Of one strip: 215 ft of 16 mm film at 9,600 dpi have 150 thousand million."""
_UPRIGHT = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}
"""By TIFF and EXIF orientation: whether rows and columns change places, and then which of down
and across run backwards."""


class Ribbon(Protocol):
    """A strip of film, whatever file it comes from."""

    @property
    def width(self) -> int:
        """Pixels across the film."""
        ...

    @property
    def length(self) -> int:
        """Lines along the film."""
        ...

    @property
    def lying(self) -> bool:
        """Whether the film runs across the image of the file, not down."""
        ...

    @property
    def dpi(self) -> tuple[float, float] | None:
        """What the file says of its resolution, across and along; None when nothing."""
        ...

    def lines(self, start: int, stop: int) -> Pixels:
        """Return grey lines ``(stop - start, width)``; SourceError where they are damaged."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class PixelRibbon:
    """A ribbon that is in memory already: a short strip, or one made for a test."""

    def __init__(self, pixels: Pixels, dpi: tuple[float, float] | None = None) -> None:
        self.lying = pixels.shape[1] > pixels.shape[0]
        tones = grey(pixels)
        self._lines = np.ascontiguousarray(tones.T) if self.lying else tones
        self.dpi = dpi

    @property
    def width(self) -> int:
        """Pixels across the film."""
        return int(self._lines.shape[1])

    @property
    def length(self) -> int:
        """Lines along the film."""
        return int(self._lines.shape[0])

    def lines(self, start: int, stop: int) -> Pixels:
        """Return grey lines."""
        return self._lines[max(0, start) : stop]

    def close(self) -> None:
        """Nothing to let go of."""


class FileRibbon:
    """A ribbon in a file, of which only what is asked for is decoded."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        swapped, down_back, across_back = _UPRIGHT.get(stored.orientation, _UPRIGHT[1])
        size = (stored.width, stored.height)[:: -1 if swapped else 1]
        dpi = stored.dpi[:: -1 if swapped else 1] if stored.dpi else None
        self.lying = size[0] > size[1]
        if self.lying:
            swapped, down_back, across_back = not swapped, across_back, down_back
            size, dpi = size[::-1], dpi[::-1] if dpi else None
        self.width, self.length = size
        self.dpi = (dpi[0], dpi[1]) if dpi else None
        self._swapped, self._back, self._mirrored = swapped, down_back, across_back

    def lines(self, start: int, stop: int) -> Pixels:
        """Return grey lines; LostLinesError, a SourceError, where they are damaged."""
        start, stop = max(0, start), min(stop, self.length)
        if stop <= start:
            return np.empty((0, self.width), np.uint8)
        try:
            found = self._stored_lines(*self._place(start, stop))
        except LostLinesError as lost:
            first, last = self._place(lost.start, lost.stop)
            raise LostLinesError(lost.reason, first, last) from lost
        found = found[::-1] if self._back else found
        return np.ascontiguousarray(found[:, ::-1] if self._mirrored else found)

    def close(self) -> None:
        """Let go of the file."""
        self._stored.close()

    def _place(self, start: int, stop: int) -> tuple[int, int]:
        """Return where lines are stored; or the lines, of where they are stored."""
        return (self.length - stop, self.length - start) if self._back else (start, stop)

    def _stored_lines(self, start: int, stop: int) -> Pixels:
        if self._swapped:
            return self._stored.columns(start, stop).T
        return self._stored.rows(start, stop)


def open_ribbon(path: Path, settings: CaptureSettings, image: int = 1) -> Ribbon:
    """Return image ``image`` of a file, from 1, as a ribbon that is read in windows.

    TIFF, PNG and JPEG 2000 in tiles take some 100 to 200 MB whatever their length; JPEG and JPEG
    2000 in one piece, which have no way into their middle, are decoded whole up to a limit.
    Where lines are damaged, ``lines`` raises :class:`LostLinesError`, which says from where to
    where.

    Raises:
        SourceError: no picture, cut off before its pixels, or too large.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror}); check that it is there and readable"
        ) from error
    try:
        ribbon = FileRibbon(_stored(file, settings, image))
        _check(ribbon)
    except BaseException:
        file.close()
        raise
    return ribbon


def _stored(file: IO[bytes], settings: CaptureSettings, image: int) -> Stored:
    media = sniff(file.read(HEAD_BYTES))
    if media in ("pdf", "zip"):
        raise SourceError(f"a {media.upper()} is no strip of film; deliver the image itself")
    if media == "tiff":
        return StoredTiff(file, image, settings.max_frames)
    if image != 1:
        raise SourceError(f"the {media} has one image, not {image}")
    if media == "png":
        png = StoredPng(file)
        if png.windowed:
            return png
    if media == "jp2":
        tiled = tiled_jp2(file)
        if tiled is not None:
            return tiled
    return StoredWhole(file, media)


def _check(ribbon: Ribbon) -> None:
    if ribbon.width > _WIDEST or ribbon.width * ribbon.length > _MOST_PIXELS:
        raise SourceError(
            f"the image says it is {ribbon.width} x {ribbon.length} pixels, more than any film;"
            " split it, or scan it again"
        )


def shrunk_size(ribbon: Ribbon, width: int) -> tuple[int, int]:
    """Return columns and lines of a ribbon that is shrunk to ``width`` columns at the most."""
    scale = min(1.0, width / ribbon.width)
    return round(ribbon.width * scale), max(1, round(ribbon.length * scale))


def shrunk(ribbon: Ribbon, width: int, block: int = _BLOCK) -> Iterator[tuple[int, Pixels]]:
    """Yield a ribbon shrunk to ``width`` columns, piece by piece: first line, and the lines.

    Areas are averaged, and the pieces put together are what the whole would be if it were shrunk
    at once (``cv2.INTER_AREA``), whatever the ``block``: the lines of the ribbon read at a time.
    Line ``i`` is the mean of the lines from ``i * step`` to ``(i + 1) * step`` of the ribbon,
    ``step`` being its length by that of :func:`shrunk_size`.

    Raises:
        SourceError: from where the ribbon is damaged on; what lies before has been yielded.
    """
    columns, count = shrunk_size(ribbon, width)
    step = ribbon.length / count
    each = max(1, int(block / step))
    for first in range(0, count, each):
        last = min(first + each, count)
        yield first, _shrunk_piece(ribbon, columns, step * np.arange(first, last + 1))


def _shrunk_piece(ribbon: Ribbon, columns: int, edges: np.ndarray) -> Pixels:
    """Return the mean lines between ``edges``, which are places along the ribbon."""
    start, stop = int(edges[0]), min(ribbon.length, int(np.ceil(edges[-1] - 1e-9)))
    lines = ribbon.lines(start, stop)
    if columns == ribbon.width and len(edges) == stop - start + 1:
        return lines
    size = (columns, stop - start)
    narrow = cv2.resize(lines.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sums = np.zeros((stop - start + 1, columns))
    np.cumsum(narrow, axis=0, dtype=np.float64, out=sums[1:])
    # The sum up to an edge that cuts a line in two holds that share of the line.
    whole = np.minimum((edges - start).astype(np.int64), stop - start - 1)
    share = (edges - start - whole)[:, None]
    upto = sums[whole] * (1 - share) + sums[whole + 1] * share
    means = np.diff(upto, axis=0) / np.diff(edges)[:, None]
    return np.asarray(np.clip(np.rint(means), 0, 255), dtype=np.uint8)
