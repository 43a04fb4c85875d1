"""Measure matching alone, by records instead of pages: ``python -m bench.linkage``.

A patient index of a million in the catalogue, asked for pages whose identifiers were misread,
a fifth of them of people it does not have though it has their relatives; and the FEBRL sets of
records with known duplicates, where they are at hand. Figures are of seeds from 30000 on.
"""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

from archive.archive import open_archive
from archive.patients import StoredIndex, import_patients
from capture.model import Box, Digest, FrameRef
from indexer.dates import read_date
from indexer.identifiers import Reading, read_mrn, read_sex, read_ssn
from indexer.match import file_document
from indexer.model import (
    Document,
    DocumentType,
    Filing,
    FilingState,
    IndexValue,
    MasterPatientIndex,
    PageIndex,
    Patient,
)
from indexer.names import parse_name
from ocr.model import Word

from . import results, score
from .misread import spoiled
from .multitude import multitude
from .results import Result, Table
from .roster import Roster

NAME = "linkage"
REPORTED = 30000
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "linkage"
_FRAME = FrameRef(Digest("0" * 64), 1)
_TYPE = DocumentType("34109-9", "Unclassified", 0.1, "unclassified@1")
_BOX = Box(0, 0, 9, 9)
_NOISE = 0.02
_UNKNOWN = 0.2
_PRINTED = {"mrn": 0.93, "birth_date": 0.85, "sex": 0.7, "ssn": 0.08, "middle": 0.7}
"""How often a page prints what; the name always."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page says, and whose it is; nobody's in the index for an unknown patient."""

    values: tuple[IndexValue, ...]
    owner: str | None


def file_values(values: Sequence[IndexValue], mpi: MasterPatientIndex) -> Filing:
    """File a document of one page that says ``values``."""
    page = PageIndex(_FRAME, _TYPE, tuple(values), titled=True)
    return file_document(Document((_FRAME,), _TYPE, tuple(values), 0.95), [page], mpi)


def pages_of(patients: Sequence[Patient], rng: Random) -> Iterator[Asked]:
    """Yield pages about these patients; those without a number are not in the index."""
    for patient in patients:
        yield Asked(tuple(_printed(patient, rng)), patient.mrn)


def _printed(patient: Patient, rng: Random) -> Iterator[IndexValue]:
    middle = patient.middle_name if rng.random() < _PRINTED["middle"] else ""
    given = " ".join(filter(None, (patient.first_name, middle, patient.suffix)))
    year, month, day = patient.birth_date.split("-")
    texts = {
        "patient_name": f"{patient.last_name}, {given}",
        "mrn": patient.mrn,
        "birth_date": f"{month}/{day}/{year}",
        "sex": patient.sex,
        "ssn": patient.ssn,
    }
    for field, text in texts.items():
        if rng.random() < _PRINTED.get(field, 1.0):
            yield from _read(field, text, rng)


def _read(field: str, text: str, rng: Random) -> Iterator[IndexValue]:
    """Yield the value that indexing makes of ``text`` as it was misread; often none."""
    raw = spoiled(text, _NOISE, rng)
    words = [Word(part, _BOX, 1.0) for part in raw.split()]
    reading = _TYPED[field](words)
    if reading is None:
        return
    sure = rng.betavariate(30, 1) if raw == text else rng.uniform(0.2, 0.97)
    rule = f"{field}-label{'-repaired' if reading.repaired else ''}@1"
    confidence = round(sure * reading.quality, 3)
    yield IndexValue(field, reading.value, reading.raw, _FRAME, _BOX, confidence, rule)


def _name(words: Sequence[Word]) -> Reading | None:
    name = parse_name(" ".join(word.text for word in words))
    return (
        Reading(str(name), " ".join(word.text for word in words), len(words), 1.0) if name else None
    )


def _birth(words: Sequence[Word]) -> Reading | None:
    date = read_date(" ".join(word.text for word in words))
    if date is None or date.short_year:
        return None
    return Reading(date.iso(date.year), date.raw, len(words), date.quality)


_TYPED: dict[str, Callable[[Sequence[Word]], Reading | None]] = {
    "patient_name": _name,
    "mrn": read_mrn,
    "birth_date": _birth,
    "sex": read_sex,
    "ssn": read_ssn,
}


