"""Patch codes: four bars, two of them wide, along the edges of a sheet (Kodak A-61599).

Bars are 0.20 and 0.08 inch thick with 0.08 inch between them, at least 0.75 inch long, with
nothing printed between them and the edge that is fed first. They are looked for as runs along
lines across them, many lines apart, so that a speck or a scratch spoils one line and not the code.

Read backwards a code is another one (1 and 6, 3 and T). So it is read from the nearest edge of the
sheet, as a scanner does that is fed that edge first; sheets that may be fed with any edge first
carry it at each of them. Where that tells nothing, both codes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ink import glanced_at, ink_mask
from .model import Barcode, Box, Pixels
from .patch_map import PATCH

BARS = {"WWNN": "1", "WNNW": "2", "WNWN": "3", "NWWN": "4", "NNWW": "6", "NWNW": "T"}
_BARS, _RUNS = 4, 7
_UNITS = 10.0
"""Thicknesses of a narrow bar that the four bars and their gaps take together."""
_NARROW, _WIDE, _GAP = (0.45, 1.65), (1.85, 3.2), (0.4, 1.6)
"""Thinnest and thickest of each, in such units: copiers let bars grow into their gaps."""
_QUIET = 3.5
"""Units without ink on both sides; in a barcode of one inch to a character less is empty."""
_SMALLEST, _LARGEST = 0.045, 0.36
"""How far the bars reach, of the shorter side of the page: from large drawings to slips."""
_STEP = 3
"""Pixels between lines that are looked at."""
_STEEPEST = 0.3
"""Rise of a bar along its length."""
_LENGTH = 0.7
"""Length of the bars, of how far the four reach."""
_SUPPORT = 0.6
"""Of the lines along a bar, how many must show the code."""
_HOLE = 8
"""Lines in a row that may show nothing."""
_MIDDLE = (0.42, 0.58)
"""Where no edge is the nearest."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines across four bars that show a code: where each lies, and its bars begin and end."""

    at: Ints
    start: Ints
    end: Ints
    bars: Ints
    """The code, one bit a bar from the first; 1 for a wide one."""


def read_patch_codes(pixels: Pixels, meanings: Mapping[str, str]) -> tuple[Barcode, ...]:
    """Return the patch codes of a page, in any of its four turns, top to bottom.

    Each carries what ``meanings`` says of it.

    Two of the same place, one the other backwards, where it does not tell from which side to read.
    """
    small, factor = glanced_at(pixels)
    if min(small.shape) < 8 * _UNITS:
        return ()
    mask = ink_mask(small)
    found = [*_codes(mask, across=False), *_codes(mask, across=True)]
    read = [Barcode(PATCH, text, box.scaled(1 / factor), meanings[text]) for text, box in found]
    return tuple(sorted(read, key=lambda code: (code.box.y, code.box.x, code.text)))


def _codes(mask: Pixels, *, across: bool) -> Iterator[tuple[str, Box]]:
    """Yield the codes whose bars lie level, or ``across`` stand upright."""
    turned = mask.T if across else mask
    length = turned.shape[0]
    for bars, box in _groups(_lines(turned), length):
        for text in _read(bars, (box.y + box.bottom) / 2 / length):
            yield text, Box(box.y, box.x, box.height, box.width) if across else box


def _read(bars: str, middle: float) -> Iterator[str]:
    """Yield what the bars say, from the near edge inward."""
    first = middle < _MIDDLE[1]
    last = middle > _MIDDLE[0]
    yield from dict.fromkeys(
        BARS[shown] for shown, wanted in ((bars, first), (bars[::-1], last)) if wanted
    )


