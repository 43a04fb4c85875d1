"""The dark around a page goes; writing stays, even a millimetre from it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.crop import crop_surround
from capture.model import Pixels

WRITING = 7
"""A tone that nothing else on these pages has."""


def page_with_stroke(left: int, x: int, y: int) -> Pixels:
    page = np.full((1650, 1275), 240, np.uint8)
    page[:, :left] = 20
    page[y : y + 30, x : x + 6] = WRITING
    page[y : y + 6, x : x + 22] = WRITING
    return page


def written(page: Pixels) -> int:
    return int(np.count_nonzero(page == WRITING))


@settings(max_examples=12, deadline=None)
@given(
    left=st.integers(20, 120),
    gap=st.integers(0, 12),
    y=st.integers(6, 1600),
    across=st.booleans(),
)
def test_a_letter_a_millimetre_from_the_dark_stays_whole(
    left: int, gap: int, y: int, across: bool
) -> None:
    page = page_with_stroke(left, left + 6 + gap, y)
    lying = np.ascontiguousarray(page.T) if across else page
    cropped, step = crop_surround(lying)
    assert step.applied
    assert written(cropped) == written(lying)


def print_(chance: np.random.Generator) -> Pixels:
    ink = np.zeros((120, 620), np.uint8)
    size, thick = chance.uniform(0.8, 1.8), int(chance.integers(2, 7))
    cv2.putText(ink, "see page 12", (20, 80), cv2.FONT_HERSHEY_SIMPLEX, size, (1,), thick)
    return ink


def script(chance: np.random.Generator) -> Pixels:
    ink = np.zeros((160, 700), np.uint8)
    turn = np.linspace(0, chance.uniform(6, 40), 300)
    x = 40 + 14 * turn + 22 * np.cos(turn)
    path = np.stack([x, 80 + chance.uniform(20, 60) * np.sin(turn)], axis=1)
    cv2.polylines(ink, [path.astype(np.int32)], False, (1,), int(chance.integers(2, 7)))
    return ink


def stamp(chance: np.random.Generator) -> Pixels:
    ink = np.zeros((260, 260), np.uint8)
    cv2.circle(ink, (130, 130), int(chance.integers(40, 110)), (1,), int(chance.integers(3, 9)))
    cv2.line(ink, (95, 130), (165, 130), (1,), 5)
    return ink


def tick(chance: np.random.Generator) -> Pixels:
    ink = np.zeros((160, 160), np.uint8)
    end = tuple(chance.integers(60, 150, 2).tolist())
    cv2.line(ink, (20, 60), (50, 110), (1,), int(chance.integers(3, 12)))
    cv2.line(ink, (50, 110), end, (1,), int(chance.integers(3, 12)))
    return ink


WRITINGS = (print_, script, stamp, tick)


def trimmed(ink: Pixels) -> Pixels:
    x, y, width, height = cv2.boundingRect(ink)
    return ink[y : y + height, x : x + width]


def sheet(bar: int, slant: float) -> Pixels:
    """Draw light paper at 300 dpi beside a dark bar that may stand askew."""
    page = np.full((3300, 2550), 240, np.uint8)
    edge = bar + slant * np.arange(3300)
    page[np.arange(2550)[None] < edge[:, None]] = 20
    return page


def inked(page: Pixels, ink: Pixels, x: int, y: int) -> Pixels:
    height, width = ink.shape
    page[y : y + height, x : x + width][ink > 0] = WRITING
    return page


some = settings(max_examples=25, deadline=None)
shapes = st.sampled_from(WRITINGS)
seeds = st.integers(0, 2**32)
gaps = st.integers(0, 12)


@some
@given(shapes, seeds, gaps, st.integers(40, 150), st.floats(0, 0.03), st.booleans())
def test_writing_up_to_a_millimetre_from_the_dark_loses_nothing(
    draw: Callable[[np.random.Generator], Pixels],
    seed: int,
    gap: int,
    bar: int,
    slant: float,
    upright: bool,
) -> None:
    ink = trimmed(draw(np.random.default_rng(seed)))
    ink = ink if upright else np.ascontiguousarray(ink.T)
    y = seed % 2400 + 40
    # Where the dark reaches furthest, so that the writing touches it without a gap.
    x = int(np.ceil(bar + slant * (y + ink.shape[0] - 1))) + gap
    page = inked(sheet(bar, slant), ink, x, y)
    cropped, step = crop_surround(page)
    assert step.applied
    assert written(cropped) == written(page)


@some
@given(shapes, seeds, gaps, st.integers(40, 150), st.sampled_from([0, 1, 2]))
def test_writing_that_runs_to_the_edge_of_the_image_beside_a_bar_loses_nothing(
    draw: Callable[[np.random.Generator], Pixels], seed: int, gap: int, bar: int, side: int
) -> None:
    ink = trimmed(draw(np.random.default_rng(seed)))
    height, width = ink.shape
    middle = seed % 1200 + 400
    x, y = ((2550 - width - gap, middle), (middle, gap), (middle, 3300 - height - gap))[side]
    page = inked(sheet(bar, 0.0), ink, x, y)
    cropped, step = crop_surround(page)
    assert step.applied
    assert written(cropped) == written(page)


@pytest.mark.parametrize("left", [30, 90])
def test_the_dark_is_gone(left: int) -> None:
    cropped, _ = crop_surround(page_with_stroke(left, 600, 600))
    assert not np.any(cropped == 20)
