"""A page tells by its letters whether it is sharp, dark and whole."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.model import PageImage, Pixels, Step
from capture.quality import Appearance, appearance, sight_of
from tests.ocr.pages import blank_page, report_page


def seen(page: PageImage) -> Appearance:
    return appearance(sight_of(page))


def changed(page: PageImage, pixels: Pixels) -> PageImage:
    return replace(page, pixels=np.asarray(pixels, dtype=np.uint8))


def blurred(sigma: float) -> PageImage:
    page = report_page()
    return changed(page, cv2.GaussianBlur(page.pixels, (0, 0), sigma))


def test_a_blurred_page_has_wider_edges_the_more_it_is_blurred() -> None:
    widths = [seen(page).edge_width or 0.0 for page in (report_page(), *map(blurred, (2, 4, 6)))]
    assert widths == sorted(widths)
    assert widths[0] < 2
    assert widths[-1] > 2 * widths[0]


def test_sharpness_does_not_hang_on_how_much_is_written() -> None:
    page = report_page()
    half = page.pixels.copy()
    half[page.height // 2 :] = 255
    whole, part = seen(page), seen(changed(page, half))
    assert part.edge_width == pytest.approx(whole.edge_width, rel=0.2)
    assert part.contrast == pytest.approx(whole.contrast, abs=0.05)


@given(st.floats(0.15, 1.0))
def test_contrast_is_what_is_left_between_paper_and_ink(keep: float) -> None:
    page = report_page()
    faded = 255 - (255 - page.pixels.astype(np.float32)) * keep
    assert seen(changed(page, faded)).contrast == pytest.approx(keep, abs=0.1)


def test_a_page_without_letters_has_no_figures() -> None:
    assert seen(blank_page()) == Appearance(None, None, None, 0, 0.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_lines_cut_at_a_side_are_counted(side: str) -> None:
    page = report_page()
    cut = page.pixels[:, 200:] if side == "left" else page.pixels[:, : page.width // 2 + 60]
    assert seen(page).cut_lines == 0
    assert seen(changed(page, np.ascontiguousarray(cut))).cut_lines >= 3


def test_a_page_that_was_levelled_is_judged_by_its_own_edges() -> None:
    page = report_page()
    cut = np.ascontiguousarray(page.pixels[:, 200:])
    height, width = cut.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 3.0, 1.0)
    grown = (width + round(height * 0.0523), height + round(width * 0.0523))
    turn[:, 2] += ((grown[0] - width) / 2, (grown[1] - height) / 2)
    laid = cv2.warpAffine(cut, turn, grown, borderValue=255)
    levelled = replace(changed(page, laid), steps=(Step("deskew", True, 1.0, 3.0),))
    assert seen(levelled).cut_lines >= 2


def test_borders_and_rules_at_the_edge_are_no_cut_text() -> None:
    page = report_page()
    framed = page.pixels.copy()
    framed[:, :6] = 0
    framed[page.height // 2 : page.height // 2 + 3] = 0
    assert seen(changed(page, framed)).cut_lines == 0


def test_grain_is_no_text_at_the_edge() -> None:
    page = report_page()
    noise = np.random.default_rng(1).random(page.pixels.shape)
    grainy = np.where(noise < 0.08, 255 - page.pixels, page.pixels)
    look = seen(changed(page, grainy))
    assert look.specks > 5
    assert look.cut_lines == 0
