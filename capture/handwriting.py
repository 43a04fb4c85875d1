"""Where somebody wrote by hand, and the lines of a form that wait for it.

Ink that no surely read word covers is looked at piece by piece. A pen joins letters into long
thin runs that cross a row many times and keep to no height; print that was missed stands in
letters of one height on one foot. Rules are taken out first. Stamps, logos and dirt are thick,
tiny, straight or hollow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks, marks_of
from .model import Box, Pixels
from .quality import GRAIN, Sight, specks_of

_RULE = 0.035
"""Of the longer side of the page: a straight stroke this long is a rule; 0.4 inch on a letter."""
_THICKEST_RULE = 5
_COVERED = 0.5
"""Share of a mark's ink inside surely read words from which it is read."""
_THICK = 0.6
"""Usual letter heights; half the thickness of a stroke that no pen makes."""
_TALLEST, _WIDEST = 6.0, 28.0
"""Letter heights of one joined run of a pen; more is a drawing, a tracing or a stain."""
_RUN_WIDTH, _RUN_CROSSINGS = 2.0, 2.0
"""A joined run: letter heights across, and times that its rows cross ink."""
_TALL_RUN, _LOW_RUN = (1.5, 0.45), (0.9, 0.3)
"""Letter heights, and the most ink in its box: print that grew together is low and full."""
_SMALLEST = 0.35
"""Letter heights; less is dust, a dot or a comma."""
_REACH = 2.5, 0.2
"""Letter heights across and down by which pieces of one line of a hand stand apart."""
_LONG = 7.0
"""Letter heights of stroke in a piece of handwriting; a tick or a check is shorter."""
_DENSE = 1.9
"""Length of stroke in a square of a letter's height; a halftone has more than any hand."""
_FEWEST, _UNEVEN = 4, 0.5
"""Separate hand-printed letters of a line, and the share of them that is of no one height."""
_AT_END = 4
"""Looked-at pixels around the end of a line."""
_MOST_LINES = 150
_ABOVE, _BELOW = 2.4, 0.8
"""Letter heights over and under a line in which what is written on it lies."""


_FEWEST_WORDS = 8
_OF_A_WORD = 0.75
"""Height of a letter beside that of a word's box, which holds ascenders and descenders."""

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A straight line of a form, and how much unread ink stands on it."""

    box: Box
    ink: float
    """Squares of a letter's height."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What is on a page beside its surely read words."""

    handwriting: tuple[Box, ...]
    rulings: tuple[Ruling, ...]
    strokes: float
    """Length of what was written by hand, in letter heights."""
    missed: float
    """Share of the ink like print that no word covers, sure or not; 0.0 to 1.0."""
    letter: float
    """Usual height of a letter, pixels."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Marks that no word covers, each with its figures, in letter heights."""

    boxes: NDArray[np.float64]
    """``(n, 4)`` x, y, width, height in looked-at pixels."""
    length: NDArray[np.float64]
    crossings: NDArray[np.float64]
    fill: NDArray[np.float64]
    half_width: NDArray[np.float64]


def unread_ink(sight: Sight, sure: Iterable[Box], unsure: Iterable[Box]) -> Unread:
    """Return handwriting, form lines and missed print of a page.

    ``sure`` and ``unsure`` are boxes of words in pixels of the page, by how they were read.
    """
    factor, mask = sight.factor, sight.mask
    read = _places(sure, factor)
    guessed = _places(unsure, factor)
    level, upright = _rules(mask)
    marks = marks_of(_without(mask, level, upright))
    letter = _letter(marks, read)
    chosen = ~_covered(marks, read)
    pieces = _pieces(marks, chosen, letter)
    # Grain that grew together runs as wildly as any pen.
    noisy = specks_of(marks) >= GRAIN
    found, strokes = ([], 0.0) if noisy else _handwriting(pieces, letter)
    hands = np.array([box.as_list() for box in found], dtype=np.int32).reshape(-1, 4)
    missed = _missed(marks, np.concatenate([read, guessed, hands]), letter)
    rulings = _rulings(_Rules(level, upright), marks.mask_of(chosen), read, letter)
    return Unread(
        tuple(box.scaled(1 / factor) for box in found),
        tuple(Ruling(one.box.scaled(1 / factor), one.ink) for one in rulings),
        round(strokes, 1),
        round(missed, 4),
        letter / factor,
    )


def _places(boxes: Iterable[Box], factor: float) -> Places:
    """Return ``(n, 4)`` x, y, width, height of ``boxes`` on the mask."""
    scaled = [box.scaled(factor).as_list() for box in boxes]
    return np.array(scaled, dtype=np.int32).reshape(-1, 4)


