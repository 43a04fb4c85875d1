"""The frames of a card in rows: what stands out, parted where it touches, missed places filled.

Frames that stand out on all sides give the size and the lattice; the rest is judged by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np

from capture.model import Box, Pixels

from .ground import Reading, largest_group
from .lattice import (
    Lattice,
    Profile,
    common_part,
    cuts_of,
    fitted,
    misfit,
    parts_of,
    pitch_of,
    room_in,
)
from .look import Look

_ALIKE = 0.08
_PAGE = 0.4, 2.5
"""Width over height."""
_LONG = 2.2
FEW_ALIKE = 0.1
_SAME_ROW = 0.35
_LEAST_GAP, _USUAL_GAP, _WIDEST_PITCH = 0.02, 0.06, 1.9
_OVERLAID, _TAKEN = 0.1, 0.25
_SPAN = 0.6
LEAST_STROKES = 8
_THINNEST, _SPREAD = 3, 0.15
_FEW_SINGLE = 0.2
_FEW_IN_ROW, _OVERHANG = 4, 0.03
_MOST_GROWN = 0.03
_PIECE = 0.55
_SEVERAL, _MISFIT, _SOFT = 1.25, 0.07, 0.02
_FULL_LINE = 0.6
_FREE_ROW = 0.6
_EXTRA, _EXTRA_FILL = 0.45, 0.25
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
    width = _single(sides, len(group), width, height)
    return Size(width, height, _USUAL_GAP * width)


def _single(sides: np.ndarray, count: int, width: float, height: float) -> float:
    """Return the width of one frame, where most stand out in pairs or threes that touch."""
    for frames in (3, 2):
        one = width / frames
        alike = np.abs(sides - (one, height)) <= _ALIKE * np.array((one, height))
        if alike.all(axis=1).sum() >= max(1, _FEW_SINGLE * count):
            return float(np.median(sides[alike.all(axis=1), 0]))
    return width


def pieces_of(look: Look, solids: Sequence[Box]) -> list[Cell]:
    """Return the frames among the full rectangles of a card, those that touch parted."""
    total = sum(box.area for box in solids)
    long = [box for box in solids if is_long(box)]
    size = usual_size(solids, FEW_ALIKE * total) or touching_size(look, long)
    if size is None:
        return [Cell(box, 0.6, "stands out as a block") for box in solids]
    size = replace(size, gap=gap_between(solids, size))
    return [
        cell
        for box in solids
        if _is_frames(box, size)
        or (not _is_joined(box, size) and strokes_in(look, box) >= LEAST_STROKES)
        for cell in parted(look, box, size)
    ]


def is_long(box: Box) -> bool:
    """Return whether a box is much longer than any page."""
    return not 1 / _LONG <= box.width / box.height <= _LONG


def _is_frames(box: Box, size: Size) -> bool:
    """Return whether a block is a whole number of frames, or one of unusual size."""
    if box.width < _PIECE * size.width or box.height < _PIECE * size.height:
        return False
    return not _is_joined(box, size)


def _is_joined(box: Box, size: Size) -> bool:
    """Return whether frames and a tape make up a block: its places are filled one by one."""
    sides = ((box.width, size.width), (box.height, size.height))
    return any(_misfits(length, usual, size.gap) for length, usual in sides)


def _misfits(length: float, usual: float, gap: float) -> bool:
    if length <= _SEVERAL * usual:
        return False
    count = parts_of(length, usual, gap)
    # Where frames touch, the soft edges between them are not there.
    slack = (_MISFIT + _SOFT * (count - 1)) * usual
    return misfit(length, count, usual, gap) > slack


def strokes_in(look: Look, box: Box, within: Pixels | None = None) -> int:
    """Return how many short strokes of writing a box holds, ``within`` what is 1."""
    written = look.writing[box.y : box.bottom, box.x : box.right]
    if within is not None:
        written = written & within[box.y : box.bottom, box.x : box.right]
    if not written.any():
        return 0
    stats = cv2.connectedComponentsWithStats(np.ascontiguousarray(written), connectivity=8)[2][1:]
    strokes = stats[(stats[:, 2:4] >= _THINNEST).all(axis=1)]
    strokes = strokes[(strokes[:, 2] < 0.5 * box.width) & (strokes[:, 3] < 0.3 * box.height)]
    spread = len(strokes) > 0 and float(np.ptp(strokes[:, 0])) >= _SPREAD * box.width
    return len(strokes) if spread else 0


def gap_between(solids: Sequence[Box], size: Size) -> float:
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


def touching_size(look: Look, long: Sequence[Box]) -> Size | None:
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
    xs = [0, *cuts_of(seams(look, box, True), columns, size.width), box.width]
    ys = [0, *cuts_of(seams(look, box, False), rows, size.height), box.height]
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
    placed = [_levelled(look, cell, placed) for cell in placed]
    return CardRow(tuple(sorted(placed, key=lambda cell: cell.box.x)), lattice)


def _levelled(look: Look, cell: Cell, row: Sequence[Cell]) -> Cell:
    """Return a cell without the tape above or below it that its neighbours do not have.

    What bears a stroke of writing is left.
    """
    if len(row) < _FEW_IN_ROW:
        return cell
    box = cell.box
    top = round(float(np.median([one.box.y for one in row]))) - 2
    bottom = round(float(np.median([one.box.bottom for one in row]))) + 2
    least = _OVERHANG * box.height
    over = Box(box.x, box.y, box.width, max(1, top - box.y))
    under = Box(box.x, bottom, box.width, max(1, box.bottom - bottom))
    top = top if over.height > least and not strokes_in(look, over) else box.y
    bottom = bottom if under.height > least and not strokes_in(look, under) else box.bottom
    return replace(cell, box=Box(box.x, top, box.width, bottom - top))


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
    if strokes_in(look, box, content) >= LEAST_STROKES:
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
    """Return a place with the lines beside it that are full of what lies on it."""
    reach = max(1, round(min((pitch - box.width) / 2, _MOST_GROWN * box.width)))
    across = slice(box.x, box.right)
    down = slice(box.y, box.bottom)
    top = _full_lines(content[max(0, box.y - reach) : box.y, across][::-1])
    bottom = _full_lines(content[box.bottom : box.bottom + reach, across])
    left = _full_lines(content[down, max(0, box.x - reach) : box.x].T[::-1])
    right = _full_lines(content[down, box.right : box.right + reach].T)
    return Box(box.x - left, box.y - top, box.width + left + right, box.height + top + bottom)


def _full_lines(lines: Pixels) -> int:
    """Return how many lines, from the first on, are mostly full."""
    if not lines.size:
        return 0
    bare = np.flatnonzero(lines.mean(axis=1) < _FULL_LINE)
    return int(bare[0]) if bare.size else len(lines)


def strays(content: Pixels, size: Size) -> list[Box]:
    """Return what is left of the size of a frame: none of it may be lost."""
    reach = max(3, round(0.08 * size.width))
    joined = cv2.morphologyEx(content, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    found = cv2.connectedComponentsWithStats(np.asarray(joined, dtype=np.uint8), connectivity=8)
    boxes = [Box(*map(int, stat[:4])) for stat in found[2][1:]]
    return [
        box
        for box in boxes
        if box.width >= _EXTRA * size.width
        and box.height >= _EXTRA * size.height
        and content[box.y : box.bottom, box.x : box.right].mean() >= _EXTRA_FILL
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


def left_over(look: Look, reading: Reading, boxes: Sequence[Box]) -> Pixels:
    """Return 1 where something lies that no box holds."""
    rest = np.maximum(reading.mask, _dense(look.writing) & (1 - reading.beside))
    for box in boxes:
        rest[max(0, box.y - 3) : box.bottom + 3, max(0, box.x - 3) : box.right + 3] = 0
    return np.asarray(rest, dtype=np.uint8)


def _dense(writing: Pixels) -> Pixels:
    return np.asarray(cv2.morphologyEx(writing, cv2.MORPH_OPEN, np.ones((2, 3), np.uint8)))
