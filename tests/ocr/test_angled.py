"""What stands at an angle is read behind the level words, and only when the reading is sure."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from capture.errors import ToolError
from capture.model import Box, Pixels
from ocr.angled import ReadBlock, slanted_words
from ocr.model import Word
from ocr.settings import OcrSettings
from ocr.tesseract import TesserocrEngine, available
from ocr.tsv import words_of_tsv

PLATE = ("TESTPERSON, ADA", "MRN 0042671", "DOB 03/04/1927", "12 BLUEPRINT AVE")
LEVEL = Word("Progress", Box(80, 60, 120, 30), 0.95, 4, 2)


def page_with_plate(degrees: float) -> Pixels:
    plate = Image.new("L", (380, 190), 255)
    draw = ImageDraw.Draw(plate)
    for number, line in enumerate(PLATE):
        draw.text((10, 10 + 42 * number), line, fill=0, font=ImageFont.load_default(size=30))
    page = Image.new("L", (1200, 900), 255)
    page.paste(plate.rotate(-degrees, Image.Resampling.BICUBIC, True, fillcolor=255), (500, 300))
    return np.array(page)


def reading(table: Callable[[Pixels], str]) -> ReadBlock:
    return lambda shown: words_of_tsv(table(shown), 1.0, shown.shape[1], shown.shape[0])


@pytest.fixture(scope="module")
def engine() -> Iterator[TesserocrEngine]:
    if not available():
        pytest.skip("tesserocr is not installed")
    made = TesserocrEngine(OcrSettings())
    yield made
    made.close()


@pytest.mark.parametrize("degrees", [30, -60, 90, -90, 180])
def test_a_plate_is_read_at_any_angle_behind_the_level_words(
    degrees: float, engine: TesserocrEngine
) -> None:
    pixels = page_with_plate(degrees)
    words = slanted_words((LEVEL,), pixels, 1.0, reading(lambda shown: engine.look(shown, 6, 30.0)))
    assert words[0] == LEVEL
    read = {word.text.strip(",") for word in words[1:]}
    assert {"TESTPERSON", "0042671", "03/04/1927"} <= read
    assert all(word.line > LEVEL.line and word.block > LEVEL.block for word in words[1:])
    assert all(word.box.x >= 480 and word.box.right <= 920 for word in words[1:])


def test_boxes_are_those_of_the_page_and_not_of_the_prepared_one(engine: TesserocrEngine) -> None:
    pixels = page_with_plate(30)
    words = slanted_words((), pixels, 2.0, reading(lambda shown: engine.look(shown, 6, 30.0)))
    assert words
    assert all(word.box.right <= 460 for word in words)


PAGE = "1\t1\t0\t0\t0\t0\t0\t0\t500\t400\t-1\t\n"


def table(*words: tuple[str, int]) -> str:
    rows = (
        f"5\t1\t1\t1\t1\t{n}\t{40 * n}\t50\t30\t20\t{sure}\t{text}\n"
        for n, (text, sure) in enumerate(words, 1)
    )
    return PAGE + "".join(rows)


def test_a_reading_that_is_mostly_unsure_is_not_believed() -> None:
    doubtful = table(("TESTPERSON", 95), ("gibberish", 30), ("moregibberish", 20))
    assert slanted_words((LEVEL,), page_with_plate(30), 1.0, reading(lambda _: doubtful)) == (
        LEVEL,
    )


def test_a_look_that_fails_leaves_what_was_read() -> None:
    def fails(_: Pixels) -> str:
        raise ToolError("tesseract failed")

    assert slanted_words((LEVEL,), page_with_plate(30), 1.0, reading(fails)) == (LEVEL,)


def test_guesses_at_the_same_ink_go_and_sure_words_stay() -> None:
    guess = Word("~x", Box(640, 420, 30, 20), 0.2, 5, 3)
    sure = table(("TESTPERSON", 95), ("0042671", 95))
    words = slanted_words((LEVEL, guess), page_with_plate(0.0 + 180), 1.0, reading(lambda _: sure))
    assert LEVEL in words
    assert [word.text for word in words[-2:]] == ["TESTPERSON", "0042671"]


def test_a_page_without_unread_ink_is_not_looked_at() -> None:
    def never(_: Pixels) -> str:
        raise AssertionError("looked at")

    pixels = np.full((900, 1200), 255, np.uint8)
    assert slanted_words((LEVEL,), pixels, 1.0, reading(never)) == (LEVEL,)
