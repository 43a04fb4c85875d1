"""The rules of forms: found whole or broken, and hidden so that the letters on them stay whole.

Long thin strokes are found by morphological opening with a line, as Gatos, Danatsas, Pratikakis
and Perantonis (2005) find the lines of tables. A letter that crosses one has ink on both sides
of it, touching it; the ink between is the letter's.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Pixels
from .scale import otsu_ink

_THICKEST = 8
"""Pixels; a thicker stroke is a bar or part of a large letter."""
_CELL = 4
"""Pixels along a rule that are looked at as one, for speed; each is all ink or does not count."""
_PIECE = 5
"""Full cells in a row that a rule is made of: the feet of typewritten letters are shorter."""
_GAP = 2
"""Cells by which a copy or a scan breaks a rule."""
_SHORT = 3
"""Least lengths; a shorter stroke with ink all along it is a row of feet of blurred letters."""
_TOUCHED = 0.5
"""Share of the cells beside a short rule that may have ink."""
_SLIM = 10
"""Times as long as thick; the bar of a large T is less."""
_MARGIN = 12
"""Rows around a rule that are looked at with it, more than any step here reaches."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The ink of a page that is rules: 255 where it is, else 0."""

    across: Pixels
    down: Pixels

    @property
    def mask(self) -> Pixels:
        """The ink of both."""
        return np.asarray(cv2.bitwise_or(self.across, self.down), dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows of a page that have level rules, and what in them is rules."""

    at: NDArray[np.intp]
    rules: Pixels

    def on(self, page: Pixels) -> Pixels:
        """Return the rules on paper as large as ``page``."""
        whole = np.zeros_like(page)
        whole[self.at] = self.rules
        return whole


def find_rules(ink: Pixels, length: int) -> Rules:
    """Return the rules in a mask of ink (255) that are about ``length`` pixels and longer.

    Underlines, the lines of a form, the sides of its boxes, long dashes: a degree off level at the
    most. What crosses them is part of them here.
    """
    upright = _turned(ink)
    return Rules(_level(ink, length).on(ink), _turned(_level(upright, length).on(upright)))


def without_rules(pixels: Pixels, length: int, *, upright: bool = True) -> Pixels:
    """Return grey ``pixels`` with the tone of paper for rules of about ``length`` and more.

    Letters that stand on a rule or cross it keep their strokes. Without ``upright`` only level
    rules go, and what parts columns stays.
    """
    ink = otsu_ink(pixels)
    turned = _turned(ink)
    across = _level(ink, length)
    down = _level(turned if upright else turned[:0], length)
    if not len(across.at) and not len(down.at):
        return pixels
    rules = Rules(across.on(ink), _turned(down.on(turned)))
    letters = np.asarray(cv2.subtract(ink, rules.mask), dtype=np.uint8)
    gone = cv2.max(_gone(across, letters), _turned(_gone(down, _turned(letters))))
    paper = float(np.median(pixels[::8, ::8]))
    _, lightest = cv2.threshold(gone, 0, paper, cv2.THRESH_BINARY)
    return np.asarray(cv2.max(pixels, lightest), dtype=np.uint8)


def _level(ink: Pixels, length: int) -> _Rows:
    """Return the ink of level rules."""
    runs = _runs(ink, length)
    found = np.flatnonzero(runs.any(axis=1))
    if not len(found):
        return _Rows(found, ink[:0])
    near = found[:, None] + np.arange(-_MARGIN, _MARGIN + 1)
    at = np.unique(np.clip(near, 0, len(ink) - 1))
    rows = ink[at]
    stroke = _as_pixels(_not_feet(runs[at], _cells(rows) != 0, length), rows.shape[1])
    # The ends of a rule fill no cell, and where it is off level it steps to the next row.
    band = cv2.dilate(stroke, _block(2 * _CELL + 1, 3))
    beyond = cv2.dilate(cv2.subtract(rows, band), _block(1, 3))
    letters = cv2.subtract(beyond, stroke)
    rules = cv2.subtract(cv2.bitwise_and(rows, band), letters)
    return _Rows(at, np.asarray(rules, dtype=np.uint8))


def _cells(ink: Pixels) -> NDArray[np.int32]:
    """Return the ink of four pixels beside each other as one number: 0 for paper, -1 for full."""
    width = ink.shape[1] // _CELL * _CELL
    return np.ascontiguousarray(ink[:, :width]).view(np.int32)


def _runs(ink: Pixels, length: int) -> Pixels:
    """Return long thin level runs of cells."""
    if not ink.size or ink.shape[1] < length:
        return np.zeros((len(ink), 1), np.uint8)
    full = np.uint8(255) * (_cells(ink) == -1).view(np.uint8)
    pieces = cv2.morphologyEx(full, cv2.MORPH_OPEN, _block(_PIECE, 1))
    joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, _block(_GAP + 1, 1))
    # Odd, for OpenCV moves what it opens with an even block by one.
    least = max(_PIECE, (length // _CELL - 2) | 1)
    runs = cv2.morphologyEx(joined, cv2.MORPH_OPEN, _block(least, 1))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, _block(1, _THICKEST + 1))
    return np.asarray(cv2.subtract(runs, thick), dtype=np.uint8)


def _not_feet(runs: Pixels, inked: NDArray[np.bool_], length: int) -> Pixels:
    """Return ``runs`` of cells without short ones that are thick or have ink all along a side."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    for number in np.flatnonzero(boxes[:, 2] * _CELL < _SHORT * length):
        x, y, width, height, _ = boxes[number]
        beside = inked[[max(0, y - 3), min(y + height + 2, len(inked) - 1)], x : x + width]
        if width * _CELL < _SLIM * height or beside.mean(axis=1).max() >= _TOUCHED:
            box = slice(y, y + height), slice(x, x + width)
            runs[box][labels[box] == number] = 0
    return runs


def _as_pixels(cells: Pixels, width: int) -> Pixels:
    whole = np.zeros((len(cells), width), np.uint8)
    whole[:, : cells.shape[1] * _CELL] = np.repeat(cells, _CELL, axis=1)
    return whole


def _gone(level: _Rows, letters: Pixels) -> Pixels:
    """Return what of a page to hide: the rules with their soft edges, but for letters on them."""
    if not len(level.at):
        return np.zeros_like(letters)
    beside = letters[level.at]
    # The edges are no ink by the threshold, yet would stay as two hair lines.
    whole = cv2.dilate(level.rules, _block(3, 5))
    kept = cv2.max(beside, _crossing(beside, level.rules))
    return _Rows(level.at, np.asarray(cv2.subtract(whole, kept), dtype=np.uint8)).on(letters)


def _crossing(letters: Pixels, rules: Pixels) -> Pixels:
    """Return the ink of level rules that letters touch on both sides."""
    touching = cv2.bitwise_and(letters, cv2.dilate(rules, _block(1, 3)))
    wider = cv2.dilate(touching, _block(3, 1))
    bridged = cv2.morphologyEx(wider, cv2.MORPH_CLOSE, _block(1, _THICKEST + 3))
    return np.asarray(cv2.bitwise_and(bridged, rules), dtype=np.uint8)


def _turned(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.transpose(pixels), dtype=np.uint8)


def _block(width: int, height: int) -> Pixels:
    return np.ones((height, width), np.uint8)
