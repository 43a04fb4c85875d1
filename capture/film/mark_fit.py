"""Where image marks lie beside the frames of a roll: at what distance, and which of which frame.

Each frame was exposed together with its mark, so one point of the frame and one of the mark are at
a fixed distance along the film, which may be more than a frame. Where all frames are equally far
apart, several distances fit all but as well: then the ends of the roll decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from capture.model import Box, FilmFrame, FilmLayout

from .marks import Mark

_REACH = 2.3
"""Usual distances of frames: so far from its frame may a mark lie."""
_CELL, _NEAR = 0.01, 0.02
"""Of the width of the film: cells in which distances are counted, and what counts as one."""
_WINDOW = 0.035
_OTHER = 0.1
_AROUND = 7
"""Pairs before and after, by whose distance the next is told: film shrinks, boxes sway."""
_FEWEST, _SHARE, _OVER_CHANCE = 3, 0.08, 3.0
_AS_EXACT = 0.94
"""Of the most exact distance: others are as good, and the ends of the roll decide."""
_STRETCH = 8
"""So many frames on end without a mark may have theirs at another distance."""

_TOGETHER = 0.5
"""Share of its height that front and back have in common along the film."""

_STEPS, _STEADY, _NEXT = 8, 0.95, 0.4
_UNSTEADY, _SAME = 0.006, 0.012
"""Of the width: how exactly holes keep step, and how little they differ."""
_PER_FRAME = 0.85, 1.15
_ON = 2.5
"""Steps by which a row of holes goes on where no frames are."""

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]
Pairs = dict[int, int]
"""Index of an exposure to that of its mark."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Which marks are of which exposures, along one edge of the film."""

    pairs: Pairs
    offset: float
    """Pixels along the film from the middle of an exposure to the middle of its mark."""
    rival: float
    """Share of these exposures that the best other distance fits as well."""


def exposed_together(
    frames: Sequence[FilmFrame], layout: FilmLayout, channel: str
) -> tuple[tuple[int, ...], ...]:
    """Return which frames were exposed together and have their mark along one edge, in order."""
    numbers = sorted(range(len(frames)), key=lambda at: (frames[at].box.y, frames[at].lane))
    if layout == FilmLayout.DUO:
        lane = 2 if channel == "B" else 1
        return tuple((at,) for at in numbers if frames[at].lane == lane)
    found: list[tuple[int, ...]] = []
    for at in numbers:
        together = (
            layout == FilmLayout.DUPLEX
            and found
            and len(found[-1]) == 1
            and frames[found[-1][0]].lane != frames[at].lane
            and frames[found[-1][0]].box.row_overlap(frames[at].box) > _TOGETHER
        )
        if together:
            found[-1] = (*found[-1], at)
        else:
            found.append((at,))
    return tuple(found)


def fitted(
    marks: Sequence[Mark],
    exposures: Sequence[Box],
    width: int,
    length: float = np.inf,
    about: float | None = None,
) -> Fit | None:
    """Return how ``marks`` along one edge belong to ``exposures``, both in order; None if not.

    ``width`` and ``length`` are those of the film: a mark may lie beyond its end. ``about`` is the
    distance that the marks along the other edge have, where only that is looked for.
    """
    if len(marks) < _FEWEST or len(exposures) < _FEWEST:
        return None
    lines = _Lines(_marks_at(marks), _exposures_at(exposures), width, length, about)
    fit = lines.best()
    return None if fit is None else _with_stretches(lines, fit)


def _marks_at(marks: Sequence[Mark]) -> Floats:
    return np.array(
        [(m.middle[1] - m.along / 2, m.middle[1], m.middle[1] + m.along / 2) for m in marks]
    )


