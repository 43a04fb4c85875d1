"""Make any amount of charts with exact truth.

``python -m bench.generate --seed 1 --pages 500 --out DIR --mix clean=3,fax``:

``DIR/scans/`` holds the files, ``DIR/truth.jsonl`` a line for each frame, ``DIR/mpi.csv`` the
patients. The same arguments give the same bytes. One chart is in memory at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

from capture.errors import ChartroomError, SettingsError

from . import write
from .charts import chart, house, suits
from .conditions import CONDITIONS
from .degrade import RECIPES, Scan
from .delivery import (
    Leaf,
    Record,
    Shot,
    at,
    leaves,
    pour,
    record,
    shoot,
    shoot_blank,
    shoot_separator,
    shoot_strip,
)
from .people import Person, people, write_mpi_csv
from .render import render

BITONAL = frozenset({"plain", "bitonal", "copy", "fax", "fax-low"})
"""Recipes whose charts are written as multi-page Group 4 TIFF."""
MIX = "bitonal=4,clean=4,copy=2,holes,specks,light,faded,stains,border,skewed,fax,fax-low,born,film"
_HOUSES = 4
_FRAMES_ON_STRIP = 8


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    seed: int
    pages: int
    out: Path
    mix: tuple[tuple[str, float], ...]
    turned: float = 0.03
    """Share of pages that lie turned by a quarter or half."""
    blanks: float = 0.05
    """Share of pages followed by an empty back."""
    separators: float = 0.3
    """Share of charts behind a separator sheet."""
    misfiled: float = 0.02
    """Share of documents before which a page of the chart before was slipped in."""
    development: bool = False
    """Show nothing that `bench.design` holds out for reporting."""


def parse_mix(text: str) -> tuple[tuple[str, float], ...]:
    """Return names of looks with their weights; SettingsError for one we do not know."""
    known = {*RECIPES, "born"}
    mix = []
    for part in text.split(","):
        name, _, weight = part.strip().partition("=")
        if name not in known:
            raise SettingsError(f"no look {name!r}: choose from {', '.join(sorted(known))}")
        mix.append((name, float(weight or 1)))
    return tuple(mix)


def generate(order: Order) -> int:
    """Write scans, truth and patients; return how many frames were made."""
    scans = order.out / "scans"
    scans.mkdir(parents=True, exist_ok=True)
    patients: list[Person] = []
    frames = 0
    with (order.out / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for person, records in _charts(order, scans):
            patients.append(person)
            truth.writelines(json.dumps(one, separators=(",", ":")) + "\n" for one in records)
            frames += len(records)
    write_mpi_csv(order.out / "mpi.csv", islice(people(order.seed), 2 * len(patients) + 20))
    return frames


def _charts(order: Order, scans: Path) -> Iterator[tuple[Person, list[Record]]]:
    left = order.pages
    before: tuple[Leaf, ...] = ()
    able = (p for p in people(order.seed) if any(suits(c, p) for c in CONDITIONS))
    for number, person in enumerate(able, 1):
        if left <= 0:
            return
        rng = Random(f"{order.seed} chart {number}")
        habits = Random(f"{order.seed} house {number % _HOUSES}")
        where = house(habits, development=order.development)
        pages = tuple(leaves(chart(person, rng, f"d{number:05}", where)))[:left]
        left -= len(pages)
        look = rng.choices(*zip(*order.mix, strict=True))[0]
        stem = scans / f"{number:05}-{look}"
        yield person, list(_write(order, stem, look, _strayed(order, pages, before, rng), rng))
        before = pages


def _strayed(
    order: Order, pages: tuple[Leaf, ...], before: tuple[Leaf, ...], rng: Random
) -> tuple[tuple[Leaf, str], ...]:
    mrn = pages[0].paper.person.mrn
    strays = [page for page in before if page.number == len(page.paper.sheets) == 1]
    mixed: list[tuple[Leaf, str]] = []
    for page in pages:
        # Between documents only: inside one, nobody could say where documents begin.
        if strays and page.number == 1 and rng.random() < order.misfiled:
            mixed.append((rng.choice(strays), mrn))
        mixed.append((page, mrn))
    return tuple(mixed)


def _write(
    order: Order, stem: Path, look: str, pages: tuple[tuple[Leaf, str], ...], rng: Random
) -> Iterator[Record]:
    if look == "born":
        yield from _write_born(stem, pages)
    elif look == "film":
        yield from _write_film(stem, pages, rng)
    elif look in BITONAL:
        yield from pour(
            stem.with_suffix(".tif"), _shots(order, look, pages, rng), write.write_group4
        )
    elif rng.random() < 0.5:
        shots = map(at(200), _shots(order, look, pages, rng))
        yield from pour(stem.with_suffix(".pdf"), shots, write.write_image_pdf)
    else:
        yield from _write_jpegs(stem, map(at(200), _shots(order, look, pages, rng)))


def _shots(
    order: Order, look: str, pages: tuple[tuple[Leaf, str], ...], rng: Random
) -> Iterator[Shot]:
    if rng.random() < order.separators:
        kind = rng.choice(tuple(write.SYMBOLOGIES))
        yield shoot_separator(write.payload(mrn=pages[0][1]), kind, rng, look)
    for page, mrn in pages:
        turned = rng.random() < order.turned
        rotation = rng.choice((90, 180, 270)) if turned else 0
        yield shoot(page, look, rng, rotation=rotation, chart=mrn)
        if rng.random() < order.blanks:
            yield shoot_blank(rng, look)


def _write_jpegs(stem: Path, shots: Iterable[Shot]) -> Iterator[Record]:
    for number, shot in enumerate(shots, 1):
        path = stem.with_name(f"{stem.name}-{number:03}.jpg")
        write.write_jpeg(path, shot.scan)
        yield record(path.name, 1, shot)


def _write_born(stem: Path, pages: tuple[tuple[Leaf, str], ...]) -> Iterator[Record]:
    path = stem.with_suffix(".pdf")
    write.write_born_digital_pdf(path, [page.sheet for page, _ in pages])
    for number, (page, mrn) in enumerate(pages, 1):
        yield record(path.name, number, Shot(Scan(render(page.sheet)), leaf=page, chart=mrn))


def _write_film(stem: Path, pages: tuple[tuple[Leaf, str], ...], rng: Random) -> Iterator[Record]:
    for part, start in enumerate(range(0, len(pages), _FRAMES_ON_STRIP), 1):
        path = stem.with_name(f"{stem.name}-{part:02}.tif")
        shown = pages[start : start + _FRAMES_ON_STRIP]
        ribbon, shots = shoot_strip((page for page, _ in shown), rng)
        write.write_grey_tiff(path, ribbon)
        mrn = pages[0][1]
        yield from (
            record(path.name, n, replace(shot, chart=mrn)) for n, shot in enumerate(shots, 1)
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line of the generator; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.generate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--development", action="store_true", help="without what is held out")
    parser.add_argument("--mix", default=MIX, help="looks with weights, such as clean=3,fax")
    chosen = parser.parse_args(arguments)
    try:
        order = Order(chosen.seed, chosen.pages, chosen.out, parse_mix(chosen.mix))
        order = replace(order, development=chosen.development)
        print(f"{generate(order)} frames in {chosen.out}")
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
