"""The number of a page."""

import pytest

from .test_read import only, values

LINES = "\nThe patient did well and slept through the night." * 12


@pytest.mark.parametrize("place", ["-2-" + LINES, LINES + "\n\n" + " " * 30 + "-2-"])
def test_a_number_between_dashes_at_head_or_foot_is_that_of_the_page(place: str) -> None:
    assert values(place, "page_of") == ["2"]


def test_a_number_between_dashes_in_the_text_is_not() -> None:
    assert values(LINES + "\n-2-" + LINES, "page_of") == []


def test_the_word_page_says_more_than_dashes() -> None:
    assert values("-2-          Page 3 of 4" + LINES, "page_of") == ["3/4"]


@pytest.mark.parametrize("of", ["0f", "o", "f", "ef", "osf"])
def test_of_is_known_through_a_misreading(of: str) -> None:
    assert values(f"Page 1 {of} 2", "page_of") == (["1/2"] if of != "osf" else ["1"])
    assert only("Page 1 o 2", "page_of").confidence < only("Page 1 of 2", "page_of").confidence
