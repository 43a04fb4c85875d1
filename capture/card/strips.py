"""Strips of film in a jacket: pushed into its channels, crooked, each of its own make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.model import Box, Pixels

from .cells import (
    FEW_ALIKE,
    LEAST_STROKES,
    Cell,
    Size,
    gap_between,
    is_long,
    left_over,
    parted,
    rows_of,
    strokes_in,
    touching_size,
    usual_size,
)
from .ground import Reading, blocks_in, look_span, opened, readings_of
from .look import Look

_MOSTLY_LONG = 0.5
_BARE = 0.12
_INNER, _HELD = 0.3, 0.2
_OVERLAID, _TWICE = 0.1, 0.5
_INSET, _LEAST_INSIDE = 0.96, 0.15
_DEEPEST = 3
_PAGE = 0.5, 2.0
_SAME = 0.9
_NARROWEST = 24
_LINE, _STRAY = 1.5, 0.45


def strips_of(look: Look, reading: Reading, titles: Sequence[Box]) -> list[Cell]:
    """Return the frames inside the strips of film of a jacket; none when there are no strips."""
    blocks = [box for box in _channels(look, reading) if not _held(box, titles)]
    total = sum(box.area for box in blocks)
    odd = [box for box in blocks if is_long(box)]
    if sum(box.area for box in odd) <= _MOSTLY_LONG * total:
        return []
    inner = [_inside(look, box, 1) for box in blocks]
    held = sum(box.area for box, cells in zip(blocks, inner, strict=True) if cells)
    if held <= _MOSTLY_LONG * total:
        return []
    bare = "a strip of film in which no frames stand out"
    found: list[Cell] = []
    for cells in inner:
        found += _apart(cells, found)
    for box, cells in zip(blocks, inner, strict=True):
        alone = all(box.overlap(cell.box) < _OVERLAID for cell in found)
        if not cells and alone and strokes_in(look, box) >= LEAST_STROKES:
            found.append(Cell(box, 0.4, bare))
    return found


def _held(box: Box, others: Sequence[Box]) -> bool:
    return any(box.overlap(other) > _SAME for other in others)


def _channels(look: Look, reading: Reading) -> list[Box]:
    """Return the boxes of what stands together within one channel.

    Where little but a tape lies all across the card, one channel ends.
    """
    mask = opened(reading.mask, look_span(look))
    mask[mask.mean(axis=1) < _BARE] = 0
    return [box for box, _ in blocks_in(mask)]


def _inside(look: Look, strip: Box, depth: int) -> list[Cell]:
    """Return the frames that stand out inside a strip of film with unexposed edges.

    Strips that a tape, or a title pushed over them, holds together are looked at one by one.
    """
    edge = max(2, round(0.015 * min(strip.width, strip.height)))
    if min(strip.width, strip.height) < _NARROWEST + 2 * edge:
        return []
    inner = Box(strip.x + edge, strip.y + edge, strip.width - 2 * edge, strip.height - 2 * edge)
    small = look.part(inner)
    readings = readings_of(small)
    free = [_inset(one, small) for one in readings]
    likely = [one for one in free if _paged_area(one) >= _INNER * small.area]
    if likely:
        cells = _frames(small, max(likely, key=lambda one: len(_paged(one))))
    else:
        cells = _deeper(small, readings, depth)
    if sum(cell.box.area for cell in cells) < _HELD * small.area:
        return []
    return [replace(cell, box=_moved(cell.box, inner.x, inner.y)) for cell in cells]


def _moved(box: Box, x: int, y: int) -> Box:
    return Box(box.x + x, box.y + y, box.width, box.height)


def _paged(reading: Reading) -> list[Box]:
    """Return the frames of one size, those that touch included."""
    pages = [box for box in reading.solids if _PAGE[0] <= box.width / box.height <= _PAGE[1]]
    size = usual_size(pages)
    return [box for box in reading.solids if size is not None and _of_size(box, size)]


def _paged_area(reading: Reading) -> int:
    return sum(box.area for box in _paged(reading))


def _of_size(box: Box, size: Size) -> bool:
    return abs(box.height - size.height) < 0.1 * size.height and box.width > 0.8 * size.width


def _frames(small: Look, reading: Reading) -> list[Cell]:
    total = sum(box.area for box in reading.solids)
    size = usual_size(reading.solids, FEW_ALIKE * total)
    if size is None:
        return []
    size = replace(size, gap=gap_between(reading.solids, size))
    cells = [
        cell
        for box in reading.solids
        if _of_size(box, size) or not is_long(box)
        for cell in parted(small, box, size)
    ]
    rest = left_over(small, reading, [cell.box for cell in cells])
    return [cell for row in rows_of(small, cells, rest, size) for cell in row.cells]


def _deeper(small: Look, readings: Sequence[Reading], depth: int) -> list[Cell]:
    """Return the frames of the pieces that a strip falls into under the best of readings."""
    if depth >= _DEEPEST:
        return []
    pieces: list[tuple[Box, bool]] = []
    for reading in readings:
        solids = [(box, True) for box in reading.solids]
        found = [*solids, *((box, False) for box in reading.others)]
        found = [(box, full) for box, full in found if box.area < _SAME * small.area]
        if sum(box.area for box, _ in found) > sum(box.area for box, _ in pieces):
            pieces = found
    cells: list[Cell] = []
    size = usual_size([box for box, full in pieces if full])
    for box, full in sorted(pieces, key=lambda piece: not piece[1]):
        usual = size
        if full and is_long(box) and (size is None or not _of_size(box, size)):
            usual = touching_size(small, [box])
        cells += _apart(_piece(small, box, usual if full else None, depth), cells)
    return cells


def _piece(small: Look, box: Box, size: Size | None, depth: int) -> list[Cell]:
    """Return the frames of a piece of a strip; ``size`` is that of frames beside it."""
    if size is not None and _of_size(box, size) and _is_free(box, small):
        return parted(small, box, size)
    return _inside(small, box, depth + 1)


def _apart(cells: Sequence[Cell], known: Sequence[Cell]) -> list[Cell]:
    """Return the cells that are not known already."""
    return [cell for cell in cells if all(cell.box.overlap(one.box) < _TWICE for one in known)]


def _is_free(box: Box, small: Look) -> bool:
    """Return whether unexposed film is all around a box."""
    height, width = small.shape
    return min(box.x, box.y, width - box.right, height - box.bottom) >= 2


def _inset(reading: Reading, small: Look) -> Reading:
    """Return a reading with those solids only that leave the edges of the film free."""
    short = min(small.shape)
    flat = small.shape[0] == short
    kept = tuple(
        box
        for box in reading.solids
        if (box.height if flat else box.width) <= _INSET * short
        and min(box.height, box.width) >= _LEAST_INSIDE * short
    )
    return replace(reading, solids=kept)


def loose_writing(look: Look, boxes: Sequence[Box], size: Size) -> list[Box]:
    """Return where somebody wrote on the size of a frame outside all boxes."""
    rest = look.writing.copy()
    for box in boxes:
        rest[max(0, box.y - 4) : box.bottom + 4, max(0, box.x - 4) : box.right + 4] = 0
    short = _without_lines(rest, size)
    reach = max(3, round(0.08 * size.width))
    joined = cv2.morphologyEx(short, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    stats = cv2.connectedComponentsWithStats(np.asarray(joined, dtype=np.uint8))[2][1:]
    found = [Box(*map(int, stat[:4])) for stat in stats]
    return [
        box
        for box in found
        if box.width >= _STRAY * size.width
        and box.height >= _STRAY * size.height
        and strokes_in(look, box, short) >= LEAST_STROKES
    ]


def _without_lines(marks: Pixels, size: Size) -> Pixels:
    """Return marks without edges of film and tape, which are longer than frames."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    short = (stats[:, 2] < _LINE * size.width) & (stats[:, 3] < _LINE * size.height)
    short[0] = False
    return np.asarray(short[labels], dtype=np.uint8)
