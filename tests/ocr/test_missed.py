"""Lines of letters outside every word are found; dust, rules and read words are not."""

import numpy as np
from PIL import Image, ImageDraw

from capture.lines import without_rules
from capture.model import Box, Pixels
from ocr.missed import missed_lines, shown_alone

from .pages import font_of

RULE = 60
LETTER = 20.0
"""Pixels; the usual height of a letter in the drawn face."""


def drawn(*lines: tuple[int, int, str], underlined: bool = False) -> Pixels:
    picture = Image.new("L", (800, 400), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, text in lines:
        draw.text((x, y), text, fill=0, font=font_of(28))
        if underlined:
            _, _, right, bottom = draw.textbbox((x, y), text, font=font_of(28))
            draw.rectangle((x - 10, bottom - 1, right + 40, bottom + 1), fill=0)
    return np.array(picture)


def around(line: Box, x: int, y: int, width: int) -> bool:
    return x - 4 <= line.x <= x + 8 and y - 4 <= line.y <= y + 20 and abs(line.width - width) < 40


LABEL, VALUE = (40, 50, "Unit number"), (420, 50, "0023173")
LABEL_BOX = Box(38, 48, 180, 40)


def test_a_value_beside_a_label_that_was_read_is_found_alone() -> None:
    (line,) = missed_lines(drawn(LABEL, VALUE), [LABEL_BOX], LETTER)
    assert around(line, 420, 50, 115)


def test_a_page_whose_letters_are_all_in_words_misses_nothing() -> None:
    assert missed_lines(drawn(LABEL), [LABEL_BOX], LETTER) == ()


def test_two_lines_one_below_the_other_are_two() -> None:
    found = missed_lines(drawn(LABEL, (40, 200, "Male"), (40, 245, "White")), [LABEL_BOX], LETTER)
    assert [line.y > 240 for line in found] == [False, True]


def test_two_figures_are_a_line_and_one_is_none() -> None:
    assert len(missed_lines(drawn(LABEL, (420, 50, "72")), [LABEL_BOX], LETTER)) == 1
    assert missed_lines(drawn(LABEL, (420, 50, "7")), [LABEL_BOX], LETTER) == ()


def test_dust_is_no_line_of_letters() -> None:
    page = drawn(LABEL)
    rng = np.random.default_rng(5)
    for x, y in rng.integers((0, 120), (780, 380), (150, 2)):
        size = rng.integers(1, 5, 2)
        page[y : y + size[0], x : x + size[1]] = 0
    assert missed_lines(page, [LABEL_BOX], LETTER) == ()


def test_blots_of_all_sizes_hanging_in_a_row_are_no_line_of_letters() -> None:
    page = drawn(LABEL)
    for number, height in enumerate((12, 40, 14, 38, 24, 12, 42)):
        x, y = 100 + 30 * number, 200
        page[y : y + height, x : x + 3] = page[y : y + 3, x : x + 16] = 0
    assert missed_lines(page, [LABEL_BOX], LETTER) == ()


def test_letters_on_an_underline_are_a_line_once_the_rule_is_gone() -> None:
    page = drawn(VALUE, underlined=True)
    plain = without_rules(page, RULE)
    assert len(missed_lines(plain, [], LETTER)) == 1
    assert np.array_equal(plain[:, :410], np.full((400, 410), 255))


def test_a_page_without_rules_stays_as_it_is() -> None:
    page = drawn(LABEL, VALUE)
    assert np.array_equal(without_rules(page, RULE), page)


def test_an_empty_page_misses_nothing() -> None:
    assert missed_lines(np.full((50, 40), 255, np.uint8), [], LETTER) == ()


def test_only_the_chosen_lines_and_paper_are_shown() -> None:
    page = drawn(LABEL, VALUE)
    (line,) = missed_lines(page, [LABEL_BOX], LETTER)
    alone = shown_alone(page, [line])
    assert (alone[:, :380] == 255).all()
    assert np.array_equal(alone[:, 400:560], page[:, 400:560])
