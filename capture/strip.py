"""The density of a strip of film: how it lies unexposed, and what stands out from that.

Film drifts: the lamp, the developer and the emulsion change its tone along and across. So the
tone of unexposed film is followed from gap to gap, in bands across, and a place is called
exposed only by how far it is from the tone that the film has just there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Box, Pixels

LOOK_WIDTH = 240
"""Pixels across at which a strip is looked at: 28 dpi for letter paper."""
_BANDS = 12
_EDGE = 0.1  # of the width is left off on each side when lines are weighed
_STEP = 3
_MOST, _WHOLE = 92.0, 99.0  # percentiles: the rest of a line may be dust, or a few words
_CALM = 2.5
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
_PAPER_SLACK, _PAPER_SHARE = 0.1, 0.35
_FAINT = 8.0  # grey levels
_FAINT_SHARE = 0.06
_LEAST_FAINT = 4.0
_LINE = 0.04  # of the width: a line of writing is lower
_SPARSE, _LIT = 4, 70.0
"""Every how many columns tell how far a line stands out, and the percentile: half of the film may
be bare, where fronts have no backs."""
_FAINTEST = 10.0  # percentile of the contrasts of lines
_SCRATCH = (0.03, 0.06)  # of the width: thinner across and longer along
_THICK = (0.08, 0.03)  # of the width, across and along: thicker than scratches and rules
_SOLID = 0.8
_FRAME_WIDTH = 0.35
_SHORTEST, _LONGEST = 0.18, 3.5  # widths of the film: what is longer is several frames
_PAGE, _UNLIKE_PAGES = (0.45, 2.2), 0.8  # wide gaps between pages, seen as frames, are low
_JOINED = 0.6
"""What a stretch of frames that touch counts beside frames that are clear."""

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Run = tuple[int, int]
"""First line, and the first line after."""


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """A strip as it is looked at, small, running down."""

    tones: Floats
    """``(lines, columns)``, softened against grain."""
    bands: Floats
    """``(lines, bands)``: the median tone of each band across."""
    line: Floats
    """The median tone of each line, film edges left off."""
    low: Floats
    """``(lines, columns)``: how much what is no taller than a line of writing stands out."""
    calm: Flags
    """Which lines are even across but for dust and a few words."""
    still: Flags
    """Which lines are even all across."""

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.tones.shape[1])

    @property
    def length(self) -> int:
        """Lines."""
        return int(self.tones.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Exposed:
    """What stands out from unexposed film, under one reading of its tone."""

    mask: Pixels
    """``(lines, columns)``: 1 where the tone is not that of unexposed film, or where lines of
    writing stand out, however small."""
    off: Floats
    """``(lines, columns)``: grey levels from unexposed film."""
    tolerance: float
    """How many of those are none."""
    grain: float
    """How many of those may be nothing but the grain of the film."""
    solids: tuple[Box, ...]
    """Full rectangles of the size of frames, along the film."""
    faint: bool
    """Frames differ so little from unexposed film that drift may hide their edges."""
    quality: float
    """0.0 to 1.0: how much of what stands out is such rectangles of like length."""

    def after(self, line: int) -> Exposed:
        """Return what stands out from ``line`` on."""
        mask = self.mask.copy()
        mask[:line] = 0
        least = _SHORTEST * mask.shape[1]
        solids = tuple(
            Box(box.x, max(line, box.y), box.width, box.bottom - max(line, box.y))
            for box in self.solids
            if box.bottom - line >= least
        )
        return replace(self, mask=mask, solids=solids)

    def papered(self, box: Box) -> bool:
        """Return whether much of what stands out in ``box`` has one tone, as paper has."""
        off = self.off[box.y : box.bottom, box.x : box.right]
        counts, _ = np.histogram(off[off > self.tolerance], bins=256, range=(0, 256))
        if not counts.any():
            return False
        tone = int(np.argmax(counts))
        slack = max(3, round(_PAPER_SLACK * tone))
        near = counts[max(0, tone - slack) : tone + slack + 1]
        return int(near.sum()) >= _PAPER_SHARE * off.size


def runs_of(flags: Flags) -> list[Run]:
    """Return the runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def density_of(grey: Pixels) -> Density:
    """Return the density of a strip that runs down and is at least ``2 * _BANDS`` wide."""
    scale = min(1.0, LOOK_WIDTH / grey.shape[1])
    size = (round(grey.shape[1] * scale), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    clean = _without_scratches(np.asarray(small, dtype=np.uint8))
    tones = np.asarray(cv2.blur(clean.astype(np.float32), (3, 3)), dtype=np.float32)
    parts = np.array_split(tones, _BANDS, axis=1)
    bands = np.stack([np.median(part, axis=1) for part in parts], axis=1)
    side = round(_EDGE * tones.shape[1])
    middle = tones[:, side : tones.shape[1] - side]
    line = np.asarray(np.median(middle, axis=1), dtype=np.float32)
    return Density(tones, bands, line, _low_marks(tones), *_even_lines(middle))


def _without_scratches(tones: Pixels) -> Pixels:
    """Return tones without what is thin across the film and long along it, dark or light."""
    width = tones.shape[1]
    thin = np.ones((1, max(3, round(_SCRATCH[0] * width))), np.uint8)
    long = np.ones((max(3, round(_SCRATCH[1] * width)), 1), np.uint8)
    # Outside the film OpenCV sees more of the scratch; mirrored, it stays as thin as it is.
    side = thin.shape[1]
    wide = cv2.copyMakeBorder(tones, 0, 0, side, side, cv2.BORDER_REFLECT)
    light = cv2.morphologyEx(cv2.morphologyEx(wide, cv2.MORPH_TOPHAT, thin), cv2.MORPH_OPEN, long)
    dark = cv2.morphologyEx(cv2.morphologyEx(wide, cv2.MORPH_BLACKHAT, thin), cv2.MORPH_OPEN, long)
    clean = cv2.add(cv2.subtract(wide, light), dark)
    return np.ascontiguousarray(clean[:, side:-side], dtype=np.uint8)


def _low_marks(tones: Floats) -> Floats:
    """Return by how much marks no taller than a line of writing stand out, dark or light."""
    tall = np.ones((max(5, round(_LINE * tones.shape[1])), 1), np.uint8)
    hats = (cv2.morphologyEx(tones, way, tall) for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    return np.asarray(np.maximum(*hats), dtype=np.float32)


def _even_lines(middle: Floats) -> tuple[Flags, Flags]:
    """Return which lines vary across no more than grain makes them: most of each, and all."""
    steps = np.abs(middle[:, _STEP:] - middle[:, :-_STEP])
    most, whole = np.percentile(steps, (_MOST, _WHOLE), axis=1)
    calm = most <= max(2.0, _CALM * float(np.percentile(most, 5.0)))
    still = whole <= max(3.0, _CALM * float(np.percentile(whole, 5.0)))
    return np.asarray(calm), np.asarray(calm & still)


def best_reading(density: Density) -> Exposed | None:
    """Return the reading under which the most of the strip is frames; None if none is."""
    best = max(
        _readings(density),
        key=lambda found: (_worth(density, found), len(found.solids)),
        default=None,
    )
    return _with_weak(best) if best is not None and best.solids else None


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


def _readings(density: Density) -> Iterator[Exposed]:
    seen: set[bytes] = set()
    for near in _starts(density):
        ground = _followed(density, near)
        if ground is None or ground[1].tobytes() in seen:
            continue
        seen.add(ground[1].tobytes())
        yield _exposed(density, *ground)


def _starts(density: Density) -> Iterator[Flags]:
    """Yield lines that may be unexposed film: of each common tone, or of that of the margins."""
    for level in _levels(density):
        for slack in (0.03, 0.15):
            yield density.calm & (np.abs(density.line - level) <= max(2.5, slack * level))
    sides = density.bands[:, [0, -1]]
    span = 2 * (density.width // 8) + 1
    followed = np.stack([_running_median(side, span) for side in sides.T], axis=1)
    ground = np.linspace(followed[:, 0], followed[:, 1], _BANDS, axis=1)
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
    return np.asarray(off.sum(axis=1) >= _BANDS - 2)


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
    drawn = [np.interp(lines, places, tones[:, band]) for band in range(_BANDS)]
    return np.stack(drawn, axis=1).astype(np.float32)


def _exposed(density: Density, ground: Floats, near: Flags) -> Exposed:
    size = (density.width, density.length)
    # Bands have their tone in their middle, as resized pixels have.
    under = cv2.resize(ground, size, interpolation=cv2.INTER_LINEAR)
    off = np.abs(density.tones - under)
    grain = 1.48 * float(np.median(off[near]))
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
    frame &= high >= _SHORTEST * width
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
    share = float(np.mean(np.abs(lengths - usual) <= 0.35 * usual))
    touching = usual > _LONGEST * width
    like = touching or _PAGE[0] <= usual / width <= _PAGE[1]
    return share if like else _UNLIKE_PAGES * share
