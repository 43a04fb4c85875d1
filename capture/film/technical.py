"""Whether a frame of film is technical by its picture: a chart, a grey scale, film without a page.

A page wrongly called technical would neither be filed nor searched. So a chart must be clearly
one, a grey scale must be all the picture there is, and film counts as bare only where nobody
found writing and no edge of a sheet shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.ink import Flags, Marks, glanced_at, ink_mask, looked_at, marks_of
from capture.model import Box, Pixels
from capture.scale import grey, resize

from .target import is_target

BARE = frozenset({"clear film", "dark film", "fogged film"})
"""Reasons that an empty sheet without visible edges has as well."""

_SOFT, _AROUND = 1.2, 21
"""Pixels of the glance: a softening that grain does not outlast, wider than strokes."""
_FAINT, _ABOVE_GRAIN = 5.0, 6.0
_SCRATCH, _PIECE = 16.0, 5.0
"""How thick a line through the whole frame may be, and a piece of a scratch."""
_THROUGH, _ACROSS = 0.4, 0.97
_LARGEST_SPECK, _LEAST_LETTER, _MOST_SPECKS = 12, 4, 80
_NEXT_LETTER, _LEVEL = 22.0, 4.0
_LOOK = 240
"""Pixels across at which edges and steps are looked for; thinner than a fifth of a letter."""
_SPECK = 7
"""Pixels of the look: wider than dust and scratches."""
_REACH = 2
_EDGE = 9.0
"""Grey levels over ``_REACH`` pixels each way from which a change is the edge of something."""
_FEW_EDGES = 0.002
_CLEAR, _DARK = 190.0, 50.0
_EVEN = 30.0
_SPLICE_COLUMNS = 0.85
_SPLICE_MIDDLE = (0.12, 0.88)
_SLANT, _SLANTS = 0.06, 13
_FEWEST_STEPS = 5
"""Steps between the fields of a grey scale."""
_STEP = 5.0
_SPACED = 0.25
_FLAT = 0.4
"""Of a step, the most that a field of a grey scale varies."""
_ALIKE_ROWS = 0.05
_MOST_LETTERS = 60
_TILE, _VARIED, _MOST_VARIED = 16, 5.0, 0.35
"""Pixels of the look; grey levels of spread, and the share of tiles that may have more."""
_RANGE = 60.0

Line = NDArray[np.float32]


def technical_reason(found: Pixels, page: Pixels) -> str:
    """Return why a frame of film is technical, for people; empty for a page.

    ``found`` is the frame as cut from its film, ``page`` the same prepared: upright, dark on
    light.
    """
    if is_target(page):
        return "a resolution target"
    if is_grey_scale(found, page):
        return "a grey scale"
    return bare_film(found)


def bare_film(found: Pixels) -> str:
    """Return what film without a page and without writing is; empty where an edge shows.

    Dust and scratches are nothing. An exposure of an empty sheet shows the edges of the sheet,
    or passes for film.
    """
    calm = _calm(found)
    if min(calm.shape) <= 4 * _REACH:
        return ""
    along, across = _steps(calm, 0), _steps(calm, 1)
    edges = np.count_nonzero((along > _EDGE) | (across > _EDGE)) / calm.size
    joined = edges > _FEW_EDGES
    # Edges are looked for first: most pages show some, and are done with.
    if (joined and not _is_splice(along, across)) or _bears_marks(found):
        return ""
    return "a splice" if joined else _by_tone(calm)


def _by_tone(calm: Pixels) -> str:
    low, middle, high = np.percentile(calm, (2, 50, 98))
    if high - low > _EVEN:
        return "film struck by light"
    if middle >= _CLEAR:
        return "clear film"
    return "dark film" if middle <= _DARK else "fogged film"


def _bears_marks(found: Pixels) -> bool:
    """Return whether anything stands on a frame that dust and scratches are not."""
    small, _ = glanced_at(found)
    if min(small.shape) <= _AROUND:
        return True
    calm = cv2.GaussianBlur(small, (0, 0), _SOFT)
    off = cv2.absdiff(calm, cv2.medianBlur(calm, _AROUND))
    least = max(_FAINT, _ABOVE_GRAIN * float(off.mean()))
    marks = marks_of(np.where(off > least, 255, 0).astype(np.uint8))
    width, height = marks.width, marks.height
    tall, slim = np.maximum(width, height), np.minimum(width, height)
    scratch = _lines_of_wear(marks)
    if np.any((tall > _LARGEST_SPECK) & ~scratch):
        return True
    specks = ~scratch & (slim >= _LEAST_LETTER)
    if int(specks.sum()) > _MOST_SPECKS:
        return True
    middles = np.stack([marks.x + width / 2, marks.y + height / 2], axis=1)[specks]
    return _makes_a_line(middles) or _makes_a_line(middles[:, ::-1])


def _lines_of_wear(marks: Marks) -> Flags:
    """Return which marks are scratches along the film, whole or in pieces, or a joint across."""
    down, across = marks.mask.shape
    through = (marks.height > _THROUGH * down) | (marks.width > _ACROSS * across)
    thin = marks.area <= _SCRATCH * (marks.height + marks.width)
    piece = (marks.height >= 4 * marks.width) & (marks.area <= _PIECE * marks.height)
    return np.asarray((through & thin) | piece)


def _makes_a_line(middles: NDArray[np.float64]) -> bool:
    """Return whether three marks stand side by side, as close as letters do."""
    across = middles[:, None, 0] - middles[None, :, 0]
    down = np.abs(middles[:, None, 1] - middles[None, :, 1])
    next_to = (across > 0) & (across <= _NEXT_LETTER) & (down <= _LEVEL)
    return bool((next_to.any(axis=0) & next_to.any(axis=1)).any())


def _calm(found: Pixels) -> Pixels:
    """Return a frame small, without dust and scratches."""
    tones = grey(found)
    small = resize(tones, min(1.0, _LOOK / min(tones.shape)))
    return np.asarray(cv2.medianBlur(np.ascontiguousarray(small), _SPECK), dtype=np.uint8)


def _steps(calm: Pixels, axis: int) -> Line:
    """Return how far tones change about each place, along an axis, smooth slopes taken off."""
    tones = calm.astype(np.float32)
    near = np.roll(tones, -_REACH, axis) - np.roll(tones, _REACH, axis)
    far = np.roll(tones, -3 * _REACH, axis) - np.roll(tones, 3 * _REACH, axis)
    # A slope of fog changes three times as much over three times the way, an edge as much.
    sharp = np.abs(near - (far - near) / 2)
    edge = [slice(None), slice(None)]
    for part in (slice(0, 3 * _REACH), slice(-3 * _REACH, None)):
        edge[axis] = part
        sharp[tuple(edge)] = 0
    return np.asarray(sharp, dtype=np.float32)


def _is_splice(along: Line, across: Line) -> bool:
    """Return whether a straight line crosses the film, and no edge runs along it."""
    height, width = along.shape
    if np.count_nonzero(across > _EDGE) > _FEW_EDGES * across.size:
        return False
    rows, columns = np.nonzero(along > _EDGE)
    low, high = (round(share * height) for share in _SPLICE_MIDDLE)
    for slope in np.linspace(-_SLANT, _SLANT, _SLANTS):
        level = np.round(rows - slope * (columns - width / 2)).astype(int)
        lines = np.bincount(np.clip(level, 0, height - 1), minlength=height)
        if lines[low:high].max(initial=0) >= _SPLICE_COLUMNS * width:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where the fields of a grey scale lie along a line of tones."""

    start: int
    stop: int
    steps: int


