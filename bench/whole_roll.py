"""One roll from the camera to searchable charts: ``python -m bench.whole_roll``.

Charts are filmed one after another with image marks of three levels (large: a patient, medium: a
document, small: a page) behind leader and target, with a retake, and the film is scanned to one
ribbon. An old index gives each document's address, and some of its rows are wrong. The roll is
converted by the installed command; what it found, filed and told is compared with the truth.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture.model import Pixels

from . import fonts, results
from .chartroom import HELD, chartroom
from .charts import chart
from .degrade import Scan, film
from .delivery import Leaf, leaves
from .found import found_frames
from .people import Person, first_people, people, write_mpi_csv
from .render import render
from .results import Result, Table
from .ribbon_file import write_ribbon

NAME = "whole_roll"
REPORTED = 42_000
ROLL = "0042"
_DPI = 200
_WIDE = 1.36
"""Of the page: the film beside it holds the marks."""
_MARK = (0.12, (0.09, 0.16, 0.27))
"""Across, and along by level, of the width of a page."""
_BARE = 12


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What was filmed, in the order of the roll."""

    leaf: Leaf | None
    """None for a target or a notice."""
    level: int = 0
    address: tuple[int, int, int] = (0, 0, 0)
    text: str = ""
    again: bool = False
    """The sheet before, filmed once more."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A row of the old index."""

    address: str
    person: Person
    leaf: Leaf
    wrong: bool = False
    """It names another patient than the one that was filmed."""


def exposures(seed: int, count: int) -> list[Exposure]:
    """Return the roll: targets, ``count`` pages of charts, and among them two retakes."""
    rng = Random(f"whole roll {seed}")
    filmed = [Exposure(None, text="START OF ROLL\nREDUCTION RATIO 24X")]
    counter = (0, 0, 0)
    for number, person in enumerate(people(seed)):
        begun = False
        for leaf in leaves(chart(person, Random(f"{seed} {number}"), f"d{number}")):
            level = 1 if leaf.number > 1 else 2 if begun else 3
            begun, counter = True, _counted(counter, level)
            filmed.append(Exposure(leaf, level, counter))
            if len(filmed) == count + 1:
                return _with_retakes(filmed, rng)
    return filmed


def _counted(counter: tuple[int, int, int], level: int) -> tuple[int, int, int]:
    c, b, a = counter
    return {3: (c + 1, 0, 0), 2: (c, b + 1, 0)}.get(level, (c, b, a + 1))


def _with_retakes(filmed: list[Exposure], rng: Random) -> list[Exposure]:
    """Return the roll with two sheets filmed twice, unmarked the second time, and its end."""
    pages = [place for place, one in enumerate(filmed) if one.leaf]
    for place in sorted(rng.sample(pages, 2), reverse=True):
        once = filmed[place]
        filmed.insert(place + 1, Exposure(once.leaf, 0, once.address, again=True))
    return [*filmed, Exposure(None, text="END OF ROLL")]


def index_rows(filmed: Sequence[Exposure], seed: int, wrong: int) -> list[IndexRow]:
    """Return a row for each document, ``wrong`` of them with another patient of the roll."""
    rows = [
        IndexRow(".".join(map(str, (int(ROLL), *one.address))), one.leaf.paper.person, one.leaf)
        for one in filmed
        if one.leaf and one.level >= 2
    ]
    rng = Random(f"index {seed}")
    persons = first_people(seed, 30)
    for place in rng.sample(range(len(rows)), wrong):
        row = rows[place]
        other = rng.choice([person for person in persons if person.mrn != row.person.mrn])
        rows[place] = IndexRow(row.address, other, row.leaf, wrong=True)
    return rows


def write_index(path: Path, rows: Sequence[IndexRow]) -> None:
    """Write the old index as such systems exported it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["roll", "address", "mrn", "last_name", "first_name", "document_type", "date"]
        )
        for row in rows:
            person = row.person
            told = (person.mrn, person.last_name, person.first_name, row.leaf.paper.kind.name, "")
            writer.writerow((ROLL, row.address.partition(".")[2], *told))


def pieces(filmed: Sequence[Exposure], seed: int) -> Iterator[Pixels]:
    """Yield the ribbon exposure by exposure, with its mark and the bare film after it."""
    rng = Random(f"film {seed}")
    width = round(_WIDE * 8.5 * _DPI)
    noise = np.random.default_rng(seed)
    yield _bare(round(3 * _DPI), width, noise)
    for one in filmed:
        shot = film(Scan(render(one.leaf.sheet) if one.leaf else _notice(one.text)), rng, _DPI)
        piece = _bare(shot.size[1] + round(_DPI * rng.uniform(0.2, 0.5)), width, noise)
        left = (width - shot.size[0]) // 2 + rng.randint(-12, 12)
        piece[: shot.size[1], left : left + shot.size[0]] = shot.pixels
        if one.level:
            _mark(piece, one.level, shot.size)
        yield piece
    yield _bare(round(2 * _DPI), width, noise)


def _bare(length: int, width: int, noise: np.random.Generator) -> Pixels:
    return (_BARE + noise.integers(0, 6, (length, width))).astype(np.uint8)


def _mark(piece: Pixels, level: int, page: tuple[int, int]) -> None:
    wide, high = round(_MARK[0] * page[0]), round(_MARK[1][level - 1] * page[0])
    top, left = (page[1] - high) // 2, round(0.02 * page[0])
    patch = np.full((high, wide), 225, np.uint8)
    piece[top : top + high, left : left + wide] = patch
    soft = cv2.GaussianBlur(piece[:, : left + wide + 20], (0, 0), 1.2)
    piece[:, : left + wide + 20] = soft


def _notice(text: str) -> Pixels:
    sheet = Image.new("L", (2550, 3300), 250)
    pen = ImageDraw.Draw(sheet)
    for row, line in enumerate(text.split("\n")):
        face = fonts.font("sans-bold", 150)
        pen.text((1275, 900 + 260 * row), line, fill=10, font=face, anchor="ma")
    return np.asarray(sheet)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the pages of a roll."""

    pages: Counter[str]
    """``right``, ``wrong`` (in another patient's chart), ``held`` and other states."""
    held_by_wrong_index: int
    """Documents whose index row is wrong, and that were held."""
    filed_by_wrong_index: int


