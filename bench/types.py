"""How well types of documents are told: ``python -m bench.types``.

Charts and short texts that nothing was trained on, read with errors, with their titles and with
the line of the title torn off; and real reports, on which the pipeline is trained from nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from desk.type_training import document_type
from indexer.classify import Classified, Witnesses, decided, witnesses
from indexer.doctypes import UNCLASSIFIED, type_entry
from indexer.text_model import shipped_model

from . import real_types, results
from .typed_pages import TypedPage, chart_pages, composed_pages

NAME = "types"
ACCEPTED = 0.8
"""A document whose type is given with this confidence needs nobody."""
_NOISES = (0.0, 0.02, 0.04, 0.08)
_BINS = 10
_PER_TYPE_NOISE = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a page or a document, and what is true."""

    true: str
    told: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether it was told right."""
        return self.true == self.told

    @property
    def accepted(self) -> bool:
        """Whether nobody looks at it again."""
        return self.told != UNCLASSIFIED and self.confidence >= ACCEPTED


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers of one set of pages."""

    documents: tuple[Answer, ...]
    pages: tuple[Answer, ...]
    milliseconds: float
    """Of a processor, for each page."""


def asked(pages: Iterable[TypedPage]) -> Asked:
    """Return what the classifier says of ``pages``, which come document by document."""
    model = shipped_model()
    documents: list[Answer] = []
    single: list[Answer] = []
    spent = 0.0
    for _, group in groupby(pages, key=lambda page: page.document):
        members = list(group)
        started = time.process_time()
        heard = [witnesses(page.layout) for page in members]
        told = [decided(one, model) for one in heard]
        spent += time.process_time() - started
        single += [_page_answer(page, one) for page, one in zip(members, told, strict=True)]
        documents.append(_document_answer(members[0].code, heard))
    return Asked(tuple(documents), tuple(single), 1000 * spent / len(single))


def _page_answer(page: TypedPage, told: Classified) -> Answer:
    return Answer(page.code, told.type.code, told.type.confidence)


def _document_answer(code: str, heard: Sequence[Witnesses]) -> Answer:
    told = document_type(heard, shipped_model())
    return Answer(code, told.code, told.confidence)


def calibration_error(answers: Sequence[Answer]) -> float:
    """Return how far confidence lies from the share that is right, over tenths (ECE)."""
    bins: dict[int, list[Answer]] = defaultdict(list)
    for one in answers:
        bins[min(int(one.confidence * _BINS), _BINS - 1)].append(one)
    off = (
        abs(sum(one.right for one in held) - sum(one.confidence for one in held))
        for held in bins.values()
    )
    return sum(off) / len(answers)


def outcome_row(name: str, noise: float, found: Asked) -> tuple[results.Cell, ...]:
    """Return one row of the table of outcomes."""
    documents = found.documents
    accepted = [one for one in documents if one.accepted]
    told = [one for one in found.pages if one.told != UNCLASSIFIED]
    return (
        name,
        f"{noise:.0%}",
        len(documents),
        results.percent(_share(one.right for one in documents)),
        results.percent(len(accepted) / len(documents)),
        results.percent(_share(one.right for one in accepted), 2),
        len(found.pages),
        f"{calibration_error(told):.3f}",
        f"{found.milliseconds:.1f}",
    )


def _share(found: Iterable[bool]) -> float:
    every = list(found)
    return sum(every) / len(every) if every else float("nan")


def type_rows(*shown: Sequence[Answer]) -> Iterator[tuple[results.Cell, ...]]:
    """Yield for each type its documents, recall and precision, in each of the sets."""
    for code in sorted({one.true for answers in shown for one in answers}, key=_name):
        row: list[results.Cell] = [_name(code)]
        for answers in shown:
            right = sum(one.right for one in answers if one.true == code)
            true = sum(one.true == code for one in answers)
            told = sum(one.told == code for one in answers)
            row += [true, _fraction(right, true), _fraction(right, told)]
        yield tuple(row)


def _fraction(part: int, whole: int) -> str:
    return results.percent(part / whole if whole else float("nan"))


def _name(code: str) -> str:
    entry = type_entry(code)
    return entry.name if entry else code


def mistakes(answers: Sequence[Answer], most: int = 12) -> Iterator[dict[str, object]]:
    """Yield the types most often taken for one another."""
    pairs = Counter((one.true, one.told) for one in answers if not one.right)
    for (true, told), count in pairs.most_common(most):
        yield {"true": _name(true), "told": _name(told), "documents": count}


def _sets(
    seed: int, charts: int, each: int, noise: float, development: bool
) -> Iterator[tuple[str, Iterator[TypedPage]]]:
    for untitled, what in ((False, ""), (True, ", title torn off")):
        looks = {"development": development, "untitled": untitled}
        yield f"charts{what}", chart_pages(seed, charts, noise, **looks)
        yield f"every type{what}", composed_pages(seed + 1, each, noise, **looks)


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--charts", type=int, default=60, help="charts at each rate of errors")
    parser.add_argument("--each", type=int, default=10, help="short texts of each type")
    parser.add_argument("--seed", type=int, default=31_000, help="development: below 20000")
    parser.add_argument("--development", action="store_true", help="show nothing held out")
    parser.add_argument("--splits", type=int, default=7, help="splits of the real reports")
    options = parser.parse_args(arguments)
    before = results.machine()
    found = dict(_measured(options))
    rows = tuple(outcome_row(name, noise, one) for (name, noise), one in found.items())
    tables = (_outcomes(rows), _by_type(found), *real_types.tables(options.splits))
    for table in tables:
        print(results.markdown(table), end="\n\n")
    shown = [one for (_, noise), all_ in found.items() if noise == 0.02 for one in all_.documents]
    told = (
        f"Seed {options.seed}{', development' if options.development else ', held out'}. The model "
        "was trained by bench.train_types on other seeds, without the looks and the wordings that "
        "are held out. Errors are those of bench.misread.",
    )
    command = f"python -m bench.types --charts {options.charts} --each {options.each}"
    result = results.Result(NAME, command, before, tables, told, tuple(mistakes(shown)))
    results.keep(result, options.results)
    return 0


def _measured(options: argparse.Namespace) -> Iterator[tuple[tuple[str, float], Asked]]:
    for noise in _NOISES:
        order = (options.seed, options.charts, options.each, noise, options.development)
        for name, pages in _sets(*order):
            print(f"{name} at {noise:.0%}", file=sys.stderr)
            yield (name, noise), asked(pages)


def _outcomes(rows: tuple[tuple[results.Cell, ...], ...]) -> results.Table:
    return results.Table(
        "Types of documents (chartroom)",
        ("set", "wrong letters", "documents", "right", "accepted", "right of accepted", "pages",
         "calibration error", "ms a page"),
        rows,
        f"Accepted: typed with a confidence of {ACCEPTED:g} or more. Calibration error: expected "
        "difference of confidence and share right, of pages that are given a type.",
    )  # fmt: skip


def _by_type(found: dict[tuple[str, float], Asked]) -> results.Table:
    names = ("charts", "charts, title torn off", "every type, title torn off")
    shown = [found[name, _PER_TYPE_NOISE].documents for name in names]
    columns = ["type"]
    for name in names:
        columns += [name, "recall", "precision"]
    return results.Table(
        "Types, one by one (chartroom)",
        tuple(columns),
        tuple(type_rows(*shown)),
        "With 2 % of letters read wrong; the number of documents before recall and precision.",
    )


if __name__ == "__main__":
    sys.exit(main())
