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

from capture.errors import ToolError
from capture.model import Box, PageImage

from .layout import in_reading_order
from .model import OcrPage, Word
from .plain_page import plain_page
from .tsv import clean_word

UNDECODABLE = re.compile(r"\(cid:\d+\)|\ufffd|\x00")
WORD_GAP = 0.15
"""Of the letter size: a wider gap between two letters is a space."""
LEAST_CONTRAST = 24
"""Grey levels inside a word's box; with less nobody sees the word on the page."""
SHAPE_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class _Scale:
    """Pixels of the page image per point of the PDF page."""

    across: float
    down: float

    def box(self, letters: dict[str, Any], page: PageImage) -> Box | None:
        """Return where ``letters`` stand in the page image; None when outside of it."""
        left = max(0, int(letters["x0"] * self.across))
        top = max(0, int(letters["top"] * self.down))
        right = min(page.width, round(letters["x1"] * self.across))
        bottom = min(page.height, round(letters["bottom"] * self.down))
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
    with pdfplumber.open(io.BytesIO(plain_page(path, page.frame.number))) as pdf:
        sheet = pdf.pages[0]
        scale = _scale(sheet, page)
        for letters in sheet.dedupe_chars().extract_words(x_tolerance_ratio=WORD_GAP):
            box = scale.box(letters, page)
            if box is not None and _visible(page, box):
                yield Word(_decoded(letters["text"]), box, 1.0)


def _scale(sheet: pdfplumber.page.Page, page: PageImage) -> _Scale:
    scale = _Scale(page.width / float(sheet.width), page.height / float(sheet.height))
    if abs(scale.across / scale.down - 1) > SHAPE_TOLERANCE:
        raise ToolError("the page's picture has another shape than the PDF page: read the picture")
    return scale


def _visible(page: PageImage, box: Box) -> bool:
    patch = page.pixels[box.y : box.bottom, box.x : box.right]
    return int(patch.max()) - int(patch.min()) >= LEAST_CONTRAST


def _decoded(text: str) -> str:
    if UNDECODABLE.search(text):
        raise ToolError("the text of the PDF page has no Unicode: read its picture instead")
    return clean_word(text)
