"""Lines of text on a page: found by the letters that stand beside each other, cut out one by one.

Letters are painted as short bars along their middle and the bars of a row are smeared together,
as Wong, Casey and Wahl (1982) smear runs of ink, but on a small picture of letters alone: dust,
rules and drawings do not join what they touch, and lines whose feet and heads meet stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Marks, marks_of
from .model import Box, Pixels
from .scale import otsu_ink, weighted_median

SMALL = 7.0
"""Pixels of a usual letter's height on the small picture."""
SPACE = 1.7
"""Letter heights between letters that are read in one piece; a typewriter's space leaves 1.5."""
_SHORTEST, _PLAIN, _LARGEST = 0.55, 1.9, 6.0
"""Usual letter heights: the smallest letter, the tallest plain one, the largest of a title."""
_WIDEST, _SLIMMEST = 10.0, 12.0
"""Times its height that a mark may be wide, for letters of copies run together; times its width."""
_FULL, _FULL_TITLE = 0.06, 0.12
"""Share of its box that the ink of a letter fills, and of one of a title."""
_BAR = (0.2, 0.8)
"""Share of a letter's height between which its bar lies; those of one line have some in common."""
_BAND = 0.45
"""Of the ink of the fullest row of lines grown together, what the rows of letters have at least."""
_MOST_ROWS = 2000
"""Rows of letters, before they are joined; a page of a newspaper has some hundreds."""
_SPECK = 3
"""Pixels of ink; less is dust."""
_LEVEL = 0.6
"""Share of the lower of two rows that the higher one shares when they are one."""
_OWN = 1.9
"""Usual heights of a row's marks that one of them is high at the most; capitals are 1.5."""
_MARGIN = 0.12
"""Heights of a line shown above and below it."""
_LEAST = 1.3
"""Usual letter heights that a cut is high at the least, so that a dash does not fill it."""

Boxes = NDArray[np.int32]
"""``(n, 4)`` x, y, right, bottom."""
Flags = NDArray[np.bool_]
Numbers = NDArray[np.intp]
"""Which of the marks."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One run of letters on a row, with no gap wider than a few spaces."""

    box: Box
    """Around its ink, but for what rises far out of the row."""
    marks: tuple[Box, ...]
    """Its letters, dots and dashes, left to right; letters that touch are one mark."""


def find_lines(pixels: Pixels, height: float) -> tuple[TextLine, ...]:
    """Return the lines of text in grey ``pixels`` whose usual letters are ``height`` pixels high.

    In no order that means anything; layout is told by others. Nothing is found in a page full of
    grain, which has more rows than any page of text. The page is level and upright, and
    without rules (`capture.lines.without_rules`), which would join what stands on them.
    """
    marks = marks_of(otsu_ink(pixels))
    plain, tall, grown = _letters(marks, height)
    parts = [
        part
        for number in map(int, np.flatnonzero(grown))
        for part in _parted(marks, number, height)
    ]
    boxes = np.stack([marks.x, marks.y, marks.x + marks.width, marks.bottom], axis=1)
    letters = np.append(np.flatnonzero(plain), len(boxes) + np.arange(len(parts)))
    small = np.flatnonzero(~plain & (marks.height <= _PLAIN * height) & (marks.area >= _SPECK))
    boxes = np.concatenate([boxes, np.array(parts, np.int32).reshape(-1, 4)])
    rows = _smeared(boxes, letters, height)
    if len(rows) > _MOST_ROWS:
        return ()
    boxes, rows = _with_tall(boxes, rows, np.flatnonzero(tall), height)
    rows = [_with_small(boxes, row, small, height) for row in rows]
    lines = [_line(boxes[row]) for row in _joined(boxes, rows, height)]
    return tuple(line for line in lines if line.box.height >= _SHORTEST * height)


