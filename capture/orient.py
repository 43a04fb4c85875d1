"""Which way up a page lies, in quarter turns, as far as its lines and letters tell.

The axis is the one along which baselines pile up and letters stand close: within a line they
nearly touch, from line to line they do not, whatever columns of figures may pretend. Up and
down are told by ascenders, which outnumber descenders in Latin script (Bloomberg, Kopec and
Dasari 1995): two neighbours on one line that agree at the foot and differ at the head vote
for upright. And they are told by the margin: lines start flush and end ragged.
Capitals and figures have neither, so where these two do not suffice, two more are heard: points
and commas lie at the foot of a line, and letters look like themselves the right way up.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .deskew import (
    NO_SKEW,
    Skew,
    find_skew,
    looks_like_lying_text,
    looks_like_text,
    lower_edges_if_lying,
    skew_of,
)
from .ink import Flags, Marks, marks_of
from .model import Pixels

_UNDOING = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}
_AXIS_MARGIN = 0.8
_BY_ROWS = 2.0
"""Evidence of letters that stand in rows along one axis only."""
_LIKE_TEXT = 0.5
"""How far marks must look like text for the page to be turned by them."""
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
_MOST_AGAINST = 0.25  # of what speaks for the lie that is taken
_POINT = 0.45  # of the usual height of a letter, the most for a point or comma
_AT_FOOT, _AT_HEAD = (0.75, 1.4), (-0.4, 0.25)  # of the height of its neighbour
_POINT_REACH = 1.5  # of the usual height of a letter, from the letter that it belongs to
_MOST_BY_POINTS = 3.0
_SHAPE_SIDE = 10
_MOST_SHAPES = 200
_LIKE, _MORE_LIKE = 0.6, 0.08
"""Correlation with the nearest shape, and its lead over the nearest upside down."""
_PLAIN_SHARE = 0.12
"""Lead, of the letters looked at, from which shapes count in full: handwriting has less."""
_NOTHING = np.zeros((0, 0), np.float32)
_FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)


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
    labels: NDArray[np.int32]
    """``(height, width)`` of the page: the line that each pixel is on, 0 for none."""

    def of(self, chosen: NDArray[np.integer[Any]] | Flags) -> _Letters:
        """Return some of them, or all in another order."""
        return _Letters(
            self.left[chosen],
            self.head[chosen],
            self.width[chosen],
            self.height[chosen],
            self.line[chosen],
            self.labels,
        )


_NO_LABELS = np.zeros((0, 0), np.int32)


def find_lie(mask: Pixels, limit: float) -> Lie:
    """Return rotation and skew of an ink mask; rotation 0 when nothing tells."""
    marks = marks_of(mask)
    along = skew_of(marks, limit)
    across = find_skew(lower_edges_if_lying(marks), limit, fine=False)
    if along is NO_SKEW and across is NO_SKEW:
        return Lie(0, 0.0, NO_SKEW)
    if _lying(marks, along, across) > _AXIS_MARGIN:
        upright = marks_of(unturned(mask, 90))
        skew = skew_of(upright, limit)
        if _is_text(upright, skew):
            return _upright(upright, 90, skew)
    return _upright(marks, 0, along) if _is_text(marks, along) else Lie(0, 0.0, along)


def _is_text(marks: Marks, skew: Skew) -> bool:
    return looks_like_text(marks, skew.degrees) >= _LIKE_TEXT


def _lying(marks: Marks, along: Skew, across: Skew) -> float:
    """Return the evidence, as a logarithm of odds, that lines run up the page and not across."""
    beside, above = _joined(marks)
    piled = np.log((across.strength + 0.01) / (along.strength + 0.01))
    rows = looks_like_lying_text(marks, across.degrees) - looks_like_text(marks, along.degrees)
    return float(piled + np.log((above + 1) / (beside + 1)) + _BY_ROWS * rows)


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

    The score of witnesses that know nothing of each other, each in standard deviations of a fair
    coin: 0.0 when too much speaks against what all together say.
    """
    letters = _letters_in_lines(marks, degrees)
    if len(letters.line) < 2:
        return 0.0
    votes = _score(*_head_and_foot(letters), _FEWEST_VOTES)
    margins = _within(_MOST_BY_MARGINS, _score(*_flush(letters), _FEWEST_FLUSH))
    score = votes + margins
    if abs(score) >= _SURE_SCORE and min(votes * score, margins * score) >= 0:
        return _lead(score)
    points = _within(_MOST_BY_POINTS, _score(*_points(marks, letters, degrees), _FEWEST_FLUSH))
    return _agreed((votes, margins, points, _shape_score(marks)))


def _agreed(scores: tuple[float, ...]) -> float:
    speaking_for = sum(score for score in scores if score > 0)
    against = -sum(score for score in scores if score < 0)
    fewer, more = sorted((speaking_for, against))
    if fewer > max(_CONTRADICTION, _MOST_AGAINST * more):
        return 0.0
    return _lead(speaking_for - against)


def _lead(score: float) -> float:
    return float(np.clip(score / (2 * _SURE_SCORE), -1.0, 1.0))


def _within(most: float, score: float) -> float:
    return max(-most, min(most, score))


def _score(upright: int, upside_down: int, fewest: int) -> float:
    votes = upright + upside_down
    return (upright - upside_down) / math.sqrt(votes) if votes >= fewest else 0.0


