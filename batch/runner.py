"""Carry a delivery through: take it in, survey, read every frame, assemble, account.

Everything that is done is in the catalogue at once, one transaction a page, so a run that
was cut off goes on where it was when the same command is given again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from archive import audit, deliveries, ledger, pages
from archive.archive import Archive
from archive.catalogue import Connection, now
from archive.deliveries import Batch, FrameRow, Source
from archive.delivery_order import put_in_order
from capture.errors import SettingsError
from capture.model import FrameRef, FrameState, SourceKind
from capture.sniff import HEAD_BYTES

from .assembly import Run, assemble_run, runs
from .intake import Delivered, delivered_files, is_zip, take_in, unpack
from .pool import Done, Pool
from .report import BatchReport
from .settings import Settings
from .stages import Carried, PageJob, SourceRef, Surveyed, SurveyJob
from .worker import Failed

STAGES = ("capture", "ocr", "index")

_SET_ASIDE = {
    FrameState.BLANK: "blank",
    FrameState.SEPARATOR: "separator",
    FrameState.TECHNICAL: "technical",
    FrameState.QUARANTINED: "quarantined",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for whoever watches it."""

    step: str
    """``taking in``, ``surveying``, ``reading`` or ``filing``."""
    done: int
    total: int


Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a technician asks for."""

    paths: tuple[Path, ...]
    name: str | None = None
    kind: SourceKind = SourceKind.AUTO
    expected: int | None = None


def convert(archive: Archive, order: Order, settings: Settings, watch: Watch) -> Batch:
    """Bring a delivery as far as it goes and return its batch.

    Given again it goes on with what is not done, and does nothing when all is. The caller
    holds the archive as sole writer.
    """
    archive.vault.sweep()
    # Before the batch is opened: a path that was mistyped leaves no batch behind.
    files = list(delivered_files(order.paths))
    batch = _batch_for(archive, order)
    started = time.monotonic()
    try:
        _take_all_in(archive, batch, files, settings, watch)
        carry(archive, batch, settings, watch)
    finally:
        _add_time(archive, batch, time.monotonic() - started)
    return _finish(archive, batch)


def retry(archive: Archive, batch: Batch, settings: Settings, watch: Watch) -> Batch:
    """Look again at what failed in ``batch``, and file its documents by the MPI of now.

    Pages that were read by older rules or settings, or whose image was lost or altered, are
    read again. Raises SettingsError when the batch is released.
    """
    with archive.catalogue.write() as connection:
        _refuse_released(batch)
        for source in deliveries.sources(connection, batch):
            if source.state == "quarantined" and archive.vault.holds(source.digest):
                deliveries.reopen_source(connection, source)
        deliveries.change_batch(connection, batch, state="open")
        audit.record(connection, "retry", batch.name, actor=audit.this_person())
    started = time.monotonic()
    try:
        _unpack(archive, batch, settings)
        carry(archive, batch, settings, watch, anew=True)
    finally:
        _add_time(archive, batch, time.monotonic() - started)
    return _finish(archive, batch)


def carry(
    archive: Archive, batch: Batch, settings: Settings, watch: Watch, *, anew: bool = False
) -> None:
    """Survey, read and assemble what is not done in ``batch``."""
    crew = settings.batch.crew
    with Pool(settings, archive.home.vault, workers=crew) as pool:
        _survey(archive, batch, pool, settings, watch)
        _read_pages(archive, batch, pool, settings, watch, anew=anew)
    _assemble(archive, batch, settings, watch, anew=anew)


def _batch_for(archive: Archive, order: Order) -> Batch:
    origin = b"\n".join(os.fsencode(path.resolve()) for path in order.paths)
    with archive.catalogue.write() as connection:
        name = order.name or _name_for(connection, order, origin)
        batch = deliveries.find_batch(connection, name)
        if batch is None:
            batch = deliveries.open_batch(connection, name, origin=origin, kind=order.kind.value)
            audit.record(connection, "opened", name, actor=audit.this_person())
        _refuse_released(batch)
        if order.kind is not SourceKind.AUTO and order.kind.value != batch.kind:
            raise SettingsError(
                f"batch {name!r} was opened with --source {batch.kind}; "
                "convert under another name with --batch"
            )
        if order.expected is not None:
            deliveries.change_batch(connection, batch, expected=order.expected)
        return deliveries.batch_named(connection, name)


def _refuse_released(batch: Batch) -> None:
    if batch.state == "released":
        raise SettingsError(
            f"batch {batch.name!r} is released; convert under another name with --batch"
        )


def _name_for(connection: Connection, order: Order, origin: bytes) -> str:
    """Return the folder's name, numbered when another delivery has it already."""
    plain = deliveries.shown(os.fsencode(order.paths[0].resolve().name)) or "batch"
    name, number = plain, 1
    while deliveries.batch_origin(connection, name) not in (None, origin):
        number += 1
        name = f"{plain}-{number}"
    return name