def _rules(mask: Pixels) -> tuple[Pixels, Pixels]:
    """Return the ink of level and of upright straight strokes."""
    length = max(16, round(_RULE * max(mask.shape)))
    level = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return np.asarray(level, dtype=np.uint8), np.asarray(upright, dtype=np.uint8)


def _without(mask: Pixels, level: Pixels, upright: Pixels) -> Pixels:
    """Return the ink without rules, but with what of them a stroke of a pen crosses."""
    rules = cv2.dilate(cv2.bitwise_or(level, upright), np.ones((3, 3), np.uint8))
    plain = cv2.bitwise_and(mask, cv2.bitwise_not(rules))
    bridges = cv2.morphologyEx(plain, cv2.MORPH_CLOSE, np.ones((9, 1), np.uint8))
    whole = cv2.bitwise_or(plain, cv2.bitwise_and(np.asarray(bridges, dtype=np.uint8), mask))
    return np.asarray(whole, dtype=np.uint8)


def _letter(marks: Marks, read: Places) -> float:
    """Return the usual height of a letter: of the words, else of marks like letters."""
    if len(read) >= _FEWEST_WORDS:
        return float(max(4.0, _OF_A_WORD * np.median(read[:, 3])))
    if int(marks.letters.sum()) >= _FEWEST_WORDS:
        return max(4.0, float(np.median(marks.height[marks.letters])))
    return float(max(8.0, max(marks.mask.shape) / 110))


def _covered(marks: Marks, words: Places) -> Flags:
    """Return which marks lie mostly inside words."""
    cover = np.zeros_like(marks.mask)
    for x, y, width, height in words:
        cover[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1] = 1
    inside = marks.labels.ravel()[marks.ink][cover.ravel()[marks.ink] > 0]
    held = np.bincount(inside, minlength=len(marks.area) + 1)[1:]
    return np.asarray(held >= _COVERED * marks.area)


def _missed(marks: Marks, seen: Places, letter: float) -> float:
    """Return the share of ink in marks of the size of letters and words that is not in ``seen``."""
    tall = (marks.height >= 0.5 * letter) & (marks.height <= 2.6 * letter)
    fits = tall & (marks.width <= 25 * letter)
    ink = int(marks.area[fits].sum())
    return float(marks.area[fits & ~_covered(marks, seen)].sum()) / ink if ink else 0.0


def _pieces(marks: Marks, chosen: Flags, letter: float) -> _Pieces:
    """Return the chosen marks that may be of a pen, with their figures."""
    size = np.maximum(marks.width, marks.height)
    fits = chosen & (size >= _SMALLEST * letter) & (marks.height <= _TALLEST * letter)
    fits &= marks.width <= _WIDEST * letter
    ink = marks.ink_of(fits)
    names = marks.labels.ravel()[ink].astype(np.intp)
    count = len(marks.area) + 1
    depth = cv2.distanceTransform(marks.mask_of(fits), cv2.DIST_L2, 3).ravel()[ink]
    area = np.maximum(np.bincount(names, minlength=count), 1)
    mean = np.bincount(names, weights=depth, minlength=count) / area
    deepest = np.zeros(count)
    np.maximum.at(deepest, names, depth)
    width = marks.mask.shape[1]
    starts = (ink % width == 0) | (marks.labels.ravel()[ink - 1] != names)
    crossings = np.bincount(names, weights=starts, minlength=count)
    at = np.flatnonzero(fits)
    boxes = np.stack([marks.x, marks.y, marks.width, marks.height], axis=1)[at].astype(np.float64)
    return _Pieces(
        boxes,
        (area / np.maximum(4 * mean, 1.0))[at + 1] / letter,
        crossings[at + 1] / boxes[:, 3] if len(at) else np.zeros(0),
        (area[at + 1] / (boxes[:, 2] * boxes[:, 3])) if len(at) else np.zeros(0),
        deepest[at + 1] / letter,
    )


def _handwriting(pieces: _Pieces, letter: float) -> tuple[list[Box], float]:
    """Return the boxes of handwriting and the length of its strokes in letter heights."""
    thin = pieces.half_width <= max(_THICK, 1.6 / letter)
    joined = _joined(pieces, letter) & thin
    found: list[Box] = []
    length = 0.0
    for group in _groups(pieces.boxes, np.flatnonzero(thin), letter):
        strokes = float(pieces.length[group].sum())
        if strokes < _LONG or not (joined[group].any() or _uneven(pieces, group, letter)):
            continue
        box = _extent(pieces.boxes[group])
        if strokes * letter**2 > _DENSE * box.width * box.height:
            continue
        found.append(box)
        length += strokes
    return found, length


