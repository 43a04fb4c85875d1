"""Image marks (blips) on roll film, as they show on its small look.

A reader of roll film counts marks: small, medium and large rectangles along one edge of the film
or both, exposed together with the frames. Here they are found by what no frame, letter, scratch
or speck is: short along the film, solid, with corners, in the outer part of the film.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

_SIDE = 0.28
"""Of the width of the film, on each side, where marks are looked for."""
_LONG = 0.3
"""Of the width: what is longer along the film is no mark, but film, frame or scratch."""
_SIZES = 0.02, 0.26
"""Of the width: the least and the largest side of a mark; 0.8 mm of 35 mm, 3 mm of 16 mm scanned
no wider than its images and marks."""
_THICK = 0.016, 0.045
"""Of the width: what is thinner falls off, as specks do, and then print that touches a mark."""
_ROOMY, _FULL = 1.2, 0.6
_SLENDER = 4.5
_LEVELS = 55.0, 22.0, 9.0
"""Grey levels above the film at which shapes are taken: of clear marks, worn ones, faded ones."""
_CLOSED = 1, 5
"""Along and across: a scratch through a mark is narrower than that on the look."""
_SOLID = 0.84
_HALF = 0.5
_CORNER, _CORNER_FULL, _CORNERS = 0.2, 0.35, 3
"""The share of a side that is its corner, how full that must be, and of how many: a punched hole
is round."""
_UNEVEN = 0.25
"""Of its contrast, by which a mark may vary within: letters that run together do by more."""
_EVEN, _PLAIN = 0.12, 0.95
"""So even and so full is nothing but a mark, whatever touches it."""
_LONE = 0.03
"""Of the width: that far above and below a mark there is none of what it is made of."""
_QUIET = 0.3
_EDGE = 0.7
"""As full as that is a line of a mark: print and dust that touch it are less."""
_NEAR = 0.3
_NARROWING, _ROUND = (0.9, 0.35), 0.6
_FEWEST, _PAD = 3, 3
_REACH = 0.5
"""Of the width: what is farther along the film than that from a mark has no part in it."""

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Run = tuple[int, int]
"""First line or column, and the first after."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A solid rectangle near an edge of the film, which may be an image mark."""

    box: Box
    """All of it, in whole pixels."""
    across: float
    """Width in pixels, told from the sum of its tone, so finer than a pixel."""
    along: float
    """Height in pixels, likewise."""
    middle: tuple[float, float]
    """Its middle, across and along, finer than a pixel."""
    contrast: float
    """Grey levels from the film around it: above 0 for a mark that is lighter."""
    solid: float
    """Share of the rectangle that is filled, 0.0 to 1.0."""

    def moved(self, factor: float, down: float = 0.0) -> Mark:
        """Return the mark on a picture ``factor`` times as large that starts ``down`` before."""
        x, y = (factor * at for at in self.middle)
        wide, high = factor * self.across, factor * self.along
        box = self.box.scaled(factor)
        return Mark(
            Box(box.x, box.y + round(down), box.width, box.height),
            wide,
            high,
            (x, y + down),
            self.contrast,
            self.solid,
        )


def find_marks(look: Pixels) -> tuple[Mark, ...]:
    """Return what may be image marks on a look at film that runs down, in order along it.

    ``look`` is grey, 240 pixels across or so, shrunk by area: then a mark keeps the sum of its
    tone, and its size is told to a part of a pixel. Marks that the first or last line cuts are
    left out: stretches of film overlap.
    """
    width = look.shape[1]
    side = round(_SIDE * width)
    if look.shape[0] < round(_LONG * width) or side < 8:
        return ()
    found = [
        mark if not mirrored else _mirrored(mark, width)
        for tones, mirrored in ((look[:, :side], False), (look[:, : -side - 1 : -1], True))
        for light in (True, False)
        for mark in _on_side(np.ascontiguousarray(tones), width, light=light)
    ]
    return tuple(sorted(found, key=lambda mark: (mark.box.y, mark.box.x)))


