"""A strip of film as a ribbon of lines, read in windows, film running down.

A roll is one image of tens of gigapixels, so nobody may hold it whole: whoever looks at film
asks for lines, and memory does not grow with the length of the roll.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import cv2
import numpy as np

from .model import Pixels
from .scale import grey

_BLOCK = 4096
"""Lines that are shrunk at a time: 8 megapixels of film that is 2,000 across."""


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
