"""Whether a frame is dark on light, told by what looks like a page and not by its border."""

from __future__ import annotations

import cv2
import numpy as np

from .ink import glanced_at, marks_of
from .model import Pixels, Polarity, Step

_CENTRE = 0.15  # is left off on every side: mounts and film edges are dark either way
_FLAT = 40.0
_FEWEST_LETTERS = 8
_SPARSE = 0.04
_AROUND = 21  # pixels of the glance: wider than strokes, narrower than shadows
_FAINT = 6.0
_ABOVE_GRAIN = 5.0
_CLEARLY = 1.5
_FEWEST_STROKES = 0.003


def judge_polarity(pixels: Pixels, *, film: bool) -> tuple[Polarity, float]:
    """Return how ink lies on a frame, and how sure that is.

    A frame is negative when most of its middle is dark and light strokes like letters stand
    on it; on film the tone of strokes against what is around them tells first, for lamps and
    bands divide its frames into dark and light as ink does, and then the absence of strokes (a
    blank exposure).
    """
    small, _ = glanced_at(pixels)
    middle = _middle(small)
    told = _by_strokes(middle) if film else None
    if told is not None:
        return told
    tone, dark_mask = cv2.threshold(middle, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    dark = float(np.count_nonzero(dark_mask)) / middle.size
    if _spread(middle, tone) < _FLAT:
        return _flat(middle, film=film)
    if dark <= 0.5:
        return Polarity.POSITIVE, 1.0 - dark
    on_dark, on_light = _letters(cv2.bitwise_not(dark_mask)), _letters(dark_mask)
    if on_dark >= _FEWEST_LETTERS and on_dark > 2 * on_light:
        return Polarity.NEGATIVE, dark
    if film and dark > 1 - _SPARSE:
        return Polarity.NEGATIVE, 0.6
    return Polarity.POSITIVE, 0.5


def _by_strokes(middle: Pixels) -> tuple[Polarity, float] | None:
    """Return whether thin marks are lighter or darker than what is around them; None if few are."""
    if min(middle.shape) <= _AROUND:
        return None
    calm = cv2.blur(middle, (3, 3))
    around = cv2.medianBlur(calm, _AROUND)
    lighter, darker = cv2.subtract(calm, around), cv2.subtract(around, calm)
    # Grain is as often lighter as darker: the side without strokes tells how far it goes.
    least = max(_FAINT, _ABOVE_GRAIN * min(float(lighter.mean()), float(darker.mean())))
    lighter, darker = cv2.subtract(calm, around), cv2.subtract(around, calm)
    # Grain is as often lighter as darker: the side without strokes tells how far it goes.
    least = max(_FAINT, _ABOVE_GRAIN * min(float(lighter.mean()), float(darker.mean())))
    light, dark = (float(np.count_nonzero(side > least)) / side.size for side in (lighter, darker))
    more, less = max(light, dark), min(light, dark)
    if more < _FEWEST_STROKES or more < _CLEARLY * less:
        return None
    return (Polarity.NEGATIVE if light > dark else Polarity.POSITIVE), 1 - less / more


def make_positive(pixels: Pixels, *, film: bool) -> tuple[Pixels, Polarity, Step]:
    """Return ``pixels`` with dark ink on light paper, how they lay, and the step."""
    polarity, confidence = judge_polarity(pixels, film=film)
    if polarity is Polarity.POSITIVE:
        return pixels, polarity, Step("invert", False, confidence)
    return 255 - pixels, polarity, Step("invert", True, confidence)


def _middle(tones: Pixels) -> Pixels:
    top, left = (int(side * _CENTRE) for side in tones.shape)
    return np.ascontiguousarray(tones[top : tones.shape[0] - top, left : tones.shape[1] - left])


def _spread(tones: Pixels, tone: float) -> float:
    dark, light = tones[tones <= tone], tones[tones > tone]
    return float(light.mean() - dark.mean()) if dark.size and light.size else 0.0


def _flat(middle: Pixels, *, film: bool) -> tuple[Polarity, float]:
    if film and float(middle.mean()) < 128:
        return Polarity.NEGATIVE, 0.5
    return Polarity.POSITIVE, 0.5


def _letters(mask: object) -> int:
    return int(marks_of(np.asarray(mask, dtype=np.uint8)).letters.sum())
