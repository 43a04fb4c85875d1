"""The frames of a card in rows: what stands out, parted where it touches, missed places filled.

Frames that stand out on all sides give the size and the lattice; the rest is judged by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from .card_ground import Reading, largest_group, readings_of, worth
from .card_look import Look
from .lattice import (
    Lattice,
    Profile,
    common_part,
    cuts_of,
    fitted,
    parts_of,
    pitch_of,
    room_in,
)
from .model import Box, Pixels

_ALIKE = 0.08
_PAGE = 0.4, 2.5
"""Width over height."""
_LONG = 2.2
_FEW_ALIKE = 0.1
_MOSTLY_LONG = 0.5
_INSET = 0.96
_INNER = 0.35
_SAME_ROW = 0.35
_LEAST_GAP, _USUAL_GAP, _WIDEST_PITCH = 0.02, 0.06, 1.9
_OVERLAID, _TAKEN = 0.1, 0.25
_SPAN = 0.6
_WRITTEN, _LEAST_STROKES = 0.012, 8
_FREE_ROW = 0.6
_EXTRA = 0.45
_SPLIT_MARGIN = 0.008
_CALM, _MARGIN = 0.015, 0.08


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of a card where a frame lies, in pixels of the look."""

    box: Box
    confidence: float
    reason: str
    row: int = 0
    column: int = 0
    """Place on the lattice of its row, from 0 on; may be below."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """The frames of one row, left to right, and its lattice."""

    cells: tuple[Cell, ...]
    lattice: Lattice | None
    """None where frames follow no common pitch, as strips in a jacket do not."""


@dataclass(frozen=True, slots=True)
class Size:
    """The usual size of a frame, and the usual space between two."""

    width: float
    height: float
    gap: float


def _paged(boxes: Sequence[Box]) -> list[Box]:
    return [box for box in boxes if _PAGE[0] <= box.width / box.height <= _PAGE[1]]


def usual_size(boxes: Sequence[Box], least: float = 0.0) -> Size | None:
    """Return the size that most frames have; None when those cover less than ``least``."""
    paged = _paged(boxes)
    if not paged:
        return None
    sides = np.array([(box.width, box.height) for box in paged], dtype=np.float64)
    group = sides[largest_group(sides, sides.prod(axis=1))]
    if group.prod(axis=1).sum() < least:
        return None
    width, height = (float(side) for side in np.median(group, axis=0))
    return Size(width, height, _USUAL_GAP * width)


def pieces_of(look: Look, solids: Sequence[Box]) -> list[Cell]:
    """Return the frames among what stands out on a card, those that touch parted."""
    total = sum(box.area for box in solids)
    long = [box for box in solids if not 1 / _LONG <= box.width / box.height <= _LONG]
    if sum(box.area for box in long) > _MOSTLY_LONG * total:
        strips = _strips(look, solids)
        if strips:
            return strips
    size = usual_size(solids, _FEW_ALIKE * total) or _touching_size(look, long)
    if size is None:
        return [Cell(box, 0.6, "stands out as a block") for box in solids]
    size = replace(size, gap=_gap_between(solids, size))
    return [cell for box in solids for cell in parted(look, box, size)]


def _strips(look: Look, solids: Sequence[Box]) -> list[Cell]:
    """Return the frames inside strips of film; none when these are no strips."""
    inner = [_inside(look, box) for box in solids]
    held = sum(box.area for box, cells in zip(solids, inner, strict=True) if cells)
    if held < _MOSTLY_LONG * sum(box.area for box in solids):
        return []
    found = []
    for box, cells in zip(solids, inner, strict=True):
        found += cells or [Cell(box, 0.5, "a strip of film in which no frames stand out")]
    return found


def _inside(look: Look, strip: Box) -> list[Cell]:
    """Return the frames that stand out inside a strip of film with unexposed edges."""
    edge = max(2, round(0.015 * min(strip.width, strip.height)))
    x, y = strip.x + edge, strip.y + edge
    if min(strip.width, strip.height) < 24 + 2 * edge:
        return []
    small = look.part(Box(x, y, strip.width - 2 * edge, strip.height - 2 * edge))
    inset = [_inset(reading, small.shape) for reading in readings_of(small)]
    best = max(inset, key=worth, default=None)
    if best is None or sum(box.area for box in best.solids) < _INNER * small.area:
        return []
    total = sum(box.area for box in best.solids)
    size = usual_size(best.solids, _FEW_ALIKE * total)
    if size is None:
        return []
    size = replace(size, gap=_gap_between(best.solids, size))
    cells = [cell for box in best.solids for cell in parted(small, box, size)]
    return [
        replace(cell, box=Box(cell.box.x + x, cell.box.y + y, cell.box.width, cell.box.height))
        for cell in cells
    ]


def _inset(reading: Reading, shape: tuple[int, ...]) -> Reading:
    """Return a reading with those solids only that leave the edges of the film free."""
    short = min(shape)
    kept = tuple(
        box
        for box in reading.solids
        if (box.height if shape[0] == short else box.width) <= _INSET * short
        and box.height >= 0.3 * short
        and box.width >= 0.3 * short
    )
    return replace(reading, solids=kept)


def _gap_between(solids: Sequence[Box], size: Size) -> float:
    """Return the usual space between neighbours in a row."""
    paged = sorted(_paged(solids), key=lambda box: (box.x, box.y))
    lefts = np.array([box.x for box in paged])
    tops = np.array([box.y for box in paged])
    gaps = []
    for box in paged:
        beside = lefts[(np.abs(tops - box.y) < 0.3 * size.height) & (lefts > box.right - 2)]
        if beside.size and beside.min() - box.right < 0.5 * size.width:
            gaps.append(int(beside.min()) - box.right)
    return float(np.median(gaps)) if gaps else _USUAL_GAP * size.width


def _touching_size(look: Look, long: Sequence[Box]) -> Size | None:
    """Return the size of frames of which only whole rows, or whole columns, stand out."""
    across = [box for box in long if box.width > box.height]
    down = [box for box in long if box.width <= box.height]
    flat = sum(box.area for box in across) >= sum(box.area for box in down)
    chosen = across if flat else down
    if not chosen:
        return None
    side = float(np.median([min(box.width, box.height) for box in chosen]))
    alike = [box for box in chosen if abs(min(box.width, box.height) - side) <= _ALIKE * side]
    length = common_part([seams(look, box, flat) for box in alike], side)
    if length is None:
        return None
    return Size(length, side, 0.0) if flat else Size(side, length, 0.0)


def seams(look: Look, box: Box, across: bool) -> Profile:
    """Return how likely frames part at each place along ``box``, 0.0 to 2.0 or so.

    Where they part the tone steps along the whole height, and nothing is written.
    """
    tones = look.tones[box.y : box.bottom, box.x : box.right].astype(np.float32)
    written = look.writing[box.y : box.bottom, box.x : box.right]
    if not across:
        tones, written = tones.T, written.T
    inner = slice(round(0.04 * tones.shape[0]), max(1, round(0.96 * tones.shape[0])))
    tones = tones[inner]
    reach = 3
    steps = np.zeros(tones.shape[1])
    if tones.shape[1] > 2 * reach:
        change = np.median(tones[:, 2 * reach :] - tones[:, : -2 * reach], axis=0)
        steps[reach:-reach] = np.minimum(1.0, np.abs(change) / max(8.0, 8 * look.grain))
    busy = written[inner].mean(axis=0)
    calm = busy <= max(_CALM, 0.2 * float(np.median(busy)))
    room = room_in(calm, _MARGIN * tones.shape[0])
    return np.asarray(steps + room, dtype=np.float64)


def parted(look: Look, box: Box, size: Size) -> list[Cell]:
    """Return the frames of a solid, one for each time that the usual size fills it."""
    columns = parts_of(box.width, size.width, size.gap)
    rows = parts_of(box.height, size.height, size.gap)
    if columns == rows == 1:
        even = abs(box.width - size.width) < _ALIKE * size.width
        even = even and abs(box.height - size.height) < _ALIKE * size.height
        return [Cell(box, 0.95 if even else 0.75, "clear on all sides")]
    xs = [0, *cuts_of(seams(look, box, True), columns), box.width]
    ys = [0, *cuts_of(seams(look, box, False), rows), box.height]
    reason = "touches its neighbour; parted by tone and size"
    spare = max(1, round(_SPLIT_MARGIN * size.width))
    cells = []
    for top, bottom in pairwise(ys):
        for left, right in pairwise(xs):
            low, high = max(0, left - spare), min(box.width, right + spare)
            first, last = max(0, top - spare), min(box.height, bottom + spare)
            place = Box(box.x + low, box.y + first, high - low, last - first)
            cells.append(Cell(place, 0.7, reason))
    return cells


def in_rows(cells: Sequence[Cell], height: float) -> list[list[Cell]]:
    """Return cells by rows, top to bottom, each left to right."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.box.y + cell.box.height / 2):
        middle = cell.box.y + cell.box.height / 2
        if rows:
            usual = np.median([one.box.y + one.box.height / 2 for one in rows[-1]])
            if middle - usual <= _SAME_ROW * height:
                rows[-1].append(cell)
                continue
        rows.append([cell])
    return [sorted(row, key=lambda cell: cell.box.x) for row in rows]