def marks_along(blocks: Iterable[tuple[int, Pixels]]) -> Iterator[Mark]:
    """Yield the marks of a look that comes in blocks, each with the line at which it starts.

    The same as of the whole look at once, wherever it is cut: what the end of a block cuts is
    looked at again with the next.
    """
    start, held = 0, np.zeros((0, 0), np.uint8)
    done = 0.0
    for at, block in blocks:
        held = np.concatenate((held, block)) if len(held) else block
        start = start if len(held) > len(block) else at
        sure = start + len(held) - _REACH * held.shape[1]
        for mark in find_marks(held):
            if done <= start + mark.middle[1] < sure:
                yield mark.moved(1.0, start)
        kept = min(len(held), round(2 * _REACH * held.shape[1]))
        done, start, held = max(done, sure), start + len(held) - kept, held[len(held) - kept :]
    if len(held):
        found = (mark.moved(1.0, start) for mark in find_marks(held))
        yield from (mark for mark in found if mark.middle[1] >= done)


def _mirrored(mark: Mark, width: int) -> Mark:
    box = mark.box
    return Mark(
        Box(width - box.right, box.y, box.width, box.height),
        mark.across,
        mark.along,
        (width - mark.middle[0], mark.middle[1]),
        mark.contrast,
        mark.solid,
    )


def _on_side(tones: Pixels, width: int, *, light: bool) -> list[Mark]:
    """Return the marks on one side of the film, the edge of the film on the left."""
    over = _short(tones if light else 255 - tones, width)
    best: list[Mark] = []
    for level in _LEVELS:
        for box in _shapes(over, level, width):
            mark = None if _is_known(best, box) else _mark(over, box, width)
            if mark is not None:
                _keep(best, mark)
    return [mark if light else _darker(mark) for mark in best]


def _darker(mark: Mark) -> Mark:
    return Mark(mark.box, mark.across, mark.along, mark.middle, -mark.contrast, mark.solid)


def _short(tones: Pixels, width: int) -> Floats:
    """Return by how much what is short along the film is lighter than the film there.

    Column by column: so a mark that touches a frame on its side parts from it.
    """
    # Beyond the edge of the film lies more of its edge, and no mirrored mark.
    wide = cv2.copyMakeBorder(tones, 0, 0, _PAD, 0, cv2.BORDER_REPLICATE)
    soft = cv2.blur(wide, (3, 3), borderType=cv2.BORDER_REPLICATE)
    tall = np.ones((round(_LONG * width), 1), np.uint8)
    over = cv2.morphologyEx(soft, cv2.MORPH_TOPHAT, tall)
    closed = cv2.morphologyEx(over, cv2.MORPH_CLOSE, np.ones(_CLOSED, np.uint8))
    return np.ascontiguousarray(closed[:, _PAD:], dtype=np.float32)


def _shapes(over: Floats, level: float, width: int) -> Iterator[Box]:
    """Yield the boxes of shapes of the size of marks that stand out by ``level``."""
    least, most = (share * width for share in _SIZES)
    mask = (over > level).astype(np.uint8)
    length, side = mask.shape
    for share in _THICK:
        thick = np.ones((max(2, int(share * width)),) * 2, np.uint8)
        solid = cv2.morphologyEx(mask, cv2.MORPH_OPEN, thick)
        _, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        for x, y, wide, high, area in stats[1:].tolist():
            fits = least <= wide <= _ROOMY * most and least <= high <= _ROOMY * most
            whole = x + wide < side and y > 0 and y + high < length
            if fits and whole and area >= _FULL * wide * high:
                yield Box(x, y, wide, high)


def _mark(over: Floats, box: Box, width: int) -> Mark | None:
    """Return the mark in ``box``, cut where it is half as strong as within; None if it is none."""
    top, left = max(0, box.y - _PAD), max(0, box.x - _PAD)
    part = over[top : box.bottom + _PAD, left : box.right + _PAD]
    strength = float(np.percentile(over[box.y : box.bottom, box.x : box.right], 75))
    full = part > _HALF * strength
    rows = _extent(full.sum(axis=1), _EDGE)
    columns = _extent(full[slice(*rows)].sum(axis=0), _EDGE)
    inner = full[slice(*rows), slice(*columns)]
    if (
        min(inner.shape) < _FEWEST
        or not _is_rectangle(inner)
        or _is_round(_around(full, rows, columns))
    ):
        return None
    body = part[_core(rows, 6), _core(columns, 6)]
    found = Box(left + columns[0], top + rows[0], columns[1] - columns[0], rows[1] - rows[0])
    uneven = float(body.std()) / strength
    plain = (
        uneven <= _EVEN and float(inner.mean()) >= _PLAIN and min(inner.shape) >= _THICK[1] * width
    )
    if uneven > _UNEVEN or not (plain or _is_alone(over, found, strength, width)):
        return None
    share = np.clip(part / strength, 0.0, 1.0)
    x, across = _measured(np.median(share[_core(rows)], axis=0), columns)
    y, along = _measured(np.median(share[:, _core(columns)], axis=1), rows)
    if not _is_size_of_mark(across, along, width):
        return None
    return Mark(found, across, along, (left + x, top + y), strength, float(inner.mean()))


