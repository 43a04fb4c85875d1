"""The four indexes of a records department, as views: by patient, disease, operation, physician.

Headings are found, counted and narrowed by SQL, after what may not be seen is out: see
`archive.rights`. A document stands once under each heading that its pages name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    case,
    func,
    literal,
    select,
)

from . import schema
from .headings import heading_words
from .register_choice import Asked, Register, conditions_of, listed_states
from .register_names import Name, names_of, owner, places, teach
from .rights import ALL, Rights

_DOCUMENTS = schema.documents


@dataclass(frozen=True, slots=True)
class Line:
    """A document under a heading."""

    document: str
    mrn: str
    """Empty for a held document."""
    patient: str
    birth_date: str
    type_code: str
    type_name: str
    date: str
    pages: int
    state: str
    batch: str
    confidence: float
    """Of the reading that puts it here, the surest of several; of its filing by patient."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of an index, with what stands under it."""

    kind: str
    """``patient``, ``held`` or ``see`` of the patient index; ``text`` or ``code`` of diseases
    and operations; ``attending`` or ``referring`` of physicians."""
    text: str
    mrn: str = ""
    birth_date: str = ""
    see: str = ""
    """The present name, where ``text`` is a former one of the patient."""
    patients: int = 0
    """Held documents are nobody's yet."""
    documents: int = 0
    pages: int = 0
    """All pages of these documents."""
    first_date: str = ""
    last_date: str = ""
    lines: tuple[Line, ...] = ()
    """By name of the patient and date; only where they were asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an index has of what was asked."""

    headings: tuple[Heading, ...]
    """In order of the alphabet, as many as were asked for."""
    of_all: int
    """How many headings there are; the other counts are of all of them too."""
    patients: int
    documents: int
    pages: int
    held: int
    """Held documents under these headings that are not listed."""


Place = tuple[str, str]
"""Kind and key of a heading."""


def look_up(connection: Connection, asked: Asked, rights: Rights = ALL) -> Answer:
    """Return the headings that were asked for, with their counts.

    Raises ArchiveError for a batch that is not there.
    """
    teach(connection)
    conditions = conditions_of(connection, asked, rights)
    names = names_of(connection, asked, conditions)
    # Without words everything is asked for, and nothing has to be named to the catalogue.
    under, states = _counts(
        connection, places(asked.register, conditions, names if asked.words else None), asked
    )
    order = sorted(_shown_as(names), key=_by_alphabet)
    shown = order[: asked.limit]
    lines = _lines(connection, asked, conditions, [name for name, _ in shown])
    listed = [states[state] for state in listed_states(asked) if state in states]
    return Answer(
        headings=tuple(_heading(name, text, under, lines) for name, text in shown),
        of_all=len(order),
        patients=sum(row.patients for row in listed),
        documents=sum(row.documents for row in listed),
        pages=sum(row.pages for row in listed),
        held=0 if asked.held or "held" not in states else states["held"].documents,
    )


def _shown_as(names: Sequence[Name]) -> Iterator[tuple[Name, str]]:
    """Yield each heading and the name that it stands under: its own, or a former one."""
    for name in names:
        if not name.text:
            continue
        yield name, name.text
        yield from ((name, former) for former in name.former)


def _by_alphabet(shown: tuple[Name, str]) -> tuple[str, str, str, str]:
    name, text = shown
    return heading_words(text), text, name.kind, name.key


def _heading(
    name: Name, text: str, counts: Mapping[Place, Row[Any]], lines: Mapping[Place, tuple[Line, ...]]
) -> Heading:
    place: Place = name.kind, name.key
    if text != name.text:
        return Heading("see", text, mrn=name.mrn, birth_date=name.birth_date, see=name.text)
    row = counts[place]
    return Heading(
        kind=name.kind,
        text=text,
        mrn=name.mrn,
        birth_date=name.birth_date,
        patients=row.patients,
        documents=row.documents,
        pages=row.pages,
        first_date=row.first_date or "",
        last_date=row.last_date or "",
        lines=lines.get(place, ()),
    )