def rows_of(look: Look, cells: Sequence[Cell], content: Pixels, size: Size) -> list[CardRow]:
    """Return the rows of a card, places filled where something lies that did not stand out.

    ``content`` is 1 where anything is that is neither ground nor in ``cells`` nor title.
    """
    rows = in_rows(cells, size.height)
    least = size.width * (1 + _LEAST_GAP / 2)
    starts = [[float(cell.box.x) for cell in row] for row in rows]
    pitch = pitch_of(starts, min(least, size.width), _WIDEST_PITCH * size.width)
    if pitch is None:
        pitch = size.width + size.gap
    return [_row(look, row, content, size, pitch, n) for n, row in enumerate(rows, start=1)]


def _row(
    look: Look, row: list[Cell], content: Pixels, size: Size, pitch: float, number: int
) -> CardRow:
    lattice = fitted([float(cell.box.x) for cell in row], pitch)
    if lattice.score < _FREE_ROW:
        placed = [replace(cell, row=number, column=n) for n, cell in enumerate(row)]
        return CardRow(tuple(placed), None)
    placed = [
        replace(
            cell,
            row=number,
            column=lattice.nearest(cell.box.x),
            confidence=cell.confidence * (0.8 + 0.2 * lattice.score),
        )
        for cell in row
    ]
    placed += _missed(look, placed, content, size, lattice)
    return CardRow(tuple(sorted(placed, key=lambda cell: cell.box.x)), lattice)


