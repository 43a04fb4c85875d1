"""What was delivered: batches, the masters in them, and the frames on those."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from capture.errors import ArchiveError
from capture.model import Digest, FrameRef

from . import outbox, schema
from .catalogue import now
from .statements import in_parts

STATES = ("filed", "held", "quarantined", "blank", "separator", "technical")
"""The states a frame can end in; until then it is ``pending``."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery taken in together."""

    id: int
    name: str
    kind: str
    state: str
    """``open``, ``finished`` or ``released``."""
    expected: int | None
    opened_at: str
    finished_at: str | None
    seconds: float
    patch_codes: str | None = None
    """What patch codes do in it; None where the settings of the archive say."""


@dataclass(frozen=True, slots=True)
class Source:
    """One master in the vault."""

    id: int
    batch_id: int
    container_id: int | None
    """The ZIP that it came in."""
    position: int
    digest: Digest
    name: bytes
    """Path as delivered, below the folder that was given; shown, never used as a path."""
    state: str
    reason: str
    media: str | None
    film: bool
    paged: bool

    @property
    def shown(self) -> str:
        """The name for people: safe on a terminal and in a table."""
        return shown(self.name)


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame with its state."""

    id: int
    source_id: int
    ref: FrameRef
    page: str
    state: str
    reason: str
    document_id: str | None
    sequence: int | None
    """Place in its document, from 1."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A delivered file that gave no new source."""

    name: bytes
    kind: str
    """``seen before``, ``passed over`` (no scan) or ``refused`` (looked at again next run)."""
    reason: str

    @property
    def shown(self) -> str:
        """The name for people."""
        return shown(self.name)


def shown(name: bytes) -> str:
    """Return a delivered name as people may see it: no control or stray bytes."""
    text = name.decode("utf-8", "replace")
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def page_id(ref: FrameRef) -> str:
    """Return what people and links call a frame; it says nothing of a patient."""
    return f"{ref.source[:16]}-{ref.number}"


def open_batch(
    connection: Connection, name: str, *, origin: bytes, kind: str, patch_codes: str | None = None
) -> Batch:
    """Add an open batch."""
    connection.execute(
        insert(schema.batches).values(
            name=name,
            origin=origin,
            kind=kind,
            state="open",
            opened_at=now(),
            seconds=0.0,
            patch_codes=patch_codes,
        )
    )
    return batch_named(connection, name)


def batch_named(connection: Connection, name: str) -> Batch:
    """Return the batch; ArchiveError when there is none."""
    batch = find_batch(connection, name)
    if batch is None:
        raise ArchiveError(f"there is no batch {name!r}; `chartroom batch list` shows them")
    return batch


def find_batch(connection: Connection, name: str) -> Batch | None:
    """Return the batch, or None."""
    row = connection.execute(
        select(schema.batches).where(schema.batches.c.name == name)
    ).one_or_none()
    return _batch(row) if row else None


def batch_origin(connection: Connection, name: str) -> bytes | None:
    """Return the paths a batch was first given, or None when there is no such batch."""
    table = schema.batches
    return connection.execute(select(table.c.origin).where(table.c.name == name)).scalar()


def batches(connection: Connection) -> list[Batch]:
    """Return every batch, oldest first."""
    rows = connection.execute(select(schema.batches).order_by(schema.batches.c.id))
    return [_batch(row) for row in rows]


def change_batch(connection: Connection, batch: Batch, **values: object) -> None:
    """Set columns of a batch: ``state``, ``expected``, ``seconds``, ``finished_at``."""
    table = schema.batches
    connection.execute(update(table).where(table.c.id == batch.id).values(**values))


def source_with(connection: Connection, digest: Digest) -> Source | None:
    """Return the source that has these bytes, in whatever batch it came."""
    table = schema.sources
    row = connection.execute(select(table).where(table.c.digest == digest)).one_or_none()
    return _source(row) if row else None


def sources(connection: Connection, batch: Batch) -> list[Source]:
    """Return the sources of a batch in the order of delivery, ZIP containers included."""
    table = schema.sources
    rows = connection.execute(
        select(table).where(table.c.batch_id == batch.id).order_by(table.c.position)
    )
    return [_source(row) for row in rows]


def add_source(
    connection: Connection,
    batch: Batch,
    *,
    digest: Digest,
    size: int,
    name: bytes,
    container: Source | None = None,
    state: str = "arrived",
) -> Source:
    """Add a master whose bytes are already in the vault."""
    table = schema.sources
    # Over all batches, since the row number is what SQLite finds without looking through them.
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    connection.execute(
        insert(table).values(
            batch_id=batch.id,
            container_id=container.id if container else None,
            position=last + 1,
            digest=digest,
            size=size,
            name=name,
            state=state,
        )
    )
    added = source_with(connection, digest)
    if added is None:
        raise ArchiveError(f"source {digest[:16]} was not kept; run again")
    return added


def add_sighting(
    connection: Connection,
    batch: Batch,
    name: bytes,
    *,
    kind: str,
    reason: str,
    source: Source | None = None,
) -> None:
    """Note a file that gave no new source, in place of an earlier note of its name."""
    row = {
        "source_id": source.id if source else None,
        "kind": kind,
        "reason": reason,
        "at": now(),
    }
    added = upsert(schema.sightings).values(batch_id=batch.id, name=name, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["batch_id", "name"], set_=row))


def forget_sighting(connection: Connection, batch: Batch, name: bytes) -> None:
    """Take back the note of a file that was refused and now came in."""
    table = schema.sightings
    connection.execute(table.delete().where(table.c.batch_id == batch.id, table.c.name == name))


