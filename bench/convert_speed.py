"""What a conversion takes beside an earlier version: ``python -m bench.convert_speed``.

That version, by default the last without the line reader, is taken from the history of the
checkout and installed in an environment of its own. Both, and the present one with Tesseract
alone, convert the same batches with the same patient index, in turns: a batch of generated pages
in each look of `bench.compare_ocrmypdf`, the sample scans, and the real pages and forms where
they lie beside the checkout. The start of the program counts, as it does for whoever waits for
it; a batch of more pages (``--pages``) has less of it.
"""

from __future__ import annotations

import json
import shutil
import sys
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import results
from .chartroom import chartroom, converted, without_reader
from .compare_ocrmypdf import LOOKS, SEED, generated_lot, in_turn, join_mpis
from .program import Ran, run
from .real_pages import DATA, real_pages
from .results import Cell, Result, Table
from .samples import FOLDER as SAMPLES

NAME = "convert_speed"
WITHOUT_READER = "bee3119ffe8af1cb50eb7b26aad5612d36903c79"
"""The last version that had Tesseract alone."""
ROOT = Path(__file__).parents[1]
NOW, ALONE, BEFORE = "now", "now, Tesseract alone", "before"


@dataclass(frozen=True, slots=True)
class Batch:
    """A folder of scans that is converted."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Version:
    """An installed chartroom and the archive that it fills."""

    name: str
    program: Path
    home: Path

    def convert(self, batch: Batch) -> Ran:
        """Return what it took to convert ``batch``."""
        return converted(batch.folder, batch.name, self.home, program=self.program)


@dataclass(frozen=True, slots=True)
class Timed:
    """A batch, and what it took each version."""

    batch: Batch
    runs: dict[str, Ran]

    @property
    def frames(self) -> int:
        """How many the present version took in."""
        report: dict[str, Any] = json.loads(self.runs[NOW].output.splitlines()[-1])
        return int(report["frames"])


def installed(commit: str, folder: Path) -> Path:
    """Return the command of the version at ``commit``, installed below ``folder`` when absent.

    Raises ToolError (`bench.program`) when the history does not hold it or it cannot be installed.
    """
    place = folder / commit
    program = place / ".venv" / "bin" / "chartroom"
    if not program.exists():
        print(f"installing chartroom as of {commit[:7]} into {place}", file=sys.stderr)
        shutil.rmtree(place, ignore_errors=True)
        run(["git", "clone", "--quiet", "--no-checkout", ROOT, place])
        run(["git", "-C", place, "checkout", "--quiet", commit])
        venv.create(place / ".venv", with_pip=True)
        pip: list[str | Path] = [program.with_name("python"), "-m", "pip", "install", "--quiet"]
        run([*pip, "--requirement", place / "requirements.lock"])
        run([*pip, "--no-deps", "--no-build-isolation", "--editable", place])
    return program


def real_batch(data: Path, folder: Path) -> Iterator[Batch]:
    """Yield the real pages and forms below ``data`` as one batch; nothing where they are absent."""
    paths = [page.path for page in real_pages(data)]
    if not paths:
        return
    folder.mkdir(parents=True)
    for path in paths:
        shutil.copy(path, folder)
    yield Batch("real pages", folder)


def measure(pages: int, seed: int, commit: str, data: Path, folder: Path) -> list[Timed]:
    """Return what each batch took; ``folder`` is emptied first."""
    before = installed(commit, results.OUT / "versions")
    shutil.rmtree(folder, ignore_errors=True)
    lots = [generated_lot(seed, place, pages, folder) for place in range(len(LOOKS))]
    batches = [Batch(lot.look, lot.folder / "scans") for lot in lots]
    batches += [Batch("samples", SAMPLES), *real_batch(data, folder / "real")]
    mpi = folder / "mpi.csv"
    join_mpis([*(lot.folder / "mpi.csv" for lot in lots), SAMPLES / "mpi.csv"], mpi)
    programs = {NOW: chartroom(), ALONE: chartroom(), BEFORE: before}
    versions = [
        Version(name, program, folder / f"archive-{place}")
        for place, (name, program) in enumerate(programs.items())
    ]
    for version in versions:
        run([version.program, "patients", "import", mpi, "--home", version.home])
        if version.name == ALONE:
            without_reader(version.home)
    return [timed(batch, versions, place) for place, batch in enumerate(batches)]


def timed(batch: Batch, versions: Sequence[Version], place: int) -> Timed:
    """Return what ``batch`` took each of ``versions``; who goes first changes with ``place``."""
    runs = {version.name: version.convert(batch) for version in in_turn(versions, place)}
    return Timed(batch, runs)


def table(every: Sequence[Timed]) -> Table:
    """Return what each batch took the present version, and how many times that the others."""
    groups = {one.batch.name: [one] for one in every} | {"all": list(every)}
    others = (f"{what} {name}" for name in (ALONE, BEFORE) for what in ("time of", "CPU of"))
    columns = ("batch", "frames", "frames a minute", "CPU seconds a frame", *others)
    note = (
        "Two workers; times what the present version takes for the same: over 1.00, it is faster."
    )
    rows = tuple(_row(name, group) for name, group in groups.items())
    return Table("Converting, beside an earlier version", columns, rows, note)


def _row(name: str, group: Sequence[Timed]) -> tuple[Cell, ...]:
    frames = sum(one.frames for one in group)
    seconds = {name: sum(one.runs[name].seconds for one in group) for name in group[0].runs}
    cpu = {name: sum(one.runs[name].cpu_seconds for one in group) for name in group[0].runs}
    ratios = (
        f"{spent[other] / spent[NOW]:.2f}" for other in (ALONE, BEFORE) for spent in (seconds, cpu)
    )
    return (name, frames, f"{60 * frames / seconds[NOW]:.0f}", f"{cpu[NOW] / frames:.2f}", *ratios)


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=60, help="of each generated batch")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of real files")
    parser.add_argument("--before", default=WITHOUT_READER, help="commit of the earlier version")
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    every = measure(chosen.pages, chosen.seed, chosen.before, chosen.data, results.OUT / NAME)
    command = f"python -m bench.{NAME} --pages {chosen.pages} --seed {chosen.seed}"
    if chosen.before != WITHOUT_READER:
        command += f" --before {chosen.before}"
    told = (
        f"Before: chartroom as of commit {chosen.before[:7]}. A batch of each look of"
        " the comparison with OCRmyPDF, the sample scans, real pages and forms; once each, in"
        " turns.",
    )
    result = Result(NAME, command, machine, (table(every),), told)
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
