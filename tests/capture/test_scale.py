"""The letters of a page are measured, and its size is changed by what they need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.letters import x_height
from capture.model import Pixels
from capture.scale import grey, resize, soften


def page_of_letters(height: int, *, specks: int = 0) -> Pixels:
    """Return 120 letter-like strokes of ``height`` pixels on white, and ``specks`` of dust."""
    page = np.full((14 * height, 30 * height), 255, np.uint8)
    for row in range(4):
        for column in range(20):
            y, x = height * (1 + 3 * row), height + round(1.4 * height * column)
            page[y : y + height, x : x + max(2, height // 5)] = 0
            page[y + height - 2 : y + height, x : x + height // 2] = 0
    dust = np.random.default_rng(7)
    for _ in range(specks):
        y, x = dust.integers(0, page.shape[0] - 6), dust.integers(0, page.shape[1] - 6)
        page[y : y + 5, x : x + 2] = 0
    return page


@pytest.mark.parametrize("height", [8, 20, 45])
def test_the_height_of_the_letters_is_found(height: int) -> None:
    assert x_height(page_of_letters(height)) == pytest.approx(height, abs=1)


def test_dust_does_not_count_as_letters() -> None:
    assert x_height(page_of_letters(30, specks=200)) == pytest.approx(30, abs=1)


def test_large_pictures_and_rules_do_not_count_as_letters() -> None:
    page = page_of_letters(20)
    page[200:260, 50:500] = 0
    page[:, 5:7] = 0
    assert x_height(page) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_page_without_letters_has_no_height(shade: int) -> None:
    assert x_height(np.full((300, 200), shade, np.uint8)) is None


def test_colour_pages_are_measured_like_grey_ones() -> None:
    page = page_of_letters(20)
    assert x_height(np.stack([page] * 3, axis=2)) == x_height(page)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.05, 3))
def test_a_resized_page_has_its_sides_times_the_factor(h: int, w: int, factor: float) -> None:
    for pixels in (np.zeros((h, w), np.uint8), np.zeros((h, w, 3), np.uint8)):
        sized = resize(pixels, factor)
        assert sized.shape[:2] == (max(1, round(h * factor)), max(1, round(w * factor)))
        assert sized.shape[2:] == pixels.shape[2:]
        assert sized.dtype == np.uint8


def test_a_factor_of_one_changes_nothing() -> None:
    page = page_of_letters(20)
    assert resize(page, 1.0) is page


def test_shrinking_keeps_thin_strokes() -> None:
    page = np.full((90, 90), 255, np.uint8)
    page[:, 40] = 0
    assert resize(page, 0.4).min(axis=1).max() < 200


def test_softening_keeps_the_ink_and_takes_the_steps() -> None:
    page = np.full((50, 50), 255, np.uint8)
    page[20:30, 20:30] = 0
    soft = soften(page, 0.8)
    assert abs(float(soft.mean()) - float(page.mean())) < 0.5
    assert len(np.unique(soft)) > 4


def test_grey_weighs_colours_as_the_eye_does() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert grey(red)[0, 0] == 76
