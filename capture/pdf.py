"""PDF pages: scanned ones at the resolution of their image, born-digital ones drawn.

A page is born digital when its words are really there: visible, readable as Unicode, and
not laid invisibly over a scan by somebody's earlier OCR.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from .errors import SourceError
from .model import Pixels
from .raster import Decoded, check_size, tidy_dpi
from .settings import CaptureSettings

_TAIL_BYTES = 65536
_LARGE_COUNT = re.compile(rb"/Count\s+(\d{5,})")
_POINTS_PER_INCH = 72.0
_IMAGE_PAGE_SHARE = 0.5
_BORN_DIGITAL_IMAGE_SHARE = 0.25
_LAYER_SHARE = 0.02
_FINEST_LAYER = 600.0
_GREY = 2  # dimensions
_FEWEST_LETTERS = 12
_LEAST_READABLE = 0.95
_INVISIBLE = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
# These leave no ink of their own on the page.
_INKLESS_NOTES = (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP)
# One page object is small; a page of more is an attack on memory or time.
_MOST_OBJECTS = 500_000


@dataclass(frozen=True, slots=True)
class _Picture:
    """An image placed on a page."""

    width: int
    height: int
    share: float
    """Of the page's area."""
    dpi: float
    """The finer of across and down."""
    bitonal: bool


class PdfPages:
    """The pages of a PDF."""

    def __init__(self, path: Path, settings: CaptureSettings) -> None:
        _check_end(path)
        _check_declared_count(path, settings)
        self._settings = settings
        self._pdf = _open(path)
        self.count = len(self._pdf)
        if not 0 < self.count <= settings.max_frames:
            self.close()
            raise SourceError(_too_many(self.count, settings))
        self._pdf.init_forms()

    def size(self, number: int) -> tuple[int, int]:
        """Return width and height of page ``number`` in points."""
        with _pdf_errors(number):
            width, height = self._pdf.get_page_size(number - 1)
            return round(width), round(height)

    def image(self, number: int) -> Decoded:
        """Return page ``number``, from 1, as it is printed, /Rotate and annotations included."""
        with _pdf_errors(number):
            page = self._pdf[number - 1]
            try:
                return _draw(page, self._settings)
            finally:
                page.close()

    def close(self) -> None:
        """Let go of the file."""
        self._pdf.close()


@contextmanager
def _pdf_errors(number: int) -> Iterator[None]:
    try:
        yield
    except (pypdfium2.PdfiumError, ValueError, OverflowError, MemoryError) as error:
        raise SourceError(
            f"page {number} of the PDF is damaged or missing; print or scan it again"
        ) from error


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise SourceError(
                "the PDF is encrypted and wants a password; deliver it without one"
            ) from error
        raise SourceError("the PDF is damaged; print, copy or scan it again") from error


def _check_end(path: Path) -> None:
    """Raise SourceError when the file stops early: the reader would rebuild it with pages lost."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _TAIL_BYTES))
        _, marker, after = file.read().rpartition(b"%%EOF")
    if not marker or b"obj" in after or b"stream" in after:
        raise SourceError("the PDF is cut off; copy or scan it again")


def _check_declared_count(path: Path, settings: CaptureSettings) -> None:
    """Raise SourceError when a page tree in plain sight claims more pages than allowed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        claims = [int(claim[1][:18]) for claim in _LARGE_COUNT.finditer(content)]
    if claims and max(claims) > settings.max_frames:
        raise SourceError(_too_many(max(claims), settings))


def _too_many(count: int, settings: CaptureSettings) -> str:
    return (
        f"the PDF says it has {count} pages, the limit is 1 to {settings.max_frames};"
        " split it, or raise [capture] max_frames"
    )


def _draw(page: pypdfium2.PdfPage, settings: CaptureSettings) -> Decoded:
    pictures = tuple(_pictures(page, settings))
    if _born_digital(page, pictures):
        dpi = float(settings.born_digital_dpi)
        return Decoded(_render(page, dpi, settings), (dpi, dpi), bitonal=False, born_digital=True)
    told = _scan_dpi(pictures)
    dpi = told or float(settings.pdf_dpi)
    pixels = _render(page, dpi, settings)
    if told and len(pictures) == 1 and pictures[0].bitonal and pixels.ndim == _GREY:
        return Decoded(_black_and_white(pixels), (dpi, dpi), bitonal=True)
    return Decoded(pixels, (dpi, dpi), bitonal=False)


