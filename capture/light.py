"""Even light: paper made white where a lamp, a lens or the film left it grey."""

from __future__ import annotations

import cv2
import numpy as np

from .ink import glanced_at, paper_tone
from .model import Pixels, Step

_UNEVEN = 25.0
_GREY_PAPER = 215.0
_DARKEST_PAPER = 0.5


def flatten(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return the page divided by the tone of its paper, or as it is when that is even and light.

    What is darker than half the usual paper counts as picture and keeps its depth.
    """
    small, _ = glanced_at(pixels)
    paper = paper_tone(small)
    low, usual, high = (float(tone) for tone in np.percentile(paper, (5, 50, 95)))
    if high - low < _UNEVEN and usual >= _GREY_PAPER:
        return pixels, Step("flatten", False, 1.0, high - low)
    tones = np.maximum(paper, max(1.0, _DARKEST_PAPER * usual)).astype(np.uint8)
    full = cv2.resize(tones, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    if pixels.ndim == 3:
        full = cv2.merge([full, full, full])
    return np.asarray(cv2.divide(pixels, full, scale=255), dtype=np.uint8), Step(
        "flatten", True, 0.9, high - low
    )
