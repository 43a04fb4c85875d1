"""Sheets that were filmed again are looked for once all pages of a roll are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from archive import film, ledger, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow
from archive.film import FilmRoll, RollFrame
from archive.same_sheets import keep_same_sheet
from capture.film.repeats import Repeat
from capture.model import FilmDoubt, FrameState
from indexer.likeness import Said, tell_apart

from .keeping import stop_if_told
from .pool import Pool
from .progress import Progress, Watch
from .stages import Repeated, RepeatJob

STAGE = "repeats"
VERSION = "repeats@1"


def find_repeats(archive: Archive, batch: Batch, pool: Pool, watch: Watch) -> None:
    """Keep which frames of the rolls of ``batch`` show a sheet of a frame before, as doubts."""
    with archive.catalogue.read() as connection:
        done = ledger.done_keys(connection, STAGE)
        rolls = {roll.id: roll for roll in film.rolls(connection, batch) if not roll.deferred}
        jobs = [job for roll in rolls.values() for job in _job(connection, roll, done)]
    for due in jobs:
        pool.submit(due)
    for count, ended in enumerate(pool.results(), start=1):
        stop_if_told(ended)
        job = ended.job
        assert isinstance(job, RepeatJob)  # noqa: S101  (all pages were read)
        # A page image that was lost is told by `verify`; the roll is looked at again after it.
        if isinstance(ended.outcome, Repeated):
            with archive.catalogue.write() as connection:
                _keep(connection, rolls[job.roll], job, ended.outcome.found)
        watch(Progress("comparing", count, len(jobs)))


def _job(connection: Connection, roll: FilmRoll, done: frozenset[str]) -> Iterator[RepeatJob]:
    frames = film.film_frames(connection, roll)
    kept = pages.pages_of(connection, [frame.frame for frame in frames])
    if not frames or any(frame.frame.ref not in kept for frame in frames):
        return
    shown = [
        (frame.position, page.image, page.dpi)
        for frame in frames
        if (page := kept[frame.frame.ref]).found is FrameState.PAGE and page.image
    ]
    images = tuple((position, image) for position, image, _ in shown)
    job = RepeatJob(roll.id, images, float(median([dpi for *_, dpi in shown] or [200])))
    if _key(job) not in done:
        yield job


def _key(job: RepeatJob) -> str:
    inputs = [f"{position} {image}" for position, image in job.images]
    return ledger.work_key(STAGE, VERSION, str(job.roll), inputs)


def _keep(connection: Connection, roll: FilmRoll, job: RepeatJob, found: Sequence[Repeat]) -> None:
    by_position = {frame.position: frame for frame in film.film_frames(connection, roll)}
    rows = [(by_position[one.frame].frame, by_position[one.of].frame) for one in found]
    told = [
        (one, pair)
        for one, pair in zip(found, rows, strict=True)
        if not say_otherwise(connection, pair)
    ]
    film.add_doubts(connection, roll, [_doubt(by_position, one) for one, _ in told])
    for one, (frame, of) in told:
        keep_same_sheet(connection, frame, of, one.confidence)
    ledger.record_work(connection, _key(job), stage=STAGE, version=VERSION, subject=str(roll.id))


def say_otherwise(connection: Connection, rows: Sequence[FrameRow]) -> bool:
    """Return whether the words of two frames tell two copies of a form from one sheet."""
    indexes = pages.indexes_of(connection, rows)
    one, other = (Said(indexes.get(row.ref), pages.words_of(connection, row)) for row in rows)
    return tell_apart(one, other)


def _doubt(frames: dict[int, RollFrame], one: Repeat) -> FilmDoubt:
    box = frames[one.frame].found.box
    return FilmDoubt("repeat", box, one.frame - 1, f"shows the sheet of frame {one.of} again")
