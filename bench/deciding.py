"""Measure what people decide: how long it takes, and when they are asked back.

    python -m bench.deciding --charts 200

An archive is filled with boxes of charts as a recogniser reads them, without images, and filed.
Then a person decides on held documents, by the functions that `chartroom review` calls and by the
command itself. And for every document it is asked whether `review decide --mrn` would say that a
page names another patient: when the right patient is chosen, when the document holds a page of
somebody else, and when a wrong patient is chosen.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from archive import deliveries, documents, pages
from archive.archive import Archive, open_archive
from archive.catalogue import Connection
from archive.documents import DocumentRow
from archive.patients import StoredIndex
from batch.again import file_again
from desk.deciding import decide, take_back
from desk.review import waiting_list
from desk.review_sheet import sheet_of
from desk.words import Order
from indexer.model import IndexValue
from indexer.namesakes import others_named
from indexer.settings import DEFAULT_SETTINGS
from search import publish
from search.archive_text import ArchiveText
from search.settings import SearchSettings

from . import results
from .boxes_of_charts import BoxOrder
from .chartroom import chartroom
from .filled_archive import Filled, fill
from .results import Result, Table

NAME = "deciding"
REPORTED = 32_000
"""First seed of reported figures; what was built on is below 20000."""


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one act took, each time, in seconds."""

    act: str
    seconds: tuple[float, ...]
    busy: tuple[float, ...]
    """Of the processor, whatever else the machine does."""

    @property
    def row(self) -> tuple[results.Cell, ...]:
        """Act, times, and in milliseconds median, the slowest of twenty, and processor time."""
        ranked = sorted(self.seconds)
        slow = ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]
        middle, busy = statistics.median(ranked), statistics.median(self.busy)
        return (self.act, len(ranked), *(f"{1000 * time:.0f}" for time in (middle, slow, busy)))


def timed(act: str, work: Sequence[Callable[[], object]]) -> Timed:
    """Return how long each of ``work`` took."""
    spent, busy = [], []
    for one in work:
        started, before = time.perf_counter(), _processor_seconds()
        one()
        spent.append(time.perf_counter() - started)
        busy.append(_processor_seconds() - before)
    return Timed(act, tuple(spent), tuple(busy))


