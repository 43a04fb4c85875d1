"""What stands out on a card, for each tone that its ground may have.

The ground is film or mount between the frames. Its tone is followed over the card, for lamps and
developer make it drift; which of the common tones is the ground is judged by what then stands
out: rectangles of like size are frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .look import Floats, Look

_LEVELS = 6
_RARE = 0.004  # of the card
_LEAST_APART = 5.0
_FIRST_SLACK = 0.16, 14.0  # of the tone; grey levels
_GRAINS, _LEAST_TOLERANCE, _TONE_SHARE = 6.0, 3.5, 0.012
_COARSER = 2.5
_SAMPLING, _SAMPLES = 8, 4000
_SPREAD = 12.0  # samples
_ROUNDS = 4
_FILL = 0.86
_SMALLEST, _LARGEST = 1 / 900, 0.6  # of the card
_SURROUND_SLACK = 10
_OPENING, _THICK = 5, 13
"""Pixels of a whole look: what is thinner is a scratch; a rib of a jacket, the end of a tape."""
_EDGE_SHARE = 0.02
_HALVED = 500
_KEPT, _NEARLY = 3, 0.4
_ALIKE, _EVEN = 0.08, 0.025


@dataclass(frozen=True, slots=True)
class Ground:
    """A tone that the ground may have."""

    level: float
    slack: float
    """Grey levels that it may drift by over the card."""
    tolerance: float
    """Grey levels from it that are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What stands out from the ground, if the ground has this tone."""

    ground: Ground
    mask: Pixels
    """1 where the tone is not that of the ground."""
    solids: tuple[Box, ...]
    """Full rectangles, of whatever shape."""
    others: tuple[Box, ...]
    """Boxes of what stands together, but is no full rectangle."""
    beside: Pixels
    """1 where the scan shows what lies beside the card, and just at the edge of that."""


def _beside(look: Look, mask: Pixels) -> Pixels:
    """Return 1 where what stands out is what lies beside the card: one tone, from the edge in."""
    tones = look.tones
    rim = np.concatenate([tones[0], tones[-1], tones[:, 0], tones[:, -1]])
    near = np.abs(tones.astype(np.int16) - int(np.median(rim))) <= _SURROUND_SLACK
    count, labels = cv2.connectedComponents((near & (mask > 0)).astype(np.uint8), connectivity=4)
    touching = np.zeros(count, np.uint8)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        touching[side] = 1
    touching[0] = 0
    return np.asarray(cv2.dilate(touching[labels], np.ones((9, 9), np.uint8)), dtype=np.uint8)


def readings_of(look: Look) -> tuple[Reading, ...]:
    """Return what stands out from each of the likeliest tones of the ground, best first."""
    if look.area < _HALVED**2:
        found = _read(look, _grounds(look))
        return tuple(sorted(found, key=worth, reverse=True)[:_KEPT])
    small = look.halved()
    rough = [(worth(one), one.ground) for one in _read(small, _grounds(small))]
    rough.sort(key=lambda pair: pair[0], reverse=True)
    least = _NEARLY * rough[0][0] if rough else 0.0
    likely = [ground for value, ground in rough[:_KEPT] if value >= least]
    return tuple(sorted(_read(look, likely), key=worth, reverse=True))


def _read(look: Look, grounds: Iterable[Ground]) -> list[Reading]:
    found = (_reading(look, ground) for ground in grounds)
    return [reading for reading in found if reading is not None]


def _grounds(look: Look) -> Iterator[Ground]:
    """Yield each common tone as the ground, with how far it may be from it: wide, and narrow."""
    levels = _levels(look, look.calm)
    for level in levels:
        wide = max(_FIRST_SLACK[1], _FIRST_SLACK[0] * level) / 2
        apart = min((abs(level - other) for other in levels if other != level), default=2 * wide)
        slacks = (wide, apart / 2) if _LEAST_APART <= apart < 2 * wide else (wide,)
        tolerance = max(_LEAST_TOLERANCE, _GRAINS * look.grain, _TONE_SHARE * level)
        for slack in slacks:
            yield Ground(level, slack, tolerance)
            yield Ground(level, slack, _COARSER * tolerance)


def _levels(look: Look, calm: NDArray[np.bool_]) -> list[float]:
    """Return the tones that much calm film has."""
    inside = look.tones[calm]
    if not inside.size:
        return []
    counts = np.bincount(inside, minlength=256).astype(np.float32)
    smooth = cv2.GaussianBlur(counts[:, None], (1, 0), 0, sigmaY=2.0)[:, 0]
    padded = np.pad(smooth, 1)
    peaks = np.flatnonzero((smooth >= padded[:-2]) & (smooth > padded[2:]))
    peaks = peaks[smooth[peaks] >= _RARE * look.area / 6]
    common = peaks[np.argsort(-smooth[peaks], kind="stable")][:_LEVELS]
    rim = np.concatenate([look.tones[0], look.tones[-1], look.tones[:, 0], look.tones[:, -1]])
    chosen = {int(peak) for peak in common} | {int(np.median(rim))}
    if peaks.size:
        chosen |= {int(peaks[0]), int(peaks[-1])}
    return [float(level) for level in sorted(chosen)]


def _followed(look: Look, ground: Ground) -> Pixels | None:
    """Return the tone of the ground all over the card; None when too little of it is seen."""
    level, slack = ground.level, ground.slack
    calm = look.calm
    step = max(2, round(_SAMPLING * look.unit))
    tones = cv2.resize(look.tones, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_NEAREST)
    usable = calm[step // 2 :: step, step // 2 :: step]
    tones = tones[: usable.shape[0], : usable.shape[1]].astype(np.float32)
    usable = usable[: tones.shape[0], : tones.shape[1]]
    down, across = np.mgrid[-1 : 1 : tones.shape[0] * 1j, -1 : 1 : tones.shape[1] * 1j]
    terms = np.stack(
        [np.ones_like(across), across, down, across * down, across**2, down**2], axis=-1
    ).astype(np.float32)
    surface = np.full_like(tones, level)
    near = usable & (np.abs(tones - surface) <= slack)
    for share in (1.0, 0.6):
        if near.sum() < 40:
            return None
        fitted = terms @ _weights(terms[near], tones[near])
        surface = np.clip(fitted, level - slack, level + slack).astype(np.float32)
        near = usable & (np.abs(tones - surface) <= share * slack)
    local = np.zeros_like(surface)
    for _ in range(_ROUNDS):
        local = _nearby_mean(tones - surface, near)
        # From where the ground is known it is followed on, further each round.
        near = usable & (np.abs(tones - surface - local) <= slack)
    whole = cv2.resize(surface + local, look.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(whole), 0, 255).astype(np.uint8)


def _weights(terms: Floats, tones: Floats) -> Floats:
    """Return the least-squares weights of terms, from some thousand samples."""
    step = max(1, len(tones) // _SAMPLES)
    some, wanted = terms[::step].astype(np.float64), tones[::step].astype(np.float64)
    square = some.T @ some + 1e-6 * np.eye(some.shape[1])
    return np.asarray(np.linalg.solve(square, some.T @ wanted), dtype=np.float32)


def _nearby_mean(off: Floats, near: NDArray[np.bool_]) -> Floats:
    weight = near.astype(np.float32)
    total = cv2.GaussianBlur(off * weight, (0, 0), _SPREAD)
    share = cv2.GaussianBlur(weight, (0, 0), _SPREAD)
    return np.asarray(total / (share + 0.01), dtype=np.float32)


def _apart(one: Pixels, other: Pixels) -> Pixels:
    return np.asarray(cv2.absdiff(one, other), dtype=np.uint8)


def _reading(look: Look, ground: Ground) -> Reading | None:
    """Return what stands out from a ground; None when too little of that is seen."""
    surface = _followed(look, ground)
    if surface is None:
        return None
    mask = (_apart(look.tones, surface) > ground.tolerance).astype(np.uint8)
    beside = _beside(look, mask)
    mask[beside > 0] = 0
    mask = opened(mask, _odd(_OPENING * look.unit))
    found = list(blocks_in(opened(mask, look_span(look))))
    exposed = _apart(look.sharp, surface) > ground.tolerance
    solids = tuple(_tight(box, exposed) for box, full in found if full)
    return Reading(ground, mask, solids, tuple(box for box, full in found if not full), beside)


def look_span(look: Look) -> int:
    """Return how thick what is no scratch, rib or end of tape is, in pixels of a look."""
    return _odd(_THICK * look.unit)


def _odd(length: float) -> int:
    return max(3, 2 * round((length - 1) / 2) + 1)


def opened(mask: Pixels, span: int) -> Pixels:
    """Return a mask without what is thinner than ``span``."""
    square = np.ones((span, span), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, square), dtype=np.uint8)


def _tight(box: Box, exposed: NDArray[np.bool_]) -> Box:
    """Return ``box`` without the line on each side that softening alone has put there."""
    part = exposed[box.y : box.bottom, box.x : box.right]
    left, right = (int(part[:, side].mean() < _EDGE_SHARE) for side in (0, -1))
    top, bottom = (int(part[side].mean() < _EDGE_SHARE) for side in (0, -1))
    return Box(box.x + left, box.y + top, box.width - left - right, box.height - top - bottom)


def blocks_in(mask: Pixels) -> Iterator[tuple[Box, bool]]:
    """Yield the boxes of what stands together in a mask, and whether it is a full rectangle.

    What is open inside it does not count.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        box = Box(*map(int, cv2.boundingRect(contour)))
        if box.area < _SMALLEST * mask.size:
            continue
        filled = cv2.contourArea(contour) + cv2.arcLength(contour, True) / 2
        yield box, filled >= _FILL * box.area and box.area <= _LARGEST * mask.size


