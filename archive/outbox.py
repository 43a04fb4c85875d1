"""Tell the search index what changed, in the transaction that changed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, insert, select

from . import schema


def post(connection: Connection, pages: Iterable[str]) -> None:
    """Note that what the index knows of these pages is no longer true."""
    rows = [{"page": page} for page in pages]
    if rows:
        connection.execute(insert(schema.outbox), rows)


def posted(connection: Connection, after: int, limit: int) -> Sequence[tuple[int, str]]:
    """Return (sequence number, page id) of what was noted after ``after``, oldest first."""
    table = schema.outbox
    rows = connection.execute(
        select(table.c.seq, table.c.page)
        .where(table.c.seq > after)
        .order_by(table.c.seq)
        .limit(limit)
    )
    return [(row.seq, row.page) for row in rows]


def last_posted(connection: Connection) -> int:
    """Return the number of the newest note, 0 before the first."""
    return connection.execute(select(func.max(schema.outbox.c.seq))).scalar() or 0
