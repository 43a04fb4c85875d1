"""What a person may see, as a condition on documents in SQL: before anything is counted.

Hiding is taken widely: under every number that a sealed patient ever had, and held documents
that may be theirs. Allowing is taken strictly, as written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from . import schema
from .patients import name_key


@dataclass(frozen=True, slots=True)
class Rights:
    """The documents that one person may see; the default is all of them."""

    batches: frozenset[str] | None = None
    """Names of the only batches to be seen; None for all."""
    mrns: frozenset[str] | None = None
    """Record numbers of the only patients to be seen; None for all."""
    hidden_mrns: frozenset[str] = frozenset()
    """Record numbers of patients whose charts are sealed."""
    hidden_types: frozenset[str] = frozenset()
    """LOINC codes of types of document that are kept apart."""


ALL = Rights()


def among(values: Iterable[object]) -> Select[Any]:
    """Return ``values`` as a selection to be used with ``in_``, however many they are."""
    return select(func.json_each(json.dumps(list(values))).table_valued("value").c.value)


def seen_documents(connection: Connection, rights: Rights) -> list[ColumnElement[bool]]:
    """Return what must hold of each row of ``documents``; nothing where all may be seen."""
    table = schema.documents
    conditions: list[ColumnElement[bool]] = []
    if rights.batches is not None:
        conditions.append(table.c.batch_id.in_(among(seen_batches(connection, rights.batches))))
    if rights.mrns is not None:
        conditions.append(table.c.mrn.in_(among(_filed_under(connection, _keys(rights.mrns)))))
    if rights.hidden_types:
        hidden = among(sorted({code.lower() for code in rights.hidden_types}))
        conditions.append(func.lower(table.c.type_code).not_in(hidden))
    if rights.hidden_mrns:
        conditions += _unsealed(connection, _every_number(connection, _keys(rights.hidden_mrns)))
    return conditions


def seen_batches(connection: Connection, names: Iterable[str]) -> list[int]:
    """Return the row ids of the batches with these names, whatever their case."""
    wanted = {_label(name) for name in names}
    rows = connection.execute(select(schema.batches.c.id, schema.batches.c.name))
    return [row.id for row in rows if _label(row.name) in wanted]


def _label(name: str) -> str:
    return " ".join(name.casefold().split())


def _keys(numbers: Iterable[str]) -> frozenset[str]:
    # 07-22-48 and 072248 are one number.
    return frozenset(map(name_key, numbers)) - {""}


def _filed_under(connection: Connection, keys: Set[str]) -> list[str]:
    filed = select(schema.documents.c.mrn).where(schema.documents.c.mrn.is_not(None)).distinct()
    return [mrn for mrn in connection.execute(filed).scalars() if name_key(mrn) in keys]


def _every_number(connection: Connection, keys: Set[str]) -> frozenset[str]:
    """Return ``keys`` with all other numbers, old and new, of the patients who have them."""
    table = schema.patient_numbers
    pairs = [
        (name_key(row.number), name_key(row.mrn))
        for row in connection.execute(select(table.c.number, table.c.mrn))
    ]
    owners = {owner for number, owner in pairs if number in keys} | keys
    return frozenset({number for number, owner in pairs if owner in owners} | owners)


def _unsealed(connection: Connection, keys: Set[str]) -> list[ColumnElement[bool]]:
    table = schema.documents
    sealed = among(_filed_under(connection, keys))
    maybe = among(_maybe_theirs(connection, keys))
    return [or_(table.c.mrn.is_(None), table.c.mrn.not_in(sealed)), table.c.id.not_in(maybe)]


def _maybe_theirs(connection: Connection, keys: Set[str]) -> list[str]:
    """Return the held documents that name one of these numbers, or have it as a candidate."""
    documents, values, candidates = schema.documents, schema.index_values, schema.candidates
    held = documents.c.state == "held"
    read = (
        select(values.c.document_id, values.c.value)
        .join(documents, documents.c.id == values.c.document_id)
        .where(held, values.c.field == "mrn")
    )
    likely = (
        select(candidates.c.document_id, candidates.c.mrn)
        .join(documents, documents.c.id == candidates.c.document_id)
        .where(held)
    )
    rows = [*connection.execute(read), *connection.execute(likely)]
    return sorted({document for document, number in rows if name_key(number) in keys})
