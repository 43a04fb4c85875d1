"""What a worker brought of a frame goes into the catalogue: one transaction a page."""

from __future__ import annotations

from archive import audit, deliveries, ledger, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from capture.model import FrameState

from .pool import Done
from .settings import Settings
from .stages import Carried
from .worker import Failed

STAGES = ("capture", "ocr", "index")

_SET_ASIDE = {
    FrameState.BLANK: "blank",
    FrameState.SEPARATOR: "separator",
    FrameState.TECHNICAL: "technical",
    FrameState.QUARANTINED: "quarantined",
}


def keep_outcome(archive: Archive, frame: FrameRow, done: Done, settings: Settings) -> None:
    """Keep what became of a frame, or why nothing did."""
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
            page_key(frame, settings, stage),
            stage=stage,
            version=settings.version(stage),
            subject=frame.page,
            seconds=carried.seconds.get(stage, 0.0),
        )


def _keep_failed(connection: Connection, frame: FrameRow, done: Done, settings: Settings) -> None:
    reason, state = reason_of(done), "held" if done.page else "quarantined"
    if done.page is not None:
        pages.keep_page(connection, frame, done.page)
    deliveries.set_frame_state(connection, frame, state, f"it could not be read: {reason}")
    ledger.record_work(
        connection,
        page_key(frame, settings),
        stage=STAGES[-1],
        version=settings.version(STAGES[-1]),
        subject=frame.page,
        failure=reason,
    )
    audit.record(connection, state, frame.page, reason=reason)


def page_key(frame: FrameRow, settings: Settings, stage: str = STAGES[-1]) -> str:
    """Return the name of the work of a stage on a frame; each stage hangs on those before it."""
    upto = STAGES[: STAGES.index(stage) + 1]
    inputs = [frame.ref.source, *(settings.version(one) for one in upto)]
    return ledger.work_key(stage, settings.version(stage), frame.page, inputs)


def reason_of(done: Done) -> str:
    """Return why a job failed."""
    assert isinstance(done.outcome, Failed)  # noqa: S101  (the caller looked)
    return done.outcome.reason


def stop_if_told(done: Done) -> None:
    """Raise what no other job would do better with: the disk is full, the archive is gone."""
    if isinstance(done.outcome, Failed) and done.outcome.stop:
        raise done.outcome.stop