def _points(marks: Marks, letters: _Letters, degrees: float) -> tuple[int, int]:
    """Return how many points and commas lie at the foot of their line, and how many at its head.

    What stands over or under a letter is no point: dots of i, accents.
    """
    usual = float(np.median(letters.height))
    points = _placed(marks, _small(marks, usual), degrees, letters.labels)
    points = points.of(points.line > 0)
    if not len(points.line):
        return 0, 0
    middle = points.left + points.width / 2
    ends = letters.line * 1e5 + letters.left
    after = np.searchsorted(ends, points.line * 1e5 + middle)
    before, after = np.maximum(after - 1, 0), np.minimum(after, len(ends) - 1)
    follows, leads = (letters.line[at] == points.line for at in (before, after))
    gap = points.left - (letters.left + letters.width)[before]
    room = letters.left[after] - (points.left + points.width)
    alone = follows & (gap >= 0) & (gap < _POINT_REACH * usual) & ~(leads & (room < 0))
    lies = (points.head + points.height / 2 - letters.head[before]) / letters.height[before]
    at_foot = alone & (lies > _AT_FOOT[0]) & (lies < _AT_FOOT[1])
    at_head = alone & (lies > _AT_HEAD[0]) & (lies < _AT_HEAD[1])
    return int(at_foot.sum()), int(at_head.sum())


def _small(marks: Marks, usual: float) -> Flags:
    small = (np.maximum(marks.width, marks.height) <= _POINT * usual) & (marks.width >= 2)
    return np.asarray(small & (marks.height >= 2))


def _shape_score(marks: Marks) -> float:
    """Return how much more letters look like letters than like letters upside down.

    Correlation with drawn letters and figures (Hershey's, which OpenCV brings along).
    """
    shapes = _shapes(marks)
    if not len(shapes):
        return 0.0
    known = _known_shapes()
    upright, upside_down = (_nearest(turned, known) for turned in (shapes, shapes[:, ::-1]))
    lead = np.where(np.maximum(upright, upside_down) > _LIKE, upright - upside_down, 0.0)
    ayes, noes = int((lead > _MORE_LIKE).sum()), int((lead < -_MORE_LIKE).sum())
    plain = min(1.0, abs(ayes - noes) / (_PLAIN_SHARE * len(shapes)))
    return plain * _score(ayes, noes, _FEWEST_VOTES)


def _nearest(shapes: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the correlation of each shape with the known one that it is most like."""
    # By OpenCV, which keeps to one thread here; NumPy's would wake all cores for a millisecond.
    likeness = cv2.gemm(np.ascontiguousarray(shapes), known, 1.0, _NOTHING, 0.0, flags=cv2.GEMM_2_T)
    return np.asarray(likeness.max(axis=1), dtype=np.float32)


def _shapes(marks: Marks) -> NDArray[np.float32]:
    """Return ``(n, 100)``: some letters of the page, evenly chosen, each as a vector."""
    usual = float(np.median(marks.height[marks.letters]))
    chosen = marks.letters & (marks.height >= 0.7 * usual) & (marks.height <= 2.2 * usual)
    chosen &= (marks.width >= 0.3 * marks.height) & (marks.width <= 1.6 * marks.height)
    which = np.flatnonzero(chosen)
    which = which[:: max(1, -(-len(which) // _MOST_SHAPES))]
    return np.array([_shape(_picture(marks, int(at))) for at in which], dtype=np.float32)


def _picture(marks: Marks, at: int) -> Pixels:
    x, y = int(marks.x[at]), int(marks.y[at])
    within = np.s_[y : y + int(marks.height[at]), x : x + int(marks.width[at])]
    return np.asarray((marks.labels[within] == at + 1) * np.uint8(255))


def _shape(letter: Pixels) -> NDArray[np.float32]:
    """Return a letter at one size as a vector of mean 0 and length 1."""
    size = (_SHAPE_SIDE, _SHAPE_SIDE)
    shape = cv2.resize(letter, size, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    shape -= shape.mean()
    return np.asarray(shape / max(1.0, float(np.linalg.norm(shape))))


@cache
def _known_shapes() -> NDArray[np.float32]:
    # Without their dots, i and j are strokes that tell nothing.
    letters = set(string.ascii_letters + string.digits) - set("ij")
    drawn = [
        _shape(_drawn(letter, face, weight))
        for letter in sorted(letters)
        for face in _FACES
        for weight in (3, 6)
    ]
    return np.array(drawn, dtype=np.float32)


def _drawn(letter: str, face: int, weight: int) -> Pixels:
    page = np.zeros((140, 140), np.uint8)
    cv2.putText(page, letter, (20, 100), face, 2.5, (255,), weight)
    x, y, width, height = cv2.boundingRect(page)
    return page[y : y + height, x : x + width]


def _letters_in_lines(marks: Marks, degrees: float) -> _Letters:
    chosen = marks.letters
    if not chosen.any():
        nothing = np.zeros(0)
        return _Letters(nothing, nothing, nothing, nothing, nothing.astype(np.int32), _NO_LABELS)
    # Commas and quotation marks hang low or high whichever way the page lies.
    usual = float(np.median(marks.height[chosen]))
    chosen = chosen & (marks.height >= 0.6 * usual) & (marks.height <= 2.2 * usual)
    labels = _lines(marks.mask_of(marks.letters), float(np.median(marks.height[chosen])))
    letters = _placed(marks, chosen, degrees, labels)
    return letters.of(np.lexsort((marks.x[chosen], letters.line)))


def _placed(marks: Marks, chosen: Flags, degrees: float, lines: NDArray[np.int32]) -> _Letters:
    """Return the chosen marks as if the page were level, each with the line it is on."""
    x, y, width, height = (
        side[chosen].astype(np.float64) for side in (marks.x, marks.y, marks.width, marks.height)
    )
    line = lines[(y + height / 2).astype(int), (x + width / 2).astype(int)]
    slope = float(np.tan(np.radians(degrees)))
    left, head = x + slope * (y + height / 2), y - slope * (x + width / 2)
    return _Letters(left, head, width, height, line, lines)


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
