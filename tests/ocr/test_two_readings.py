"""Of two readings of a word the likelier one stands, and a number needs both."""

from collections.abc import Sequence

import pytest

from capture.model import Box
from ocr.model import Word
from ocr.two_readings import DIFFERENT, weighed

PAGE = (Box(0, 0, 1000, 1000),)


def word(text: str, x: int, chance: float, *, y: int = 100, line: int = 0, width: int = 0) -> Word:
    return Word(text, Box(x, y, width or 12 * len(text), 20), chance, line, line)


def texts(words: Sequence[Word]) -> list[str]:
    return [one.text for one in words]


def test_the_likelier_reading_of_a_word_stands() -> None:
    first = (word("Sodum", 10, 0.4), word("high", 200, 0.9))
    second = (word("Sodium", 10, 0.9), word("nigh", 200, 0.5))
    assert texts(weighed(first, second, PAGE)) == ["Sodium", "high"]


def test_a_word_that_both_read_is_surer_than_either_thought() -> None:
    (both,) = weighed((word("Sodium", 10, 0.7),), (word("Sodium", 10, 0.8),), PAGE)
    assert both.confidence > 0.9


def test_a_number_that_was_read_in_two_ways_is_doubtful_whichever_stands() -> None:
    (number,) = weighed((word("004267", 10, 0.99),), (word("004261", 10, 0.95),), PAGE)
    assert number.text == "004267"
    assert number.confidence <= DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("17,", "17;", True), ("(42)", "42", True), ("3.", "3", True), ("-2", "2", False),
     (".21", "21", False), ("17,", "175", False)],
)  # fmt: skip
def test_what_stands_around_a_value_is_no_part_of_it(one: str, other: str, same: bool) -> None:
    (number,) = weighed((word(one, 10, 0.99),), (word(other, 10, 0.95),), PAGE)
    assert (number.confidence > DIFFERENT) is same


def test_a_number_that_only_the_first_reading_saw_is_doubtful() -> None:
    (number,) = weighed((word("140", 10, 0.99),), (), PAGE)
    assert number.confidence <= DIFFERENT


def test_a_number_that_only_the_second_reading_saw_is_doubtful_too() -> None:
    label, value = word("MRN:", 10, 0.9), word("0071234", 200, 0.98)
    read = weighed([label], [label, value], PAGE)
    assert texts(read) == ["MRN:", "0071234"]
    assert read[1].confidence == DIFFERENT


def test_where_the_second_reading_did_not_look_the_first_stands_as_it_is() -> None:
    first = (word("140", 10, 0.99),)
    assert weighed(first, (), ()) == first
    assert weighed(first, (), (Box(0, 500, 1000, 100),)) == first


def test_a_word_that_only_the_second_reading_has_is_put_in_its_line_if_it_is_sure() -> None:
    first = (word("Sodium", 10, 0.9), word("mmol/L", 200, 0.9))
    second = (*first, word("140", 120, 0.9), word("|~", 500, 0.9), word("Ab", 600, 0.3))
    assert texts(weighed(first, second, PAGE)) == ["Sodium", "140", "mmol/L"]


def test_a_lost_space_is_found_where_it_is_wide_enough() -> None:
    first = (word("ANNAJ", 10, 0.9, width=74),)
    apart = (word("ANNA", 10, 0.9), word("J", 72, 0.9))
    assert texts(weighed(first, apart, PAGE)) == ["ANNA", "J"]
    near = (word("ANNA", 10, 0.9), word("J", 60, 0.9))
    assert texts(weighed(first, near, PAGE)) == ["ANNAJ"]


def test_words_keep_their_order_and_their_line() -> None:
    first = (word("one", 10, 0.3), word("two", 100, 0.9), word("three", 10, 0.9, y=200, line=1))
    second = (word("0ne", 10, 0.6), word("three", 10, 0.9, y=200, line=1))
    made = weighed(first, second, PAGE)
    assert texts(made) == ["0ne", "two", "three"]
    assert [one.line for one in made] == [0, 0, 1]
