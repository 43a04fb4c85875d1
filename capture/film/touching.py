"""Where frames part that have no gap between them: by steps of tone, calm lines, usual length.

The cuts of a stretch of film are chosen together, by dynamic programming over its lines: a cut
is cheap where the tone of the paper steps all across or where nothing stands around it, and
frames are cheap when they are about as long as the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capture.model import Box

from .strip import Density, Flags, Floats

_STRIDE = 3
_BESIDE = (2, 6)
"""Lines from a cut between which tones are compared on either side of it."""
_ASKEW = 6, 9
"""The same where the edge of a skewed page lies between."""
LEAST_BAND, WIDEST_BAND, BAND_REACH = 0.012, 0.25, 0.02
"""Of the length of a frame: what two that overlap share."""
BY_TONE, THROUGH = 0.7, 0.2
"""How sure a cut at a step of tone is, and one through writing."""
_PAGE_SHAPE = 1.7  # length over width: no page is longer
_ALIKE, _AT_CUT = 0.06, 0.12  # of the usual length
_CALM_AROUND = 0.9  # of the room that two margins have
_CALM_ELSEWHERE = 0.04  # of the lines
_SPARE_BANDS = 1  # may be dusty
_LEAST_STEP, _FULL_STEP = 1.5, 6.0
_ROOM = 0.06  # of the width: more calm around a cut makes it no better
_CUT, _STEP, _CALM, _UNCALM = 0.5, 3.0, 1.0, 3.0
_LENGTHS = (0.35, 1.5)  # of the usual length
_SPREAD, _ODD = 0.12, 3.0
_PAPER = 1.3
"""Length over width of letter and A4 paper, the likeliest where nothing else tells."""
_GUESSES = np.geomspace(0.6, 1.9, 36)
_PRIOR = 1.0
_LOOK = 25.0  # widths: enough film to tell the usual length from

Costs = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """A line at which one frame ends and the next begins."""

    line: int
    sure: float
    """0.0 to 1.0."""
    room: float = 1.0
    """1.0 where the film is as calm on both sides as the margins of two pages are."""


def cuts_in(density: Density, stretch: Box, usual: float | None) -> list[Cut]:
    """Return the cuts inside ``stretch``, a run of frames as wide as that.

    ``usual`` is the length of a frame where others tell it, else it is found from the stretch.
    """
    steps, still = steps_in(density, stretch), density.still
    room = room_in(density)
    cost = _CUT - _STEP * np.minimum(1.0, steps / _FULL_STEP) - _CALM * room
    cost += _UNCALM * (~still & (steps == 0))
    start = stretch.y
    places, lines = _coarse(cost[start : stretch.bottom])
    length = usual or _usual(places, stretch.width)
    found = _best(places, length)[1]
    return [
        Cut(line, _sureness(float(steps[line]), bool(still[line])), float(room[line]))
        for line in (start + int(lines[at]) for at in found)
    ]


def _sureness(step: float, still: bool) -> float:
    if step >= _LEAST_STEP:
        return BY_TONE
    return 0.4 if still else THROUGH


def _coarse(cost: Costs) -> tuple[Costs, NDArray[np.int64]]:
    """Return the cheapest cut of every few lines, and which line that is."""
    count = len(cost) // _STRIDE
    cells = cost[: count * _STRIDE].reshape(count, _STRIDE)
    inside = np.argmin(cells, axis=1)
    return cells[np.arange(count), inside], np.arange(count) * _STRIDE + inside


def _usual(places: Costs, across: int) -> float:
    """Return the length of frames that parts a stretch most cheaply."""
    few = places[: round(_LOOK * across / _STRIDE)]
    guesses = [float(ratio) * across for ratio in _GUESSES]

    def weighed(length: float) -> float:
        odd = abs(float(np.log(length / (_PAPER * across))))
        return _best(few, length)[0] * across / max(1, len(few) * _STRIDE) + _PRIOR * odd

    return min(guesses, key=weighed)


def _best(places: Costs, length: float) -> tuple[float, list[int]]:
    """Return the least cost of parting all of ``places``, and the cuts that have it."""
    count = len(places)
    shortest, longest = (max(1, round(part * length / _STRIDE)) for part in _LENGTHS)
    lengths = np.arange(longest, shortest - 1, -1) * _STRIDE
    odd = np.minimum(_ODD, 0.5 * ((lengths - length) / (_SPREAD * length)) ** 2)
    total = np.full(count + 1, np.inf)
    total[0] = 0.0
    came = np.zeros(count + 1, dtype=np.int64)
    for at in range(shortest, count + 1):
        first = max(0, at - longest)
        ways = total[first : at - shortest + 1] + odd[first - (at - longest) :]
        way = int(np.argmin(ways))
        came[at] = first + way
        total[at] = ways[way] + (places[at] if at < count else 0.0)
    if not np.isfinite(total[count]):
        return float("inf"), []
    cuts: list[int] = []
    at = int(came[count])
    while at > 0:
        cuts.append(at)
        at = int(came[at])
    return float(total[count]), cuts[::-1]


def shown_cuts(density: Density, box: Box, cuts: list[Cut], usual: float) -> list[Cut]:
    """Return those of a few cuts that show: steps of tone, and calm where length agrees.

    Lines of a page are calm as well, so what may be one page by its shape parts by tone only.
    """
    askew, reach = steps_in(density, box, _ASKEW), _ASKEW[0]
    stepped = [
        cut
        for cut in cuts
        if cut.sure >= BY_TONE or askew[max(0, cut.line - reach) : cut.line + reach].any()
    ]
    ends = [box.y, *(cut.line for cut in stepped), box.bottom]
    kept = list(stepped)
    for top, end in pairwise(ends):
        inside = [cut for cut in cuts if top < cut.line < end and cut not in stepped]
        part = replace(box, y=top, height=end - top)
        if not inside or part.height < _PAGE_SHAPE * box.width:
            continue
        if _part_by_calm(density, part, inside, usual) or _shares_band(density, part, usual):
            kept += inside
    return sorted(kept, key=lambda cut: cut.line)


def _part_by_calm(density: Density, part: Box, cuts: list[Cut], usual: float) -> bool:
    """Return whether calm shows where frames part: each as long as others, calm rare elsewhere."""
    lines = [part.y, *(cut.line for cut in cuts), part.bottom]
    alike = all(abs(end - top - usual) <= _ALIKE * usual for top, end in pairwise(lines))
    if not alike or any(cut.sure <= THROUGH or cut.room < _CALM_AROUND for cut in cuts):
        return False
    room = room_in(density)[part.y : part.bottom]
    away = np.ones(part.height, dtype=np.bool_)
    ends = round(_AT_CUT * usual)
    for line in lines:
        away[max(0, line - part.y - ends) : line - part.y + ends] = False
    least = min(cut.room for cut in cuts)
    return bool(away.any()) and float((room[away] >= least).mean()) <= _CALM_ELSEWHERE


def _shares_band(density: Density, part: Box, usual: float) -> bool:
    """Return whether both edges of a band show that was exposed twice, of two frames."""
    steps, reach = steps_in(density, part), max(2, round(BAND_REACH * usual))
    lines = round(part.bottom - usual), round(part.y + usual)
    if not LEAST_BAND * usual < lines[1] - lines[0] < WIDEST_BAND * usual:
        return False
    return all(bool(steps[max(0, line - reach) : line + reach].any()) for line in lines)


def steps_in(density: Density, stretch: Box, beside: tuple[int, int] = _BESIDE) -> Costs:
    """Return how far the tone of calm film steps at each line, all across and in one direction.

    The margins of a page keep their tone beside a shaded row or a rule.
    """
    near, far = beside
    count, across = density.length, density.width / density.bands.shape[1]
    first, last = round(stretch.x / across), max(round(stretch.right / across), 1)
    bands = density.bands[:, min(first, last - 1) : last]
    before, after = np.zeros_like(bands), np.zeros_like(bands)
    known = np.zeros(count, dtype=np.bool_)
    if count <= 2 * far:
        return np.zeros(count)
    means = _means(bands, far - near)
    calm = _means(density.still.astype(np.float32)[:, None], far - near)[:, 0] > 0.99
    inner = slice(far, count - far)
    before[inner], after[inner] = means[: count - 2 * far], means[far + near : count + near - far]
    known[inner] = calm[: count - 2 * far] & calm[far + near : count + near - far]
    signed = np.sort(after - before, axis=1)
    spare = min(_SPARE_BANDS, (signed.shape[1] - 1) // 2)
    step = np.maximum(signed[:, spare], -signed[:, -1 - spare])
    return np.where(known & (step >= _LEAST_STEP), step, 0.0)


def _means(values: Floats, span: int) -> Floats:
    """Return the means of ``span`` lines from each line on."""
    sums = np.cumsum(np.pad(values.astype(np.float64), ((1, 0), (0, 0))), axis=0)
    return np.asarray((sums[span:] - sums[:-span]) / span, dtype=np.float32)


def room_in(density: Density) -> Costs:
    """Return how calm it is around each line: 1.0 where there is room for two margins."""
    still, enough = density.still, _ROOM * density.width
    return np.asarray(
        np.minimum(1.0, np.minimum(_since(still), _since(still[::-1])[::-1]) / enough)
    )


def _since(still: Flags) -> Costs:
    lines = np.arange(len(still))
    last = np.maximum.accumulate(np.where(still, -1, lines))
    return np.asarray(np.where(still, lines - last, 0), dtype=np.float64)
