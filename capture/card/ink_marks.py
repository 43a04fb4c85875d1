"""What is written on a card, and how its bare film changes in tone: what a lattice is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .cells import Size
from .lattice import Profile
from .look import Floats, Look

_WHOLE, _THIN, _THIN_FROM = 0.4, 5.0, 0.06
"""Longer than this share of the card is no stroke; so thin and longer than that is a scratch."""
_SPECK = 8  # pixels of a whole look
_ENOUGH = 0.12  # of the pitch: room on both sides of a seam
_CALM, _CALM_OF_USUAL, _MOST_OF_USUAL = 0.012, 0.12, 0.25
_FULL, _LEAST_REPEAT = 0.15, 1.4
_REACH, _HALO = 3, 9
_CLEAR = 8.0
_GROWTH, _LINE = 0.15, 0.7  # of the pitch

Words = NDArray[np.int64]
"""``(n, 4)``: left, top, right, bottom."""


def strokes_of(look: Look) -> Pixels:
    """Return the writing of a card without dust, edges and scratches, 1 where it is."""
    height, width = look.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(look.writing, connectivity=8)
    wide, high, count = stats[:, 2], stats[:, 3], stats[:, 4]
    long = np.maximum(wide, high)
    kept = (wide < _WHOLE * width) & (high < _WHOLE * height)
    kept &= (long < _THIN_FROM * max(height, width)) | (count > _THIN * long)
    kept &= long > _SPECK * look.unit
    kept[0] = False
    return np.asarray(kept[labels], dtype=np.uint8)


def letter_height(ink: Pixels) -> float:
    """Return the usual height of letters; the mask is wider than they are by a pixel all round."""
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    strokes = stats[(stats[:, 2:4] >= 3).all(axis=1)]
    return float(np.median(strokes[:, 3])) - 2.0 if len(strokes) else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What lies along a line through the card: a card's height, or the length of one row."""

    ink: Profile
    """Share of the places across the line that are written on."""
    step: Profile
    """By how much the tone of what is bare rises, in deviations of its noise."""
    near: Profile
    """How far it is calm on both sides, in pixels."""

    @property
    def ends(self) -> tuple[int, int]:
        """Where writing begins and ends."""
        some = self.ink[self.near <= 0]
        usual = float(np.median(some)) if some.size else 0.0
        # A scratch beside the frames is thinner than lines of text are.
        written = np.flatnonzero((self.near <= 0) & (self.ink >= _MOST_OF_USUAL * usual))
        return (int(written[0]), int(written[-1]) + 1) if written.size else (0, 0)

    def repeats(self, pitch: float) -> float:
        """Return how like itself a pitch further on the writing is, -1.0 to 1.0."""
        first, last = self.ends
        lag = round(pitch)
        if last - first < _LEAST_REPEAT * pitch:
            return 0.0
        written = np.minimum(self.ink[first:last], _FULL) / _FULL
        smooth = cv2.blur(written[:, None], (1, max(1, lag // 40)))[:, 0]
        one, other = smooth[lag:] - smooth.mean(), smooth[:-lag] - smooth.mean()
        return float((one * other).sum() / max(1e-9, np.sqrt((one**2).sum() * (other**2).sum())))

    def seams(self, pitch: float) -> Profile:
        """Return how likely frames of that pitch part at each place, 0.0 to 2.0."""
        room = np.minimum(1.0, self.near / (_ENOUGH * pitch))
        sharp = np.minimum(1.0, np.abs(self.step) / _CLEAR)
        span = max(1, round(0.04 * pitch))
        wide = cv2.dilate(sharp[:, None], np.ones((span, 1), np.uint8))[:, 0]
        return np.asarray(room + wide, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Marks:
    """The writing of a card, and its bare film."""

    ink: Pixels
    bare: NDArray[np.bool_]
    tones: Floats

    def across(self, top: int, bottom: int) -> Line:
        """Return the line along a row."""
        return _line(self.ink[top:bottom], self.bare[top:bottom], self.tones[top:bottom])

    def down(self, left: int, right: int) -> Line:
        """Return the line down a stretch of the card."""
        band = np.s_[:, left:right]
        return _line(self.ink[band].T, self.bare[band].T, self.tones[band].T)


def marks_of(look: Look, ink: Pixels) -> Marks:
    """Return the writing ``ink`` of a card, and its film away from all writing."""
    # Ink shines into the film around it, which is no edge.
    span = np.ones((_HALO, _HALO), np.uint8)
    busy = cv2.dilate(look.writing, span) > 0
    return Marks(ink, ~busy, look.sharp.astype(np.float32))


def _line(ink: Pixels, bare: NDArray[np.bool_], tones: Floats) -> Line:
    share = ink.mean(axis=0, dtype=np.float64)
    some = share[share > _CALM]
    calm = share <= max(_CALM, _CALM_OF_USUAL * float(np.median(some)) if some.size else 0.0)
    return Line(share, _steps(bare, tones), _near(calm))


def _steps(bare: NDArray[np.bool_], tones: Floats) -> Profile:
    """Return by how much what is bare gets lighter at each place, in deviations of the noise."""
    apart = 2 * _REACH
    both = bare[:, apart:] & bare[:, :-apart]
    count = both.sum(axis=0)
    change = np.clip(tones[:, apart:] - tones[:, :-apart], -12, 12) * both
    usable = count >= max(8, 0.08 * len(bare))
    # Where much is bare, noise is less.
    mean = np.where(usable, change.sum(axis=0) / np.sqrt(np.maximum(1, count)), 0.0)
    noise = 1.48 * float(np.median(np.abs(mean[usable]))) if usable.any() else 1.0
    steps = np.zeros(bare.shape[1])
    steps[_REACH : len(mean) + _REACH] = mean / max(0.5, noise)
    return np.asarray(np.clip(steps, -2 * _CLEAR, 2 * _CLEAR), dtype=np.float64)


def _near(calm: NDArray[np.bool_]) -> Profile:
    """Return how far each place is from what is not calm; 0.0 there. Ends are calm for ever."""
    places = np.arange(len(calm))
    far = 4 * len(calm)
    before = np.maximum.accumulate(np.where(calm, -far, places))
    after = np.minimum.accumulate(np.where(calm, far, places)[::-1])[::-1]
    return np.asarray(np.minimum(places - before, after - places), dtype=np.float64)


def words_of(ink: Pixels, size: Size) -> Words:
    """Return the boxes of what is written together: left, top, right, bottom; no long lines."""
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:].astype(np.int64)
    short = (stats[:, 2] < _LINE * size.width) & (stats[:, 3] < _LINE * size.height)
    stats = stats[short & (stats[:, 2:4] >= 3).all(axis=1)]
    # The mask is wider than strokes are.
    return np.column_stack([stats[:, :2] + 1, stats[:, :2] + stats[:, 2:4] - 1])


def holding(box: Box, place: Box, words: Words) -> Box:
    """Return ``box`` with all that is mostly written in its place, from seam to seam."""
    across, down = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    over, under = _GROWTH * place.width, _GROWTH * place.height
    mine = (across >= place.x) & (across < place.right)
    mine &= (down >= place.y) & (down < place.bottom)
    mine &= (words[:, 0] > place.x - over) & (words[:, 2] < place.right + over)
    mine &= (words[:, 1] > place.y - under) & (words[:, 3] < place.bottom + under)
    own = words[mine]
    if not len(own):
        return box
    left, top = (max(0, int(side)) for side in own[:, :2].min(axis=0))
    right, bottom = (int(side) for side in own[:, 2:].max(axis=0))
    return box | Box(left, top, right - left, bottom - top)


def torn(ink: Pixels, boxes: Sequence[Box], size: Size) -> float:
    """Return the share of what is written that no box holds whole."""
    words = words_of(ink, size)
    weight = (words[:, 2] - words[:, 0]) * (words[:, 3] - words[:, 1])
    whole = np.zeros(len(words), dtype=np.bool_)
    for box in boxes:
        inside = (words[:, 0] >= box.x - 1) & (words[:, 1] >= box.y - 1)
        whole |= inside & (words[:, 2] <= box.right + 1) & (words[:, 3] <= box.bottom + 1)
    return float(weight[~whole].sum() / max(1, weight.sum()))
