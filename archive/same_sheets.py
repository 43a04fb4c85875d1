"""Which pages show a sheet that another page shows too: linked, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from . import schema
from .deliveries import FrameRow
from .statements import in_parts


def keep_same_sheet(
    connection: Connection, frame: FrameRow, of: FrameRow, confidence: float
) -> None:
    """Keep that ``frame`` shows the sheet of ``of``, which came before it."""
    row = {"frame_id": frame.id, "of_frame_id": of.id, "confidence": float(confidence)}
    added = upsert(schema.same_sheets).values(**row)
    keys = ["frame_id", "of_frame_id"]
    connection.execute(
        added.on_conflict_do_update(index_elements=keys, set_={"confidence": row["confidence"]})
    )


def same_sheets(connection: Connection, pages: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the other pages of the sheet of each of ``pages``, by page id; none is left out."""
    table, one, other = schema.same_sheets, schema.frames.alias(), schema.frames.alias()
    pairs = (
        select(one.c.page, other.c.page)
        .join(table, table.c.frame_id == one.c.id)
        .join(other, table.c.of_frame_id == other.c.id)
    )
    found: dict[str, list[str]] = {}
    for part in in_parts(pages):
        near = pairs.where(one.c.page.in_(part) | other.c.page.in_(part))
        for page, of in connection.execute(near.order_by(one.c.id, other.c.id)):
            found.setdefault(page, []).append(of)
            found.setdefault(of, []).append(page)
    return {page: _once(found[page]) for page in pages if page in found}


def _once(pages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pages))
