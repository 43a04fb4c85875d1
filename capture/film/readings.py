"""Which tone is that of unexposed film, and what stands out from it.

Film does not say how it lies unexposed. Every tone that calm lines have is tried: the reading
under which the most of the film is frames is the right one. A roll may hold several jobs, on
film of other tone or polarity, so another reading may be right from some line on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.model import Box, Pixels

from .strip import BANDS, SHORTEST, Density, Exposed, Flags, Floats, Run, runs_of

_LEVELS = 6
_RARE = 0.004
_ROUNDS = 3
_NEIGHBOURS = 2
_LEAST_TOLERANCE = 1.5
_GRAINS = 4.0
_SURE_GRAINS = 8.0
_WHOLE_FRAME = 0.9, 1.1
"""Of the usual length: a leader or a gap in drift is seldom just as long as a frame."""
_CONTRAST_SHARE = 0.35
_WRITTEN = 0.3
_FAINT = 8.0  # grey levels
_FAINT_SHARE = 0.06
_LEAST_FAINT = 4.0
_SPARSE, _LIT = 4, 70.0
"""Every how many columns tell how far a line stands out, and the percentile: half of the film may
be bare, where fronts have no backs."""
_FAINTEST = 10.0  # percentile of the contrasts of lines
_THICK = (0.08, 0.03)  # of the width, across and along: thicker than scratches and rules
_SOLID = 0.8
_FRAME_WIDTH = 0.35
_LONGEST = 3.5  # widths of the film: what is longer is several frames
_PAGE, _UNLIKE_PAGES = (0.45, 2.2), 0.8  # wide gaps between pages, seen as frames, are low
_TURNED, _HALF_AS_LONG = 0.9, 0.05
"""What pages count that lie across, or spreads: half or twice as long as the others."""
_JOINED = 0.6
"""What a stretch of frames that touch counts beside frames that are clear."""
_TEXTURED = 0.05
_FRAME, _BLANK_FRAME, _BARE = 1.0, 0.7, 0.9
_CELL = 4  # lines
_CHANGE = 1.0  # widths of the film: so much of it must be explained better
_USUAL = 0.05
_LEAST_FILM = 6.0  # widths: on less there is one job, or one page


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """One reading of unexposed film, and what it makes of the stretch."""

    tones: Floats
    """``(lines, bands)``."""
    near: Flags
    """The lines that it was told from."""
    worth: tuple[float, int]
    score: Floats
    """How well it explains each line."""


def best_reading(density: Density) -> Exposed | None:
    """Return the reading under which the most of the strip is frames; None if none is."""
    return _weighed(density)[0]


def _weighed(density: Density) -> tuple[Exposed | None, list[_Ground]]:
    """Return the best reading, and the grounds of all."""
    best: tuple[tuple[float, int], Exposed] | None = None
    grounds: list[_Ground] = []
    for tones, near in _grounds(density):
        exposed = _exposed(density, tones, near)
        worth = _worth(density, exposed), len(exposed.solids)
        grounds.append(_Ground(tones, near, worth, _scores(density, exposed, near)))
        if best is None or worth > best[0]:
            best = worth, exposed
    return (_with_weak(best[1]) if best is not None and best[1].solids else None), grounds


def readings_along(density: Density) -> list[tuple[int, Density, Exposed | None]]:
    """Return the best reading of each part of a stretch, with the line where the part begins.

    There is more than one part where another tone of unexposed film explains some of the
    stretch far better.
    """
    best, grounds = _weighed(density)
    if not grounds:
        return [(0, density, None)]
    usual = max(range(len(grounds)), key=lambda at: grounds[at].worth)
    changes = _changes(grounds, usual, density)
    if changes == [(0, usual)]:
        return [(0, density, best)]
    ends = [*(line for line, _ in changes[1:]), density.length]
    return [
        _part(density, grounds[at], line, end)
        for (line, at), end in zip(changes, ends, strict=True)
    ]


def _part(
    density: Density, ground: _Ground, start: int, stop: int
) -> tuple[int, Density, Exposed | None]:
    part, near = density.part(start, stop), ground.near[start:stop]
    if not near.any():
        return start, part, None
    exposed = _exposed(part, ground.tones[start:stop], near)
    return start, part, _with_weak(exposed) if exposed.solids else None


def _scores(density: Density, exposed: Exposed, near: Flags) -> Floats:
    """Return how well a reading explains each line: as a frame or as bare film, or not at all."""
    loose = exposed.mask.astype(np.float32)
    inside = np.zeros(density.length, dtype=np.float32)
    for box in exposed.solids:
        loose[box.y : box.bottom, box.x : box.right] = 0
        written = float((~density.still[box.y : box.bottom]).mean()) > _TEXTURED
        alike = SHORTEST * density.width <= box.height <= _LONGEST * density.width
        inside[box.y : box.bottom] = _FRAME if written and alike else _BLANK_FRAME
    bare = np.where(near, np.float32(_BARE), np.float32(0))
    return np.asarray(np.maximum(inside, bare) - loose.mean(axis=1), dtype=np.float32)


def _changes(grounds: list[_Ground], usual: int, density: Density) -> list[tuple[int, int]]:
    """Return from which line on which reading holds, by Viterbi's algorithm; changes cost."""
    count = density.length // _CELL
    if len(grounds) < 2 or density.length < _LEAST_FILM * density.width:
        return [(0, usual)]
    scores = np.stack([ground.score[: count * _CELL] for ground in grounds])
    cells = scores.reshape(len(grounds), count, _CELL).sum(axis=2)
    cells[usual] += _USUAL * _CELL
    cost = _CHANGE * density.width
    total = cells[:, 0]
    came = np.zeros((count, len(grounds)), dtype=np.int64)
    own = np.arange(len(grounds))
    for at in range(1, count):
        best = int(np.argmax(total))
        stays = total >= total[best] - cost
        came[at] = np.where(stays, own, best)
        total = np.maximum(total, total[best] - cost) + cells[:, at]
    now = int(np.argmax(total))
    changes: list[tuple[int, int]] = []
    for at in range(count - 1, 0, -1):
        if came[at, now] != now:
            changes.append((at * _CELL, now))
            now = int(came[at, now])
    return [(0, now), *reversed(changes)]


