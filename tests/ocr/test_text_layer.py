"""The text of born-digital PDF pages is read where it is seen, in the order people read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from capture.errors import ToolError
from capture.model import Box, Digest, FrameRef, PageImage
from capture.scale import grey
from ocr.text_layer import read_text_layer

from .pages import page_of

LEFT = (
    "The patient came to the clinic",
    "with pain in the right knee that",
    "began after a fall on stairs and",
    "had not gone away with rest. He",
    "walks with a cane since then.",
)
RIGHT = (
    "Films of the knee show no break.",
    "There is some fluid in the joint",
    "and the ligaments hold well when",
    "tested in flexion. We advise him",
    "to rest it for two more weeks.",
)


def drawn_page(path: Path, number: int = 1, *, dpi: int = 150) -> PageImage:
    """Return the page as capture would draw it, by the numbers of the frame."""
    pdf = pypdfium2.PdfDocument(path)
    pdf.init_forms()
    pixels = pdf[number - 1].render(scale=dpi / 72, rev_byteorder=True).to_numpy()[..., :3]
    page = page_of(grey(np.array(pixels)), dpi=dpi)
    pdf.close()
    return replace(page, frame=FrameRef(Digest("0" * 64), number))


def letter_page(path: Path) -> Canvas:
    canvas = Canvas(str(path), pagesize=letter)
    canvas.setFont("Helvetica", 11)
    return canvas


@pytest.fixture
def two_columns(tmp_path: Path) -> Path:
    canvas = letter_page(tmp_path / "columns.pdf")
    canvas.drawCentredString(306, 740, "CONSULTATION REPORT OF THE ORTHOPEDIC CLINIC TO THE WARD")
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        canvas.drawString(72, 700 - 14 * number, left)
        canvas.drawString(320, 695 - 14 * number, right)
    canvas.drawString(
        72, 600, "Signed by Mockridge, Joan, M.D., for the orthopedic clinic, on Monday"
    )
    canvas.save()
    return tmp_path / "columns.pdf"


def test_columns_of_prose_are_read_one_after_the_other(two_columns: Path) -> None:
    lines = read_text_layer(two_columns, drawn_page(two_columns)).lines
    texts = [" ".join(word.text for word in line) for line in lines]
    assert texts[0].startswith("CONSULTATION")
    assert texts[1:6] == list(LEFT)
    assert texts[6:11] == list(RIGHT)
    assert texts[11].startswith("Signed")


def test_each_column_is_a_block_of_its_own(two_columns: Path) -> None:
    read = read_text_layer(two_columns, drawn_page(two_columns))
    block = {word.text: word.block for word in read.words}
    assert block["CONSULTATION"] < block["cane"] < block["fluid"] < block["Signed"]


def test_the_cells_of_a_table_stay_in_their_rows(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "table.pdf")
    rows = [("Sodium", "140", "mmol/L"), ("Potassium", "4.1", "mmol/L"), ("Urea", "5.0", "mmol/L")]
    rows = rows * 4
    for number, row in enumerate(rows):
        for x, cell in zip((72, 250, 420), row, strict=True):
            canvas.drawString(x, 700 - 20 * number, cell)
    canvas.save()
    read = read_text_layer(tmp_path / "table.pdf", drawn_page(tmp_path / "table.pdf"))
    assert [tuple(word.text for word in line) for line in read.lines] == rows


def test_a_reading_says_that_nothing_was_guessed(two_columns: Path) -> None:
    read = read_text_layer(two_columns, drawn_page(two_columns))
    assert read.engine.startswith("pdfplumber 0.")
    assert read.confidence == 1.0


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_lie_on_the_ink_however_the_page_is_turned_and_cropped(
    tmp_path: Path, turn: int
) -> None:
    canvas = letter_page(tmp_path / "plain.pdf")
    if turn:
        canvas.translate(306, 396)
        canvas.rotate(turn)
        canvas.translate(-306, -396)
    canvas.drawString(200, 480, "Samplewell")
    canvas.drawString(260, 340, "admitted")
    canvas.save()
    path = tmp_path / "turned.pdf"
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.pages[0].Rotate = turn
        pdf.pages[0].MediaBox = [-30, -20, 640, 800]
        pdf.pages[0].CropBox = [100, 150, 900, 700]
        pdf.save(path)
    page = drawn_page(path)
    read = read_text_layer(path, page)
    assert [word.text for word in read.words] == ["Samplewell", "admitted"]
    for word in read.words:
        inside = page.pixels[word.box.y : word.box.bottom, word.box.x : word.box.right]
        assert (inside < 128).mean() > 0.1
    assert sum(_ink(page, word.box) for word in read.words) > 0.98 * (page.pixels < 128).sum()


def _ink(page: PageImage, box: Box) -> int:
    return int((page.pixels[box.y - 1 : box.bottom + 1, box.x - 1 : box.right + 1] < 128).sum())


def test_the_page_of_the_frame_is_read_and_no_other(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "two.pdf")
    for word in ("first", "second"):
        canvas.drawString(100, 700, word)
        canvas.showPage()
    canvas.save()
    path = tmp_path / "two.pdf"
    assert read_text_layer(path, drawn_page(path, 1)).text == "first"
    assert read_text_layer(path, drawn_page(path, 2)).text == "second"


def test_text_that_nobody_sees_is_left_out(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "hidden.pdf")
    canvas.drawString(100, 700, "visible")
    canvas.saveState()
    hidden = canvas.beginText(100, 650)
    hidden.setTextRenderMode(3)
    hidden.textOut("invisible")
    canvas.drawText(hidden)
    canvas.restoreState()
    canvas.setFillGray(1)
    canvas.drawString(100, 600, "white")
    canvas.drawString(2000, 600, "outside")
    canvas.setFillGray(0)
    canvas.drawString(100, 550, "covered")
    canvas.rect(90, 540, 80, 30, stroke=0, fill=1)
    canvas.save()
    path = tmp_path / "hidden.pdf"
    assert read_text_layer(path, drawn_page(path)).text == "visible"


def test_hidden_words_over_ink_are_somebody_elses_reading_and_left_out(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "ocr.pdf")
    canvas.drawString(100, 700, "printed")
    canvas.saveState()
    layer = canvas.beginText(100, 700)
    layer.setTextRenderMode(3)
    layer.textOut("prlnted")
    canvas.drawText(layer)
    canvas.restoreState()
    canvas.drawString(160, 700, "after")
    canvas.save()
    path = tmp_path / "ocr.pdf"
    assert read_text_layer(path, drawn_page(path)).text == "printed after"


def test_white_letters_on_black_are_seen(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "white.pdf")
    canvas.rect(90, 690, 200, 30, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.drawString(100, 700, "SURGERY")
    canvas.save()
    path = tmp_path / "white.pdf"
    assert read_text_layer(path, drawn_page(path)).text == "SURGERY"


def test_what_was_typed_into_form_fields_is_read(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "form.pdf")
    canvas.drawString(72, 700, "Name:")
    canvas.acroForm.textfield(name="name", value="Testperson", x=120, y=692, width=200, height=24)
    canvas.save()
    path = tmp_path / "form.pdf"
    assert read_text_layer(path, drawn_page(path)).text == "Name: Testperson"


def test_bold_made_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "bold.pdf")
    canvas.drawString(100, 700, "DIAGNOSIS")
    canvas.drawString(100.3, 700, "DIAGNOSIS")
    canvas.save()
    path = tmp_path / "bold.pdf"
    assert read_text_layer(path, drawn_page(path)).text == "DIAGNOSIS"


def test_text_without_unicode_sends_the_caller_to_the_picture(tmp_path: Path) -> None:
    canvas = letter_page(tmp_path / "plain.pdf")
    canvas.drawString(100, 700, "readable")
    canvas.save()
    path = tmp_path / "cid.pdf"
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        font = pdf.pages[0].Resources.Font["/F1"]
        font.Encoding = pikepdf.Dictionary(
            Type=pikepdf.Name.Encoding, Differences=[97, pikepdf.Name("/g1")]
        )
        pdf.save(path)
    with pytest.raises(ToolError, match="no Unicode"):
        read_text_layer(path, drawn_page(path))


@pytest.mark.parametrize("kept", ["/Type0", "/TrueType"])
def test_an_embedded_font_without_unicode_is_not_guessed_at(tmp_path: Path, kept: str) -> None:
    vera = TTFont("Vera", "Vera.ttf")
    registerFont(vera)
    canvas = letter_page(tmp_path / "plain.pdf")
    canvas.setFont("Vera", 11)
    canvas.drawString(100, 700, "Σ readable")
    canvas.save()
    path = tmp_path / "guess.pdf"
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        for _, font in pdf.pages[0].Resources.Font.items():
            if "/ToUnicode" in font:
                del font.ToUnicode
                _make(font, kept)
        pdf.save(path)
    with pytest.raises(ToolError, match="no Unicode"):
        read_text_layer(path, drawn_page(path))


def _make(font: pikepdf.Object, kind: str) -> None:
    """Turn a simple font into a composite one where ``kind`` asks for that."""
    if kind == "/TrueType":
        return
    inner = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=font.BaseFont,
        FontDescriptor=font.FontDescriptor,
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
    )
    font.Subtype = pikepdf.Name.Type0
    font.Encoding = pikepdf.Name("/Identity-H")
    font.DescendantFonts = [inner]


def test_a_page_that_was_turned_after_drawing_is_left_to_the_engine(two_columns: Path) -> None:
    page = replace(drawn_page(two_columns), rotation=180)
    with pytest.raises(ToolError, match="read its picture"):
        read_text_layer(two_columns, page)


def test_a_page_that_was_cropped_after_drawing_is_left_to_the_engine(two_columns: Path) -> None:
    page = drawn_page(two_columns)
    with pytest.raises(ToolError, match="another shape"):
        read_text_layer(two_columns, page_of(page.pixels[:700]))


def test_a_damaged_pdf_says_so_without_naming_the_file(two_columns: Path, tmp_path: Path) -> None:
    page = drawn_page(two_columns)
    bad = tmp_path / "Testperson Ada.pdf"
    bad.write_bytes(two_columns.read_bytes()[:300])
    with pytest.raises(ToolError) as failure:
        read_text_layer(bad, page)
    assert "Testperson" not in str(failure.value)
