"""Spoiled pages keep exact truth: what was on the page is where the matrix says."""

from __future__ import annotations

from math import atan2, degrees
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.charts import Paper
from bench.degrade import (
    IDENTITY,
    RECIPES,
    Scan,
    compose,
    found_box,
    inverse,
    resample,
    shift,
    skew,
    turn,
)
from bench.render import render
from bench.sheet import HEIGHT, WIDTH
from capture.model import Box

BOX = Box(300, 400, 120, 40)


def marked_page(box: Box = BOX) -> Scan:
    page = np.full((HEIGHT // 3, WIDTH // 3), 255, dtype=np.uint8)
    page[box.y : box.bottom, box.x : box.right] = 0
    return Scan(page)


def ink_box(scan: Scan) -> Box:
    rows, columns = np.nonzero(scan.pixels < 128)
    x, y = int(columns.min()), int(rows.min())
    return Box(x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y)


def near(one: Box, other: Box, pixels: int = 1) -> bool:
    pairs = zip(one.as_list(), other.as_list(), strict=True)
    return all(abs(a - b) <= 2 * pixels for a, b in pairs)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_quarter_turn_carries_boxes_exactly(rotation: int) -> None:
    turned = turn(marked_page(), rotation)
    assert ink_box(turned) == found_box(BOX, turned.matrix)
    assert turned.rotation == rotation


def test_a_page_turned_by_90_has_its_top_at_the_right() -> None:
    top = turn(marked_page(Box(400, 5, 60, 20)), 90)
    assert ink_box(top).x > top.size[0] * 0.9


@settings(max_examples=25, deadline=None)
@given(st.floats(-5, 5), st.sampled_from([0, 90, 180, 270]), st.sampled_from([100, 200, 300]))
def test_skew_turn_and_resampling_together_carry_boxes(
    angle: float, rotation: int, dpi: int
) -> None:
    found = resample(turn(skew(marked_page(), angle), rotation), dpi, dpi)
    assert near(ink_box(found), found_box(BOX, found.matrix))


@given(st.floats(-5, 5).filter(lambda angle: abs(angle) > 0.05))
@settings(max_examples=20, deadline=None)
def test_positive_skew_runs_downhill_to_the_right(angle: float) -> None:
    found = skew(marked_page(Box(100, 500, 600, 4)), angle)
    rows, columns = np.nonzero(found.pixels < 255)
    # Weighed by darkness: a small angle moves the line by less than a pixel.
    ink = np.sqrt(255.0 - found.pixels[rows, columns])
    slope = np.polyfit(columns, rows, 1, w=ink)[0]
    assert degrees(atan2(slope, 1)) == pytest.approx(angle, abs=0.05)
    assert found.skew == angle


def test_fax_pixels_are_taller_than_wide_and_boxes_know_it() -> None:
    found = resample(marked_page(), 204, 98)
    box = found_box(BOX, found.matrix)
    assert found.dpi == (204, 98)
    assert near(ink_box(found), box)
    assert box.width / box.height == pytest.approx(3 * 204 / 98, rel=0.15)


def test_a_copier_that_enlarges_and_moves_carries_boxes() -> None:
    found = shift(marked_page(), -12, 20, 1.03)
    assert near(ink_box(found), found_box(BOX, found.matrix))


def test_going_there_and_back_is_the_identity() -> None:
    found = turn(skew(marked_page(), 2.2), 270)
    assert np.allclose(compose(inverse(found.matrix), found.matrix), IDENTITY)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_seeded_and_keeps_words_where_its_truth_says(
    name: str, papers: tuple[Paper, ...]
) -> None:
    sheet = papers[0].sheets[0]
    page = Scan(render(sheet))
    once, again = (RECIPES[name](page, Random(7)) for _ in range(2))
    assert np.array_equal(once.pixels, again.pixels)
    grey = once.pixels.astype(float)
    ink = 255 - grey if not once.negative else grey
    floor = np.median(ink)
    for run in sheet.runs:
        box = found_box(run.box, once.matrix)
        patch = ink[box.y : box.bottom, box.x : box.right]
        assert patch.size, run.text
        assert patch.max() > floor + 30, run.text


def test_the_clean_page_is_never_written_on(papers: tuple[Paper, ...]) -> None:
    page = render(papers[0].sheets[0])
    before = page.copy()
    for recipe in RECIPES.values():
        recipe(Scan(page), Random(1))
    assert np.array_equal(page, before)
