"""What an archive says of the frames of a batch, beside what is true of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import deliveries, documents, pages
from archive.archive import open_archive
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from archive.documents import DocumentRow
from archive.records import PageRecord
from indexer.model import PageIndex

from .delivery import Record

Place = tuple[str, int]
"""Name of a source and number of a frame in it."""


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document as the archive has it."""

    id: str
    code: str
    type_confidence: float
    mrn: str | None
    """The patient it is filed to, None when a person must say."""
    reason: str


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """A frame as the archive has it."""

    state: str
    reason: str
    text: str
    rotation: int
    skew: float
    values: tuple[tuple[str, str, float], ...]
    """Field, value and confidence."""
    code: str
    """Type that the page alone shows."""
    document: FoundDocument | None
    first: bool
    """It starts its document."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A frame as it is and as it was found."""

    look: str
    truth: Record
    found: FoundFrame | None

    @property
    def is_page(self) -> bool:
        """There is something to read."""
        return bool(self.truth["state"] == "page")

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.truth["source"], self.truth["frame"]

    @property
    def text(self) -> str:
        """What we read, nothing for a frame that was lost."""
        return self.found.text if self.found else ""


def read_truth(path: Path) -> list[Record]:
    """Return the truth of each frame in the order of the files."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return sorted(map(json.loads, lines), key=lambda record: (record["source"], record["frame"]))


def paired(look: str, truth: Iterable[Record], found: dict[Place, FoundFrame]) -> list[Pair]:
    """Return each true frame with what was found of it."""
    return [Pair(look, one, found.get((one["source"], one["frame"]))) for one in truth]


def found_frames(home: Path, batch: str) -> dict[Place, FoundFrame]:
    """Return what the archive in ``home`` says of each frame of a batch."""
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        return dict(_frames(connection, deliveries.batch_named(connection, batch)))


def _frames(connection: Connection, batch: deliveries.Batch) -> Iterator[tuple[Place, FoundFrame]]:
    frames = deliveries.frames(connection, batch)
    names = {one.id: one.shown for one in deliveries.sources(connection, batch)}
    records = pages.pages_of(connection, frames)
    indexes = pages.indexes_of(connection, frames)
    filed = {row.id: row for row in documents.documents_of_batch(connection, batch)}
    for frame in frames:
        place = names[frame.source_id], frame.ref.number
        words = pages.words_of(connection, frame)
        yield (
            place,
            _frame(
                frame,
                records.get(frame.ref),
                words.text if words else "",
                indexes.get(frame.ref),
                filed.get(frame.document_id or ""),
            ),
        )


def _frame(
    frame: FrameRow,
    page: PageRecord | None,
    text: str,
    index: PageIndex | None,
    document: DocumentRow | None,
) -> FoundFrame:
    values = index.values if index else ()
    return FoundFrame(
        state=frame.state,
        reason=frame.reason,
        text=text,
        rotation=page.rotation if page else 0,
        skew=page.skew if page else 0.0,
        values=tuple((value.field, value.value, value.confidence) for value in values),
        code=index.type.code if index else "",
        document=_document(document) if document else None,
        first=frame.sequence == 1,
    )


def _document(row: DocumentRow) -> FoundDocument:
    return FoundDocument(row.id, row.type_code, row.type_confidence, row.mrn, row.reason)


def told(pair: Pair) -> dict[str, Any]:
    """Return where a pair lies and how it was spoiled, for a list of failures."""
    return {
        "look": pair.look,
        "source": pair.truth["source"],
        "frame": pair.truth["frame"],
        "degradations": pair.truth["degradations"],
    }
