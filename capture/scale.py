"""A page at another size, and what is ink on it by one threshold."""

from __future__ import annotations

import cv2
import numpy as np

from .model import Pixels


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


def otsu_ink(pixels: Pixels) -> Pixels:
    """Return 255 where a page has ink by one threshold for all of it (Otsu 1979), else 0."""
    _, ink = cv2.threshold(grey(pixels), 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(ink, dtype=np.uint8)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the value at which half of the weight is reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