def cut(pixels: Pixels, line: TextLine, height: float) -> tuple[Pixels, Box]:
    """Return the part of grey ``pixels`` that shows ``line``, and where it lies."""
    box = line.box
    spare = max(_MARGIN * box.height, (_LEAST * height - box.height) / 2)
    left, right = max(0, box.x - round(height / 2)), box.right + round(height / 2)
    top, bottom = max(0, round(box.y - spare)), round(box.bottom + spare)
    part = pixels[top:bottom, left:right]
    return part, Box(left, top, part.shape[1], part.shape[0])


def _letters(marks: Marks, height: float) -> tuple[Flags, Flags, Flags]:
    """Return which marks are plain letters, tall ones, and letters of lines grown together."""
    sized = (marks.height >= _SHORTEST * height) & (marks.height <= _LARGEST * height)
    slim = marks.height <= _SLIMMEST * marks.width
    fill = marks.area / (marks.width * marks.height)
    plain = marks.height <= _PLAIN * height
    upright = marks.width <= 2 * marks.height
    return (
        sized & slim & plain & (marks.width <= _WIDEST * marks.height) & (fill > _FULL),
        sized & slim & ~plain & upright & (fill > _FULL_TITLE),
        sized & ~plain & ~upright & (fill > _FULL_TITLE),
    )


