"""The same sheet filmed again, and sheets that are only alike."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.film.repeats import SAME, Print, Repeat, is_repeat, print_of, repeats, retake_of
from capture.model import Pixels
from tests.capture.conftest import LINES

DrawPage = Callable[..., Pixels]
FORM = (
    "PLACEHOLDER GENERAL HOSPITAL",
    "NURSES NOTES                     Ward 4",
    "Name: {name}",
    "Record no: {number}       Date: {day}",
    *LINES * 5,
    "Signature of the nurse on duty",
)
FIRST = {"name": "SAMPLEWELL, NORA", "number": "0042137", "day": "March 4, 1961"}
SECOND = {"name": "MOCKRIDGE, ARTHUR", "number": "0917552", "day": "June 28, 1964"}
DPI = 150.0


@pytest.fixture(scope="module")
def form(draw_page: DrawPage) -> Callable[..., Pixels]:
    """The same form filled in for somebody."""
    return lambda values: draw_page(tuple(line.format(**values) for line in FORM))


def filmed(
    page: Pixels,
    seed: int,
    *,
    turn: float = 0.0,
    shift: tuple[int, int] = (0, 0),
    grain: float = 6.0,
    blur: float = 0.8,
    tones: tuple[int, int] = (30, 225),
) -> Pixels:
    """A page as another exposure of it comes out of preparation: never quite the same."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    matrix[:, 2] += shift
    laid = cv2.warpAffine(page, matrix, (width, height), borderValue=(255,))
    soft = cv2.GaussianBlur(laid, (0, 0), blur).astype(np.float32) / 255
    noise = np.random.default_rng(seed)
    worn = tones[0] + (tones[1] - tones[0]) * soft + noise.normal(0, grain, page.shape)
    worn = np.clip(worn, 0, 255).astype(np.uint8)
    for x, y in noise.integers((0, 0), (width, height), (60, 2)).tolist():
        cv2.circle(worn, (x, y), 2, (int(noise.choice((20, 240))),), -1)
    return worn


@pytest.fixture(scope="module")
def original(form: Callable[..., Pixels]) -> Print:
    return print_of(filmed(form(FIRST), 0), DPI)


@pytest.mark.parametrize("turn", [0.0, 0.7, -1.0])
@pytest.mark.parametrize("shift", [(0, 0), (14, -9), (-60, 45)])
def test_sheet_filmed_again_is_a_repeat(
    form: Callable[..., Pixels], original: Print, turn: float, shift: tuple[int, int]
) -> None:
    again = print_of(filmed(form(FIRST), 1, turn=turn, shift=shift), DPI)
    assert is_repeat(original, again) >= SAME
    assert is_repeat(again, original) >= SAME


@pytest.mark.parametrize(
    "worse", [{"grain": 14.0}, {"blur": 1.6}, {"tones": (90, 190)}, {"tones": (5, 120)}]
)
def test_worse_exposure_of_a_sheet_is_a_repeat(
    form: Callable[..., Pixels], original: Print, worse: dict[str, float]
) -> None:
    again = print_of(filmed(form(FIRST), 2, turn=0.4, **worse), DPI)
    assert is_repeat(original, again) >= SAME


def test_form_of_another_patient_is_no_repeat(form: Callable[..., Pixels], original: Print) -> None:
    assert is_repeat(original, print_of(filmed(form(SECOND), 3), DPI)) < SAME


def test_another_name_on_a_form_is_enough(form: Callable[..., Pixels], original: Print) -> None:
    values = {**FIRST, "name": SECOND["name"]}
    assert is_repeat(original, print_of(filmed(form(values), 4), DPI)) < SAME


def test_empty_form_does_not_repeat_the_filled_one(draw_page: DrawPage) -> None:
    print_only, filled = FORM[:4], (*FORM[:4], *LINES * 3)
    one, other = (print_of(filmed(draw_page(lines), 5), DPI) for lines in (print_only, filled))
    assert is_repeat(one, other) < SAME
    assert is_repeat(other, one) < SAME


def test_other_text_is_no_repeat(draw_page: DrawPage, original: Print) -> None:
    assert is_repeat(original, print_of(draw_page(tuple(reversed(LINES)) * 6), DPI)) == 0.0


def test_pages_with_next_to_nothing_on_them_tell_nothing(draw_page: DrawPage) -> None:
    page = print_of(draw_page(("2",)), DPI)
    assert is_repeat(page, page) == 0.0


def test_repeats_are_told_among_neighbours(
    form: Callable[..., Pixels], draw_page: DrawPage
) -> None:
    one, other = form(FIRST), form(SECOND)
    third = draw_page(tuple(reversed(LINES)) * 6)
    roll = [one, other, third, one, other]
    found = list(repeats(print_of(filmed(page, at), DPI) for at, page in enumerate(roll)))
    assert [(repeat.frame, repeat.of) for repeat in found] == [(4, 1), (5, 2)]
    assert all(repeat.confidence >= SAME for repeat in found)


def test_only_frames_in_the_window_are_looked_at(draw_page: DrawPage, original: Print) -> None:
    between = [print_of(draw_page((line,) * 20), DPI) for line in LINES[:3]]
    roll = [original, *between, original]
    assert list(repeats(roll, window=3)) == []
    assert list(repeats(roll, window=4)) == [Repeat(5, 1, is_repeat(original, original))]


def test_retake_is_found_however_far_before_it_the_first_exposure_lies(
    form: Callable[..., Pixels], draw_page: DrawPage
) -> None:
    pages = [draw_page((line,) * 20) for line in LINES] + [form(FIRST), form(SECOND)]
    prints = {at: print_of(filmed(page, at), DPI) for at, page in enumerate(pages, 1)}
    made: list[int] = []

    def print_at(number: int) -> Print:
        made.append(number)
        return prints[number]

    glances = {at: one.coarse for at, one in prints.items()}
    again = print_of(filmed(form(FIRST), 99, turn=0.3), DPI)
    found = retake_of(40, again, glances, print_at)
    assert found is not None
    assert (found.frame, found.of) == (40, 5)
    assert len(made) <= 6
    other = print_of(draw_page(tuple(reversed(LINES)) * 6), DPI)
    assert retake_of(41, other, glances, print_at) is None


@settings(max_examples=20)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**16))
def test_a_print_is_made_of_every_picture(height: int, width: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    made = print_of(pixels, DPI)
    assert 0.0 <= is_repeat(made, made) <= 1.0
