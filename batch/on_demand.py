"""Frames of film that waits uncut, cut and read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive import audit, deliveries, ledger
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from archive.film import FilmRoll, RollFrame
from capture.model import SourceKind

from .film import places_of
from .keeping import STAGES, keep_outcome, page_key, stop_if_told
from .pool import Pool
from .settings import Settings
from .stages import PageJob, SourceRef
from .worker import Failed


def read_frames(
    archive: Archive, roll: FilmRoll, wanted: Sequence[RollFrame], settings: Settings
) -> list[FrameRow]:
    """Cut and read ``wanted`` frames of a roll that were not read yet; return all of them.

    They are filed when all of their roll has been read. The caller holds the archive as sole
    writer.
    """
    with archive.catalogue.read() as connection:
        read = ledger.done_keys(connection, STAGES[-1])
        rows = {
            one.frame.ref: one.frame for one in wanted if page_key(one.frame, settings) not in read
        }
        jobs = _jobs(archive, connection, roll, list(rows.values()))
    with Pool(settings, archive.home.vault, workers=min(len(jobs), settings.batch.crew)) as pool:
        for due in jobs:
            pool.submit(due)
        for done in pool.results():
            stop_if_told(done)
            job = done.job
            assert isinstance(job, PageJob)  # noqa: S101  (nothing else was handed out)
            if isinstance(done.outcome, Failed) and done.outcome.again and not job.isolated:
                pool.submit(replace(job, isolated=True), next_up=True)
                continue
            keep_outcome(archive, rows[job.ref], done, settings)
    with archive.catalogue.write() as connection:
        for one in wanted:
            audit.record(connection, "read on demand", one.frame.page, actor=audit.this_person())
        return [deliveries.frame_of_page(connection, one.frame.page) for one in wanted]


def _jobs(
    archive: Archive, connection: Connection, roll: FilmRoll, due: Sequence[FrameRow]
) -> list[PageJob]:
    batch = deliveries.batch_named(connection, roll.batch)
    places = places_of(connection, archive.vault, batch, deliveries.frames(connection, batch))
    return [
        PageJob(
            SourceRef(archive.vault.path(row.ref.source), row.ref.source, SourceKind(batch.kind)),
            row.ref.number,
            places.get(row.ref),
        )
        for row in due
    ]
