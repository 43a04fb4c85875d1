"""Which way up a page lies: told by feet, margins, points and shapes, or left as it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from capture.ink import ink_mask, looked_at
from capture.model import Pixels
from capture.orient import Lie, find_lie

DrawPage = Callable[..., Pixels]
TURNS = pytest.mark.parametrize("rotation", [0, 90, 180, 270])
CAPITALS = (
    "ADMITTED WITH FEVER AND COUGH, FOUR DAYS.",
    "LUNGS CLEAR. HEART REGULAR. NO EDEMA.",
    "RETURN TO CLINIC IN TWO WEEKS, DR. MOCKRIDGE.",
)
FIGURES = ("4.7   13.1   0.94", "27.3   41.7   3.5", "1.04   74.1   9.3", "33.4   17.2   4.1")


def lie_of(page: Pixels, rotation: int) -> Lie:
    lying = np.ascontiguousarray(np.rot90(page, k=-rotation // 90))
    return find_lie(ink_mask(looked_at(lying)[0]), 15.0)


@TURNS
@pytest.mark.parametrize("lines", [CAPITALS * 6, FIGURES * 6], ids=["capitals", "figures"])
def test_capitals_and_figures_tell_up_from_down(
    draw_page: DrawPage, lines: tuple[str, ...], rotation: int
) -> None:
    lie = lie_of(draw_page(lines), rotation)
    assert (lie.rotation, lie.confidence >= 0.5) == (rotation, True)


@TURNS
def test_marks_that_look_alike_both_ways_turn_no_page(draw_page: DrawPage, rotation: int) -> None:
    lie = lie_of(draw_page(("HOHOX IZXOH OXIHO",) * 20), rotation)
    assert lie.rotation % 180 == rotation % 180
    assert lie.confidence < 0.5


@pytest.mark.parametrize("speck", [3, 5])
def test_dirt_has_no_say_which_way_up_a_page_lies(draw_page: DrawPage, speck: int) -> None:
    page, dirt = draw_page(CAPITALS * 6), np.random.default_rng(4)
    for x, y in zip(dirt.integers(0, 1270, 500), dirt.integers(0, 1640, 500), strict=True):
        page[y : y + speck, x : x + speck] = 0
    assert [lie_of(page, turn).rotation for turn in (0, 180)] == [0, 180]


def test_an_empty_page_lies_as_it_lies() -> None:
    lie = lie_of(np.full((1650, 1275), 255, np.uint8), 0)
    assert (lie.rotation, lie.confidence) == (0, 0.0)


@TURNS
def test_rows_of_letters_tell_the_axis_of_broken_print(draw_page: DrawPage, rotation: int) -> None:
    page, dirt = draw_page(CAPITALS * 6), np.random.default_rng(2)
    page[dirt.random(page.shape) < 0.5] = 255
    assert lie_of(page, rotation).rotation % 180 == rotation % 180