def sightings(connection: Connection, batch: Batch) -> list[Sighting]:
    """Return each file of a batch that gave no new source."""
    table = schema.sightings
    rows = connection.execute(
        select(table).where(table.c.batch_id == batch.id).order_by(table.c.id)
    )
    return [Sighting(row.name, row.kind, row.reason) for row in rows]


def survey_source(
    connection: Connection, source: Source, *, media: str, film: bool, paged: bool, count: int
) -> None:
    """Record what a source is, and add its frames, all pending."""
    table = schema.sources
    connection.execute(
        update(table)
        .where(table.c.id == source.id)
        .values(state="surveyed", media=media, film=film, paged=paged, reason="")
    )
    _add_frames(connection, source, range(1, count + 1), "pending", "")


def quarantine_source(connection: Connection, source: Source, reason: str) -> None:
    """Set a source aside; it counts as one quarantined frame, so that nothing vanishes."""
    table = schema.sources
    connection.execute(
        update(table).where(table.c.id == source.id).values(state="quarantined", reason=reason)
    )
    _add_frames(connection, source, [1], "quarantined", reason)


def mark_container(connection: Connection, source: Source) -> None:
    """Note that a ZIP was unpacked; its members are sources, it has no frames of its own."""
    table = schema.sources
    connection.execute(update(table).where(table.c.id == source.id).values(state="container"))


def reopen_source(connection: Connection, source: Source) -> None:
    """Let a quarantined source be looked at once more."""
    table, frames = schema.sources, schema.frames
    connection.execute(
        update(table).where(table.c.id == source.id).values(state="arrived", reason="")
    )
    gone = frames.c.source_id == source.id
    outbox.post(connection, connection.execute(select(frames.c.page).where(gone)).scalars())
    connection.execute(frames.delete().where(gone))


def frames(connection: Connection, batch: Batch) -> list[FrameRow]:
    """Return all frames of a batch in the order of delivery."""
    table, source = schema.frames, schema.sources
    rows = connection.execute(
        _frame_query()
        .where(source.c.batch_id == batch.id)
        .order_by(source.c.position, table.c.number)
    )
    return [_frame(row) for row in rows]


def frames_with(connection: Connection, ids: Sequence[int]) -> dict[int, FrameRow]:
    """Return frames by their row numbers."""
    found: dict[int, FrameRow] = {}
    for part in in_parts(ids):
        rows = connection.execute(_frame_query().where(schema.frames.c.id.in_(part)))
        found |= {row.id: _frame(row) for row in rows}
    return found


def frames_of_sources(connection: Connection, ids: Sequence[int]) -> list[FrameRow]:
    """Return the frames of sources, by the row numbers of these in the order of delivery."""
    table, source = schema.frames, schema.sources
    query = _frame_query().order_by(source.c.position, table.c.number)
    parts = in_parts(ids)
    rows = (row for part in parts for row in connection.execute(query.where(source.c.id.in_(part))))
    return [_frame(row) for row in rows]


def frames_of_pages(connection: Connection, pages: Sequence[str]) -> list[FrameRow]:
    """Return the frames that people call ``pages``, in that order; unknown ones are left out."""
    found: dict[str, FrameRow] = {}
    for part in in_parts(pages):
        rows = connection.execute(_frame_query().where(schema.frames.c.page.in_(part)))
        found |= {row.page: _frame(row) for row in rows}
    return [found[page] for page in pages if page in found]


def frame_of_page(connection: Connection, page: str) -> FrameRow:
    """Return the frame that people call ``page``; ArchiveError when there is none."""
    found = frames_of_pages(connection, [page])
    if not found:
        raise ArchiveError(f"there is no page {page}; `chartroom search` prints page ids")
    return found[0]


def set_frame_state(connection: Connection, frame: FrameRow, state: str, reason: str = "") -> None:
    """Move a frame to a state, out of any document unless it is filed or held there."""
    table = schema.frames
    connection.execute(
        update(table).where(table.c.id == frame.id).values(state=state, reason=reason)
    )


def count_states(connection: Connection, batch: Batch) -> dict[str, int]:
    """Return how many frames of a batch are in each state, ``pending`` included."""
    table, source = schema.frames, schema.sources
    rows = connection.execute(
        select(table.c.state, func.count())
        .join(source, source.c.id == table.c.source_id)
        .where(source.c.batch_id == batch.id)
        .group_by(table.c.state)
    )
    found = {str(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in (*STATES, "pending")}


def _add_frames(
    connection: Connection, source: Source, numbers: Iterable[int], state: str, reason: str
) -> None:
    rows = [
        {
            "source_id": source.id,
            "number": number,
            "page": page_id(FrameRef(source.digest, number)),
            "state": state,
            "reason": reason,
        }
        for number in numbers
    ]
    if not rows:
        return
    connection.execute(insert(schema.frames), rows)
    if state != "pending":
        outbox.post(connection, [str(row["page"]) for row in rows])


def _frame_query() -> Select[Any]:
    source = schema.sources
    return select(schema.frames, source.c.digest).join(
        source, source.c.id == schema.frames.c.source_id
    )


def _frame(row: Row[Any]) -> FrameRow:
    return FrameRow(
        id=row.id,
        source_id=row.source_id,
        ref=FrameRef(Digest(row.digest), row.number),
        page=row.page,
        state=row.state,
        reason=row.reason,
        document_id=row.document_id,
        sequence=row.sequence,
    )


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        expected=row.expected,
        opened_at=row.opened_at,
        finished_at=row.finished_at,
        seconds=row.seconds,
        patch_codes=row.patch_codes,
    )


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        batch_id=row.batch_id,
        container_id=row.container_id,
        position=row.position,
        digest=Digest(row.digest),
        name=row.name,
        state=row.state,
        reason=row.reason,
        media=row.media,
        film=row.film,
        paged=row.paged,
    )
