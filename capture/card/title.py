"""The title strip of a card: large letters beside the frames, on top as a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import cv2
import numpy as np

from capture.model import Box, Pixels

from .look import Look

_LONG = 2.2
_LETTER = 0.1, 0.95
"""Of the height of the strip."""
_LOW, _LETTER_OF_LOW = 4.0, 0.2
"""A strip so much longer than high has larger letters, else it is a title grown together with
the row below it."""
_FEWEST = 6
_SPREAD = 0.25
_LARGE = 0.1
"""Of the height of a frame: letters that an eye can read without a lens."""
_INKED = 0.75  # of the box of a letter; frames in a strip of film fill theirs
_MOSTLY = 2.0
_ALIKE, _AS_THICK = 2, 0.05
_ROOM = 0.15
_STROKE = 0.08  # of the height of a frame: thicker is no stroke of a letter
_STROKE_CONTRAST = 25
_EDGE_BAND, _LARGER, _ALONG, _AS_TALL = 0.3, 2.5, 0.2, 0.25


@dataclass(frozen=True, slots=True)
class Title:
    """Where the title strip of a card lies, in pixels of the look."""

    box: Box
    side: str
    """``top``, ``bottom``, ``left`` or ``right`` of the frames."""


def title_solids(look: Look, solids: Sequence[Box]) -> list[Box]:
    """Return the solids that hold large letters along them, beside all others."""
    return [
        box
        for box in solids
        if max(box.width, box.height) > _LONG * min(box.width, box.height)
        and sum(_as_thick(box, other) for other in solids) < _ALIKE + 1
        and _apart(box, [other for other in solids if other != box])
        and _lettered(look, box)
    ]


def _as_thick(box: Box, other: Box) -> bool:
    """Return whether two strips are as thick, and lie alike: rows of frames that touch do."""
    flat = box.width >= box.height
    one, two = (box.height, other.height) if flat else (box.width, other.width)
    return flat == (other.width >= other.height) and abs(one - two) <= _AS_THICK * one


def _apart(box: Box, others: Sequence[Box]) -> bool:
    """Return whether nothing of size lies beside a strip, and all others on one side of it."""
    if box.width >= box.height:
        spans = [(other.y + other.height / 2, other.area) for other in others]
        middle = box.y + box.height / 2
    else:
        spans = [(other.x + other.width / 2, other.area) for other in others]
        middle = box.x + box.width / 2
    before = sum(area for place, area in spans if place < middle)
    after = sum(area for place, area in spans if place >= middle)
    return min(before, after) < 0.02 * max(1, before + after) + 0.3 * box.area


def _lettered(look: Look, box: Box) -> bool:
    part = look.tones[box.y : box.bottom, box.x : box.right]
    if box.height > box.width:
        part = np.ascontiguousarray(part.T)
    _, ink = cv2.threshold(part, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if ink.mean() > 0.5:
        ink = 1 - ink
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    high, wide = part.shape
    least = _LETTER_OF_LOW if wide > _LOW * high else _LETTER[0]
    letters = (stats[:, 3] >= least * high) & (stats[:, 3] <= _LETTER[1] * high)
    letters &= stats[:, 2] <= 2.0 * stats[:, 3]
    found = stats[letters]
    if len(found) < _FEWEST:
        return False
    fill = float(np.median(found[:, 4] / (found[:, 2] * found[:, 3])))
    return fill <= _INKED and float(np.ptp(found[:, 0])) >= _SPREAD * wide


def title_of(
    look: Look, solids: Sequence[Box], frames: Sequence[Box], height: float
) -> Title | None:
    """Return the title strip of a card whose frames are ``height`` high; None without one.

    ``solids`` are what ``title_solids`` found; without those, large letters are looked for
    outside the ``frames``.
    """
    if not frames:
        return None
    block = reduce(or_, frames)
    for box in sorted(solids, key=lambda box: -box.area):
        side = _side(box, block)
        if side:
            return Title(box, side)
    return _by_letters(look, block, height)


def _side(box: Box, block: Box) -> str:
    across, down = box.x + box.width / 2, box.y + box.height / 2
    if box.width >= box.height:
        if down < block.y:
            return "top"
        return "bottom" if down > block.bottom else ""
    if across < block.x:
        return "left"
    return "right" if across > block.right else ""


def _by_letters(look: Look, block: Box, height: float) -> Title | None:
    high, wide = look.shape
    bands = {
        "top": Box(0, 0, wide, max(0, block.y - 2)),
        "bottom": Box(0, block.bottom + 2, wide, max(0, high - block.bottom - 2)),
        "left": Box(0, 0, max(0, block.x - 2), high),
        "right": Box(block.right + 2, 0, max(0, wide - block.right - 2), high),
    }
    found = {side: _letters_in(look, band, height) for side, band in bands.items()}
    # Most titles stand on top, and ribs or edges elsewhere may look like a few letters.
    side = max(found, key=lambda one: len(found[one]) * (_MOSTLY if one == "top" else 1.0))
    letters = found[side]
    if len(letters) < _FEWEST:
        return None
    box = reduce(or_, letters)
    if max(box.width, box.height) < _SPREAD * (wide if side in ("top", "bottom") else high):
        return None
    return Title(_roomy(box, bands[side], round(_ROOM * height)), side)


def _letters_in(look: Look, band: Box, height: float) -> list[Box]:
    """Return the boxes of large letters that stand in a line along a band, dark or light."""
    part = look.tones[band.y : band.bottom, band.x : band.right]
    if min(part.shape) < 8:
        return []
    return max((_in_line(part, band, height, dark) for dark in (True, False)), key=len)


def _in_line(part: Pixels, band: Box, height: float, dark: bool) -> list[Box]:
    span = np.ones((2 * round(_STROKE * height) + 1,) * 2, np.uint8)
    way = cv2.MORPH_BLACKHAT if dark else cv2.MORPH_TOPHAT
    hat = cv2.morphologyEx(np.ascontiguousarray(part), way, span)
    strokes = (hat > _STROKE_CONTRAST).astype(np.uint8)
    stats = cv2.connectedComponentsWithStats(strokes, connectivity=8)[2][1:]
    along, across = (2, 3) if band.width >= band.height else (3, 2)
    least = max(6, _LARGE * height)
    kept = stats[(stats[:, across] >= least) & (stats[:, across] <= height)]
    kept = kept[kept[:, along] <= 1.5 * height]
    if len(kept) < _FEWEST:
        return []
    usual = np.median(kept[:, across])
    kept = kept[np.abs(kept[:, across] - usual) <= 0.5 * usual]
    middles = kept[:, across - 2] + kept[:, across] / 2
    near = kept[np.abs(middles - np.median(middles)) <= 0.6 * height]
    return [Box(band.x + int(x), band.y + int(y), int(w), int(h)) for x, y, w, h, _ in near]


def _roomy(box: Box, band: Box, room: int) -> Box:
    left, top = max(band.x, box.x - room), max(band.y, box.y - room)
    right, bottom = min(band.right, box.right + room), min(band.bottom, box.bottom + room)
    return Box(left, top, right - left, bottom - top)


def large_letters(ink: Pixels) -> Title | None:
    """Return the line of large letters at an edge of the card; None without one."""
    for side in ("top", "bottom", "left", "right"):
        flat = side in ("top", "bottom")
        box = _large_line(ink if flat else np.ascontiguousarray(ink.T), side in ("top", "left"))
        if box is not None:
            return Title(box if flat else Box(box.y, box.x, box.height, box.width), side)
    return None


def _large_line(ink: Pixels, first: bool) -> Box | None:
    high, wide = ink.shape
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    strokes = stats[(stats[:, 2:4] >= 3).all(axis=1)]
    if len(strokes) < 3 * _FEWEST:
        return None
    usual = float(np.median(strokes[:, 3]))
    tall = strokes[:, 3] >= max(_LARGER * usual, 8)
    tall &= (strokes[:, 3] <= 0.2 * high) & (strokes[:, 2] <= 3 * strokes[:, 3])
    middle = strokes[:, 1] + strokes[:, 3] / 2
    tall &= middle < _EDGE_BAND * high if first else middle > (1 - _EDGE_BAND) * high
    large = strokes[tall]
    lines = [_alongside(large, letter) for letter in large]
    lines = [line for line in lines if _is_title(line, strokes, wide, first)]
    if not lines:
        return None
    line = max(lines, key=lambda one: (len(one), float(np.median(one[:, 3]))))
    tall_as = float(np.median(line[:, 3]))
    feet = float(np.median(line[:, 1] + line[:, 3]))
    heads = feet - tall_as
    # Small letters and strokes of the same line belong to it.
    centre = strokes[:, 1] + strokes[:, 3] / 2
    held = (centre > heads - 0.2 * tall_as) & (centre < feet + 0.3 * tall_as)
    held &= (strokes[:, 3] >= 0.25 * tall_as) & (strokes[:, 3] <= 1.6 * tall_as)
    box = reduce(or_, (Box(*map(int, stat[:4])) for stat in (*line, *strokes[held])))
    room = round(0.3 * tall_as)
    x, y = max(0, box.x - room), max(0, box.y - room)
    return Box(x, y, min(wide, box.right + room) - x, min(high, box.bottom + room) - y)


def _alongside(letters: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return the letters that are as tall as one, and stand on its line."""
    alike = np.abs(letters[:, 3] - one[3]) <= _AS_TALL * one[3]
    feet = letters[:, 1] + letters[:, 3]
    return np.asarray(letters[alike & (np.abs(feet - one[1] - one[3]) <= _AS_TALL * one[3])])


def _is_title(line: np.ndarray, strokes: np.ndarray, wide: int, first: bool) -> bool:
    if len(line) < _FEWEST or float(np.ptp(line[:, 0])) < _ALONG * wide:
        return False
    top, bottom = float(line[:, 1].min()), float((line[:, 1] + line[:, 3]).max())
    middle = strokes[:, 1] + strokes[:, 3] / 2
    beyond = (middle < bottom if first else middle > top).mean()
    # Little but the title itself lies on its side of it.
    return float(beyond) <= 0.02 + 1.6 * len(line) / len(strokes)
