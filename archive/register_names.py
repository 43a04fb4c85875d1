"""The headings of an index before anything under them is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

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
NO_NAME = "(no name read)"


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
    numbers: tuple[str, ...] = ()
    """The record numbers that its documents are filed under."""

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
    if names is None:
        return query
    chosen = list(names)
    numbers = among(number for name in chosen for number in name.numbers)
    called = key.in_(among(name.key for name in chosen))
    return query.where(or_(_DOCUMENTS.c.mrn.in_(numbers), and_(~filed, called)))


def _patients(
    connection: Connection, asked: Asked, conditions: Sequence[ColumnElement[bool]]
) -> list[Name]:
    filed = _DOCUMENTS.c.state == "filed"
    as_read = case((~filed, func.heading_key(_DOCUMENTS.c.patient_name)), else_="")
    rows = connection.execute(
        select(
            _DOCUMENTS.c.state,
            func.coalesce(_DOCUMENTS.c.mrn, "").label("mrn"),
            as_read.label("key"),
            func.min(_DOCUMENTS.c.patient_name).label("text"),
            func.min(_DOCUMENTS.c.birth_date).label("birth_date"),
        )
        .where(*conditions)
        .group_by(_DOCUMENTS.c.state, _DOCUMENTS.c.mrn, as_read)
    ).all()
    held = [_held(row, asked) for row in rows if row.state == "held"]
    return held + _filed(connection, [row for row in rows if row.state == "filed"])


def _filed(connection: Connection, rows: Sequence[Any]) -> list[Name]:
    """Return the patients of these numbers, each with all numbers that documents lie under."""
    owners = _owners(connection, [row.mrn for row in rows])
    numbers: dict[str, list[str]] = defaultdict(list)
    unknown: dict[str, Name] = {}
    for row in rows:
        key = owners[row.mrn]
        told = row.text or NO_NAME
        numbers[key].append(row.mrn)
        unknown[key] = Name("patient", key, told, (told,), key, row.birth_date or "", (), (key,))
    known = {name.key: name for name in _known(connection, numbers)}
    return list((unknown | known).values())


def _owners(connection: Connection, mrns: Sequence[str]) -> dict[str, str]:
    """Return by each of ``mrns`` the number that its patient has now, as ``owner`` tells it."""
    patients, numbers = schema.patients, schema.patient_numbers
    own = select(patients.c.mrn).where(patients.c.mrn.in_(among(mrns)))
    present = set(connection.execute(own).scalars())
    merged = (
        select(numbers.c.number, func.min(numbers.c.mrn).label("mrn"))
        .where(numbers.c.number.in_(among(mrn for mrn in mrns if mrn not in present)))
        .group_by(numbers.c.number)
        .having(func.count() == 1)
    )
    survivors = {row.number: row.mrn for row in connection.execute(merged)}
    return {mrn: survivors.get(mrn, mrn) for mrn in mrns}


def _held(row: Any, asked: Asked) -> Name:  # noqa: ANN401  (a row of the query above)
    told = row.text or NO_NAME
    shown = told if asked.held else ""
    return Name("held", row.key, shown, (told,), birth_date=row.birth_date or "")


def _known(connection: Connection, numbers: Mapping[str, Sequence[str]]) -> Iterator[Name]:
    """Yield the patients of the patient index who have these numbers, with former names."""
    table, names = schema.patients, schema.patient_names
    former: dict[str, list[str]] = defaultdict(list)
    others = select(names.c.mrn, names.c.last_name, names.c.first_name).where(
        names.c.rank > 0, names.c.mrn.in_(among(numbers))
    )
    for mrn, last, first in connection.execute(others.order_by(names.c.mrn, names.c.rank)):
        former[mrn].append(f"{last}, {first}".upper())
    given = (table.c.first_name, table.c.middle_name, table.c.suffix)
    rows = connection.execute(
        select(table.c.mrn, table.c.birth_date, table.c.last_name, *given).where(
            table.c.mrn.in_(among(numbers))
        )
    )
    for mrn, born, last, *parts in rows:
        text = f"{last}, {' '.join(filter(None, parts))}".upper()
        once = tuple(name for name in dict.fromkeys(former.get(mrn, ())) if name != text)
        yield Name("patient", mrn, text, (text,), mrn, born, once, tuple(numbers[mrn]))
