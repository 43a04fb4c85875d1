"""Whole rolls: several jobs on one film, in lanes, with splices, holes and ends that cut frames.

Each job is a layout of ``bench/roll.py`` on which pages of all shapes stand. The truth holds
every exposure, and the places where a person should be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, FilmLayout, Pixels

from .roll import (
    DARK,
    EASY,
    HARD,
    LIGHT,
    POSITIVE,
    Exposure,
    Layout,
    Shot,
    Span,
    exposed_film,
    exposure,
    shot,
    worn,
)

_LEAST_PIECE = 0.12
"""Of a page's width: less of an exposure is no frame."""


@dataclass(frozen=True, slots=True)
class Job:
    """Film that was exposed with one camera for one customer."""

    layout: Layout
    lanes: FilmLayout = FilmLayout.SIMPLEX
    gutter: Span = (0.03, 0.08)
    """Between lanes, in widths of a page."""
    one_sided: float = 0.0
    """Share of duplex exposures with one half missing."""
    landscape: float = 0.0
    reduced: float = 0.0
    """Share of pages at a smaller size."""
    sizes: Span = (0.6, 0.85)
    spreads: float = 0.0
    """Share of exposures that are two pages of a bound book."""
    long: float = 0.0
    """Share of documents that are two or three frames long."""
    clean: bool = False
    """Nothing about it should be doubted."""


@dataclass(frozen=True, slots=True)
class Film:
    """How the jobs of a roll hang together."""

    name: str
    easy: bool
    jobs: tuple[Job, ...]
    splices: float = 0.0
    """For every ten frames, through gaps and frames alike; jobs are spliced if there are any."""
    tape: float = 0.5
    """Share of splices with tape over them."""
    jag: Span = (0.0, 0.02)
    """How far a splice runs up and down, in widths of the film."""
    cut_ends: bool = False
    """The scan begins and ends in the middle of a frame."""
    border: tuple[int, int] | None = None
    """Tone of what the scan shows beside the film, where it does."""


