"""Where the ink is: the marks of a page at the size at which steps look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Pixels
from .scale import grey

# A worker is one process of many on its machine; OpenCV would take every core in each.
cv2.setNumThreads(1)

LOOK_LENGTH = 1650
"""Pixels of the longer side when a step looks at a page: 150 dpi for letter paper."""
_SMALLEST_LETTER, _LARGEST_LETTER = 5, 80
_PAPER_SPAN = 15
_INK_TONES = (90, 200)
"""Ink is never lighter than the second of these on paper that was made 255."""

Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Marks:
    """Connected components of ink."""

    labels: NDArray[np.int32]
    """``(height, width)``: 0 for paper, else 1 + the position in the other fields."""
    x: Counts
    y: Counts
    width: Counts
    height: Counts
    area: Counts

    @property
    def bottom(self) -> Counts:
        """The first row below each."""
        return self.y + self.height

    @cached_property
    def letters(self) -> NDArray[np.bool_]:
        """Which are of the size and shape of letters, by their own box alone."""
        fill = self.area / (self.width * self.height)
        tall = (self.height >= _SMALLEST_LETTER) & (self.height <= _LARGEST_LETTER)
        return tall & (self.width <= 4 * self.height) & (self.width >= 2) & (fill > 0.08)


def marks_of(mask: Pixels) -> Marks:
    """Return the 8-connected components of a mask (ink is not 0)."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    x, y, width, height, area = stats[1:].T
    return Marks(np.asarray(labels, dtype=np.int32), x, y, width, height, area)


def looked_at(pixels: Pixels, length: int = LOOK_LENGTH) -> tuple[Pixels, float]:
    """Return grey ``pixels`` no longer than ``length``, and looked-at pixels per pixel."""
    factor = min(1.0, length / max(pixels.shape[:2]))
    plain = grey(pixels)
    if factor == 1.0:
        return plain, 1.0
    size = tuple(max(1, round(side * factor)) for side in (plain.shape[1], plain.shape[0]))
    small = cv2.resize(plain, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), factor


def paper_tone(tones: Pixels) -> Pixels:
    """Return the tone of the paper under every pixel of a grey page, ink filled in."""
    height, width = tones.shape
    size = (max(1, width // 8), max(1, height // 8))
    small = cv2.dilate(cv2.resize(tones, size, interpolation=cv2.INTER_AREA), np.ones((5, 5)))
    small = cv2.medianBlur(np.asarray(small, dtype=np.uint8), _PAPER_SPAN)
    return np.asarray(
        cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8
    )


def evened(tones: Pixels) -> Pixels:
    """Return a grey page with its paper made white, so that one threshold fits all of it."""
    paper = np.maximum(paper_tone(tones), 1)
    return np.asarray(cv2.divide(tones, paper, scale=255), dtype=np.uint8)


def ink_mask(tones: Pixels) -> Pixels:
    """Return 255 where a grey page has ink (dark on light), else 0."""
    even = evened(tones)
    otsu, _ = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    tone = float(np.clip(otsu, *_INK_TONES))
    _, mask = cv2.threshold(even, tone, 255, cv2.THRESH_BINARY_INV)
    return np.asarray(mask, dtype=np.uint8)


def letter_mask(mask: Pixels, marks: Marks) -> Pixels:
    """Return ``mask`` with the letters only: no rules, boxes, borders, pictures or dust."""
    keep = np.concatenate(([False], marks.letters))
    return np.where(keep[marks.labels], mask, 0).astype(np.uint8)
