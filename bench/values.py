"""Measure index values on pages read with errors: ``python -m bench.values``.

Boxes of invented charts are laid out and misread at several rates (`bench.misread`), and each
page is indexed alone. True is what the page prints. A value given with less than half confidence
is no assertion. Built with ``--development`` on seeds below 20000, which shows no face, head or
corner that is held out; figures are of seeds from `REPORTED` on, with everything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from archive.documents import document_date
from capture.errors import ChartroomError
from capture.model import Box, Digest, FrameRef
from indexer.check_digits import m10
from indexer.chronology import DATES
from indexer.model import IndexValue
from indexer.read import index_page
from indexer.settings import DEFAULT_SETTINGS, IndexSettings
from ocr.model import OcrPage

from . import results
from .boxes_of_charts import BoxOrder, chart_boxes
from .charts import chart, house, suits
from .conditions import CONDITIONS
from .delivery import Leaf, leaves
from .misread import misread
from .people import people
from .results import Result, Table, percent
from .sheet import HEIGHT, WIDTH, Mark, Sheet
from .tally import SURE, UNMARKED, plain

NAME = "values"
REPORTED = 30000
NOISE = (0.0, 0.02, 0.04, 0.08)
_EDGE = 6
"""Pixels that the box of a word may lie beyond what it is a part of."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A page as indexed, and what it prints."""

    page: OcrPage
    marks: tuple[Mark, ...]
    values: tuple[IndexValue, ...]
    printed: str
    """Text of the sheet."""
    birth_date: str
    known: bool
    """The patient index has its patient."""
    registered: bool
    """The patient index has the surest record number that was read; so has it its patient's."""
    seconds: float


def indexed(order: BoxOrder) -> Iterator[Indexed]:
    """Yield every page of the boxes of ``order``, indexed alone."""
    for box in chart_boxes(order):
        numbers = {number for one in box.patients for number in (one.mrn, *one.other_mrns)}
        for shown in box.frames:
            if shown.page is not None and shown.leaf is not None:
                yield _indexed(shown.page, shown.leaf, shown.known, numbers)


