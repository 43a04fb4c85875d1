"""Carry a delivery through: take it in, survey, read every frame, assemble, account.

Everything that is done is in the catalogue at once, one transaction a page, so a run that
was cut off goes on where it was when the same command is given again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from archive import audit, deliveries, film, ledger, pages
from archive.archive import Archive
from archive.catalogue import Connection, now
from archive.deliveries import Batch, FrameRow, Source
from archive.delivery_order import put_in_order
from capture.errors import SettingsError
from capture.model import FrameRef, SourceKind
from capture.patch_map import plain_map
from capture.ribbon.joined import Joint
from capture.sniff import HEAD_BYTES

from .assembly import Run, assemble_run, runs
from .decided import lay_states
from .film import deferred_frames, keep_surveyed, places_of
from .intake import Delivered, delivered_files, is_zip, take_in, unpack
from .keeping import STAGES, keep_outcome, page_key, reason_of, stop_if_told
from .pool import Pool
from .progress import Progress, Watch
from .repeats import find_repeats
from .report import BatchReport
from .same_sheets import find_same_sheets
from .settings import Settings
from .stages import Joined, JoinJob, PageJob, SourceRef, Surveyed, SurveyJob
from .strips import neighbours, rolls
from .worker import Failed


@dataclass(frozen=True, slots=True)
class Order:
    """What a technician asks for."""

    paths: tuple[Path, ...]
    name: str | None = None
    kind: SourceKind = SourceKind.AUTO
    expected: int | None = None
    deferred: bool = False
    """Film is surveyed and kept uncut; its frames are read when somebody asks for them."""
    patch_codes: str | None = None
    """What patch codes do in this batch; None for what the settings say when it is opened."""


def convert(archive: Archive, order: Order, settings: Settings, watch: Watch) -> Batch:
    """Bring a delivery as far as it goes and return its batch.

    Given again it goes on with what is not done, and does nothing when all is. The caller
    holds the archive as sole writer.
    """
    archive.vault.sweep()
    # Before the batch is opened: a path that was mistyped leaves no batch behind.
    files = list(delivered_files(order.paths))
    batch = _batch_for(archive, order, settings)
    started = time.monotonic()
    try:
        _take_all_in(archive, batch, files, settings, watch)
        if not order.deferred:
            _defer_no_more(archive, batch)
        carry(archive, batch, settings, watch, deferred=order.deferred)
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
    archive: Archive,
    batch: Batch,
    settings: Settings,
    watch: Watch,
    *,
    anew: bool = False,
    deferred: bool = False,
) -> None:
    """Survey, read and assemble what is not done in ``batch``.

    Film that is new is ``deferred`` if so asked; frames of such film are not read here.
    """
    settings = settings.with_patch_codes(batch.patch_codes)
    crew = settings.batch.crew
    with Pool(settings, archive.home.vault, workers=crew) as pool:
        _survey(archive, batch, pool, watch, deferred=deferred)
        _read_pages(archive, batch, pool, settings, watch, anew=anew)
        find_repeats(archive, batch, pool, watch)
        find_same_sheets(archive, batch, pool, watch)
    _assemble(archive, batch, settings, watch, anew=anew)


def _defer_no_more(archive: Archive, batch: Batch) -> None:
    with archive.catalogue.write() as connection:
        for roll in film.rolls(connection, batch):
            if roll.deferred:
                film.set_deferred(connection, roll, False)


def _batch_for(archive: Archive, order: Order, settings: Settings) -> Batch:
    asked = order.patch_codes
    patches = plain_map(settings.capture.patch_codes if asked is None else asked)
    origin = b"\n".join(os.fsencode(path.resolve()) for path in order.paths)
    with archive.catalogue.write() as connection:
        name = order.name or _name_for(connection, order, origin)
        batch = deliveries.find_batch(connection, name)
        if batch is None:
            batch = deliveries.open_batch(
                connection, name, origin=origin, kind=order.kind.value, patch_codes=patches
            )
            audit.record(connection, "opened", name, actor=audit.this_person())
        _refuse_released(batch)
        if order.kind is not SourceKind.AUTO and order.kind.value != batch.kind:
            raise SettingsError(
                f"batch {name!r} was opened with --source {batch.kind}; "
                "convert under another name with --batch"
            )
        if asked is not None and patches != batch.patch_codes:
            raise SettingsError(
                f"batch {name!r} was opened with other meanings of patch codes; leave out"
                " --patch-codes to go on with them, or convert under another name with --batch"
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


def _survey(archive: Archive, batch: Batch, pool: Pool, watch: Watch, *, deferred: bool) -> None:
    arrived = _arrived(archive, batch)
    by_digest = {source.digest: source for source in arrived}
    joints = _joints(archive, batch, pool, arrived, watch)
    for together, known in rolls(arrived, joints):
        pool.submit(_survey_job(archive, batch, together, known))
    count = 0
    for done in pool.results():
        stop_if_told(done)
        job = done.job
        assert isinstance(job, SurveyJob)  # noqa: S101  (no page was handed out yet)
        sources = [by_digest[ref.digest] for ref in job.sources]
        if isinstance(done.outcome, Surveyed):
            with archive.catalogue.write() as connection:
                keep_surveyed(connection, batch, sources, done.outcome, deferred=deferred)
        elif len(sources) > 1:
            # One strip of a roll that cannot be read must not take the others with it.
            for source in sources:
                pool.submit(_survey_job(archive, batch, [source]))
            continue
        else:
            _set_aside(archive, sources[0], reason_of(done))
        count += len(sources)
        watch(Progress("surveying", count, len(arrived)))


def _survey_job(
    archive: Archive, batch: Batch, together: Sequence[Source], known: Sequence[Joint] = ()
) -> SurveyJob:
    refs = tuple(_source_ref(archive, batch, source) for source in together)
    return SurveyJob(refs, tuple(known))


def _joints(
    archive: Archive, batch: Batch, pool: Pool, arrived: Sequence[Source], watch: Watch
) -> dict[tuple[int, int], Joint | None]:
    """Return how strips of a roll lie together; only of what the technician calls a roll."""
    pairs = neighbours(arrived) if SourceKind(batch.kind) is SourceKind.ROLL else []
    ids = {source.digest: source.id for source in arrived}
    for pair in pairs:
        pool.submit(JoinJob(*(_source_ref(archive, batch, source) for source in pair)))
    found: dict[tuple[int, int], Joint | None] = {}
    for done in pool.results():
        stop_if_told(done)
        job = done.job
        assert isinstance(job, JoinJob)  # noqa: S101  (nothing else was handed out yet)
        joint = done.outcome.joint if isinstance(done.outcome, Joined) else None
        found[ids[job.before.digest], ids[job.after.digest]] = joint
        watch(Progress("joining", len(found), len(pairs)))
    return found


def _set_aside(archive: Archive, source: Source, reason: str) -> None:
    with archive.catalogue.write() as connection:
        deliveries.quarantine_source(connection, source, reason)
        audit.record(connection, "quarantined", source.digest[:16], reason=reason)


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
        waiting = deferred_frames(connection, batch)
        every = [
            frame
            for frame in deliveries.frames(connection, batch)
            if sources[frame.source_id].state == "surveyed"
        ]
        read = ledger.done_keys(connection, STAGES[-1])
        lost = _lost_images(archive, connection, every) if anew else frozenset()
    due = [f for f in every if f.ref in lost or _is_due(f, settings, read, anew=anew)]
    to_do = [frame for frame in due if frame.ref not in waiting]
    rows = {frame.ref: frame for frame in to_do}
    with archive.catalogue.read() as connection:
        places = places_of(connection, archive.vault, batch, every)
    for frame in to_do:
        ref = _source_ref(archive, batch, sources[frame.source_id])
        pool.submit(PageJob(ref, frame.ref.number, places.get(frame.ref)))
    count = len(every) - len(to_do)
    for done in pool.results():
        stop_if_told(done)
        job = done.job
        assert isinstance(job, PageJob)  # noqa: S101  (the survey is over)
        if isinstance(done.outcome, Failed) and done.outcome.again and not job.isolated:
            pool.submit(replace(job, isolated=True), next_up=True)
            continue
        keep_outcome(archive, rows[job.ref], done, settings)
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
    done = page_key(frame, settings) in read
    if anew:
        return not done or (frame.state == "held" and frame.document_id is None)
    return frame.state == "pending" and not done


def _assemble(
    archive: Archive, batch: Batch, settings: Settings, watch: Watch, *, anew: bool
) -> None:
    with archive.catalogue.read() as connection:
        sources = deliveries.sources(connection, batch)
        waiting = deferred_frames(connection, batch)
        rolls_of = film.joined_sources(connection, batch)
        frames = {
            source_id: list(group)
            for source_id, group in groupby(
                deliveries.frames(connection, batch), key=lambda frame: frame.source_id
            )
        }
    every = list(runs([source for source in sources if source.id in frames], rolls_of))
    for count, run in enumerate(every, start=1):
        members = [frame for source in run.sources for frame in frames[source.id]]
        if _all_read(run, members) and not any(frame.ref in waiting for frame in members):
            _assemble_run(archive, batch, run, members, settings, anew=anew)
        else:
            with archive.catalogue.write() as connection:
                lay_states(connection, members)
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
