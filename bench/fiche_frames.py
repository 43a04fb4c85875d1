"""Measure how well cards of film are cut: ``python -m bench.fiche_frames``.

Cards of every family, with seeds that the cutter was not built on. A frame counts as found when
its box overlaps the truth by at least 0.9 (intersection over union), as clipped when more than
0.5 % of its ink lies outside the box that holds most of it, as apart when one box holds its ink
and nobody else's. A hole counts as told when a doubt of that kind lies on it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from random import Random

import numpy as np

from capture.card.fiche import survey_card
from capture.model import Box, FilmSurvey, Pixels

from . import results
from .card import Card, CardShot, card
from .card_families import FAMILIES, HELD_OUT, SHADES, Family
from .film_frames import overlap, pages_of
from .results import Result, Table

NAME = "fiche_frames"
REPORTED = 1000
"""The first seed for figures; smaller ones are for building the cutter."""
_OVERLAP = 0.9
_CLIPPED = 0.005
_DPI = 28
_FULL_DPI = 100


@dataclass(frozen=True, slots=True)
class Cut:
    """How cards were cut."""

    cards: int = 0
    shots: int = 0
    frames: int = 0
    hits: int = 0
    clipped: int = 0
    apart: int = 0
    """With a box of their own: all of their ink in it, and none of another's."""
    titles: int = 0
    titles_found: int = 0
    """The title strip told as one, none of its letters outside."""
    holes: int = 0
    holes_told: int = 0
    doubts: int = 0
    """Told where nothing is missing and no row is short."""
    ordered: int = 0
    """Cards whose frames come in the order of reading."""
    seconds: float = 0.0

    def __add__(self, other: Cut) -> Cut:
        return Cut(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Cut)))

    @property
    def recall(self) -> float:
        """Share of exposures that were found."""
        return self.hits / max(1, self.shots)

    @property
    def precision(self) -> float:
        """Share of boxes that are an exposure."""
        return self.hits / max(1, self.frames)


def scored(made: Card, survey: FilmSurvey, seconds: float = 0.0) -> Cut:
    """Return how a survey fits what stands on a card."""
    boxes = [frame.box for frame in survey.frames if not frame.title_strip]
    best = [_best(shot, boxes) for shot in made.shots]
    hits = sum(
        at >= 0 and overlap(shot.box, boxes[at]) >= _OVERLAP for shot, at in _pairs(made, best)
    )
    held = np.array([[ink_in(shot, box) for box in boxes] for shot in made.shots])
    held = held.reshape(len(made.shots), len(boxes))
    clipped = held.max(axis=1, initial=0.0) < 1 - _CLIPPED
    full = held >= 1 - _CLIPPED
    written = np.array([len(shot.ink) > 0 for shot in made.shots])
    alone = (held[written] > _CLIPPED).sum(axis=0) <= 1
    apart = int(((full & alone).any(axis=1) | ~written).sum())
    titles = [frame.box for frame in survey.frames if frame.title_strip]
    title = made.title is not None
    good_title = title and any(ink_in(made.title, box) > 0.995 for box in titles if made.title)
    told = [doubt for doubt in survey.doubts if doubt.kind == "hole"]
    found = sum(any(hole.overlap(doubt.box) > 0.5 for doubt in told) for hole in made.holes)
    false = sum(all(hole.overlap(doubt.box) <= 0.5 for hole in made.holes) for doubt in told)
    false += sum(doubt.kind == "double" for doubt in survey.doubts)
    return Cut(
        1, len(made.shots), len(boxes), hits, int(clipped.sum()), apart, int(title),
        int(good_title), len(made.holes), found, false, int(best == sorted(best)), seconds,
    )  # fmt: skip


def _pairs(made: Card, best: Sequence[int]) -> Iterable[tuple[CardShot, int]]:
    return zip(made.shots, best, strict=True)


def _best(shot: CardShot, boxes: Sequence[Box]) -> int:
    """Return the number of the box that overlaps most; -1 for none."""
    found = max(range(len(boxes)), key=lambda at: overlap(shot.box, boxes[at]), default=-1)
    return found if found >= 0 and overlap(shot.box, boxes[found]) > 0 else -1


def ink_in(shot: CardShot, box: Box) -> float:
    """Return the share of an exposure's ink that ``box`` holds; 1.0 of none."""
    if not len(shot.ink):
        return 1.0
    x, y = shot.ink[:, 0], shot.ink[:, 1]
    inside = (x >= box.x) & (x < box.right) & (y >= box.y) & (y < box.bottom)
    return float(inside.mean())


def measured(family: Family, seeds: Iterable[int], pages: Sequence[Pixels]) -> Cut:
    """Return how cards of one family were cut, one card for each seed."""
    total = Cut()
    for seed in seeds:
        made = card(pages, family, Random(f"{family.name} {seed}"))
        started = time.process_time()
        survey = survey_card(made.pixels)
        total += scored(made, survey, time.process_time() - started)
    return total


def _row(name: str, cut: Cut) -> tuple[results.Cell, ...]:
    return (
        name,
        cut.shots,
        f"{cut.recall:.4f}",
        f"{cut.precision:.4f}",
        cut.clipped,
        f"{cut.apart / max(1, cut.shots):.4f}",
        f"{cut.titles_found}/{cut.titles}",
        f"{cut.holes_told}/{cut.holes}",
        cut.doubts,
        f"{cut.ordered}/{cut.cards}",
        round(cut.shots / max(1e-9, cut.seconds)),
    )


COLUMNS = (
    "family", "frames", "recall", "precision", "clipped", "apart", "titles", "holes told",
    "false doubts", "in order", "pages a second",
)  # fmt: skip


def _table(title: str, rows: list[tuple[Family, Cut]]) -> Table:
    whole = _row("all", sum((cut for _, cut in rows), Cut()))
    return Table(title, COLUMNS, (*(_row(family.name, cut) for family, cut in rows), whole))


def main(arguments: list[str] | None = None) -> int:
    """Measure every family and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--cards", type=int, default=4, help="cards of each family")
    given = parser.parse_args(arguments)
    machine = results.machine()
    pages = pages_of(given.seed, 40, _DPI)
    seeds = range(given.seed, given.seed + given.cards)
    groups = (
        ("Easy cards", [family for family in FAMILIES if family.easy]),
        ("Hard cards", [family for family in FAMILIES if not family.easy]),
        ("Paper with the tone of the ground, and frames that touch all round", list(SHADES)),
        ("Families that were not built on", list(HELD_OUT)),
    )
    tables = []
    for title, families in groups:
        rows = [(family, measured(family, seeds, pages)) for family in families]
        tables.append(_table(title, rows))
        print(results.markdown(tables[-1]), end="\n\n")
    large = measured(FAMILIES[0], [given.seed], pages_of(given.seed, 12, _FULL_DPI))
    tables.append(
        Table("A card at full size", COLUMNS, (_row("98 frames, pages at 100 dpi", large),))
    )
    print(results.markdown(tables[-1]), end="\n\n")
    command = f"python -m bench.{NAME} --seed {given.seed} --cards {given.cards}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
