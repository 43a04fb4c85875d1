"""Convert real pages as one batch, account for every file, and score beside plain Tesseract.

``python -m bench.real_pages``: office and court pages, noisy forms and photographed patient forms
that lie beside the checkout in ``../shared/data``; without that folder it says so and ends.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from archive import deliveries
from archive.archive import open_archive

from . import results
from .chartroom import HELD, chartroom
from .found import found_frames
from .program import Ran, run
from .results import Result, Table, percent
from .score import character_error_rate, word_match

NAME = "real_pages"
DATA = Path(__file__).parents[2] / "shared" / "data"
FOLDERS = ("ocr", "forms", "medical_forms")
ORDERED = ("filing", "singlecol", "phototest")
"""Pages in one column, whose reading order nobody can dispute."""
CER_SLACK = 0.02
RECALL_SLACK = 0.03
_PDF_DPI = 300


@dataclass(frozen=True, slots=True)
class RealPage:
    """A file with what is known to stand on it."""

    path: Path
    truth: str
    ordered: bool
    """The truth is in reading order, so that characters can be compared."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What both read on one file."""

    page: RealPage
    ours: str
    theirs: str
    seconds: float
    """That plain Tesseract took."""

    @property
    def measure(self) -> str:
        """What is compared."""
        return "CER" if self.page.ordered else "word recall"

    @property
    def scores(self) -> tuple[float, float]:
        """Ours and theirs."""
        if self.page.ordered:
            return self._scored(character_error_rate)
        return self._scored(lambda truth, read: word_match(truth, read).recall)

    @property
    def margin(self) -> float:
        """By how much ours is better; negative when it is worse."""
        ours, theirs = self.scores
        return theirs - ours if self.page.ordered else ours - theirs

    @property
    def worse(self) -> bool:
        """Ours is clearly worse."""
        return self.margin < -(CER_SLACK if self.page.ordered else RECALL_SLACK)

    def _scored(self, score: Callable[[str, str], float]) -> tuple[float, float]:
        return score(self.page.truth, self.ours), score(self.page.truth, self.theirs)


def real_pages(data: Path) -> Iterator[RealPage]:
    """Yield the scans of the folders with their truth, in the order of their names."""
    for truth in sorted((data / "ocr").glob("*.gt.txt")):
        name = truth.name.removesuffix(".gt.txt")
        (scan,) = (one for one in truth.parent.glob(f"{name}.*") if one.suffix in {".png", ".tif"})
        ordered = any(word in name for word in ORDERED)
        yield RealPage(scan, truth.read_text(encoding="utf-8"), ordered)
    for truth in sorted((data / "forms").glob("*.json")):
        yield RealPage(truth.with_suffix(".png"), form_text(_load(truth)), ordered=False)
    for truth in sorted((data / "medical_forms").glob("*.truth.json")):
        scan = truth.with_name(truth.name.replace(".truth.json", ".pdf"))
        yield RealPage(scan, " ".join(map(str, _load(truth).values())), ordered=False)


def form_text(form: dict[str, Any]) -> str:
    """Return the words of a form of the FUNSD collection."""
    return " ".join(word["text"] for part in form["form"] for word in part["words"])