def _scan_dpi(pictures: tuple[_Picture, ...]) -> float | None:
    """Return the resolution of a page that pictures cover; None when they do not.

    A scan comes in one picture, in bands, or in layers: writing in a fine one over paper in a
    coarse one (mixed raster content, ITU-T T.44).
    """
    if sum(picture.share for picture in pictures) < _IMAGE_PAGE_SHARE:
        return None
    largest = max(pictures, key=lambda picture: picture.share)
    parts = [picture.dpi for picture in pictures if picture.share >= _LAYER_SHARE]
    # A fine logo must not blow the whole page up.
    return max(largest.dpi, min(max(parts, default=0.0), _FINEST_LAYER))


def _black_and_white(pixels: Pixels) -> Pixels:
    return np.where(pixels < 128, 0, 255).astype(np.uint8)


def _render(page: pypdfium2.PdfPage, dpi: float, settings: CaptureSettings) -> Pixels:
    width, height = (round(side * dpi / _POINTS_PER_INCH) for side in page.get_size())
    check_size(width, height, 3, settings)
    # The renderer rounds up; a hair less than the aim lands on it, so scans keep their pixels.
    scale = max((width - 0.01) / page.get_width(), (height - 0.01) / page.get_height())
    bitmap = page.render(scale=scale, rev_byteorder=True)
    pixels = np.array(bitmap.to_numpy()[..., :3])
    bitmap.close()
    grey = pixels[..., 1]
    alike = np.array_equal(grey, pixels[..., 0]) and np.array_equal(grey, pixels[..., 2])
    return np.ascontiguousarray(grey) if alike else pixels


def _pictures(page: pypdfium2.PdfPage, settings: CaptureSettings) -> Iterator[_Picture]:
    """Yield the images of a page; SourceError for one too large to decode."""
    area = page.get_width() * page.get_height()
    for count, placed in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])):
        if count > _MOST_OBJECTS:
            raise SourceError("a page of the PDF holds too many images; print it again")
        width, height = placed.get_px_size()
        if width < 1 or height < 1:
            continue
        check_size(width, height, 1, settings)
        across, down = _extent(placed)
        if across <= 0 or down <= 0:
            continue
        yield _Picture(
            width,
            height,
            share=min(1.0, across * down / area) if area else 0.0,
            dpi=tidy_dpi(_POINTS_PER_INCH * max(width / across, height / down)),
            bitonal=_is_bitonal(placed),
        )


def _extent(placed: pypdfium2.PdfImage) -> tuple[float, float]:
    """Return how far an image reaches along its own sides, in points."""
    matrix = placed.get_matrix()
    holder = placed.container
    while holder is not None:
        matrix = matrix.multiply(holder.get_matrix())
        holder = holder.container
    a, b, c, d, *_ = matrix.get()
    return float(np.hypot(a, b)), float(np.hypot(c, d))


def _is_bitonal(placed: pypdfium2.PdfImage) -> bool:
    return bool(placed.get_metadata().bits_per_pixel == 1)


def _born_digital(page: pypdfium2.PdfPage, pictures: tuple[_Picture, ...]) -> bool:
    if any(picture.share > _BORN_DIGITAL_IMAGE_SHARE for picture in pictures):
        return False
    return not _has_inked_notes(page) and _has_readable_text(page)


def _has_inked_notes(page: pypdfium2.PdfPage) -> bool:
    """Return whether annotations put ink on the page that its text layer does not tell."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        pdfium.FPDFPage_CloseAnnot(note)
        if kind not in _INKLESS_NOTES:
            return True
    return False


def _has_readable_text(page: pypdfium2.PdfPage) -> bool:
    text = page.get_textpage()
    try:
        marks = [_readable(text, index) for index in range(text.count_chars())]
    finally:
        text.close()
    letters = [mark for mark in marks if mark is not None]
    return len(letters) >= _FEWEST_LETTERS and sum(letters) >= _LEAST_READABLE * len(letters)


def _readable(text: pypdfium2.PdfTextPage, index: int) -> bool | None:
    """Return whether one character is visible and has a meaning; None for white space."""
    code = pdfium.FPDFText_GetUnicode(text, index)
    if code in (0x20, 0xA0, 0x0A, 0x0D, 0x09) or pdfium.FPDFText_IsGenerated(text, index) == 1:
        return None
    if code < 0x20 or code == 0xFFFD or 0xE000 <= code <= 0xF8FF:
        return False
    if pdfium.FPDFText_HasUnicodeMapError(text, index) == 1:
        return False
    shown = pdfium.FPDFText_GetTextObject(text, index)
    return not shown or pdfium.FPDFTextObj_GetTextRenderMode(shown) not in _INVISIBLE
