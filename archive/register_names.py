"""The headings of an index before anything under them is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from . import schema
from .headings import heading_key, is_called
from .register_choice import Asked, Register
from .rights import among

_DOCUMENTS, _VALUES = schema.documents, schema.index_values
KINDS = {
    Register.DISEASE: {"diagnosis": "text", "diagnosis_code": "code"},
    Register.OPERATION: {"procedure": "text", "procedure_code": "code"},
    Register.PHYSICIAN: {"attending": "attending", "referring": "referring"},
}
"""Which fields of index values make the headings of an index, and of which kind."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a heading is called."""

    kind: str
    key: str
    text: str
    """As most documents have it that are listed; empty where all of them are held."""
    spellings: tuple[str, ...]
    """All readings that it stands for, in capitals or not."""
    mrn: str = ""
    birth_date: str = ""
    former: tuple[str, ...] = ()

    def is_called(self, words: str) -> bool:
        """Say whether it is what somebody looks for."""
        every = (self.mrn, *self.spellings, *self.former)
        return any(is_called(one, words) for one in every if one)


def teach(connection: Connection) -> None:
    """Let this connection fold headings in SQL."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("heading_key", 1, heading_key, deterministic=True)


def names_of(
    connection: Connection, asked: Asked, conditions: Sequence[ColumnElement[bool]]
) -> list[Name]:
    """Return every heading that was asked for among documents that meet ``conditions``.

    A reading that is called so brings all kinds and spellings of its heading with it.
    """
    if asked.register is Register.PATIENT:
        found = _patients(connection, asked, conditions)
    else:
        found = _read(connection, asked, conditions)
    if not asked.words:
        return found
    called = {name.key for name in found if name.is_called(asked.words)}
    return [name for name in found if name.key in called]


def places(
    register: Register,
    conditions: Sequence[ColumnElement[bool]],
    names: Iterable[Name] | None = None,
    *,
    sure: bool = False,
) -> Select[Any]:
    """Return kind, key and document of each place of a document in an index.

    ``sure`` adds the confidence of what puts it there, which takes a look at each value.
    ``names`` narrows to these headings, and must hold every kind of each.
    """
    if register is Register.PATIENT:
        found = _patient_places(conditions, names)
        return found.add_columns(_DOCUMENTS.c.confidence) if sure else found
    key = func.heading_key(_VALUES.c.value)
    query = (
        select(
            kind_of(register).label("kind"),
            key.label("key"),
            _VALUES.c.document_id.label("document"),
        )
        .join(_DOCUMENTS, _DOCUMENTS.c.id == _VALUES.c.document_id)
        .where(_VALUES.c.field.in_(KINDS[register]), key != "", *conditions)
        .group_by(_VALUES.c.field, key, _VALUES.c.document_id)
    )
    if sure:
        query = query.add_columns(func.max(_VALUES.c.confidence).label("confidence"))
    if names is None:
        return query
    spellings = {spelling for name in names for spelling in name.spellings}
    return query.where(_VALUES.c.value.in_(among(sorted(spellings))))


def owner() -> ColumnElement[str]:
    """Return the number that the patient of a document has now; NULL for a held document."""
    patients, numbers = schema.patients, schema.patient_numbers
    own = select(patients.c.mrn).where(patients.c.mrn == _DOCUMENTS.c.mrn)
    # A number that led to several patients leads to none: its documents stay under it.
    survivor = (
        select(func.min(numbers.c.mrn))
        .where(numbers.c.number == _DOCUMENTS.c.mrn)
        .group_by(numbers.c.number)
        .having(func.count() == 1)
    )
    sought = (own, survivor)
    return func.coalesce(
        *(query.correlate(_DOCUMENTS).scalar_subquery() for query in sought), _DOCUMENTS.c.mrn
    )


def kind_of(register: Register) -> ColumnElement[str]:
    """Return the kind of heading that an index value makes; NULL for none."""
    return case(KINDS[register], value=_VALUES.c.field)


def _read(
    connection: Connection, asked: Asked, conditions: Sequence[ColumnElement[bool]]
) -> list[Name]:
    rows = connection.execute(
        select(
            kind_of(asked.register).label("kind"),
            _VALUES.c.value,
            _DOCUMENTS.c.state,
            func.count().label("often"),
        )
        .join(_DOCUMENTS, _DOCUMENTS.c.id == _VALUES.c.document_id)
        .where(_VALUES.c.field.in_(KINDS[asked.register]), *conditions)
        .group_by(_VALUES.c.field, _VALUES.c.value, _DOCUMENTS.c.state)
    )
    found: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(dict)
    for row in rows:
        states = found[row.kind, heading_key(row.value)]
        states.setdefault(row.state, Counter())[row.value] = row.often
    return [_name(*place, states, asked) for place, states in found.items() if place[1]]


def _name(kind: str, key: str, states: dict[str, Counter[str]], asked: Asked) -> Name:
    listed = Counter[str]()
    for state, often in states.items():
        listed += often if asked.held or state == "filed" else Counter()
    every = sorted({value for often in states.values() for value in often})
    # Of spellings that are as frequent the first by alphabet, so that it is always the same.
    text = min(listed, key=lambda value: (-listed[value], value), default="")
    return Name(kind, key, text, tuple(every))


def _patient_places(
    conditions: Sequence[ColumnElement[bool]], names: Iterable[Name] | None
) -> Select[Any]:
    filed = _DOCUMENTS.c.state == "filed"
    key = case((filed, owner()), else_=func.heading_key(_DOCUMENTS.c.patient_name))
    query = select(
        case((filed, "patient"), else_="held").label("kind"),
        key.label("key"),
        _DOCUMENTS.c.id.label("document"),
    ).where(*conditions)
    return query if names is None else query.where(key.in_(among(name.key for name in names)))


def _patients(
    connection: Connection, asked: Asked, conditions: Sequence[ColumnElement[bool]]
) -> list[Name]:
    found = _patient_places(conditions, None).subquery()
    rows = connection.execute(
        select(
            found.c.kind,
            found.c.key,
            func.min(_DOCUMENTS.c.patient_name).label("text"),
            func.min(_DOCUMENTS.c.birth_date).label("birth_date"),
        )
        .join(_DOCUMENTS, _DOCUMENTS.c.id == found.c.document)
        .group_by(found.c.kind, found.c.key)
    ).all()
    known = _known(connection, [row.key for row in rows if row.kind == "patient"])
    return [
        known[row.key]
        if row.kind == "patient" and row.key in known
        else _as_read(row.kind, row.key, row.text or "", row.birth_date or "", asked)
        for row in rows
    ]


def _as_read(kind: str, key: str, text: str, birth_date: str, asked: Asked) -> Name:
    held = kind == "held"
    told = text or "(no name read)"
    return Name(
        kind,
        key,
        "" if held and not asked.held else told,
        (told,),
        mrn="" if held else key,
        birth_date=birth_date,
    )


def _known(connection: Connection, mrns: Sequence[str]) -> dict[str, Name]:
    """Return the patients of the patient index who have these numbers, with former names."""
    table, names = schema.patients, schema.patient_names
    wanted = among(mrns)
    former: dict[str, tuple[str, ...]] = {}
    others = select(names).where(names.c.rank > 0, names.c.mrn.in_(wanted))
    for row in connection.execute(others.order_by(names.c.mrn, names.c.rank)):
        told = f"{row.last_name}, {row.first_name}".upper()
        former[row.mrn] = (*former.get(row.mrn, ()), told)
    found = {}
    for row in connection.execute(select(table).where(table.c.mrn.in_(wanted))):
        given = " ".join(filter(None, (row.first_name, row.middle_name, row.suffix)))
        text = f"{row.last_name}, {given}".upper()
        found[row.mrn] = Name(
            "patient",
            row.mrn,
            text,
            (text,),
            mrn=row.mrn,
            birth_date=row.birth_date,
            former=tuple(name for name in former.get(row.mrn, ()) if name != text),
        )
    return found
