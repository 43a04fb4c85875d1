"""Documents: which pages belong together, what they say, whose they are or why not yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from capture.errors import ArchiveError
from capture.model import Box, Digest, FrameRef
from indexer.model import Candidate, Document, Filing, FilingState, IndexValue

from . import audit, outbox, schema
from .deliveries import Batch, FrameRow, page_id
from .pages import value_row
from .patients import StoredIndex
from .statements import in_parts

_DATES = (
    "service_date",
    "discharge_date",
    "admission_date",
    "dictated_date",
    "transcribed_date",
    "signed_date",
)

_SURE = 0.5
"""A date read with less comes after every other."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of the archive."""

    id: str
    batch: str
    type_code: str
    type_name: str
    type_confidence: float
    state: str
    mrn: str | None
    patient_name: str | None
    birth_date: str | None
    service_date: str | None
    reason: str
    rule: str
    confidence: float
    boundary_confidence: float
    pages: tuple[str, ...]
    """Page ids in order."""


def document_id(document: Document) -> str:
    """Return the name of a document: that of its first page, marked as a document's."""
    return f"d-{page_id(document.frames[0])}"


def replace_documents(
    connection: Connection,
    batch: Batch,
    frames: Sequence[FrameRow],
    assembled: Iterable[tuple[Document, Filing]],
    *,
    touched: Sequence[FrameRow] | None = None,
) -> None:
    """Put these documents in place of all that were made of ``frames`` before.

    Where only some of ``frames`` are ``touched``, the documents of the others stay as they are.
    One transaction of the caller holds the documents, the states of their frames, the audit
    rows and the notes to the search index.
    """
    rows = {frame.ref: frame for frame in frames}
    changed = frames if touched is None else touched
    _forget_documents(connection, changed)
    for document, filing in assembled:
        _add_document(connection, batch, rows, document, filing)
    outbox.post(connection, [frame.page for frame in changed])


def document_named(connection: Connection, name: str) -> DocumentRow:
    """Return the document; ArchiveError when there is none."""
    found = list(_documents(connection, _query().where(schema.documents.c.id == name)))
    if not found:
        raise ArchiveError(f"there is no document {name}; `chartroom search` prints their ids")
    return found[0]


def documents_of_batch(connection: Connection, batch: Batch) -> list[DocumentRow]:
    """Return the documents of a batch in the order in which they were delivered."""
    return list(_documents(connection, _query().where(schema.batches.c.id == batch.id)))


def documents_of_patient(connection: Connection, mrn: str) -> list[DocumentRow]:
    """Return the documents filed to this record number."""
    filed = (schema.documents.c.mrn == mrn) & (schema.documents.c.state == "filed")
    return list(_documents(connection, _query().where(filed)))


def held_documents(connection: Connection) -> list[DocumentRow]:
    """Return every document that waits for a person."""
    return list(_documents(connection, _query().where(schema.documents.c.state == "held")))


def count_documents(connection: Connection, batch: Batch) -> int:
    """Return how many documents a batch has."""
    table = schema.documents
    return connection.execute(
        select(func.count()).select_from(table).where(table.c.batch_id == batch.id)
    ).scalar_one()


def count_held(connection: Connection) -> int:
    """Return how many documents wait for a person."""
    table = schema.documents
    return connection.execute(
        select(func.count()).select_from(table).where(table.c.state == "held")
    ).scalar_one()


def values_of(connection: Connection, document: DocumentRow) -> list[IndexValue]:
    """Return the index values of a document with their evidence."""
    table, frames, sources = schema.index_values, schema.frames, schema.sources
    rows = connection.execute(
        select(table, sources.c.digest, frames.c.number)
        .join(frames, frames.c.id == table.c.frame_id)
        .join(sources, sources.c.id == frames.c.source_id)
        .where(table.c.document_id == document.id)
        .order_by(table.c.id)
    )
    return [
        IndexValue(
            field=row.field,
            value=row.value,
            raw=row.raw,
            frame=FrameRef(Digest(row.digest), row.number),
            box=Box(*row.box),
            confidence=row.confidence,
            rule=row.rule,
        )
        for row in rows
    ]


def candidates_of(connection: Connection, document: DocumentRow) -> list[Candidate]:
    """Return the patients that a held document might belong to, likeliest first."""
    table = schema.candidates
    rows = connection.execute(
        select(table).where(table.c.document_id == document.id).order_by(table.c.rank)
    )
    return [Candidate(row.mrn, row.score, row.reason) for row in rows]


def _forget_documents(connection: Connection, frames: Sequence[FrameRow]) -> None:
    for part in in_parts([frame.id for frame in frames]):
        of_these = schema.frames.c.id.in_(part)
        found = connection.execute(
            select(schema.frames.c.document_id)
            .where(of_these, schema.frames.c.document_id.is_not(None))
            .distinct()
        )
        for name in list(found.scalars()):
            _forget_document(connection, name)