def _parted(marks: Marks, number: int, height: float) -> list[tuple[int, int, int, int]]:
    """Return the boxes of the lines of letters in a mark that holds several, by the ink of rows."""
    x, y = int(marks.x[number]), int(marks.y[number])
    right, bottom = x + int(marks.width[number]), int(marks.bottom[number])
    ink = marks.labels[y:bottom, x:right] == number + 1
    across = np.convolve(ink.sum(axis=1), np.ones(3) / 3, mode="same")
    full = (across >= _BAND * across.max()).astype(np.int8)
    ends = np.flatnonzero(np.diff(full, prepend=0, append=0)).reshape(-1, 2)
    bands = [(a, b) for a, b in ends.tolist() if b - a >= _SHORTEST * height]
    if len(bands) < 2:
        return []
    cuts = [y, *(y + (a + b) // 2 for (_, a), (b, _) in pairwise(bands)), bottom]
    return [(x, top, right, foot) for top, foot in pairwise(cuts)]


def _smeared(boxes: Boxes, letters: Numbers, height: float) -> list[Numbers]:
    """Return ``letters`` in rows: those whose bars are one when smeared over spaces."""
    if not len(letters):
        return []
    scale = SMALL / height
    right, bottom = boxes[letters, 2:].max(axis=0)
    bars = np.zeros((int(bottom * scale) + 2, int(right * scale) + 2), np.uint8)
    for x, y, end, foot in boxes[letters].tolist():
        first, last = (round((y + share * (foot - y)) * scale) for share in _BAR)
        left = int(x * scale)
        bars[first : max(first + 1, last), left : max(left + 1, round(end * scale))] = 255
    reach = np.ones((1, round(SPACE * SMALL) | 1), np.uint8)
    _, smears = cv2.connectedComponents(cv2.morphologyEx(bars, cv2.MORPH_CLOSE, reach))
    middle = (boxes[letters, :2] + boxes[letters, 2:]) * (scale / 2)
    at = smears[middle[:, 1].astype(int), middle[:, 0].astype(int)]
    order = np.argsort(at, kind="stable")
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    return np.split(letters[order], starts[1:])


def _with_tall(
    boxes: Boxes, rows: list[Numbers], tall: Numbers, height: float
) -> tuple[Boxes, list[Numbers]]:
    """Return ``boxes`` and ``rows`` with the tall marks: on the rows they stand in, else in titles.

    A mark that stands in several rows is letters of each; every row gets its own part of it.
    """
    if not rows:
        return boxes, _smeared(boxes, tall, height)
    extents = _extents(boxes, rows)
    on_rows = _beside(boxes[tall], extents, height)
    single, several = on_rows.sum(axis=1) == 1, on_rows.sum(axis=1) > 1
    parts: list[Boxes] = []
    with_tall: list[Numbers] = []
    for row, (_, top, _, bottom), on in zip(rows, extents, on_rows.T, strict=True):
        part = boxes[tall[on & several]].copy()
        part[:, 1], part[:, 3] = np.maximum(part[:, 1], top), np.minimum(part[:, 3], bottom)
        first = len(boxes) + sum(map(len, parts))
        parts.append(part)
        with_tall.append(np.concatenate([row, tall[on & single], first + np.arange(len(part))]))
    titles = _smeared(boxes, tall[~single & ~several], height)
    return np.concatenate([boxes, *parts]), [*with_tall, *titles]


def _beside(marks: Boxes, rows: Boxes, height: float) -> NDArray[np.bool_]:
    """Return ``(marks, rows)``: which marks stand in a row, within a space of its letters."""
    shared = np.minimum.outer(marks[:, 3], rows[:, 3]) - np.maximum.outer(marks[:, 1], rows[:, 1])
    gap = np.maximum.outer(marks[:, 0], rows[:, 0]) - np.minimum.outer(marks[:, 2], rows[:, 2])
    tall = np.minimum.outer(marks[:, 3] - marks[:, 1], rows[:, 3] - rows[:, 1])
    return np.asarray((shared >= _LEVEL * tall) & (gap <= SPACE * height))


def _extents(boxes: Boxes, rows: list[Numbers]) -> Boxes:
    ends = [(boxes[row, :2].min(axis=0), boxes[row, 2:].max(axis=0)) for row in rows]
    return np.array([(*first, *last) for first, last in ends], np.int32)


def _with_small(boxes: Boxes, row: Numbers, small: Numbers, height: float) -> Numbers:
    """Return ``row`` with the dots, commas and dashes within its height."""
    ((left, top, right, bottom),) = _extents(boxes, [row])
    tall = float(np.median(boxes[row, 3] - boxes[row, 1]))
    middle = (boxes[small, 1] + boxes[small, 3]) / 2
    among = (middle >= top - 0.25 * tall) & (middle <= bottom + 0.2 * tall)
    among &= boxes[small, 0] >= left - SPACE * height
    among &= boxes[small, 2] <= right + SPACE * height
    return np.concatenate([row, small[among]])


def _joined(boxes: Boxes, rows: list[Numbers], height: float) -> list[Numbers]:
    """Return ``rows`` with those in one that stand on one row, side by side.

    Quotes, commas and raised letters have bars of their own, beside those of their line.
    """
    if not rows:
        return []
    ends = np.array([_own_extent(boxes[row]) for row in rows], np.int32)
    groups = _groups(_beside(ends, ends, height))
    return [np.unique(np.concatenate([rows[n] for n in group])) for group in groups]


def _groups(same: NDArray[np.bool_]) -> list[list[int]]:
    """Return the groups of what is the same as one another, over others too."""
    head = np.arange(len(same))
    for one, other in zip(*np.nonzero(np.triu(same, 1)), strict=True):
        if head[one] != head[other]:
            head[head == head[other]] = head[one]
    groups: dict[int, list[int]] = {}
    for number, first in enumerate(head.tolist()):
        groups.setdefault(first, []).append(number)
    return list(groups.values())


def _line(marks: Boxes) -> TextLine:
    ordered = marks[np.argsort(marks[:, 0], kind="stable")].tolist()
    x, y, right, bottom = _own_extent(marks)
    boxes = tuple(Box(a, b, c - a, d - b) for a, b, c, d in ordered)
    return TextLine(Box(x, y, right - x, bottom - y), boxes)


def _own_extent(marks: Boxes) -> tuple[int, int, int, int]:
    """Return the ends of a row; what rises far out of it, a stroke of a pen, sets no edge."""
    heads, feet = marks[:, 1], marks[:, 3]
    tall = feet - heads
    usual = weighted_median(tall, marks[:, 2] - marks[:, 0])
    own = tall <= _OWN * usual
    middle = float(np.median((heads + feet)[own] / 2))
    level = own & (heads >= middle - _OWN * usual) & (feet <= middle + _OWN * usual)
    own = level if level.any() else own
    return (
        int(marks[:, 0].min()),
        int(heads[own].min()),
        int(marks[:, 2].max()),
        int(feet[own].max()),
    )
