"""The letters of a page are measured, and nothing else is taken for one."""

import numpy as np
import pytest

from capture.letters import x_height
from capture.model import Pixels


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
