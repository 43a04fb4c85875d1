"""Pages on their way into files: each frame with its picture and everything true of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from capture.model import Box

from . import write
from .charts import Paper
from .degrade import RECIPES, Recipe, Scan, resample, turn
from .film import strip
from .render import render
from .sheet import Sheet
from .truth import Belonging, FrameTruth, as_json

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a document."""

    paper: Paper
    number: int
    """From 1."""

    @property
    def sheet(self) -> Sheet:
        """The laid-out page."""
        return self.paper.sheets[self.number - 1]

    def belongs(self, chart: str = "") -> Belonging:
        """Return where the page belongs; ``chart`` is the MRN of the chart it was found in."""
        paper, mrn = self.paper, self.paper.person.mrn
        kind, count = paper.kind, len(paper.sheets)
        return Belonging(paper.id, kind.code, kind.name, mrn, chart or mrn, self.number, count)


def leaves(papers: Iterable[Paper]) -> Iterator[Leaf]:
    """Yield the pages of documents in order."""
    for paper in papers:
        for number in range(1, len(paper.sheets) + 1):
            yield Leaf(paper, number)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One frame ready to be written."""

    scan: Scan
    state: str = "page"
    leaf: Leaf | None = None
    chart: str = ""
    barcodes: tuple[tuple[str, str], ...] = ()
    box: Box | None = None


def shoot(
    leaf: Leaf, recipe: str | Recipe, rng: Random, *, rotation: int = 0, chart: str = ""
) -> Shot:
    """Return a page spoiled by a recipe and laid turned clockwise by ``rotation``."""
    spoil = RECIPES[recipe] if isinstance(recipe, str) else recipe
    scan = turn(spoil(Scan(render(leaf.sheet)), rng), rotation)
    return Shot(scan, leaf=leaf, chart=chart)


def shoot_separator(text: str, symbology: str, rng: Random, recipe: str = "clean") -> Shot:
    """Return a separator sheet as scanned."""
    scan = RECIPES[recipe](Scan(write.separator(text, symbology)), rng)
    return Shot(scan, "separator", barcodes=((symbology, text),))


def shoot_blank(rng: Random, recipe: str = "clean") -> Shot:
    """Return the empty back of a sheet as scanned."""
    return Shot(RECIPES[recipe](Scan(write.blank(rng)), rng), "blank")


def shoot_strip(pages: Iterable[Leaf], rng: Random, *, dpi: int = 200) -> tuple[Scan, list[Shot]]:
    """Return a strip of film and its frames in order."""
    shown = list(pages)
    ribbon = strip(
        [RECIPES["specks"](Scan(render(leaf.sheet)), rng) for leaf in shown], rng, dpi=dpi
    )
    shots = [
        Shot(e.scan, e.state, shown[e.page] if e.page >= 0 else None, box=e.box)
        for e in ribbon.exposures
    ]
    return ribbon.scan, shots


def at(dpi: int) -> Callable[[Shot], Shot]:
    """Return what brings a shot to a resolution."""
    return lambda shot: replace(shot, scan=resample(shot.scan, dpi, dpi))


def record(source: str, number: int, shot: Shot) -> Record:
    """Return the truth of frame ``number`` of ``source``."""
    truth = FrameTruth(
        source=source,
        frame=number,
        state=shot.state,
        scan=shot.scan,
        size=shot.scan.size,
        sheet=shot.leaf.sheet if shot.leaf else None,
        belonging=shot.leaf.belongs(shot.chart) if shot.leaf else None,
        box=shot.box,
        barcodes=shot.barcodes,
    )
    return as_json(truth)


def pour(
    path: Path, shots: Iterable[Shot], writer: Callable[[Path, Iterable[Scan]], None]
) -> list[Record]:
    """Write frames into one file as they come and return their truth."""
    records: list[Record] = []

    def passing() -> Iterator[Scan]:
        for number, shot in enumerate(shots, 1):
            records.append(record(path.name, number, shot))
            yield shot.scan

    writer(path, passing())
    return records