def _take_all_in(
    archive: Archive, batch: Batch, files: Sequence[Delivered], settings: Settings, watch: Watch
) -> None:
    for count, file in enumerate(files, start=1):
        take_in(archive, batch, file, settings.capture)
        watch(Progress("taking in", count, len(files)))
    _unpack(archive, batch, settings)
    with archive.catalogue.write() as connection:
        put_in_order(connection, batch, [file.name for file in files])


def _unpack(archive: Archive, batch: Batch, settings: Settings) -> None:
    """Unpack a ZIP that an earlier run did not come to the end of, or that is tried again."""
    for source in _arrived(archive, batch):
        if _holds_zip(archive, source):
            unpack(archive, batch, source, settings.capture)


def _arrived(archive: Archive, batch: Batch) -> list[Source]:
    with archive.catalogue.read() as connection:
        return [s for s in deliveries.sources(connection, batch) if s.state == "arrived"]


def _holds_zip(archive: Archive, source: Source) -> bool:
    try:
        with archive.vault.path(source.digest).open("rb") as stream:
            return is_zip(stream.read(HEAD_BYTES))
    except OSError:
        return False  # the survey tells that its bytes are gone


def _survey(archive: Archive, batch: Batch, pool: Pool, settings: Settings, watch: Watch) -> None:
    arrived = _arrived(archive, batch)
    by_digest = {source.digest: source for source in arrived}
    for source in arrived:
        pool.submit(SurveyJob(_source_ref(archive, batch, source)))
    for count, done in enumerate(pool.results(), start=1):
        _stop_if_told(done)
        with archive.catalogue.write() as connection:
            source = by_digest[done.job.source.digest]
            if isinstance(done.outcome, Surveyed):
                found = done.outcome
                deliveries.survey_source(
                    connection,
                    source,
                    media=found.media,
                    film=found.film,
                    paged=found.paged,
                    count=found.count,
                )
            else:
                reason = _reason_of(done)
                deliveries.quarantine_source(connection, source, reason)
                audit.record(connection, "quarantined", source.digest[:16], reason=reason)
        watch(Progress("surveying", count, len(arrived)))


def _read_pages(
    archive: Archive,
    batch: Batch,
    pool: Pool,
    settings: Settings,
    watch: Watch,
    *,
    anew: bool,
) -> None:
    with archive.catalogue.read() as connection:
        sources = {s.id: s for s in deliveries.sources(connection, batch)}
        every = [
            frame
            for frame in deliveries.frames(connection, batch)
            if sources[frame.source_id].state == "surveyed"
        ]
        read = ledger.done_keys(connection, STAGES[-1])
        lost = _lost_images(archive, connection, every) if anew else frozenset()
    to_do = [f for f in every if f.ref in lost or _is_due(f, settings, read, anew=anew)]
    rows = {frame.ref: frame for frame in to_do}
    for frame in to_do:
        ref = _source_ref(archive, batch, sources[frame.source_id])
        pool.submit(PageJob(ref, frame.ref.number))
    count = len(every) - len(to_do)
    for done in pool.results():
        _stop_if_told(done)
        job = done.job
        assert isinstance(job, PageJob)  # noqa: S101  (the survey is over)
        if isinstance(done.outcome, Failed) and done.outcome.again and not job.isolated:
            pool.submit(PageJob(job.source, job.number, isolated=True), next_up=True)
            continue
        _keep(archive, rows[job.ref], done, settings)
        count += 1
        watch(Progress("reading", count, len(every)))


def _lost_images(
    archive: Archive, connection: Connection, frames: Sequence[FrameRow]
) -> frozenset[FrameRef]:
    kept = pages.pages_of(connection, frames)
    return frozenset(
        ref for ref, page in kept.items() if page.image and not archive.vault.intact(page.image)
    )


def _is_due(frame: FrameRow, settings: Settings, read: frozenset[str], *, anew: bool) -> bool:
    done = _page_key(frame, settings) in read
    if anew:
        return not done or (frame.state == "held" and frame.document_id is None)
    return frame.state == "pending" and not done


def _keep(archive: Archive, frame: FrameRow, done: Done, settings: Settings) -> None:
    with archive.catalogue.write() as connection:
        if isinstance(done.outcome, Carried):
            _keep_carried(connection, frame, done.outcome, settings)
        else:
            _keep_failed(connection, frame, done, settings)


