"""The barrier between pages and documents: a run of frames is assembled when all are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archive import deliveries, documents, ledger, pages
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow, Source
from archive.patients import StoredIndex
from capture.model import FrameRef, FrameState
from indexer.match import file_document
from indexer.model import PageIndex, SequencePage
from indexer.read import RULES
from indexer.separate import assemble
from indexer.settings import IndexSettings

from .legibility import with_doubts

STAGE = "assemble"


@dataclass(frozen=True, slots=True)
class Run:
    """Sources whose pages follow one another: one file of pages, or files of one page each."""

    sources: tuple[Source, ...]


def runs(sources: Sequence[Source]) -> Iterator[Run]:
    """Yield the runs of a batch in its order.

    Files of one page each that lie in one folder may hold one document together; a file of
    several pages stands alone.
    """
    for _, together in groupby(sources, key=_run_key):
        yield Run(tuple(together))


def _run_key(source: Source) -> tuple[bool, int, bytes]:
    if source.paged or source.state != "surveyed":
        return (True, 0, source.digest.encode())
    return (False, source.container_id or 0, source.name.rpartition(b"/")[0])


def assemble_run(
    connection: Connection,
    batch: Batch,
    run: Run,
    frames: Sequence[FrameRow],
    settings: IndexSettings,
    *,
    anew: bool = False,
) -> bool:
    """Make the documents of a run and file or hold each; return whether there was work to do.

    All in the caller's transaction. ``anew`` does it again although nothing changed on the
    pages: the MPI may have.
    """
    indexes = pages.indexes_of(connection, frames)
    sequence = _sequence(connection, run, frames, indexes)
    key = ledger.work_key(STAGE, RULES, _subject(run), [_fingerprint(sequence)])
    if ledger.is_done(connection, key) and not anew:
        return False
    index = StoredIndex(connection)
    unfit = pages.unfit_pages(connection, frames)
    filed = [
        (
            document,
            file_document(
                document, [indexes[ref] for ref in document.frames], index, settings=settings
            ),
        )
        for document in (with_doubts(one, unfit) for one in assemble(sequence))
    ]
    documents.replace_documents(connection, batch, frames, filed)
    ledger.record_work(connection, key, stage=STAGE, version=RULES, subject=_subject(run))
    return True


def _sequence(
    connection: Connection,
    run: Run,
    frames: Sequence[FrameRow],
    indexes: dict[FrameRef, PageIndex],
) -> list[SequencePage]:
    found = pages.pages_of(connection, frames)
    paged = {source.id for source in run.sources if source.paged}
    sequence = []
    for frame in frames:
        page = found.get(frame.ref)
        sequence.append(
            SequencePage(
                frame=frame.ref,
                state=page.found if page else FrameState.QUARANTINED,
                index=indexes.get(frame.ref),
                barcodes=page.barcodes if page else (),
                starts_source=frame.source_id in paged and frame.ref.number == 1,
            )
        )
    return sequence


def _subject(run: Run) -> str:
    return deliveries.page_id(FrameRef(run.sources[0].digest, 1))


def _fingerprint(sequence: Sequence[SequencePage]) -> str:
    return hashlib.sha256(json.dumps([repr(page) for page in sequence]).encode()).hexdigest()
