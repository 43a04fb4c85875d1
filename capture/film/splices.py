"""Where a roll was cut and put together again: a thin line across all of the film.

Unlike a gap between frames a splice is of a tone that the film has nowhere else, and unlike a
rule on a page it runs from edge to edge.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.model import Pixels

from .marks import Mark
from .strip import Run, runs_of

_THICK = 0.06  # of the width: what is thicker is a gap
_JAGGED = 0.025  # of the width: how far from its line a splice runs up and down
_LONGEST = 0.13  # of the width
_TRACE = 0.02
_STEP = 40  # grey levels
_ACROSS = 0.92
"""Share of the columns: the scan may show what is beside the film."""
_AROUND = 5.0  # widths of the film in which its tone is looked for
_ALIKE = 0.8
_SAME = 16.0  # grey levels
_MOST = 0.75
_RARE = 0.01  # of the lines around
_OFTEN = 3
_RING, _PAD = 6, 3  # pixels around a mark: its soft edge is painted over as well
_GRAINY, _EVEN = 6.0, 0.25
_IN_LINE, _LINED_UP = 0.03, 3


def splices_in(look: Pixels) -> list[Run]:
    """Return the lines of each splice on a look at film, some 240 pixels across."""
    thick = np.ones((max(5, round(_THICK * look.shape[1])) | 1, 1), np.uint8)
    found: list[Run] = []
    for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        hat = np.asarray(cv2.morphologyEx(look, way, thick), dtype=np.uint8)
        lines = _across(hat)
        runs = [(run, tone) for run in lines if (tone := _tone(look, hat, run)) is not None]
        tones = [tone for _, tone in runs]
        for run, tone in runs:
            gaps = sum(abs(tone - other) <= _SAME for other in tones) > _OFTEN * _expected(look)
            if not gaps and not _is_of_film(tone, run, look):
                found.append(run)
    return sorted(found)


def _expected(look: Pixels) -> float:
    """Return how many widths of the film there are, by the dozen: splices are rare."""
    height, width = look.shape
    return max(1.0, float(height / width) / 12)


def _across(hat: Pixels) -> list[Run]:
    """Return the lines around which a thin mark runs from edge to edge."""
    reach = max(1, round(_JAGGED * hat.shape[1]))
    marked = (hat > _STEP).astype(np.uint8)
    near = cv2.dilate(marked, np.ones((2 * reach + 1, 1), np.uint8))
    full = near.mean(axis=1) >= _ACROSS
    runs: list[Run] = []
    for top, end in runs_of(np.asarray(full)):
        start = max(0, top - reach)
        share = marked[start : end + reach].mean(axis=1, dtype=np.float64)
        lines = np.flatnonzero(share > _TRACE)
        if not lines.size:
            continue
        run = start + int(lines[0]), start + int(lines[-1]) + 1
        if run[1] - run[0] <= _LONGEST * hat.shape[1]:
            runs.append(run)
    return runs


def _tone(look: Pixels, hat: Pixels, run: Run) -> float | None:
    """Return the tone of the mark; None where it has not one all across, as writing has not."""
    part, marked = look[run[0] : run[1]], hat[run[0] : run[1]]
    most = np.argmax(marked, axis=0)
    tones = part[most, np.arange(part.shape[1])].astype(np.float32)
    usual = float(np.median(tones))
    alike = float(np.mean(np.abs(tones - usual) <= 2 * _SAME))
    return usual if alike >= _ALIKE else None


def _is_of_film(tone: float, run: Run, look: Pixels) -> bool:
    """Return whether film around it has that tone between its frames as well."""
    reach = round(_AROUND * look.shape[1])
    top, end = max(0, run[0] - reach), run[1] + reach
    like = (np.abs(look[top:end].astype(np.float32) - tone) <= _SAME).mean(axis=1) >= _MOST
    like[run[0] - top : run[1] - top] = False
    return float(like.mean()) >= _RARE


def healed(look: Pixels, splices: Sequence[Run]) -> Pixels:
    """Return the look with splices drawn over, from the lines before and after them."""
    if not splices:
        return look
    whole = look.copy()
    for top, end in splices:
        above, below = max(0, top - 2), min(len(look) - 1, end + 1)
        share = np.linspace(0, 1, below - above + 1)[:, None]
        drawn = look[above] * (1 - share) + look[below] * share
        whole[above : below + 1] = np.rint(drawn)
    return whole


def without_marks(look: Pixels, marks: Sequence[Mark]) -> Pixels:
    """Return the look with image marks painted over, in the tone of the film around each.

    Only what stands alone on even film, in line with others: a block in the corner of a page
    must not be taken from it.
    """
    middles = np.array([mark.middle[0] for mark in marks])
    clean = look.copy()
    for mark in marks:
        in_line = np.abs(middles - mark.middle[0]) <= _IN_LINE * look.shape[1]
        if int(in_line.sum()) >= _LINED_UP:
            _paint_over(clean, mark)
    return clean


def _paint_over(look: Pixels, mark: Mark) -> None:
    box = mark.box
    rows = slice(max(0, box.y - _RING), box.bottom + _RING)
    columns = slice(max(0, box.x - _RING), box.right + _RING)
    part = look[rows, columns]
    ring = np.ones(part.shape, dtype=np.bool_)
    ring[_PAD : part.shape[0] - _PAD, _PAD : part.shape[1] - _PAD] = False
    low, usual, high = np.percentile(part[ring], (4.0, 50.0, 96.0))
    if high - low <= max(_GRAINY, _EVEN * abs(mark.contrast)):
        part[~ring] = np.uint8(usual)
