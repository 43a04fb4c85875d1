"""Rules are found, whole or broken, and hidden; letters keep every stroke."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.lines import find_rules, without_rules
from capture.model import Pixels
from capture.scale import otsu_ink

DrawPage = Callable[..., Pixels]
LENGTH = 54


def form(page: Pixels, weight: int = 3, tone: int = 20) -> Pixels:
    """The page with underlines, and a box around all of its writing."""
    ruled = page.copy()
    height, width = page.shape
    for y in range(height // 10 + 34, height - 200, 75):
        cv2.line(ruled, (110, y), (width - 110, y), (tone,), weight)
    cv2.rectangle(ruled, (90, 90), (width - 90, height - 90), (tone,), weight)
    return np.minimum(page, ruled)


def ink(page: Pixels) -> int:
    return int(np.count_nonzero(page < 128))


@pytest.mark.parametrize("weight", [1, 2, 3, 5])
@pytest.mark.parametrize("paper", [255, 225])
def test_a_form_without_its_rules_is_its_writing(
    draw_page: DrawPage, weight: int, paper: int
) -> None:
    page = np.minimum(draw_page(), paper)
    plain = without_rules(form(page, weight), LENGTH)
    rules = (form(page, weight) < 128) & (page >= 128)
    assert np.count_nonzero((plain < 128) & rules) <= 0.02 * np.count_nonzero(rules)
    assert np.count_nonzero((plain < 128) & (page < 128)) >= 0.95 * ink(page)
    assert plain.max() == paper


def test_a_letter_that_crosses_a_rule_stays_in_one_piece() -> None:
    page = np.full((200, 400), 255, np.uint8)
    page[100:103, 20:380] = 0
    page[82:120, 200:203] = 0
    cv2.line(page, (260, 82), (300, 120), (0,), 3)
    plain = without_rules(page, LENGTH)
    pieces, _ = cv2.connectedComponents((plain < 128).astype(np.uint8))
    assert pieces - 1 == 2
    assert (plain[82:120, 201] < 128).all()
    assert (plain[100:103, 20:190] == 255).all()


@pytest.mark.parametrize("gap", [2, 5])
def test_a_rule_broken_by_the_scan_is_one_rule(gap: int) -> None:
    page = np.full((100, 600), 255, np.uint8)
    page[50:52, 30:570] = 0
    for x in range(60, 560, 40):
        page[50:52, x : x + gap] = 255
    assert ink(without_rules(page, LENGTH)) == 0


def test_a_rule_a_little_off_level_goes_from_end_to_end() -> None:
    page = np.full((120, 900), 255, np.uint8)
    cv2.line(page, (40, 50), (860, 58), (0,), 3)
    assert ink(without_rules(page, LENGTH)) <= 6


def test_dashes_and_the_strokes_of_large_letters_are_no_rules(draw_page: DrawPage) -> None:
    page = draw_page(("A - B -- C", "THE ILL"), size=90)
    assert np.array_equal(without_rules(page, LENGTH), page)


def test_a_row_of_feet_of_blurred_letters_is_no_rule(draw_page: DrawPage) -> None:
    page = draw_page(("MINIMUM WILLIAM HILL",), size=30)
    foot = int(np.nonzero((page < 128).any(axis=1))[0].max())
    columns = np.nonzero((page[foot - 1 : foot + 1] < 128).any(axis=0))[0]
    page[foot - 1 : foot + 1, columns.min() : columns.min() + 120] = 0
    assert np.array_equal(without_rules(page, LENGTH), page)


def test_columns_stay_parted_when_only_level_rules_go() -> None:
    page = np.full((300, 300), 255, np.uint8)
    page[150:153, 20:280] = 0
    page[20:280, 60:63] = 0
    plain = without_rules(page, LENGTH, upright=False)
    assert (plain[20:280, 61] < 128).mean() > 0.95
    assert (plain[151, 80:280] == 255).all()


@given(st.integers(1, 120), st.integers(1, 120), st.integers(0, 2**32 - 1))
def test_what_is_hidden_only_grows_lighter_and_lies_at_rules(h: int, w: int, seed: int) -> None:
    page = np.random.default_rng(seed).choice([0, 90, 255], (h, w), p=[0.6, 0.1, 0.3])
    page = page.astype(np.uint8)
    mask = np.where(page < 128, 255, 0).astype(np.uint8)
    rules = find_rules(mask, 12)
    plain = without_rules(page, 12)
    assert (plain >= page).all()
    assert not (rules.mask & ~mask).any()
    assert plain.shape == rules.across.shape == rules.down.shape == page.shape


@given(st.integers(10, 90), st.integers(60, 200), st.integers(1, 6))
def test_rules_down_are_those_across_of_the_page_turned(x: int, long: int, weight: int) -> None:
    mask = np.zeros((260, 120), np.uint8)
    mask[20 : 20 + long, x : x + weight] = 255
    rules, turned = find_rules(mask, LENGTH), find_rules(np.ascontiguousarray(mask.T), LENGTH)
    assert np.array_equal(rules.down, turned.across.T)
    assert rules.down.any()
    assert not rules.across.any()


def test_a_page_without_rules_costs_a_few_thresholds(draw_page: DrawPage) -> None:
    page = draw_page(width=1700, height=2200)

    def cheapest(work: Callable[[], object]) -> float:
        seconds = []
        for _ in range(7):
            started = time.process_time()
            work()
            seconds.append(time.process_time() - started)
        return min(seconds)

    hidden = cheapest(lambda: without_rules(page, LENGTH))
    assert hidden < 6 * cheapest(lambda: otsu_ink(page))