def _keep_carried(
    connection: Connection, frame: FrameRow, carried: Carried, settings: Settings
) -> None:
    pages.keep_page(connection, frame, carried.page)
    state = _SET_ASIDE.get(carried.page.found, "pending")
    if carried.reading is not None:
        pages.keep_reading(connection, frame, carried.reading)
    deliveries.set_frame_state(connection, frame, state, carried.page.reason)
    for stage in STAGES:
        ledger.record_work(
            connection,
            _page_key(frame, settings, stage),
            stage=stage,
            version=settings.version(stage),
            subject=frame.page,
            seconds=carried.seconds.get(stage, 0.0),
        )


def _keep_failed(connection: Connection, frame: FrameRow, done: Done, settings: Settings) -> None:
    reason, state = _reason_of(done), "held" if done.page else "quarantined"
    if done.page is not None:
        pages.keep_page(connection, frame, done.page)
    deliveries.set_frame_state(connection, frame, state, f"it could not be read: {reason}")
    ledger.record_work(
        connection,
        _page_key(frame, settings),
        stage=STAGES[-1],
        version=settings.version(STAGES[-1]),
        subject=frame.page,
        failure=reason,
    )
    audit.record(connection, state, frame.page, reason=reason)


def _page_key(frame: FrameRow, settings: Settings, stage: str = STAGES[-1]) -> str:
    """Name the work of a stage on a frame; each stage hangs on those before it."""
    upto = STAGES[: STAGES.index(stage) + 1]
    inputs = [frame.ref.source, *(settings.version(one) for one in upto)]
    return ledger.work_key(stage, settings.version(stage), frame.page, inputs)


def _assemble(
    archive: Archive, batch: Batch, settings: Settings, watch: Watch, *, anew: bool
) -> None:
    with archive.catalogue.read() as connection:
        sources = deliveries.sources(connection, batch)
        frames = {
            source_id: list(group)
            for source_id, group in groupby(
                deliveries.frames(connection, batch), key=lambda frame: frame.source_id
            )
        }
    every = list(runs([source for source in sources if source.id in frames]))
    for count, run in enumerate(every, start=1):
        members = [frame for source in run.sources for frame in frames[source.id]]
        if _all_read(run, members):
            _assemble_run(archive, batch, run, members, settings, anew=anew)
        watch(Progress("filing", count, len(every)))


def _all_read(run: Run, frames: Sequence[FrameRow]) -> bool:
    return bool(frames) and all(source.state == "surveyed" for source in run.sources)


def _assemble_run(
    archive: Archive,
    batch: Batch,
    run: Run,
    frames: Sequence[FrameRow],
    settings: Settings,
    *,
    anew: bool,
) -> None:
    # A frame that was read again waits for its document, though its words may be the same.
    waits = any(frame.state == "pending" for frame in frames)
    with archive.catalogue.write() as connection:
        assemble_run(connection, batch, run, frames, settings.indexer, anew=anew or waits)


def _finish(archive: Archive, batch: Batch) -> Batch:
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, batch.name)
        waiting = deliveries.count_states(connection, batch)["pending"] or any(
            source.state == "arrived" for source in deliveries.sources(connection, batch)
        )
        if batch.state == "open" and not waiting:
            deliveries.change_batch(connection, batch, state="finished", finished_at=now())
            audit.record(connection, "finished", batch.name)
        return deliveries.batch_named(connection, batch.name)


def _add_time(archive: Archive, batch: Batch, seconds: float) -> None:
    with archive.catalogue.write() as connection:
        before = deliveries.batch_named(connection, batch.name).seconds
        deliveries.change_batch(connection, batch, seconds=before + seconds)


def _source_ref(archive: Archive, batch: Batch, source: Source) -> SourceRef:
    return SourceRef(archive.vault.path(source.digest), source.digest, SourceKind(batch.kind))


def _stop_if_told(done: Done) -> None:
    if isinstance(done.outcome, Failed) and done.outcome.stop:
        raise done.outcome.stop


def _reason_of(done: Done) -> str:
    assert isinstance(done.outcome, Failed)  # noqa: S101  (the caller looked)
    return done.outcome.reason


def release(
    connection: Connection, batch: Batch, report: BatchReport, *, with_held: bool = False
) -> None:
    """Accept a batch for good; SettingsError says what stands against it."""
    if report.unaccounted or batch.state == "open":
        raise SettingsError(
            f"batch {batch.name!r} does not balance ({report.unaccounted} frames unaccounted "
            "for); convert the rest or correct --expect first"
        )
    waiting = report.held + report.quarantined
    if waiting and not with_held:
        raise SettingsError(
            f"{waiting} frames of batch {batch.name!r} wait for a person; decide on them, or "
            "release with --with-held"
        )
    deliveries.change_batch(connection, batch, state="released")
    audit.record(connection, "released", batch.name, actor=audit.this_person(), waiting=waiting)