def _with_weak(exposed: Exposed) -> Exposed:
    """Return a reading with the frames as well that stand out less than the others do."""
    floor = max(_LEAST_TOLERANCE, _SURE_GRAINS * exposed.grain)
    if floor >= exposed.tolerance:
        return exposed
    weak = (exposed.off > floor).astype(np.uint8)
    for box in exposed.solids:
        weak[box.y : box.bottom] = 0
    usual = float(np.median([box.height for box in exposed.solids]))
    least, most = (part * usual for part in _WHOLE_FRAME)
    more = [box for box in _solids(weak)[0] if least <= box.height <= most]
    solids = sorted((*exposed.solids, *more), key=lambda box: (box.y, box.x))
    return replace(exposed, solids=tuple(solids))


def _worth(density: Density, exposed: Exposed) -> float:
    """Return the quality of a reading, less when writing stands beside what it calls frames."""
    inside = np.zeros(density.length, dtype=np.bool_)
    for box in exposed.solids:
        inside[box.y : box.bottom] = True
    written = int((~density.still).sum())
    held = int((~density.still & inside).sum()) / written if written else 1.0
    return exposed.quality * (1 - _WRITTEN + _WRITTEN * held)


def _grounds(density: Density) -> Iterator[tuple[Floats, Flags]]:
    seen: set[bytes] = set()
    for near in _starts(density):
        ground = _followed(density, near)
        if ground is None or ground[1].tobytes() in seen:
            continue
        seen.add(ground[1].tobytes())
        yield ground


