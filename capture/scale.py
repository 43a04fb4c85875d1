"""How large the letters of a page are, and the page at another size."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Box, Pixels

SMALLEST_LETTER = 5
"""Pixels; below this a component is as likely a speck, and no engine reads it anyway."""
LARGEST_LETTER = 200
FEWEST_LETTERS = 20
"""With fewer components a median says nothing of the page."""
_LONGEST_LOOK = 2400
"""Pixels of the longer side; letters of a larger picture are measured on one of half the size."""


def resize(pixels: Pixels, factor: float) -> Pixels:
    """Return ``pixels`` with both sides times ``factor``, never smaller than one pixel.

    Shrinking averages areas, so that thin strokes stay; enlarging is cubic.
    """
    if factor == 1.0:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way), dtype=np.uint8)


def soften(pixels: Pixels, sigma: float) -> Pixels:
    """Return ``pixels`` under a Gaussian of ``sigma`` pixels, which takes the steps off edges."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8)


def grey(pixels: Pixels) -> Pixels:
    """Return ``(height, width)`` grey of grey or RGB ``pixels``."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


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
    _, _, components, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height, area = components[1:, 2], components[1:, 3], components[1:, 4]
    fill = area / (width * height)
    letters = (height >= SMALLEST_LETTER) & (height <= LARGEST_LETTER)
    letters &= (width <= 4 * height) & (8 * width >= height)
    letters &= (fill >= 0.1) & (fill < 0.95)
    return np.asarray(components[1:][letters, :4], dtype=np.int32)


def otsu_ink(pixels: Pixels) -> Pixels:
    """Return 255 where a page has ink by one threshold for all of it (Otsu 1979), else 0."""
    _, ink = cv2.threshold(grey(pixels), 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(ink, dtype=np.uint8)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the value at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