def _processor_seconds() -> float:
    """Return what this process and its ended children have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


@dataclass(frozen=True, slots=True)
class Desk:
    """An archive and what a person does in it."""

    archive: Archive

    def listed(self) -> int:
        """List all that waits."""
        with self.archive.catalogue.read() as connection:
            return len(waiting_list(connection))

    def shown(self, name: str) -> object:
        """Show one document."""
        with self.archive.catalogue.read() as connection:
            return sheet_of(connection, name)

    def decided(self, name: str, mrn: str) -> object:
        """File one document to a patient."""
        order = Order(person="bench", mrn=mrn, despite=True)
        with self.archive.catalogue.write() as connection:
            return decide(connection, [name], order, DEFAULT_SETTINGS)

    def undone(self, name: str) -> object:
        """Take the decision on one document back."""
        with self.archive.catalogue.write() as connection:
            return take_back(connection, [name], Order(person="bench"), DEFAULT_SETTINGS)

    def again(self) -> object:
        """File all that waits again."""
        with self.archive.catalogue.read() as connection:
            every = deliveries.batches(connection)
        return file_again(self.archive, every, DEFAULT_SETTINGS)


def speeds(archive: Archive, filled: Filled, decisions: int, seed: int) -> Table:
    """Return how long each act takes in a filled archive."""
    desk, rng = Desk(archive), Random(f"{seed} decided")
    with archive.catalogue.read() as connection:
        held = documents.held_documents(connection)
        batches = deliveries.batches(connection)
        every = sum(documents.count_documents(connection, batch) for batch in batches)
    chosen = rng.sample(held, min(decisions, len(held)))
    pairs = [(row.id, rng.choice(filled.patients).mrn) for row in chosen]
    rows = [
        timed("list all that waits", [desk.listed] * 5),
        timed("show a document", [partial(desk.shown, name) for name, _ in pairs]),
        timed("decide whose it is", [partial(desk.decided, *pair) for pair in pairs]),
        timed("take it back", [partial(desk.undone, name) for name, _ in pairs]),
        timed("file all that waits again", [desk.again]),
        timed("`review decide`, whole command", [*_commands(archive, pairs[:10])]),
    ]
    note = (
        f"{len(filled.truth)} pages in {every} documents of {len(batches)} files, {len(held)} of "
        f"them held; {len(filled.patients)} patients. A decision is one transaction on disk; the "
        "command starts Python and brings the search index up to date as well."
    )
    columns = ("act", "times", "median, ms", "slowest of twenty, ms", "processor, median, ms")
    return Table("How long deciding takes", columns, tuple(one.row for one in rows), note)


def _commands(archive: Archive, pairs: Sequence[tuple[str, str]]) -> Iterator[Callable[[], object]]:
    publish.rebuild(ArchiveText(archive), archive.home.index, SearchSettings())
    for name, mrn in pairs:
        words = [chartroom(), "review", "decide", name, "--mrn", mrn, "--despite"]
        command = [*map(str, words), "--home", str(archive.home.root)]
        yield partial(subprocess.run, command, check=True, capture_output=True)


def asked_back(archive: Archive, filled: Filled, seed: int) -> Table:
    """Return how often a person is told that a page names another patient than they chose."""
    counts: Counter[tuple[str, bool]] = Counter()
    rng = Random(f"{seed} chosen")
    with archive.catalogue.read() as connection:
        for batch in deliveries.batches(connection):
            for row in documents.documents_of_batch(connection, batch):
                counts.update(_choices(connection, row, filled, rng))
    kinds = (_RIGHT, _STRAY, _WRONG, _WRONG_UNNAMED, _LIKELY, _LIKELY_UNNAMED)
    rows = []
    for kind in kinds:
        asked, quiet = counts[kind, True], counts[kind, False]
        share = asked / (asked + quiet) if asked + quiet else float("nan")
        rows.append((kind, asked + quiet, asked, results.percent(share)))
    note = "Choices are of patients in the index; a document counts once in each line that fits."
    return Table(
        "When `review decide --mrn` asks back", ("choice", "documents", "asked", "share"),
        tuple(rows), note,
    )  # fmt: skip


_RIGHT = "the right patient; all pages are theirs"
_STRAY = "the patient of most pages; a page of another known patient is among them"
_WRONG = "a wrong patient at random; the right number is read on a page"
_WRONG_UNNAMED = "a wrong patient at random; the right number is read on no page"
_LIKELY = "the likeliest wrong patient of those shown; the right number is read on a page"
_LIKELY_UNNAMED = "the likeliest wrong patient of those shown; the right number is read on no page"


def _choices(
    connection: Connection, row: DocumentRow, filled: Filled, rng: Random
) -> Iterator[tuple[str, bool]]:
    shown = [filled.truth[page] for page in row.pages]
    owners = Counter(one.owner for one in shown if one.known)
    if len(owners) == 0 or sum(owners.values()) < len(shown):
        return
    read = _read(connection, row)
    owner = owners.most_common(1)[0][0]
    if len(owners) > 1:
        yield _STRAY, _asks(connection, read, owner)
        return
    yield _RIGHT, _asks(connection, read, owner)
    index = StoredIndex(connection)
    numbers = [index.by_mrn(value.value) for value in read if value.field == "mrn"]
    borne = any(one is not None and one.mrn == owner for one in numbers)
    shown_too = [one.mrn for one in documents.candidates_of(connection, row) if one.mrn != owner]
    for other in shown_too[:1]:
        yield (_LIKELY if borne else _LIKELY_UNNAMED), _asks(connection, read, other)
    other = rng.choice(filled.patients).mrn
    if other != owner:
        yield (_WRONG if borne else _WRONG_UNNAMED), _asks(connection, read, other)


def _read(connection: Connection, row: DocumentRow) -> list[IndexValue]:
    frames = deliveries.frames_of_pages(connection, row.pages)
    own = pages.indexes_of(connection, frames).values()
    values = (value for index in own for value in index.values)
    return [*documents.values_of(connection, row), *values]


def _asks(connection: Connection, read: Sequence[IndexValue], mrn: str) -> bool:
    index = StoredIndex(connection)
    patient = index.by_mrn(mrn)
    assert patient is not None
    return any(others_named(read, patient, index))


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--charts", type=int, default=200)
    parser.add_argument("--each", type=int, default=10, help="charts in one file")
    parser.add_argument("--noise", type=float, default=0.02)
    parser.add_argument("--decisions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--development", action="store_true", help="seeds to build on")
    asked = parser.parse_args(arguments)
    seed = asked.seed if not asked.development else asked.seed % 20_000
    order = BoxOrder(seed, asked.charts, asked.noise, development=asked.development)
    machine = results.machine()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(Path(folder) / "archive", create=True) as archive,
    ):
        filled = fill(archive, order, asked.each)
        tables = (
            asked_back(archive, filled, seed),
            speeds(archive, filled, asked.decisions, seed),
        )
    for table in tables:
        print(results.markdown(table), end="\n\n")
    told = (
        f"Charts with {asked.noise:.0%} of characters wrong; a fifth of the patients is not in "
        "the index, one page in fifty was slipped in from another chart.",
    )
    command = f"python -m bench.{NAME} --charts {asked.charts} --decisions {asked.decisions}"
    results.keep(Result(NAME, command, machine, tables, told), asked.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
