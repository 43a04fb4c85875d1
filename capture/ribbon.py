"""A strip of film as a ribbon of lines, read in windows, film running down.

A roll is one image of tens of gigapixels, so nobody may hold it whole: whoever looks at film
asks for lines, and memory does not grow with the length of the roll.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from .model import Pixels
from .scale import grey


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
