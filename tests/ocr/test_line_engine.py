"""The line reader asks Tesseract for what it doubts, and for nothing else."""

import pytest

from capture.errors import ToolError
from capture.model import Pixels
from ocr import line_model, tesseract
from ocr.line_engine import LineReader, Place, ReaderFirst, doubted_places
from ocr.settings import OcrSettings
from ocr.sight import RAW_LINE
from ocr.tesseract import TesserocrEngine
from ocr.two_readings import DIFFERENT

from .pages import page_of, report_page
from .test_angled import page_with_plate
from .test_two_readings import word

pytestmark = pytest.mark.skipif(
    not (line_model.available() and tesseract.available()), reason="needs both readers"
)


class Behind:
    """The second reader, and what it was shown."""

    def __init__(self, *, fails: bool = False) -> None:
        self.engine = TesserocrEngine(OcrSettings())
        self.fails = fails
        self.shown: list[tuple[int, Pixels]] = []

    def look(self, pixels: Pixels, mode: int, seconds: float) -> str:
        self.shown.append((mode, pixels))
        if self.fails:
            raise ToolError("gave the page up")
        return self.engine.look(pixels, mode, seconds)


def test_a_clean_page_is_read_without_tesseract_but_for_its_numbers() -> None:
    behind = Behind()
    read = ReaderFirst(behind.engine, behind.look, 30.0).read(report_page())
    assert "contusion of the right knee" in " ".join(read.text.split())
    assert {mode for mode, _ in behind.shown} == {RAW_LINE}
    shown = sum(int((pixels < 128).sum()) for _, pixels in behind.shown)
    assert shown < 0.5 * (report_page().pixels < 128).sum()


def test_what_tesseract_fails_on_stands_with_its_numbers_in_doubt() -> None:
    behind = Behind(fails=True)
    read = ReaderFirst(behind.engine, behind.look, 30.0).read(report_page())
    assert behind.shown
    assert "contusion of the right knee" in " ".join(read.text.split())
    numbers = [word for word in read.words if any(sign.isdigit() for sign in word.text)]
    assert len(numbers) >= 3
    assert all(word.confidence <= DIFFERENT for word in numbers)


def test_the_reader_alone_reads_what_stands_at_an_angle() -> None:
    words = {word.text.strip(",") for word in LineReader().read(page_of(page_with_plate(30))).words}
    assert {"TESTPERSON", "03/04/1927"} <= words


def test_the_places_in_doubt_are_words_with_their_neighbours_and_single_numbers() -> None:
    words = (
        word("Sodium", 10, 0.99), word("140", 120, 0.99),
        word("The", 10, 0.99, y=200, line=1), word("old", 60, 0.99, y=200, line=1),
        word("patlent", 110, 0.4, y=200, line=1), word("rests", 210, 0.99, y=200, line=1),
        word("well", 10, 0.99, y=300, line=2),
    )  # fmt: skip
    number, line = doubted_places(words)
    assert number == Place(words[1].box, is_word=True)
    assert line == Place(words[3].box | words[4].box | words[5].box)


def test_a_word_of_the_reader_alone_lies_on_its_ink() -> None:
    read = LineReader().read(report_page(36))
    pixels = report_page(36).pixels
    for one in read.words:
        box = one.box
        assert (pixels[box.y : box.bottom, box.x : box.right] < 128).any()