def _lines(mask: Pixels) -> _Lines:
    """Return the columns, every few, that cross four bars of a code."""
    columns = np.ascontiguousarray(mask[:, ::_STEP].T) > 0
    count, height = columns.shape
    framed = np.zeros((count, height + 2), dtype=np.int8)
    framed[:, 1:-1] = columns
    line, place = np.nonzero(np.diff(framed, axis=1))
    # Edges of ink come in pairs on every line, so the even ones are where ink begins.
    edges = place[: max(0, len(place) - 2 * _BARS + 1)]
    if len(edges) == 0:
        return _Lines(*(np.zeros(0, np.int64) for _ in range(4)))
    starts = np.arange(0, len(edges), 2)
    starts = starts[line[starts] == line[starts + 2 * _BARS - 1]]
    starts = starts[_sized(place, starts, min(mask.shape))]
    starts = starts[_quiet(line, place, starts)]
    widths = np.stack([place[starts + n + 1] - place[starts + n] for n in range(_RUNS)], axis=1)
    units = widths / (widths.sum(axis=1, keepdims=True) / _UNITS)
    fits, wide = _fits(units)
    bars = (wide * (1 << np.arange(_BARS))).sum(axis=1)
    starts, bars = starts[fits], bars[fits]
    return _Lines(line[starts], place[starts], place[starts + _RUNS], bars)


def _sized(place: Ints, starts: Ints, shorter: int) -> NDArray[np.bool_]:
    reach = place[starts + _RUNS] - place[starts]
    return np.asarray((reach >= _SMALLEST * shorter) & (reach <= _LARGEST * shorter))


def _quiet(line: Ints, place: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Return where nothing is printed just before and after; the edge of the page is as good."""
    reach = place[starts + _RUNS] - place[starts]
    last = len(place) - 1
    before, after = np.maximum(starts - 1, 0), np.minimum(starts + _RUNS + 1, last)
    clear = _QUIET * reach / _UNITS
    alone = (starts == 0) | (line[before] != line[starts])
    near = alone | (place[starts] - place[before] >= clear)
    alone = (starts + _RUNS == last) | (line[after] != line[starts])
    return np.asarray(near & (alone | (place[after] - place[starts + _RUNS] >= clear)))


def _fits(units: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which lines show two wide and two narrow bars, and which bars are wide."""
    bars, gaps = units[:, 0::2], units[:, 1::2]
    wide = (bars >= _WIDE[0]) & (bars <= _WIDE[1])
    narrow = (bars >= _NARROW[0]) & (bars <= _NARROW[1])
    even = ((gaps >= _GAP[0]) & (gaps <= _GAP[1])).all(axis=1)
    return np.asarray(even & (wide | narrow).all(axis=1) & (wide.sum(axis=1) == 2)), wide


def _groups(lines: _Lines, length: int) -> Iterator[tuple[str, Box]]:
    """Yield the bars, ``W`` and ``N`` from the top, and the box of each code that lines share."""
    left = np.lexsort((lines.start, lines.at)).tolist()
    while left:
        chosen, left = _followed(lines, left)
        box = _box(lines, chosen)
        support = len({int(lines.at[n]) for n in chosen}) * _STEP / box.width
        reach = float(np.median(lines.end[chosen] - lines.start[chosen]))
        if box.width >= _LENGTH * reach and support >= _SUPPORT and box.bottom <= length:
            bits = int(lines.bars[chosen[0]])
            yield "".join("NW"[bits >> n & 1] for n in range(_BARS)), box


def _followed(lines: _Lines, left: list[int]) -> tuple[list[int], list[int]]:
    """Return the lines that go on from the first of those left, and the rest."""
    chosen, rest = left[:1], list[int]()
    for n in left[1:]:
        last = chosen[-1]
        steps = int(lines.at[n] - lines.at[last])
        drift = abs(int(lines.start[n] - lines.start[last]))
        goes_on = 0 < steps <= _HOLE and lines.bars[n] == lines.bars[last]
        joined = goes_on and drift <= _STEEPEST * _STEP * steps + 2
        (chosen if joined else rest).append(n)
    return chosen, rest


def _box(lines: _Lines, chosen: list[int]) -> Box:
    left, right = int(lines.at[chosen[0]]) * _STEP, (int(lines.at[chosen[-1]]) + 1) * _STEP
    top, bottom = int(lines.start[chosen].min()), int(lines.end[chosen].max())
    return Box(left, top, right - left, bottom - top)
