"""Cut the image of a fiche into its title strip and its frames, row by row.

Rows and frames are told by the profile of density: gaps are runs of lines of one tone, dark or
light, whichever tells pieces of the more even length. Cuts lie in the middle of gaps, so that
nothing between two frames is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from .model import Box, FilmFrame, Pixels
from .scale import grey
from .strip import Run, runs_of

_ANALYSIS_WIDTH = 300
_GAP_SHARE = 0.97
_SHORTEST_GAP = 0.01  # of the width of the film
_LEAST_EVEN = 0.5
_TITLE_SHARE = 0.6
_LIVELY = 12.0


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the runs along one direction of film look like."""

    shortest: float
    longest: float
    """Usual length over the width of what is cut."""
    fragment: float
    """Of the usual length; what is shorter belongs to its neighbour."""


_FRAMES = _Shape(0.3, 3.0, 0.3)
_ROWS = _Shape(0.02, 0.8, 0.08)  # a title strip is low, but no fragment


def find_card_frames(card: Pixels) -> tuple[FilmFrame, ...]:
    """Return the frames of a fiche: the title strip if there is one, then row by row."""
    tones = grey(card)
    width = tones.shape[1]
    rows = _cuts(tones, _ROWS)
    title = _title_row(rows)
    frames = [_frame(Box(0, title[0], width, title[1] - title[0]), True)] if title else []
    for top, end in rows[1:] if title else rows:
        row = np.ascontiguousarray(tones[top:end].T)
        frames += [_frame(Box(left, top, right - left, end - top)) for left, right in _cuts(row)]
    return tuple(frames)


def _frame(box: Box, title_strip: bool = False) -> FilmFrame:
    return FilmFrame(box, title_strip, 0.5, "between gaps in the density of its row")


def _title_row(rows: list[Run]) -> Run | None:
    if len(rows) < 3:
        return None
    heights = [end - top for top, end in rows]
    return rows[0] if heights[0] < _TITLE_SHARE * float(np.median(heights[1:])) else None


def _cuts(tones: Pixels, shape: _Shape = _FRAMES) -> list[Run]:
    """Return the runs of lines that hold one frame each, down the image."""
    height, width = tones.shape
    scale = min(1.0, _ANALYSIS_WIDTH / width)
    small = _shrunk(tones, scale)
    tone, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    lively = small.std(axis=1) > _LIVELY
    best: tuple[float, list[Run]] = (_LEAST_EVEN, [])
    for dark in (True, False):
        share = (small <= tone).mean(axis=1) if dark else (small > tone).mean(axis=1)
        runs = _frames_between(share >= _GAP_SHARE, small.shape[1], shape)
        best = max(best, (_evenness(runs, small.shape[1], shape), runs))
    if not best[1]:
        return [(0, height)]
    return [
        (round(top / scale), min(height, round(end / scale)))
        for top, end in _widened(best[1], lively)
    ]


def _shrunk(tones: Pixels, scale: float) -> Pixels:
    size = (max(1, round(tones.shape[1] * scale)), max(1, round(tones.shape[0] * scale)))
    return np.asarray(cv2.resize(tones, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _frames_between(gap: NDArray[np.bool_], width: int, shape: _Shape) -> list[Run]:
    """Return the runs between gaps, fragments joined to the frame that is nearer."""
    shortest = max(2, round(_SHORTEST_GAP * width))
    solid = np.zeros_like(gap)
    for start, end in runs_of(gap):
        solid[start:end] = end - start >= shortest or start == 0 or end == len(gap)
    return _joined(runs_of(~solid), shape.fragment)


def _joined(runs: list[Run], fragment: float) -> list[Run]:
    if len(runs) < 2:
        return runs
    median = float(np.median([end - start for start, end in runs]))
    joined = list(runs)
    at = 0
    while at < len(joined) and len(joined) > 1:
        if joined[at][1] - joined[at][0] >= fragment * median:
            at += 1
            continue
        before = joined[at][0] - joined[at - 1][1] if at else np.inf
        after = joined[at + 1][0] - joined[at][1] if at + 1 < len(joined) else np.inf
        left = at - 1 if before <= after else at
        joined[left : left + 2] = [(joined[left][0], joined[left + 1][1])]
        at = max(0, left)
    return joined


def _evenness(runs: list[Run], width: int, shape: _Shape) -> float:
    """Return how well runs look like frames, 0.0 to 1.0: several, page-like, alike."""
    if len(runs) < 2:
        return 0.0
    lengths = np.array([end - start for start, end in runs], dtype=np.float64)
    median = float(np.median(lengths))
    if not shape.shortest <= median / width <= shape.longest:
        return 0.0
    return float(np.mean(np.abs(lengths - median) <= 0.35 * median))


def _widened(runs: list[Run], lively: NDArray[np.bool_]) -> list[Run]:
    """Return runs that share the gaps between them, and what is lively at the ends as well."""
    length = len(lively)
    middles = [(end + start) // 2 for (_, end), (start, _) in pairwise(runs)]
    margin = int(np.median([start - end for (_, end), (start, _) in pairwise(runs)]))
    first, last = max(0, runs[0][0] - margin), min(length, runs[-1][1] + margin)
    if lively[:first].any():
        first = 0
    if lively[last:].any():
        last = length
    edges = [first, *middles, last]
    return list(pairwise(edges))
