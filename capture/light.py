"""Even light: paper made white where a lamp, a lens or the film left it grey, ink dark again."""

from __future__ import annotations

import cv2
import numpy as np

from .ink import glanced_at, marks_of, paper_tone
from .model import Pixels, Step
from .scale import grey, soften

_UNEVEN = 25.0
_GREY_PAPER = 215.0
_DARKEST_PAPER = 0.5
_DARK_INK = 40.0
_FEWEST_LETTERS = 20
_MOST_INK = 0.3
_CLEAR = 20.0
"""Depth of ink over grain from which a recogniser's one threshold parts them without help."""
_SOFTENING = ((5.0, 1.3), (9.0, 1.0), (14.0, 0.7))
"""Depth over grain below which a frame is softened, and the Gaussian sigma at 200 dpi."""
_SCALE = 2200
_CALM_GRAIN = 4.0
_THIN = 4  # one pixel of so many each way tells tones as well as all
_WHITE = 2.0  # times the grain, darker than paper
_MOST_WHITENED = 0.35
"""Of the depth of ink: a pencil is fainter than a pen, but deeper than this."""


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


def strengthen(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return an evened frame of film with grain made white and ink as dark as print.

    Left alone where ink is far deeper than the grain. A recogniser parts ink from paper by one
    threshold for the page (Otsu 1979), which on a pale frame falls into the grain.
    """
    told = _ink_and_grain(pixels)
    if told is None:
        return pixels, Step("strengthen", False, 0.5, reason="too few letters tell the tone of ink")
    paper, ink, grain = told
    clear = (paper - ink) / max(grain, 0.1)
    if clear >= _CLEAR:
        return pixels, Step("strengthen", False, 1.0, clear)
    sigma = next((sigma for below, sigma in _SOFTENING if clear < below), 0.0)
    if sigma:
        pixels = soften(pixels, sigma * max(1.0, max(pixels.shape) / _SCALE))
        grain = _spread(grey(pixels[::_THIN, ::_THIN]), paper)
    white = paper - min(_WHITE * grain, _MOST_WHITENED * (paper - ink))
    levels = np.arange(256, dtype=np.float32)
    curve = _DARK_INK + (levels - ink) * (255 - _DARK_INK) / max(1.0, white - ink)
    table = np.clip(curve, 0, 255).astype(np.uint8)
    reason = f"ink over grain {clear:.1f}, softened by {sigma:g}"
    return np.asarray(cv2.LUT(pixels, table), dtype=np.uint8), Step(
        "strengthen", True, 0.8, clear, reason
    )


def _ink_and_grain(pixels: Pixels) -> tuple[float, float, float] | None:
    """Return the tones of paper and ink and the spread of grain; None where few letters tell."""
    small, _ = glanced_at(pixels)
    calm = cv2.GaussianBlur(small, (0, 0), 1.0)
    paper = float(np.median(calm[::2, ::2]))
    least = _CALM_GRAIN * _spread(np.asarray(calm[::2, ::2], dtype=np.uint8), paper)
    mask = np.where(calm < paper - max(6.0, least), 255, 0).astype(np.uint8)
    marks = marks_of(mask)
    if marks.letters.sum() < _FEWEST_LETTERS or len(marks.ink) > _MOST_INK * mask.size:
        return None
    ink = float(np.percentile(small.ravel()[marks.ink_of(marks.letters)], 20))
    full = grey(pixels[::_THIN, ::_THIN])
    return (paper, ink, _spread(full, float(np.median(full)))) if ink < paper else None


def _spread(tones: Pixels, paper: float) -> float:
    """Return the standard deviation of paper on a page that is mostly paper."""
    off = cv2.absdiff(tones, np.full_like(tones, round(paper)))
    return 1.4826 * float(np.median(off)) + 0.5
