"""What an index cannot know: pages that were not read well, documents without a date."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from . import schema
from .deliveries import batch_named
from .pages import badly_read
from .register_choice import Asked, conditions_of
from .rights import ALL, Rights, among, seen_batches

_LOOSE = ("pending", "held", "quarantined")
"""States of a frame in no document that may yet turn out to say something."""


def undated_documents(connection: Connection, asked: Asked, rights: Rights = ALL) -> int:
    """Return how many documents fall out of a span of time because they have no date."""
    if not asked.dated:
        return 0
    table = schema.documents
    conditions = conditions_of(connection, asked, rights, dates=False)
    return connection.execute(
        select(func.count()).select_from(table).where(table.c.service_date.is_(None), *conditions)
    ).scalar_one()


def unread_pages(connection: Connection, asked: Asked, rights: Rights = ALL) -> int:
    """Return how many pages of what was asked for may say what no index has.

    Pages that were read badly, are written by hand or were not read at all; those in no
    document count whatever the type, place and time, for nobody knows theirs.
    """
    frames, readings, documents = schema.frames, schema.readings, schema.documents
    bad = select(readings.c.frame_id).where(badly_read())
    read = select(readings.c.frame_id)
    in_documents = connection.execute(
        select(func.count())
        .select_from(frames)
        .join(documents, documents.c.id == frames.c.document_id)
        .where(or_(frames.c.id.in_(bad), frames.c.id.not_in(read)))
        .where(*conditions_of(connection, asked, rights))
    ).scalar_one()
    return in_documents + _loose_pages(connection, asked, rights)


def _loose_pages(connection: Connection, asked: Asked, rights: Rights) -> int:
    if rights.mrns is not None:
        return 0
    frames, sources = schema.frames, schema.sources
    query = (
        select(func.count())
        .select_from(frames)
        .join(sources, sources.c.id == frames.c.source_id)
        .where(frames.c.document_id.is_(None), frames.c.state.in_(_LOOSE))
    )
    if rights.batches is not None:
        query = query.where(sources.c.batch_id.in_(among(seen_batches(connection, rights.batches))))
    if asked.batch:
        query = query.where(sources.c.batch_id == batch_named(connection, asked.batch).id)
    return connection.execute(query).scalar_one()
