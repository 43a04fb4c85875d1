"""Whether a frame of film is a resolution target: groups of even bars in falling widths.

Nothing else on a chart has three groups of five or more bars as wide as the spaces between
them, each group finer than the other; nor square groups of five bars, some upright and some
lying, as microcopy charts have them by the dozen (NBS 1010a, ISO 3334). A page wrongly called a
target would never be read, so whatever is not clearly that is no target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capture.ink import LOOK_LENGTH, Marks, ink_mask, looked_at, marks_of
from capture.model import Box, Pixels

_FEWEST_BARS = 5
_MOST_BARS = 3000
_FEWEST_GROUPS = 3
_FINER = 1.15
_RANGE = 1.7
_SOLID, _SOLID_ASKEW = 0.8, 0.5
_SLENDER = 2.0
_SHORTEST = 10  # pixels
_THINNEST = 2
_DUTY = (0.3, 0.7)
_EVEN = 0.12
_ROOM = 2.5  # pitches: a group of a target stands apart by more
_MOST_LETTERS = 150
_OF_A_CHART = 5
"""Bars of every pattern of a microcopy chart."""
_SQUARE = (0.75, 1.45)
"""Length of its bars beside their span across."""
_FEWEST_SQUARES = 6
_MOST_ON_A_CHART = 700
"""Marks like letters: numbers, and patterns too fine to be seen as bars."""
_CLOSER = 2 * LOOK_LENGTH

Sides = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar as it stands beside others: where it is across, how wide, where it is along."""

    at: float
    wide: float
    start: float
    long: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Equal bars at equal distances."""

    bars: tuple[_Bar, ...]
    lying: bool

    def __len__(self) -> int:
        return len(self.bars)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A group of bars as wide as the spaces between them."""

    box: Box
    pitch: float
    """Pixels from bar to bar: a line pair."""
    bars: int
    lying: bool
    """Its bars run across the page."""

    @property
    def square(self) -> bool:
        """Whether it is one of a microcopy chart: five bars about as long as they span."""
        across, along = self.box.width, self.box.height
        ratio = across / along if self.lying else along / across
        return self.bars == _OF_A_CHART and _SQUARE[0] <= ratio <= _SQUARE[1]


def is_target(pixels: Pixels) -> bool:
    """Return whether a page (dark on light) is surely a resolution target."""
    small, _ = looked_at(pixels)
    marks = marks_of(ink_mask(small))
    groups = _grouped(marks, _SOLID)
    letters = int(marks.letters.sum())
    if letters - sum(map(len, groups)) <= _MOST_LETTERS and _falling(groups):
        return True
    return letters <= _MOST_ON_A_CHART and _has_charts(pixels, _patterns(marks))


def _has_charts(pixels: Pixels, patterns: list[Pattern]) -> bool:
    """Return whether there are microcopy charts, looked for closer where one may be."""
    if _is_chart(patterns):
        return True
    return any(pattern.square for pattern in patterns) and _is_chart(
        list(patterns_of(pixels, _CLOSER))
    )


def patterns_of(pixels: Pixels, length: int = LOOK_LENGTH) -> tuple[Pattern, ...]:
    """Return the groups of bars of a page (dark on light), in pixels of the page.

    Only those that stand as separate bars on a picture ``length`` long are found.
    """
    small, factor = looked_at(pixels, length)
    found = _patterns(marks_of(ink_mask(small)))
    return tuple(_scaled(pattern, 1 / factor) for pattern in found)


def _is_chart(patterns: list[Pattern]) -> bool:
    """Return whether there are patterns of microcopy charts: both ways, of several sizes."""
    square = [pattern for pattern in patterns if pattern.square]
    lying = sum(pattern.lying for pattern in square)
    if len(square) < _FEWEST_SQUARES or not 2 <= lying <= len(square) - 2:
        return False
    sizes = [pattern.pitch for pattern in square]
    return max(sizes) >= _FINER * min(sizes)


def _patterns(marks: Marks) -> list[Pattern]:
    # A bar that is a little askew fills much less of its box.
    return [_pattern(group) for group in _grouped(marks, _SOLID_ASKEW)]


def _grouped(marks: Marks, solidity: float) -> list[_Group]:
    solid = marks.area >= solidity * marks.width * marks.height
    upright = _bars(marks.x, marks.width, marks.y, marks.height, marks.area, solid)
    lying = _bars(marks.y, marks.height, marks.x, marks.width, marks.area, solid)
    found = ((_groups(upright), False), (_groups(lying), True))
    return [_Group(tuple(group), way) for groups, way in found for group in groups]


def _pattern(group: _Group) -> Pattern:
    first, last = group.bars[0], group.bars[-1]
    at, wide = first.at - first.wide / 2, last.at - first.at + first.wide
    start, long = min(bar.start for bar in group.bars), max(bar.long for bar in group.bars)
    pitch = (last.at - first.at) / (len(group) - 1)
    sides = (start, at, long, wide) if group.lying else (at, start, wide, long)
    return Pattern(Box(*map(round, sides)), pitch, len(group), group.lying)


def _scaled(pattern: Pattern, factor: float) -> Pattern:
    return replace(pattern, box=pattern.box.scaled(factor), pitch=pattern.pitch * factor)


def _falling(groups: list[_Group]) -> bool:
    """Return whether these are enough different widths, over enough of a range."""
    steps: list[float] = []
    for width in sorted(group.bars[0].wide for group in groups):
        if not steps or width >= _FINER * steps[-1]:
            steps.append(width)
    return len(steps) >= _FEWEST_GROUPS and steps[-1] >= _RANGE * steps[0]


def _bars(
    at: NDArray[np.int32],
    wide: NDArray[np.int32],
    start: NDArray[np.int32],
    long: NDArray[np.int32],
    area: NDArray[np.int32],
    solid: NDArray[np.bool_],
) -> list[_Bar]:
    thick = area / np.maximum(long, 1)
    bar = solid & (long >= _SLENDER * wide) & (long >= _SHORTEST) & (wide >= _THINNEST)
    found = np.flatnonzero(bar)
    if len(found) > _MOST_BARS:
        return []
    order = found[np.argsort(at[found], kind="stable")]
    return [
        _Bar(float(at[i] + wide[i] / 2), float(thick[i]), float(start[i]), float(long[i]))
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
