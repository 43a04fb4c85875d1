"""Edges of frames too faint to stand out alone: they add up along the lattice of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ink_marks import Marks
from .lattice import Lattice, Profile

_EDGE_REACH, _EDGE_SURE = 0.17, 5.0
_INSET = 0.008
_FINER, _BLANK_EDGE = 0.015, 3.0
_AGAINST, _FEW_AGAINST = 4.0, 0.2
_MEETING, _MEET_SURE, _OUT = 0.12, 2.5, 0.05


@dataclass(frozen=True, slots=True)
class Edges:
    """Where frames begin after their seam and end after the next one."""

    begin: int
    end: int
    way: float
    """1.0 where frames are lighter than the ground, else -1.0."""


def edges_along(
    step: Profile, places: Sequence[int], rough: Lattice
) -> tuple[Lattice, Edges | None]:
    """Return the lattice made finer by edges, and where those are.

    None where edges are too faint even together. Each is told by the mean of all.
    """
    best: tuple[float, Lattice, Edges | None] = (0.0, rough, None)
    middle = float(np.mean(places))
    for pitch in rough.pitch * np.arange(1 - _FINER, 1 + _FINER, 0.002):
        lattice = Lattice(
            float(pitch), rough.start(0) + middle * (rough.pitch - pitch), rough.score
        )
        sure, edges = _edges_on(step, places, lattice)
        best = max(best, (sure, lattice, edges), key=lambda found: found[0])
    return best[1:] if best[0] * np.sqrt(len(places)) >= _EDGE_SURE else (rough, None)


def _edges_on(step: Profile, places: Sequence[int], lattice: Lattice) -> tuple[float, Edges | None]:
    reach = round(_EDGE_REACH * lattice.pitch)
    offsets = np.arange(-reach, reach + 1)

    def rises(shift: int) -> Profile:
        seams = lattice.phase + lattice.pitch * (np.asarray(places) + shift)
        at = np.rint(seams[:, None] + offsets).astype(int)
        held = (at >= 0) & (at < len(step))
        return np.where(held, step[np.clip(at, 0, len(step) - 1)], 0.0)

    begin, end = rises(0), rises(1)
    apart = max((_apart(begin, end, way) for way in (1.0, -1.0)), key=lambda found: found[0])
    touch = _touching(begin, end)
    sure, first, last, way = max(apart, touch, key=lambda found: found[0])
    return sure, Edges(int(offsets[first]), int(offsets[last]), way) if sure > 0 else None


def _apart(begin: Profile, end: Profile, way: float) -> tuple[float, int, int, float]:
    """Return how surely frames have ground between, and where they begin and end."""
    first = int(np.argmax(way * begin.mean(axis=0)))
    last = int(np.argmax(-way * end.mean(axis=0)))
    starts, ends = way * begin[:, first], -way * end[:, last]
    against = max(float((starts < -_AGAINST).mean()), float((ends < -_AGAINST).mean()))
    if first <= last or against > _FEW_AGAINST:
        return 0.0, 0, 0, way
    return min(float(starts.mean()), float(ends.mean())), first, last, way


def _touching(begin: Profile, end: Profile) -> tuple[float, int, int, float]:
    """Return how surely frames meet without ground between, and where; 0.0 if that is chance."""
    both = np.abs(np.vstack([begin, end]))
    mean = both.mean(axis=0)
    reach = round(_MEETING * len(mean))
    middle = slice(len(mean) // 2 - reach, len(mean) // 2 + reach + 1)
    at = middle.start + int(np.argmax(mean[middle]))
    sure = float(mean[at]) - 1.5 * float(np.median(mean)) - 1.0
    return (sure, at, at, 0.0) if sure >= _MEET_SURE else (0.0, 0, 0, 0.0)


def _rise(step: Profile, way: float) -> Profile:
    return way * step if way else np.abs(step)


def sides_of(
    step: Profile, edges: Edges | None, lattice: Lattice, place: int
) -> tuple[int, int] | None:
    """Return the left and right edge of a place: its own where clear, else as all others."""
    if edges is None:
        return None
    left = round(lattice.start(place)) + edges.begin
    right = round(lattice.start(place + 1)) + edges.end
    reach = max(2, round(0.02 * lattice.pitch))
    left = _own(_rise(step, edges.way), left, reach)
    return max(0, left), _own(_rise(step, -edges.way), right, reach) + 1


def _own(rise: Profile, at: int, reach: int) -> int:
    """Return the clear edge next to a place, else the place."""
    first = max(0, at - reach)
    near = rise[first : at + reach + 1]
    if not near.size or near.max() < _EDGE_SURE:
        return at
    return first + int(np.argmax(near))


def exposed(
    step: Profile, edges: Edges | None, lattice: Lattice, written: Sequence[int]
) -> list[int]:
    """Return the written places of a row, and the blank ones between that are exposed."""
    held = set(written)
    if edges is None:
        return sorted(held)
    for place in range(min(held), max(held) + 1):
        left, right = sides_of(step, edges, lattice, place) or (0, 0)
        clear = (
            _rise(step, edges.way)[_at(step, left)],
            _rise(step, -edges.way)[_at(step, right - 1)],
        )
        if min(clear) >= _BLANK_EDGE:
            held.add(place)
    return sorted(held)


def _at(step: Profile, place: int) -> int:
    return min(max(place, 0), len(step) - 1)


def tightened(
    marks: Marks, band: tuple[int, int], stretch: tuple[int, int], edges: Edges | None
) -> tuple[int, int]:
    """Return the top and bottom edge of a row where those are clear, else its seams."""
    top, bottom = band
    pitch = bottom - top
    bare = top + round(_INSET * pitch), bottom - round(_INSET * pitch)
    if edges is None:
        return bare
    line = marks.down(*stretch)
    out, within = (
        round(_OUT * pitch),
        round(_EDGE_REACH * pitch) if edges.way else round(_OUT * pitch),
    )
    upper = _edge_near(_rise(line.step, edges.way), top - out, top + within)
    lower = _edge_near(_rise(line.step, -edges.way), bottom - within, bottom + out)
    # What is written above an edge shows that it is none of the page's.
    if upper is not None and (line.near[top:upper] <= 0).any():
        upper = None
    if lower is not None and (line.near[lower + 1 : bottom] <= 0).any():
        lower = None
    return bare[0] if upper is None else upper, bare[1] if lower is None else lower + 1


def _edge_near(rise: Profile, first: int, last: int) -> int | None:
    first, last = max(0, first), min(len(rise), last)
    if last <= first or rise[first:last].max() < _EDGE_SURE:
        return None
    return first + int(np.argmax(rise[first:last]))
