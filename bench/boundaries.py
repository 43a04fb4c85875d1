"""Measure which pages make a document: ``python -m bench.boundaries``.

Boxes of charts, pages in a row as read with errors: the usual ones with a separator sheet before
every document, the same without, and families that print less of where a document begins
(`bench.plain_charts`); beside them usual boxes into which pages of other patients were slipped.
Weights are fitted on development seeds by `bench.fit_boundaries`; figures are of seeds from
`REPORTED` on, with everything that `bench.design` holds out.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from capture.model import FrameRef
from indexer.draft import DOUBTFUL
from indexer.model import Document, SequencePage
from indexer.separate import assemble

from . import results
from .boxes_of_charts import BoxOrder, ChartBox, chart_boxes
from .paged_boxes import first_pages, papers_of, sequence_of
from .plain_charts import FAMILIES
from .results import Cell, Result, Table, percent

NAME = "boundaries"
REPORTED = 30000
NOISES = (0.0, 0.02, 0.04, 0.08)
BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01)
LIMITS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
_BOUNDARY = ("it may go on", "a page of it may", "page carries no identifier", "a page behind")
"""How the doubts begin that boundaries raise."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of boxes."""

    name: str
    order: BoxOrder


@dataclass(frozen=True, slots=True)
class Judged:
    """One document that was made, and what is true of it."""

    confidence: float
    doubts: tuple[str, ...]
    right: bool
    """It holds all pages of one document and no other."""
    owners: int
    """Patients whose pages it holds."""

    @property
    def held_for_boundary(self) -> bool:
        """Whether a person is asked where it begins, ends or whether all belongs to it."""
        return any(doubt.startswith(_BOUNDARY) for doubt in self.doubts)


