"""The sizes of image marks: one, two or three, told on the whole roll.

The next size is larger by half or so. Wear makes single marks smaller and light makes them larger,
and a lamp or a lens that drifts makes all of them so, little by little: so sizes are told apart
after what drifts is taken off, and by width and height together, one of which may be worn. Few
marks of a size that wear would explain are a size all the same where they are exactly alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .marks import Mark

MOST_SIZES = 3
_CELL, _SOFT = 0.02, 2.0
"""Width of a cell of the histogram of sizes (natural logarithms), and its softening in cells."""
_APART = 0.24
"""Between the middles of two sizes: 1.27 times."""
_VALLEY = 0.5
_ODD_FEW, _ODD_SHARE = 3, (0.2, 0.015)
"""A smaller size, in width or in height, that fewer marks have than that is wear of the next: film
is rubbed off from its edges, so marks become narrow more often than low."""
_SOLID, _CLEAR = 0.95, 0.75
"""How full a whole mark is, and of the usual contrast, how clear."""
_EXACT, _TWINS = 0.05, 2
"""So much alike, and as low, are no marks by wear: fewer than usual make a size of their own."""
_SLOPES = np.linspace(-0.3, 0.3, 13)
"""How much larger marks may be at the end of a roll than at its beginning (logarithms)."""
_ROUNDS, _NEIGHBOURS = 3, 30
_UNSURE = 0.14

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """What sizes the marks of a roll have."""

    levels: Levels
    """For each mark, from 1 for the smallest."""
    unsure: NDArray[np.bool_]
    """Which marks are so far from every size that they may be of another."""
    centres: Floats
    """``(sizes, 2)``: logarithms of width and height."""
    drift: Floats
    """For each mark, the logarithm of how much larger marks are just there."""
    axis: int
    """The side that tells sizes apart: 1 the height, 0 the width."""

    def fit(self, mark: Mark, beside: int) -> tuple[int, float]:
        """Return the level of another mark, near the one at ``beside``, and how far it is off."""
        side = _sides([mark])[0, self.axis] - self.drift[beside]
        away = np.abs(self.centres[:, self.axis] - side)
        return int(np.argmin(away)) + 1, float(away.min())


def sizes_of(marks: Sequence[Mark]) -> Sizes:
    """Return the sizes of image marks in the order in which they lie along the film."""
    sides = _sides(marks)
    whole = _whole(marks)
    axis, groups, drift = max(
        (_grouped(sides, whole, axis) for axis in (1, 0)), key=lambda found: int(found[1].max())
    )
    count = int(groups.max()) + 1
    level_sides = sides - drift[:, None]
    centres = np.stack([np.median(level_sides[groups == one], axis=0) for one in range(count)])
    off = np.abs(level_sides[:, axis] - centres[groups, axis])
    return Sizes(groups + 1, off > _UNSURE if count > 1 else off > np.inf, centres, drift, axis)


def _sides(marks: Sequence[Mark]) -> Floats:
    return np.log(np.array([(mark.across, mark.along) for mark in marks], dtype=np.float64))


def _whole(marks: Sequence[Mark]) -> Flags:
    """Return which marks are neither rubbed off in part nor faded."""
    contrast = np.array([abs(mark.contrast) for mark in marks])
    clear: Flags = contrast >= _CLEAR * np.median(contrast)
    return np.array([mark.solid >= _SOLID for mark in marks], dtype=np.bool_) & clear


def _grouped(sides: Floats, whole: Flags, axis: int) -> tuple[int, Levels, Floats]:
    """Return the groups of sizes along one axis, 0 for the smallest, and the drift of each mark."""
    lengths = sides[:, axis]
    places = np.linspace(-0.5, 0.5, len(lengths))
    slope = max(_SLOPES, key=lambda slope: (_sharpness(lengths - slope * places), -abs(slope)))
    drift = slope * places
    groups = _split(sides, whole, drift, axis)
    for _ in range(_ROUNDS):
        drift = _followed(lengths, groups, drift)
        groups = _split(sides, whole, drift, axis)
    return axis, groups, drift


def _sharpness(lengths: Floats) -> float:
    """Return how closely sizes lie together."""
    return round(float((_histogram(lengths)[0] ** 2).sum()) / len(lengths), 2)


def _histogram(lengths: Floats) -> tuple[Floats, float]:
    """Return how many marks have about each size, and the least size."""
    low = float(lengths.min()) - 10 * _CELL
    cells = int((float(lengths.max()) - low) / _CELL) + 11
    counts, _ = np.histogram(lengths, bins=cells, range=(low, low + cells * _CELL))
    reach = np.arange(-8, 9)
    kernel = np.exp(-0.5 * (reach / _SOFT) ** 2)
    return np.convolve(counts, kernel / kernel.sum(), mode="same"), low


def _followed(lengths: Floats, groups: Levels, drift: Floats) -> Floats:
    """Return the drift as a running median of how far marks are off their size."""
    centres = np.array(
        [np.median((lengths - drift)[groups == at]) for at in range(groups.max() + 1)]
    )
    off = lengths - centres[groups]
    return np.array(
        [
            np.median(off[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1])
            for at in range(len(lengths))
        ]
    )


def _split(sides: Floats, whole: Flags, drift: Floats, axis: int) -> Levels:
    """Return the groups of sizes, 0 for the smallest."""
    level_sides = sides - drift[:, None]
    lengths = level_sides[:, axis]
    cuts = list(_cuts(lengths))
    groups = np.searchsorted(np.array(cuts), lengths).astype(np.int64)
    exact = whole if axis else np.zeros_like(whole)
    while (merge := _to_merge(level_sides, exact, groups, axis)) is not None:
        groups[groups > merge] -= 1
    return groups


def _cuts(lengths: Floats) -> Iterator[float]:
    """Yield the sizes at which hardly any mark is, between peaks."""
    counts, low = _histogram(lengths)
    inner = counts[1:-1]
    peaks = 1 + np.flatnonzero((inner > counts[:-2]) & (inner >= counts[2:]) & (inner > 0.05))
    for left, right in pairwise(peaks.tolist()):
        between = left + int(np.argmin(counts[left : right + 1]))
        if counts[between] < _VALLEY * min(counts[left], counts[right]):
            yield low + (between + 0.5) * _CELL


def _to_merge(sides: Floats, exact: Flags, groups: Levels, axis: int) -> int | None:
    """Return the group that is one with the next larger; None when all are sizes of their own.

    ``exact`` are the marks of which few, exactly alike, are a size.
    """
    count = int(groups.max()) + 1
    if count == 1:
        return None
    centres = np.array([np.median(sides[groups == at, axis]) for at in range(count)])
    gaps = np.diff(centres)
    nearest = int(np.argmin(gaps))
    if gaps[nearest] < _APART or count > MOST_SIZES:
        return nearest
    smallest = groups == 0
    few = max(_ODD_FEW, _ODD_SHARE[axis] * len(sides))
    worn = int(smallest.sum()) < few and not _are_alike(sides[smallest], exact[smallest])
    return 0 if worn else None


def _are_alike(sides: Floats, exact: Flags) -> bool:
    """Return whether most of a few marks are whole, and of one width and height."""
    if exact.sum() < max(_TWINS, len(sides) / 2):
        return False
    return bool(np.ptp(sides[exact], axis=0).max() <= _EXACT)
