"""Hand-over files: text, markup and tables of a batch, a chart or a document.

Names of files are made of source names and numbers or of document ids, never of what is
known of a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive import deliveries, documents, pages
from archive.catalogue import Connection
from archive.deliveries import FrameRow, Source
from archive.documents import DocumentRow
from capture.errors import ArchiveError
from indexer.doctypes import ChartOrder
from ocr.model import OcrPage

from .charts import chart_of
from .tables import write_rows

PAGE_COLUMNS = (
    "page",
    "batch",
    "source",
    "frame",
    "state",
    "document",
    "sequence",
    "rotation",
    "skew",
    "confidence",
    "reason",
)
DOCUMENT_COLUMNS = (
    "document",
    "type_code",
    "type_name",
    "mrn",
    "patient_name",
    "birth_date",
    "service_date",
    "state",
    "pages",
    "confidence",
)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class MarkupWriter(Protocol):
    """Writes a read page as markup: ``write_hocr`` or ``write_alto``."""

    def __call__(self, page: OcrPage, *, width: int, height: int, title: str) -> str:
        """Return the markup."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """What to hand over: frames in order, and the documents they belong to."""

    frames: tuple[FrameRow, ...]
    documents: tuple[DocumentRow, ...]
    sources: dict[int, Source]
    batches: dict[int, str]
    """Names by the id of a source."""


def select_batch(connection: Connection, name: str) -> Selection:
    """Return all of a batch."""
    batch = deliveries.batch_named(connection, name)
    frames = deliveries.frames(connection, batch)
    return _selection(connection, frames, documents.documents_of_batch(connection, batch))


def select_chart(
    connection: Connection, mrn: str, order: ChartOrder = ChartOrder.SOURCE
) -> Selection:
    """Return what is filed to a patient, in chart order."""
    return _select_documents(connection, chart_of(connection, mrn, order).documents)


def select_document(connection: Connection, name: str) -> Selection:
    """Return one document."""
    return _select_documents(connection, [documents.document_named(connection, name)])


def select_all(connection: Connection) -> Selection:
    """Return the whole archive, batch by batch."""
    batches = deliveries.batches(connection)
    frames = [frame for batch in batches for frame in deliveries.frames(connection, batch)]
    rows = [row for batch in batches for row in documents.documents_of_batch(connection, batch)]
    return _selection(connection, frames, rows)


def export_text(connection: Connection, chosen: Selection, out: Path) -> list[Path]:
    """Write one text file a page and return their paths; pages without words are empty files."""
    written = []
    for frame in chosen.frames:
        words = pages.words_of(connection, frame)
        path = out / f"{_stem(chosen, frame)}-{frame.ref.number}.txt"
        _write(path, (words.text + "\n") if words else "")
        written.append(path)
    return written


def export_markup(
    connection: Connection, chosen: Selection, out: Path, write: MarkupWriter, suffix: str
) -> list[Path]:
    """Write one hOCR or ALTO file a page that was read, and return their paths."""
    found = pages.pages_of(connection, chosen.frames)
    written = []
    for frame in chosen.frames:
        words, page = pages.words_of(connection, frame), found.get(frame.ref)
        if words is None or page is None:
            continue
        path = out / f"{_stem(chosen, frame)}-{frame.ref.number}{suffix}"
        _write(path, write(words, width=page.width, height=page.height, title=frame.page))
        written.append(path)
    return written


def export_csv(connection: Connection, chosen: Selection, out: Path) -> list[Path]:
    """Write ``pages.csv`` and ``documents.csv`` and return their paths."""
    page_table, document_table = out / "pages.csv", out / "documents.csv"
    _write_table(page_table, PAGE_COLUMNS, _page_rows(connection, chosen))
    _write_table(document_table, DOCUMENT_COLUMNS, map(_document_row, chosen.documents))
    return [page_table, document_table]


def prepare_folder(out: Path) -> None:
    """Make the folder for hand-over files; ArchiveError when that is not allowed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"cannot write to {out}: {error.strerror}; choose another --out"
        ) from error


def _select_documents(connection: Connection, rows: Sequence[DocumentRow]) -> Selection:
    frames = [deliveries.frame_of_page(connection, page) for row in rows for page in row.pages]
    return _selection(connection, frames, rows)


def _selection(
    connection: Connection, frames: Sequence[FrameRow], rows: Sequence[DocumentRow]
) -> Selection:
    wanted = {frame.source_id for frame in frames}
    sources, names = {}, {}
    for batch in deliveries.batches(connection):
        for source in deliveries.sources(connection, batch):
            if source.id in wanted:
                sources[source.id], names[source.id] = source, batch.name
    return Selection(tuple(frames), tuple(rows), sources, names)


def _page_rows(connection: Connection, chosen: Selection) -> Iterator[tuple[object, ...]]:
    found = pages.pages_of(connection, chosen.frames)
    confidences = pages.confidences_of(connection, chosen.frames)
    for frame in chosen.frames:
        page = found.get(frame.ref)
        confidence = confidences.get(frame.ref)
        yield (
            frame.page,
            chosen.batches[frame.source_id],
            chosen.sources[frame.source_id].shown,
            frame.ref.number,
            frame.state,
            frame.document_id,
            frame.sequence,
            page.rotation if page else None,
            round(page.skew, 3) if page else None,
            round(confidence, 4) if confidence is not None else None,
            frame.reason,
        )


def _document_row(row: DocumentRow) -> tuple[object, ...]:
    return (
        row.id,
        row.type_code,
        row.type_name,
        row.mrn,
        row.patient_name,
        row.birth_date,
        row.service_date,
        row.state,
        len(row.pages),
        round(row.confidence, 4),
    )


def _stem(chosen: Selection, frame: FrameRow) -> str:
    """Return a file name for a source: its own where that is plain and no other has it."""
    source = chosen.sources[frame.source_id]
    stem = _plain_name(source)
    alike = sum(_plain_name(other) == stem for other in chosen.sources.values())
    return stem if stem and alike == 1 else f"{stem}-{source.digest[:12]}".strip("-")


def _plain_name(source: Source) -> str:
    return _UNSAFE.sub("_", source.shown).strip("._-")[-100:]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"cannot write {path.name}: {error.strerror}") from error


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as stream:
            write_rows(stream, columns, rows)
    except OSError as error:
        raise ArchiveError(f"cannot write {path.name}: {error.strerror}") from error