def outcome(
    filmed: Sequence[Exposure], rows: Sequence[IndexRow], found: dict[tuple[str, int], Any]
) -> Outcome:
    """Return what became of each page; frames are matched by their order on the film."""
    frames = [found[place] for place in sorted(found, key=lambda place: place[1])]
    wrong = {id(row.leaf) for row in rows if row.wrong}
    counts: Counter[str] = Counter()
    held = filed = 0
    for one, frame in zip(filmed, frames, strict=True):
        if one.leaf is None:
            counts[f"notice {frame.state}"] += 1
            continue
        mrn = frame.document.mrn if frame.document else None
        true = one.leaf.paper.person.mrn
        state = frame.state if frame.state != "filed" else "right" if mrn == true else "wrong"
        counts[state] += 1
        if id(one.leaf) in wrong:
            held += state == "held"
            filed += state == "right"
    return Outcome(counts, held, filed)


def measure(seed: int, count: int, wrong: int, folder: Path) -> Iterator[Table]:
    """Yield the tables of one roll, made in ``folder``."""
    filmed = exposures(seed, count)
    rows = index_rows(filmed, seed, wrong)
    scans, home = folder / "scans", folder / "archive"
    scans.mkdir()
    lines = write_ribbon(scans / f"{ROLL}.tif", pieces(filmed, seed), dpi=_DPI * 24)
    write_index(folder / "index.csv", rows)
    patients = {one.leaf.paper.person.mrn: one.leaf.paper.person for one in filmed if one.leaf}
    write_mpi_csv(folder / "mpi.csv", islice(people(seed), 3 * len(patients)))
    _run("patients", "import", folder / "mpi.csv", "--home", home)
    _run("film", "index", folder / "index.csv", "--home", home)
    started = time.perf_counter()
    report = _run(
        "convert", scans, "--batch", "roll", "--source", "roll", "--expect", len(filmed),
        "--home", home, "--json",
    )  # fmt: skip
    seconds = time.perf_counter() - started
    told = json.loads(_run("film", "show", ROLL, "--home", home, "--json").splitlines()[0])
    found = found_frames(home, "roll")
    yield Table(
        "The roll",
        ("frames filmed", "frames found", "ribbon, megapixels", "minutes", "differences told"),
        ((
            len(filmed),
            len(found),
            round(lines * _WIDE * 8.5 * _DPI / 1e6),
            round(seconds / 60, 1),
            len(told.get("differences", ())),
        ),),
    )  # fmt: skip
    if len(found) == len(filmed):
        end = outcome(filmed, rows, found)
        yield Table(
            "Where its frames went",
            ("frames", "number"),
            (
                *sorted(end.pages.items()),
                ("with a wrong index row, held", end.held_by_wrong_index),
                ("with a wrong index row, filed to the right patient", end.filed_by_wrong_index),
            ),
        )
    yield _searched(home, patients, filmed)
    print(report)


def _searched(home: Path, patients: dict[str, Person], filmed: Sequence[Exposure]) -> Table:
    """Return how many of each patient's filmed pages a search by number finds."""
    true = Counter(one.leaf.paper.person.mrn for one in filmed if one.leaf)
    shown = {
        mrn: len(
            _run("search", "--mrn", mrn, "--limit", 1000, "--home", home, "--json").splitlines()
        )
        for mrn in patients
    }
    return Table(
        "Charts found by their number",
        ("patients", "pages filmed", "pages found"),
        ((len(patients), sum(true.values()), sum(shown.values())),),
    )


def _run(*arguments: object) -> str:
    done = subprocess.run(
        [chartroom(), *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, HELD):
        raise SystemExit(f"chartroom {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def main(arguments: list[str] | None = None) -> int:
    """Make a roll, convert it, print and keep what became of it; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--wrong", type=int, default=5, help="wrong rows of the index")
    given = parser.parse_args(arguments)
    machine = results.machine()
    with tempfile.TemporaryDirectory(prefix="chartroom-bench-") as folder:
        tables = tuple(measure(given.seed, given.pages, given.wrong, Path(folder)))
    for table in tables:
        print(results.markdown(table), end="\n\n")
    command = f"python -m bench.{NAME} --seed {given.seed} --pages {given.pages}"
    results.keep(Result(NAME, command, machine, tables), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