def _pages() -> ScalarSelect[int]:
    frames = schema.frames
    of_document = frames.c.document_id == _DOCUMENTS.c.id
    return (
        select(func.count())
        .select_from(frames)
        .where(of_document)
        .correlate(_DOCUMENTS)
        .scalar_subquery()
    )


def _counts(
    connection: Connection, found: Select[Any], asked: Asked
) -> tuple[dict[Place, Row[Any]], dict[str, Row[Any]]]:
    """Return what is listed under each heading, and of each state each document once."""
    place = found.subquery()
    # The key of a patient is the number that was sought already.
    whose = place.c.key if asked.register is Register.PATIENT else owner()
    fact = (
        select(
            place.c.kind,
            place.c.key,
            _DOCUMENTS.c.id.label("document"),
            _DOCUMENTS.c.state,
            _DOCUMENTS.c.service_date,
            case((_DOCUMENTS.c.state == "filed", whose)).label("owner"),
            _pages().label("pages"),
        )
        .join(_DOCUMENTS, _DOCUMENTS.c.id == place.c.document)
        .cte("fact")
    )
    each = select(
        fact.c.document, fact.c.state, fact.c.service_date, fact.c.owner, fact.c.pages
    ).distinct()
    once = each.subquery()
    under = (
        select(fact.c.kind.label("kind"), fact.c.key.label("key"), *_counted(fact))
        .where(fact.c.state.in_(listed_states(asked)))
        .group_by(fact.c.kind, fact.c.key)
    )
    states = select(literal("state"), once.c.state, *_counted(once)).group_by(once.c.state)
    rows = connection.execute(under.union_all(states)).all()
    headings = {(row.kind, row.key): row for row in rows if row.kind != "state"}
    return headings, {row.key: row for row in rows if row.kind == "state"}


def _counted(facts: FromClause) -> tuple[ColumnElement[Any], ...]:
    return (
        func.count(facts.c.owner.distinct()).label("patients"),
        func.count().label("documents"),
        func.sum(facts.c.pages).label("pages"),
        func.min(facts.c.service_date).label("first_date"),
        func.max(facts.c.service_date).label("last_date"),
    )


def _lines(
    connection: Connection, asked: Asked, conditions: Sequence[Any], names: Sequence[Name]
) -> dict[Place, tuple[Line, ...]]:
    if not asked.entries:
        return {}
    listed = [*conditions, _DOCUMENTS.c.state.in_(listed_states(asked))]
    narrowed = names if asked.words or asked.limit else None
    place, batches = places(asked.register, listed, narrowed, sure=True).subquery(), schema.batches
    rows = connection.execute(
        select(
            place.c.kind,
            place.c.key,
            place.c.confidence,
            _DOCUMENTS.c.id.label("document"),
            _DOCUMENTS.c.mrn,
            _DOCUMENTS.c.patient_name,
            _DOCUMENTS.c.birth_date,
            _DOCUMENTS.c.type_code,
            _DOCUMENTS.c.type_name,
            _DOCUMENTS.c.service_date,
            _DOCUMENTS.c.state,
            batches.c.name.label("batch"),
            _pages().label("pages"),
        )
        .join(_DOCUMENTS, _DOCUMENTS.c.id == place.c.document)
        .join(batches, batches.c.id == _DOCUMENTS.c.batch_id)
        .order_by(_DOCUMENTS.c.patient_name, _DOCUMENTS.c.mrn)
        .order_by(_DOCUMENTS.c.service_date, _DOCUMENTS.c.id)
    )
    lines: dict[Place, list[Line]] = {}
    for row in rows:
        lines.setdefault((row.kind, row.key), []).append(_line(row))
    return {where: tuple(under) for where, under in lines.items()}


def _line(row: Any) -> Line:  # noqa: ANN401  (a row of the query above)
    return Line(
        document=row.document,
        mrn=row.mrn or "",
        patient=row.patient_name or "",
        birth_date=row.birth_date or "",
        type_code=row.type_code,
        type_name=row.type_name,
        date=row.service_date or "",
        pages=row.pages,
        state=row.state,
        batch=row.batch,
        confidence=row.confidence,
    )
