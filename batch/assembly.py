"""The barrier between pages and documents: a run of frames is assembled when all are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

from archive import decisions, deliveries, documents, film, ledger, pages
from archive.catalogue import Connection
from archive.decisions import Said
from archive.deliveries import Batch, FrameRow, Source
from archive.film import FilmRoll
from archive.learned import weights_of
from archive.patients import StoredIndex
from archive.records import PageRecord
from capture.model import Box, FrameRef, FrameState
from indexer.match import file_document
from indexer.model import Document, Filing, MasterPatientIndex, PageIndex, SequencePage
from indexer.read import RULES
from indexer.separate import assemble
from indexer.settings import IndexSettings
from indexer.weights import Weights
from ocr.model import Quality

from .decided import (
    Read,
    corrected,
    filed_by_people,
    lay_states,
    people_on,
    unread,
    with_people,
)
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
_WITH_FRAMES = frozenset({"surveyed", "quarantined"})
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
    pages: the MPI may have. What people decided is laid over the machine's verdict.
    """
    laid = _lay_out(connection, run, frames, settings)
    key = ledger.work_key(STAGE, RULES, _subject(run), [laid.fingerprint()])
    if ledger.is_done(connection, key) and not anew:
        return False
    filed = laid.filed(laid.found())
    documents.replace_documents(connection, batch, laid.frames, filed)
    lay_states(connection, laid.frames)
    ledger.record_work(connection, key, stage=STAGE, version=RULES, subject=_subject(run))
    return True


def assemble_around(
    connection: Connection,
    batch: Batch,
    among: Sequence[FrameRow],
    settings: IndexSettings,
    *,
    beside: Sequence[FrameRow] = (),
) -> None:
    """Make again the documents that frames of a batch belong to, and those whose pages change.

    All in the caller's transaction; every other document in the runs of these frames, and of
    those ``beside`` them, stays as it is. Of runs that are not read to the end only the states
    that people gave are laid over.
    """
    wanted = {frame.ref for frame in among}
    for run, frames in runs_with(connection, batch, (*among, *beside)):
        if not is_read(run, frames):
            lay_states(connection, frames)
            continue
        laid = _lay_out(connection, run, frames, settings)
        due = _touched(laid.found(), frames, wanted)
        members = {ref for document in due for ref in document.frames} | wanted
        old = {frame.document_id for frame in frames if frame.ref in members} - {None}
        touched = [f for f in frames if f.ref in members or f.document_id in old]
        documents.replace_documents(
            connection, batch, laid.frames, laid.filed(due), touched=touched
        )
        lay_states(connection, touched)


def runs_with(
    connection: Connection, batch: Batch, among: Iterable[FrameRow]
) -> Iterator[tuple[Run, list[FrameRow]]]:
    """Yield the runs of a batch that hold frames of ``among``, each with all of its frames."""
    wanted = {frame.source_id for frame in among}
    sources = [s for s in deliveries.sources(connection, batch) if s.state in _WITH_FRAMES]
    for run in runs(sources, film.joined_sources(connection, batch)):
        ids = [source.id for source in run.sources]
        if wanted.intersection(ids):
            yield run, deliveries.frames_of_sources(connection, ids)


def is_read(run: Run, frames: Sequence[FrameRow]) -> bool:
    """Say whether every frame of a run was read, so that it has its documents."""
    surveyed = all(source.state == "surveyed" for source in run.sources)
    waiting = any(frame.state == "pending" and frame.document_id is None for frame in frames)
    return surveyed and bool(frames) and not waiting


def _touched(
    found: Sequence[Document], frames: Sequence[FrameRow], wanted: AbstractSet[FrameRef]
) -> list[Document]:
    """Return those of ``found`` that hold frames ``wanted`` or are new, and their neighbours."""
    kept: dict[str, list[FrameRow]] = {}
    for frame in frames:
        if frame.document_id:
            kept.setdefault(frame.document_id, []).append(frame)
    as_they_are = {
        tuple(frame.ref for frame in sorted(members, key=lambda frame: frame.sequence or 0))
        for members in kept.values()
    }
    due = {
        document.frames
        for document in found
        if document.frames not in as_they_are or wanted & set(document.frames)
    }
    changed = set(wanted).union(*due)
    return [d for d in found if d.frames in due or _is_beside(d, changed, frames)]


