"""Which way up a page lies, in quarter turns, as far as its lines and letters tell.

The axis is the one along which baselines pile up and letters stand close: within a line they
nearly touch, from line to line they do not, whatever columns of figures may pretend. Up and
down are told by ascenders, which outnumber descenders in Latin script (Bloomberg, Kopec and
Dasari 1995): two neighbours on one line that agree at the foot and differ at the head vote
for upright. And they are told by the margin: lines start flush and end ragged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .deskew import NO_SKEW, Skew, find_skew, lower_edges_if_lying, skew_of
from .ink import Marks, marks_of
from .model import Pixels

_UNDOING = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}
_AXIS_MARGIN = 0.8
_NEAR = 0.35  # of the usual size of a letter
_AGREE, _DIFFER = 0.12, 0.2  # of the height of the taller neighbour
_FEWEST_VOTES = 8
_FEWEST_FLUSH = 4
_COMPANY = 4
"""Lines that start at one place, at least, for it to be a margin."""
_FLUSH = 0.35  # of the usual height of a letter
_SURE_SCORE = 3.5  # standard deviations of a fair coin
_MOST_BY_MARGINS = 2.5
"""Margins alone never suffice: a column of figures is flush at the right."""
_CONTRADICTION = 1.0


@dataclass(frozen=True, slots=True)
class Lie:
    """How a page lies."""

    rotation: int
    """Turned clockwise by 0, 90, 180 or 270, as found."""
    confidence: float
    skew: Skew
    """Of the page once its rotation is undone."""


@dataclass(frozen=True, slots=True)
class _Letters:
    """Letters line by line, each line from left to right, as if the page were level."""

    left: NDArray[np.float64]
    head: NDArray[np.float64]
    width: NDArray[np.float64]
    height: NDArray[np.float64]
    line: NDArray[np.int32]


def find_lie(mask: Pixels, limit: float) -> Lie:
    """Return rotation and skew of an ink mask; rotation 0 when nothing tells."""
    marks = marks_of(mask)
    along = skew_of(marks, limit)
    across = find_skew(lower_edges_if_lying(marks), limit, fine=False)
    if along is NO_SKEW and across is NO_SKEW:
        return Lie(0, 0.0, NO_SKEW)
    if _lying(marks, along, across) <= _AXIS_MARGIN:
        return _upright(marks, 0, along)
    upright = marks_of(unturned(mask, 90))
    return _upright(upright, 90, skew_of(upright, limit))


def _lying(marks: Marks, along: Skew, across: Skew) -> float:
    """Return the evidence, as a logarithm of odds, that lines run up the page and not across."""
    beside, above = _joined(marks)
    piled = np.log((across.strength + 0.01) / (along.strength + 0.01))
    return float(piled + np.log((above + 1) / (beside + 1)))


def _joined(marks: Marks) -> tuple[int, int]:
    """Return how many letters stand close to another beside them, and above or below them."""
    chosen = marks.letters
    count = int(chosen.sum())
    if not count:
        return 0, 0
    size = float(np.median(np.maximum(marks.width, marks.height)[chosen]))
    reach = max(3, round(_NEAR * size)) | 1
    letters = marks.mask_of(chosen)
    beside = cv2.connectedComponents(cv2.dilate(letters, np.ones((1, reach), np.uint8)))[0]
    above = cv2.connectedComponents(cv2.dilate(letters, np.ones((reach, 1), np.uint8)))[0]
    return max(0, count - beside + 1), max(0, count - above + 1)


def _upright(marks: Marks, rotation: int, skew: Skew) -> Lie:
    """Return the lie along the known axis, the other way round when the letters say so."""
    lead = upright_lead(marks, skew.degrees)
    if lead < 0:
        return Lie(rotation + 180, -lead, skew)
    return Lie(rotation, lead, skew)


def unturned(pixels: Pixels, rotation: int) -> Pixels:
    """Return pixels that lie turned clockwise by ``rotation`` degrees upright."""
    if rotation % 360 == 0:
        return pixels
    return np.asarray(cv2.rotate(pixels, _UNDOING[rotation]), dtype=np.uint8)


def upright_lead(marks: Marks, degrees: float) -> float:
    """Return -1.0 (surely upside down) to 1.0 (surely upright), 0.5 from where it is to be trusted.

    The score of two witnesses that know nothing of each other, each in standard deviations of a
    fair coin: 0.0 when one speaks against what both together say.
    """
    letters = _letters_in_lines(marks, degrees)
    if len(letters.line) < 2:
        return 0.0
    votes = _score(*_head_and_foot(letters), _FEWEST_VOTES)
    margins = _score(*_flush(letters), _FEWEST_FLUSH)
    margins = max(-_MOST_BY_MARGINS, min(_MOST_BY_MARGINS, margins))
    score = votes + margins
    if min(votes * np.sign(score), margins * np.sign(score)) < -_CONTRADICTION:
        return 0.0
    return float(np.clip(score / (2 * _SURE_SCORE), -1.0, 1.0))


def _score(upright: int, upside_down: int, fewest: int) -> float:
    votes = upright + upside_down
    return (upright - upside_down) / math.sqrt(votes) if votes >= fewest else 0.0


def _letters_in_lines(marks: Marks, degrees: float) -> _Letters:
    chosen = marks.letters
    if chosen.any():
        # Commas and quotation marks hang low or high whichever way the page lies.
        usual = float(np.median(marks.height[chosen]))
        chosen = chosen & (marks.height >= 0.6 * usual) & (marks.height <= 2.2 * usual)
    x, y, width, height = (
        side[chosen].astype(np.float64) for side in (marks.x, marks.y, marks.width, marks.height)
    )
    if not len(x):
        return _Letters(x, x, x, x, x.astype(np.int32))
    line = _lines(marks.mask_of(marks.letters), float(np.median(height)))[
        (y + height / 2).astype(int), (x + width / 2).astype(int)
    ]
    order = np.lexsort((x, line))
    slope = float(np.tan(np.radians(degrees)))
    head, left = y - slope * (x + width / 2), x + slope * (y + height / 2)
    return _Letters(left[order], head[order], width[order], height[order], line[order])


def _head_and_foot(letters: _Letters) -> tuple[int, int]:
    """Return how many neighbours agree at the foot and differ at the head, and the reverse."""
    taller = np.maximum(letters.height[:-1], letters.height[1:])
    middle = letters.left + letters.width / 2
    close = (np.diff(letters.line) == 0) & (np.diff(middle) < 3 * taller)
    heads = np.abs(np.diff(letters.head)) / taller
    feet = np.abs(np.diff(letters.head + letters.height)) / taller
    upright = close & (feet <= _AGREE) & (heads > _DIFFER)
    upside_down = close & (heads <= _AGREE) & (feet > _DIFFER)
    return int(upright.sum()), int(upside_down.sum())


def _flush(letters: _Letters) -> tuple[int, int]:
    """Return how many lines start, and how many end, where several others do."""
    changes = np.flatnonzero(np.diff(letters.line)) + 1
    first = np.concatenate(([0], changes))
    last = np.concatenate((changes, [len(letters.line)])) - 1
    long = last - first >= 2
    right = letters.left + letters.width
    reach = _FLUSH * float(np.median(letters.height))
    return _in_company(letters.left[first[long]], reach), _in_company(right[last[long]], reach)


def _in_company(places: NDArray[np.float64], reach: float) -> int:
    """Return how many of these have enough others within ``reach``."""
    ordered = np.sort(places)
    near = np.searchsorted(ordered, ordered + reach, "right")
    near -= np.searchsorted(ordered, ordered - reach, "left")
    return int((near >= _COMPANY).sum())


def _lines(letters: Pixels, height: float) -> NDArray[np.int32]:
    """Return labels of runs of letters, each close to the next along its line."""
    reach = np.ones((1, max(3, round(1.5 * height))), np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(letters, reach), connectivity=8)
    return np.asarray(labels, dtype=np.int32)
