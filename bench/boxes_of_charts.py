"""Boxes of charts as assembly meets them: pages in a row, read with errors, with what is true.

No images are made. Some charts are printed under a maiden name, a short form or an old number,
some are of patients whom the patient index does not have, and some hold pages of another patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from capture.model import Barcode, Box, Digest, FrameRef, FrameState
from indexer.model import Patient
from ocr.model import OcrPage

from .case import House
from .charts import Paper, chart, house, suits
from .conditions import CONDITIONS
from .delivery import Leaf, leaves
from .misread import misread
from .people import Person, people
from .plain_charts import plain_chart
from .write import payload

_SHORT = {
    "William": "Bill", "Robert": "Bob", "James": "Jim", "Charles": "Chas.", "Joseph": "Joe",
    "Edward": "Ed", "Thomas": "Tom", "Margaret": "Peggy", "Elizabeth": "Betty", "Dorothy": "Dot",
    "Virginia": "Ginny", "Frances": "Fran", "Patricia": "Pat", "Walter": "Walt", "Henry": "Hank",
}  # fmt: skip
_HOUSES = 6


@dataclass(frozen=True, slots=True)
class BoxOrder:
    """What a box of charts holds."""

    seed: int
    charts: int
    noise: float
    """Wrong characters for each true one."""
    unknown: float = 0.2
    """Share of charts whose patient the patient index does not have."""
    renamed: float = 0.1
    """Share of charts printed under another name or number of the patient."""
    slipped: float = 0.02
    """Share of pages before which a page of another patient was slipped."""
    separators: float = 0.0
    """Share of documents behind a separator sheet without a number."""
    blanks: float = 0.05
    """Share of pages with an empty back that was scanned."""
    family: str = ""
    """One of `bench.plain_charts.FAMILIES`; empty for charts as they usually are."""
    development: bool = False
    """Show nothing that `bench.design` holds out for reporting."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame of a box, and what is true of it."""

    frame: FrameRef
    state: FrameState
    leaf: Leaf | None = None
    page: OcrPage | None = None
    """As it was read; None for a blank or a separator."""
    barcodes: tuple[Barcode, ...] = ()
    owner: str = ""
    """Record number of the patient whom the page is about, as the index has it; that of nobody
    in the index for an unknown patient."""
    known: bool = True
    """The patient index has the owner."""
    slipped: bool = False
    """The page lies in another patient's chart."""


@dataclass(frozen=True, slots=True)
class ChartBox:
    """Charts in a row and the patients of the index."""

    frames: tuple[Shown, ...]
    patients: tuple[Patient, ...]


def chart_boxes(order: BoxOrder, each: int = 10) -> Iterator[ChartBox]:
    """Yield the charts of ``order``, ``each`` in a box; one patient index serves all boxes."""
    able = (one for one in people(order.seed) if any(suits(c, one) for c in CONDITIONS))
    chosen = tuple(islice(able, order.charts))
    rng = Random(f"{order.seed} unknown")
    missing = {one.mrn for one in chosen if rng.random() < order.unknown}
    others = islice(people(order.seed), 3 * order.charts + 50)
    listed = tuple(as_patient(one) for one in others if one.mrn not in missing)
    for start in range(0, len(chosen), each):
        frames = _frames(order, chosen[start : start + each], start, missing)
        yield ChartBox(tuple(frames), listed)


def as_patient(person: Person) -> Patient:
    """Return the row of the patient index that an invented person has."""
    maiden = ((person.maiden_name.upper(), person.first_name.upper()),)
    return Patient(
        mrn=person.mrn,
        last_name=person.last_name.upper(),
        first_name=person.first_name.upper(),
        birth_date=person.birth_date.isoformat(),
        middle_name=person.middle_name.upper(),
        suffix=person.suffix,
        sex=person.sex,
        ssn=person.ssn,
        address=person.address,
        city=person.city,
        state=person.state,
        zip=person.zip,
        phone=person.phone,
        other_mrns=person.other_mrns,
        other_names=maiden if person.maiden_name else (),
    )


def _frames(
    order: BoxOrder, chosen: Sequence[Person], start: int, missing: set[str]
) -> Iterator[Shown]:
    source = Digest(f"{order.seed:032x}{start:032x}")
    for number, shown in enumerate(_in_order(order, chosen, start, missing), 1):
        frame = FrameRef(source, number)
        page = None
        if shown.leaf is not None:
            rng = Random(f"{order.seed} {start} {number} noise")
            page = misread(shown.leaf.sheet, frame, order.noise, rng)
        yield replace(shown, frame=frame, page=page)


def _in_order(
    order: BoxOrder, chosen: Sequence[Person], start: int, missing: set[str]
) -> Iterator[Shown]:
    before: tuple[Leaf, ...] = ()
    owner_before = ""
    for place, person in enumerate(chosen, start):
        rng = Random(f"{order.seed} chart {place}")
        where = house(
            Random(f"{order.seed} house {place % _HOUSES}"), development=order.development
        )
        printed = as_printed(person, rng) if rng.random() < order.renamed else person
        papers = _papers(order.family, printed, rng, f"d{place:05}", where)
        pages = tuple(leaves(papers))
        known = person.mrn not in missing
        for leaf in pages:
            if leaf.number == 1 and rng.random() < order.separators:
                yield _separator(rng)
            if before and rng.random() < order.slipped:
                stray = rng.choice(before)
                yield _page(stray, owner_before, owner_before not in missing, slipped=True)
            yield _page(leaf, person.mrn, known)
            if rng.random() < order.blanks:
                yield Shown(_NOWHERE, FrameState.BLANK)
        before, owner_before = pages, person.mrn


def _papers(
    family: str, person: Person, rng: Random, prefix: str, where: House
) -> tuple[Paper, ...]:
    if family:
        return plain_chart(family, person, rng, prefix, where)
    return chart(person, rng, prefix, where)


_NOWHERE = FrameRef(Digest("0" * 64), 1)


def _page(leaf: Leaf, owner: str, known: bool, *, slipped: bool = False) -> Shown:
    return Shown(_NOWHERE, FrameState.PAGE, leaf=leaf, owner=owner, known=known, slipped=slipped)


def _separator(rng: Random) -> Shown:
    code = Barcode("Code128", payload(batch=f"B{rng.randrange(100)}"), Box(400, 300, 900, 150))
    return Shown(_NOWHERE, FrameState.SEPARATOR, barcodes=(code,))


def as_printed(person: Person, rng: Random) -> Person:
    """Return the person under another name or number of theirs, where they have one."""
    ways = [person] if not person.suffix else [replace(person, suffix="")]
    if person.maiden_name:
        ways.append(replace(person, last_name=person.maiden_name))
    ways += [replace(person, mrn=old) for old in person.other_mrns]
    if person.first_name in _SHORT:
        ways.append(replace(person, first_name=_SHORT[person.first_name]))
    if person.middle_name:
        ways.append(replace(person, middle_name=""))
    return rng.choice(ways)