def _is_beside(
    document: Document, changed: AbstractSet[FrameRef], frames: Sequence[FrameRow]
) -> bool:
    """Say whether a frame that changed lies next to ``document``: its ends hang on that."""
    places = {frame.ref: place for place, frame in enumerate(frames)}
    own = [places[ref] for ref in document.frames]
    around = (min(own) - 1, max(own) + 1)
    return any(places[ref] in around for ref in changed if ref in places)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is known, and how much their identifiers weigh."""

    mpi: MasterPatientIndex
    weights: Weights


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """A run laid out: its pages in order, what they say, and the documents they make."""

    connection: Connection
    frames: list[FrameRow]
    indexes: Mapping[FrameRef, PageIndex]
    told: Mapping[FrameRef, Told]
    said: Said
    boxes: Mapping[FrameRef, Box]
    pictured: frozenset[FrameRef]
    """Frames that have a page image."""
    sequence: Sequence[SequencePage]
    settings: IndexSettings

    def fingerprint(self) -> str:
        """Return that of all the machine's verdict hangs on; people's decisions come on top."""
        return _fingerprint(self.sequence, self.told)

    def found(self) -> tuple[Document, ...]:
        """Return the documents that the pages make, as people parted and joined them."""
        return assemble(with_people(self.sequence, self.said, self.pictured))

    def filed(self, due: Sequence[Document]) -> list[tuple[Document, Filing]]:
        """Return whose each document is, or why a person must say."""
        asked = _Asked(StoredIndex(self.connection), weights_of(self.connection))
        unfit = pages.unfit_pages(self.connection, self.frames)
        return [self._filed(document, asked, unfit) for document in due]

    def _filed(
        self, found: Document, asked: _Asked, unfit: Mapping[FrameRef, Quality]
    ) -> tuple[Document, Filing]:
        document = with_objections(with_doubts(found, unfit), self.told)
        own = [self._index(ref) for ref in document.frames]
        claims = (*document.values, *(value for page in own for value in page.values))
        people = people_on(document.frames, self.said)
        document, own = corrected(document, own, people, self.boxes)
        filing = file_document(
            document, own, asked.mpi, settings=self.settings, weights=asked.weights
        )
        filing = told_by_index_alone(filing, claims)
        return filed_by_people(document, filing, people, Read(claims, self.boxes), asked.mpi)

    def _index(self, ref: FrameRef) -> PageIndex:
        return self.indexes.get(ref) or unread(ref)


def _lay_out(
    connection: Connection, run: Run, frames: Sequence[FrameRow], settings: IndexSettings
) -> _LaidOut:
    rolls = _rolls(connection, run)
    keep_titles(connection, rolls, settings)
    told = _told(connection, rolls, settings)
    frames = _in_film_order(connection, rolls, frames)
    indexes = {
        ref: with_index(index, told.get(ref))
        for ref, index in pages.indexes_of(connection, frames).items()
    }
    kept = pages.pages_of(connection, frames)
    sequence = _sequence(run, frames, kept, indexes, told)
    said = decisions.standing(connection, [frame.ref for frame in frames])
    return _LaidOut(
        connection=connection,
        frames=frames,
        indexes=indexes,
        told=told,
        said=said,
        boxes={ref: Box(0, 0, page.width, page.height) for ref, page in kept.items()},
        pictured=frozenset(ref for ref, page in kept.items() if page.image),
        sequence=sequence,
        settings=settings,
    )


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
    run: Run,
    frames: Sequence[FrameRow],
    found: Mapping[FrameRef, PageRecord],
    indexes: Mapping[FrameRef, PageIndex],
    told: Mapping[FrameRef, Told],
) -> list[SequencePage]:
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
