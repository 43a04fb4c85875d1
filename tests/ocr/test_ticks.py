"""Tick boxes become words before their labels; what was made of them goes, letters stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from capture.model import Box
from capture.tick_boxes import Tick, TickBox
from ocr.model import Word
from ocr.ticks import placed, tick_boxes, without_ticks

BOX = Box(100, 100, 30, 30)
TICKED = TickBox(BOX, Tick.TICKED, 0.97)
EMPTY = TickBox(BOX, Tick.EMPTY, 0.97)


def word(
    text: str, x: int, confidence: float = 0.9, width: int | None = None, line: int = 0
) -> Word:
    wide = 16 * len(text) if width is None else width
    return Word(text, Box(x, 102, wide, 26), confidence, line, line)


def said(words: tuple[Word, ...]) -> str:
    return " ".join(one.text for one in words)


@pytest.mark.parametrize(
    ("tick", "sign"), [(Tick.TICKED, "[x]"), (Tick.EMPTY, "[]"), (Tick.UNCLEAR, "[?]")]
)
def test_a_box_stands_before_its_label_with_box_and_confidence(tick: Tick, sign: str) -> None:
    words = (word("Result", 0), word("Improved", 145, line=0), word("Died", 400))
    result, box, label, other = placed(words, [TickBox(BOX, tick, 0.8)])
    assert (result.text, box.text, label.text, other.text) == ("Result", sign, "Improved", "Died")
    assert (box.box, box.confidence, box.line, box.block) == (BOX, 0.8, 0, 0)


def test_a_box_right_behind_its_label_follows_it() -> None:
    words = (word("Improved", -40, width=130), word("Died", 190, line=3))
    tick = placed(words, [TICKED])[1]
    assert (tick.text, tick.line) == ("[x]", 0)


@pytest.mark.parametrize("sign", ["O", "LJ", "[I", "0", "X", "]", "&"])
def test_what_an_engine_made_of_a_box_goes(sign: str) -> None:
    words = (word(sign, 101, width=29), word("Improved", 145))
    assert said(placed(words, [EMPTY])) == "[] Improved"


@pytest.mark.parametrize("read", ["ORecovered", "[JRecovered", "LRecovered", "[]Recovered"])
def test_a_sign_glued_to_the_label_goes_and_the_label_stays(read: str) -> None:
    words = (word(read, 101, width=45 + 16 * 9), word("Discharged", 400), word("Improved", 600))
    box, label, *_ = placed(words, [EMPTY])
    assert (box.text, label.text) == ("[]", "Recovered")
    assert label.box.x >= BOX.right


def test_a_label_whose_box_reaches_over_the_square_keeps_all_its_letters() -> None:
    words = (word("Improved", 101, width=45 + 16 * 8), word("Discharged", 400))
    assert said(placed(words, [EMPTY])) == "[] Improved Discharged"


def test_a_square_inside_a_word_is_a_letter_of_it() -> None:
    words = (word("DOOR", 60, width=120),)
    assert placed(words, [EMPTY]) == words


def test_a_letter_in_a_cell_is_read_and_a_typed_x_is_a_tick() -> None:
    cell = (word("M", 108, 0.95, 14), word("Sex", 0))
    assert placed(cell, [TICKED]) == cell
    typed = (word("X", 108, 0.95, 14), word("Male", 150))
    assert said(placed(typed, [TICKED])) == "[x] Male"


def test_a_box_far_from_every_word_is_a_line_of_its_own() -> None:
    far = Word("Elsewhere", Box(100, 900, 150, 26), 0.9, 0, 0)
    assert sorted(one.text for one in placed((far,), [TICKED])) == ["Elsewhere", "[x]"]


def test_boxes_of_the_prepared_page_are_brought_to_the_page() -> None:
    words = (word("Improved", 145),)
    double = TickBox(Box(200, 200, 60, 60), Tick.EMPTY, 0.9)
    assert placed(words, [double], 2.0)[0].box == BOX


@given(st.lists(st.text("abcOX[]", min_size=1, max_size=8), max_size=6), st.booleans())
def test_words_on_other_lines_are_never_touched(texts: list[str], ticked: bool) -> None:
    words = tuple(
        Word(text, Box(20 + 130 * n, 400, 110, 26), 0.9, 7, 3) for n, text in enumerate(texts)
    )
    after = placed(words, [TICKED if ticked else EMPTY])
    assert tuple(one.text for one in after if one.box.y == 400) == tuple(texts)
    assert len(after) == len(words) + 1


def test_a_page_without_tick_boxes_comes_back_as_it_is() -> None:
    pixels = np.full((300, 300), 255, np.uint8)
    words = (word("Improved", 145),)
    assert placed(words, tick_boxes(pixels), 1.0) is words
    assert without_ticks(pixels, ()) is pixels


def test_a_drawn_box_is_found_hidden_and_told() -> None:
    picture = Image.new("L", (500, 250), 255)
    ImageDraw.Draw(picture).rectangle((100, 100, 129, 129), outline=0, width=2)
    pixels = np.array(picture)
    ticks = tick_boxes(pixels)
    assert (without_ticks(pixels, ticks) == 255).all()
    assert said(placed((word("Improved", 145),), tick_boxes(pixels), 1.0)) == "[] Improved"
