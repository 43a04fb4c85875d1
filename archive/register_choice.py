"""What somebody wants to see of an index, as conditions on documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, or_, select

from . import schema
from .deliveries import batch_named
from .headings import is_called
from .rights import Rights, among, seen_documents

_DOCUMENTS = schema.documents
_END = "-99-99"
"""Makes of a partial date one that sorts behind all its days."""


class Register(StrEnum):
    """The indexes that a records department keeps."""

    PATIENT = "patient"
    DISEASE = "disease"
    OPERATION = "operation"
    PHYSICIAN = "physician"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of which index somebody wants to see; an empty string does not narrow."""

    register: Register
    words: str = ""
    """The beginning of headings, or words of them."""
    date_from: str = ""
    """ISO 8601, may be partial: 1961 begins with its first day."""
    date_to: str = ""
    facility: str = ""
    type: str = ""
    """Type of document: its code, the beginning of its name or words of it."""
    batch: str = ""
    held: bool = False
    """Also documents that wait for a person."""
    entries: bool = False
    """Also the documents under each heading."""
    limit: int | None = None
    """Most headings to be given; the counts are of all."""

    @property
    def dated(self) -> bool:
        """Whether a document without a date falls out."""
        return bool(self.date_from or self.date_to)


def conditions_of(
    connection: Connection, asked: Asked, rights: Rights, *, dates: bool = True
) -> list[ColumnElement[bool]]:
    """Return what must hold of each document, held ones too; ``dates`` may be left out.

    Raises ArchiveError for a batch that is not there.
    """
    conditions = seen_documents(connection, rights)
    if asked.batch:
        batch = batch_named(connection, asked.batch)
        conditions.append(_DOCUMENTS.c.batch_id == batch.id)
    if asked.type:
        conditions.append(_of_type(connection, asked.type))
    if asked.facility:
        conditions.append(_at_facility(connection, asked.facility))
    return conditions + (_in_time(asked) if dates else [])


def listed_states(asked: Asked) -> tuple[str, ...]:
    """Return the states of the documents that are listed, not only counted."""
    return ("filed", "held") if asked.held else ("filed",)


def _in_time(asked: Asked) -> list[ColumnElement[bool]]:
    day = _DOCUMENTS.c.service_date
    after = [day.concat(_END) >= asked.date_from] if asked.date_from else []
    before = [day <= asked.date_to + _END] if asked.date_to else []
    return after + before


def _of_type(connection: Connection, asked: str) -> ColumnElement[bool]:
    code, name = _DOCUMENTS.c.type_code, _DOCUMENTS.c.type_name
    every = connection.execute(select(code, name).distinct()).all()
    codes = sorted({row.type_code for row in every if row.type_code.lower() == asked.lower()})
    names = sorted({row.type_name for row in every if is_called(row.type_name, asked)})
    return or_(code.in_(among(codes)), name.in_(among(names)))


def _at_facility(connection: Connection, asked: str) -> ColumnElement[bool]:
    table = schema.index_values
    of_field = table.c.field == "facility"
    every = connection.execute(select(table.c.value).where(of_field).distinct()).scalars()
    called = [value for value in every if is_called(value, asked)]
    there = select(table.c.document_id).where(of_field, table.c.value.in_(among(called)))
    return _DOCUMENTS.c.id.in_(there)
