"""The frames of a card whose paper has the tone of the ground, by what is written on them.

Nothing stands out there but ink. Pages leave margins, so what is written repeats from page to
page, down the card and along each row, with calm seams between. Where paper and ground differ by
a shade, edges too faint for a single place add up along a row and tighten the boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .cells import CardRow, Cell, Size
from .edges import Edges, edges_along, exposed, sides_of, tightened
from .ink_marks import (
    Line,
    Marks,
    Words,
    holding,
    letter_height,
    marks_of,
    strokes_of,
    words_of,
)
from .lattice import Lattice, Profile
from .look import Look
from .title import Title, large_letters

_FEWEST_PLACES, _MOST_PLACES = 2, 30
_PAGE = 0.6, 1.7
"""Width over height of a place."""
_STEP = 1.008
_LATE, _USUAL_MARGIN = 1.5, 0.13
_MARGIN = 0.28  # of the pitch: pages begin to be written on no farther from the seam
_SPARE_PLACE, _CALM_SIDES = 0.6, 0.85
_ROWS_TRIED = 6
_LEAST_SCORE = 0.35
_LETTERS, _SMALL = 0.03, 14.0
"""Of the height of a place, and in pixels: larger writing stands on no page of that size."""
_INSET = 0.008
_WRITTEN, _CUT_OFF = 0.1, 0.4
_REASON = "a place of the lattice that the card shows by its writing"


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A card as it reads by its writing."""

    rows: tuple[CardRow, ...]
    title: Title | None
    size: Size


@dataclass(frozen=True, slots=True)
class _Fit:
    score: float
    pitch: float
    phases: tuple[float, ...]
    """One for each line."""


def by_writing(look: Look) -> Written | None:
    """Return the rows and frames that the writing on a card tells; None when it tells none."""
    ink = strokes_of(look)
    title = large_letters(ink)
    if title is not None:
        ink = _without(ink, title)
    marks = marks_of(look, ink)
    found = _lattice(marks, look.shape)
    if found is None:
        return None
    down, bands, fit = found
    if letter_height(ink) > max(_SMALL, _LETTERS * down.pitch):
        return None
    size = Size(fit.pitch, down.pitch, 0.0)
    words = words_of(ink, size)
    rows = [
        row
        for number, (band, phase) in enumerate(zip(bands, fit.phases, strict=True))
        if (row := _row(look, marks, words, band, Lattice(fit.pitch, phase, fit.score), number))
    ]
    if sum(len(row.cells) for row in rows) < 2 * _FEWEST_PLACES:
        return None
    return Written(tuple(rows), title, size)


def _without(ink: Pixels, title: Title) -> Pixels:
    left = ink.copy()
    if title.side in ("top", "bottom"):
        lines = slice(0, title.box.bottom) if title.side == "top" else slice(title.box.y, None)
        left[lines] = 0
    else:
        lines = slice(0, title.box.right) if title.side == "left" else slice(title.box.x, None)
        left[:, lines] = 0
    return left


def _lattice(
    marks: Marks, shape: tuple[int, int]
) -> tuple[Lattice, list[tuple[int, int]], _Fit] | None:
    """Return the lattice of rows, their bands, and the lattices along them."""
    whole = marks.down(0, shape[1])
    first, last = whole.ends
    if first == last:
        return None
    best: tuple[float, tuple[Lattice, list[tuple[int, int]], _Fit]] | None = None
    for down in _row_fits(whole, last - first):
        lattice = Lattice(down.pitch, down.phases[0], down.score)
        bands = list(_bands(whole, lattice))
        lines = [marks.across(*band) for band in bands]
        fit = _fitted(lines, _PAGE[0] * down.pitch, _PAGE[1] * down.pitch)
        score = min(down.score, fit.score)
        if score >= _LEAST_SCORE and (best is None or down.score + fit.score > best[0]):
            best = down.score + fit.score, (lattice, bands, fit)
    return best[1] if best else None


def _row_fits(whole: Line, length: int) -> list[_Fit]:
    """Return the likeliest pitches of rows, well apart."""
    pitches = _between(length / _MOST_PLACES, 1.1 * length / 1.5)
    fits = sorted((_at_pitch([whole], pitch) for pitch in pitches), key=lambda fit: -fit.score)
    kept: list[_Fit] = []
    for fit in fits:
        if len(kept) == _ROWS_TRIED:
            break
        if all(abs(fit.pitch / one.pitch - 1) > 0.06 for one in kept):
            kept.append(fit)
    return kept


def _between(least: float, most: float) -> Profile:
    if least < 12 or most < least:
        return np.array([max(12.0, most)])
    count = int(np.log(most / least) / np.log(_STEP)) + 1
    return np.asarray(least * _STEP ** np.arange(count), dtype=np.float64)


def _fitted(lines: Sequence[Line], least: float, most: float) -> _Fit:
    return max((_at_pitch(lines, p) for p in _between(least, most)), key=lambda fit: fit.score)


