"""How a page image looks to whoever must read it: sharp, dark enough, whole.

Everything is measured on letters, so that a page with three lines is judged like a full one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks, evened, ink_mask, looked_at, marks_of
from .model import PageImage, Pixels
from .scale import grey

_LEAST_LENGTH = 1000
"""Pixels of the longer side under which a page is not halved: 90 dpi for letter paper."""
_SAMPLE = 100
"""Letters that are measured; more change the medians by a few hundredths."""
_FEWEST = 12
"""Fewer marks like letters are as likely dust or a drawing."""
_STEEP = 75
"""Percentile of the steepest steps of a letter's rows: rows along a bar have no step."""
_AT_EDGE = 1.5
"""Looked-at pixels from the edge of the frame at which a mark ends with it."""
_ALIKE = (0.4, 1.8)
"""Heights of letters beside the median; rules, borders and holes are none."""
_NEXT = 1.6
"""Median heights to the next letter of a line that runs into the edge."""
GRAIN = 5.0
"""Specks for each thousand pixels; a dirty copy has 1, a noisy threshold 15."""
_NEXT_TO_NONE, _FAINT = 0.0005, 228
"""Share of a page that is ink; tone of faint ink on paper that was made 255."""
_SPECK = 4
"""Pixels of a mark looked at that is no part of a letter."""
_ROW = 5
"""Letters side by side at the upper or lower edge that make a line cut lengthwise."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """What the pixels of a page say of its quality; None where there are too few letters."""

    edge_width: float | None
    """Pixels over which the edge of a stroke goes from paper to ink; 1.0 is a knife's edge."""
    letter_height: float | None
    """Median height of letters, pixels."""
    contrast: float | None
    """Tone of the paper less that of the ink, 0.0 to 1.0."""
    cut_lines: int
    """Lines of text that run into an edge of the frame."""
    specks: float = 0.0
    """Specks for each thousand pixels looked at; above ``GRAIN`` the ink is mostly noise."""

    @property
    def softness(self) -> float | None:
        """Edge width in heights of a letter: strokes are about 0.15 thick."""
        if self.edge_width is None or not self.letter_height:
            return None
        return self.edge_width / self.letter_height


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A page in grey and, halved until it is quick to look at, its ink."""

    tones: Pixels
    mask: Pixels
    """255 where there is ink, else 0."""
    factor: float
    """Pixels of the mask per pixel of the page."""
    degrees: float
    """What the page was turned by to be level."""


def sight_of(page: PageImage) -> Sight:
    """Return ``page`` as quality and handwriting are looked for on it."""
    tones = grey(page.pixels)
    longest = max(tones.shape)
    halvings = max(0, int(math.log2(max(1.0, longest / _LEAST_LENGTH))))
    small, factor = looked_at(tones, max(1, longest // 2**halvings))
    turned = (step.value for step in page.steps if step.name == "deskew" and step.applied)
    return Sight(tones, _ink(small), factor, next(turned, None) or 0.0)


def _ink(small: Pixels) -> Pixels:
    """Return the mask of ink; where there is next to none, that of what is hardly darker."""
    mask = ink_mask(small)
    if np.count_nonzero(mask) >= _NEXT_TO_NONE * mask.size:
        return mask
    return np.asarray(np.where(evened(small) < _FAINT, 255, 0), dtype=np.uint8)


def appearance(sight: Sight) -> Appearance:
    """Return sharpness, contrast and cut-off text of a page."""
    marks = marks_of(sight.mask)
    letters = _letters(marks)
    specks = specks_of(marks)
    if int(letters.sum()) < _FEWEST:
        return Appearance(None, None, None, 0, specks)
    width, contrast = _edges(sight.tones, marks, letters, sight.factor)
    height = float(np.median(marks.height[letters])) / sight.factor
    cut = _cut_lines(marks, letters, sight.degrees) if specks < GRAIN else 0
    return Appearance(round(width, 3), round(height, 2), round(contrast, 3), cut, specks)


def specks_of(marks: Marks) -> float:
    """Return how many specks there are for each thousand pixels."""
    small = np.maximum(marks.width, marks.height) <= _SPECK
    return round(1000 * int(small.sum()) / marks.mask.size, 2)


def _letters(marks: Marks) -> Flags:
    """Return the marks that are letters by their own box and beside the others."""
    letters = marks.letters
    if not letters.any():
        return letters
    height = float(np.median(marks.height[letters]))
    low, high = _ALIKE
    return np.asarray(letters & (marks.height >= low * height) & (marks.height <= high * height))


def _edges(tones: Pixels, marks: Marks, letters: Flags, factor: float) -> tuple[float, float]:
    """Return the median edge width in pixels and the median depth of ink, 0.0 to 1.0."""
    chosen = np.flatnonzero(letters)
    chosen = np.random.default_rng(0).permutation(chosen)[:_SAMPLE]
    measured = [_edge_of(_cutout(tones, marks, int(at), factor)) for at in chosen]
    widths, depths = np.array([one for one in measured if one is not None] or [(1.0, 0.0)]).T
    return float(np.median(widths)), float(np.median(depths))


def _cutout(tones: Pixels, marks: Marks, at: int, factor: float) -> Pixels:
    spare = 2
    left, top = int(marks.x[at] / factor) - spare, int(marks.y[at] / factor) - spare
    right = math.ceil((marks.x[at] + marks.width[at]) / factor) + spare
    bottom = math.ceil(marks.bottom[at] / factor) + spare
    return tones[max(0, top) : bottom, max(0, left) : right]


def _edge_of(letter: Pixels) -> tuple[float, float] | None:
    """Return edge width and depth of one letter: its range of tones over its steepest steps."""
    depth = float(letter.max()) - float(letter.min())
    if depth <= 0 or min(letter.shape) < 3:
        return None
    across = np.abs(np.diff(letter.astype(np.int16), axis=1)).max(axis=1)
    # Sorting a few numbers is a tenth of what np.percentile costs, and this is done per letter.
    steep = float(np.sort(across)[round((len(across) - 1) * _STEEP / 100)])
    return (depth / steep, depth / 255) if steep else None


def _cut_lines(marks: Marks, letters: Flags, degrees: float) -> int:
    """Return how many lines of letters end with the frame, which ``degrees`` were taken off."""
    boxes = np.stack([marks.x, marks.y, marks.width, marks.height], axis=1)[letters]
    near = _near_sides(boxes, marks.mask.shape, degrees)
    height = float(np.median(boxes[:, 3]))
    sideways = [_inward(boxes, near[:, side], height, side) for side in (0, 1)]
    lengthwise = [int(near[:, side].sum() >= _ROW) for side in (2, 3)]
    return max(sideways) + sum(lengthwise)


def _near_sides(
    boxes: NDArray[np.int32], shape: tuple[int, ...], degrees: float
) -> NDArray[np.bool_]:
    """Return ``(n, 4)``: which boxes end with the left, right, upper, lower side of the frame."""
    tall, wide = shape[:2]
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(abs(degrees)))
    double = cosine**2 - sine**2
    frame = (wide * cosine - tall * sine) / double, (tall * cosine - wide * sine) / double
    turn = math.radians(degrees)
    middle = boxes[:, :2] + boxes[:, 2:] / 2 - (wide / 2, tall / 2)
    across = middle[:, 0] * math.cos(turn) - middle[:, 1] * math.sin(turn)
    down = middle[:, 0] * math.sin(turn) + middle[:, 1] * math.cos(turn)
    left, right = across - boxes[:, 2] / 2, across + boxes[:, 2] / 2
    top, bottom = down - boxes[:, 3] / 2, down + boxes[:, 3] / 2
    spare = (left + frame[0] / 2, frame[0] / 2 - right, top + frame[1] / 2, frame[1] / 2 - bottom)
    return np.asarray(np.stack(spare, axis=1) <= _AT_EDGE)


def _inward(boxes: NDArray[np.int32], near: NDArray[np.bool_], height: float, side: int) -> int:
    """Return how many of the letters at one side have the next letter of a line beside them."""
    return sum(_has_next(boxes, box, height, side) for box in boxes[near])


def _has_next(boxes: NDArray[np.int32], box: NDArray[np.int32], height: float, side: int) -> bool:
    gap = boxes[:, 0] - (box[0] + box[2]) if side == 0 else box[0] - (boxes[:, 0] + boxes[:, 2])
    level = np.abs((boxes[:, 1] + boxes[:, 3] / 2) - (box[1] + box[3] / 2)) <= 0.6 * height
    return bool((level & (gap >= -2) & (gap <= _NEXT * height)).any())
