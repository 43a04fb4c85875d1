"""Prove that everything kept is there and unaltered, and name whatever is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from capture.model import Digest

from . import audit, schema
from .archive import Archive


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was kept."""

    subject: str
    """Digest, page id, batch or audit row."""
    what: str
    """What is wrong and what to do, in words without identifiers."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification looked at and found."""

    masters: int
    images: int
    orphans: int
    """Blobs that nothing refers to: left by a crash between file and row, harmless."""
    faults: tuple[Fault, ...]


def verify(
    archive: Archive, *, quick: bool = False, watch: Callable[[int, int], None] = lambda *_: None
) -> Verified:
    """Return what is wrong in the archive; ``quick`` looks for files without reading them."""
    with archive.catalogue.read() as connection:
        masters = _masters(connection)
        images = _images(connection)
        faults = [*_unbalanced(connection), *_broken_rolls(connection)]
        faults += _broken_audit(connection)
    whole = archive.vault.holds if quick else archive.vault.intact
    kept = {**masters, **images}
    for count, (digest, what) in enumerate(kept.items(), start=1):
        if not whole(digest):
            faults.append(Fault(digest, what))
        watch(count, len(kept))
    orphans = 0 if quick else sum(digest not in kept for digest in archive.vault.digests())
    return Verified(len(masters), len(images), orphans, tuple(faults))


def _masters(connection: Connection) -> dict[Digest, str]:
    table = schema.sources
    # A refused member of a ZIP has no bytes of its own; its container has them.
    rows = connection.execute(
        select(table.c.digest).where((table.c.container_id.is_(None)) | (table.c.size > 0))
    )
    what = "a master is lost or altered; restore it from a backup or deliver it again"
    return {Digest(digest): what for digest in rows.scalars()}


def _images(connection: Connection) -> dict[Digest, str]:
    table = schema.pages
    rows = connection.execute(select(table.c.image).where(table.c.image.is_not(None)))
    what = "a page image is lost or altered; `chartroom batch retry` makes it again"
    return {Digest(digest): what for digest in rows.scalars()}


def _unbalanced(connection: Connection) -> Iterator[Fault]:
    frames, documents = schema.frames, schema.documents
    astray = connection.execute(
        select(frames.c.page).where(
            frames.c.document_id.is_not(None), frames.c.state.not_in(("filed", "held", "pending"))
        )
    )
    for page in astray.scalars():
        yield Fault(page, "a page set aside is still in a document; run `chartroom batch retry`")
    homeless = connection.execute(
        select(frames.c.page).where(frames.c.state == "filed", frames.c.document_id.is_(None))
    )
    for page in homeless.scalars():
        yield Fault(page, "a filed page is in no document; run `chartroom batch retry`")
    empty = connection.execute(
        select(documents.c.id)
        .outerjoin(frames, frames.c.document_id == documents.c.id)
        .group_by(documents.c.id)
        .having(func.count(frames.c.id) == 0)
    )
    for name in empty.scalars():
        yield Fault(name, "a document has no pages; run `chartroom batch retry`")


def _broken_rolls(connection: Connection) -> Iterator[Fault]:
    rolls, batches, kept = schema.rolls, schema.batches, schema.roll_frames
    gaps = connection.execute(
        select(rolls.c.name, batches.c.name.label("batch"))
        .join(batches, batches.c.id == rolls.c.batch_id)
        .join(kept, kept.c.roll_id == rolls.c.id)
        .group_by(rolls.c.id)
        .having(func.count() != func.max(kept.c.position))
    )
    for row in gaps:
        what = "a frame of a roll is lost from the catalogue; restore it from a backup"
        yield Fault(f"{row.batch}/{row.name}", what)


def _broken_audit(connection: Connection) -> Iterator[Fault]:
    for seq in audit.broken_seals(connection):
        yield Fault(f"audit row {seq}", "the audit trail was altered from here on; ask who did")
