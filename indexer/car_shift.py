"""Where an old film index runs out of step with the film, because a frame was lost or is new."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_FARTHEST = 3
_AROUND = 3
"""Frames looked at on either side that bear a number and have a row."""
_MISMATCH, _UNKNOWN, _STEP = 1.0, 0.5, 2.5


@dataclass(frozen=True, slots=True)
class Shift:
    """From a frame on, pages agree with what the index says of another."""

    frame: int
    """The first frame that the index names wrongly, counted from 1."""
    by: int
    """How many frames later the index has it; below 0 for earlier."""
    since: int
    """The first frame that may be named wrongly already: what was read before it is in step."""


def shifts(read: Sequence[str], indexed: Sequence[str]) -> tuple[Shift, ...]:
    """Return where the index gets out of step, by the record numbers read and indexed.

    Both have one number for each frame of the film in order, empty where none is known. The
    alignment with the fewest disagreements is sought, each change of step costing as much as
    two and a half of them (Viterbi 1967), so that a misread number makes none.
    """
    steps = range(-_FARTHEST, _FARTHEST + 1)
    path = _cheapest(read, indexed, steps)
    found: list[Shift] = []
    step = 0
    for at, now in enumerate(path):
        if now != step and _cost(read, indexed, at, step):
            found.append(Shift(at + 1, now, _since(read, indexed, at, (step, now))))
            step = now
    return tuple(found)


def _since(read: Sequence[str], indexed: Sequence[str], at: int, steps: tuple[int, int]) -> int:
    """Return the frame after the last that agrees with the old step and not with the new."""
    old, new = steps
    while at and not _cost(read, indexed, at - 1, new) > _cost(read, indexed, at - 1, old):
        at -= 1
    return at + 1


def out_of_step(read: Sequence[str], indexed: Sequence[str]) -> frozenset[int]:
    """Return the frames, from 1, around which half of what was read speaks against the index."""
    known = [at for at, number in enumerate(read) if number and indexed[at]]
    against = [read[at] != indexed[at] for at in known]
    found: set[int] = set()
    for at in range(len(read)):
        next_ = bisect_left(known, at)
        around = against[max(0, next_ - _AROUND) : next_ + _AROUND]
        if sum(around) >= _AROUND:
            found.add(at + 1)
    return frozenset(found)


def _cheapest(read: Sequence[str], indexed: Sequence[str], steps: range) -> list[int]:
    costs = [0.0 if step == 0 else _STEP for step in steps]
    came: list[list[int]] = []
    for at in range(len(read)):
        least = min(range(len(steps)), key=costs.__getitem__)
        before = [n if costs[n] <= costs[least] + _STEP else least for n in range(len(steps))]
        costs = [
            min(costs[n], costs[least] + _STEP) + _cost(read, indexed, at, step)
            for n, step in enumerate(steps)
        ]
        came.append(before)
    return _traced(costs, came, steps)


def _traced(costs: Sequence[float], came: Sequence[Sequence[int]], steps: range) -> list[int]:
    # In step when nothing speaks against it: a tie is no reason to suspect the index.
    now = min(range(len(steps)), key=lambda n: (costs[n], abs(steps[n])))
    path: list[int] = []
    for before in reversed(came):
        path.append(steps[now])
        now = before[now]
    return path[::-1]


def _cost(read: Sequence[str], indexed: Sequence[str], at: int, step: int) -> float:
    if not read[at]:
        return 0.0
    there = indexed[at + step] if 0 <= at + step < len(indexed) else ""
    if not there:
        return _UNKNOWN
    return 0.0 if there == read[at] else _MISMATCH