def _missed(
    look: Look, row: list[Cell], content: Pixels, size: Size, lattice: Lattice
) -> Iterator[Cell]:
    """Yield a cell for each place of a row where something lies that no box holds."""
    top = float(np.median([cell.box.y for cell in row]))
    first = lattice.nearest(-0.1 * size.width)
    last = lattice.nearest(look.shape[1] - 0.9 * size.width)
    for place in range(first, last + 1):
        left = max(0, round(lattice.start(place)))
        box = Box(left, max(0, round(top)), round(size.width), round(size.height))
        if any(box.overlap(cell.box) > _TAKEN for cell in row):
            continue
        why = _occupied(look, content, box)
        if why:
            yield Cell(_grown(content, box, lattice.pitch), 0.5, why, row[0].row, place)


def _occupied(look: Look, content: Pixels, box: Box) -> str:
    """Return why a place is held to be a frame; empty for unexposed film."""
    part = content[box.y : box.bottom, box.x : box.right]
    if not part.any():
        return ""
    strokes = look.writing[box.y : box.bottom, box.x : box.right] & part
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    small = int((stats[1:, 2] < 0.5 * box.width).sum()) if count > 1 else 0
    if small >= _LEAST_STROKES and strokes.mean() > _WRITTEN:
        return "a place on the lattice of its row with writing on it"
    solid = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    down, across = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not down.size:
        return ""
    high, wide = down[-1] - down[0] + 1, across[-1] - across[0] + 1
    if wide >= _SPAN * box.width and high >= _SPAN * box.height and solid.mean() > 0.3:
        return "a place on the lattice of its row that is exposed"
    return ""


def _grown(content: Pixels, box: Box, pitch: float) -> Box:
    """Return a place with what is connected to it just outside."""
    reach = max(1, round((pitch - box.width) / 2))
    left, top = max(0, box.x - reach), max(0, box.y - reach)
    part = content[top : box.bottom + reach, left : box.right + reach]
    down, across = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not down.size:
        return box
    held = Box(
        left + int(across[0]), top + int(down[0]), int(np.ptp(across)) + 1, int(np.ptp(down)) + 1
    )
    return box | held


def strays(content: Pixels, size: Size) -> list[Box]:
    """Return what is left of the size of a frame: none of it may be lost."""
    reach = max(3, round(0.08 * size.width))
    joined = cv2.morphologyEx(content, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    found = cv2.connectedComponentsWithStats(np.asarray(joined, dtype=np.uint8), connectivity=8)
    boxes = [Box(*map(int, stat[:4])) for stat in found[2][1:]]
    return [
        box
        for box in boxes
        if box.width >= _EXTRA * size.width and box.height >= _EXTRA * size.height
    ]


def more_solids(readings: Sequence[Reading], cells: Sequence[Cell], size: Size) -> list[Cell]:
    """Return frames of the usual size that stand out from another ground, where none is yet."""
    found: list[Cell] = []
    reason = "clear on all sides, beside film of another tone"
    for reading in readings:
        for box in reading.solids:
            alike = abs(box.width - size.width) <= _ALIKE * size.width
            alike = alike and abs(box.height - size.height) <= _ALIKE * size.height
            if alike and all(box.overlap(cell.box) <= _OVERLAID for cell in (*cells, *found)):
                found.append(Cell(box, 0.7, reason))
    return found


def left_over(look: Look, mask: Pixels, boxes: Sequence[Box]) -> Pixels:
    """Return 1 where something lies that no box holds."""
    rest = np.maximum(mask, _dense(look.writing))
    for box in boxes:
        rest[max(0, box.y - 3) : box.bottom + 3, max(0, box.x - 3) : box.right + 3] = 0
    return rest


def _dense(writing: Pixels) -> Pixels:
    return np.asarray(cv2.morphologyEx(writing, cv2.MORPH_OPEN, np.ones((2, 3), np.uint8)))