def _counted(asked: Iterable[tuple[Asked, Filing]]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for one, filing in asked:
        kind = "unknown" if one.owner is None else "known"
        filed = filing.state is FilingState.FILED
        outcome = "held" if not filed else "right" if filing.mrn == one.owner else "wrong"
        counts[kind, outcome] += 1
    return counts


def million(seed: int, size: int, pages: int) -> Table:
    """Return how pages are filed among ``size`` patients, and what each costs."""
    everybody = list(multitude(seed, round(size * 1.05)))
    rng = Random(f"{seed} pages")
    # Whole rows are left out, so that the index keeps the relatives of those it lacks.
    left_out = set(rng.sample(range(len(everybody)), len(everybody) - size))
    listed = [patient for n, patient in enumerate(everybody) if n not in left_out]
    known = rng.sample(listed, round(pages * (1 - _UNKNOWN)))
    unknown = [everybody[n] for n in rng.sample(sorted(left_out), pages - len(known))]
    asked = [*pages_of(known, rng)]
    asked += [Asked(one.values, None) for one in pages_of(unknown, rng)]
    del everybody
    with tempfile.TemporaryDirectory() as folder:
        return _asked_of_archive(Path(folder) / "archive", listed, asked)


def _asked_of_archive(home: Path, listed: Sequence[Patient], asked: Sequence[Asked]) -> Table:
    started = time.perf_counter()
    with open_archive(home, create=True) as archive, archive.catalogue.write() as connection:
        import_patients(connection, listed)
    loaded = time.perf_counter() - started
    # A process of its own, whose memory is that of matching alone.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        answer = pool.submit(_answered, home, asked).result()
    counts = _counted(zip(asked, answer.filings, strict=True))
    return _million_table(len(listed), counts, answer, loaded)


@dataclass(frozen=True, slots=True)
class _Answer:
    """How pages were filed, and what that took."""

    filings: tuple[Filing, ...]
    spent: tuple[float, ...]
    """Milliseconds of processor time, page by page."""
    peak: float
    """Mebibytes that the process held at most."""


def _answered(home: Path, asked: Sequence[Asked]) -> _Answer:
    filings: list[Filing] = []
    spent: list[float] = []
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        index = StoredIndex(connection)
        for one in asked:
            begun = time.process_time()
            filings.append(file_values(one.values, index))
            spent.append(1000 * (time.process_time() - begun))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return _Answer(tuple(filings), tuple(spent), peak)


def _million_table(
    size: int, counts: Counter[tuple[str, str]], answer: _Answer, loaded: float
) -> Table:
    known = sum(counts["known", outcome] for outcome in ("right", "wrong", "held"))
    unknown = sum(counts["unknown", outcome] for outcome in ("right", "wrong", "held"))
    wrong = counts["known", "wrong"] + counts["unknown", "wrong"]
    right = counts["known", "right"]
    filed = right + wrong
    rows = (
        ("patients of the index", size),
        ("seconds to load them", f"{loaded:.0f}"),
        ("pages of known patients", known),
        ("filed right", f"{right} ({results.percent(right / known)})"),
        ("filed wrong, of all", wrong),
        ("95 % bound of wrong among filed", results.percent(3 / filed, 3) if not wrong else "-"),
        ("pages of unknown patients held", f"{counts['unknown', 'held']} of {unknown}"),
        ("ms of processor time a page, median", f"{score.percentile(answer.spent, 50):.1f}"),
        ("ms a page, 95th percentile", f"{score.percentile(answer.spent, 95):.1f}"),
        ("MiB that the matching process held at most", f"{answer.peak:.0f}"),
    )  # fmt: skip
    note = (
        f"{results.percent(_NOISE, 0)} wrong characters; each page alone is a document. The index"
        " is in the catalogue (SQLite); relatives have neighbouring numbers."
    )
    return Table("A patient index of a million", ("", "figure"), rows, note)


def febrl(name: str) -> tuple[tuple[results.Cell, ...], ...]:
    """Return how the duplicates of a FEBRL set are linked to their originals."""
    with (DATA / name).open(newline="", encoding="utf-8") as stream:
        rows = [{k.strip(): v.strip() for k, v in row.items()} for row in csv.DictReader(stream)]
    originals = [row for row in rows if row["rec_id"].endswith("-org")]
    roster = Roster([_patient(row) for row in originals])
    asked = [
        Asked(tuple(_febrl_values(row)), row["rec_id"].rpartition("-dup-")[0] + "-org")
        for row in rows
        if "-dup-" in row["rec_id"]
    ]
    counts = _counted((one, file_values(one.values, roster)) for one in asked)
    right, wrong = counts["known", "right"], counts["known", "wrong"]
    precision = results.percent(right / (right + wrong), 2) if right + wrong else "-"
    recall = results.percent(right / len(asked))
    return ((name, len(originals), len(asked), right, wrong, precision, recall),)


def _patient(row: dict[str, str]) -> Patient:
    return Patient(
        mrn=row["rec_id"],
        last_name=row["surname"].upper(),
        first_name=row["given_name"].upper(),
        birth_date=_iso(row["date_of_birth"]),
        ssn=row["soc_sec_id"],
    )


def _iso(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else ""


def _febrl_values(row: dict[str, str]) -> Iterator[IndexValue]:
    name = f"{row['surname']}, {row['given_name']}".upper().strip(", ")
    texts = {
        "patient_name": name,
        "birth_date": _iso(row["date_of_birth"]),
        "ssn": row["soc_sec_id"],
    }
    for field, text in texts.items():
        if text:
            yield IndexValue(field, text, text, _FRAME, _BOX, 0.95, f"{field}-label@1")


def _febrl_table() -> Table:
    names = ("febrl_dataset1.csv", "febrl_dataset2.csv")
    rows = tuple(row for name in names if (DATA / name).exists() for row in febrl(name))
    columns = ("set", "originals", "duplicates", "linked right", "wrong", "precision", "recall")
    note = (
        "Each duplicate is a page that says surname, given name, birth date and social security"
        " number as far as it has them; addresses are not compared. No record numbers."
        if rows
        else "Not at hand."
    )
    return Table("FEBRL", columns, rows, note)


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return 0."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=5000)
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    tables = (_febrl_table(), million(chosen.seed, chosen.patients, chosen.pages))
    command = f"python -m bench.{NAME} --seed {chosen.seed} --patients {chosen.patients}"
    command += f" --pages {chosen.pages}"
    results.keep(Result(NAME, command, machine, tables), chosen.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
