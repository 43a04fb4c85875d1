"""The words of a searchable PDF are found where they stand, by other people's readers."""

import io
from itertools import groupby
from pathlib import Path

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from capture.errors import ToolError
from capture.model import Box
from ocr.model import OcrPage, Word
from ocr.searchable_pdf import PdfPage, write_pdf

from .pages import FRAME, report_page

WIDTH, HEIGHT = 1700, 2200


def encoded(kind: str, mode: str = "L") -> bytes:
    picture = Image.fromarray(report_page().pixels).resize((WIDTH // 4, HEIGHT // 4)).convert(mode)
    content = io.BytesIO()
    picture.save(content, kind)
    return content.getvalue()


def page_with(*words: Word, image: bytes | None = None) -> PdfPage:
    return PdfPage(
        image=encoded("PNG") if image is None else image,
        dpi=200,
        ocr=OcrPage(FRAME, "test 1.0", words),
        width=WIDTH,
        height=HEIGHT,
    )


def laid_out(lines: list[list[str]]) -> tuple[Word, ...]:
    """Return words in plain rows, each sign 18 pixels wide and 30 high."""
    words = []
    for number, line in enumerate(lines):
        x = 100
        for text in line:
            box = Box(x, 100 + 60 * number, 18 * len(text), 30)
            words.append(Word(text, box, 0.9, number, number // 5))
            x = box.right + 12
    return tuple(words)


PLAIN = laid_out(
    [["Discharge", "Summary"], ["Testperson,", "Ada", "MRN:", "004267"], ["a", "I", "1"]]
)


def read_by_pdfplumber(path: Path) -> list[tuple[str, tuple[float, ...]]]:
    with pdfplumber.open(path) as pdf:
        words = pdf.pages[0].extract_words(x_tolerance_ratio=0.15)
    scale = 200 / 72
    return [
        (word["text"], tuple(word[key] * scale for key in ("x0", "top", "x1", "bottom")))
        for word in words
    ]


def test_pdfplumber_finds_every_word_in_its_box(tmp_path: Path) -> None:
    write_pdf([page_with(*PLAIN)], tmp_path / "out.pdf")
    found = read_by_pdfplumber(tmp_path / "out.pdf")
    assert [text for text, _ in found] == [word.text for word in PLAIN]
    for word, (_, box) in zip(PLAIN, found, strict=True):
        truth = (word.box.x, word.box.y, word.box.right, word.box.bottom)
        assert box == pytest.approx(truth, abs=0.6)


def test_pdfium_finds_the_lines_with_their_spaces_and_places(tmp_path: Path) -> None:
    write_pdf([page_with(*PLAIN)], tmp_path / "out.pdf")
    pdf = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    text = pdf[0].get_textpage()
    lines = [" ".join(word.text for word in line) for line in OcrPage(FRAME, "", PLAIN).lines]
    assert text.get_text_range().split("\r\n") == lines
    at = text.get_text_range().index("004267")
    left, bottom, right, top = (side * 200 / 72 for side in text.get_charbox(at))
    box = PLAIN[5].box
    assert (left, HEIGHT - top) == pytest.approx((box.x, box.y), abs=1)
    assert (right - left, top - bottom) == pytest.approx((box.width / 6, box.height), abs=1)
    pdf.close()


def test_every_character_of_unicode_survives(tmp_path: Path) -> None:
    words = laid_out([["Müller", "Ωμέγα", "Ж"], ["漢字", "🂡𐍈", "½°µ", "(a\\b)"]])
    write_pdf([page_with(*words)], tmp_path / "out.pdf")
    assert [text for text, _ in read_by_pdfplumber(tmp_path / "out.pdf")] == [
        word.text for word in words
    ]


def test_more_different_characters_than_one_font_holds_are_kept(tmp_path: Path) -> None:
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 700)]
    tens = ["".join(signs[at : at + 10]) for at in range(0, 700, 10)]
    words = laid_out([tens[at : at + 5] for at in range(0, 70, 5)])
    write_pdf([page_with(*words)], tmp_path / "out.pdf")
    assert "".join(text for text, _ in read_by_pdfplumber(tmp_path / "out.pdf")) == "".join(signs)


readable = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=9
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(readable, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_is_written_is_what_is_read(tmp_path: Path, lines: list[list[str]]) -> None:
    words = laid_out(lines)
    write_pdf([page_with(*words)], tmp_path / "out.pdf")
    with pdfplumber.open(tmp_path / "out.pdf") as pdf:
        rows = groupby(pdf.pages[0].chars, key=lambda sign: sign["top"])
        read = ["".join(sign["text"] for sign in row) for _, row in rows]
    assert read == [" ".join(line) for line in lines]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_a_png_goes_in_unpacked_and_looks_the_same(tmp_path: Path, mode: str) -> None:
    image = encoded("PNG", mode)
    write_pdf([page_with(*PLAIN, image=image)], tmp_path / "out.pdf")
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        inside = pdf.pages[0].Resources.XObject.Image
        shown = pikepdf.PdfImage(inside).as_pil_image().convert("RGB")
        assert inside.read_raw_bytes()[:5000] in image
    assert np.array_equal(np.array(shown), np.array(Image.open(io.BytesIO(image)).convert("RGB")))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_bytes_of_a_jpeg_are_unchanged(tmp_path: Path, mode: str) -> None:
    image = encoded("JPEG", mode)
    write_pdf([page_with(*PLAIN, image=image)], tmp_path / "out.pdf")
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert pdf.pages[0].Resources.XObject.Image.read_raw_bytes() == image


def test_the_words_leave_no_mark_on_the_page(tmp_path: Path) -> None:
    drawn = []
    for words in ((), PLAIN):
        write_pdf([page_with(*words)], tmp_path / "out.pdf")
        pdf = pypdfium2.PdfDocument(tmp_path / "out.pdf")
        drawn.append(pdf[0].render(scale=1).to_numpy().copy())
        pdf.close()
    assert np.array_equal(*drawn)
    assert drawn[0].min() < 100


def test_the_page_has_the_size_of_the_paper(tmp_path: Path) -> None:
    write_pdf([page_with()], tmp_path / "out.pdf")
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        assert [float(side) for side in pdf.pages[0].MediaBox] == [0, 0, 612, 792]


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    write_pdf([page_with(*PLAIN), page_with()], tmp_path / "one.pdf")
    write_pdf([page_with(*PLAIN), page_with()], tmp_path / "two.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize(
    "image", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0", encoded("PNG", "LA")]
)
def test_an_image_that_is_not_ours_is_refused_and_nothing_is_left(
    tmp_path: Path, image: bytes
) -> None:
    with pytest.raises(ToolError, match="page image"):
        write_pdf([page_with(*PLAIN, image=image)], tmp_path / "out.pdf")
    assert list(tmp_path.iterdir()) == []
