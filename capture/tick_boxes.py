"""Tick boxes: small drawn squares of a form, and whether somebody marked them.

A box is sought by its corners: a level and an upright stroke of ink that start or end together
are found by erosion with a line, all over the page at half its size. Four such corners of a
square are looked at closely: four straight thin sides with paper around them that end at the
corners. A letter has no such sides, a cell of a table has sides that go on, and a row of cells
for single figures (a comb) has neighbours without room for a label.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Box, Pixels
from .scale import grey

SMALLEST, LARGEST = 0.95, 2.6
"""Sides of a tick box in letter heights; smaller ones are letters, larger ones cells."""
_SQUARE = 0.2
"""Of its height, by which the width of a box may differ."""
_MOST_CORNERS = 4000
"""Corners of one kind; a page with more is a grid or a picture, and would take long."""
_SAMPLES, _AROUND_SAMPLES = 10, 3
"""Points looked at along each side, and pixels outside of it where paper is looked for."""
_BEFORE = 3
"""Looked-at pixels before a corner where its lines must not be."""
_NEAR = 5
"""Pixels between two places of one square."""
_MOST_SEEN = 400
"""Squares that are looked at closely."""
_CORNER = 0.85
"""Of the smallest side: the strokes that make a corner are at least that long."""
_AROUND = 0.5
"""Of a side: paper around a box that is looked at with it."""
_DRAWN = 0.8
"""Share of a side that must be inked."""
_CORNER_SHARE, _CORNER_INK = 0.12, (0.1, 0.3)
"""Of a side: the square in a corner; and the share of it that must be inked, less when the box is
empty, for few letters are hollow and many have strokes inside."""
_HAIR = 2
"""Pixels of a side that cannot be measured, for the box is blackened."""
_EDGE = 0.05
"""Of a side: how far inside of the frame its soft edge reaches."""
_FEWEST_INSIDE = 3
"""Pixels across the inside; in less nothing can be told."""
_ALONE = 0.4
"""Share of a side that may have ink just outside of it; strokes of a tick cross it."""
_GOES_ON = 0.85
"""Share of ink in the way on from a corner from which the side does not end there."""
_THICKEST = 0.3
"""Of a side: a thicker frame is a letter, a logo or a blot."""
_COMB = 0.4
"""Of a side between two boxes of one height: no label fits, they are cells for figures."""
_EMPTY, _TICKED = 0.03, 0.1
"""Share of the inside that is inked up to which a box is empty, and from which it is ticked."""
_STROKE = 0.45
"""Of the inside: a stroke that long ticks a box however thin it is."""
_NOT_A_SIDE = 0.2
"""Of the inside: the least extent of a stroke, for the soft edge of a side is thinner."""
_LETTER_GAP, _CELL_GAP = 0.2, 0.25
"""Of a side: within these a letter of the same word stands, or the next cell of a comb."""
_FULL = 0.9
"""Share of ink from which a square is solid: a bullet, unless others like it are hollow."""

Flags = NDArray[np.bool_]


class Tick(StrEnum):
    """What a person did with a tick box."""

    TICKED = "ticked"
    EMPTY = "empty"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class TickBox:
    """A tick box with its state."""

    box: Box
    """The drawn square, without what of the tick lies outside."""
    tick: Tick
    confidence: float


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a square, in pixels of what is looked at."""

    at: int
    """Its outermost line."""
    drawn: float
    """Share of its length that is inked."""
    thick: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """Four sides."""

    box: Box
    left: _Side
    right: _Side
    top: _Side
    bottom: _Side

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
    def _sides(self) -> tuple[_Side, _Side, _Side, _Side]:
        return self.left, self.right, self.top, self.bottom


@dataclass(frozen=True, slots=True)
class _Seen:
    """A square looked at closely."""

    box: Box
    drawn: float
    """Share of ink on the worst side."""
    ink: float
    """Share of ink inside."""
    stroke: float
    """Extent of the largest stroke inside, in sides of the inside."""


