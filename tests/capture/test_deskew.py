"""How far a page is off level: found closely, left alone when nothing tells."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.deskew import Skew, level, skew_of
from capture.errors import SettingsError
from capture.ink import ink_mask, looked_at, marks_of
from capture.model import Pixels
from capture.orient import find_lie
from capture.settings import CaptureSettings, load_section

DrawPage = Callable[..., Pixels]
LINES = (
    "Wound clean and dry, sutures removed today.",
    "Return in two weeks, sooner with any fever.",
    "No restriction of diet; walk a mile each day.",
)
SURE = CaptureSettings().deskew_confidence
FEW = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def page_skew(page: Pixels, limit: float = 15.0) -> Skew:
    return skew_of(marks_of(ink_mask(looked_at(page)[0])), limit)


@FEW
@given(degrees=st.floats(-15, 15))
def test_any_skew_within_the_limit_is_found_within_a_twentieth(
    draw_page: DrawPage, degrees: float
) -> None:
    found = page_skew(level(draw_page(), -degrees, bitonal=False))
    assert found.degrees == pytest.approx(degrees, abs=0.05)
    if abs(degrees) < 14.95:
        assert found.confidence >= SURE


@FEW
@given(degrees=st.floats(-0.5, 0.5))
def test_rows_of_the_image_do_not_draw_small_angles_to_level(
    draw_page: DrawPage, degrees: float
) -> None:
    found = page_skew(level(draw_page(), -degrees, bitonal=True))
    # Black and white lines turned by less than that step by one pixel somewhere, or not at all.
    one_pixel = math.degrees(1 / (0.8 * draw_page().shape[1]))
    assert found.degrees == pytest.approx(degrees, abs=one_pixel)


def test_a_level_page_is_level_within_a_hundredth(draw_page: DrawPage) -> None:
    assert page_skew(draw_page()).degrees == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("degrees", [16.5, -20.0, 30.0])
def test_skew_beyond_the_limit_is_left_alone(draw_page: DrawPage, degrees: float) -> None:
    assert page_skew(level(draw_page(), -degrees, bitonal=False)).confidence < SURE


@pytest.mark.parametrize("degrees", [-44.5, -31.0, 22.0, 44.5])
def test_steep_skew_is_found_when_it_is_asked_for(draw_page: DrawPage, degrees: float) -> None:
    found = page_skew(level(draw_page(), -degrees, bitonal=False), 45.0)
    assert found.degrees == pytest.approx(degrees, abs=0.05)
    assert found.confidence >= SURE


@pytest.mark.parametrize("limit", [0.0, 0.5, 1.0])
def test_a_narrow_limit_still_tells_level_from_beyond(draw_page: DrawPage, limit: float) -> None:
    page = draw_page()
    assert page_skew(level(page, 2.0, bitonal=False), limit).confidence == 0.0
    assert abs(page_skew(page, max(limit, 0.1)).degrees) < 0.01


def blots(seed: int) -> Pixels:
    tones = np.random.default_rng(seed).random((11, 9), np.float32)
    dark = cv2.resize(tones, (900, 1100), interpolation=cv2.INTER_CUBIC) < 0.4
    page = np.full((1650, 1275), 255, np.uint8)
    page[200:1300, 180:1080][dark] = 0
    return page


@pytest.mark.parametrize("limit", [15.0, 45.0])
@pytest.mark.parametrize("seed", range(6))
def test_a_picture_without_straight_edges_has_no_skew(limit: float, seed: int) -> None:
    page = blots(seed)
    across, down = np.ogrid[:1650, :1275]
    page[np.hypot(across - 750, down - 630) > 440] = 255
    assert page_skew(level(page, 7.0, bitonal=True), limit).confidence < SURE


@pytest.mark.parametrize("seed", range(3))
def test_the_straight_edge_of_a_picture_is_measured_but_turns_no_page(seed: int) -> None:
    found = page_skew(level(blots(seed), 7.0, bitonal=True))
    assert found.degrees == pytest.approx(-7, abs=0.1)
    assert found.confidence < SURE


def streaks(chance: np.random.Generator) -> Pixels:
    """Draw the dead rows of a fax and its specks."""
    page = np.full((1650, 1275), 255, np.uint8)
    for x, y, long in chance.integers((0, 0, 50), (1200, 1650, 700), (3, 3)).tolist():
        cv2.line(page, (x, y), (x + long, y + 7), (0,), 2)
    for x, y, size in chance.integers((0, 0, 1), (1260, 1640, 4), (150, 3)).tolist():
        page[y : y + size, x : x + size] = 0
    return page


def specks(chance: np.random.Generator) -> Pixels:
    """Draw dirt of the size of letters."""
    page = np.full((1650, 1275), 255, np.uint8)
    for x, y, *size in chance.integers((0, 0, 5, 5), (1260, 1640, 14, 14), (900, 4)).tolist():
        page[y : y + size[1], x : x + size[0]] = 0
    return page


def scribble(chance: np.random.Generator) -> Pixels:
    """Draw some long strokes without aim."""
    page = np.full((1650, 1275), 255, np.uint8)
    for _ in range(25):
        start = chance.integers(150, 1000, 2)
        strokes = start + np.cumsum(chance.normal(0, 40, (12, 2)), axis=0)
        cv2.polylines(page, [strokes.astype(np.int32)], False, (0,), 3)
    return page


@pytest.mark.parametrize("draw", [streaks, specks, scribble])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_no_text_turns_no_page(
    draw: Callable[[np.random.Generator], Pixels], seed: int
) -> None:
    page = draw(np.random.default_rng(seed))
    for lying in (page, np.ascontiguousarray(np.rot90(page))):
        lie = find_lie(ink_mask(lying), 15.0)
        assert lie.rotation == 0
        assert lie.skew.confidence < SURE


def test_a_few_lines_among_dirt_are_text(draw_page: DrawPage) -> None:
    page = np.minimum(draw_page(LINES[:3]), streaks(np.random.default_rng(1)))
    found = page_skew(level(page, -4.0, bitonal=True))
    assert found.degrees == pytest.approx(4, abs=0.1)
    assert found.confidence >= SURE


def test_the_limit_is_forty_five_degrees_at_most() -> None:
    assert load_section({"deskew_limit_degrees": 45}, CaptureSettings, "capture")
    for wrong in (45.1, -1, float("nan")):
        with pytest.raises(SettingsError, match=r"\[capture\] deskew_limit_degrees .*45"):
            load_section({"deskew_limit_degrees": wrong}, CaptureSettings, "capture")


def test_small_grey_letters_keep_their_black_when_they_are_turned(draw_page: DrawPage) -> None:
    page = draw_page(LINES * 10, width=780, height=1000, size=13)
    turned = level(level(page, 2.0, bitonal=False), -2.0, bitonal=False)
    assert np.count_nonzero(turned < 64) > 0.4 * np.count_nonzero(page < 64)
