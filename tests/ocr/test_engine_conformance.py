"""What every engine does for a page, whichever library is behind it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from capture.errors import ToolError
from capture.model import Box, PageImage
from ocr import line_model, tesseract, tesseract_cli
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.line_engine import LineReader
from ocr.model import OcrPage
from ocr.settings import OcrSettings

from .pages import FRAME, REPORT, blank_page, page_of, report_page

NEEDS: dict[str, Callable[[], bool]] = {
    "tesserocr": tesseract.available,
    "pytesseract": tesseract_cli.available,
    "reader": lambda: line_model.available() and tesseract.available(),
    "reader alone": line_model.available,
}


def opened(name: str) -> OcrEngine:
    return LineReader() if name == "reader alone" else open_engine(OcrSettings(engine=name))


@pytest.fixture(scope="module", params=sorted(NEEDS))
def engine(request: pytest.FixtureRequest) -> Iterator[OcrEngine]:
    if not NEEDS[request.param]():
        pytest.skip(f"{request.param} is not on this machine")
    engine = opened(request.param)
    yield engine
    engine.close()


def error_rate(read: OcrPage) -> float:
    truth, text = " ".join(" ".join(REPORT).split()), " ".join(read.text.split())
    return Levenshtein.distance(truth, text) / len(truth)


def ink_box(page: PageImage, box: Box) -> Box:
    rows, columns = np.nonzero(page.pixels[box.y : box.bottom, box.x : box.right] < 128)
    left, top = int(columns.min()), int(rows.min())
    return Box(box.x + left, box.y + top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)


@pytest.mark.parametrize("size", [14, 24, 36, 80])
def test_a_typed_report_is_read_whatever_the_size_of_its_letters(
    engine: OcrEngine, size: int
) -> None:
    assert error_rate(engine.read(report_page(size))) < 0.02


def test_colour_and_one_bit_pages_read_like_grey_ones(engine: OcrEngine) -> None:
    grey = report_page().pixels
    colour = page_of(np.stack([grey] * 3, axis=2))
    bitonal = page_of(np.where(grey < 128, 0, 255).astype(np.uint8), bitonal=True)
    assert error_rate(engine.read(colour)) < 0.02
    assert error_rate(engine.read(bitonal)) < 0.02


def test_a_reading_says_which_frame_and_which_engine_at_which_version(engine: OcrEngine) -> None:
    read = engine.read(report_page())
    assert read.frame == FRAME
    assert read.engine == engine.name
    assert any(sign.isdigit() for sign in engine.name)


@pytest.mark.parametrize("size", [14, 36, 80])
def test_boxes_hold_the_ink_of_their_word_in_pixels_of_the_page(
    engine: OcrEngine, size: int
) -> None:
    page = report_page(size)
    for word in engine.read(page).words:
        assert word.box.x >= 0
        assert word.box.y >= 0
        assert word.box.right <= page.width
        assert word.box.bottom <= page.height
        if len(word.text) > 3:
            ink = ink_box(page, word.box)
            assert ink.width > 0.8 * word.box.width
            assert ink.height > 0.6 * word.box.height


def test_the_words_of_a_line_share_its_number_and_lines_follow_each_other(
    engine: OcrEngine,
) -> None:
    read = engine.read(report_page())
    firsts = [" ".join(word.text for word in line) for line in read.lines]
    assert firsts[0] == REPORT[0]
    numbers = [word.line for word in read.words]
    assert numbers == sorted(numbers)
    assert sorted(set(numbers)) == list(range(max(numbers) + 1))
    blocks = [word.block for word in read.words]
    assert blocks == sorted(blocks)
    assert blocks[0] == 0


def test_confidence_is_high_on_clean_print_and_stays_between_nought_and_one(
    engine: OcrEngine,
) -> None:
    read = engine.read(report_page())
    assert all(0.0 <= word.confidence <= 1.0 for word in read.words)
    assert read.confidence > 0.85


def test_a_page_without_words_is_read_as_one(engine: OcrEngine) -> None:
    assert engine.read(blank_page()).words == ()
    assert engine.read(page_of(np.full((1, 1), 255, np.uint8))).words == ()


def test_a_strip_longer_than_tesseract_reads_is_refused_by_name(engine: OcrEngine) -> None:
    strip = page_of(np.full((40_000, 50), 255, np.uint8))
    with pytest.raises(ToolError, match="cut it into frames"):
        engine.read(strip)


def test_a_page_reads_the_same_whatever_was_read_before_it(engine: OcrEngine) -> None:
    first = engine.read(report_page(36))
    engine.read(report_page(24))
    engine.orientation(report_page(24))
    assert engine.read(report_page(36)) == first


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_orientation_is_the_clockwise_turn_as_found(engine: OcrEngine, rotation: int) -> None:
    turned = np.ascontiguousarray(np.rot90(report_page().pixels, -rotation // 90))
    turn = engine.orientation(page_of(turned))
    assert turn.rotation == rotation
    assert turn.confidence > 0.5


def test_orientation_of_a_page_with_hardly_a_letter_is_unknown(engine: OcrEngine) -> None:
    assert engine.orientation(blank_page()).confidence == 0.0
    corner = blank_page().pixels.copy()
    corner[20:60, 20:60] = 0
    assert engine.orientation(page_of(corner)).confidence == 0.0


def test_words_hold_no_spaces_and_none_is_empty(engine: OcrEngine) -> None:
    words = [word.text for word in engine.read(report_page()).words]
    assert words
    assert all(word and word.split() == [word] for word in words)
