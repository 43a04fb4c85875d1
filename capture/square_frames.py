"""A small square looked at closely: its four sides, and whether it is one of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .model import Box
from .squares import UNEVEN, Flags

_DRAWN = 0.8
"""Share of a side that must be inked."""
_DRAWN_ROUND_INK = 0.93
"""The same where there is ink inside, as in most letters that have something of a square."""
_ALONE = 0.4
"""Share of a side that may have ink just outside of it; strokes of a tick cross it."""
_GOES_ON = 0.85
"""Share of ink in the way on from a corner from which the side does not end there."""
_THICKEST = 0.3
"""Of a side: a thicker frame is a letter, a logo or a blot."""
_CORNER_SHARE, _CORNER_INK = 0.12, (0.1, 0.3)
"""Of a side: the square in a corner; and the share of it that must be inked, in an empty box and
in one with ink inside."""
_HAIR = 2
"""Pixels of a side that cannot be measured, for the box is blackened."""
_EDGE = 0.05
"""Of a side: how far inside of the frame its soft edge reaches."""
_LETTER_GAP, _WIDE_GAP, _CELL_GAP = 0.2, 0.4, 0.25
"""Of a side: within these a letter of the same word stands, one of a typewriter, or the next cell
of a comb."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a square, in pixels of what is looked at."""

    at: int
    """Its outermost line."""
    drawn: float
    """Share of its length that is inked."""
    thick: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Four sides."""

    box: Box
    left: Side
    right: Side
    top: Side
    bottom: Side

    @property
    def drawn(self) -> float:
        """Share of ink on the worst side."""
        return min(side.drawn for side in self._sides)

    @property
    def thick(self) -> int:
        """How thick it is drawn, by its second thinnest side: a tick thickens the others."""
        thick = sorted(side.thick for side in self._sides)
        return _HAIR if thick[0] >= self.box.width // 2 else thick[1]

    @property
    def inside(self) -> tuple[slice, slice]:
        """Rows and columns inside of it."""
        spare = 1 + round(_EDGE * self.box.width)
        most = self.thick + 1
        left, right, top, bottom = (min(side.thick, most) + spare for side in self._sides)
        box = self.box
        return slice(box.y + top, box.bottom - bottom), slice(box.x + left, box.right - right)

    @property
    def _sides(self) -> tuple[Side, Side, Side, Side]:
        return self.left, self.right, self.top, self.bottom


def stands_alone(inked: Flags, frame: Frame) -> bool:
    """Whether a frame is one of its own and of a tick box: no letter, cell or part of a word."""
    box = frame.box
    return (
        frame.drawn >= _DRAWN
        and frame.thick <= _THICKEST * box.width
        and not _goes_on(inked, box, frame.thick)
        and not _crowded(inked, box)
        and not _has_neighbour(inked, box)
    )


def frame_near(inked: Flags, near: Box) -> Frame | None:
    """Return the four sides near the edges of a square; None when one of them is not there."""
    slack = max(4, round(0.12 * max(near.width, near.height)))
    rows = slice(near.y + near.height // 8, near.bottom - near.height // 8)
    columns = slice(near.x + near.width // 8, near.right - near.width // 8)
    upright, level = inked[rows], inked[:, columns].T
    left, right = _side(upright, near.x, slack, 1), _side(upright, near.right, slack, -1)
    top, bottom = _side(level, near.y, slack, 1), _side(level, near.bottom, slack, -1)
    if left is None or right is None or top is None or bottom is None:
        return None
    box = Box(left.at, top.at, right.at + 1 - left.at, bottom.at + 1 - top.at)
    if min(box.width, box.height) < 6 or abs(box.width - box.height) > UNEVEN * box.height:
        return None
    return Frame(box, left, right, top, bottom)


def _side(lines: Flags, at: int, slack: int, inward: int) -> Side | None:
    """Return the outermost line of ink near column ``at``."""
    ink = lines.mean(axis=0)
    first, last = max(1, at - slack), min(len(ink) - 2, at + slack)
    outer = next((n for n in range(first, last + 1)[::inward] if ink[n] >= 0.5), None)
    if outer is None:
        return None
    # A side a little off level steps from one line of pixels to the next.
    two = max(np.mean(lines[:, outer] | lines[:, outer + step]) for step in (-1, 1))
    inner = ink[outer::inward] >= 0.5
    return Side(outer, float(two), len(inner) if inner.all() else int(inner.argmin()))


def _goes_on(inked: Flags, box: Box, thick: int) -> bool:
    """Whether two sides or more run on past their corners, as the lines of a table do."""
    reach = max(4, min(box.width, box.height) // 2)
    level, upright = inked, inked.T
    ways = [
        _way(level, line, start, reach)
        for line in ((box.y, box.y + thick), (box.bottom - thick, box.bottom))
        for start in (box.x - reach - 1, box.right + 1)
    ] + [
        _way(upright, line, start, reach)
        for line in ((box.x, box.x + thick), (box.right - thick, box.right))
        for start in (box.y - reach - 1, box.bottom + 1)
    ]
    return sum(way >= _GOES_ON for way in ways) >= 2


def _way(lines: Flags, rows: tuple[int, int], start: int, reach: int) -> float:
    way = lines[slice(*rows), max(0, start) : max(0, start + reach)]
    return float(way.any(axis=0).mean()) if way.size else 0.0


def _crowded(inked: Flags, box: Box) -> bool:
    """Whether there is ink along the outside of a side, so that it is no side but a stroke."""
    rows, columns = slice(box.y, box.bottom), slice(box.x, box.right)
    outside = (
        inked[rows, max(0, box.x - 4) : max(0, box.x - 2)],
        inked[rows, box.right + 2 : box.right + 4],
        inked[max(0, box.y - 4) : max(0, box.y - 2), columns],
        inked[box.bottom + 2 : box.bottom + 4, columns],
    )
    return any(strip.size > 0 and float(strip.mean()) > _ALONE for strip in outside)


def _beside(inked: Flags, box: Box, gap: float) -> tuple[float, float]:
    """Return the share of rows with ink as close on the left and right as letters of a word."""
    near = max(3, round(gap * box.width))
    rows = slice(box.y + box.height // 4, box.bottom - box.height // 4)
    left = inked[rows, max(0, box.x - near) : max(0, box.x - 1)]
    right = inked[rows, box.right + 1 : box.right + near]
    shares = [float(side.any(axis=1).mean()) if side.size else 0.0 for side in (left, right)]
    return shares[0], shares[1]


def _has_neighbour(inked: Flags, box: Box) -> bool:
    """Whether another upright line as tall stands beside, as between cells for figures."""
    near = round(_CELL_GAP * box.width)
    rows = slice(box.y, box.bottom)
    left = inked[rows, max(0, box.x - near) : max(0, box.x - 2)]
    right = inked[rows, box.right + 2 : box.right + near]
    return any(side.size and side.mean(axis=0).max() >= _GOES_ON for side in (left, right))


def is_box(inked: Flags, frame: Frame, *, hollow: bool, small: bool) -> bool:
    """Whether a frame is a box and no letter.

    Few letters are hollow and many have strokes inside. Those as small as a small letter must
    stand further apart: the serifs of a typewritten n close it to a square.
    """
    gap = _LETTER_GAP if not small else _WIDE_GAP
    beside, corner = _beside(inked, frame.box, gap), _corner_ink(inked, frame.box)
    if hollow and not small:
        return corner >= _CORNER_INK[0] and min(beside) <= _ALONE
    return corner >= _CORNER_INK[1] and max(beside) <= _ALONE and frame.drawn >= _DRAWN_ROUND_INK


def _corner_ink(inked: Flags, box: Box) -> float:
    """Return the share of ink in the emptiest corner; an O, a D and most figures have none."""
    near = max(2, round(_CORNER_SHARE * box.width))
    rows = slice(box.y, box.y + near), slice(box.bottom - near, box.bottom)
    columns = slice(box.x, box.x + near), slice(box.right - near, box.right)
    return min(float(inked[row, column].mean()) for row in rows for column in columns)