def _load(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def plain_tesseract(page: Path, folder: Path) -> Ran:
    """Return what ``tesseract FILE -`` gives on one thread; a PDF is rendered at 300 dpi before."""
    pictures = [page] if page.suffix != ".pdf" else list(_rendered(page, folder))
    runs = [
        run(["tesseract", picture, "-"], environment={"OMP_THREAD_LIMIT": "1"})
        for picture in pictures
    ]
    return Ran(
        0,
        "\n".join(one.output for one in runs),
        "",
        sum(one.seconds for one in runs),
        sum(one.cpu_seconds for one in runs),
        max(one.peak_bytes for one in runs),
    )


def _rendered(pdf: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(pdf)
    for number, sheet in enumerate(document, 1):
        path = folder / f"{pdf.stem}-{number}.png"
        sheet.render(scale=_PDF_DPI / 72).to_pil().save(path, dpi=(_PDF_DPI, _PDF_DPI))
        yield path


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the files of a delivery."""

    files: int
    sources: int
    passed_over: int
    other: tuple[str, ...]
    """Files of which the archive says nothing, or that it took more than once."""
    states: Counter[str]
    report: dict[str, Any]


def account(home: Path, batch: str, data: Path, report: dict[str, Any]) -> Account:
    """Return what the archive says of every file below the delivered folders."""
    delivered = Counter(path.name for folder in FOLDERS for path in (data / folder).iterdir())
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        row = deliveries.batch_named(connection, batch)
        sources = deliveries.sources(connection, row)
        sightings = deliveries.sightings(connection, row)
    shown = [one.shown for one in sources] + [one.shown for one in sightings]
    named = Counter(Path(name).name for name in shown)
    differing = (delivered - named) + (named - delivered)
    states = Counter(frame.state for frame in found_frames(home, batch).values())
    return Account(
        delivered.total(), len(sources), len(sightings), tuple(sorted(differing)), states, report
    )


def measure(data: Path, folder: Path, limit: int) -> tuple[list[Reading], Account, Ran]:
    """Return what both read, the account of the batch, and what converting cost."""
    shutil.rmtree(folder, ignore_errors=True)
    home = folder / "archive"
    command: list[str | Path] = [chartroom(), "convert", *(data / name for name in FOLDERS)]
    command += ["--batch", NAME, "--home", home, "--workers", "2", "--json"]
    ran = run(command, allowed=(0, HELD))
    found: dict[str, list[str]] = {}
    for (source, _), frame in sorted(found_frames(home, NAME).items()):
        found.setdefault(Path(source).name, []).append(frame.text)
    readings = [
        _reading(page, "\n".join(found.get(page.path.name, ())), folder / "rendered")
        for page in list(real_pages(data))[:limit]
    ]
    report = json.loads(ran.output.splitlines()[-1])
    return readings, account(home, NAME, data, report), ran


def _reading(page: RealPage, ours: str, folder: Path) -> Reading:
    theirs = plain_tesseract(page.path, folder)
    return Reading(page, ours, theirs.output, theirs.seconds)


def tables(readings: Sequence[Reading], told: Account) -> tuple[Table, ...]:
    """Return the tables of a measurement."""
    columns = ("file", "measure", "chartroom", "Tesseract", "better by")
    apart = [one for one in readings if one.page.path.parent.name != "forms"]
    worse = [one for one in readings if one.worse]
    rows = tuple(map(_row, apart))
    return (
        _summary(readings),
        Table("Pages and photographed forms", columns, rows),
        Table(
            f"Clearly worse than Tesseract: {len(worse)} of {len(readings)} files",
            columns,
            tuple(map(_row, worse)),
            f"CER higher by more than {CER_SLACK}, or word recall lower by"
            f" more than {RECALL_SLACK}.",
        ),
        _account_table(told),
    )


def _row(one: Reading) -> tuple[str, ...]:
    ours, theirs = one.scores
    path = one.page.path
    name = f"{path.parent.name}/{path.name}"
    return name, one.measure, percent(ours), percent(theirs), f"{100 * one.margin:+.1f}"


def _summary(readings: Sequence[Reading]) -> Table:
    rows = []
    for name, group in _groups(readings):
        ours = [one.scores[0] for one in group]
        theirs = [one.scores[1] for one in group]
        clear = [one.margin for one in group if abs(one.margin) > RECALL_SLACK]
        rows.append(
            (
                name,
                len(group),
                group[0].measure,
                percent(sum(ours) / len(ours)),
                percent(sum(theirs) / len(theirs)),
                sum(margin > 0 for margin in clear),
                sum(margin < 0 for margin in clear),
            )
        )
    columns = (
        "folder",
        "files",
        "measure, mean",
        "chartroom",
        "Tesseract",
        "better by over 3 points",
        "worse by over 3 points",
    )
    return Table("Real pages by folder", columns, tuple(rows))


def _groups(readings: Sequence[Reading]) -> Iterator[tuple[str, list[Reading]]]:
    kinds = dict.fromkeys((one.page.path.parent.name, one.measure) for one in readings)
    for name, measure in kinds:
        group = [o for o in readings if (o.page.path.parent.name, o.measure) == (name, measure)]
        yield name, group


def _account_table(told: Account) -> Table:
    rows: list[tuple[str, int | str]] = [
        ("files delivered", told.files),
        ("taken as sources", told.sources),
        ("told as no scan, or seen before", told.passed_over),
        ("files not told of exactly once", len(told.other)),
        ("frames", sum(told.states.values())),
        *((f"frames {state}", count) for state, count in sorted(told.states.items())),
        ("frames unaccounted for", told.report["unaccounted"]),
        ("frames a minute", told.report["pages_per_minute"]),
    ]
    return Table("Account of the batch", ("what", "count"), tuple(rows))


def _failure(one: Reading) -> dict[str, object]:
    ours, theirs = one.scores
    return {
        "file": one.page.path.name,
        "measure": one.measure,
        "ours": round(ours, 3),
        "theirs": round(theirs, 3),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int, default=1000, help="files to score")
    chosen = parser.parse_args(arguments)
    command, machine = f"python -m bench.{NAME}", results.machine()
    if not chosen.data.is_dir():
        print(results.skipped(NAME, command, "the folder of real pages is absent", chosen.results))
        return 0
    readings, told, ran = measure(chosen.data, results.OUT / NAME, chosen.limit)
    seconds = sum(one.seconds for one in readings)
    result = Result(
        NAME,
        command,
        machine,
        tables(readings, told),
        (
            f"Converted as one batch with two workers in {ran.seconds:.0f} s (peak memory of all"
            f" processes {ran.peak_bytes / 2**20:.0f} MiB); plain `tesseract FILE -` on one thread"
            f" took {seconds:.0f} s. Word recall where the reading order of the truth is"
            " unverified.",
        ),
        tuple(_failure(one) for one in readings if one.worse),
    )
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
