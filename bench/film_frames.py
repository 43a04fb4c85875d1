"""Measure how well frames are cut from film: ``python -m bench.film_frames``.

Rolls of every layout, with seeds that the cutter was not built on. A frame counts as found when
its box overlaps the truth by at least 0.9 (intersection over union), as clipped when more than
0.5 % of its ink lies outside the box that holds most of it, as apart when one box holds its ink
and nobody else's: where no edges show, that is all a cutter can do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

import cv2
import numpy as np

from capture.film import find_frames
from capture.model import Box, FilmFrame, Pixels

from . import results
from .charts import chart
from .people import first_people
from .render import render
from .results import Result, Table
from .roll import EASY, HARD, Layout, Roll, Shot, roll

NAME = "film_frames"
REPORTED = 1000
"""The first seed for figures; smaller ones are for building the cutter."""
_OVERLAP = 0.9
_CLIPPED = 0.005
_DPI = 60


@dataclass(frozen=True, slots=True)
class Cut:
    """How frames of rolls were cut."""

    shots: int = 0
    frames: int = 0
    hits: int = 0
    clipped: int = 0
    apart: int = 0
    """With a box of their own: all of their ink in it, and none of another's."""
    seconds: float = 0.0

    def __add__(self, other: Cut) -> Cut:
        return Cut(
            self.shots + other.shots,
            self.frames + other.frames,
            self.hits + other.hits,
            self.clipped + other.clipped,
            self.apart + other.apart,
            self.seconds + other.seconds,
        )

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


def scored(ribbon: Roll, frames: Sequence[FilmFrame], seconds: float = 0.0) -> Cut:
    """Return how ``frames`` fit the exposures of a roll."""
    boxes = [frame.box for frame in frames]
    hits = sum(any(overlap(shot.box, box) >= _OVERLAP for box in boxes) for shot in ribbon.shots)
    held = np.array([[ink_in(shot, box) for box in boxes] for shot in ribbon.shots])
    clipped = held.max(axis=1) < 1 - _CLIPPED
    full = held >= 1 - _CLIPPED
    written = np.array([bool(shot.ink.any()) for shot in ribbon.shots])
    alone = (held[written] > _CLIPPED).sum(axis=0) <= 1
    apart = int(((full & alone).any(axis=1) | ~written).sum())
    return Cut(len(ribbon.shots), len(frames), hits, int(clipped.sum()), apart, seconds)


def ink_in(shot: Shot, box: Box) -> float:
    """Return the share of an exposure's ink that ``box`` holds; 1.0 of none."""
    total = int(shot.ink.sum())
    return float(_part(shot, box).sum()) / total if total else 1.0


def _part(shot: Shot, box: Box) -> np.ndarray:
    top, left = max(0, box.y - shot.box.y), max(0, box.x - shot.box.x)
    return shot.ink[top : max(0, box.bottom - shot.box.y), left : max(0, box.right - shot.box.x)]


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


def measured(layout: Layout, seeds: Iterable[int], pages: Sequence[Pixels], frames: int) -> Cut:
    """Return how rolls of one layout were cut, one roll for each seed."""
    total = Cut()
    for seed in seeds:
        rng = Random(f"{layout.name} {seed}")
        ribbon = roll(rng.choices(pages, k=frames), layout, rng)
        started = time.process_time()
        found = find_frames(ribbon.pixels)
        total += scored(ribbon, found, time.process_time() - started)
    return total


def _row(layout: Layout, cut: Cut) -> tuple[results.Cell, ...]:
    return (
        layout.name,
        cut.shots,
        f"{cut.recall:.3f}",
        f"{cut.precision:.3f}",
        cut.clipped,
        f"{cut.apart / cut.shots:.3f}",
        round(60 * cut.shots / cut.seconds),
    )


def _table(title: str, rows: list[tuple[Layout, Cut]]) -> Table:
    columns = ("layout", "frames", "recall", "precision", "clipped", "apart", "frames a minute")
    total = sum((cut for _, cut in rows), Cut())
    whole = ("all", *_row(rows[0][0], total)[1:])
    return Table(title, columns, (*(_row(*row) for row in rows), whole))


def main(arguments: list[str] | None = None) -> int:
    """Measure every layout and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--rolls", type=int, default=3, help="rolls of each layout")
    parser.add_argument("--frames", type=int, default=60, help="frames of a roll")
    given = parser.parse_args(arguments)
    machine = results.machine()
    pages = pages_of(given.seed, 40)
    seeds = range(given.seed, given.seed + given.rolls)
    tables = []
    for title, layouts in (("Easy film", EASY), ("Hard film", HARD)):
        rows = [(one, measured(one, seeds, pages, given.frames)) for one in layouts]
        tables.append(_table(title, rows))
        print(results.markdown(tables[-1]), end="\n\n")
    command = f"python -m bench.{NAME} --seed {given.seed} --rolls {given.rolls}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