def find_tick_boxes(pixels: Pixels, letter: float) -> tuple[TickBox, ...]:
    """Return the tick boxes of an upright page with letters ``letter`` pixels high.

    They come from top to bottom and left to right, in pixels of the page.
    """
    tones = grey(pixels)
    alone = _without_combs(_distinct(_seen(tones, _squares(tones, letter))))
    hollow = [one for one in alone if one.ink < _FULL]
    kept = [one for one in alone if one.ink < _FULL or _has_like(one, hollow)]
    return tuple(_judged(one) for one in sorted(kept, key=lambda one: (one.box.y, one.box.x)))


def _squares(tones: Pixels, letter: float) -> list[Box]:
    """Return squares with a corner at each end of both diagonals, in pixels of the page."""
    half = _half(tones)
    tone, _ = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    # Thin lines are half paper at half the size.
    tone = min(235.0, tone + 0.4 * (float(np.median(half[::8, ::8])) - tone))
    _, thin = cv2.threshold(half, tone, 255, cv2.THRESH_BINARY_INV)
    length = max(4, int(_CORNER * SMALLEST * letter / 2))
    # A stroke may step aside by a pixel, but gaps between letters stay open.
    across = cv2.erode(
        cv2.dilate(thin, np.ones((2, 1), np.uint8)), np.ones((1, length), np.uint8), anchor=(0, 0)
    )
    down = cv2.erode(
        cv2.dilate(thin, np.ones((1, 2), np.uint8)), np.ones((length, 1), np.uint8), anchor=(0, 0)
    )
    paired = _paired(thin, _corners(across, down, length), letter / 2)
    likely = _apart(paired[_is_framed(thin, paired)])[:_MOST_SEEN]
    return [Box(*(2 * side for side in one)) for one in likely.tolist()]


