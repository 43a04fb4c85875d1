"""Scratches and dust of film, taken off with a light hand: ink is counted before and after.

A scratch is told from the rules of a form by where it ends. The film was drawn along something
hard, so a scratch runs along it and out of the frame, or up to where the page itself ends; a
rule, a letter or a signature has paper beyond both of its ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks, ink_mask, marks_of
from .model import Pixels, Step
from .scale import grey

_SCALE = 2200
"""Pixels of the longer side of a frame at 200 dpi, for which widths are given."""
_WIDEST_SCRATCH = 8
_CELL = 8
"""Rows that are averaged: grain goes, and no scratch strays in so few."""
_BLOCK = 8
"""Cells over which a scratch must be unbroken: two lines of text, which are never that black."""
_UNBROKEN = 0.75
_MOSTLY = 0.5
_SHORTEST = 0.12  # of the height of the frame
_STRAY = 0.012  # of its width, on all of its length
_FAINTEST = 7.0
_ABOVE_GRAIN = 8.0
_DEEPER = (1.0, 2.5)
_PAGE_ENDS = 25.0
_NEARLY_ALL = 0.9
_BESIDE = 12  # columns on each side
_MOST_SCRATCHES = 30
_SHOWS_THROUGH = 2.0
_SPECK_AREA = 4
_LONELY = 26
"""Pixels at 200 dpi: the point of a figure stands that far from its neighbours in wide type."""
_COMPANY = 3
_FAINT_COMPANY = 6
"""Pixels of pale ink near a speck from which it is one of them: three dots or a stroke."""
_MOST_INK = 0.02

Tones = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Scratch:
    """One scratch: its first cell, the first column in each cell, and how wide it is."""

    top: int
    left: NDArray[np.intp]
    wide: int


def destripe(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return a frame of film (dark on light) without dark or light scratches along it.

    Tones beside a scratch are drawn across it; what is darker than the scratch itself stays. All
    is left alone when the lines are too many to be scratches: graph paper, a ledger.
    """
    tones = grey(pixels)
    wide = max(2, round(_WIDEST_SCRATCH * max(tones.shape) / _SCALE))
    if min(tones.shape) < 8 * wide or tones.shape[0] < 4 * _BLOCK * _CELL:
        return pixels, Step("destripe", False, 1.0, 0.0)
    dark, light = _all_scratches(_cells(tones), wide)
    count = float(len(dark) + len(light))
    if not count:
        return pixels, Step("destripe", False, 1.0, 0.0)
    if count > _MOST_SCRATCHES:
        reason = "the lines along the film are too many to be scratches"
        return pixels, Step("destripe", False, 0.5, count, reason)
    mended = pixels.copy()
    for scratch in dark:
        _mend(mended, scratch, light=False)
    for scratch in light:
        _mend(mended, scratch, light=True)
    return mended, Step("destripe", True, 0.8, count)


def _all_scratches(cells: Tones, wide: int) -> tuple[list[_Scratch], list[_Scratch]]:
    """Return dark and light scratches; only deep ones where a sensor drew faint bands all over."""
    found: tuple[list[_Scratch], list[_Scratch]] = ([], [])
    for times in _DEEPER:
        found = (
            list(_scratches(cells, wide, times)),
            list(_scratches(255 - cells, wide, times)),
        )
        if len(found[0]) + len(found[1]) <= _MOST_SCRATCHES:
            break
    return found


