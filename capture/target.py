"""Whether a frame of film is a resolution target: groups of even bars in falling widths.

Nothing else on a chart has three groups of five or more bars as wide as the spaces between
them, each group finer than the other. A page wrongly called a target would never be read, so
whatever is not clearly that is no target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ink import ink_mask, looked_at, marks_of
from .model import Pixels

_FEWEST_BARS = 5
_MOST_BARS = 3000
_FEWEST_GROUPS = 3
_FINER = 1.15
_RANGE = 1.7
_SOLID = 0.8
_SLENDER = 2.0
_SHORTEST = 10  # pixels
_THINNEST = 2
_DUTY = (0.3, 0.7)
_EVEN = 0.12
_ROOM = 2.5  # pitches: a group of a target stands apart by more
_MOST_LETTERS = 150

Sides = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar as it stands beside others: where it is across, how wide, where it is along."""

    at: float
    wide: float
    start: float
    long: float


def is_target(pixels: Pixels) -> bool:
    """Return whether a page (dark on light) is surely a resolution target."""
    small, _ = looked_at(pixels)
    marks = marks_of(ink_mask(small))
    solid = marks.area >= _SOLID * marks.width * marks.height
    upright = _bars(marks.x, marks.width, marks.y, marks.height, solid)
    lying = _bars(marks.y, marks.height, marks.x, marks.width, solid)
    groups = [group for bars in (upright, lying) for group in _groups(bars)]
    letters = int(marks.letters.sum()) - sum(map(len, groups))
    return letters <= _MOST_LETTERS and _falling([group[0].wide for group in groups])


def _falling(widths: list[float]) -> bool:
    """Return whether these are enough different widths, over enough of a range."""
    steps: list[float] = []
    for width in sorted(widths):
        if not steps or width >= _FINER * steps[-1]:
            steps.append(width)
    return len(steps) >= _FEWEST_GROUPS and steps[-1] >= _RANGE * steps[0]


def _bars(
    at: NDArray[np.int32],
    wide: NDArray[np.int32],
    start: NDArray[np.int32],
    long: NDArray[np.int32],
    solid: NDArray[np.bool_],
) -> list[_Bar]:
    bar = solid & (long >= _SLENDER * wide) & (long >= _SHORTEST) & (wide >= _THINNEST)
    found = np.flatnonzero(bar)
    if len(found) > _MOST_BARS:
        return []
    order = found[np.argsort(at[found], kind="stable")]
    return [
        _Bar(float(at[i] + wide[i] / 2), float(wide[i]), float(start[i]), float(long[i]))
        for i in order
    ]


def _groups(bars: list[_Bar]) -> list[list[_Bar]]:
    """Return the runs of equal bars at equal distances, each bar in one at most."""
    groups: list[list[_Bar]] = []
    free = list(bars)
    while len(free) >= _FEWEST_BARS:
        group = [free.pop(0)]
        for bar in free:
            if bar.at - group[-1].at > _pitch(group) * (1 + _EVEN) + 1:
                break
            if _continues(group, bar):
                group.append(bar)
        free = [bar for bar in free if bar not in group[1:]]
        if len(group) >= _FEWEST_BARS and not _among_others(group, bars):
            groups.append(group)
    return groups


def _among_others(group: list[_Bar], bars: list[_Bar]) -> bool:
    """Return whether the row goes on with other bars: a barcode, which has even runs by chance."""
    first, last = group[0], group[-1]
    room = _ROOM * _pitch(group)
    beside = [bar for bar in bars if first.at - room <= bar.at <= last.at + room]
    return sum(_level(first, bar) for bar in beside) > len(group)


def _level(one: _Bar, other: _Bar) -> bool:
    slack = 1 + _EVEN * one.long
    return abs(one.start - other.start) <= slack and abs(one.long - other.long) <= slack


def _pitch(group: list[_Bar]) -> float:
    """Return the distance of bars of a group, at most what the duty of a lone one allows."""
    if len(group) == 1:
        return group[0].wide / _DUTY[0]
    return (group[-1].at - group[0].at) / (len(group) - 1)


def _continues(group: list[_Bar], bar: _Bar) -> bool:
    """Return whether ``bar`` is the next of its group: as wide, as long, level, at its place."""
    last = group[-1]
    alike = _level(last, bar) and abs(bar.wide - last.wide) <= 1 + _EVEN * last.wide
    step = bar.at - last.at
    if len(group) == 1:
        return alike and last.wide / _DUTY[1] <= step <= last.wide / _DUTY[0]
    return alike and abs(step - _pitch(group)) <= 1 + _EVEN * _pitch(group)