def _half(tones: Pixels) -> Pixels:
    """Return a page at half its size; an odd last line is left out, for exact halves are fast."""
    height, width = (side // 2 for side in tones.shape)
    even = tones[: 2 * height, : 2 * width]
    half = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(half, dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Corners:
    """Masks of where two strokes meet, by the corner of a square that they could be."""

    top_left: Pixels
    top_right: Pixels
    bottom_left: Pixels
    bottom_right: Pixels


def _corners(across: Pixels, down: Pixels, length: int) -> _Corners:
    """Return corners from masks of where level and upright strokes of ``length`` begin."""
    # A corner may be round: strokes begin one pixel from where their lines meet.
    height, width = across.shape
    reach = length + 1
    canvas = (height + 2 * reach, width + 2 * reach)
    level, upright = np.zeros(canvas, np.uint8), np.zeros(canvas, np.uint8)
    level[reach : reach + height, reach : reach + width] = across
    upright[reach : reach + height, reach : reach + width] = down

    def met(right: bool, low: bool) -> Pixels:
        x = reach - length if right else reach + 1
        y = reach - length if low else reach + 1
        one = level[reach : reach + height, x : x + width]
        return np.asarray(
            cv2.bitwise_and(one, upright[y : y + height, reach : reach + width]), dtype=np.uint8
        )

    return _Corners(met(False, False), met(True, False), met(False, True), met(True, True))


def _paired(thin: Pixels, corners: _Corners, letter: float) -> NDArray[np.intp]:
    """Return ``(n, 4)`` x, y, width, height of squares whose corners are all there."""
    y, x = np.nonzero(_first_of_each(corners.top_left))
    y, x = _where_lines_start(thin, y, x)
    if not 0 < len(x) <= _MOST_CORNERS:
        return np.zeros((0, 4), np.intp)
    near = np.ones((3, 3), np.uint8)
    others = [
        np.pad(cv2.dilate(mask, near), ((0, round(LARGEST * letter * 1.5) + 8),) * 2)
        for mask in (corners.top_right, corners.bottom_left, corners.bottom_right)
    ]
    sides = np.arange(round(SMALLEST * letter), round(LARGEST * letter) + 1)
    at, side = np.nonzero(others[0][y[:, None], x[:, None] + sides])
    x, y, side = x[at], y[at], sides[side]
    parts = np.arange(-_SQUARE, _SQUARE + 0.01, 0.1)
    tall = np.rint(side[:, None] * (1 + parts)).astype(np.intp)
    low = y[:, None] + tall
    hit, part = np.nonzero(others[1][low, x[:, None]] & others[2][low, (x + side)[:, None]])
    return np.unique(np.column_stack([x[hit], y[hit], side[hit], tall[hit, part]]), axis=0)


def _where_lines_start(
    thin: Pixels, y: NDArray[np.intp], x: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return corners whose lines come from nowhere; at the crossings of a table they do."""
    before = (thin[y, np.maximum(x - _BEFORE, 0)] == 0) & (thin[np.maximum(y - _BEFORE, 0), x] == 0)
    return y[before], x[before]


def _is_framed(thin: Pixels, squares: NDArray[np.intp]) -> Flags:
    """Tell which squares have ink all along each side and mostly paper around it, by samples."""
    edge = _AROUND_SAMPLES
    wide = np.pad(cv2.dilate(thin, np.ones((3, 3), np.uint8)), edge)
    paper = np.pad(thin, edge)
    x, y, width, height = (squares[:, n, None] for n in range(4))
    along = np.linspace(0.12, 0.88, _SAMPLES)
    across, down = (x + along * width).astype(np.intp), (y + along * height).astype(np.intp)
    framed = np.ones(len(squares), np.bool_)
    for row in (y, y + height):
        framed &= (wide[row + edge, across + edge] != 0).mean(axis=1) >= _DRAWN
    for column in (x, x + width):
        framed &= (wide[down + edge, column + edge] != 0).mean(axis=1) >= _DRAWN
    for row in (y - edge, y + height + edge):
        framed &= (paper[row + edge, across + edge] != 0).mean(axis=1) <= _ALONE
    for column in (x - edge, x + width + edge):
        framed &= (paper[down + edge, column + edge] != 0).mean(axis=1) <= _ALONE
    return np.asarray(framed)


def _apart(squares: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return one of squares that are hardly a pixel apart."""
    middles = squares[:, :2] * 2 + squares[:, 2:]
    _, first = np.unique(np.column_stack([middles, squares[:, 2:]]) // 4, axis=0, return_index=True)
    return squares[first]


def _first_of_each(mask: Pixels) -> Flags:
    """Return the pixels of a mask with none of it to the left or above."""
    first = mask != 0
    first[:, 1:] &= mask[:, :-1] == 0
    first[1:] &= mask[:-1] == 0
    return np.asarray(first)


def _seen(tones: Pixels, squares: list[Box]) -> list[_Seen]:
    seen: list[_Seen] = []
    for box in squares:
        # One drawn square is found at several places a pixel apart.
        if any(_is_near(box, one.box) for one in seen):
            continue
        one = _looked_at(tones, box)
        if one is not None:
            seen.append(one)
    return seen


def _is_near(one: Box, other: Box) -> bool:
    sides = ((one.x, other.x), (one.y, other.y), (one.right, other.right))
    return all(abs(a - b) <= _NEAR for a, b in sides)


def _looked_at(tones: Pixels, box: Box) -> _Seen | None:
    """Return a square with its sides where they really are; None when it is no tick box."""
    spare = round(_AROUND * max(box.width, box.height)) + 4
    top, left = max(0, box.y - spare), max(0, box.x - spare)
    inked = _ink(tones[top : box.bottom + spare, left : box.right + spare])
    frame = _sides(inked, Box(box.x - left, box.y - top, box.width, box.height))
    if frame is None or not _stands_alone(inked, frame):
        return None
    inside = inked[frame.inside]
    if min(inside.shape) < _FEWEST_INSIDE:
        return None
    seen_corners, beside = _corner_ink(inked, frame.box), _beside(inked, frame.box)
    hollow = float(inside.mean()) <= _EMPTY
    if seen_corners < (_CORNER_INK[0] if hollow else _CORNER_INK[1]) or (
        min(beside) > _ALONE if hollow else max(beside) > _ALONE
    ):
        return None
    placed = Box(frame.box.x + left, frame.box.y + top, frame.box.width, frame.box.height)
    return _Seen(placed, frame.drawn, float(inside.mean()), _longest(inside))


def _ink(tones: Pixels) -> Flags:
    near = np.ascontiguousarray(tones)
    _, ink = cv2.threshold(near, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(ink != 0)


def _stands_alone(inked: Flags, frame: _Frame) -> bool:
    """Whether a frame is one of its own and of a tick box: no letter, no cell, no part of a word."""
    box = frame.box
    return (
        frame.drawn >= _DRAWN
        and frame.thick <= _THICKEST * box.width
        and not _goes_on(inked, box, frame.thick)
        and not _crowded(inked, box)
        and not _has_neighbour(inked, box)
    )


def _sides(inked: Flags, near: Box) -> _Frame | None:
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
    if min(box.width, box.height) < 6 or abs(box.width - box.height) > _SQUARE * box.height:
        return None
    return _Frame(box, left, right, top, bottom)


def _side(lines: Flags, at: int, slack: int, inward: int) -> _Side | None:
    """Return the outermost line of ink near column ``at``."""
    ink = lines.mean(axis=0)
    first, last = max(1, at - slack), min(len(ink) - 2, at + slack)
    outer = next((n for n in range(first, last + 1)[::inward] if ink[n] >= 0.5), None)
    if outer is None:
        return None
    # A side a little off level steps from one line of pixels to the next.
    two = max(np.mean(lines[:, outer] | lines[:, outer + step]) for step in (-1, 1))
    inner = ink[outer::inward] >= 0.5
    return _Side(outer, float(two), len(inner) if inner.all() else int(inner.argmin()))


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


def _beside(inked: Flags, box: Box) -> tuple[float, float]:
    """Return the share of rows with ink as close on the left and right as letters of a word."""
    near = max(3, round(_LETTER_GAP * box.width))
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


def _corner_ink(inked: Flags, box: Box) -> float:
    """Return the share of ink in the emptiest corner; an O, a D and most figures have none."""
    near = max(2, round(_CORNER_SHARE * box.width))
    rows = slice(box.y, box.y + near), slice(box.bottom - near, box.bottom)
    columns = slice(box.x, box.x + near), slice(box.right - near, box.right)
    return min(float(inked[row, column].mean()) for row in rows for column in columns)


def _longest(inside: Flags) -> float:
    """Return the extent of the largest stroke inside, in sides of the inside."""
    mask = inside.astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    extents = stats[1:, 2:4] / inside.shape[::-1]
    # What only runs along a side is the rest of that side.
    real = extents[extents.min(axis=1) >= _NOT_A_SIDE]
    return float(real.max(initial=0.0))


def _distinct(seen: list[_Seen]) -> list[_Seen]:
    """Return each square once, the best drawn one; of one within another the outer."""
    kept: list[_Seen] = []
    for one in sorted(seen, key=lambda one: (-one.box.width, -one.drawn)):
        if not any(_overlap(one.box, other.box) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return across > 0 and down > 0


def _without_combs(seen: list[_Seen]) -> list[_Seen]:
    return [one for one in seen if not any(_in_comb(one.box, other.box) for other in seen)]


def _in_comb(one: Box, other: Box) -> bool:
    """Whether two boxes stand side by side with no room for a label between them."""
    gap = max(one.x - other.right, other.x - one.right)
    shared = min(one.bottom, other.bottom) - max(one.y, other.y)
    return one is not other and gap < _COMB * one.width and shared >= 0.7 * one.height


def _has_like(one: _Seen, others: list[_Seen]) -> bool:
    return any(abs(one.box.width - other.box.width) <= 0.2 * one.box.width for other in others)


def _judged(seen: _Seen) -> TickBox:
    if seen.ink >= _TICKED or seen.stroke >= _STROKE:
        sure = min(1.0, 0.5 + 0.5 * max(seen.ink / (2 * _TICKED), seen.stroke))
        return TickBox(seen.box, Tick.TICKED, seen.drawn * sure)
    if seen.ink <= _EMPTY:
        return TickBox(seen.box, Tick.EMPTY, seen.drawn * (1 - 0.5 * seen.ink / _EMPTY))
    return TickBox(seen.box, Tick.UNCLEAR, 0.5 * seen.drawn)
