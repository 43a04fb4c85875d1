"""Scratches go from film, and whatever is written or ruled on it stays."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from capture.despeckle import despeckle, destripe
from capture.model import Pixels

DrawPage = Callable[..., Pixels]
PAPER = 215
SIGNATURE = [(300, 1900), (420, 1820), (470, 1930), (560, 1800), (640, 1920), (900, 1860)]


def filmed(page: Pixels, seed: int = 1) -> Pixels:
    """The page on grainy film, positive."""
    grain = np.random.default_rng(seed).normal(0, 4, page.shape)
    return np.clip(30 + page * ((PAPER - 30) / 255) + grain, 0, 255).astype(np.uint8)


def scratch(film: Pixels, x: float, tone: int, *, wide: int = 2, drift: int = 0) -> Pixels:
    """The film with a scratch all along it that strays by ``drift`` columns."""
    marked, (height, _) = film.copy(), film.shape[:2]
    cv2.line(marked, (round(x), 0), (round(x) + drift, height), (tone,) * 3, wide, cv2.LINE_AA)
    return marked


@pytest.fixture(scope="module")
def page(draw_page: DrawPage) -> Pixels:
    drawn = draw_page(width=1700, height=2200, size=34)
    cv2.polylines(drawn, [np.array(SIGNATURE, np.int32)], False, (20,), 4, cv2.LINE_AA)
    return drawn


def off(one: Pixels, other: Pixels) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("tone", [5, 250])
@pytest.mark.parametrize("wide", [1, 2, 5])
@pytest.mark.parametrize("drift", [0, -4])
def test_a_scratch_goes(page: Pixels, tone: int, wide: int, drift: int) -> None:
    film = filmed(page)
    marked = scratch(film, 700.0, tone, wide=wide, drift=drift)
    mended, step = destripe(marked)
    assert step.applied
    assert step.value == 1.0
    # Grain under a light scratch is gone for good, its soft edges are left for the strokes in them.
    assert off(mended, film) < (0.35 if tone == 5 else 0.65) * off(marked, film)


def test_a_scratch_that_ends_within_the_frame_goes(page: Pixels) -> None:
    film = filmed(page)
    marked = film.copy()
    marked[900:, 700:702] = 5
    mended, step = destripe(marked)
    assert step.applied
    assert np.median(mended[920:, 700:702]) > PAPER - 15
    assert np.array_equal(mended[:880], film[:880])


@pytest.mark.parametrize("rule", [(60, 2140), (400, 1800), (110, 900)])
@pytest.mark.parametrize("wide", [2, 4])
def test_rules_of_a_form_along_the_film_stay(
    page: Pixels, rule: tuple[int, int], wide: int
) -> None:
    ruled = page.copy()
    for x in (150, 640, 1500):
        ruled[rule[0] : rule[1], x : x + wide] = 0
    film = filmed(ruled)
    mended, step = destripe(film)
    assert not step.applied
    assert mended is film


def test_a_rule_between_columns_that_ends_at_a_heavy_heading_stays(page: Pixels) -> None:
    ruled = page.copy()
    ruled[300:1900, 800:803] = 0
    ruled[240:300, 200:1500] = 0
    ruled[1900:1960, 200:1500] = 0
    film = filmed(ruled)
    mended, step = destripe(film)
    assert not step.applied
    assert mended is film


@pytest.mark.parametrize("mount", [10, 245])
def test_a_scratch_that_ends_where_the_page_does_goes(page: Pixels, mount: int) -> None:
    film = filmed(np.minimum(page, 235))
    marked = scratch(film, 700.0, 5)
    framed, plain = (
        cv2.copyMakeBorder(one, 90, 90, 60, 60, cv2.BORDER_CONSTANT, value=(mount,))
        for one in (marked, film)
    )
    mended, step = destripe(framed)
    assert step.applied
    assert off(mended, plain) < 0.35 * off(framed, plain)


def test_strokes_one_above_the_other_stay(draw_page: DrawPage) -> None:
    film = filmed(draw_page(("l | 1 I . i - : | l",) * 36, width=1700, height=2200, size=34))
    mended, step = destripe(film)
    assert not step.applied
    assert mended is film


def test_points_dashes_and_signature_stay_beside_a_scratch(draw_page: DrawPage) -> None:
    lines = ("0.5 mg i.v. - l | 1:30",) * 20
    drawn = draw_page(lines, width=1700, height=2200, size=34)
    cv2.polylines(drawn, [np.array(SIGNATURE, np.int32)], False, (20,), 4, cv2.LINE_AA)
    film = filmed(drawn)
    mended, _ = destripe(scratch(film, 1200.0, 5))
    cleaned, _ = despeckle(mended)
    ink = drawn < 100
    assert off(cleaned[ink], film[ink]) < 0.5


def test_a_stroke_seen_through_a_scratch_stays(page: Pixels) -> None:
    film = filmed(page)
    film[500:540, 600:603] = 40
    marked = film.copy()
    marked[:, 600:603] = (marked[:, 600:603] * 0.5).astype(np.uint8)
    mended, step = destripe(marked)
    assert step.applied
    assert np.median(mended[505:535, 601]) < 150


def test_graph_paper_is_not_taken_for_scratches(page: Pixels) -> None:
    ruled = page.copy()
    ruled[:, 20::40] = 90
    film = filmed(ruled)
    mended, step = destripe(film)
    assert not step.applied
    assert step.reason
    assert mended is film


def test_a_scratch_among_faint_bands_of_the_sensor_goes(page: Pixels) -> None:
    bands = 1 + 0.03 * np.sign(np.sin(np.arange(page.shape[1]) / 3.0))
    film = np.clip(filmed(page) * bands[None, :], 0, 255).astype(np.uint8)
    mended, step = destripe(scratch(film, 700.0, 5))
    assert step.applied
    assert step.value == 1.0
    assert np.median(mended[:, 700]) > PAPER - 30


def test_colour_is_mended_as_grey_is(page: Pixels) -> None:
    film = filmed(page)
    colour = np.dstack([film, film, film])
    marked = scratch(colour, 700.0, 5)
    mended, step = destripe(marked)
    assert step.applied
    assert off(mended, colour) < 0.35 * off(marked, colour)


@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 600), st.integers(1, 200))),
)
@settings(max_examples=25, deadline=None)
def test_any_picture_keeps_its_size(pixels: Pixels) -> None:
    mended, _ = destripe(pixels)
    assert mended.shape == pixels.shape
    assert mended.dtype == np.uint8
