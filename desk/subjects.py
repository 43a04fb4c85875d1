"""What a person decides on: a document, or a page; and what they saw of it, as a token."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from archive import decisions, deliveries, documents
from archive.catalogue import Connection
from archive.decisions import Decision
from archive.deliveries import Batch, FrameRow
from archive.documents import DocumentRow
from capture.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Subject:
    """A document with its pages, or one page."""

    name: str
    batch: Batch
    frames: tuple[FrameRow, ...]
    document: DocumentRow | None
    """The document named, or None where a page was; that may be in one all the same."""
    said: tuple[Decision, ...]
    """What people decided on any page of it, oldest first."""

    @property
    def page(self) -> FrameRow | None:
        """Return the page, where the subject is one or has but one."""
        return self.frames[0] if len(self.frames) == 1 else None


def subject_named(connection: Connection, name: str) -> Subject:
    """Return the document or page that people call ``name``; ArchiveError when there is none."""
    if name.startswith("d-"):
        document = documents.document_named(connection, name)
        frames = deliveries.frames_of_pages(connection, document.pages)
        batch = deliveries.batch_named(connection, document.batch)
    else:
        document = None
        frames = [deliveries.frame_of_page(connection, name)]
        batch = _batch_of(connection, frames[0])
    said = decisions.standing(connection, [frame.ref for frame in frames])
    every = {one.id: one for found in said.values() for one in found}
    return Subject(name, batch, tuple(frames), document, tuple(every[n] for n in sorted(every)))


def _batch_of(connection: Connection, frame: FrameRow) -> Batch:
    source = deliveries.source_with(connection, frame.ref.source)
    for batch in deliveries.batches(connection):
        if source is not None and batch.id == source.batch_id:
            return batch
    raise ArchiveError(f"page {frame.page} is in no batch; run `chartroom verify`")


def token_of(connection: Connection, subject: Subject) -> str:
    """Return eight letters that change with anything that a person saw of ``subject``."""
    seen: list[object] = [subject.name, [one.id for one in subject.said]]
    seen += [(one.page, one.state, one.reason, one.document_id) for one in subject.frames]
    if subject.document is not None:
        seen.append(subject.document)
        seen.append([one.mrn for one in documents.candidates_of(connection, subject.document)])
        values = documents.values_of(connection, subject.document)
        seen.append([(one.field, one.value) for one in values])
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:8]


def refuse_stale(connection: Connection, subject: Subject, expected: str) -> None:
    """Raise ArchiveError when ``subject`` is not as the person saw it."""
    if expected and expected != token_of(connection, subject):
        raise ArchiveError(
            f"{subject.name} has changed since you saw it{_by_whom(connection, subject.frames)}"
        )


def _by_whom(connection: Connection, frames: Sequence[FrameRow]) -> str:
    last = decisions.last_change(connection, [frame.ref for frame in frames])
    told = f": {last[0]} last decided on it at {last[1]}" if last else ""
    return f"{told}; look again with `chartroom review show`"