def _is_alone(over: Floats, box: Box, strength: float, width: int) -> bool:
    """Return whether nothing stands right above and below: letters stand in lines."""
    far = max(3, round(_LONE * width))
    above = over[max(0, box.y - 2 - far) : max(0, box.y - 2), box.x : box.right]
    below = over[box.bottom + 2 : box.bottom + 2 + far, box.x : box.right]
    return all(
        float((part > _QUIET * strength).mean()) < _QUIET for part in (above, below) if part.size
    )


def _is_size_of_mark(across: float, along: float, width: int) -> bool:
    least, most = (share * width for share in _SIZES)
    long, short = max(across, along), min(across, along)
    return least <= short and long <= most and long <= _SLENDER * short


def _extent(counts: NDArray[np.int64], share: float) -> Run:
    """Return from where to where a profile is ``share`` as full as at its fullest."""
    usual = float(np.percentile(counts, 80))
    full = np.flatnonzero(counts >= share * max(1.0, usual))
    return (int(full[0]), int(full[-1]) + 1) if full.size else (0, 0)


def _around(full: Flags, rows: Run, columns: Run) -> Flags:
    """Return a shape and a little around it, without what may touch it farther off."""
    spare = [round(_NEAR * (stop - start)) for start, stop in (rows, columns)]
    top, left = max(0, rows[0] - spare[0]), max(0, columns[0] - spare[1])
    return full[top : rows[1] + spare[0], left : columns[1] + spare[1]]


def _is_round(full: Flags) -> bool:
    """Return whether a shape narrows towards its ends on all sides: a punched hole."""
    shares = []
    for counts in (full.sum(axis=0), full.sum(axis=1)):
        high, low = (np.flatnonzero(counts >= share * counts.max()) for share in _NARROWING)
        shares.append(int(np.ptp(high) + 1) / int(np.ptp(low) + 1))
    return max(shares) < _ROUND


def _core(run: Run, part: int = 4) -> slice:
    spare = min((run[1] - run[0]) // 2 - 1, max(2, (run[1] - run[0]) // part))
    return slice(run[0] + spare, run[1] - spare)


def _measured(profile: Floats, run: Run) -> tuple[float, float]:
    """Return the middle and the length of what stands out along ``profile``, in parts of a pixel.

    The sum of a profile over its plateau is its length, wherever the grid of pixels fell.
    """
    start, stop = max(0, run[0] - 2), run[1] + 2
    inside = profile[start:stop]
    plateau = float(np.median(profile[run[0] : run[1]]))
    if plateau <= 0:
        return 0.0, 0.0
    weights = np.minimum(inside / plateau, 1.0)
    # What is weak is grain, not the edge of the mark.
    weights = np.where(weights < 0.15, 0.0, weights)
    total = float(weights.sum())
    middle = float((weights * (np.arange(start, start + len(weights)) + 0.5)).sum()) / total
    return middle, total


def _is_rectangle(inner: Flags) -> bool:
    if float(inner.mean()) < _SOLID:
        return False
    high, wide = (max(2, round(_CORNER * side)) for side in inner.shape)
    corners = (
        inner[:high, :wide],
        inner[:high, -wide:],
        inner[-high:, :wide],
        inner[-high:, -wide:],
    )
    return sum(float(corner.mean()) >= _CORNER_FULL for corner in corners) >= _CORNERS


def _is_known(best: list[Mark], box: Box) -> bool:
    """Return whether there is a mark already that is as full as can be: nearly all look again."""
    return any(mark.solid >= _PLAIN and mark.box.overlap(box) > _HALF for mark in best)


def _keep(best: list[Mark], mark: Mark) -> None:
    """Add ``mark``; of two in one place the more solid one stays."""
    for at, other in enumerate(best):
        if other.box.overlap(mark.box) > _HALF:
            if mark.solid > other.solid:
                best[at] = mark
            return
    best.append(mark)
