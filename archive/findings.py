"""What the archive tells a search index of each page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, false, func, select

from . import schema
from .deliveries import shown
from .statements import in_parts

_TOLD_FIELDS = ("facility", "attending", "referring", "diagnosis", "procedure")


@dataclass(frozen=True, slots=True)
class PageFinding:
    """A page with all that it may be found by; None where the archive does not know."""

    page: str
    state: str
    batch: str
    source: str
    number: int
    text: str
    document: str | None
    mrn: str | None
    patient_name: str | None
    birth_date: str | None
    type_code: str | None
    type_name: str | None
    service_date: str | None
    is_read: bool
    verdict: str | None
    """Of the quality of its reading."""
    handwritten: bool
    """Mostly written by hand."""
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Readings of facility, attending, referring, diagnosis and procedure."""
    other_names: tuple[str, ...] = ()
    """Former names of the patient, ``LAST, FIRST``."""


def findings(connection: Connection, pages: Sequence[str]) -> list[PageFinding]:
    """Return what is known of those of ``pages`` that have come to a state."""
    return [finding for part in in_parts(pages) for finding in _findings(connection, part)]


def every_page(connection: Connection) -> Iterator[str]:
    """Yield the id of each page that has come to a state, in order of arrival."""
    table = schema.frames
    rows = connection.execute(
        select(table.c.page).where(table.c.state != "pending").order_by(table.c.id)
    )
    yield from rows.scalars()


def _findings(connection: Connection, pages: Sequence[str]) -> Iterator[PageFinding]:
    frames, sources, batches = schema.frames, schema.sources, schema.batches
    documents, readings = schema.documents, schema.readings
    rows = connection.execute(
        select(
            frames.c.page,
            frames.c.state,
            frames.c.number,
            sources.c.name.label("source"),
            batches.c.name.label("batch"),
            readings.c.text,
            readings.c.frame_id.is_not(None).label("is_read"),
            readings.c.verdict,
            func.coalesce(readings.c.handwritten, false()).label("handwritten"),
            documents.c.id.label("document"),
            documents.c.mrn,
            documents.c.patient_name,
            documents.c.birth_date,
            documents.c.type_code,
            documents.c.type_name,
            documents.c.service_date,
        )
        .join(sources, sources.c.id == frames.c.source_id)
        .join(batches, batches.c.id == sources.c.batch_id)
        .outerjoin(readings, readings.c.frame_id == frames.c.id)
        .outerjoin(documents, documents.c.id == frames.c.document_id)
        .where(frames.c.page.in_(pages), frames.c.state != "pending")
    ).all()
    values = _values(connection, [row.document for row in rows if row.document])
    names = _other_names(connection, [row.mrn for row in rows if row.mrn])
    for row in rows:
        told = {**row._mapping, "source": shown(row.source), "text": row.text or ""}
        yield PageFinding(
            **told, values=values.get(row.document, {}), other_names=names.get(row.mrn, ())
        )


def _values(
    connection: Connection, documents: Sequence[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    table = schema.index_values
    # The fields are picked here: given them, SQLite goes by field through the whole table.
    rows = connection.execute(
        select(table.c.document_id, table.c.field, table.c.value)
        .where(table.c.document_id.in_(set(documents)))
        .order_by(table.c.id)
    )
    found: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows:
        if row.field in _TOLD_FIELDS:
            of_document = found.setdefault(row.document_id, {})
            of_document.setdefault(row.field, {})[row.value] = None
    return {
        document: {field: tuple(values) for field, values in told.items()}
        for document, told in found.items()
    }


def _other_names(connection: Connection, mrns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    table = schema.patient_names
    rows = connection.execute(
        select(table).where(table.c.mrn.in_(set(mrns)), table.c.rank > 0).order_by(table.c.rank)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.mrn] = (*found.get(row.mrn, ()), f"{row.last_name}, {row.first_name}")
    return found
