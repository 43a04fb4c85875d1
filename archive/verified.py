"""Documents whose types a person stands for: decided one by one, or in released batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from capture.model import Digest, FrameRef
from indexer.doctypes import UNCLASSIFIED
from ocr.codec import load
from ocr.model import OcrPage

from . import schema
from .decisions import decided
from .deliveries import page_id
from .statements import in_parts


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
    """Return every document whose type a person stands for, in the order of their ids.

    What a person decided of a document outweighs that its batch was released.
    """
    found = {one.id: one for one in _released(connection)}
    found |= {one.id: one for one in _decided(connection)}
    return [found[name] for name in sorted(found)]


def _released(connection: Connection) -> Iterator[VerifiedDocument]:
    table, batches = schema.documents, schema.batches
    rows = connection.execute(
        select(table.c.id, table.c.type_code, table.c.mrn)
        .join(batches, batches.c.id == table.c.batch_id)
        .where(batches.c.state == "released", table.c.state == "filed")
    )
    for row in rows:
        if row.type_code != UNCLASSIFIED:
            yield VerifiedDocument(row.id, row.type_code, row.mrn or "")


def _decided(connection: Connection) -> Iterator[VerifiedDocument]:
    types = {f"d-{page_id(one.frames[0])}": one.type_code for one in decided(connection)}
    table = schema.documents
    for part in in_parts(list(types)):
        rows = connection.execute(select(table.c.id, table.c.mrn).where(table.c.id.in_(part)))
        for row in rows:
            code = types[row.id]
            if code and code != UNCLASSIFIED:
                yield VerifiedDocument(row.id, code, row.mrn or "")


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
