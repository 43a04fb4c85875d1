"""Frames of film that waits uncut, cut and read when somebody asks for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archive import audit, deliveries, film, ledger
from archive.archive import Archive
from archive.car_index import rows_of_roll
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from archive.film import FilmRoll, RollFrame
from capture.errors import SettingsError
from capture.model import SourceKind
from indexer.car import address_of, rows_by_frame

from .film import places_of
from .keeping import STAGES, keep_outcome, page_key, stop_if_told
from .pool import Pool
from .settings import Settings
from .stages import PageJob, SourceRef
from .worker import Failed

_SPAN = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
_PUNCTUATION = re.compile(r"[\s.\-/]+")


def frames_asked_for(
    connection: Connection, roll: FilmRoll, places: Sequence[str], mrn: str = ""
) -> list[RollFrame]:
    """Return frames of a roll by position (``17``, ``17-20``), address (``3.2.1``) or patient.

    A shorter address (``3.2``) stands for all frames under it. A patient's frames are those that
    the film index gives to the number. Raises SettingsError for a place that no frame has.
    """
    frames = film.film_frames(connection, roll)
    wanted = {frame.position for place in places for frame in _at(frames, roll, place)}
    if mrn:
        wanted |= _of_patient(connection, roll, frames, mrn)
    return [frame for frame in frames if frame.position in wanted]


def _at(frames: Sequence[RollFrame], roll: FilmRoll, place: str) -> list[RollFrame]:
    span = _SPAN.fullmatch(place.strip())
    if span:
        first, last = int(span[1]), int(span[2] or span[1])
        found = [frame for frame in frames if first <= frame.position <= last]
    else:
        address = address_of(place, roll.name) or ()
        under = slice(len(address))
        found = [frame for frame in frames if address and frame.found.address[under] == address]
    if not found:
        raise SettingsError(
            f"roll {roll.name} has no frame {place!r}; `chartroom film show {roll.name} --frames`"
            " lists its frames"
        )
    return found


def _of_patient(
    connection: Connection, roll: FilmRoll, frames: Sequence[RollFrame], mrn: str
) -> set[int]:
    under = rows_by_frame([frame.found.address for frame in frames], rows_of_roll(connection, roll))
    return {
        frame.position
        for frame, told in zip(frames, under, strict=True)
        if told and any(_plain(row.mrn) == _plain(mrn) for row in told.rows)
    }


def _plain(number: str) -> str:
    return _PUNCTUATION.sub("", number)


def read_frames(
    archive: Archive, roll: FilmRoll, wanted: Sequence[RollFrame], settings: Settings
) -> list[FrameRow]:
    """Cut and read ``wanted`` frames of a roll that were not read yet; return all of them.

    They are filed when all of their roll has been read. The caller holds the archive as sole
    writer.
    """
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, roll.batch)
        settings = settings.with_patch_codes(batch.patch_codes)
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
