"""Black and white pages stay so when they are turned or made square, and lose no dot."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capture.deskew import level
from capture.model import Pixels
from capture.resample import black_and_white, square_pixels

SPACE = 6


def dotted(seed: int) -> tuple[Pixels, int]:
    """A page of single dots, each a few pixels from the next."""
    page = np.full((240, 180), 255, np.uint8)
    here = np.random.default_rng(seed).random((40, 30)) < 0.4
    page[2::SPACE, 3::SPACE][here] = 0
    return page, int(here.sum())


def pieces(page: Pixels) -> int:
    count, _ = cv2.connectedComponents((page == 0).astype(np.uint8), connectivity=8)
    return int(count) - 1


@given(st.integers(0, 2**32 - 1), st.floats(-15, 15))
def test_turning_a_page_level_loses_no_dot(seed: int, degrees: float) -> None:
    page, dots = dotted(seed)
    turned = level(page, degrees, bitonal=True)
    assert pieces(turned) == dots
    assert set(np.unique(turned)) <= {0, 255}


@given(st.integers(0, 2**32 - 1), st.sampled_from([(204.0, 196.0), (204.0, 98.0), (200.0, 100.0)]))
def test_making_fax_pixels_square_loses_no_dot(seed: int, dpi: tuple[float, float]) -> None:
    page, dots = dotted(seed)
    square, step = square_pixels(page, dpi, bitonal=True)
    assert step.applied
    assert pieces(square) == dots


@given(st.integers(0, 2**32 - 1))
def test_strokes_keep_their_weight(seed: int) -> None:
    page = np.full((200, 200), 255, np.uint8)
    rng = np.random.default_rng(seed)
    for x, y, wide, high in rng.integers((10, 10, 3, 3), (140, 140, 50, 50), (12, 4)):
        page[y : y + high, x : x + wide] = 0
    before, after = (int((one == 0).sum()) for one in (page, level(page, 3.3, bitonal=True)))
    assert abs(after - before) <= 0.04 * before


def test_a_page_of_two_tones_stays_as_it_is() -> None:
    page, _ = dotted(5)
    assert np.array_equal(black_and_white(page), page)
