"""A page comes to the recogniser with letters of the size it likes."""

import numpy as np
import pytest

from capture.letters import x_height
from ocr.prepare import LARGEST_FACTOR, LETTER, prepare

from .pages import blank_page, page_of, report_page


@pytest.mark.parametrize("size", [12, 45, 60])
def test_letters_come_near_the_liked_height(size: int) -> None:
    ready = prepare(report_page(size))
    height = x_height(ready.pixels)
    assert height is not None
    assert height == pytest.approx(LETTER, rel=0.25)


def test_a_page_of_the_right_size_is_left_alone() -> None:
    page = report_page(26)
    ready = prepare(page)
    assert ready.factor == 1.0
    assert ready.pixels is page.pixels


def test_the_resolution_a_file_states_is_not_believed() -> None:
    page = report_page(60)
    told_wrong = page_of(page.pixels, dpi=72)
    assert prepare(told_wrong).factor == prepare(page).factor


def test_a_page_without_letters_keeps_its_size() -> None:
    assert prepare(blank_page()).factor == 1.0


def test_a_page_is_never_enlarged_beyond_reason() -> None:
    rng = np.random.default_rng(3)
    specks = np.where(rng.random((6000, 5000)) < 0.02, 0, 255).astype(np.uint8)
    specks = np.kron(specks[:1200, :1000], np.ones((5, 5), np.uint8))
    assert prepare(page_of(specks)).pixels.size <= 41_000_000
    assert prepare(report_page(6)).factor <= LARGEST_FACTOR


def test_one_bit_pages_lose_the_steps_of_their_edges() -> None:
    grey = report_page(26).pixels
    bitonal = page_of(np.where(grey < 128, 0, 255).astype(np.uint8), bitonal=True)
    assert len(np.unique(prepare(bitonal).pixels)) > 20