def is_grey_scale(found: Pixels, page: Pixels) -> bool:
    """Return whether a frame shows a grey scale and hardly anything else."""
    tones = grey(found)
    small = resize(tones, min(1.0, _LOOK / min(tones.shape)))
    box = _scale_box(small) or _turned(_scale_box(np.ascontiguousarray(small.T)))
    if box is None or not _nothing_else(small, box):
        return False
    look, _ = looked_at(page)
    return int(marks_of(ink_mask(look)).letters.sum()) <= _MOST_LETTERS


def _turned(box: Box | None) -> Box | None:
    return box and Box(box.y, box.x, box.height, box.width)


def _scale_box(small: Pixels) -> Box | None:
    """Return where rows of ``small`` step evenly through many tones, one row like the next."""
    lines = cv2.blur(small, (1, 5)).astype(np.float32)
    rows = np.flatnonzero(lines.max(axis=1) - lines.min(axis=1) > _RANGE)
    found = {int(row): scale for row in rows[::3] if (scale := _scale_of(lines[row]))}
    if not found:
        return None
    usual = sorted(found.values(), key=lambda scale: scale.start)[len(found) // 2]
    alike = [row for row, scale in found.items() if _same(scale, usual)]
    if 3 * len(alike) < _ALIKE_ROWS * small.shape[0]:
        return None
    top, bottom = min(alike), max(alike)
    return Box(usual.start, top, usual.stop - usual.start, bottom - top + 1)


def _same(one: _Scale, other: _Scale) -> bool:
    return abs(one.start - other.start) <= 3 and abs(one.steps - other.steps) <= 1


def _scale_of(line: Line) -> _Scale | None:
    """Return the grey scale along a line of tones; None where there is none."""
    change = np.zeros_like(line)
    change[_REACH:-_REACH] = line[2 * _REACH :] - line[: -2 * _REACH]
    for sign in (1.0, -1.0):
        peaks = _peaks(sign * change)
        for run in _even_runs(peaks):
            if _has_flat_fields(line, run):
                pitch = (run[-1] - run[0]) // (len(run) - 1)
                stop = min(len(line), run[-1] + pitch)
                return _Scale(max(0, run[0] - pitch), stop, len(run))
    return None


def _peaks(change: Line) -> list[int]:
    """Return where tones step up: the middle of each run above the least step."""
    over = np.flatnonzero(np.diff(np.concatenate(([0], change > _STEP, [0])).astype(np.int8)))
    return [int(start + stop - 1) // 2 for start, stop in zip(over[::2], over[1::2], strict=True)]


def _even_runs(peaks: list[int]) -> list[list[int]]:
    """Return the runs of places at equal distances that are long enough."""
    runs: list[list[int]] = []
    run = peaks[:1]
    for place in peaks[1:]:
        if len(run) > 1 and abs((place - run[-1]) - (run[-1] - run[-2])) > 1 + _SPACED * (
            run[-1] - run[-2]
        ):
            runs.append(run)
            run = run[-1:]
        run.append(place)
    return [run for run in (*runs, run) if len(run) >= _FEWEST_STEPS]


def _has_flat_fields(line: Line, run: list[int]) -> bool:
    """Return whether tones stay between the steps."""
    fields = [line[start + _REACH + 1 : stop - _REACH] for start, stop in pairwise(run)]
    if any(len(field) < 3 for field in fields):
        return False
    middles = np.array([float(np.median(field)) for field in fields])
    step = float(np.median(np.abs(np.diff(middles))))
    spread = float(np.median([float(field.max() - field.min()) for field in fields]))
    return step >= _STEP and spread <= _FLAT * step + 2


def _nothing_else(small: Pixels, box: Box) -> bool:
    """Return whether the frame beside a grey scale is even, but for the edges of its sheet."""
    calm = cv2.medianBlur(small, 11).astype(np.float32)
    side = _TILE
    high, wide = (length // side for length in small.shape)
    tiles = calm[: high * side, : wide * side].reshape(high, side, wide, side)
    varied = tiles.std(axis=(1, 3)) > _VARIED
    beside = np.ones(varied.shape, dtype=np.bool_)
    top, left = max(0, box.y // side - 1), max(0, box.x // side - 1)
    beside[top : box.bottom // side + 2, left : box.right // side + 2] = False
    return bool(beside.any()) and float(varied[beside].mean()) <= _MOST_VARIED