def worth(reading: Reading) -> float:
    """Return how much of a card is rectangles of like size under a reading, in pixels."""
    if not reading.solids:
        return 0.0
    sides = np.array([(box.width, box.height) for box in reading.solids], dtype=np.float64)
    areas = sides.prod(axis=1)
    one = max(_alike_area(sides[:, :1], areas), _alike_area(sides[:, 1:], areas))
    return one + 0.5 * _alike_area(sides, areas)


def _alike_area(sides: NDArray[np.float64], areas: NDArray[np.float64]) -> float:
    """Return the area of rectangles whose sides are alike, each counted by how much so."""
    group = largest_group(sides, areas)
    usual = np.median(sides[group], axis=0)
    off = np.abs(sides[group] / usual - 1) / _EVEN
    return float((areas[group] * np.exp(-0.5 * off**2).prod(axis=1)).sum())


def largest_group(sides: NDArray[np.float64], areas: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of ``sides`` (n, k) are like the one that most area is like."""
    order = np.argsort(-areas)[:400]
    off = np.abs(sides[:, None] - sides[order])
    near = np.asarray((off <= _ALIKE * sides[order]).all(axis=2), dtype=np.bool_)
    group: NDArray[np.bool_] = near[:, int(np.argmax((near * areas[:, None]).sum(axis=0)))]
    return group
