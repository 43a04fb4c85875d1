"""Pale, grainy film becomes dark on white, and what is faint on it stays."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from capture.light import strengthen
from capture.model import Pixels

DrawPage = Callable[..., Pixels]


def pale(page: Pixels, depth: float, grain: float, paper: float = 235.0) -> Pixels:
    """The page with ink ``depth`` grey levels deeper than its paper, on grainy film."""
    noise = np.random.default_rng(2).normal(0, grain, page.shape)
    return np.clip(paper - (255.0 - page) * depth / 255 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("depth", "grain"), [(80, 9), (60, 6), (120, 14)])
def test_grain_becomes_white_and_ink_dark(draw_page: DrawPage, depth: int, grain: int) -> None:
    page = draw_page(width=1700, height=2200, size=34)
    strong, step = strengthen(pale(page, depth, grain))
    assert step.applied
    far = cv2.erode(page, np.ones((9, 9))) == 255
    assert float((strong[far] == 255).mean()) > 0.85
    assert float(np.median(strong[page == 0])) < 110


def test_few_lines_on_pale_film_are_parted_from_paper_by_one_threshold(
    draw_page: DrawPage,
) -> None:
    page = draw_page(("Samplewell, Ida", "seen today, no change") * 4, width=1700, height=2200)
    film = pale(page, 70, 9)
    strong, _ = strengthen(film)
    shares = [
        float((one <= cv2.threshold(one, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]).mean())
        for one in (film, strong)
    ]
    assert shares[0] > 0.2
    assert shares[1] < 0.03


@pytest.mark.parametrize("pencil", [0.5, 0.7])
def test_pencil_on_pale_film_stays(draw_page: DrawPage, pencil: float) -> None:
    page = draw_page(width=1700, height=2200, size=34)
    tone = round(255 * (1 - pencil))
    noted = page.copy()
    cv2.putText(noted, "call family", (300, 2000), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2, (tone,), 4)
    stroke = noted[1900:2100] < 250
    strong, step = strengthen(pale(noted, 80, 8))
    assert step.applied
    depth = 255 - np.median(strong[1900:2100][stroke].astype(int))
    assert depth > 0.3 * (255 - np.median(strong[page == 0].astype(int)))


def test_clear_film_stays_as_it_is(draw_page: DrawPage) -> None:
    film = pale(draw_page(), 170, 3)
    strong, step = strengthen(film)
    assert not step.applied
    assert strong is film


@pytest.mark.parametrize("grain", [0, 5, 15])
def test_a_blank_exposure_stays_as_it_is(grain: int) -> None:
    film = pale(np.full((2200, 1700), 255, np.uint8), 80, grain)
    strong, step = strengthen(film)
    assert not step.applied
    assert strong is film


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
@settings(max_examples=25, deadline=None)
def test_any_picture_keeps_its_size(pixels: Pixels) -> None:
    strong, _ = strengthen(pixels)
    assert strong.shape == pixels.shape
    assert strong.dtype == np.uint8
