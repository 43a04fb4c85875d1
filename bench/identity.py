"""Measure whose documents are: ``python -m bench.identity``.

Boxes of charts without images (`bench.boxes_of_charts`): families with twins, Jr and Sr, people
under a maiden name, a short form or an old number, a fifth of all charts of people whom the
patient index does not have though it has their relatives, and pages slipped into charts of
others. They are read with 0 to 8 % wrong characters, indexed, put together and filed.
Built on seeds below 20000 of pages for development; figures are of seeds from `REPORTED` on.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from capture.model import FrameRef
from indexer.match import file_document
from indexer.model import Document, Filing, FilingState, PageIndex, SequencePage
from indexer.read import index_page
from indexer.separate import assemble

from . import results
from .boxes_of_charts import BoxOrder, ChartBox, Shown, chart_boxes
from .results import Result, Table
from .roster import Roster
from .sheet import HEIGHT, WIDTH

NAME = "identity"
REPORTED = 30000
MAIN_NOISE = 0.02
SLIPPED_OFTEN = 0.2
"""Share of pages before which one of another patient lies, to have many of those."""
NOISES = (0.0, MAIN_NOISE, 0.04, 0.08)


@dataclass(frozen=True, slots=True)
class Filed:
    """One document that was put together, and what became of it."""

    pages: tuple[Shown, ...]
    document: Document
    filing: Filing

    @property
    def owners(self) -> frozenset[str]:
        """The patients whose pages it holds."""
        return frozenset(page.owner for page in self.pages)

    @property
    def known(self) -> bool:
        """Whether the index has the patient of every page."""
        return all(page.known for page in self.pages)

    @property
    def outcome(self) -> str:
        """``right``, ``wrong`` or ``held``."""
        if self.filing.state is not FilingState.FILED:
            return "held"
        return "right" if self.owners == {self.filing.mrn} else "wrong"


@dataclass(slots=True)
class Outcome:
    """What became of all documents at one rate of wrong characters."""

    known: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    mixed: Counter[str] = field(default_factory=Counter)
    slipped: Counter[str] = field(default_factory=Counter)
    renamed: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    indexing: float = 0.0
    matching: float = 0.0
    failures: list[dict[str, object]] = field(default_factory=list)


def filed_documents(box: ChartBox, outcome: Outcome) -> Iterator[Filed]:
    """Index, assemble and file one box; ``outcome`` gathers what that took."""
    roster = Roster(box.patients)
    started = time.process_time()
    indexes = {
        shown.frame: index_page(shown.page, width=WIDTH, height=HEIGHT)
        for shown in box.frames
        if shown.page is not None
    }
    outcome.pages += len(indexes)
    outcome.indexing += time.process_time() - started
    started = time.process_time()
    shown_by_frame = {shown.frame: shown for shown in box.frames}
    for document in assemble(sequence_of(box.frames, indexes)):
        own = [indexes[frame] for frame in document.frames]
        filing = file_document(document, own, roster)
        yield Filed(tuple(shown_by_frame[frame] for frame in document.frames), document, filing)
    outcome.matching += time.process_time() - started


def sequence_of(frames: Sequence[Shown], indexes: dict[FrameRef, PageIndex]) -> list[SequencePage]:
    """Return the frames of a box as assembly takes them."""
    return [
        SequencePage(
            shown.frame,
            shown.state,
            indexes.get(shown.frame),
            shown.barcodes,
            starts_source=shown.frame.number == 1,
        )
        for shown in frames
    ]


def measured(order: BoxOrder) -> Outcome:
    """Return what became of all documents of ``order``."""
    outcome = Outcome()
    for box in chart_boxes(order):
        for filed in filed_documents(box, outcome):
            _count(filed, outcome)
    return outcome


def _count(filed: Filed, outcome: Outcome) -> None:
    kind = outcome.known if filed.known else outcome.unknown
    kind = outcome.mixed if len(filed.owners) > 1 else kind
    kind[filed.outcome] += 1
    if kind is outcome.known:
        reason = filed.filing.reason if filed.outcome == "held" else ""
        outcome.reasons[reason.partition(";")[0]] += bool(reason)
        printed = filed.pages[0].leaf
        renamed = printed is not None and printed.paper.person.mrn != filed.pages[0].owner
        outcome.renamed[filed.outcome] += renamed
    for page in filed.pages:
        if page.slipped:
            wrong = filed.filing.state is FilingState.FILED and filed.filing.mrn != page.owner
            outcome.slipped["missed" if wrong else "caught"] += 1
    if filed.outcome == "wrong":
        outcome.failures.append(
            {"documents": [str(page.frame) for page in filed.pages], "rule": filed.filing.rule}
        )


def _share(counts: Counter[str], key: str) -> str:
    total = counts.total()
    return results.percent(counts[key] / total) if total else "-"


def _filing(found: dict[float, Outcome]) -> Table:
    rows = []
    for noise, one in found.items():
        filed = one.known["right"] + one.known["wrong"]
        wrong = (
            one.known["wrong"] + one.unknown["right"] + one.unknown["wrong"] + one.mixed["wrong"]
        )
        bound = results.percent(3 / filed, 2) if filed and not wrong else "-"
        rows.append(
            (
                results.percent(noise, 0),
                one.known.total(),
                one.known["right"],
                results.percent(one.known["right"] / max(1, one.known.total())),
                wrong,
                bound,
                f"{one.unknown['held']} of {one.unknown.total()}",
                f"{one.slipped['caught']} of {one.slipped.total()}",
            )
        )
    columns = (
        "wrong characters",
        "documents of known patients",
        "filed right",
        "share",
        "filed wrong, of all",
        "95 % bound when 0",
        "of unknown patients, held",
        "slipped pages caught",
    )
    note = (
        "A document is wrong when it is filed to anybody but the patient of each of its pages. The"
        " bound is the rule of three (Hanley and Lippman-Hand 1983). A slipped page is caught when"
        " it does not end in another patient's chart."
    )
    return Table("Filing", columns, tuple(rows), note)


def _strays(found: dict[float, Outcome], many: Outcome) -> Table:
    rows = []
    for name, outcomes in (
        ("every 50th page, all rates", list(found.values())),
        ("every 5th page, 2 % wrong characters", [many]),
    ):
        slipped = sum((one.slipped for one in outcomes), Counter())
        mixed = sum((one.mixed for one in outcomes), Counter())
        rows.append(
            (
                name,
                slipped.total(),
                f"{slipped['caught']} ({results.percent(slipped['caught'] / slipped.total())})"
                if slipped
                else "-",
                mixed.total(),
                mixed["held"],
            )
        )
    columns = (
        "slipped before about",
        "pages of another patient",
        "caught",
        "documents glued with the chart",
        "of them held",
    )
    note = (
        "The page is any of the chart before, often a relative's. Caught: it does not end in"
        " another patient's chart; as a document of its own it may be filed where it belongs."
    )
    return Table("Seeded misfiles", columns, tuple(rows), note)


def _holds(one: Outcome) -> Table:
    held = one.known["held"]
    rows = tuple(
        (reason, count, results.percent(count / max(1, held)))
        for reason, count in one.reasons.most_common(12)
        if reason and count
    )
    return Table(
        "Why documents of known patients are held",
        ("first reason", "documents", "of those held"),
        rows,
        f"At {results.percent(MAIN_NOISE, 0)} wrong characters: {held} documents.",
    )


def _speed(found: dict[float, Outcome]) -> Table:
    rows = tuple(
        (
            results.percent(noise, 0),
            one.pages,
            f"{1000 * one.indexing / one.pages:.1f}",
            f"{1000 * one.matching / one.pages:.2f}",
        )
        for noise, one in found.items()
    )
    return Table(
        "Processor time",
        ("wrong characters", "pages", "ms a page to index", "ms a page to assemble and match"),
        rows,
        "Against an index of some hundreds of patients, in memory; `bench.linkage` has a million.",
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return 0."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--charts", type=int, default=330, help="at the main rate; a third else")
    parser.add_argument("--development", action="store_true", help="without what is held out")
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    found = {}
    for noise in NOISES:
        charts = chosen.charts if noise == MAIN_NOISE else max(10, chosen.charts // 3)
        order = BoxOrder(chosen.seed, charts, noise, development=chosen.development)
        found[noise] = measured(order)
        print(f"{noise:g}: {found[noise].known} {found[noise].unknown}", file=sys.stderr)
    often = BoxOrder(
        chosen.seed + 1,
        max(10, chosen.charts // 3),
        MAIN_NOISE,
        slipped=SLIPPED_OFTEN,
        development=chosen.development,
    )
    many = measured(often)
    command = f"python -m bench.{NAME} --seed {chosen.seed} --charts {chosen.charts}"
    command += " --development" if chosen.development else ""
    main_one = found[MAIN_NOISE]
    renamed = main_one.renamed
    told = (
        "Of the documents of known patients at the main rate, those printed under an old number:"
        f" {renamed['right']} of {renamed.total()} filed right, {renamed['wrong']} wrong.",
    )
    failures = tuple(failure for one in (*found.values(), many) for failure in one.failures)
    tables = (_filing(found), _strays(found, many), _holds(main_one), _speed(found))
    results.keep(Result(NAME, command, machine, tables, told, failures), chosen.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
