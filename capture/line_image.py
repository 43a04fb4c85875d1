"""A line of text as the line reader sees it: one height, letters about as wide, ink on paper."""

from __future__ import annotations

import cv2
import numpy as np

from .model import Pixels

HEIGHT = 32
"""Pixels from the top of the highest letter to the foot of the lowest."""
STROKE = 9.5
"""Pixels from one upright stroke to the next in a line image: about 12 a letter."""
NARROWEST, WIDEST = 0.6, 2.0
"""Times that a line of letters of usual width may be squeezed or drawn out."""
_USUAL = 1.0
"""Times that the width is changed where there is nothing to measure."""
_PAPER = 0.85
"""Share of the tones of a column from which they are taken for paper."""
_FULL = 0.985
"""Share of the pixels of a line that are no darker than what is taken for full ink."""
_LEAST_CONTRAST = 12.0
_FEWEST = 4
"""Strokes; with fewer a pitch says nothing."""
_SPACE = 16
"""Pixels at line height; ink farther apart is parted by more than a space."""


def usual_width(pixels: Pixels) -> float:
    """Return how wide the image of a grey cut of one line is to be, in pixels.

    Letters are made about as wide as those of other lines, by the pitch of their strokes; a
    condensed face gets as many columns for a letter as a wide one.
    """
    height, width = pixels.shape
    across = width * HEIGHT / height
    level = _ink(_sized(pixels, max(8, round(across))))
    factor = min(WIDEST, max(NARROWEST, _factor(level)))
    return float(across * factor)


def line_image(pixels: Pixels, width: float) -> Pixels:
    """Return ``(HEIGHT, width)`` uint8 of a grey cut of one line, 255 for ink and 0 for paper."""
    return _ink(_sized(pixels, max(8, round(width))))


def _sized(pixels: Pixels, width: int) -> Pixels:
    way = cv2.INTER_AREA if pixels.shape[0] > HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, HEIGHT), interpolation=way), dtype=np.uint8)


def _ink(pixels: Pixels) -> Pixels:
    """Return how far each pixel is darker than the paper around it; film is seldom lit evenly."""
    at = round(_PAPER * (HEIGHT - 1))
    lightest = np.partition(pixels, at, axis=0)[at].reshape(1, -1)
    around = cv2.dilate(lightest, np.ones((1, HEIGHT - 1), np.uint8))
    paper = cv2.blur(around, (HEIGHT - 1, 1)).astype(np.float32)
    dark = np.maximum(paper - pixels, 0)
    at = round(_FULL * (dark.size - 1))
    full = max(_LEAST_CONTRAST, float(np.partition(dark, at, axis=None)[at]))
    scaled: Pixels = np.minimum(dark * (255 / full), 255).astype(np.uint8)
    return scaled


def _factor(line: Pixels) -> float:
    """Return by how much ``line`` is to be widened for its strokes to stand ``STROKE`` apart."""
    soft = cv2.GaussianBlur(line, (0, 0), 0.8)
    dark = soft > 110
    strokes = np.sort(np.count_nonzero(dark[:, 1:] & ~dark[:, :-1], axis=1))
    crossed = float(strokes[-12:-2].mean())
    if crossed < _FEWEST:
        return _USUAL
    columns = (dark[4:-4].any(axis=0) * np.uint8(255)).reshape(1, -1)
    run = cv2.morphologyEx(columns, cv2.MORPH_CLOSE, np.ones((1, _SPACE), np.uint8))
    return STROKE * crossed / max(1, int(np.count_nonzero(run)))
