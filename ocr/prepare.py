"""A page as the recogniser likes it: letters of one size, no steps along the strokes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capture.errors import ToolError
from capture.letters import x_height
from capture.model import PageImage, Pixels
from capture.scale import grey, resize, soften

LETTER = 18.0
"""Pixels of ink height at which Tesseract reads best for its time."""
CLOSE_ENOUGH = 0.2
"""A page this near to it is left alone: resampling costs sharpness too."""
SMALLEST_FACTOR, LARGEST_FACTOR = 0.4, 3.0
SOFTENING = 0.8
"""Gaussian sigma for 1-bit pages only: on grey ones it costs more words than it saves."""
LONGEST_SIDE = 32_767
"""Pixels; Tesseract counts them in 16 bits."""
LARGEST_PIXELS = 40_000_000
"""Enlarging stops here: memory, and no page of text needs more."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Grey pixels to recognise and the factor they were scaled by."""

    pixels: Pixels
    factor: float
    letter: float | None = None
    """The usual height of its letters, in these pixels; None when there are too few."""


def prepare(page: PageImage) -> Prepared:
    """Return ``page`` in grey with its letters near ``LETTER`` pixels high.

    The letters are measured: the resolution a file states is often wrong or absent. ToolError
    for a page longer than Tesseract reads.
    """
    pixels = grey(page.pixels)
    if max(pixels.shape) > LONGEST_SIDE:
        raise ToolError(
            f"a page of {page.width} x {page.height} pixels is longer than tesseract reads"
            f" ({LONGEST_SIDE}): cut it into frames"
        )
    height = x_height(pixels)
    factor = min(_factor(height, pixels.size), LONGEST_SIDE / max(pixels.shape))
    sized = resize(pixels, factor)
    letter = height and height * factor
    return Prepared(soften(sized, SOFTENING) if page.bitonal else sized, factor, letter)


def _factor(height: float | None, size: int) -> float:
    if height is None or abs(LETTER / height - 1) < CLOSE_ENOUGH:
        return 1.0
    most = min(LARGEST_FACTOR, max(1.0, math.sqrt(LARGEST_PIXELS / size)))
    return min(most, max(SMALLEST_FACTOR, LETTER / height))
