"""Tick boxes: small drawn squares of a form, and whether somebody marked them.

A box has four straight thin sides with paper around them that end at its corners. A letter has
no such sides, a cell of a table has sides that go on, and a row of cells for single figures (a
comb) has neighbours without room for a label. What is not beyond doubt is left alone: a box taken
for a letter costs a sign, a letter taken for a box costs a word.

Useful for squares that were drawn or typeset. Not useful for rings, for parentheses and for blanks
to tick on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from .model import Box, Pixels
from .scale import grey, otsu_ink
from .square_frames import frame_near, is_box, stands_alone
from .squares import Flags, squares_on

SMALLEST, LARGEST = 0.95, 2.6
"""Sides of a tick box in letter heights; smaller ones are letters, larger ones cells."""
_SMALL = 1.2
"""Letter heights up to which a box is no larger than a small letter and its serifs."""
_NEAR = 5
"""Pixels between two places of one square."""
_AROUND = 0.5
"""Of a side: paper around a box that is looked at with it."""
_COMB = 0.4
"""Of a side between two boxes of one height: no label fits, they are cells for figures."""
_EMPTY, _TICKED = 0.03, 0.1
"""Share of the inside that is inked up to which a box is empty, and from which it is ticked."""
_STROKE = 0.45
"""Of the inside: a stroke that long ticks a box however thin it is."""
_FEWEST_INSIDE = 3
"""Pixels across the inside; in less nothing can be told."""
_NOT_A_SIDE = 0.2
"""Of the inside: the least extent of a stroke, for the soft edge of a side is thinner."""
_REACH, _OVERSHOOT = 0.9, 0.25
"""Of a side: how far from its box a tick is erased where it ends, and where it touches more."""
_FULL = 0.9
"""Share of ink from which a square is solid: a bullet, unless others like it are hollow."""


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
    squares = squares_on(tones, SMALLEST * letter, LARGEST * letter)
    alone = _without_combs(_distinct(_seen(tones, squares, _SMALL * letter)))
    hollow = [one for one in alone if one.ink < _FULL]
    kept = [one for one in alone if one.ink < _FULL or _has_like(one, hollow)]
    return tuple(_judged(one) for one in sorted(kept, key=lambda one: (one.box.y, one.box.x)))


def _seen(tones: Pixels, squares: list[Box], small: float) -> list[_Seen]:
    seen: list[_Seen] = []
    for box in squares:
        # One drawn square is found at several places a pixel apart.
        if any(_is_near(box, one.box) for one in seen):
            continue
        one = _looked_at(tones, box, small)
        if one is not None:
            seen.append(one)
    return seen


def _is_near(one: Box, other: Box) -> bool:
    sides = ((one.x, other.x), (one.y, other.y), (one.right, other.right))
    return all(abs(a - b) <= _NEAR for a, b in sides)


def _looked_at(tones: Pixels, box: Box, small: float) -> _Seen | None:
    """Return a square with its sides where they really are; None when it is no tick box."""
    spare = round(_AROUND * max(box.width, box.height)) + 4
    top, left = max(0, box.y - spare), max(0, box.x - spare)
    inked = _ink(tones[top : box.bottom + spare, left : box.right + spare])
    frame = frame_near(inked, Box(box.x - left, box.y - top, box.width, box.height))
    if frame is None or not stands_alone(inked, frame):
        return None
    inside = inked[frame.inside]
    if min(inside.shape) < _FEWEST_INSIDE:
        return None
    hollow = float(inside.mean()) <= _EMPTY
    if not is_box(inked, frame, hollow=hollow, small=frame.box.height <= small):
        return None
    placed = Box(frame.box.x + left, frame.box.y + top, frame.box.width, frame.box.height)
    return _Seen(placed, frame.drawn, float(inside.mean()), _longest(inside))


def without_tick_boxes(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """Return grey ``pixels`` with paper for ``boxes`` and for the ticks that touch their frames.

    A sign that stands free inside a box stays: it may be a letter in a cell.
    """
    clean = pixels.copy()
    paper = int(np.median(pixels[::8, ::8]))
    for box in boxes:
        _erase(clean, box, paper)
    return clean


def _erase(tones: Pixels, box: Box, paper: int) -> None:
    reach = round(_REACH * box.width)
    top, left = max(0, box.y - reach), max(0, box.x - reach)
    crop = tones[top : box.bottom + reach, left : box.right + reach]
    placed = Box(box.x - left, box.y - top, box.width, box.height)
    gone = _of_tick(_ink(crop), placed)
    # The soft edge of ink is no ink by the threshold, yet would stay as a ghost.
    crop[cv2.dilate(gone, np.ones((5, 5), np.uint8)) != 0] = paper


def _of_tick(inked: Flags, box: Box) -> Pixels:
    """Return the ink of a box and of what touches its frame, 1 where it is.

    What goes on out of sight is a label or a rule that the tick touches: it stays but for its end.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    framed = labels[box.y : box.bottom, box.x : box.right].copy()
    framed[2:-2, 2:-2] = 0
    touching = np.unique(framed[framed > 0])
    height, width = inked.shape
    x, y, across, down = stats[touching, :4].T
    ends = (x > 0) & (y > 0) & (x + across < width) & (y + down < height)
    gone = np.isin(labels, touching[ends])
    spare = round(_OVERSHOOT * box.width)
    near = (
        slice(max(0, box.y - spare), box.bottom + spare),
        slice(max(0, box.x - spare), box.right + spare),
    )
    gone[near] |= np.isin(labels[near], touching)
    return gone.astype(np.uint8)


def _ink(tones: Pixels) -> Flags:
    return np.asarray(otsu_ink(np.ascontiguousarray(tones)) != 0)


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
        if not any(one.box.overlap(other.box) > 0 for other in kept):
            kept.append(one)
    return kept


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