@dataclass(frozen=True, slots=True)
class Score:
    """What came of the boxes of one kind at one noise."""

    pages: int
    true_starts: int
    given_starts: int
    right_starts: int
    judged: tuple[Judged, ...]
    seconds: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall of first pages."""
        return 2 * self.right_starts / (self.true_starts + self.given_starts)


def kinds(seed: int, charts: int, *, development: bool) -> tuple[Kind, ...]:
    """Return the kinds of boxes, each of seeds of its own."""
    usual = BoxOrder(seed, charts, 0.0, slipped=0.0, development=development)
    plain = (
        Kind(f"{family}, no sheets", replace(usual, seed=seed + 2 + n, family=family))
        for n, family in enumerate(FAMILIES)
    )
    return (
        Kind("usual, a sheet before every document", replace(usual, separators=1.0)),
        Kind("usual, no sheets", replace(usual, seed=seed + 1)),
        *plain,
        Kind("usual, no sheets, strangers", replace(usual, seed=seed + 8, slipped=0.02)),
    )


def scored(order: BoxOrder) -> Score:
    """Return what assembly makes of the boxes of ``order``."""
    pages = true = given = right = 0
    seconds = 0.0
    judged: list[Judged] = []
    for box in chart_boxes(order):
        sequence = sequence_of(box)
        started = time.process_time()
        documents = assemble(sequence)
        seconds += time.process_time() - started
        starts = _starts(box, sequence)
        found = {document.frames[0] for document in documents}
        pages += sum(page.index is not None for page in sequence)
        true, given, right = true + len(starts), given + len(found), right + len(starts & found)
        judged += _judged(box, documents)
    return Score(pages, true, given, right, tuple(judged), seconds)


def _starts(box: ChartBox, sequence: Sequence[SequencePage]) -> frozenset[FrameRef]:
    return first_pages(sequence, papers_of(box))


def _judged(box: ChartBox, documents: Iterable[Document]) -> Iterator[Judged]:
    papers = papers_of(box)
    owners = {one.frame: one.owner for one in box.frames}
    whole: Mapping[str, set[FrameRef]] = defaultdict(set)
    for frame, paper in papers.items():
        whole[paper].add(frame)
    for document in documents:
        yield Judged(
            document.boundary_confidence,
            document.doubts,
            set(document.frames) == whole[papers[document.frames[0]]],
            len({owners[frame] for frame in document.frames}),
        )


Scores = Mapping[tuple[str, float], Score]


def starts_table(scores: Scores) -> Table:
    """Return how many first pages were found."""
    rows = [
        (
            kind,
            f"{100 * noise:g} %",
            one.pages,
            one.true_starts,
            one.given_starts,
            one.right_starts,
            f"{one.f1:.4f}",
            f"{sum(j.right for j in one.judged)} of {len(one.judged)}",
        )
        for (kind, noise), one in scores.items()
    ]
    columns = (
        "boxes", "characters misread", "pages", "documents", "starts given", "right", "F1",
        "documents made that are right",
    )  # fmt: skip
    spent = sum(one.seconds for one in scores.values()) / sum(one.pages for one in scores.values())
    note = f"Assembly takes {1000 * spent:.2f} ms of processor time a page."
    return Table("Where documents begin", columns, tuple(rows), note)


def holds_table(scores: Scores) -> Table:
    """Return which documents are held, and what that catches."""
    rows: list[tuple[Cell, ...]] = []
    for kind in dict.fromkeys(name for name, _ in scores):
        judged = [j for (name, _), one in scores.items() if name == kind for j in one.judged]
        wrong = [one for one in judged if not one.right]
        rows.append(
            (
                kind,
                len(judged),
                _of(sum(one.held_for_boundary for one in judged), len(judged)),
                _of(sum(bool(one.doubts) for one in judged), len(judged)),
                _of(sum(bool(one.doubts) for one in wrong), len(wrong)),
                sum(one.owners > 1 for one in judged),
                sum(one.owners > 1 and not one.doubts for one in judged),
            )
        )
    columns = (
        "boxes", "documents made", "held for a boundary", "held by assembly",
        "wrong ones that are held", "of two patients", "of two patients, not held",
    )  # fmt: skip
    note = "All rates of misread characters together."
    return Table("Documents that assembly holds", columns, tuple(rows), note)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({percent(part / whole)})" if whole else "0 of 0"


def calibration_table(scores: Scores) -> Table:
    """Return how often documents of each confidence are right."""
    judged = [one for score in scores.values() for one in score.judged]
    rows: list[tuple[Cell, ...]] = []
    apart = 0.0
    for low, high in pairwise(BINS):
        lot = [one for one in judged if low <= one.confidence < high]
        if not lot:
            continue
        said = sum(one.confidence for one in lot) / len(lot)
        true = sum(one.right for one in lot) / len(lot)
        apart += abs(said - true) * len(lot) / len(judged)
        right = _of(sum(one.right for one in lot), len(lot))
        rows.append((f"{low:g} to {min(high, 1):g}", percent(said), right))
    columns = ("boundary confidence", "said", "documents that are right")
    note = f"All boxes together; on average {100 * apart:.2f} points apart."
    return Table("What the boundary confidence is worth", columns, tuple(rows), note)


def thresholds_table(scores: Scores) -> Table:
    """Return what it costs to hold documents below each confidence, and what that catches."""
    judged = [one for score in scores.values() for one in score.judged]
    wrong = [one for one in judged if not one.right]
    rows = tuple(
        (
            f"{limit:g}",
            _of(sum(one.confidence < limit for one in judged), len(judged)),
            _of(sum(one.confidence < limit for one in wrong), len(wrong)),
        )
        for limit in LIMITS
    )
    columns = ("below a confidence of", "documents", "of the wrong ones")
    note = f"Each boundary that is less probable than {DOUBTFUL:g} holds its documents."
    return Table("Holding by the boundary confidence alone", columns, rows, note)


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--charts", type=int, default=40, help="of each kind at each noise")
    parser.add_argument("--development", action="store_true", help="show nothing held out")
    given = parser.parse_args(arguments)
    machine = results.machine()
    scores = {
        (kind.name, noise): scored(replace(kind.order, noise=noise))
        for kind in kinds(given.seed, given.charts, development=given.development)
        for noise in NOISES
    }
    made = (starts_table, holds_table, thresholds_table, calibration_table)
    tables = tuple(table(scores) for table in made)
    for table in tables:
        print(results.markdown(table), end="\n\n", flush=True)
    command = f"python -m bench.{NAME} --seed {given.seed} --charts {given.charts}"
    command += " --development" if given.development else ""
    results.keep(Result(NAME, command, machine, tables), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