def _at_pitch(lines: Sequence[Line], pitch: float) -> _Fit:
    """Return how well all lines part at that pitch, each from where it does so best.

    The score is how much likelier seams are than the middle of frames. The lesser seams count
    most: at half the pitch every other one is none, at twice the pitch middles are seams.
    """
    seams: list[Profile] = []
    middles: list[Profile] = []
    phases: list[float] = []
    for line in lines:
        phase, between, inside = _phase(line, pitch)
        phases.append(phase)
        seams.append(between)
        middles.append(inside)
    parting = np.concatenate([*seams, np.zeros(0)])
    whole = np.concatenate([*middles, np.zeros(0)])
    if not parting.size or not whole.size:
        return _Fit(0.0, pitch, tuple(phases))
    likely = 0.5 * float(parting.mean() + np.quantile(parting, 0.25))
    score = likely - 0.5 * float(whole.mean() + np.median(whole))
    again = float(np.mean([line.repeats(pitch) for line in lines]))
    return _Fit((score + again) * (1 - 1 / (1 + parting.size)), pitch, tuple(phases))


def _phase(line: Line, pitch: float) -> tuple[float, Profile, Profile]:
    """Return where a line begins to part at that pitch, its seams, and the middles between."""
    first, last = line.ends
    if last - first < 1:
        return 0.0, np.zeros(0), np.zeros(0)
    seams = line.seams(pitch)
    starts = np.arange(first - _MARGIN * pitch, first, max(1.0, pitch / 80))
    count = int(np.ceil((last - first) / pitch)) + 1
    at = starts[:, None] + pitch * np.arange(count + 1)
    inside = (at > first) & (at < last)
    values = np.where(inside, seams[_places_in(seams, at)], 0.0)
    number = inside.sum(axis=1)
    gain = values.sum(axis=1) / np.maximum(1, number)
    # As many places as hold what is written, and none more that is all but bare.
    gain = gain - _SPARE_PLACE * np.maximum(0, number + 1 - np.ceil((last - first) / pitch + 0.02))
    # Pages are written on from near their top and left edge.
    gain = gain - _LATE * np.maximum(0, (first - starts) / pitch - _USUAL_MARGIN)
    best = int(np.argmax(gain - 1e-3 * np.abs(starts - first + 0.08 * pitch) / pitch))
    middles = at[best] + pitch / 2
    middles = middles[(middles > first) & (middles < last)]
    return float(starts[best]), values[best][inside[best]], seams[_places_in(seams, middles)]


def _places_in(line: Profile, at: Profile) -> NDArray[np.int64]:
    return np.clip(np.rint(at), 0, len(line) - 1).astype(np.int64)


def _bands(whole: Line, lattice: Lattice) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each row on which something is written."""
    for number in range(lattice.nearest(0.0) - 1, lattice.nearest(len(whole.near)) + 1):
        top = max(0, round(lattice.start(number)))
        bottom = min(len(whole.near), round(lattice.start(number + 1)))
        if bottom - top > 0.5 * lattice.pitch and (whole.near[top:bottom] <= 0).any():
            yield top, bottom


def _row(
    look: Look, marks: Marks, words: Words, band: tuple[int, int], lattice: Lattice, number: int
) -> CardRow | None:
    """Return the frames of a row; None where nothing is written."""
    places = list(_places(look, lattice, band))
    written = [place for place, box in places if _is_written(words, box)]
    if not written:
        return None
    line = marks.across(*band)
    finer, edges = edges_along(line.step, written, lattice)
    if edges and _is_calm(line, edges, finer, written):
        lattice = finer
    else:
        edges = None
    held = exposed(line.step, edges, lattice, written)
    left, right = (round(lattice.start(place)) for place in (held[0], held[-1] + 1))
    top, bottom = tightened(marks, band, (max(0, left), right), edges)
    cells = []
    for place, box in _places(look, lattice, band):
        if place not in held:
            continue
        first, last = sides_of(line.step, edges, lattice, place) or _inset(box)
        frame = holding(Box(first, top, last - first, bottom - top), box, words)
        cells.append(Cell(frame, 0.5 if edges else 0.4, _REASON, number + 1, place))
    return CardRow(tuple(cells), lattice)


def _is_calm(line: Line, edges: Edges, lattice: Lattice, places: Sequence[int]) -> bool:
    """Return whether edges lie where nothing is written, else they are edges of writing."""
    sides = [sides_of(line.step, edges, lattice, place) or (0, 0) for place in places]
    at = np.clip(np.array(sides).ravel(), 0, len(line.near) - 1)
    return float((line.near[at] > 0).mean()) >= _CALM_SIDES


def _is_written(words: Words, box: Box) -> bool:
    """Return whether so much as a short line is written in a place: a page may bear no more."""
    across, down = (words[:, 0] + words[:, 2]) / 2, (words[:, 1] + words[:, 3]) / 2
    mine = (across >= box.x) & (across < box.right) & (down >= box.y) & (down < box.bottom)
    return float((words[mine, 2] - words[mine, 0]).sum()) >= _WRITTEN * box.width


def _places(look: Look, lattice: Lattice, band: tuple[int, int]) -> Iterator[tuple[int, Box]]:
    """Yield the places of a row from seam to seam, as far as the card goes."""
    width = look.shape[1]
    for place in range(lattice.nearest(0.0) - 1, lattice.nearest(width) + 1):
        left = max(0, round(lattice.start(place)))
        right = min(width, round(lattice.start(place + 1)))
        if right - left > _CUT_OFF * lattice.pitch:
            yield place, Box(left, band[0], right - left, band[1] - band[0])


def _inset(place: Box) -> tuple[int, int]:
    inset = round(_INSET * place.width)
    return place.x + inset, place.right - inset
