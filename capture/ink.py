"""Where the ink is: the marks of a page at the size at which steps look at it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Pixels
from .scale import grey, resize

# A worker is one process of many on its machine; OpenCV would take every core in each.
cv2.setNumThreads(1)

LOOK_LENGTH = 1650
"""Pixels of the longer side when a step looks at a page: 150 dpi for letter paper."""
GLANCE_LENGTH = 1100
"""About as many when a step needs no letters: 75 to 100 dpi for letter paper."""
_NEAR_ENOUGH = 0.12
_MOST_SHORT_LABELS = 30_000
_PAPER_SHRINK = 8
_SMALLEST_LETTER, _LARGEST_LETTER = 5, 80
_PAPER_SPAN = 15
_INK_TONES = (90, 200)
"""Ink is never lighter than the second of these on paper that was made 255."""

Counts = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Marks:
    """Connected components of ink."""

    mask: Pixels
    """``(height, width)``: 0 for paper."""
    labels: NDArray[np.integer[Any]]
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

    @property
    def inner(self) -> Flags:
        """Which do not touch the edge of the page."""
        height, width = self.mask.shape
        touching = (self.x == 0) | (self.y == 0)
        touching |= (self.x + self.width == width) | (self.bottom == height)
        return np.asarray(~touching)

    @cached_property
    def letters(self) -> Flags:
        """Which are of the size and shape of letters, by their own box alone."""
        return _letter_like(self.width, self.height, self.area)

    @cached_property
    def lying_letters(self) -> Flags:
        """Which would be letters if the page were turned by a quarter."""
        return _letter_like(self.height, self.width, self.area)

    @cached_property
    def ink(self) -> NDArray[np.intp]:
        """Where ink is, as positions in the flattened mask."""
        return np.flatnonzero(self.mask.view(np.bool_))

    def ink_of(self, chosen: Flags) -> NDArray[np.intp]:
        """Return where the ink of the chosen marks is, as positions in the flattened mask."""
        keep = np.concatenate(([False], chosen))
        chosen_ink: NDArray[np.intp] = self.ink[keep[self.labels.ravel()[self.ink]]]
        return chosen_ink

    def mask_of(self, chosen: Flags) -> Pixels:
        """Return the mask with the chosen marks only."""
        mask = np.zeros_like(self.mask)
        mask.ravel()[self.ink_of(chosen)] = 255
        return mask


def _letter_like(width: Counts, height: Counts, area: Counts) -> Flags:
    fill = area / (width * height)
    tall = (height >= _SMALLEST_LETTER) & (height <= _LARGEST_LETTER)
    return np.asarray(tall & (width <= 4 * height) & (width >= 2) & (fill > 0.08))


def marks_of(mask: Pixels) -> Marks:
    """Return the 8-connected components of a mask (ink is not 0)."""
    mask = np.ascontiguousarray(mask)
    # Labels of 16 bits take a third of the time, but wrap silently when there are too many.
    kind = cv2.CV_16U if _most_labels(mask) <= _MOST_SHORT_LABELS else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    x, y, width, height, area = stats[1:].T
    return Marks(mask, np.asarray(labels, dtype=labels.dtype), x, y, width, height, area)


def _most_labels(mask: Pixels) -> int:
    """Return how many labels a scan by rows gives out at most, before it joins any."""
    beside = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    fresh = mask[1:, 1:] > np.maximum(beside[:-1, 1:], mask[1:, :-1])
    return int(np.count_nonzero(fresh) + mask.shape[0] + mask.shape[1])


def looked_at(pixels: Pixels, length: int = LOOK_LENGTH) -> tuple[Pixels, float]:
    """Return grey ``pixels`` about ``length`` long at most, and looked-at pixels per pixel.

    Shrinking by halves is many times faster, so a length that is near enough is taken.
    """
    longest = max(pixels.shape[:2])
    halvings = _halvings(pixels, length)
    if abs(longest / 2**halvings / length - 1) <= _NEAR_ENOUGH:
        return _halved(pixels, halvings), 0.5**halvings
    factor = min(1.0, length / longest)
    return grey(resize(pixels, factor)), factor


def glanced_at(pixels: Pixels) -> tuple[Pixels, float]:
    """Return grey ``pixels`` halved to about ``GLANCE_LENGTH``, and glanced-at pixels per pixel."""
    halvings = _halvings(pixels, GLANCE_LENGTH)
    return _halved(pixels, halvings), 0.5**halvings


def _halvings(pixels: Pixels, length: int) -> int:
    shorter, longer = sorted(pixels.shape[:2])
    return max(0, min(round(math.log2(longer / length)), int(math.log2(shorter))))


def _halved(pixels: Pixels, times: int) -> Pixels:
    for _ in range(times):
        # An odd last line is left out of the look; with it the shrinking would not be exact.
        height, width = (side // 2 * 2 for side in pixels.shape[:2])
        even, size = pixels[:height, :width], (width // 2, height // 2)
        pixels = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return grey(pixels)


def paper_tone(tones: Pixels) -> Pixels:
    """Return the tone of the paper under every pixel of a grey page, ink filled in."""
    height, width = tones.shape
    spare = (-height % _PAPER_SHRINK, -width % _PAPER_SHRINK)
    padded = cv2.copyMakeBorder(tones, 0, spare[0], 0, spare[1], cv2.BORDER_REPLICATE)
    size = (padded.shape[1] // _PAPER_SHRINK, padded.shape[0] // _PAPER_SHRINK)
    small = cv2.dilate(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), np.ones((5, 5)))
    small = cv2.medianBlur(np.asarray(small, dtype=np.uint8), _PAPER_SPAN)
    paper = cv2.resize(small, padded.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(paper[:height, :width], dtype=np.uint8)


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