def _joined(pieces: _Pieces, letter: float) -> Flags:
    """Return which pieces are runs of joined letters."""
    height, fill = pieces.boxes[:, 3] / letter, pieces.fill
    shape = np.zeros(len(fill), dtype=np.bool_)
    for least, most in (_TALL_RUN, _LOW_RUN):
        shape |= (height >= least) & (fill <= most)
    long = pieces.boxes[:, 2] >= _RUN_WIDTH * letter
    return np.asarray(shape & long & (pieces.crossings >= _RUN_CROSSINGS))


def _uneven(pieces: _Pieces, group: NDArray[np.intp], letter: float) -> bool:
    """Return whether the pieces of a line are letters, but of no one height and foot."""
    boxes = pieces.boxes[group]
    boxes = boxes[(boxes[:, 3] >= 0.5 * letter) & (boxes[:, 2] <= 3 * letter)]
    if len(boxes) < _FEWEST or float(np.median(pieces.fill[group])) > 0.5:
        return False
    height, foot = boxes[:, 3], boxes[:, 1] + boxes[:, 3]
    odd = np.abs(height / np.median(height) - 1) > 0.25
    odd |= np.abs(foot - np.median(foot)) > 0.3 * np.median(height)
    return bool(odd.mean() >= _UNEVEN)


def _groups(
    boxes: NDArray[np.float64], chosen: NDArray[np.intp], letter: float
) -> list[NDArray[np.intp]]:
    """Return the chosen pieces in groups of those that stand near each other."""
    group = np.arange(len(chosen))
    near = boxes[chosen]
    across, down = (reach * letter for reach in _REACH)
    order = np.argsort(near[:, 0], kind="stable")
    for place, at in enumerate(order):
        x, y, width, height = near[at]
        rest = order[place + 1 :]
        rest = rest[: int(np.searchsorted(near[rest, 0], x + width + across, side="right"))]
        touch = (near[rest, 1] <= y + height + down) & (near[rest, 1] + near[rest, 3] >= y - down)
        for other in group[rest[touch]]:
            group[group == other] = group[at]
    return [chosen[group == name] for name in np.unique(group)]


def _extent(boxes: NDArray[np.float64]) -> Box:
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


@dataclass(frozen=True, slots=True, eq=False)
class _Rules:
    """The ink of straight strokes."""

    level: Pixels
    upright: Pixels


def _rulings(ink: _Rules, left: Pixels, read: Places, letter: float) -> list[Ruling]:
    """Return level lines of no cell that have room above them, with the unread ink there."""
    rules = marks_of(ink.level)
    thin = rules.height <= max(_THICKEST_RULE, 0.35 * letter)
    found = []
    for at in np.flatnonzero(thin)[:_MOST_LINES]:
        box = Box(*(int(side[at]) for side in (rules.x, rules.y, rules.width, rules.height)))
        if not _is_filled(box, read, letter) and not _is_of_cell(box, ink.upright):
            found.append(Ruling(box, round(_ink_on(box, left, letter), 2)))
    return found


def _is_filled(rule: Box, read: Places, letter: float) -> bool:
    """Return whether print stands along most of a rule: it underlines, or closes a cell."""
    foot = read[:, 1] + read[:, 3]
    on = (foot >= rule.y - 1.6 * letter) & (foot <= rule.y + 0.8 * letter)
    ends = np.minimum(read[:, 0] + read[:, 2], rule.right)
    across = ends - np.maximum(read[:, 0], rule.x)
    return bool(np.maximum(across[on], 0).sum() >= 0.5 * rule.width)


def _is_of_cell(rule: Box, upright: Pixels) -> bool:
    """Return whether upright rules meet both ends of a line: a cell is no line to sign on."""
    rows = slice(max(0, rule.y - _AT_END), rule.bottom + _AT_END)
    ends = (rule.x, rule.right)
    return all(upright[rows, max(0, x - _AT_END) : x + _AT_END].any() for x in ends)


def _ink_on(rule: Box, left: Pixels, letter: float) -> float:
    top = max(0, round(rule.y - _ABOVE * letter))
    bottom = round(rule.bottom + _BELOW * letter)
    ink = left[top:bottom, rule.x : rule.right]
    return int(np.count_nonzero(ink)) / letter**2
