"""Measure technical frames and repeats on film: ``python -m bench.technical_frames``.

Charts, grey scales, notices and film without a page, each as a frame of the everyday mix of
`bench.film_reading`, and beside them what must never be called technical: pages of charts,
pages with a single line on them, the text of every page and of real reports and forms where
those are at hand. For repeats each page is filmed twice, as its own copy filled in for another
patient, as another document of its kind, and as its copy of another day, which differs in a date.
Built on seeds below 2000; figures are of seeds from `REPORTED` on.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from capture.enhance import prepare
from capture.errors import ChartroomError
from capture.film.repeats import SAME, is_repeat, print_of
from capture.film.technical import technical_reason
from capture.model import Box, Digest, FrameRef, PageImage, Pixels
from capture.settings import CaptureSettings
from indexer.read import page_from_text
from indexer.technical import technical_notice
from ocr.engines import open_engine
from ocr.model import OcrPage, Word
from ocr.settings import OcrSettings

from . import results
from .capture_speed import frame_of, pages
from .charts import KINDS, house, paper, stay, suits
from .conditions import CONDITIONS, Condition
from .degrade import Scan
from .film import worn_frame
from .film_reading import everyday_wear
from .people import Person, first_people
from .render import render
from .results import Result, Table
from .sheet import Sheet
from .technical_pages import BARE, PICTURES, bare_film, few_words, notices

NAME = "technical_frames"
REPORTED = 3000
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_DPI = 200
_REF = FrameRef(Digest("0" * 64), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame as found and as prepared."""

    found: Pixels
    page: PageImage


def shown(page: Pixels, seed: str) -> Shown:
    """Return a page (300 dpi) as an everyday frame of film."""
    scan = worn_frame(Scan(page), everyday_wear(Random(seed)), seed)
    return Shown(scan.pixels, prepare(frame_of(scan, colour=False), CaptureSettings()))


def by_picture(seed: int, each: int, many: int) -> Table:
    """Return how often frames of each kind are called technical by their picture."""
    rows: list[tuple[results.Cell, ...]] = []
    spent: list[float] = []
    for name, draw in PICTURES.items():
        frames = (
            shown(draw(Random(f"{seed} {name} {n}")), f"{seed} {name} {n}") for n in range(each)
        )
        rows.append(_row(name, (_called(one, spent) for one in frames)))
    for kind in BARE:
        bare = (bare_film(kind, Random(f"{seed} {kind} {n}")) for n in range(each))
        raw = (Scan(pixels, dpi=(_DPI, _DPI), film=True) for pixels in bare)
        kept = (Shown(s.pixels, prepare(frame_of(s, colour=False), CaptureSettings())) for s in raw)
        rows.append(_row(f"film, {kind}", (_called(one, spent) for one in kept)))
    leaves = [leaf.sheet for leaf in islice(pages(seed), many)]
    full = (shown(render(sheet), f"{seed} page {n}") for n, sheet in enumerate(leaves))
    rows.append(_row("page of a chart", (_called(one, spent) for one in full)))
    bare_pages = (few_words(sheet, Random(f"{seed} {n}")) for n, sheet in enumerate(leaves))
    nearly = (shown(render(sheet), f"{seed} few {n}") for n, sheet in enumerate(bare_pages))
    rows.append(_row("page with one line on it", (_called(one, spent) for one in nearly)))
    note = f"{1000 * statistics.median(spent):.0f} ms of processor time a frame."
    return Table("Technical frames by their picture", _COLUMNS, tuple(rows), note)


_COLUMNS = ("frames of film", "count", "called technical", "as")


def _called(one: Shown, spent: list[float]) -> str:
    started = time.process_time()
    reason = technical_reason(one.found, one.page.pixels)
    spent.append(time.process_time() - started)
    return reason


def _row(name: str, reasons: Iterable[str]) -> tuple[results.Cell, ...]:
    told = Counter(reasons)
    technical = sum(count for reason, count in told.items() if reason)
    named = ", ".join(f"{reason} {count}" for reason, count in told.most_common() if reason)
    return name, told.total(), technical, named or "-"


def by_words(seed: int, each: int, many: int) -> Table:
    """Return how often frames are called technical by their words, read or from the truth."""
    engine = open_engine(OcrSettings())
    read: dict[str, list[str]] = {}
    for number in range(each):
        for kind, page in notices(Random(f"{seed} {number}")):
            one = shown(page, f"{seed} {kind} {number}")
            read.setdefault(f"notice: {kind}", []).append(_kind(engine.read(one.page)))
    rows = [_row(name, kinds) for name, kinds in read.items()]
    texts = [leaf.sheet.text for leaf in islice(pages(seed), 10 * many)]
    rows.append(_row("text of a page of a chart", map(_kind, _laid_out(texts))))
    parts = [part for text in texts for part in text.split("\n\n")]
    rows.append(_row("paragraph of one alone", map(_kind, _laid_out(parts))))
    if DATA.is_dir():
        reports = [part for text in _reports() for part in (text, *text.splitlines()[:4])]
        rows.append(_row("real report, and its first lines", map(_kind, _laid_out(reports))))
        rows.append(_row("real form", map(_kind, _forms())))
    return Table("Technical frames by their words", _COLUMNS, tuple(rows))


