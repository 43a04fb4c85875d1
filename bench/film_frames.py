"""Measure how well frames are cut from film: ``python -m bench.film_frames``.

Rolls of every layout, with seeds that the cutter was not built on. A frame counts as found when
its box overlaps the truth by at least 0.9 (intersection over union), as clipped when more than
0.5 % of its ink lies outside the box that holds most of it, as apart when one box holds its ink
and nobody else's: where no edges show, that is all a cutter can do. Doubts are seeded where a
frame is missing, where a document is two frames long, at splices and where an end cuts a frame.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain, pairwise
from random import Random

import cv2
import numpy as np

from capture.film.frames import survey_roll
from capture.model import Box, FilmDoubt, FilmFrame, FilmSurvey, Pixels
from capture.ribbon.ribbon import PixelRibbon

from . import results
from .charts import chart
from .people import first_people
from .render import render
from .results import Result, Table
from .roll import EASY, HARD, Layout, Roll, Shot, roll
from .roll_jobs import EASY_FILMS, HARD_FILMS, HELD_OUT, Film, Reel, reel

NAME = "film_frames"
REPORTED = 1000
"""The first seed for figures; smaller ones are for building the cutter."""
_OVERLAP = 0.9
_CLIPPED = 0.005
_DPI = 60
_FRAMES = 60


@dataclass(frozen=True, slots=True)
class Cut:
    """How frames of rolls were cut."""

    shots: int = 0
    frames: int = 0
    hits: int = 0
    clipped: int = 0
    apart: int = 0
    """With a box of their own: all of their ink in it, and none of another's."""
    seeded: int = 0
    """Places that a person should be asked about."""
    caught: int = 0
    false: int = 0
    """Doubts where nothing is wrong."""
    wrong_layout: int = 0
    """Rolls whose lanes were taken wrong, or whose frames are out of order."""
    seconds: float = 0.0

    def __add__(self, other: Cut) -> Cut:
        return Cut(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Cut)))

    @property
    def recall(self) -> float:
        """Share of exposures that were found."""
        return self.hits / max(1, self.shots)

    @property
    def precision(self) -> float:
        """Share of boxes that are an exposure."""
        return self.hits / max(1, self.frames)


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union."""
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / (one.width * one.height + other.width * other.height - shared)


def scored(ribbon: Roll | Reel, frames: Sequence[FilmFrame], seconds: float = 0.0) -> Cut:
    """Return how ``frames`` fit the exposures of a roll."""
    boxes = [frame.box for frame in frames]
    hits = sum(any(overlap(shot.box, box) >= _OVERLAP for box in boxes) for shot in ribbon.shots)
    held = np.array([[ink_in(shot, box) for box in boxes] for shot in ribbon.shots])
    clipped = held.max(axis=1) < 1 - _CLIPPED
    full = held >= 1 - _CLIPPED
    written = np.array([bool(shot.ink.any()) for shot in ribbon.shots])
    alone = (held[written] > _CLIPPED).sum(axis=0) <= 1
    apart = int(((full & alone).any(axis=1) | ~written).sum())
    return Cut(len(ribbon.shots), len(frames), hits, int(clipped.sum()), apart, seconds=seconds)


def ink_in(shot: Shot, box: Box) -> float:
    """Return the share of an exposure's ink that ``box`` holds; 1.0 of none."""
    total = int(shot.ink.sum())
    return float(_part(shot, box).sum()) / total if total else 1.0


def _part(shot: Shot, box: Box) -> np.ndarray:
    top, left = max(0, box.y - shot.box.y), max(0, box.x - shot.box.x)
    return shot.ink[top : max(0, box.bottom - shot.box.y), left : max(0, box.right - shot.box.x)]


def doubted(film: Roll | Reel, survey: FilmSurvey) -> Cut:
    """Return which doubts of ``survey`` are at places where something is wrong, and which not."""
    seeded, allowed = _seeded(film)
    caught = sum(any(_meets(doubt, *place) for doubt in survey.doubts) for place in seeded)
    known = (*seeded, *allowed)
    false = sum(not any(_meets(doubt, *place) for place in known) for doubt in survey.doubts)
    return Cut(seeded=len(seeded), caught=caught, false=false)


_Doubtful = tuple[str, Box, int]
"""Kind, place, lane."""


def _seeded(film: Roll | Reel) -> tuple[list[_Doubtful], list[_Doubtful]]:
    """Return the places that should be doubted, and those that may be."""
    high = float(np.median([shot.box.height for shot in film.shots]))
    seeded: list[_Doubtful] = []
    allowed: list[_Doubtful] = []
    for lane in (1, 2):
        boxes = sorted((one.box for one in film.shots if one.lane == lane), key=lambda box: box.y)
        for before, after in pairwise(boxes):
            gap = after.y - before.bottom
            place = "hole", Box(after.x, before.bottom, after.width, max(1, gap)), lane
            (seeded if gap >= 1.0 * high else allowed if gap >= 0.7 * high else []).append(place)
    if isinstance(film, Reel):
        wide = film.pixels.shape[1]
        for box in film.long:
            (seeded if box.height >= 1.85 * high else allowed).append(("double", box, 1))
        seeded += [("splice", Box(0, line - 2, wide, 4), 0) for line in film.splices]
        seeded += [("cut off", box, 0) for box in film.cut_off]
    return seeded, allowed


