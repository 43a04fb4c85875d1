"""Whether exposures lie side by side on a roll, and in which order they were made then.

Film with two lanes has unexposed film between them, all along its middle: as straight as the
camera made it and of the tone of the gaps. The fold of a bound book is none of that: its shade is
smooth, moves from page to page, and is not what lies between exposures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capture.model import Box, FilmFrame, FilmLayout, Pixels

_MIDDLE = 0.3, 0.7  # of the width: where the gutter is looked for
_EVERY = 4  # lines that are looked at together
_CHUNK = 3.0  # widths of the film over which its tone hardly drifts
_STEADY = 0.9
"""Share of lines on which a column of the gutter has one tone: corners of skewed pages reach in,
dust falls in."""
_NARROWEST = 0.005  # of the width
_BESIDE = 0.012, 0.05  # of the width, from the gutter: where lanes show their edges
_LEAST_STEP = 5.0  # grey levels
_GRAINS = 3.0
_CLOSED = 0.3
"""Share of lines on which at least one lane must stand out beside the gutter."""
_BOTH = 0.15
_OPEN = 0.01
_WIDE = 0.6  # of the width of the film: what is narrower is no pair
_MOST_PARTED = 0.6
_TRIM = 0.1  # of the length: corners of skewed pages
_LIKE, _MOSTLY = 0.3, 0.85
_AROUND = 3, 7  # lines of the look
_REACH = 0.15
_NOWHERE = Box(0, 0, 0, 0)
_ALIGNED, _PAIRED = 0.8, 0.3
_NEAR = 0.1  # of a frame's length: ends of front and back may differ so far
_SAME_ROW = 0.5

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gutter:
    """Unexposed film between two lanes, in columns of the look."""

    left: int
    right: int

    @property
    def middle(self) -> int:
        """Where the lanes part."""
        return (self.left + self.right) // 2


def gutter_of(look: Pixels) -> Gutter | None:
    """Return the gutter between two lanes of a stretch of film; None where it has one lane."""
    tones = _thinned(look)
    width = tones.shape[1]
    if len(tones) < 8:
        return None
    ground = _chunk_medians(tones, max(8, round(_CHUNK * width / _EVERY)))
    off = np.abs(tones - ground)
    tolerance = max(_LEAST_STEP, _GRAINS * 1.48 * _grain(tones))
    steady = (off <= tolerance).mean(axis=0) >= _STEADY
    first, last = (round(part * width) for part in _MIDDLE)
    runs = _runs(steady, first, last)
    found = [
        run
        for run in runs
        if run.right - run.left >= max(2, _NARROWEST * width)
        and _has_lanes(tones, ground, run, tolerance)
    ]
    return max(found, key=lambda run: run.right - run.left, default=None)


def _thinned(look: Pixels) -> Floats:
    count = len(look) // _EVERY
    cells = look[: count * _EVERY].reshape(count, _EVERY, look.shape[1])
    return np.asarray(cells.mean(axis=1), dtype=np.float32)


def _chunk_medians(tones: Floats, span: int) -> Floats:
    """Return the usual tone of every column around every line."""
    edges = np.unique(np.linspace(0, len(tones), max(1, len(tones) // span) + 1).astype(int))
    medians = np.stack([np.median(tones[top:end], axis=0) for top, end in pairwise(edges)])
    places = (edges[:-1] + edges[1:] - 1) / 2
    at = np.clip(np.searchsorted(places, np.arange(len(tones))), 1, max(1, len(places) - 1))
    if len(places) == 1:
        return np.broadcast_to(medians, tones.shape).astype(np.float32)
    share = (np.arange(len(tones)) - places[at - 1]) / (places[at] - places[at - 1])
    share = np.clip(share, 0.0, 1.0)[:, None]
    return np.asarray(medians[at - 1] * (1 - share) + medians[at] * share, dtype=np.float32)


def _grain(tones: Floats) -> float:
    """Return the noise of lines that follow each other on plain film."""
    return float(np.median(np.abs(np.diff(tones, axis=0)))) / 1.41


def _runs(flags: NDArray[np.bool_], first: int, last: int) -> list[Gutter]:
    inside = np.concatenate(([False], flags[first:last], [False])).astype(np.int8)
    edges = first + np.flatnonzero(np.diff(inside))
    return [Gutter(int(left), int(right)) for left, right in edges.reshape(-1, 2)]


def _has_lanes(tones: Floats, ground: Floats, gutter: Gutter, tolerance: float) -> bool:
    """Return whether exposures stand on both sides of a steady run of columns.

    Between exposures the film must have the tone of the gutter.
    """
    near, far = (max(1, round(part * tones.shape[1])) for part in _BESIDE)
    middle = np.median(tones[:, gutter.left : gutter.right], axis=1)
    left = tones[:, max(0, gutter.left - far) : gutter.left - near].mean(axis=1) - middle
    right = tones[:, gutter.right + near : gutter.right + far].mean(axis=1) - middle
    on_left, on_right = np.abs(left) > tolerance, np.abs(right) > tolerance
    closed, opened = on_left | on_right, ~on_left & ~on_right
    if closed.mean() < _CLOSED or min(on_left.mean(), on_right.mean()) < _BOTH:
        return False
    shade = middle - np.median(ground[:, gutter.left : gutter.right], axis=1)
    if opened.mean() < _OPEN:
        return True
    apart = abs(float(np.median(shade[opened])) - float(np.median(shade[closed])))
    return apart <= tolerance


def halves_of(look: Pixels, boxes: Sequence[Box]) -> list[tuple[Box, ...]]:
    """Return each exposure as one box, or as front and back if the film shows that it is duplex.

    It is when most exposures have unexposed film down their middle. Boxes are in pixels of
    ``look``; the halves are in the order of their lanes, and one that stands alone is in the
    lane where it stands: the other is empty then.
    """
    wide = [box for box in boxes if box.width > _WIDE * look.shape[1]]
    found = {box: _own_gutter(look, box) for box in wide}
    gutters = [gutter for gutter in found.values() if gutter is not None]
    if not gutters or len(gutters) < _MOST_PARTED * len(wide):
        return []
    usual = round(float(np.median([gutter.middle for gutter in gutters])))
    return [_parted(box, found.get(box), usual) for box in boxes]


def _parted(box: Box, gutter: Gutter | None, usual: int) -> tuple[Box, ...]:
    if gutter is None and (box.right <= usual + _REACH * box.width):
        return (box,)
    if gutter is None and box.x >= usual - _REACH * box.width:
        return (_NOWHERE, box)
    left, right = (gutter.left, gutter.right) if gutter else (usual, usual)
    return (
        replace(box, width=left - box.x),
        replace(box, x=right, width=box.right - right),
    )


def _own_gutter(look: Pixels, box: Box) -> Gutter | None:
    """Return the unexposed film down the middle of an exposure; None where there is none."""
    bare = _tone_around(look, box)
    first, last = (box.x + round(part * box.width) for part in _MIDDLE)
    trim = round(_TRIM * box.height)
    inside = look[box.y + trim : box.bottom - trim, box.x : box.right].astype(np.float32)
    if bare is None or not inside.size:
        return None
    paper = np.median(inside, axis=0)
    contrasts = [float(np.median(half)) for half in np.array_split(np.abs(paper - bare), 2)]
    tolerance = max(_LEAST_STEP, _LIKE * min(contrasts))
    like = (np.abs(inside - bare) <= tolerance).mean(axis=0) >= _MOSTLY
    runs = _runs(like, first - box.x, last - box.x)
    least = max(2, _NARROWEST * look.shape[1])
    edge = max(2, round(_BESIDE[0] * look.shape[1]))
    off = np.abs(paper - bare) > 2 * tolerance

    def is_edged(run: Gutter) -> bool:
        beside = off[max(0, run.left - edge) : run.left], off[run.right : run.right + edge]
        return all(side.any() for side in beside)

    found = [run for run in runs if run.right - run.left >= least and is_edged(run)]
    best = max(found, key=lambda run: run.right - run.left, default=None)
    return Gutter(box.x + best.left, box.x + best.right) if best is not None else None


def _tone_around(look: Pixels, box: Box) -> float | None:
    """Return the tone of the film just before and after an exposure; None where it is not even."""
    near, far = _AROUND
    columns = slice(box.x + box.width // 4, box.right - box.width // 4)
    rows = [
        look[max(0, box.y - far) : max(0, box.y - near), columns],
        look[box.bottom + near : box.bottom + far, columns],
    ]
    even = [
        float(np.median(part))
        for part in rows
        if part.size and float(np.std(part)) < max(_LEAST_STEP, 0.1 * float(np.mean(part)))
    ]
    return float(np.mean(even)) if even else None


def layout_of(frames: Sequence[FilmFrame]) -> FilmLayout:
    """Return how a roll was exposed by where its frames lie: fronts and backs are in line."""
    lanes = _by_lane(frames)
    if not lanes[1] or not lanes[0]:
        return FilmLayout.SIMPLEX if not lanes[1] else FilmLayout.DUO
    pairs = [
        (one, other)
        for one, at in zip(lanes[0], _nearest(lanes[0], lanes[1]), strict=True)
        if (other := lanes[1][at]).box.row_overlap(one.box) > 0
    ]
    aligned = sum(_is_aligned(one.box, other.box) for one, other in pairs)
    few = min(len(lanes[0]), len(lanes[1]))
    in_line = aligned >= max(1.0, _ALIGNED * len(pairs), _PAIRED * few)
    return FilmLayout.DUPLEX if in_line else FilmLayout.DUO


def _by_lane(frames: Iterable[FilmFrame]) -> tuple[list[FilmFrame], list[FilmFrame]]:
    ordered = sorted(frames, key=lambda frame: (frame.box.y, frame.box.x))
    return [one for one in ordered if one.lane == 1], [one for one in ordered if one.lane == 2]


def _middle(frame: FilmFrame) -> float:
    return frame.box.y + frame.box.height / 2


def _nearest(frames: Sequence[FilmFrame], others: Sequence[FilmFrame]) -> list[int]:
    """Return which of ``others`` lies nearest along the film, for each of ``frames``."""
    places = np.array([_middle(other) for other in others])
    return [int(np.argmin(np.abs(places - _middle(frame)))) for frame in frames]


def _is_aligned(one: Box, other: Box) -> bool:
    near = _NEAR * max(one.height, other.height)
    middles = abs((one.y + one.bottom) - (other.y + other.bottom)) / 2
    return middles <= near


def in_order(frames: Sequence[FilmFrame], layout: FilmLayout) -> tuple[FilmFrame, ...]:
    """Return frames as they were exposed.

    Duplex: front and back, by their place along the film. Duo: down the left lane, and back up
    the right one.
    """
    first, second = _by_lane(frames)
    if layout is FilmLayout.DUO:
        return (*first, *reversed(second))
    if layout is FilmLayout.SIMPLEX or not second:
        return tuple(sorted((*first, *second), key=lambda frame: (frame.box.y, frame.box.x)))
    fronts = {id(frame): _middle(frame) for frame in first}
    for back in second:
        row = next((one for one in first if _is_row(one.box, back.box)), None)
        fronts[id(back)] = _middle(back if row is None else row)
    return tuple(sorted((*first, *second), key=lambda one: (fronts[id(one)], one.lane)))


def _is_row(front: Box, back: Box) -> bool:
    return front.row_overlap(back) > _SAME_ROW


def with_missing_halves(frames: Sequence[FilmFrame]) -> tuple[FilmFrame, ...]:
    """Return the frames of duplex film, two for every exposure.

    Where nothing stands in one half, its frame lies where the others of that lane do.
    """
    lanes = _by_lane(frames)
    added = []
    for lane, other in ((1, 2), (2, 1)):
        here, there = lanes[lane - 1], lanes[other - 1]
        if not here:
            continue
        left = round(float(np.median([one.box.x for one in here])))
        wide = round(float(np.median([one.box.width for one in here])))
        rows = _nearest(there, here)
        for frame, at in zip(there, rows, strict=True):
            if frame.box.row_overlap(here[at].box) > 0.2:
                continue
            box = Box(left, frame.box.y, wide, frame.box.height)
            reason = "nothing stands in this half of a duplex exposure"
            added.append(replace(frame, box=box, lane=lane, confidence=0.4, reason=reason))
    return (*frames, *added)
