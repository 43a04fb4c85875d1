"""Hand-over files: a searchable PDF of each document of a batch or a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from archive import pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from ocr.model import OcrPage
from ocr.searchable_pdf import PdfPage, write_pdf

from .export import Selection


def export_pdf(
    archive: Archive, connection: Connection, chosen: Selection, out: Path
) -> list[Path]:
    """Write one searchable PDF a document, and one a page that is in no document."""
    by_page = {frame.page: frame for frame in chosen.frames}
    groups = [(row.id, [by_page[page] for page in row.pages]) for row in chosen.documents]
    groups += [(frame.page, [frame]) for frame in chosen.frames if frame.document_id is None]
    written = []
    for name, frames in groups:
        found = list(_pdf_pages(archive, connection, frames))
        if found:
            path = out / f"{name}.pdf"
            write_pdf(found, path)
            written.append(path)
    return written


def _pdf_pages(
    archive: Archive, connection: Connection, frames: Sequence[FrameRow]
) -> Iterator[PdfPage]:
    found = pages.pages_of(connection, frames)
    for frame in frames:
        page = found.get(frame.ref)
        if page is None or page.image is None:
            continue
        words = pages.words_of(connection, frame) or OcrPage(frame.ref, "none", ())
        yield PdfPage(
            image=archive.vault.get(page.image),
            dpi=page.dpi,
            ocr=words,
            width=page.width,
            height=page.height,
        )