def _forget_document(connection: Connection, name: str) -> None:
    frames = schema.frames
    connection.execute(
        update(frames).where(frames.c.document_id == name).values(document_id=None, sequence=None)
    )
    for table in (schema.index_values, schema.candidates):
        connection.execute(delete(table).where(table.c.document_id == name))
    connection.execute(delete(schema.documents).where(schema.documents.c.id == name))


def _add_document(
    connection: Connection,
    batch: Batch,
    rows: dict[FrameRef, FrameRow],
    document: Document,
    filing: Filing,
) -> None:
    name = document_id(document)
    connection.execute(
        insert(schema.documents).values(
            id=name,
            batch_id=batch.id,
            type_code=document.type.code,
            type_name=document.type.name,
            type_confidence=document.type.confidence,
            state=filing.state.value,
            mrn=filing.mrn if filing.state is FilingState.FILED else None,
            service_date=document_date(document.values),
            reason=filing.reason,
            rule=filing.rule,
            confidence=filing.confidence,
            boundary_confidence=document.boundary_confidence,
            **_identity(connection, document, filing),
        )
    )
    _add_values(connection, name, rows, document.values)
    _add_candidates(connection, name, filing.candidates)
    _take_frames(connection, name, [rows[ref] for ref in document.frames], filing)
    audit.record(
        connection,
        filing.state.value,
        name,
        rule=filing.rule,
        confidence=filing.confidence,
        pages=len(document.frames),
    )


def _identity(connection: Connection, document: Document, filing: Filing) -> dict[str, str | None]:
    patient = None
    if filing.state is FilingState.FILED and filing.mrn:
        patient = StoredIndex(connection).by_mrn(filing.mrn)
    if patient is None:
        return {
            "patient_name": best_value(document.values, "patient_name"),
            "birth_date": best_value(document.values, "birth_date"),
        }
    given = " ".join(filter(None, (patient.first_name, patient.middle_name, patient.suffix)))
    return {
        "patient_name": f"{patient.last_name}, {given}".upper(),
        "birth_date": patient.birth_date,
    }


def best_value(values: Iterable[IndexValue], field: str) -> str | None:
    """Return the surest value of ``field``, None when there is none."""
    found = [value for value in values if value.field == field]
    return max(found, key=lambda value: value.confidence).value if found else None


def document_date(values: Iterable[IndexValue]) -> str | None:
    """Return the date that a document goes by in its chart: never a birth date."""
    told = list(values)
    births = {value.value for value in told if value.field == "birth_date"}
    days = [value for value in told if value.value not in births]
    sure = [value for value in days if value.confidence >= _SURE]
    found = (best_value(part, field) for part in (sure, days) for field in _DATES)
    return next(filter(None, found), None)


def _add_values(
    connection: Connection,
    name: str,
    rows: dict[FrameRef, FrameRow],
    values: Sequence[IndexValue],
) -> None:
    added = [
        {"document_id": name, "frame_id": rows[value.frame].id, **value_row(value)}
        for value in values
    ]
    if added:
        connection.execute(insert(schema.index_values), added)


def _add_candidates(connection: Connection, name: str, found: Sequence[Candidate]) -> None:
    added = [
        {
            "document_id": name,
            "rank": rank,
            "mrn": candidate.mrn,
            "score": candidate.score,
            "reason": candidate.reason,
        }
        for rank, candidate in enumerate(found, start=1)
    ]
    if added:
        connection.execute(insert(schema.candidates), added)


def _take_frames(
    connection: Connection, name: str, members: Sequence[FrameRow], filing: Filing
) -> None:
    frames = schema.frames
    reason = filing.reason if filing.state is FilingState.HELD else ""
    for place, frame in enumerate(members, start=1):
        connection.execute(
            update(frames)
            .where(frames.c.id == frame.id)
            .values(document_id=name, sequence=place, state=filing.state.value, reason=reason)
        )


def _query() -> Select[Any]:
    table, batches = schema.documents, schema.batches
    frames, sources = schema.frames, schema.sources
    return (
        select(table, batches.c.name.label("batch"), frames.c.page)
        .join(batches, batches.c.id == table.c.batch_id)
        .join(frames, frames.c.document_id == table.c.id)
        .join(sources, sources.c.id == frames.c.source_id)
        .order_by(sources.c.batch_id, sources.c.position, frames.c.number)
    )


def _documents(connection: Connection, query: Select[Any]) -> Iterator[DocumentRow]:
    gathered: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        gathered.setdefault(row.id, []).append(row)
    for rows in gathered.values():
        yield _document(rows[0], tuple(row.page for row in rows))


def _document(row: Row[Any], pages: tuple[str, ...]) -> DocumentRow:
    return DocumentRow(
        id=row.id,
        batch=row.batch,
        type_code=row.type_code,
        type_name=row.type_name,
        type_confidence=row.type_confidence,
        state=row.state,
        mrn=row.mrn,
        patient_name=row.patient_name,
        birth_date=row.birth_date,
        service_date=row.service_date,
        reason=row.reason,
        rule=row.rule,
        confidence=row.confidence,
        boundary_confidence=row.boundary_confidence,
        pages=pages,
    )
