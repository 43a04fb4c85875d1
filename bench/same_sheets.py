"""Measure sheets of paper that were scanned twice: ``python -m bench.same_sheets``.

Each page is scanned twice, askew, with other light, dirt and holes, and beside it its copy filled
in for another patient, another document of its kind and its copy of another day, which differs in
a date. Words are those of the page read with errors, as assembly gets them; the pictures are
prepared as any scan is. Built on seeds below 2000; figures are of seeds from `REPORTED` on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from capture.enhance import prepare
from capture.film.repeats import ONE_SHEET, Print, is_repeat, print_of
from capture.model import Digest, FrameRef
from capture.settings import CaptureSettings
from indexer.likeness import Said, alike_pairs, tell_apart
from indexer.read import index_page

from . import results
from .capture_speed import frame_of
from .degrade import RECIPES, Scan, resample
from .misread import misread
from .render import render
from .results import Result, Table
from .sheet import HEIGHT, WIDTH, Sheet
from .technical_frames import alike_sheets

NAME = "same_sheets"
REPORTED = 30000
_LOOKS = ("clean", "skewed", "light", "specks", "holes", "copy", "faded")
_DPI, _NOISE = 200, 0.02
_REF = FrameRef(Digest("0" * 64), 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Scanned:
    """A sheet as scanned once."""

    said: Said
    text: str
    print: Print


@dataclass(slots=True)
class _Tally:
    pairs: int = 0
    alike: int = 0
    same_picture: int = 0
    linked: int = 0


def _scanned(sheet: Sheet, seed: str) -> _Scanned:
    rng = Random(seed)
    scan = RECIPES[rng.choice(_LOOKS)](Scan(render(sheet)), rng)
    page = prepare(
        frame_of(resample(scan, _DPI, _DPI), colour=False), CaptureSettings(barcodes=False)
    )
    words = misread(sheet, _REF, _NOISE, rng)
    index = index_page(words, width=WIDTH, height=HEIGHT)
    return _Scanned(Said(index, words), words.text, print_of(page.pixels, _DPI))


def _told(one: _Scanned, other: _Scanned, tally: _Tally) -> None:
    alike = bool(list(alike_pairs([one.text, other.text])))
    same = is_repeat(other.print, one.print) >= ONE_SHEET
    tally.pairs += 1
    tally.alike += alike
    tally.same_picture += same
    tally.linked += alike and same and not tell_apart(one.said, other.said)


def by_pairs(seed: int, many: int) -> Table:
    """Return how many pairs of each kind are linked."""
    tallies: dict[str, _Tally] = {}
    started = time.process_time()
    for number, (first, others) in enumerate(alike_sheets(seed, many)):
        one = _scanned(first, f"{seed} {number}")
        for name, sheet in others.items():
            other = _scanned(sheet, f"{seed} {number} {name}")
            _told(one, other, tallies.setdefault(name, _Tally()))
    rows = tuple(_rows(tallies))
    spent = (time.process_time() - started) / max(1, sum(one.pairs for one in tallies.values()))
    note = f"{spent:.1f} s of processor time a pair, most of it for drawing and preparing pages."
    columns = ("second page", "pairs", "words alike", "pictures of one sheet", "linked")
    return Table("Sheets of paper scanned twice, and sheets that are alike", columns, rows, note)


_NAMES = {"filmed again": "the same sheet, scanned again"}


def _rows(tallies: dict[str, _Tally]) -> Iterator[tuple[results.Cell, ...]]:
    for name, tally in tallies.items():
        shown = _NAMES.get(name, name)
        yield (shown, tally.pairs, tally.alike, tally.same_picture, tally.linked)


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--pages", type=int, default=60)
    given = parser.parse_args(arguments)
    machine = results.machine()
    table = by_pairs(given.seed, given.pages)
    print(results.markdown(table))
    command = f"python -m bench.{NAME} --seed {given.seed} --pages {given.pages}"
    results.keep(Result(NAME, command, machine, (table,)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
