"""A small batch, filed without reading anything: sources, frames, pages, words and documents."""

from __future__ import annotations

from dataclasses import dataclass

from archive import deliveries, documents, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow
from archive.records import PageRecord, Reading
from capture.model import Box, FrameRef, FrameState, Polarity, Step
from indexer.model import (
    Candidate,
    Document,
    DocumentType,
    Filing,
    FilingState,
    IndexValue,
    PageIndex,
)
from ocr.model import OcrPage, Word

NOTE = DocumentType("11506-3", "Progress note", 0.9, "title@1")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was put into the archive."""

    batch: Batch
    frames: list[FrameRow]


def page(number: int, image: str | None = None) -> PageRecord:
    return PageRecord(
        found=FrameState.PAGE, reason="", image=image,  # type: ignore[arg-type]  # a digest
        box=Box(0, 0, 200, 260), width=200, height=260 + number, dpi=75, film=False,
        polarity=Polarity.POSITIVE, rotation=0, rotation_confidence=0.9, skew=-0.5,
        skew_confidence=0.8, steps=(Step("deskew", True, 0.8, -0.5),), barcodes=(),
    )  # fmt: skip


def value(field: str, text: str, frame: FrameRef, confidence: float = 0.9) -> IndexValue:
    return IndexValue(field, text, text, frame, Box(1, 2, 3, 4), confidence, "label@1")


def reading(frame: FrameRef) -> Reading:
    words = (Word("PROGRESS", Box(1, 1, 9, 9), 0.9), Word("NOTE", Box(20, 1, 9, 9), 0.7))
    index = PageIndex(frame, NOTE, (value("service_date", "1961-03-04", frame),), titled=True)
    return Reading(OcrPage(frame, "fake 1", words), index)


def add_source(archive: Archive, batch: Batch, content: bytes, frames: int) -> list[FrameRow]:
    digest = archive.vault.put(content)
    with archive.catalogue.write() as connection:
        source = deliveries.add_source(
            connection, batch, digest=digest, size=len(content), name=content[:9] + b".tif"
        )
        deliveries.survey_source(
            connection, source, media="tiff", film=False, paged=frames > 1, count=frames
        )
        every = deliveries.frames(connection, batch)
    return [frame for frame in every if frame.source_id == source.id]


def deliver(archive: Archive, name: str = "box-7", sources: int = 2, frames: int = 3) -> Kept:
    """Keep a batch whose frames have images and words, and stand in no document yet."""
    with archive.catalogue.write() as connection:
        batch = deliveries.open_batch(connection, name, origin=b"", kind="auto")
    for number in range(sources):
        for frame in add_source(
            archive, batch, b"master %d of %s" % (number, name.encode()), frames
        ):
            image = archive.vault.put(f"image {frame.page}".encode())
            with archive.catalogue.write() as connection:
                pages.keep_page(connection, frame, page(frame.ref.number, image))
                pages.keep_reading(connection, frame, reading(frame.ref))
    with archive.catalogue.read() as connection:
        return Kept(batch, deliveries.frames(connection, batch))


def document(*frames: FrameRow, values: tuple[IndexValue, ...] = ()) -> Document:
    return Document(tuple(frame.ref for frame in frames), NOTE, values, 0.9)


def filed(mrn: str = "0012345") -> Filing:
    return Filing(FilingState.FILED, mrn, 0.97, "number-and-second@1", "number and name agree")


def held(*candidates: Candidate) -> Filing:
    return Filing(FilingState.HELD, None, 0.4, "none@1", "no identifier", candidates)


def file_all(connection: Connection, kept: Kept, filing: Filing) -> None:
    """Put all frames into one document for each source."""
    by_source: dict[int, list[FrameRow]] = {}
    for frame in kept.frames:
        by_source.setdefault(frame.source_id, []).append(frame)
    made = [(document(*frames), filing) for frames in by_source.values()]
    documents.replace_documents(connection, kept.batch, kept.frames, made)