def _starts(density: Density) -> Iterator[Flags]:
    """Yield lines that may be unexposed film: of each common tone, or of that of the margins."""
    for level in _levels(density):
        for slack in (0.03, 0.15):
            yield density.calm & (np.abs(density.line - level) <= max(2.5, slack * level))
    sides = density.bands[:, [0, -1]]
    span = 2 * (density.width // 8) + 1
    followed = np.stack([_running_median(side, span) for side in sides.T], axis=1)
    ground = np.linspace(followed[:, 0], followed[:, 1], BANDS, axis=1)
    yield density.calm & _is_ground(density, ground, max(2.5, 0.02 * float(np.median(sides))))


def _levels(density: Density) -> list[float]:
    """Return the tones that many calm lines have, the commonest and the outermost ones."""
    tones = density.line[density.calm]
    if not tones.size:
        return []
    counts, _ = np.histogram(tones, bins=256, range=(0, 256))
    smooth = cv2.GaussianBlur(counts.astype(np.float32)[:, None], (1, 0), 0, sigmaY=1.5)[:, 0]
    inner = smooth[1:-1]
    peaks = 1 + np.flatnonzero((inner >= smooth[:-2]) & (inner > smooth[2:]))
    peaks = peaks[smooth[peaks] >= _RARE * tones.size / 4]
    if not peaks.size:
        return [float(np.median(tones))]
    common = peaks[np.argsort(-smooth[peaks], kind="stable")][:_LEVELS]
    return sorted({float(peak) + 0.5 for peak in (*common, peaks[0], peaks[-1])})


def _running_median(tones: Floats, span: int) -> Floats:
    half = span // 2
    sampled = np.pad(tones, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(sampled, span)[:: max(1, half // 4)]
    places = np.arange(len(tones))[:: max(1, half // 4)]
    medians = np.median(windows, axis=1)
    return np.interp(np.arange(len(tones)), places, medians[: len(places)]).astype(np.float32)


def _followed(density: Density, near: Flags) -> tuple[Floats, Flags] | None:
    """Return the tone of unexposed film in every band of every line, and the lines it is from."""
    ground = None
    for _ in range(_ROUNDS):
        runs = [(start, end) for start, end in runs_of(near) if end - start >= 2]
        if not runs:
            return None
        ground = _between(density, runs)
        near = density.calm & _is_ground(density, ground, _slack(density, ground, near))
    return (ground, near) if ground is not None and near.any() else None


def _slack(density: Density, ground: Floats, near: Flags) -> float:
    off = np.abs(density.bands[near] - ground[near])
    return max(2.0, _GRAINS * 1.48 * float(np.median(off)))


def _is_ground(density: Density, ground: Floats, slack: float) -> Flags:
    """Return the lines that have the tone of the ground but for a band or two."""
    off = np.abs(density.bands - ground) <= slack
    return np.asarray(off.sum(axis=1) >= BANDS - 2)


def _between(density: Density, runs: list[Run]) -> Floats:
    """Return band tones of every line, drawn from run to run; odd runs yield to neighbours."""
    tones = np.stack([np.median(density.bands[start:end], axis=0) for start, end in runs])
    padded = np.pad(tones, ((_NEIGHBOURS, _NEIGHBOURS), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1, axis=0)
    usual = np.median(windows, axis=-1)
    odd = np.abs(tones - usual) > np.maximum(3.0, 0.1 * usual)
    tones = np.where(odd, usual, tones)
    places = np.array([(start + end - 1) / 2 for start, end in runs])
    lines = np.arange(density.length)
    drawn = [np.interp(lines, places, tones[:, band]) for band in range(BANDS)]
    return np.stack(drawn, axis=1).astype(np.float32)


def _exposed(density: Density, ground: Floats, near: Flags) -> Exposed:
    size = (density.width, density.length)
    # Bands have their tone in their middle, as resized pixels have.
    under = cv2.resize(ground, size, interpolation=cv2.INTER_LINEAR)
    off = np.abs(density.tones - under)
    usual, most = np.percentile(off[near][:: _SPARSE + 1], (50.0, 95.0))
    grain = max(1.48 * float(usual), 0.5 * float(most))
    contrasts = np.percentile(off[~near, ::_SPARSE], _LIT, axis=1)
    contrast = float(np.percentile(contrasts, _FAINTEST)) if contrasts.size else 0.0
    tolerance = max(_LEAST_TOLERANCE, _GRAINS * grain, _CONTRAST_SHARE * contrast)
    mask = (off > tolerance).astype(np.uint8)
    solids, share = _solids(mask)
    faint = min(tolerance, max(_LEAST_FAINT, 2 * _GRAINS * grain, _FAINT_SHARE * contrast))
    mask |= ((density.low > faint) & (off > faint)).astype(np.uint8)
    faint_film = contrast < _FAINT
    quality = share * _alike(solids, density.width)
    return Exposed(mask, off, tolerance, grain, solids, faint_film, quality)


def _solids(mask: Pixels) -> tuple[tuple[Box, ...], float]:
    """Return the frame-like rectangles along the film, and their share of all that stands out."""
    width = mask.shape[1]
    across, along = (max(2, round(part * width)) for part in _THICK)
    clean = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(clean, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    thick = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((along, across), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=4)
    x, y, wide, high, area = stats[1:].T
    frame = (area >= _SOLID * wide * high) & (wide >= _FRAME_WIDTH * width)
    frame &= high >= SHORTEST * width
    worth = np.where(high <= _LONGEST * width, 1.0, _JOINED)
    share = float((area * worth)[frame].sum()) / max(1, int(area.sum()))
    found = zip(x[frame], y[frame], wide[frame], high[frame], strict=True)
    boxes = sorted((Box(*map(int, box)) for box in found), key=lambda box: (box.y, box.x))
    return tuple(boxes), share


def _alike(solids: tuple[Box, ...], width: int) -> float:
    """Return the share of frames whose length is near the usual one, if that is a page's."""
    if not solids:
        return 0.0
    lengths = np.array([box.height for box in solids], dtype=np.float64)
    usual = float(np.median(lengths))
    other = np.minimum(np.abs(lengths / usual - 0.5), np.abs(lengths / usual / 4 - 0.5))
    near = np.abs(lengths - usual) <= 0.35 * usual
    share = float(np.mean(np.maximum(near, _TURNED * (other <= _HALF_AS_LONG))))
    touching = usual > _LONGEST * width
    like = touching or _PAGE[0] <= usual / width <= _PAGE[1]
    return share if like else _UNLIKE_PAGES * share