def _exposures_at(boxes: Sequence[Box]) -> Floats:
    return np.array([(box.y, box.y + box.height / 2, box.bottom) for box in boxes], np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """First, middle and last lines of marks and of exposures."""

    marks: Floats
    exposures: Floats
    width: int
    length: float
    about: float | None

    def best(self) -> Fit | None:
        """Return the fit at the distance that the most exposures have to a mark."""
        reach = _REACH * self._pitch()
        pairs = _near(self.exposures[:, 1], self.marks[:, 1], reach)
        if self.about is not None:
            away = self.marks[pairs[:, 1], 1] - self.exposures[pairs[:, 0], 1]
            pairs = pairs[np.abs(away - self.about) <= _OTHER * self.width]
        if not len(pairs):
            return None
        least = self._least(len(pairs), reach)
        found = (
            self._at_distance(pairs, of_frame, of_mark)
            for of_frame, of_mark in product((1, 0, 2), (1, 0, 2))
        )
        fits = [fit for fit in found if fit is not None and len(fit[0].pairs) >= least]
        return max(fits, key=lambda fit: (len(fit[0].pairs), -fit[1]), default=(None,))[0]

    def _pitch(self) -> float:
        middles = self.exposures[:, 1]
        return float(np.median(np.diff(middles)))

    def _least(self, pairs: int, reach: float) -> float:
        """Return how many pairs at one distance are more than chance."""
        chance = pairs * 2 * _NEAR * self.width / (2 * reach)
        return max(_FEWEST, _SHARE * len(self.exposures), _OVER_CHANCE * chance)

    def _at_distance(self, pairs: Levels, of_frame: int, of_mark: int) -> tuple[Fit, float] | None:
        away = self.marks[pairs[:, 1], of_mark] - self.exposures[pairs[:, 0], of_frame]
        every = list(_peaks(away, pairs[:, 0], self.width))
        exact = max((peak.exactness for peak in every), default=0.0)
        peaks = [
            (peak.hits + self._beyond(of_frame, peak.distance), -abs(peak.distance), peak.distance)
            for peak in every
            if peak.exactness >= _AS_EXACT * exact
        ]
        if not peaks:
            return None
        hits, _, best = max(peaks)
        rivals = [n for n, _, at in peaks if abs(at - best) > _OTHER * self.width]
        chosen = self._paired(pairs, away, best)
        if not chosen:
            return None
        places = np.array([(frame, mark) for frame, mark in chosen.items()])
        shift = self.marks[places[:, 1], of_mark] - self.exposures[places[:, 0], of_frame]
        middle = self.marks[places[:, 1], 1] - self.exposures[places[:, 0], 1]
        rival = max(rivals, default=0) / max(1, hits)
        spread = float(np.mean(np.abs(shift - np.median(shift))))
        return Fit(chosen, float(np.median(middle)), rival), spread

    def _beyond(self, of_frame: int, distance: float) -> int:
        """Return how many exposures would have their mark cut by an end of the film, or beyond."""
        lines = self.exposures[:, of_frame] + distance
        spare = float(np.median(self.marks[:, 2] - self.marks[:, 0])) / 2 + _NEAR * self.width
        return int(((lines < spare) | (lines >= self.length - spare)).sum())

    def _paired(self, pairs: Levels, away: Floats, distance: float) -> Pairs:
        """Return each exposure with the mark at about ``distance``, following its sway."""
        off = away - distance
        near = np.abs(off) <= _WINDOW * self.width
        pairs, off = pairs[near], off[near]
        sway = np.array(
            [np.median(off[max(0, at - _AROUND) : at + _AROUND + 1]) for at in range(len(off))]
        )
        chosen: dict[int, tuple[float, int]] = {}
        taken: dict[int, float] = {}
        for (frame, mark), rest in zip(pairs.tolist(), np.abs(off - sway).tolist(), strict=True):
            better = rest < chosen.get(frame, (np.inf, 0))[0] and rest < taken.get(mark, np.inf)
            if better and rest <= _NEAR * self.width:
                chosen[frame] = rest, mark
                taken[mark] = rest
        return {frame: mark for frame, (rest, mark) in chosen.items() if taken[mark] == rest}


def _near(frames: Floats, marks: Floats, reach: float) -> Levels:
    """Return the indices of every exposure and mark that lie within ``reach``, in order."""
    first = np.searchsorted(marks, frames - reach)
    last = np.searchsorted(marks, frames + reach)
    found = [
        (frame, mark)
        for frame, (start, stop) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
        for mark in range(start, stop)
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _Peak:
    """A distance that many exposures have to a mark."""

    distance: float
    hits: int
    """How many have it."""
    exactness: float
    """The same, but each counts the less, the less exactly it has that distance, down to a half.

    Marks were exposed with their frames; only gaps, which are uneven, part them from others."""


def _peaks(away: Floats, frames: Levels, width: int) -> Iterator[_Peak]:
    """Yield the distances that many exposures have to a mark."""
    cell = _CELL * width
    cells = np.floor(away / cell).astype(np.int64)
    low = int(cells.min()) - 2
    counts = np.bincount(cells - low, minlength=int(cells.max()) - low + 3)
    smooth = np.convolve(counts, np.ones(5), mode="same")
    floor = 0.5 * float(smooth.max())
    for at in np.flatnonzero(smooth >= floor).tolist():
        if smooth[at] < smooth[max(0, at - 3) : at + 4].max():
            continue
        middle = (low + at + 0.5) * cell
        near = np.abs(away - middle) <= 2.5 * cell
        exact = float(np.median(away[near]))
        off = np.abs(away - exact) / (_NEAR * width)
        best = np.zeros(int(frames.max()) + 1)
        np.maximum.at(best, frames, np.where(off <= 1, 1 - off / 2, 0.0))
        yield _Peak(exact, int((best > 0).sum()), float(best.sum()))


def _with_stretches(lines: _Lines, fit: Fit) -> Fit:
    """Return ``fit`` with stretches of film whose marks lie at another distance: other jobs."""
    pairs = dict(fit.pairs)
    for start, stop in _unpaired(len(lines.exposures), pairs):
        used = set(pairs.values())
        free = np.array([at for at in range(len(lines.marks)) if at not in used], dtype=np.int64)
        part = _Lines(
            lines.marks[free], lines.exposures[start:stop], lines.width, lines.length, None
        )
        more = part.best() if len(free) >= _FEWEST else None
        if more is None or len(more.pairs) < (stop - start) / 2:
            continue
        pairs |= {start + frame: int(free[mark]) for frame, mark in more.pairs.items()}
    return Fit(pairs, fit.offset, fit.rival)


def _unpaired(count: int, pairs: Pairs) -> Iterator[tuple[int, int]]:
    ends = [-1, *sorted(pairs), count]
    for before, after in pairwise(ends):
        if after - before > _STRETCH:
            yield before + 1, after


def without_holes(marks: Sequence[Mark], exposures: Sequence[Box], width: int) -> list[Mark]:
    """Return ``marks`` along one edge without rows of sprocket holes, which keep their own step.

    Image marks on evenly spaced film keep step too, but there is one for each frame, and none
    where no frames are.
    """
    kept = list(marks)
    for row in _rows(marks, width):
        if _is_of_the_film([marks[at] for at in row], exposures, width):
            gone = {id(marks[at]) for at in row}
            kept = [mark for mark in kept if id(mark) not in gone]
    return kept


def _rows(marks: Sequence[Mark], width: int) -> Iterator[list[int]]:
    """Yield the indices of marks of one size at one place across, the most alike first."""
    if len(marks) < _STEPS:
        return
    shape = np.array([(m.middle[0], m.across, m.along) for m in marks]) / width
    left = np.ones(len(marks), dtype=np.bool_)
    for _ in range(3):
        free = np.flatnonzero(left)
        if len(free) < _STEPS:
            return
        like = np.abs(shape[free][:, None] - shape[free][None]).max(axis=2) <= _SAME
        row = free[like[int(np.argmax(like.sum(axis=1)))]]
        left[row] = False
        yield sorted(row.tolist(), key=lambda at: marks[at].middle[1])


def _is_of_the_film(row: Sequence[Mark], exposures: Sequence[Box], width: int) -> bool:
    """Return whether a row keeps step on its own account, not with the frames."""
    lines = np.array([mark.middle[1] for mark in row])
    steps = np.diff(lines)
    if len(steps) < _STEPS:
        return False
    step = float(np.median(steps))
    times = np.maximum(1, np.round(steps / step))
    steady = np.abs(steps - times * step) <= _UNSTEADY * width * times
    if steady.mean() < _STEADY or (times == 1).mean() < _NEXT or not exposures:
        return False
    start, stop = exposures[0].y, exposures[-1].bottom
    runs_on = lines[0] < start - _ON * step or lines[-1] > stop + _ON * step
    each = (stop - start) / step / len(exposures)
    return runs_on or not _PER_FRAME[0] <= each <= _PER_FRAME[1]
