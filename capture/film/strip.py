"""The density of a strip of film: how it lies unexposed, and what stands out from that.

Film drifts: the lamp, the developer and the emulsion change its tone along and across. So the
tone of unexposed film is followed from gap to gap, in bands across, and a place is called
exposed only by how far it is from the tone that the film has just there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

LOOK_WIDTH = 240
"""Pixels across at which a strip is looked at: 28 dpi for letter paper."""
BANDS = 12
_EDGE = 0.1  # of the width is left off on each side when lines are weighed
_STEP = 3
_MOST, _WHOLE = 92.0, 99.0  # percentiles: the rest of a line may be dust, or a few words
_CALM = 2.5
_PAPER_SLACK, _PAPER_SHARE = 0.1, 0.35
SHORTEST = 0.18  # of the width of the film: no exposure is shorter
_LEAST_PIECE = 0.1  # of the width: what a splice leaves of a frame
_HELD, _SPARSE_SIDE = 0.1, 0.04
_PAPER_PART = 0.35
_LINE = 0.04  # of the width: a line of writing is lower
_SCRATCH = (0.03, 0.06)  # of the width: thinner across and longer along

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

    def part(self, start: int, stop: int) -> Density:
        """Return some of its lines."""
        return Density(
            self.tones[start:stop],
            self.bands[start:stop],
            self.line[start:stop],
            self.low[start:stop],
            self.calm[start:stop],
            self.still[start:stop],
        )


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
        least = SHORTEST * mask.shape[1]
        solids = tuple(
            Box(box.x, max(line, box.y), box.width, box.bottom - max(line, box.y))
            for box in self.solids
            if box.bottom - line >= least
        )
        return replace(self, mask=mask, solids=solids)

    def cut_at(self, lines: Sequence[int]) -> Exposed:
        """Return what stands out with no rectangle that runs over one of ``lines``."""
        solids = list(self.solids)
        for line in lines:
            over = [box for box in solids if box.y < line < box.bottom]
            for box in over:
                solids.remove(box)
                solids += [
                    piece
                    for first, last in ((box.y, line), (line, box.bottom))
                    if (piece := self._bounded(replace(box, y=first, height=last - first)))
                ]
        return replace(self, solids=tuple(sorted(solids, key=lambda box: (box.y, box.x))))

    def trimmed(self) -> Exposed:
        """Return what stands out with rectangles that are no larger than what fills them.

        Where drift is followed badly, film beside a frame seems to stand out a little.
        """
        solids = tuple(self._bounded(box, _SPARSE_SIDE) or box for box in self.solids)
        return replace(self, solids=solids)

    def _bounded(self, box: Box, held: float = _HELD) -> Box | None:
        """Return what of ``box`` stands out; None if that is no exposure."""
        off = self.off[box.y : box.bottom, box.x : box.right]
        paper = _PAPER_PART * float(np.median(off[::2, ::2]))
        part = off > min(max(self.tolerance, paper), 2 * self.tolerance)
        across = np.flatnonzero(part.mean(axis=0) > held)
        along = np.flatnonzero(part.mean(axis=1) > held)
        if not across.size or not along.size:
            return None
        left, right = int(across[0]), int(across[-1]) + 1
        top, end = int(along[0]), int(along[-1]) + 1
        least = _LEAST_PIECE * self.mask.shape[1]
        if end - top < least or right - left < least:
            return None
        return Box(box.x + left, box.y + top, right - left, end - top)

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
    """Return the density of a strip that runs down and is at least ``2 * BANDS`` wide."""
    scale = min(1.0, LOOK_WIDTH / grey.shape[1])
    size = (round(grey.shape[1] * scale), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    clean = _without_scratches(np.asarray(small, dtype=np.uint8))
    tones = np.asarray(cv2.blur(clean.astype(np.float32), (3, 3)), dtype=np.float32)
    parts = np.array_split(tones, BANDS, axis=1)
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
