"""PDF pages: scanned, born digital, and in between."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from capture.errors import SourceError
from capture.intake import open_source
from capture.model import Digest, Frame, Pixels

DIGEST = Digest("0" * 64)
DrawPage = Callable[..., Pixels]
TEXT = "Discharge summary of Ann Samplewell, seen by Dr. Mockridge."


def pdf_of(path: Path, draw: Callable[[Canvas], None], size: tuple[int, int] = (612, 792)) -> Path:
    canvas = Canvas(str(path), pagesize=size)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return path


def first(path: Path) -> Frame:
    with open_source(path, DIGEST) as source:
        return source.frame(1)


def scan(page: Pixels) -> ImageReader:
    return ImageReader(Image.fromarray(page))


def test_born_digital_page_is_drawn_at_200_dpi(tmp_path: Path) -> None:
    frame = first(pdf_of(tmp_path / "a", lambda canvas: canvas.drawString(72, 700, TEXT)))
    assert frame.born_digital
    assert frame.dpi == (200.0, 200.0)
    assert frame.pixels.shape == (2200, 1700)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_scanned_page_keeps_the_pixels_of_its_image(
    tmp_path: Path, draw_page: DrawPage, mode: str
) -> None:
    page = Image.fromarray(draw_page(width=1700, height=2200)).convert(mode)
    page.save(tmp_path / "a", "PDF", resolution=200)
    frame = first(tmp_path / "a")
    assert frame.dpi == (200.0, 200.0)
    assert frame.bitonal is (mode == "1")
    assert frame.pixels.shape == (2200, 1700)
    assert np.abs(frame.pixels.astype(int) - np.asarray(page.convert("L"))).mean() < 3


def test_invisible_ocr_layer_is_not_the_text_of_the_page(
    tmp_path: Path, draw_page: DrawPage
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(scan(draw_page(width=850, height=1100)), 0, 0, 612, 792)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)
        text.textLine(TEXT)
        canvas.drawText(text)

    assert not first(pdf_of(tmp_path / "a", draw)).born_digital


def test_text_over_a_large_image_is_read_from_the_picture(
    tmp_path: Path, draw_page: DrawPage
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(scan(draw_page(width=850, height=600)), 0, 0, 612, 432)
        canvas.drawString(72, 700, TEXT)

    assert not first(pdf_of(tmp_path / "a", draw)).born_digital


def test_small_logo_leaves_a_page_born_digital(tmp_path: Path, draw_page: DrawPage) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(scan(draw_page(width=200, height=200)), 40, 700, 60, 60)
        canvas.drawString(72, 600, TEXT)

    assert first(pdf_of(tmp_path / "a", draw)).born_digital


def test_filled_form_is_drawn_with_its_entries(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, TEXT)
        canvas.acroForm.textfield(
            value="ALLERGIC TO MOCKICILLIN", x=72, y=400, width=400, height=40
        )

    frame = first(pdf_of(tmp_path / "a", draw))
    assert not frame.born_digital
    grey = frame.pixels if frame.pixels.ndim == 2 else frame.pixels.min(axis=2)
    field = grey[3300 - 440 * 300 // 72 : 3300 - 400 * 300 // 72, 310:1900]
    assert (field < 100).mean() > 0.01


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotate_of_the_page_is_honoured(tmp_path: Path, turn: int) -> None:
    pdf_of(tmp_path / "a", lambda canvas: canvas.drawString(72, 700, TEXT))
    with pikepdf.open(tmp_path / "a") as document:
        document.pages[0].Rotate = turn
        document.save(tmp_path / "turned")
    upright, lying = first(tmp_path / "a").pixels, first(tmp_path / "turned").pixels
    expected = np.rot90(upright, k=-turn // 90)
    assert lying.shape == expected.shape
    assert np.abs(lying.astype(int) - expected).mean() < 1


def test_encrypted_pdf_says_so(tmp_path: Path) -> None:
    pdf_of(tmp_path / "a", lambda canvas: canvas.drawString(72, 700, TEXT))
    with pikepdf.open(tmp_path / "a") as document:
        document.save(tmp_path / "locked", encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(SourceError, match="encrypted"):
        open_source(tmp_path / "locked", DIGEST)


def test_pages_are_frames(tmp_path: Path) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(3):
        canvas.drawString(72, 700, f"{TEXT} {number}")
        canvas.showPage()
    canvas.save()
    (tmp_path / "a").write_bytes(out.getvalue())
    with open_source(tmp_path / "a", DIGEST) as source:
        assert (source.media, source.frame_count, source.paged) == ("pdf", 3, True)
