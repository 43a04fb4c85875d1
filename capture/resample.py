"""Square pixels: fax pages at 204 x 98 dpi are stretched to 204 x 204."""

from __future__ import annotations

import cv2
import numpy as np

from .model import Pixels, Step

_SQUARE_ENOUGH = 1.02
_QUARTER_INKED = 191
"""The tone of a dot of one pixel that has come to lie between four."""


def black_and_white(pixels: Pixels) -> Pixels:
    """Return resampled black and white as 0 and 255 only; no dot, however small, is lost.

    What is half inked is black, and so is what is a quarter inked where nothing beside it is.
    """
    _, bitonal = cv2.threshold(pixels, 127, 255, cv2.THRESH_BINARY)
    _, traces = cv2.threshold(pixels, _QUARTER_INKED, 255, cv2.THRESH_BINARY)
    beside = cv2.bitwise_not(cv2.erode(bitonal, np.ones((3, 3), np.uint8)))
    return np.asarray(cv2.min(bitonal, cv2.max(traces, beside)), dtype=np.uint8)


def square_pixels(
    pixels: Pixels, dpi: tuple[float, float] | None, *, bitonal: bool
) -> tuple[Pixels, Step]:
    """Return ``pixels`` with one resolution across and down, the finer of the two."""
    if dpi is None or max(dpi) <= _SQUARE_ENOUGH * min(dpi):
        return pixels, Step("resample", False, 1.0)
    finer = max(dpi)
    height, width = pixels.shape[:2]
    size = (max(1, round(width * finer / dpi[0])), max(1, round(height * finer / dpi[1])))
    square = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    step = Step("resample", True, 1.0, max(dpi) / min(dpi), "pixels were not square")
    return (black_and_white(square) if bitonal else square), step
