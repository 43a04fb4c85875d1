"""The barrier between pages and documents: a run of frames is assembled when all are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from archive import deliveries, documents, film, ledger, pages
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow, Source
from archive.film import FilmRoll
from archive.learned import weights_of
from archive.patients import StoredIndex
from capture.model import FrameRef, FrameState
from indexer.match import file_document
from indexer.model import PageIndex, SequencePage
from indexer.read import RULES
from indexer.separate import assemble
from indexer.settings import IndexSettings

from .film_index import (
    Told,
    roll_index,
    starts_row,
    told_by_index_alone,
    with_index,
    with_objections,
)
from .film_title import keep_titles
from .legibility import with_doubts

STAGE = "assemble"
_NO_ROLLS: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Run:
    """Sources whose pages follow one another: one file of pages, or files of one page each."""

    sources: tuple[Source, ...]


def runs(sources: Sequence[Source], rolls: Mapping[int, int] = _NO_ROLLS) -> Iterator[Run]:
    """Yield the runs of a batch in its order.

    Files of one page each that lie in one folder may hold one document together, and so do the
    files of one roll, which ``rolls`` tells by source; a file of several pages stands alone.
    """
    for _, together in groupby(sources, key=lambda source: _run_key(source, rolls)):
        yield Run(tuple(together))


def _run_key(source: Source, rolls: Mapping[int, int]) -> tuple[bool, int, bytes]:
    if source.id in rolls and source.state == "surveyed":
        return (True, rolls[source.id], b"")
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
    rolls = _rolls(connection, run)
    keep_titles(connection, rolls, settings)
    told = _told(connection, rolls, settings)
    frames = _in_film_order(connection, rolls, frames)
    indexes = {
        ref: with_index(index, told.get(ref))
        for ref, index in pages.indexes_of(connection, frames).items()
    }
    sequence = _sequence(connection, run, frames, indexes, told)
    key = ledger.work_key(STAGE, RULES, _subject(run), [_fingerprint(sequence, told)])
    if ledger.is_done(connection, key) and not anew:
        return False
    index, weights = StoredIndex(connection), weights_of(connection)
    unfit = pages.unfit_pages(connection, frames)
    filed = []
    for found in assemble(sequence):
        document = with_objections(with_doubts(found, unfit), told)
        own = [indexes[ref] for ref in document.frames]
        filing = file_document(document, own, index, settings=settings, weights=weights)
        claims = (*document.values, *(value for page in own for value in page.values))
        filed.append((document, told_by_index_alone(filing, claims)))
    documents.replace_documents(connection, batch, frames, filed)
    ledger.record_work(connection, key, stage=STAGE, version=RULES, subject=_subject(run))
    return True


def _in_film_order(
    connection: Connection, rolls: Sequence[FilmRoll], frames: Sequence[FrameRow]
) -> list[FrameRow]:
    """Return ``frames`` as they were exposed, where they stand on rolls; else as they came."""
    places = {
        entry.frame.id: (n, entry.position)
        for n, roll in enumerate(rolls)
        for entry in film.film_frames(connection, roll)
    }
    if not all(frame.id in places for frame in frames):
        return list(frames)
    return sorted(frames, key=lambda frame: places[frame.id])


def _rolls(connection: Connection, run: Run) -> list[FilmRoll]:
    return film.rolls_of_sources(connection, [source.id for source in run.sources if source.film])


def _told(
    connection: Connection, rolls: Sequence[FilmRoll], settings: IndexSettings
) -> dict[FrameRef, Told]:
    """Return what old film indexes say of the frames of ``rolls``."""
    return {
        ref: told
        for roll in rolls
        for ref, told in roll_index(connection, roll, settings).told.items()
    }


def _sequence(
    connection: Connection,
    run: Run,
    frames: Sequence[FrameRow],
    indexes: Mapping[FrameRef, PageIndex],
    told: Mapping[FrameRef, Told],
) -> list[SequencePage]:
    found = pages.pages_of(connection, frames)
    # The files of one roll go on in one another.
    first = run.sources[0].id if _is_joined(run) else None
    paged = {source.id for source in run.sources if source.paged and first in (None, source.id)}
    sequence = []
    before: Told | None = None
    for frame in frames:
        page = found.get(frame.ref)
        starts = frame.source_id in paged and frame.ref.number == 1
        if page and page.found is FrameState.PAGE and frame.ref in indexes:
            starts = starts or starts_row(before, told.get(frame.ref))
            before = told.get(frame.ref)
        sequence.append(
            SequencePage(
                frame=frame.ref,
                state=page.found if page else FrameState.QUARANTINED,
                index=indexes.get(frame.ref),
                barcodes=page.barcodes if page else (),
                starts_source=starts,
            )
        )
    return sequence


def _subject(run: Run) -> str:
    return deliveries.page_id(FrameRef(run.sources[0].digest, 1))


def _is_joined(run: Run) -> bool:
    return len(run.sources) > 1 and any(source.paged for source in run.sources)


def _fingerprint(sequence: Sequence[SequencePage], told: Mapping[FrameRef, Told]) -> str:
    parts = [repr(page) for page in sequence]
    parts += [repr(told[page.frame]) for page in sequence if page.frame in told]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
