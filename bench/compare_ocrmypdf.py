"""Convert generated paper pages with chartroom and its peers, in turns, and score all of them.

``python -m bench.compare_ocrmypdf --pages 200``: charts of invented patients in five looks, some
pages turned, some backs empty, some pages misfiled, no separator sheets. A look is a batch for
chartroom, one PDF of the same pictures for OCRmyPDF (as it comes, and with ``--clean``), and
single pictures for plain Tesseract. Who goes first changes with each look.

Seeds: every look of a run has a seed of its own, from ``--seed`` on. 30517, the usual one, is for
reporting: nothing is tuned on its pages. 4001 (`DEVELOPMENT`) is for building. Whatever is drawn
by seed differs between them: people, hospitals, words, layouts, labels. Seeds under `REPORTED`
besides never draw what `bench.design` holds out: two typefaces and two arrangements of a form.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from capture.errors import SettingsError

from . import peer, results
from .chartroom import chartroom, converted, without_reader
from .compare_tables import Chunk, failures, tables
from .found import found_frames, paired, read_truth
from .generate import Order, generate
from .peer import Lot, Peer, Reading
from .program import run
from .results import Result

NAME = "compare_ocrmypdf"
LOOKS = ("clean", "bitonal", "copy", "fax", "skewed")
SEED = 30517
"""Nothing was tuned on its pages."""
DEVELOPMENT = 4001
"""For building: whoever tunes looks at these pages."""
REPORTED = 30000
"""From this seed on pages show what is held out from development."""
TURNED = 0.12
WITHOUT = "chartroom, Tesseract alone"
"""What it is without the line reader."""

Contestant = TypeVar("Contestant")


@dataclass(frozen=True, slots=True)
class Chartroom:
    """The installed chartroom with the archive that it fills."""

    home: Path
    name: str = "chartroom"
    told: str = f"chartroom: `convert --workers {peer.JOBS}`."

    def read(self, lot: Lot) -> Reading:
        """Return the text of every frame of a batch named as the look."""
        expected = ("--expect", str(len(lot.truth)))
        ran = converted(lot.folder / "scans", lot.look, self.home, *expected)
        pairs = paired(lot.look, lot.truth, found_frames(self.home, lot.look))
        return Reading(ran, tuple(pair.text for pair in pairs))


def measure(
    seed: int, pages: int, folder: Path, peers: Sequence[Peer], *, without: bool = True
) -> list[Chunk]:
    """Return what all made of ``pages`` generated pages; ``folder`` is emptied first.

    ``without`` has chartroom go through them once more in an archive without the line reader.
    """
    shutil.rmtree(folder, ignore_errors=True)
    lots = [
        generated_lot(seed, place, -(-pages // len(LOOKS)), folder) for place in range(len(LOOKS))
    ]
    mpi, home = folder / "mpi.csv", folder / "archive"
    join_mpis([lot.folder / "mpi.csv" for lot in lots], mpi)
    run([chartroom(), "patients", "import", mpi, "--home", home])
    if without:
        other = folder / "archive-without"
        run([chartroom(), "patients", "import", mpi, "--home", other])
        without_reader(other)
        peers = [Chartroom(other, WITHOUT, f'{WITHOUT}: `ocr.engine = "tesseract"`.'), *peers]
    return [_measured(lot, home, peers, place) for place, lot in enumerate(lots)]


def generated_lot(seed: int, place: int, pages: int, folder: Path) -> Lot:
    """Write ``pages`` pages of the look at ``place`` of `LOOKS` below ``folder``; return them."""
    look = LOOKS[place]
    order = Order(
        seed + place,
        pages,
        folder / look,
        ((look, 1.0),),
        TURNED,
        separators=0.0,
        development=seed < REPORTED,
    )
    generate(order)
    return Lot(look, order.out, read_truth(order.out / "truth.jsonl"))


def join_mpis(parts: Iterable[Path], out: Path) -> None:
    """Write one patient index of several; SettingsError when two share a record number."""
    seen: dict[str, dict[str, str]] = {}
    for part in parts:
        with part.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if seen.setdefault(row["mrn"].lstrip("0"), row) is not row:
                    raise SettingsError("two seeds gave one record number: choose another --seed")
    rows = list(seen.values())
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _measured(lot: Lot, home: Path, peers: Sequence[Peer], place: int) -> Chunk:
    contestants: list[Peer] = [Chartroom(home), *peers]
    readings = {one.name: one.read(lot) for one in in_turn(contestants, place)}
    pairs = paired(lot.look, lot.truth, found_frames(home, lot.look))
    return Chunk(tuple(pairs), {one.name: readings[one.name] for one in contestants})


def in_turn(contestants: Sequence[Contestant], place: int) -> list[Contestant]:
    """Return the contestants in the order of their turns at one look."""
    first = place % len(contestants)
    return [*contestants[first:], *contestants[:first]]


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-clean", action="store_true", help="leave out OCRmyPDF --clean")
    parser.add_argument("--no-plain", action="store_true", help="leave out plain Tesseract")
    parser.add_argument("--no-without", action="store_true", help="leave out Tesseract alone")
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    peers = peer.installed(
        results.OUT / "ocrmypdf", clean=not chosen.no_clean, plain=not chosen.no_plain
    )
    chunks = measure(
        chosen.seed, chosen.pages, results.OUT / NAME, peers, without=not chosen.no_without
    )
    told = [
        *(one.told for one in peers),
        "Binding a PDF and writing the pictures is not counted. OCRmyPDF lowers its own priority;"
        " all others run with the same.",
    ]
    left_out = " --no-clean" * chosen.no_clean + " --no-plain" * chosen.no_plain
    left_out += " --no-without" * chosen.no_without
    command = f"python -m bench.{NAME} --pages {chosen.pages} --seed {chosen.seed}{left_out}"
    result = Result(
        NAME, command, machine, tables(chunks), (" ".join(told),), tuple(failures(chunks))
    )
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
