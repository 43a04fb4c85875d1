"""What waits for a person: held documents, frames that no document could take, doubtful text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from archive import decisions, deliveries, pages
from archive.catalogue import Connection
from archive.decisions import PERSON
from archive.deliveries import Batch, FrameRow
from archive.documents import DocumentRow, candidates_of, document_named, held_documents
from archive.same_sheets import same_sheets
from batch.legibility import told
from indexer.model import Candidate

_FIGURES = re.compile(r"\d+")


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

    @property
    def kind(self) -> str:
        """Why it waits, in the words that others wait for too: the first reason, no figures."""
        return _FIGURES.sub("N", self.reason.partition(";")[0])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of all that waits somebody wants to see."""

    batch: str | None = None
    reason: str = ""
    """Words that stand in the reason, whatever their case."""
    parked: bool = False
    """Also what a person found no patient for."""


EVERYTHING = Asked()


def waiting_list(connection: Connection, asked: Asked = EVERYTHING) -> list[Waiting]:
    """Return what waits, batch by batch, what waits for the same reason together.

    The most frequent reason of a batch comes first; within one, the order of delivery. Held
    documents come without their candidates: see `with_candidates`.
    """
    batches = _batches(connection, asked.batch)
    places = {batch.name: place for place, batch in enumerate(batches)}
    found = [
        one
        for one in _everything(connection, batches, parked=asked.parked)
        if one.batch in places and asked.reason.casefold() in one.reason.casefold()
    ]
    often = Counter((one.batch, one.state, one.kind) for one in found)
    order = ("held", "quarantined", "doubtful")
    found.sort(
        key=lambda one: (
            places[one.batch],
            order.index(one.state),
            -often[one.batch, one.state, one.kind],
            one.kind,
        )
    )
    return found


def _with_same_sheets(connection: Connection, waiting: Sequence[Waiting]) -> list[Waiting]:
    pages_of_all = list(dict.fromkeys(page for entry in waiting for page in entry.pages))
    same = same_sheets(connection, pages_of_all)
    return [
        replace(entry, same_as=tuple(of for page in entry.pages for of in same.get(page, ())))
        for entry in waiting
    ]


def counts_of(waiting: Iterable[Waiting]) -> list[tuple[int, str, str]]:
    """Return how often each state and kind of reason waits, the most frequent first."""
    often = Counter((one.state, one.kind) for one in waiting)
    return [(count, state, kind) for (state, kind), count in often.most_common()]


def with_candidates(connection: Connection, waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return the same with the likeliest patients, and with pages of the same sheets."""
    shown = [
        replace(one, candidates=tuple(candidates_of(connection, document)))
        if one.state == "held" and (document := _document(connection, one)) is not None
        else one
        for one in waiting
    ]
    return _with_same_sheets(connection, shown)


def _document(connection: Connection, one: Waiting) -> DocumentRow | None:
    return document_named(connection, one.subject) if one.subject.startswith("d-") else None


def _batches(connection: Connection, name: str | None) -> list[Batch]:
    if name is not None:
        return [deliveries.batch_named(connection, name)]
    return deliveries.batches(connection)


def _everything(
    connection: Connection, batches: Sequence[Batch], *, parked: bool
) -> Iterator[Waiting]:
    for row in held_documents(connection):
        if parked or not is_parked(row):
            yield Waiting(row.id, row.state, row.batch, row.type_name, row.pages, row.reason)
    for batch in batches:
        frames = deliveries.frames(connection, batch)
        said = decisions.standing(connection, [frame.ref for frame in frames])
        for one, frame in (*_loose(batch, frames), *_doubtful(connection, batch, frames)):
            words = [decision.word for decision in said.get(frame.ref, ())]
            if not any(word.kind == "seen" and word.value == one.reason for word in words):
                yield one


def is_parked(row: DocumentRow) -> bool:
    """Say whether a document is held because a person found no patient for it."""
    return row.state == "held" and row.rule.startswith(PERSON)


def _loose(batch: Batch, frames: Iterable[FrameRow]) -> Iterator[tuple[Waiting, FrameRow]]:
    for frame in frames:
        if frame.state in ("held", "quarantined") and frame.document_id is None:
            page = (frame.page,)
            yield Waiting(frame.page, frame.state, batch.name, "", page, frame.reason), frame


def _doubtful(
    connection: Connection, batch: Batch, frames: Iterable[FrameRow]
) -> Iterator[tuple[Waiting, FrameRow]]:
    """Yield the filed pages whose text a person should not rely on unseen."""
    filed = [frame for frame in frames if frame.state == "filed"]
    unfit = pages.unfit_pages(connection, filed)
    for frame in filed:
        if frame.ref in unfit:
            reason = told(frame.ref, unfit[frame.ref])
            yield Waiting(frame.page, "doubtful", batch.name, "", (frame.page,), reason), frame
