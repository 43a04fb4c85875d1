"""An archive full of charts as a recogniser reads them, filed, made without reading pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archive import deliveries, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from archive.patients import import_patients
from archive.records import PageRecord, Reading
from batch.assembly import assemble_run, runs
from capture.model import Box, Digest, FrameState, Polarity
from indexer.model import Patient
from indexer.read import index_page
from indexer.settings import DEFAULT_SETTINGS

from .boxes_of_charts import BoxOrder, ChartBox, Shown, chart_boxes

_WIDTH, _HEIGHT = 2550, 3300


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put into an archive, and what is true of its pages."""

    truth: Mapping[str, Shown]
    """By page id."""
    patients: tuple[Patient, ...]


def fill(archive: Archive, order: BoxOrder, each: int) -> Filled:
    """Keep boxes of ``each`` charts, a batch of one file for each box, and file their pages."""
    truth: dict[str, Shown] = {}
    known: tuple[Patient, ...] = ()
    for number, box in enumerate(chart_boxes(order, each), start=1):
        with archive.catalogue.write() as connection:
            if not known:
                known = box.patients
                import_patients(connection, known)
            truth |= _keep_box(archive, connection, box, f"{each}-{number}")
    return Filled(truth, known)


def _keep_box(
    archive: Archive, connection: Connection, box: ChartBox, name: str
) -> dict[str, Shown]:
    batch = deliveries.open_batch(connection, f"box-{name}", origin=b"", kind="auto")
    digest = archive.vault.put(f"box {name} {box.frames[0].frame.source}".encode())
    source = deliveries.add_source(connection, batch, digest=digest, size=9, name=b"box.tif")
    deliveries.survey_source(
        connection, source, media="tiff", film=False, paged=True, count=len(box.frames)
    )
    image = archive.vault.put(b"the image of every page")
    frames = deliveries.frames(connection, batch)
    for frame, shown in zip(frames, box.frames, strict=True):
        _keep_frame(connection, frame, shown, image)
    (run,) = runs(deliveries.sources(connection, batch))
    assemble_run(connection, batch, run, deliveries.frames(connection, batch), DEFAULT_SETTINGS)
    return {frame.page: shown for frame, shown in zip(frames, box.frames, strict=True)}


def _keep_frame(connection: Connection, frame: FrameRow, shown: Shown, image: Digest) -> None:
    pages.keep_page(connection, frame, _record(shown, image))
    if shown.page is None:
        deliveries.set_frame_state(connection, frame, shown.state.value)
        return
    words = replace(shown.page, frame=frame.ref)
    pages.keep_reading(
        connection, frame, Reading(words, index_page(words, width=_WIDTH, height=_HEIGHT))
    )


def _record(shown: Shown, image: Digest) -> PageRecord:
    return PageRecord(
        found=shown.state, reason="", image=image if shown.state is FrameState.PAGE else None,
        box=Box(0, 0, _WIDTH, _HEIGHT), width=_WIDTH, height=_HEIGHT, dpi=300, film=False,
        polarity=Polarity.POSITIVE, rotation=0, rotation_confidence=1.0, skew=0.0,
        skew_confidence=1.0, steps=(), barcodes=shown.barcodes,
    )  # fmt: skip