def _meets(doubt: FilmDoubt, kind: str, place: Box, _lane: int) -> bool:
    return doubt.kind == kind and doubt.box.shared_area(place) > 0


def ordered(film: Roll | Reel, survey: FilmSurvey) -> bool:
    """Return whether lanes were told and frames come in the order in which they were exposed."""
    if isinstance(film, Reel) and survey.layout is not film.layout:
        return False
    order = [
        max(range(len(film.shots)), key=lambda at: film.shots[at].box.shared_area(frame.box))
        for frame in survey.frames
    ]
    return order == sorted(order)


def pages_of(seed: int, count: int, dpi: int = _DPI) -> list[Pixels]:
    """Return pages of invented charts at ``dpi``, others for every seed."""
    rng = Random(f"film pages {seed}")
    people = first_people(seed, 8)
    papers = chain.from_iterable(chart(one, rng, "c") for one in people)
    sheets = chain.from_iterable(paper.sheets for paper in papers)
    size = round(8.5 * dpi), round(11 * dpi)
    return [
        np.asarray(cv2.resize(render(sheet), size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for sheet, _ in zip(sheets, range(count), strict=False)
    ]


def made(film: Layout | Film, seed: int, pages: Sequence[Pixels], frames: int) -> Roll | Reel:
    """Return a roll of one kind of film."""
    rng = Random(f"{film.name} {seed}")
    if isinstance(film, Film):
        return reel(pages, film, frames, rng)
    return roll(rng.choices(pages, k=frames), film, rng)


def measured(
    film: Layout | Film, seeds: Iterable[int], pages: Sequence[Pixels], frames: int
) -> Cut:
    """Return how rolls of one kind of film were cut, one roll for each seed."""
    total = Cut()
    for seed in seeds:
        truth = made(film, seed, pages, frames)
        started = time.process_time()
        survey = survey_roll(PixelRibbon(truth.pixels))
        seconds = time.process_time() - started
        total += scored(truth, survey.frames, seconds) + doubted(truth, survey)
        total += Cut(wrong_layout=int(not ordered(truth, survey)))
    return total


_COLUMNS = (
    "film",
    "frames",
    "recall",
    "precision",
    "clipped",
    "apart",
    "doubts seeded",
    "caught",
    "false",
    "rolls out of order",
    "frames a minute",
)


def _row(name: str, cut: Cut) -> tuple[results.Cell, ...]:
    return (
        name,
        cut.shots,
        f"{cut.recall:.4f}",
        f"{cut.precision:.4f}",
        cut.clipped,
        f"{cut.apart / cut.shots:.4f}",
        cut.seeded,
        cut.caught,
        cut.false,
        cut.wrong_layout,
        round(60 * cut.shots / cut.seconds),
    )


def _table(title: str, rows: list[tuple[str, Cut]]) -> Table:
    total = sum((cut for _, cut in rows), Cut())
    return Table(title, _COLUMNS, (*(_row(*row) for row in rows), _row("all", total)))


def _groups() -> Iterator[tuple[str, Sequence[Layout | Film]]]:
    yield "Easy film", (*EASY, *EASY_FILMS)
    yield "Hard film", (*HARD, *HARD_FILMS)
    yield "Easy film of kinds that were held out", [one for one in HELD_OUT if one.easy]
    yield "Hard film of kinds that were held out", [one for one in HELD_OUT if not one.easy]


def main(arguments: list[str] | None = None) -> int:
    """Measure every layout and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--rolls", type=int, default=3, help="rolls of each layout")
    parser.add_argument("--frames", type=int, default=_FRAMES, help="frames of a roll")
    parser.add_argument("--only", default="", help="only the tables with this word in their title")
    given = parser.parse_args(arguments)
    machine = results.machine()
    pages = pages_of(given.seed, 40)
    seeds = range(given.seed, given.seed + given.rolls)
    tables = []
    for title, films in _groups():
        if given.only not in title.lower():
            continue
        rows = [(one.name, measured(one, seeds, pages, given.frames)) for one in films]
        tables.append(_table(title, rows))
        print(results.markdown(tables[-1]), end="\n\n", flush=True)
    command = f"python -m bench.{NAME} --seed {given.seed} --rolls {given.rolls}"
    if given.frames != _FRAMES:
        command += f" --frames {given.frames}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