def _cells(tones: Pixels) -> Tones:
    """Return means over some rows each; rows that are left over at the end count as the last."""
    height, width = tones.shape
    count = height // _CELL
    even = tones[: count * _CELL]
    small = cv2.resize(even, (width, count), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _scratches(cells: Tones, wide: int, times: float) -> Iterator[_Scratch]:
    """Yield the dark scratches in the cells of a frame, ``times`` deeper than need be."""
    across = np.ones((1, 2 * wide + 1), np.uint8)
    ridge = cv2.morphologyEx(cells, cv2.MORPH_CLOSE, across) - cells
    # A quarter of every frame bears no writing: there ridges are of the grain alone.
    least = times * max(_FAINTEST, _ABOVE_GRAIN * float(np.percentile(ridge[::3, ::3], 25)))
    high = (ridge > least).astype(np.uint8)
    close = cv2.dilate(high, np.ones((1, 3), np.uint8)).astype(np.float32)
    lasting = cv2.blur(close, (1, _BLOCK), borderType=cv2.BORDER_REPLICATE) >= _UNBROKEN
    # Gaps between letters touch a scratch here and there; most of the way they do not.
    steady = cv2.blur(high.astype(np.float32), (1, _BLOCK), borderType=cv2.BORDER_REPLICATE)
    marks = marks_of(lasting.astype(np.uint8))
    long = marks.height >= _SHORTEST * len(cells)
    for found in np.flatnonzero(long):
        own = (marks.labels == found + 1) & (steady > _MOSTLY)
        scratch = _followed(own, int(marks.y[found]), int(marks.bottom[found]))
        if scratch and _is_scratch(scratch, cells, wide):
            yield scratch


def _followed(own: Flags, top: int, bottom: int) -> _Scratch | None:
    """Return one ridge, cell by cell; gaps are bridged by what is around them."""
    rows = own[top:bottom]
    there = np.flatnonzero(rows.any(axis=1))
    if len(there) < _BLOCK:
        return None
    first, last = int(there[0]), int(there[-1]) + 1
    left = rows.argmax(axis=1)[there]
    right = rows.shape[1] - rows[:, ::-1].argmax(axis=1)[there]
    wide = max(1, round(float(np.median(right - left))))
    path = np.interp(np.arange(first, last), there, (left + right - wide) / 2)
    return _Scratch(top + first, np.round(_steadied(path)).astype(np.intp), wide)


def _steadied(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a path without the side steps to strokes that touch it: running medians."""
    reach = min(2 * _BLOCK, (len(path) - 1) // 2)
    padded = np.pad(path, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return np.asarray(np.median(windows, axis=1))


def _is_scratch(scratch: _Scratch, cells: Tones, wide: int) -> bool:
    """Return whether it is as narrow and straight as one and runs out of the frame or page."""
    # Its soft edges count as well, a column on each side.
    if scratch.wide > wide + 2 or int(np.ptp(scratch.left)) > max(wide, _STRAY * cells.shape[1]):
        return False
    bottom = scratch.top + len(scratch.left)
    own = cells[scratch.top : bottom]
    above = _beside(cells[: scratch.top], scratch.left[0])
    below = _beside(cells[bottom:], scratch.left[-1])
    return _is_off_page(above, own, scratch.left[0]) or _is_off_page(below, own, scratch.left[-1])


def _beside(cells: Tones, column: int) -> Tones:
    return cells[:, max(0, column - _BESIDE) : column + _BESIDE + 1]


def _is_off_page(beyond: Tones, own: Tones, column: int) -> bool:
    """Return whether what lies between an end of a ridge and that of the frame is no page.

    All of it has another tone than the paper beside the ridge; a column of text, a rule across
    or a heading has only some.
    """
    if len(beyond) <= 1:
        return True
    paper = float(np.percentile(_beside(own, column), 60))
    tones = np.median(beyond, axis=1)
    return bool((np.abs(tones - paper) > _PAGE_ENDS).mean() > _NEARLY_ALL)


def _mend(mended: Pixels, scratch: _Scratch, *, light: bool) -> None:
    """Draw the tones beside a scratch across it, in place, some rows at a time."""
    height, width = mended.shape[:2]
    # A dark scratch has soft edges that would stay; a light one takes no more than it must.
    edge = 0 if light else 1
    steps = np.flatnonzero(np.diff(scratch.left)) + 1
    for start, end in itertools.pairwise((0, *steps.tolist(), len(scratch.left))):
        left = max(2, int(scratch.left[start]) - edge)
        right = min(width - 2, int(scratch.left[start]) + scratch.wide + edge)
        top, bottom = (scratch.top + start) * _CELL, (scratch.top + end) * _CELL
        # Rows left over beyond the last cell, or too few to be told, go with the end.
        top = 0 if top < 2 * _CELL else top
        bottom = height if height - bottom < 2 * _CELL else bottom
        if left < right:
            part = mended[top:bottom, left - 2 : right + 2]
            part[:, 2:-2] = _drawn_across(part.astype(np.float32), light=light)


def _drawn_across(part: Tones, *, light: bool) -> Pixels:
    """Return the middle of ``part``, but for two columns either side, as if unscratched."""
    before, after = part[:, :2].mean(axis=1), part[:, -2:].mean(axis=1)
    inside = part[:, 2:-2]
    count = inside.shape[1]
    share = ((np.arange(count) + 1) / (count + 1)).astype(np.float32)
    share = share.reshape(1, count, *([1] * (part.ndim - 2)))
    drawn = before[:, None] * (1 - share) + after[:, None] * share
    if light:
        return np.asarray(np.minimum(inside, drawn), dtype=np.uint8)
    return np.asarray(np.maximum(inside, drawn + _showing_through(inside)), dtype=np.uint8)


def _showing_through(inside: Tones) -> Tones:
    """Return by how much, 0 or less, strokes are darker than the scratch that lies over them."""
    usual = np.median(inside, axis=0, keepdims=True)
    spread = np.median(np.abs(inside - usual), axis=0, keepdims=True) * 1.5
    darker = inside - usual
    return np.where(darker < -_SHOWS_THROUGH * spread - 8, darker, np.float32(0))


def despeckle(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return the page without lonely dots of a few pixels, unless they are much of its ink."""
    tones = grey(pixels)
    marks = marks_of(ink_mask(tones))
    specks = _lonely_specks(marks)
    specks[specks] = ~_in_faint_company(tones, marks, specks)
    lost = int(marks.area[specks].sum())
    if not lost:
        return pixels, Step("despeckle", False, 1.0, 0.0)
    share = lost / int(marks.area.sum())
    if share > _MOST_INK:
        return pixels, Step("despeckle", False, 0.5, share, "dots are too much of the ink")
    # The soft edge of a dot is not ink by the threshold, yet would stay as a ring.
    gone = cv2.dilate(marks.mask_of(specks), np.ones((3, 3), np.uint8)) > 0
    cleaned = pixels.copy()
    cleaned[gone] = 255
    return cleaned, Step("despeckle", True, 0.9, share)


def _in_faint_company(tones: Pixels, marks: Marks, specks: Flags) -> Flags:
    """Return which of the chosen marks stand by ink too pale for the mask: pale print."""
    if not specks.any():
        return specks[specks]
    palest = float(np.percentile(tones.ravel()[marks.ink[::4]], 90))
    paper = float(np.median(tones[::4, ::4]))
    own = cv2.dilate(marks.mask_of(specks), np.ones((5, 5), np.uint8))
    faint = ((tones < (palest + paper) / 2) & (own == 0)).astype(np.uint8)
    reach = 2 * _LONELY + 1
    company = cv2.boxFilter(faint, cv2.CV_16U, (reach, reach), normalize=False)
    return np.asarray(company[marks.y[specks], marks.x[specks]] >= _FAINT_COMPANY)


def _lonely_specks(marks: Marks) -> Flags:
    """Return which marks are tiny and far from everything that is not, and from other two."""
    small = marks.area <= _SPECK_AREA
    if not small.any():
        return np.asarray(small)
    reach = 2 * _LONELY + 1
    near = cv2.dilate(marks.mask_of(~small), np.ones((reach, reach), np.uint8))
    # Dust falls anywhere; a faint stroke that broke up leaves its specks in company.
    specks = np.zeros_like(marks.mask)
    specks[marks.y[small], marks.x[small]] = 1
    company = cv2.boxFilter(specks, cv2.CV_16U, (reach, reach), normalize=False)
    alone = (near[marks.y, marks.x] == 0) & (company[marks.y, marks.x] < _COMPANY)
    return np.asarray(small & alone)