@dataclass(frozen=True, slots=True, eq=False)
class Reel:
    """A roll as scanned, with its truth."""

    pixels: Pixels
    shots: tuple[Shot, ...]
    layout: FilmLayout
    splices: tuple[int, ...] = ()
    """Lines."""
    cut_off: tuple[Box, ...] = ()
    long: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A stretch of film that is not worn yet."""

    tones: NDArray[np.float32]
    shots: tuple[Shot, ...]
    layout: Layout
    long: tuple[Box, ...] = ()
    splices: tuple[int, ...] = field(default=())


def reel(pages: Sequence[Pixels], film: Film, frames: int, rng: Random) -> Reel:
    """Return a roll of about ``frames`` exposures of ``pages``, all of which are equally wide."""
    share = max(3, frames // len(film.jobs))
    pieces = [_piece(pages, job, share, rng) for job in film.jobs]
    if film.splices:
        pieces = [_spliced(piece, film, share, rng) for piece in pieces]
    whole = _joined(pieces, film, rng)
    cut: tuple[Box, ...] = ()
    if film.cut_ends:
        whole, cut = _cut_ends(whole, rng)
    pixels = _bordered(whole, film, rng)
    layout = film.jobs[0].lanes
    shots = whole.shots
    if layout is FilmLayout.DUO:
        second = [one for one in shots if one.lane == 2]
        shots = (*(one for one in shots if one.lane == 1), *reversed(second))
    return Reel(pixels, shots, layout, whole.splices, cut, whole.long)


def _bordered(whole: _Piece, film: Film, rng: Random) -> Pixels:
    tones = worn(whole.tones, whole.layout, len(whole.shots), rng)
    if film.border is not None:
        wide = max(2, round(tones.shape[1] * 0.02))
        tones[:, :wide] = tones[:, -wide:] = rng.randint(*film.border)
    return tones


def _piece(pages: Sequence[Pixels], job: Job, frames: int, rng: Random) -> _Piece:
    """Return the film of one job."""
    ground = float(rng.randint(*job.layout.gap))
    if job.lanes is FilmLayout.DUO:
        halves = [_lane(pages, job, (frames + 1) // 2, ground, rng) for _ in range(2)]
        return _beside(halves[0], halves[1], job, ground, rng)
    if job.lanes is FilmLayout.DUPLEX:
        return _duplex(pages, job, frames // 2, ground, rng)
    return _lane(pages, job, frames, ground, rng)


def _lane(pages: Sequence[Pixels], job: Job, frames: int, ground: float, rng: Random) -> _Piece:
    width = pages[0].shape[1]
    shaped = [_shaped(pages, job, rng) for _ in range(frames)]
    exposures = [exposure(page, job.layout, ground, rng) for page, _ in shaped]
    film, places = exposed_film(exposures, job.layout, width, ground, rng)
    shots = tuple(shot(one, place) for one, place in zip(exposures, places, strict=True))
    long = tuple(one.box for one, (_, is_long) in zip(shots, shaped, strict=True) if is_long)
    return _Piece(film, shots, job.layout, long)


def _shaped(pages: Sequence[Pixels], job: Job, rng: Random) -> tuple[Pixels, bool]:
    """Return one page in one of the shapes of the job, and whether it is a long document."""
    page = rng.choice(pages)
    height, width = page.shape
    if job.landscape and rng.random() < job.landscape:
        page = _resized(np.ascontiguousarray(np.rot90(page)), width, round(width * width / height))
    elif job.spreads and rng.random() < job.spreads:
        page = _spread(page, rng.choice(pages), rng)
    elif job.long and rng.random() < job.long:
        return _trace(width, round(height * rng.uniform(1.9, 3.1)), rng), True
    if job.reduced and rng.random() < job.reduced:
        part = rng.uniform(*job.sizes)
        page = _resized(page, round(width * part), round(page.shape[0] * part))
    return page, False


def _resized(page: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(
        cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def _spread(left: Pixels, right: Pixels, rng: Random) -> Pixels:
    """Return two pages of a book side by side, as wide as one, with the shade of the fold."""
    height, width = left.shape
    half = width // 2
    tall = round(height * half / width)
    both = np.hstack([_resized(left, half, tall), _resized(right, width - half, tall)])
    fold = half + rng.uniform(-0.02, 0.02) * width
    across = (np.arange(width) - fold) / (rng.uniform(0.006, 0.02) * width)
    shade = 1 - rng.uniform(0.5, 0.95) * np.exp(-np.abs(across))
    return np.asarray(both * shade, dtype=np.uint8)


def _trace(width: int, height: int, rng: Random) -> Pixels:
    """Return the strip of a heart's trace: a grid, curves all along, a few words at the head."""
    strip = np.full((height, width), 250, np.uint8)
    pitch = max(4, width // 60)
    strip[::pitch] = strip[:, ::pitch] = 215
    lines = np.arange(height)
    for lead in range(rng.randint(1, 3)):
        beat = np.exp(-(((lines + 31 * lead) % (width // 4) - 9) ** 2) / 8.0)
        x = (lead + 1) * width // 4 + beat * width * rng.uniform(0.05, 0.1)
        points = np.stack([x, lines], axis=1).astype(np.int32)
        cv2.polylines(strip, [points.reshape(-1, 1, 2)], False, 20, max(1, width // 300))
    place = (width // 20, width // 12)
    cv2.putText(strip, "LEAD II  25 MM/S", place, cv2.FONT_HERSHEY_SIMPLEX, width / 1000, 20)
    return strip


def _duplex(pages: Sequence[Pixels], job: Job, pairs: int, ground: float, rng: Random) -> _Piece:
    """Return fronts and backs side by side, each pair in line with each other."""
    width = pages[0].shape[1]
    fronts = [_shaped(pages, job, rng)[0] for _ in range(pairs)]
    gutter = round(rng.uniform(*job.gutter) * width)
    wholes, parts = [], []
    for front in fronts:
        skip = rng.choice((0, 1)) if rng.random() < job.one_sided else None
        back = _resized(rng.choice(pages), front.shape[1], front.shape[0])
        even = replace(job.layout, slips=0.0)
        halves = [exposure(page, even, ground, rng) for page in (front, back)]
        whole, places = _pair(halves, 2 * width + gutter, width, skip)
        wholes.append(whole)
        parts.append(places)
    film, corners = exposed_film(wholes, job.layout, 2 * width + gutter, ground, rng)
    shots = [
        shot(half, (left + dx, top + dy), lane)
        for (left, top), part in zip(corners, parts, strict=True)
        for half, (dx, dy), lane in part
    ]
    return _Piece(film, tuple(shots), job.layout)


_Half = tuple[Exposure, tuple[int, int], int]


def _pair(
    halves: Sequence[Exposure], wide: int, width: int, skip: int | None
) -> tuple[Exposure, list[_Half]]:
    """Return two exposures as one, each in the middle of its half, and where they lie in it.

    One that is skipped left no trace, but the camera counted it.
    """
    high = max(half.cover.shape[0] for half in halves)
    wide = max(wide, sum(half.cover.shape[1] for half in halves))
    tones = np.zeros((high, wide), np.float32)
    cover = np.zeros((high, wide), np.bool_)
    ink = np.zeros((high, wide), np.bool_)
    places: list[_Half] = []
    for at, half in enumerate(halves):
        tall, across = half.cover.shape
        dx = max(0, (width - across) // 2) if at == 0 else min(wide - across, wide - width)
        dy = (high - tall) // 2
        if at == skip:
            nothing = np.zeros_like(half.ink)
            places.append((Exposure(half.tones, half.cover, nothing), (dx, dy), at + 1))
            continue
        part = np.s_[dy : dy + tall, dx : dx + across]
        tones[part][half.cover] = half.tones[half.cover]
        cover[part] |= half.cover
        ink[part] |= half.ink
        places.append((half, (dx, dy), at + 1))
    return Exposure(tones, cover, ink), places


def _beside(left: _Piece, right: _Piece, job: Job, ground: float, rng: Random) -> _Piece:
    """Return two lanes on one film."""
    width = min(left.tones.shape[1], right.tones.shape[1])
    gutter = round(rng.uniform(*job.gutter) * width)
    long = max(len(left.tones), len(right.tones))
    aside = left.tones.shape[1] + gutter
    film = np.full((long, aside + right.tones.shape[1]), ground, np.float32)
    film[: len(left.tones), : left.tones.shape[1]] = left.tones
    film[: len(right.tones), aside:] = right.tones
    moved = [
        Shot(replace(one.box, x=one.box.x + aside), one.ink[::-1, ::-1], 2) for one in right.shots
    ]
    for one in moved:  # they stand on their heads
        box = one.box
        part = film[box.y : box.bottom, box.x : box.right]
        part[:] = part[::-1, ::-1].copy()
    shots = sorted((*left.shots, *moved), key=lambda one: one.box.y)
    return _Piece(film, tuple(shots), left.layout)


def _spliced(piece: _Piece, film: Film, frames: int, rng: Random) -> _Piece:
    """Return a piece cut at random lines and put together again, shifted a little."""
    count = max(1, round(film.splices * frames / 10))
    length = len(piece.tones)
    lines = sorted(rng.sample(range(length // 12, length - length // 12), count))
    apart = [line for at, line in enumerate(lines) if not at or line - lines[at - 1] > length // 20]
    ends = [0, *apart, length]
    parts = [_part(piece, top, end) for top, end in pairwise(ends)]
    return _joined(parts, film, rng)


def _part(piece: _Piece, top: int, end: int) -> _Piece:
    """Return the film between two lines, with what is left there of its exposures."""
    least = _LEAST_PIECE * piece.tones.shape[1]
    shots = []
    for one in piece.shots:
        first, last = max(one.box.y, top), min(one.box.bottom, end)
        if last - first >= min(least, one.box.height):
            ink = one.ink[first - one.box.y : last - one.box.y]
            box = Box(one.box.x, first - top, one.box.width, last - first)
            shots.append(Shot(box, ink, one.lane))
    tops = {one.box.y + top for one in shots}
    long = tuple(
        replace(box, y=box.y - top) for box in piece.long if box.y in tops and box.bottom <= end
    )
    splices = tuple(line - top for line in piece.splices if top < line < end)
    return replace(
        piece, tones=piece.tones[top:end], shots=tuple(shots), long=long, splices=splices
    )


def _joined(pieces: Sequence[_Piece], film: Film, rng: Random) -> _Piece:
    """Return pieces on one film, spliced where the film has splices."""
    width = max(piece.tones.shape[1] for piece in pieces)
    tones: list[NDArray[np.float32]] = []
    shots: list[Shot] = []
    splices: list[int] = []
    long: list[Box] = []
    top = 0
    for at, piece in enumerate(pieces):
        if at and film.splices:
            splices.append(top)
        spare = width - piece.tones.shape[1]
        aside = rng.randint(0, spare) if spare else 0
        edge = float(np.median(piece.tones[:, 0]))
        wide = np.full((len(piece.tones), width), edge, np.float32)
        wide[:, aside : aside + piece.tones.shape[1]] = piece.tones
        tones.append(wide)
        moved = [_moved(one.box, aside, top) for one in piece.shots]
        shots += [Shot(box, one.ink, one.lane) for box, one in zip(moved, piece.shots, strict=True)]
        long += [_moved(box, aside, top) for box in piece.long]
        splices += [top + line for line in piece.splices]
        top += len(wide)
    whole = np.vstack(tones)
    for line in splices if film.splices else ():
        _draw_splice(whole, line, film, rng)
    return replace(
        pieces[0], tones=whole, shots=tuple(shots), long=tuple(long), splices=tuple(sorted(splices))
    )


def _moved(box: Box, aside: int, down: int) -> Box:
    return replace(box, x=box.x + aside, y=box.y + down)


def _draw_splice(tones: NDArray[np.float32], line: int, film: Film, rng: Random) -> None:
    """Draw the cut across the film, and the tape over it."""
    length, width = tones.shape
    if rng.random() < film.tape:
        half = round(width * rng.uniform(0.1, 0.3))
        tones[max(0, line - half) : line + half] *= rng.uniform(0.75, 0.95)
    jag = rng.uniform(*film.jag) * width
    knots = [line + rng.uniform(-jag, jag) for _ in range(8)]
    lines = np.interp(np.arange(width), np.linspace(0, width - 1, 8), knots)
    around = tones[max(0, line - width // 8) : line + width // 8]
    tone = 250.0 if float(np.median(around)) < 128 else 3.0
    thick = max(2, round(width * rng.uniform(0.006, 0.015)))
    for x, y in enumerate(lines):
        tones[max(0, round(y) - thick // 2) : min(length, round(y) + thick), x] = tone


def _cut_ends(whole: _Piece, rng: Random) -> tuple[_Piece, tuple[Box, ...]]:
    """Return film whose scan begins in its first frame and ends in its last, and those two."""
    first, last = whole.shots[0].box, max((one.box for one in whole.shots), key=lambda b: b.bottom)
    top = first.y + round(rng.uniform(0.2, 0.6) * first.height)
    end = last.y + round(rng.uniform(0.4, 0.8) * last.height)
    part = _part(whole, top, end)
    cut = [one.box for one in part.shots if not one.box.y or one.box.bottom == end - top]
    return part, tuple(cut)


DUPLEX, DUO = FilmLayout.DUPLEX, FilmLayout.DUO
_WORN = HARD[-1]
_PLAIN, _LIGHT, _POSITIVE = EASY[0], EASY[1], EASY[2]
EASY_FILMS = (
    Film("duplex", True, (Job(_PLAIN, DUPLEX),)),
    Film("duplex, light gaps", True, (Job(_LIGHT, DUPLEX),)),
    Film("duplex, some backs missing", True, (Job(_PLAIN, DUPLEX, one_sided=0.3),)),
    Film("duo", True, (Job(_PLAIN, DUO),)),
    Film("duo, positive", True, (Job(_POSITIVE, DUO),)),
    Film("book spreads", True, (Job(_PLAIN, spreads=1.0),)),
    Film("landscape among portrait", True, (Job(_LIGHT, landscape=0.4),)),
    Film("all landscape", True, (Job(_PLAIN, landscape=1.0),)),
    Film("other reductions", True, (Job(_PLAIN, reduced=0.3),)),
    Film("scan shows the edge of the film", True, (Job(_LIGHT),), border=(0, 4)),
)
HARD_FILMS = (
    Film("overlapping frames", False, (Job(replace(_PLAIN, overlaps=0.15)),)),
    Film("overlapping frames, light gaps", False, (Job(replace(_LIGHT, overlaps=0.15)),)),
    Film("long documents", False, (Job(_PLAIN, long=0.1),)),
    Film("long documents, light gaps", False, (Job(_LIGHT, long=0.1),)),
    Film("holes", False, (Job(replace(_PLAIN, holes=0.06)),)),
    Film("splices", False, (Job(_PLAIN),), splices=1.0, tape=0.0),
    Film("splices, light gaps, tape", False, (Job(_LIGHT),), splices=1.0, tape=1.0),
    Film("jobs of both polarities", False, (Job(_LIGHT), Job(_POSITIVE), Job(_PLAIN))),
    Film(
        "jobs spliced together",
        False,
        (Job(_LIGHT), Job(replace(_POSITIVE, width=1.05)), Job(_PLAIN, landscape=0.3)),
        splices=0.5,
    ),
    Film("ends cut off", False, (Job(_PLAIN),), cut_ends=True),
    Film("skewed by three degrees", False, (Job(replace(_PLAIN, skew=3.0, width=1.2)),)),
    Film(
        "duplex, skewed and touching", False, (Job(replace(_LIGHT, skew=1.0, missing=0.1), DUPLEX),)
    ),
    Film("worn duo", False, (Job(replace(_WORN, missing=0.0), DUO),)),
    Film(
        "worn film of all sorts",
        False,
        (Job(replace(_WORN, width=1.15), landscape=0.2, reduced=0.1, long=0.02),),
        splices=0.3,
        cut_ends=True,
    ),
)
HELD_OUT = (
    Film(
        "held out: narrow film, wide gutter",
        True,
        (Job(replace(_LIGHT, gap=(200, 240), width=1.04), DUPLEX, (0.1, 0.14)),),
    ),
    Film(
        "held out: positive duo, drifting",
        True,
        (Job(replace(EASY[5], paper=POSITIVE[0], ink=POSITIVE[1], gap=DARK), DUO, (0.04, 0.1)),),
    ),
    Film("held out: positive spreads, cine", True, (Job(_POSITIVE, spreads=0.6, landscape=0.2),)),
    Film(
        "held out: slips of other reductions",
        True,
        (Job(replace(EASY[10], gap=LIGHT, gaps=(0.04, 0.3)), reduced=0.5, sizes=(0.5, 0.95)),),
    ),
    Film(
        "held out: grainy and dusty",
        True,
        (Job(replace(EASY[7], grain=5.0, dust=60)),),
        border=(250, 255),
    ),
    Film(
        "held out: wide overlaps, positive",
        False,
        (Job(replace(_POSITIVE, overlaps=0.3, overlap=(0.01, 0.18), gaps=(0.04, 0.2))),),
    ),
    Film(
        "held out: many long documents",
        False,
        (Job(replace(_POSITIVE, gaps=(0.03, 0.3)), long=0.2, landscape=0.1),),
    ),
    Film(
        "held out: holes and splices",
        False,
        (Job(replace(EASY[3], holes=0.1)),),
        splices=0.6,
        tape=0.3,
        jag=(0.0, 0.04),
    ),
    Film(
        "held out: four jobs",
        False,
        (Job(EASY[3]), Job(_PLAIN, reduced=0.2), Job(EASY[14]), Job(EASY[8])),
        splices=0.2,
        cut_ends=True,
    ),
    Film(
        "held out: worn, touching, skewed",
        False,
        (Job(replace(_WORN, missing=0.08, skew=2.5, width=1.2, gaps=(0.02, 0.3))),),
    ),
    Film(
        "held out: spreads, portrait, long documents",
        False,
        (Job(replace(_LIGHT, gaps=(0.04, 0.25), missing=0.05), spreads=0.4, long=0.08),),
    ),
    Film(
        "held out: taped splices, dark gaps, skewed",
        False,
        (Job(replace(_PLAIN, skew=1.2, width=1.25)),),
        splices=0.8,
        tape=0.7,
        jag=(0.01, 0.03),
    ),
    Film(
        "held out: three jobs, long leaders between",
        False,
        (
            Job(replace(_POSITIVE, leader=(0.8, 2.5), width=1.2)),
            Job(replace(_LIGHT, leader=(0.5, 2.0), blank=0.1, width=1.2)),
            Job(replace(_PLAIN, leader=(1.0, 3.0), slips=0.1, width=1.2)),
        ),
    ),
)
