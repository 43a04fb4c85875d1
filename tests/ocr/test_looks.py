"""A page is looked at again where it was read badly, or where writing was passed over."""

import time

import pytest

from capture.errors import ToolError
from capture.model import Pixels
from ocr.looks import read_page
from ocr.sight import AUTOMATIC, BLOCK, SPARSE

from .pages import blank_page, report_page

PAGE = "1\t1\t0\t0\t0\t0\t0\t0\t400\t200\t-1\t"


def table(text: str, confidence: float) -> str:
    rows = [
        f"5\t1\t{n}\t1\t1\t1\t{10 + 70 * n}\t20\t60\t20\t{confidence}\t{word}"
        for n, word in enumerate(text.split())
    ]
    return "\n".join([PAGE, *rows])


def below(text: str, confidence: float) -> str:
    row = f"5\t1\t1\t1\t1\t1\t10\t300\t60\t20\t{confidence}\t{text}"
    return f"{PAGE}\n{row}"


class Looks:
    """What a page shows in each mode, and in which modes it was asked."""

    def __init__(self, shown: dict[int, str], seconds: float = 0.0) -> None:
        self.shown = shown
        self.seconds = seconds
        self.modes: list[int] = []

    def __call__(self, pixels: Pixels, mode: int, seconds: float) -> str:
        self.modes.append(mode)
        time.sleep(self.seconds)
        if mode not in self.shown:
            raise ToolError(f"gave the page up after {seconds:g} seconds")
        return self.shown[mode]


def test_a_page_that_was_read_well_is_looked_at_once() -> None:
    looks = Looks({AUTOMATIC: table("Sodium 140", 92)})
    assert read_page(blank_page(), "test", looks, 60).text == "Sodium 140"
    assert looks.modes == [AUTOMATIC]


def test_the_second_look_is_taken_when_it_sees_more() -> None:
    looks = Looks({AUTOMATIC: table("Sxxxm", 40), SPARSE: table("Sodium 140 mmol/L", 88)})
    read = read_page(blank_page(), "test", looks, 60)
    assert looks.modes == [AUTOMATIC, SPARSE]
    assert read.text == "Sodium 140 mmol/L"


@pytest.mark.parametrize("second", [table("Sodiwn I4O", 55), PAGE])
def test_the_first_look_stays_when_the_second_sees_no_more(second: str) -> None:
    looks = Looks({AUTOMATIC: table("Sodium 140", 75), SPARSE: second})
    assert read_page(blank_page(), "test", looks, 60).words[0].text == "Sodium"


def test_a_page_on_which_nothing_was_read_is_looked_at_again() -> None:
    looks = Looks({AUTOMATIC: PAGE, SPARSE: table("Sodium", 90)})
    assert read_page(blank_page(), "test", looks, 60).text == "Sodium"


def test_a_second_look_that_fails_leaves_the_first_as_it_was() -> None:
    looks = Looks({AUTOMATIC: table("Sodium", 60)})
    assert read_page(blank_page(), "test", looks, 60).text == "Sodium"
    assert looks.modes == [AUTOMATIC, SPARSE]


def test_a_first_look_that_fails_is_an_error() -> None:
    with pytest.raises(ToolError, match="gave the page up"):
        read_page(blank_page(), "test", Looks({}), 60)


def test_a_first_look_that_took_long_leaves_no_time_for_a_second() -> None:
    looks = Looks({AUTOMATIC: table("Sxxxm", 40)}, seconds=0.05)
    assert read_page(blank_page(), "test", looks, 0.1).text == "Sxxxm"
    assert looks.modes == [AUTOMATIC]


def test_writing_that_was_passed_over_is_looked_at_alone_and_added() -> None:
    looks = Looks({AUTOMATIC: table("Sodium 140", 92), BLOCK: below("mmol/L", 91)})
    read = read_page(report_page(), "test", looks, 60)
    assert looks.modes == [AUTOMATIC, BLOCK]
    assert read.text.endswith("mmol/L")


@pytest.mark.parametrize("noise", [("mmol/L", 60), ("---", 95)])
def test_a_word_that_is_unsure_or_has_no_letter_is_not_added(noise: tuple[str, float]) -> None:
    looks = Looks({AUTOMATIC: table("Sodium 140", 92), BLOCK: below(*noise)})
    assert read_page(report_page(), "test", looks, 60).text == "Sodium 140"


def test_a_look_at_what_was_passed_over_that_fails_leaves_the_first_as_it_was() -> None:
    looks = Looks({AUTOMATIC: table("Sodium", 92)})
    assert read_page(report_page(), "test", looks, 60).text == "Sodium"
    assert looks.modes == [AUTOMATIC, BLOCK]
