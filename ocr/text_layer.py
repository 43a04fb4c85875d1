"""The words a born-digital PDF page holds itself: no recognition, no recognition errors.

Useful for pages that a program printed. Not useful for a scan with somebody's earlier OCR laid
under it: hidden text is left out here, and the caller reads the picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf

from capture.errors import ToolError
from capture.model import Box, PageImage

from .hidden_text import without_hidden_text
from .layout import in_reading_order
from .model import OcrPage, Word
from .tsv import clean_word

UNDECODABLE = re.compile(r"\(cid:\d+\)|\ufffd|\x00")
WORD_GAP = 0.15
"""Of the letter size: a wider gap between two letters is a space."""
LEAST_CONTRAST = 24
"""Grey levels inside a word's box; with less nobody sees the word on the page."""
SHAPE_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class _Window:
    """The visible part of a PDF page in points, origin top left, and its scale to pixels."""

    x: float
    y: float
    across: float
    down: float

    def box(self, letters: dict[str, Any], page: PageImage) -> Box | None:
        """Return where ``letters`` stand in the page image; None when outside of it."""
        left = max(0, int((letters["x0"] - self.x) * self.across))
        top = max(0, int((letters["top"] - self.y) * self.down))
        right = min(page.width, round((letters["x1"] - self.x) * self.across))
        bottom = min(page.height, round((letters["bottom"] - self.y) * self.down))
        if right <= left or bottom <= top:
            return None
        return Box(left, top, right - left, bottom - top)


def read_text_layer(path: Path, page: PageImage) -> OcrPage:
    """Return the visible words of PDF page ``page.frame.number`` in pixels of ``page``.

    Lines and blocks in reading order, columns one after the other; confidence 1.0, for nothing
    was guessed. ToolError when the text cannot be decoded or does not lie as the picture does:
    then the picture has to be read.
    """
    engine = f"pdfplumber {pdfplumber.__version__}"
    if page.rotation:
        raise ToolError("the page was turned after it was drawn: read its picture instead")
    try:
        words = tuple(_words(path, page))
    except ToolError:
        raise
    # Hostile files raise whatever the parser tripped over; the page's picture is still there.
    except Exception as error:
        raise ToolError(
            f"the text of PDF page {page.frame.number} cannot be read"
            f" ({type(error).__name__}): read its picture instead"
        ) from error
    return OcrPage(page.frame, engine, in_reading_order(words))


def _words(path: Path, page: PageImage) -> Iterator[Word]:
    with pdfplumber.open(io.BytesIO(_one_page(path, page.frame.number))) as pdf:
        sheet = pdf.pages[0]
        window = _window(sheet, page)
        for letters in sheet.dedupe_chars().extract_words(x_tolerance_ratio=WORD_GAP):
            box = window.box(letters, page)
            if box is not None and _visible(page, box):
                yield Word(_decoded(letters["text"]), box, 1.0)


def _one_page(path: Path, number: int) -> bytes:
    """Return a PDF of the one page, with form fields made text of the page, hidden text gone."""
    with pikepdf.open(path) as whole, pikepdf.new() as single:
        if "/Annots" in whole.pages[number - 1]:
            whole.generate_appearance_streams()
            whole.flatten_annotations("screen")
        single.pages.append(whole.pages[number - 1])
        without_hidden_text(single, single.pages[0])
        alone = io.BytesIO()
        single.save(alone)
        return alone.getvalue()


def _window(sheet: pdfplumber.page.Page, page: PageImage) -> _Window:
    left, top = (max(a, b) for a, b in zip(sheet.cropbox[:2], sheet.mediabox[:2], strict=True))
    right, bottom = (min(a, b) for a, b in zip(sheet.cropbox[2:], sheet.mediabox[2:], strict=True))
    window = _Window(left, top, page.width / (right - left), page.height / (bottom - top))
    if abs(window.across / window.down - 1) > SHAPE_TOLERANCE:
        raise ToolError("the page's picture has another shape than the PDF page: read the picture")
    return window


def _visible(page: PageImage, box: Box) -> bool:
    patch = page.pixels[box.y : box.bottom, box.x : box.right]
    return int(patch.max()) - int(patch.min()) >= LEAST_CONTRAST


def _decoded(text: str) -> str:
    if UNDECODABLE.search(text):
        raise ToolError("the text of the PDF page has no Unicode: read its picture instead")
    return clean_word(text)
