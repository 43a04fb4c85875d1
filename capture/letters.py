"""How large the letters of a page are, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .ink import marks_of
from .model import Box, Pixels
from .scale import otsu_ink, resize, weighted_median

SMALLEST_LETTER = 5
"""Pixels; below this a component is as likely a speck, and no engine reads it anyway."""
LARGEST_LETTER = 200
FEWEST_LETTERS = 20
"""With fewer components a median says nothing of the page."""
_LONGEST_LOOK = 2400
"""Pixels of the longer side; letters of a larger picture are measured on one of half the size."""


def x_height(pixels: Pixels) -> float | None:
    """Return the usual height in pixels of a letter's ink; None when there are too few letters.

    The median height of text-like connected components, each counted with its width, so that
    specks of dust weigh little. Capitals and ascenders are among them: it lies between
    x-height and cap height.
    """
    times = 1
    while max(pixels.shape[:2]) > _LONGEST_LOOK:
        pixels, times = resize(pixels, 0.5), 2 * times
    letters = letter_boxes(pixels)
    if len(letters) < FEWEST_LETTERS:
        return None
    return times * weighted_median(letters[:, 3], letters[:, 2])


def letter_boxes(pixels: Pixels, passed: Iterable[Box] = ()) -> NDArray[np.int32]:
    """Return ``(n, 4)`` x, y, width, height of the text-like connected components of ``pixels``.

    What lies in the boxes ``passed`` is passed over.
    """
    ink = otsu_ink(pixels)
    for box in passed:
        ink[max(0, box.y) : box.bottom, max(0, box.x) : box.right] = 0
    marks = marks_of(ink)
    width, height = marks.width, marks.height
    fill = marks.area / (width * height)
    letters = (height >= SMALLEST_LETTER) & (height <= LARGEST_LETTER)
    letters &= (width <= 4 * height) & (8 * width >= height)
    letters &= (fill >= 0.1) & (fill < 0.95)
    boxes = np.stack([marks.x, marks.y, width, height], axis=1)
    return np.asarray(boxes[letters], dtype=np.int32)