def _kind(words: OcrPage) -> str:
    notice = technical_notice(words)
    return notice.kind if notice else ""


def _laid_out(texts: Iterable[str]) -> Iterator[OcrPage]:
    return (page_from_text(text, _REF) for text in texts if text.strip())


def _reports() -> list[str]:
    csv.field_size_limit(10**8)
    with (DATA / "mtsamples" / "mtsamples_open.csv").open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _forms() -> Iterator[OcrPage]:
    for path in sorted((DATA / "forms").glob("*.json")):
        parts = json.loads(path.read_text(encoding="utf-8"))["form"]
        words = [
            Word(word["text"], _box(word["box"]), 0.9, line, line)
            for line, part in enumerate(parts)
            for word in part["words"]
            if word["text"].strip()
        ]
        yield OcrPage(_REF, "truth", tuple(words))


def _box(corners: list[int]) -> Box:
    left, top, right, bottom = corners
    return Box(left, top, right - left, bottom - top)


REPEATS = ("filmed again", "another patient", "another document", "another day")


def by_print(seed: int, many: int) -> Table:
    """Return how often two frames are called one sheet."""
    told: dict[str, list[float]] = {name: [] for name in REPEATS}
    spent: list[float] = []
    for number, (first, others) in enumerate(alike_sheets(seed, many)):
        one = print_of(_filmed(first, f"{seed} {number}", seed + number), _DPI)
        for name, sheet in others.items():
            page = _filmed(sheet, f"{seed} {number} {name}", seed + number)
            started = time.process_time()
            told[name].append(is_repeat(one, print_of(page, _DPI)))
            spent.append(time.process_time() - started)
    rows = [
        (name, len(sure), sum(one >= SAME for one in sure), f"{np.median(sure):.2f}")
        for name, sure in told.items()
        if sure
    ]
    columns = ("second frame", "pairs", "called the same sheet", "median confidence")
    note = f"{1000 * statistics.median(spent):.0f} ms of processor time a pair, its print included."
    return Table("Sheets filmed again, and sheets that are alike", columns, tuple(rows), note)


def _filmed(sheet: Sheet, seed: str, roll: int) -> Pixels:
    """Return a page as prepared from a frame; one roll has one reduction and one polarity."""
    wear = replace(everyday_wear(Random(seed)), dpi=_DPI, negative=roll % 5 > 0, rotation=0)
    scan = worn_frame(Scan(render(sheet)), wear, seed)
    return prepare(frame_of(scan, colour=False), CaptureSettings(barcodes=False)).pixels


def alike_sheets(seed: int, many: int) -> Iterator[tuple[Sheet, dict[str, Sheet]]]:
    """Yield first pages of documents, each with the same and with others that are like it."""
    people = [one for one in first_people(seed, 40) if _conditions(one)]
    for number in range(many):
        rng = Random(f"{seed} alike {number}")
        kind, day = KINDS[rng.choice(list(KINDS))], timedelta(rng.randint(1, 9))
        one, other = rng.sample(people, 2)
        where = house(rng)
        cases = [
            stay(who, rng.choice(_conditions(who)), Random(number), where) for who in (one, other)
        ]
        day_one = cases[0].admitted + timedelta(1)
        drawn = f"{seed} {number}"
        first = paper(cases[0], kind, day_one, Random(drawn), "x").sheets[0]
        others = {
            "filmed again": first,
            "another patient": paper(cases[1], kind, day_one, Random(drawn), "x").sheets[0],
            "another document": paper(cases[0], kind, day_one, Random(number), "x").sheets[0],
            "another day": paper(cases[0], kind, day_one + day, Random(drawn), "x").sheets[0],
        }
        if others["another day"].text == first.text:
            del others["another day"]
        yield first, others


def _conditions(person: Person) -> list[Condition]:
    """Return what a patient can have that brings every kind of document with it."""
    suiting = (found for found in CONDITIONS if suits(found, person))
    return [found for found in suiting if found.operation and found.operation.specimen]


def _tables(seed: int, each: int, many: int) -> Iterator[Table]:
    yield by_picture(seed, each, many)
    yield by_words(seed, max(1, each // 4), many)
    yield by_print(seed, many)


def _printed(table: Table) -> Table:
    print(results.markdown(table), end="\n\n", flush=True)
    return table


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--each", type=int, default=12, help="technical frames of each kind")
    parser.add_argument("--pages", type=int, default=60, help="pages, and pairs of frames")
    given = parser.parse_args(arguments)
    machine = results.machine()
    try:
        tables = tuple(_printed(table) for table in _tables(given.seed, given.each, given.pages))
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = f"python -m bench.{NAME} --seed {given.seed} --each {given.each}"
    command += f" --pages {given.pages}"
    results.keep(Result(NAME, command, machine, tables), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
