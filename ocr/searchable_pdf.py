"""Page images as a PDF in which the words can be found and copied."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from .invisible_text import InvisibleText
from .model import OcrPage
from .pdf_image import image_stream

POINTS = 72.0


@dataclass(frozen=True, slots=True, eq=False)
class PdfPage:
    """One page to come: its picture as encoded, and the words that lie on it."""

    image: bytes
    """JPEG, or PNG of 1, 8 or 24 bits without transparency; embedded as it is."""
    dpi: float
    """Of the page that ``ocr`` was read from."""
    ocr: OcrPage
    width: int
    height: int
    """Pixels of the page that ``ocr`` was read from; the image may be a smaller one."""


def write_pdf(pages: Iterable[PdfPage], out: Path) -> None:
    """Write ``pages`` to ``out`` with their words invisibly in place; whole, or not at all.

    The same pages give the same bytes. ToolError when an image is of a kind that we do not make.
    """
    with pikepdf.new() as pdf:
        for page in pages:
            _append(pdf, page)
        _save(pdf, out)


def _append(pdf: pikepdf.Pdf, page: PdfPage) -> None:
    scale = POINTS / page.dpi
    width, height = page.width * scale, page.height * scale
    text = InvisibleText(scale, height)
    painted = f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Image Do Q\n"
    content = text.content(page.ocr) + painted.encode("ascii")
    resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Image=image_stream(pdf, page.image)), Font=text.fonts(pdf)
    )
    leaf = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=[0, 0, round(width, 4), round(height, 4)],
        Resources=resources,
        Contents=pdf.make_stream(content),
    )
    pdf.pages.append(pikepdf.Page(leaf))


def _save(pdf: pikepdf.Pdf, out: Path) -> None:
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=".draft-", suffix=".pdf")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            pdf.save(file, deterministic_id=True, compress_streams=True)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
