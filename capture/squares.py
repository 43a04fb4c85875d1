"""Small squares on a page, by their corners.

A level and an upright stroke that start or end together are found by erosion with a line, all
over the page at half its size. Four such corners that make a square, with ink all along the sides
and paper around them, are worth a closer look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Box, Pixels

UNEVEN = 0.2
"""Of its height, by which the width of a square may differ."""
_MOST_CORNERS = 4000
"""Corners of one kind; a page with more is a grid or a picture, and would take long."""
_MOST_SEEN = 400
"""Squares that are looked at closely."""
_LIGHTER, _LIGHTEST = 0.4, 235.0
"""Part of the way from the tone that parts ink from paper to paper, and the lightest ink."""
_BEFORE = 3
"""Looked-at pixels before a corner where its lines must not be."""
_CORNER = 0.85
"""Of the smallest side: the strokes that make a corner are at least that long."""
_SAMPLES, _AROUND_SAMPLES = 10, 3
"""Points looked at along each side, and pixels outside of it where paper is looked for."""
_DRAWN, _ALONE = 0.8, 0.4
"""Share of the points on a side that must be inked, and of those outside that may be."""

_HEIGHTS = np.arange(-UNEVEN, UNEVEN + 0.01, 0.1)

Flags = NDArray[np.bool_]


def squares_on(tones: Pixels, smallest: float, largest: float) -> list[Box]:
    """Return squares with sides of ``smallest`` to ``largest`` pixels on a grey page.

    They are told to about three pixels, and one may come several times. At most 400; none on a
    page that is all corners.
    """
    if min(tones.shape) < 2 * smallest:
        return []
    half = _half(tones)
    thin = _thin_ink(half)
    length = max(4, int(_CORNER * smallest / 2))
    # A stroke may step aside by a pixel, but gaps between letters stay open.
    across = _strokes(cv2.dilate(thin, np.ones((2, 1), np.uint8)), (1, length))
    down = _strokes(cv2.dilate(thin, np.ones((1, 2), np.uint8)), (length, 1))
    paired = _paired(thin, _corners(across, down, length), smallest / 2, largest / 2)
    likely = _apart(paired[_is_framed(thin, paired)])[:_MOST_SEEN]
    return [Box(*(2 * side for side in one)) for one in likely.tolist()]


def _thin_ink(half: Pixels) -> Pixels:
    """Return the ink of a page at half its size, at which thin lines are half paper."""
    tone, _ = cv2.threshold(half, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    lighter = tone + _LIGHTER * (float(np.median(half[::8, ::8])) - tone)
    _, ink = cv2.threshold(half, min(_LIGHTEST, lighter), 255, cv2.THRESH_BINARY_INV)
    return np.asarray(ink, dtype=np.uint8)


def _strokes(ink: NDArray[Any], shape: tuple[int, int]) -> Pixels:
    """Return where strokes of this shape begin, at the left or the top."""
    return np.asarray(cv2.erode(ink, np.ones(shape, np.uint8), anchor=(0, 0)), dtype=np.uint8)


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


def _paired(thin: Pixels, corners: _Corners, smallest: float, largest: float) -> NDArray[np.intp]:
    """Return ``(n, 4)`` x, y, width, height of squares whose corners are all there."""
    y, x = np.nonzero(_first_of_each(corners.top_left))
    y, x = _where_lines_start(thin, y, x)
    if not 0 < len(x) <= _MOST_CORNERS:
        return np.zeros((0, 4), np.intp)
    near, beyond = np.ones((3, 3), np.uint8), round(largest * (1 + UNEVEN)) + 3
    right, low, last = (
        np.pad(cv2.dilate(mask, near), ((0, beyond), (0, beyond))) != 0
        for mask in (corners.top_right, corners.bottom_left, corners.bottom_right)
    )
    sides = np.arange(round(smallest), round(largest) + 1)
    at, side = np.nonzero(right[y[:, None], x[:, None] + sides])
    x, y, width = x[at], y[at], sides[side]
    heights = np.rint(width[:, None] * (1 + _HEIGHTS)).astype(np.intp)
    bottom = y[:, None] + heights
    hit, tall = np.nonzero(low[bottom, x[:, None]] & last[bottom, (x + width)[:, None]])
    found = np.column_stack([x[hit], y[hit], width[hit], heights[hit, tall]])
    return np.unique(found, axis=0)


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