def _indexed(
    page: OcrPage,
    leaf: Leaf,
    known: bool,
    numbers: set[str],
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> Indexed:
    started = time.process_time()
    values = index_page(page, width=WIDTH, height=HEIGHT, settings=settings).values
    spent = time.process_time() - started
    number = _surest(values, "mrn")
    registered = number is not None and number.value in numbers
    birth = leaf.paper.person.birth_date.isoformat()
    marks, text = _legible(leaf.sheet), leaf.sheet.text
    return Indexed(page, marks, values, text, birth, known, registered, spent)


def _legible(sheet: Sheet) -> tuple[Mark, ...]:
    """Return the values that are printed; nobody is expected to read handwriting."""
    by_hand = {run.mark for run in sheet.runs if run.handwritten}
    return tuple(m for n, m in enumerate(sheet.marks) if m.field and n not in by_hand)


def _surest(values: Iterable[IndexValue], field: str) -> IndexValue | None:
    found = [value for value in values if value.field == field]
    return max(found, key=lambda value: value.confidence, default=None)


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How the true values of a field came out."""

    true: int = 0
    exact: int = 0
    doubted: int = 0
    """Found, but given with too little confidence to count."""
    wrong: int = 0
    """Asserted, and not on the page."""
    readable: int = 0
    """True values whose own words were read without an error."""
    exact_readable: int = 0

    def __add__(self, other: FieldCount) -> FieldCount:
        """Return both counted as one."""
        return FieldCount(
            self.true + other.true,
            self.exact + other.exact,
            self.doubted + other.doubted,
            self.wrong + other.wrong,
            self.readable + other.readable,
            self.exact_readable + other.exact_readable,
        )


def by_field(pages: Iterable[Indexed]) -> dict[str, FieldCount]:
    """Return by field how true values came out."""
    totals: dict[str, FieldCount] = {}
    for page in pages:
        for field, count in _fields_of(page):
            totals[field] = totals.get(field, FieldCount()) + count
    return dict(sorted(totals.items()))


def _fields_of(page: Indexed) -> Iterator[tuple[str, FieldCount]]:
    told = [value for value in page.values if value.field not in UNMARKED]
    for field in {mark.field for mark in page.marks} | {value.field for value in told}:
        marks = [mark for mark in page.marks if mark.field == field]
        true = {plain(field, mark.value) for mark in marks}
        read = {plain(field, m.value) for m in marks if _was_read(page.page, m.box, m.raw)}
        given = [value for value in told if value.field == field]
        sure = {plain(field, value.value) for value in given if value.confidence >= SURE}
        unsure = {plain(field, value.value) for value in given} - sure
        yield (
            field,
            FieldCount(
                len(true),
                len(true & sure),
                len(true & unsure),
                len(sure - true),
                len(read),
                len(read & sure),
            ),
        )


def _was_read(page: OcrPage, box: Box, raw: str) -> bool:
    inside = (word.text for word in page.words if _lies_in(word.box, box))
    return "".join(inside) == "".join(raw.split())


def _lies_in(word: Box, box: Box) -> bool:
    across, down = word.x + word.width / 2, word.y + word.height / 2
    return (
        box.x - _EDGE <= across <= box.right + _EDGE and box.y - _EDGE <= down <= box.bottom + _EDGE
    )


_FIELD_COLUMNS = (
    "field", "true values", "exact", "of those read without error", "doubted", "absent",
    "asserted wrong", "silently wrong",
)  # fmt: skip


def field_table(counts: Mapping[str, FieldCount], pages: int, noise: float) -> Table:
    """Return how each field came out at one rate of errors."""
    rows = tuple(_field_row(field, count) for field, count in counts.items())
    note = f"{pages} pages, each indexed alone."
    return Table(
        f"Index values, {percent(noise, 0)} of characters misread", _FIELD_COLUMNS, rows, note
    )


def _field_row(field: str, count: FieldCount) -> tuple[results.Cell, ...]:
    absent = count.true - count.exact - count.doubted
    return (
        field,
        count.true,
        percent(_share(count.exact, count.true)),
        percent(_share(count.exact_readable, count.readable)),
        percent(_share(count.doubted, count.true)),
        percent(_share(absent, count.true)),
        count.wrong,
        percent(_share(count.wrong, count.wrong + count.exact)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


@dataclass(frozen=True, slots=True)
class RoleCount:
    """Dates that were asserted, by whether their role is right."""

    right: int
    wrong: int
    """True of the page in another role, or in one that the page prints no date of."""


def roles(pages: Iterable[Indexed]) -> RoleCount:
    """Return how often asserted dates have the role in which the page prints them.

    A date that was misread, in a role that the page has, says nothing of roles and is left out.
    """
    outcomes: Counter[str] = Counter()
    for page in pages:
        true = {(mark.field, mark.value) for mark in page.marks if mark.field in DATES}
        printed, days = {field for field, _ in true}, {day for _, day in true}
        for value in page.values:
            if value.field not in DATES or value.confidence < SURE:
                continue
            if (value.field, value.value) in true:
                outcomes["right"] += 1
            elif value.value in days or value.field not in printed:
                outcomes["wrong"] += 1
    return RoleCount(outcomes["right"], outcomes["wrong"])


def dated_by_birth(pages: Iterable[Indexed]) -> int:
    """Return the pages whose document would go by the patient's birth date."""
    return sum(
        document_date(page.values) == page.birth_date
        for page in pages
        if not any(m.field in DATES - {"birth_date"} and m.value == page.birth_date
                   for m in page.marks)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberCount:
    """Record numbers of pages that print one."""

    pages: int
    right: int
    wrong: int


def numbers_as_read(pages: Iterable[Indexed]) -> NumberCount:
    """Return how the asserted record numbers of pages agree with what they print."""
    return _numbers((page, True) for page in pages)


def numbers_registered(pages: Iterable[Indexed]) -> NumberCount:
    """Return the same for known patients, where only a number of the patient index counts."""
    return _numbers((page, page.registered) for page in pages if page.known)


def _numbers(pages: Iterable[tuple[Indexed, bool]]) -> NumberCount:
    counts: Counter[str] = Counter()
    for page, accepted in pages:
        true = {mark.value for mark in page.marks if mark.field == "mrn"}
        if not true:
            continue
        counts["pages"] += 1
        found = _surest(page.values, "mrn")
        if accepted and found and found.confidence >= SURE:
            counts["right" if found.value in true else "wrong"] += 1
    return NumberCount(counts["pages"], counts["right"], counts["wrong"])


def with_check_digits(seed: int, charts: int, noise: float, *, development: bool) -> list[Indexed]:
    """Return pages of a hospital whose record numbers end in an M10 check digit."""
    settings = IndexSettings(check_digit="m10")
    able = (one for one in people(seed) if any(suits(c, one) for c in CONDITIONS))
    made: list[Indexed] = []
    for place, person in enumerate(islice(able, charts)):
        checked = replace(person, mrn=person.mrn + m10(person.mrn))
        rng = Random(f"{seed} checked {place}")
        where = house(Random(f"{seed} house {place % 6}"), development=development)
        for leaf in leaves(chart(checked, rng, f"c{place:05}", where)):
            frame = FrameRef(Digest(f"{seed:064x}"), len(made) + 1)
            page = misread(leaf.sheet, frame, noise, rng)
            made.append(_indexed(page, leaf, True, {checked.mrn}, settings))
    return made


def code_row(pages: Iterable[Indexed], noise: float) -> tuple[results.Cell, ...]:
    """Return how the codes of diagnoses that face sheets print were read."""
    books = {one.name: one.icd9 for one in CONDITIONS}
    outcomes: Counter[str] = Counter()
    for page in pages:
        names = {mark.value for mark in page.marks if mark.field == "diagnosis"}
        told = {
            v.value for v in page.values if v.field == "diagnosis_code" and v.confidence >= SURE
        }
        true = {books[name] for name in names if name in books} & set(page.printed.split())
        outcomes.update({"true": len(true), "exact": len(true & told), "wrong": len(told - true)})
    exact = percent(_share(outcomes["exact"], outcomes["true"]))
    return percent(noise, 0), outcomes["true"], exact, outcomes["wrong"]


_TOGETHER = (
    "misread", "pages", "birth date exact", "dates in their role", "dated by the birth date",
    "MRN exact", "MRN wrong", "MRN exact if registered", "wrong",
    "MRN exact with check digit", "wrong", "ms a page",
)  # fmt: skip


def together_row(
    births: FieldCount, pages: Sequence[Indexed], checked: Sequence[Indexed], noise: float
) -> tuple[results.Cell, ...]:
    """Return the figures that decide, at one rate of errors."""
    role = roles(pages)
    read, known, digit = numbers_as_read(pages), numbers_registered(pages), numbers_as_read(checked)
    return (
        percent(noise, 0),
        len(pages),
        f"{percent(_share(births.exact, births.true))} of {births.true}",
        f"{percent(_share(role.right, role.right + role.wrong), 2)} of {role.right + role.wrong}",
        dated_by_birth(pages),
        *_number_cells(read),
        *_number_cells(known),
        *_number_cells(digit),
        f"{1000 * sum(page.seconds for page in pages) / len(pages):.1f}",
    )


def _number_cells(count: NumberCount) -> tuple[results.Cell, results.Cell]:
    wrong = f"{count.wrong} ({percent(_share(count.wrong, count.right + count.wrong), 2)})"
    return f"{percent(_share(count.right, count.pages))} of {count.pages}", wrong


def _tables(given: argparse.Namespace) -> Iterator[Table]:
    rows, codes = [], []
    for noise in given.noise:
        order = BoxOrder(given.seed, given.charts, noise, development=given.development)
        pages = list(indexed(order))
        checked = with_check_digits(
            given.seed, max(1, given.charts // 4), noise, development=given.development
        )
        counts = by_field(pages)
        rows.append(together_row(counts["birth_date"], pages, checked, noise))
        codes.append(code_row(pages, noise))
        yield field_table(counts, len(pages), noise)
    note = "A number counts as registered where the patient index has it; the last are M10."
    columns = ("misread", "codes printed", "exact", "asserted wrong")
    yield Table("Codes of diagnoses", columns, tuple(codes), "Checked against no list.")
    yield Table("Record numbers and dates of pages", _TOGETHER, tuple(rows), note)


def _printed(table: Table) -> Table:
    print(results.markdown(table), end="\n\n", flush=True)
    return table


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--charts", type=int, default=150)
    parser.add_argument("--noise", type=float, nargs="+", default=list(NOISE))
    parser.add_argument("--development", action="store_true", help="show nothing held out")
    given = parser.parse_args(arguments)
    machine = results.machine()
    try:
        tables = tuple(map(_printed, _tables(given)))
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = f"python -m bench.{NAME} --seed {given.seed} --charts {given.charts}"
    command += " --development" * given.development
    results.keep(Result(NAME, command, machine, tables), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
