"""Lines of text on a page: found by the letters that stand beside each other, cut out one by one.

Letters are painted as short bars along their middle and the bars of a row are smeared together,
as Wong, Casey and Wahl (1982) smear runs of ink, but on a small picture of letters alone: dust,
rules and drawings do not join what they touch, and lines whose feet and heads meet stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Marks, marks_of
from .lines import find_rules
from .model import Box, Pixels
from .scale import otsu_ink

SMALL = 7.0
"""Pixels of a usual letter's height on the small picture."""
SPACE = 1.7
"""Letter heights between letters that are read in one piece; a typewriter's space leaves 1.5."""
_SHORTEST, _TALLEST = 0.55, 2.6
"""Usual letter heights of what is painted by itself."""
_WIDEST = 10.0
"""Times its height that a painted mark may be wide: letters of copies run together."""
_LARGEST = 6.0
"""Usual letter heights of a letter of a title."""
_THIN = 0.22
"""Usual letter heights; thinner and flatter marks are dashes, which stand with a line only."""
_RULE = 3.5
"""Usual letter heights from which a straight stroke is a rule."""
_LEVEL = 0.6
"""Share of the lower of two rows that the higher one shares when they are one."""
_OWN = 1.9
"""Usual heights of a row's marks that one of them is high at the most; capitals are 1.5."""
_MARGIN = 0.12
"""Heights of a line shown above and below it."""
_LEAST = 1.3
"""Usual letter heights that a cut is high at the least, so that a dash does not fill it."""

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One run of letters on a row, with no gap wider than a few spaces."""

    box: Box
    """Around its ink."""
    marks: tuple[Box, ...]
    """Its letters, dots and dashes, left to right; letters that touch are one mark."""


def find_lines(pixels: Pixels, height: float) -> tuple[TextLine, ...]:
    """Return the lines of text in grey ``pixels`` whose usual letters are ``height`` pixels high.

    In no order that means anything; layout is told by others. The page is level and upright.
    """
    ink = otsu_ink(pixels)
    rules = find_rules(ink, round(_RULE * height))
    marks = marks_of(np.asarray(cv2.subtract(ink, rules.mask), dtype=np.uint8))
    rows = _rows(marks, height, pixels.shape)
    lines = [_line(row) for row in _joined([_boxes(marks, row) for row in rows], height)]
    return tuple(line for line in lines if _is_text(line, height))


def cut(pixels: Pixels, line: TextLine, height: float) -> tuple[Pixels, Box]:
    """Return the part of grey ``pixels`` that shows ``line``, and where it lies."""
    box = line.box
    spare = max(_MARGIN * box.height, (_LEAST * height - box.height) / 2)
    left, right = max(0, box.x - round(height / 2)), box.right + round(height / 2)
    top, bottom = max(0, round(box.y - spare)), round(box.bottom + spare)
    part = pixels[top:bottom, left:right]
    return part, Box(left, top, part.shape[1], part.shape[0])


def _rows(marks: Marks, height: float, shape: tuple[int, ...]) -> list[Numbers]:
    """Return the numbers of the marks of each row of letters."""
    letters = _letters(marks, height)
    scale = SMALL / height
    size = (int(shape[0] * scale) + 2, int(shape[1] * scale) + 2)
    bars = np.zeros(size, np.uint8)
    for number in map(int, np.flatnonzero(letters)):
        _paint(bars, marks, number, height, scale)
    reach = np.ones((1, round(SPACE * SMALL) | 1), np.uint8)
    joined = cv2.morphologyEx(bars, cv2.MORPH_CLOSE, reach)
    _, labels = cv2.connectedComponents(joined, connectivity=4)
    return _members(marks, letters, np.asarray(labels), height, scale)


def _letters(marks: Marks, height: float) -> NDArray[np.bool_]:
    tall = (marks.height >= _SHORTEST * height) & (marks.height <= _LARGEST * height)
    shaped = (marks.width <= _WIDEST * marks.height) & (marks.height <= 12 * marks.width)
    fill = marks.area / (marks.width * marks.height)
    huge = marks.height > _TALLEST * height
    title = ~huge | ((marks.width <= 2 * marks.height) & (fill > 0.12))
    return np.asarray(tall & shaped & (fill > 0.06) & title)


def _paint(bars: Pixels, marks: Marks, number: int, height: float, scale: float) -> None:
    """Paint a bar along the middle of a mark; one along each line of letters that grew together."""
    x, width = int(marks.x[number]), int(marks.width[number])
    top, tall = float(marks.y[number]), float(marks.height[number])
    left, right = int(x * scale), max(int(x * scale) + 1, round((x + width) * scale))
    first, last = round((top + 0.2 * tall) * scale), round((top + 0.8 * tall) * scale)
    bars[first : max(first + 1, last), left:right] = 255


def _members(
    marks: Marks, letters: NDArray[np.bool_], labels: NDArray[np.int32], height: float, scale: float
) -> list[Numbers]:
    """Return the letters of each smear with the small marks that stand among them."""
    middle_x = marks.x + marks.width / 2
    middle_y = marks.y + marks.height / 2
    at = labels[(middle_y * scale).astype(int), (middle_x * scale).astype(int)]
    chosen = np.flatnonzero(letters & (at > 0))
    order = chosen[np.argsort(at[chosen], kind="stable")]
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    rows = np.split(order, starts[1:]) if len(order) else []
    small = np.flatnonzero(~letters & (marks.height < _TALLEST * height) & (marks.area >= 3))
    return [_with_small(marks, row, small, middle_y, height) for row in rows]


def _with_small(
    marks: Marks, row: NDArray[np.intp], small: NDArray[np.intp],
    middle_y: NDArray[np.float64], height: float,
) -> Numbers:  # fmt: skip
    """Return ``row`` with the dots, commas and dashes within its height."""
    top, bottom = int(marks.y[row].min()), int(marks.bottom[row].max())
    left, right = int(marks.x[row].min()), int((marks.x[row] + marks.width[row]).max())
    tall = float(np.median(marks.height[row]))
    among = (middle_y[small] >= top - 0.25 * tall) & (middle_y[small] <= bottom + 0.2 * tall)
    among &= marks.x[small] >= left - SPACE * height
    among &= marks.x[small] + marks.width[small] <= right + SPACE * height
    return np.concatenate([row, small[among]]).astype(np.int32)


def _boxes(marks: Marks, row: Numbers) -> NDArray[np.int32]:
    return np.stack([marks.x, marks.y, marks.width, marks.height], axis=1)[row].astype(np.int32)


def _joined(rows: list[NDArray[np.int32]], height: float) -> list[NDArray[np.int32]]:
    """Return ``rows`` with those in one that stand on one row, side by side.

    Quotes, commas and raised letters have bars of their own, beside those of their line.
    """
    if not rows:
        return []
    left, top = (np.array([row[:, n].min() for row in rows]) for n in (0, 1))
    right, bottom = (np.array([(row[:, n] + row[:, n + 2]).max() for row in rows]) for n in (0, 1))
    tall = bottom - top
    shared = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    level = shared >= _LEVEL * np.minimum.outer(tall, tall)
    near = np.maximum.outer(left, left) - np.minimum.outer(right, right) <= SPACE * height
    heads = _heads(level & near)
    return [np.unique(np.concatenate([rows[n] for n in group]), axis=0) for group in heads]


def _heads(same: NDArray[np.bool_]) -> list[list[int]]:
    """Return the groups of what is the same as one another, over others too."""
    groups: dict[int, list[int]] = {}
    head = np.arange(len(same))
    for one, other in zip(*np.nonzero(np.triu(same, 1)), strict=True):
        if head[one] != head[other]:
            head[head == head[other]] = head[one]
    for number, first in enumerate(head):
        groups.setdefault(int(first), []).append(number)
    return list(groups.values())


def _line(row: NDArray[np.int32]) -> TextLine:
    """Return the line of a row; what rises far out of it, such as a stroke of a pen, sets no edge.

    It stays among the marks: it may be a letter that touches one of the next line.
    """
    boxes = tuple(Box(*map(int, one)) for one in row[np.argsort(row[:, 0], kind="stable")])
    heads, feet, tall = row[:, 1], row[:, 1] + row[:, 3], row[:, 3]
    usual = float(np.median(tall[tall >= 0.5 * np.median(tall)]))
    own = tall <= _OWN * usual
    middle = float(np.median((heads + feet)[own] / 2))
    level = own & (heads >= middle - _OWN * usual) & (feet <= middle + _OWN * usual)
    own = level if level.any() else own
    x, y = min(one.x for one in boxes), int(heads[own].min())
    right, bottom = max(one.right for one in boxes), int(feet[own].max())
    return TextLine(Box(x, y, right - x, bottom - y), boxes)


def _is_text(line: TextLine, height: float) -> bool:
    return line.box.height >= _SHORTEST * height and line.box.width >= 0.2 * height
