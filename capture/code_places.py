"""Where something on a page looks like a barcode, whether or not it can be read."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import glanced_at, ink_mask, looked_at
from .model import Box, Pixels

_BLOCKS = 103
"""Blocks along the longer side of a page: about a tenth of an inch of letter paper."""
_FINE = 2500
"""Longest side that is looked at as it is; beyond it paper shows more grain than bars."""
_EDGES = 5
"""Least tones from pixel to pixel across bars, on average over a block."""
_ONE_WAY = 2.2
"""How many times the tones along them; letters have strokes both ways."""
_LONGEST_GAP, _LEAST_RUN = 3, 6
"""Blocks of a code that may show nothing; and blocks in a row that a scratch never fills."""
_LONG, _TALL, _SQUARE = 10, 3, 5
"""Least blocks along and across bars, and of the sides of a square code."""
_FILLED = 0.5
"""Of the box around a code."""
_EVEN_INK = (0.22, 0.78)
"""Share of ink in a block of a square code; of text it is less, of a picture more or nothing."""
_NEARLY_SQUARE = 1.35

Blocks = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A place that looks like a code."""

    box: Box
    kind: str
    """``level`` or ``upright`` as its bars are read, or ``square``."""


def bar_places(pixels: Pixels) -> list[CodePlace]:
    """Return where there are edges one way only, over an inch long: bars, the largest first."""
    longest = max(pixels.shape[:2])
    look, factor = looked_at(pixels, longest // 2 if longest > _FINE else longest)
    block = max(4, max(look.shape) // _BLOCKS)
    if min(look.shape) < 2 * _LONG * block:
        return []
    across, down = _edges(look, block)
    found = [
        *_places(_one_way(across, down), block / factor, "level"),
        *_places(_one_way(down, across).T, block / factor, "upright"),
    ]
    return sorted(found, key=lambda place: -place.box.area)


def square_places(pixels: Pixels) -> list[CodePlace]:
    """Return the squares that are about half ink all over, the largest first."""
    look, factor = glanced_at(pixels)
    block = max(4, max(look.shape) // _BLOCKS)
    height, width = (side // block for side in look.shape)
    if min(height, width) < _SQUARE:
        return []
    mask = ink_mask(look)[: height * block, : width * block]
    ink = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) / 255.0
    even = ((ink >= _EVEN_INK[0]) & (ink <= _EVEN_INK[1])).astype(np.uint8)
    boxes = (box for box in _boxes(even) if _is_square(box))
    places = [CodePlace(box.scaled(block / factor), "square") for box in boxes]
    return sorted(places, key=lambda place: -place.box.area)


def _edges(look: Pixels, block: int) -> tuple[Blocks, Blocks]:
    """Return how much tones change across and down, for every block."""
    height, width = ((side - 1) // block for side in look.shape)
    # Whole blocks of changes: shrinking by a whole number is many times faster.
    rows, columns = height * block, width * block
    cut = look[:rows, :columns]
    changes = (
        cv2.absdiff(look[:rows, 1 : columns + 1], cut),
        cv2.absdiff(look[1 : rows + 1, :columns], cut),
    )
    across, down = (
        cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA).astype(np.int16)
        for one in changes
    )
    return across, down


def _one_way(changes: Blocks, others: Blocks) -> Pixels:
    return np.asarray((changes >= _EDGES) & (changes >= _ONE_WAY * others), dtype=np.uint8)


def _places(bars: Pixels, block: float, kind: str) -> list[CodePlace]:
    """Return the places of codes that run along the rows of ``bars``."""
    bars = np.ascontiguousarray(bars)
    joined = cv2.morphologyEx(bars, cv2.MORPH_CLOSE, np.ones((1, _LONGEST_GAP), np.uint8))
    run = np.ones((1, _LEAST_RUN), np.uint8)
    solid = np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, run), dtype=np.uint8)
    found = [box for box in _boxes(solid) if box.width >= _LONG and box.height >= _TALL]
    if kind == "upright":
        found = [Box(box.y, box.x, box.height, box.width) for box in found]
    return [CodePlace(box.scaled(block), kind) for box in found]


def _boxes(blocks: Pixels) -> list[Box]:
    """Return the boxes of blocks that hang together and fill them."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(blocks), connectivity=4)
    return [Box(x, y, w, h) for x, y, w, h, area in stats[1:].tolist() if area >= _FILLED * w * h]


def _is_square(box: Box) -> bool:
    shorter, longer = sorted((box.width, box.height))
    return shorter >= _SQUARE and longer <= _NEARLY_SQUARE * shorter
