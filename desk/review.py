"""What waits for a person: held documents, frames that no document could take, doubtful text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive import deliveries, pages
from archive.catalogue import Connection
from archive.documents import candidates_of, held_documents
from archive.same_sheets import same_sheets
from batch.legibility import told
from indexer.model import Candidate


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that a person has to decide."""

    subject: str
    """Id of a document, or of a page that is in none."""
    state: str
    """``held``, ``quarantined``, or ``doubtful`` for a filed page that was read badly."""
    batch: str
    type_name: str
    pages: tuple[str, ...]
    reason: str
    candidates: tuple[Candidate, ...] = ()
    same_as: tuple[str, ...] = ()
    """Pages elsewhere that show a sheet of these: it was scanned twice."""


def waiting_list(connection: Connection) -> list[Waiting]:
    """Return all that waits, batch by batch: documents first, then single pages, then doubtful."""
    documents = [
        Waiting(
            subject=row.id,
            state=row.state,
            batch=row.batch,
            type_name=row.type_name,
            pages=row.pages,
            reason=row.reason,
            candidates=tuple(candidates_of(connection, row)),
        )
        for row in held_documents(connection)
    ]
    loose = [
        Waiting(frame.page, frame.state, batch.name, "", (frame.page,), frame.reason)
        for batch in deliveries.batches(connection)
        for frame in deliveries.frames(connection, batch)
        if frame.state in ("held", "quarantined") and frame.document_id is None
    ]
    return _with_same_sheets(connection, documents + loose + list(_doubtful(connection)))


def _with_same_sheets(connection: Connection, waiting: Sequence[Waiting]) -> list[Waiting]:
    pages_of_all = list(dict.fromkeys(page for entry in waiting for page in entry.pages))
    same = same_sheets(connection, pages_of_all)
    return [
        replace(entry, same_as=tuple(of for page in entry.pages for of in same.get(page, ())))
        for entry in waiting
    ]


def _doubtful(connection: Connection) -> Iterator[Waiting]:
    """Yield the filed pages whose text a person should not rely on unseen."""
    for batch in deliveries.batches(connection):
        filed = [frame for frame in deliveries.frames(connection, batch) if frame.state == "filed"]
        unfit = pages.unfit_pages(connection, filed)
        for frame in filed:
            if frame.ref in unfit:
                reason = told(frame.ref, unfit[frame.ref])
                yield Waiting(frame.page, "doubtful", batch.name, "", (frame.page,), reason)
