"""Lattices of frames: the step that a camera made, fitted to where frames were found.

Pure geometry along one line. Frames begin a pitch apart; each row of a card has its own phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Profile = NDArray[np.float64]

_NEAREST = 4
"""Neighbours: farther ones tell the pitch no better where frames slip."""
_SPREAD = 0.025
_FINEST = 0.002
_ON_IT = 0.12  # of the pitch
_SLACK = 0.03
_SNAP = 0.05
_LEAST_LENGTH = 0.9
_COST = 0.6
_LEAST_PART, _MOST_PART = 0.45, 2.2


@dataclass(frozen=True, slots=True)
class Lattice:
    """Places a pitch apart."""

    pitch: float
    phase: float
    """Where place 0 is."""
    score: float
    """Share of the known frames that lie on it, 0.0 to 1.0."""

    def nearest(self, start: float) -> int:
        """Return the number of the place nearest to ``start``."""
        return round((start - self.phase) / self.pitch)

    def start(self, number: int) -> float:
        """Return where a place is."""
        return self.phase + number * self.pitch


def pitch_of(rows: Sequence[Sequence[float]], least: float, most: float) -> float | None:
    """Return the pitch between ``least`` and ``most`` that the starts of all rows agree on.

    None without two starts in any row. Every pair of near neighbours votes, so a missing frame
    or one that slipped does no harm.
    """
    apart = np.array([gap for row in rows for gap in _differences(row, least)])
    if not apart.size or most < least:
        return None
    pitches = np.arange(least, most + 1e-9, max(_FINEST * least, 0.05))
    steps = np.maximum(1, np.rint(apart[:, None] / pitches))
    off = np.abs(apart[:, None] - steps * pitches) / (_SPREAD * least)
    votes = (np.exp(-0.5 * off**2) / steps).sum(axis=0)
    return float(pitches[int(np.argmax(votes))])


def _differences(row: Sequence[float], least: float) -> list[float]:
    starts = sorted(row)
    return [
        after - before
        for n, before in enumerate(starts)
        for after in starts[n + 1 : n + 1 + _NEAREST]
        if after - before >= (1 - _SLACK) * least
    ]


def fitted(starts: Sequence[float], pitch: float) -> Lattice:
    """Return the lattice of ``pitch`` that most of ``starts``, of which there is one, lie on."""
    places = np.asarray(starts, dtype=np.float64)
    phases = places % pitch
    apart = np.abs((phases[:, None] - phases + pitch / 2) % pitch - pitch / 2)
    votes = np.exp(-0.5 * (apart / (_SPREAD * pitch)) ** 2).sum(axis=0)
    best = float(phases[int(np.argmax(votes))])
    off = (places - best + pitch / 2) % pitch - pitch / 2
    on_it = np.abs(off) <= _ON_IT * pitch
    phase = best + float(np.median(off[on_it]))
    near = np.abs((places - phase + pitch / 2) % pitch - pitch / 2) <= _ON_IT * pitch
    return Lattice(pitch, phase, float(near.mean()))


def parts_of(length: float, usual: float, gap: float) -> int:
    """Return how many frames of the ``usual`` length, at most ``gap`` apart, fill ``length``."""
    most = max(1, round(length / usual) + 1)
    return min(
        range(1, most + 1),
        key=lambda count: (round(misfit(length, count, usual, gap), 3), -count),
    )


def misfit(length: float, count: int, usual: float, gap: float) -> float:
    """Return how much longer or shorter than ``count`` frames a length is; 0.0 where it fits."""
    low, high = count * usual, count * usual + (count - 1) * gap
    return max(low - length, length - high, 0.0)


def cuts_of(evidence: Profile, count: int, usual: float | None = None) -> list[int]:
    """Return where ``count`` parts meet, each moved to the best evidence near.

    Parts are of one length, or ``usual`` ones with gaps somewhere between them.
    """
    length = len(evidence)
    part = length / count
    spare = max(0.0, length - count * usual) if usual else 0.0
    reach = max(1, round(max(_SNAP * part, spare)))
    cuts: list[int] = []
    for n in range(1, count):
        middle = round(n * part)
        least = max(1, middle - reach, (cuts[-1] if cuts else 0) + round(_LEAST_LENGTH * part))
        most = min(length - 1, middle + reach, length - round((count - n) * _LEAST_LENGTH * part))
        near = np.arange(least, max(least, most) + 1)
        likely = evidence[near] - 0.3 * (np.abs(near - middle) / reach) ** 2
        cuts.append(int(near[int(np.argmax(likely))]))
    return cuts


def common_part(profiles: Sequence[Profile], side: float) -> float | None:
    """Return the length of the frames that touch along ``profiles``; None when nothing tells.

    Each profile says how likely frames part at each place along one stretch of frames that are
    ``side`` across; stretches hold whole frames, so all their lengths are multiples of one.
    """
    best: tuple[float, float | None] = (0.0, None)
    for length in np.arange(_LEAST_PART * side, _MOST_PART * side, 0.005 * side):
        total = sum(_gain(profile, float(length)) for profile in profiles)
        best = max(best, (total, float(length)), key=lambda found: found[0])
    return best[1]


def _gain(profile: Profile, length: float) -> float:
    """Return how much better than anywhere else a stretch parts at multiples of ``length``."""
    count = max(1, round(len(profile) / length))
    misfit = abs(len(profile) / count - length) / length
    if misfit > _SLACK or count < 2:
        return -0.5 * min(1.0, misfit / _SLACK) * count
    reach = max(1, round(0.015 * length))
    window = sliding_window_view(np.pad(profile, reach, mode="edge"), 2 * reach + 1).max(axis=1)
    usual, spread = float(window.mean()), max(0.05, float(window.std()))
    at = [round(n * len(profile) / count) for n in range(1, count)]
    return float(((window[at] - usual) / spread - _COST).sum()) - misfit / _SLACK * 0.2


def room_in(calm: NDArray[np.bool_], enough: float) -> Profile:
    """Return how calm it is around each place: 1.0 when ``enough`` places on both sides are."""
    near = np.minimum(_since(calm), _since(calm[::-1])[::-1])
    return np.asarray(np.minimum(1.0, near / max(1.0, enough)), dtype=np.float64)


def _since(calm: NDArray[np.bool_]) -> Profile:
    places = np.arange(len(calm))
    last = np.maximum.accumulate(np.where(calm, -1, places))
    return np.asarray(np.where(calm, places - last, 0), dtype=np.float64)
