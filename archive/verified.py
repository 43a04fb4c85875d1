"""Documents whose types a person stands for: those of released batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from capture.model import Digest, FrameRef
from indexer.doctypes import UNCLASSIFIED
from ocr.codec import load
from ocr.model import OcrPage

from . import schema

# What a person decided of a single document is another condition here, joined by or_().
_VERIFIED: ColumnElement[bool] = schema.batches.c.state == "released"


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A document whose type is taken for true."""

    id: str
    code: str
    mrn: str
    """Empty where it is nobody's yet."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The words of a page and its size in pixels."""

    words: OcrPage
    width: int
    height: int


def verified_documents(connection: Connection) -> list[VerifiedDocument]:
    """Return every document whose type a person stands for, in the order of their ids."""
    table, batches = schema.documents, schema.batches
    found = connection.execute(
        select(table.c.id, table.c.type_code, table.c.mrn)
        .join(batches, batches.c.id == table.c.batch_id)
        .where(_VERIFIED, table.c.state == "filed", table.c.type_code != UNCLASSIFIED)
        .order_by(table.c.id)
    )
    return [VerifiedDocument(row.id, row.type_code, row.mrn or "") for row in found]


def pages_of_document(connection: Connection, document: str) -> Iterator[ReadPage]:
    """Yield the pages of a document that were read, in order."""
    frames, sources = schema.frames, schema.sources
    pages, readings = schema.pages, schema.readings
    query = (
        select(sources.c.digest, frames.c.number, pages.c.width, pages.c.height, readings.c.words)
        .join(sources, sources.c.id == frames.c.source_id)
        .join(pages, pages.c.frame_id == frames.c.id)
        .join(readings, readings.c.frame_id == frames.c.id)
        .where(frames.c.document_id == document)
        .order_by(frames.c.sequence)
    )
    for row in connection.execute(query):
        ref = FrameRef(Digest(row.digest), row.number)
        yield ReadPage(load(row.words, ref), row.width, row.height)
