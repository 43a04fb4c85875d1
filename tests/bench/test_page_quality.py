"""The yardstick of page quality: error rates whatever the order, truth carried onto pages."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench import falling, scrawl
from bench.degrade import Scan
from bench.page_quality import on_page
from bench.yardstick import printed_cer, rank_correlation
from capture.model import Box
from tests.ocr.pages import page_of

words = st.lists(st.text("abcdefgh", min_size=1, max_size=8), max_size=12)


@given(words, st.randoms(use_true_random=False))
def test_order_does_not_count(truth: list[str], rng: Random) -> None:
    shuffled = rng.sample(truth, len(truth))
    assert printed_cer(truth, shuffled) == 0.0


@given(words, words)
def test_an_error_rate_is_a_share(truth: list[str], read: list[str]) -> None:
    assert 0.0 <= printed_cer(truth, read) <= 1.0


def test_a_word_read_nearly_costs_its_letters_and_a_lost_one_all_of_them() -> None:
    assert printed_cer(["patient", "hospital"], ["pat1ent", "hospital"]) == 1 / 15
    assert printed_cer(["patient", "hospital"], ["hospital"]) == 7 / 15


def test_ranks_agree_whatever_the_scale() -> None:
    assert rank_correlation([0.1, 0.2, 0.9], [1.0, 5.0, 6.0]) == 1.0
    assert rank_correlation([0.1, 0.2, 0.9], [6.0, 5.0, 1.0]) == -1.0


def test_a_page_that_was_not_turned_keeps_the_places_of_its_sheet() -> None:
    pixels = np.full((330, 255), 255, np.uint8)
    scan = Scan(pixels)
    assert on_page(Box(20, 30, 40, 50), scan, page_of(pixels)) == Box(20, 30, 40, 50)


def test_the_same_seed_draws_the_same_page_and_another_seed_another() -> None:
    first, again, other = (scrawl.note(Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_handwriting_lies_inside_its_boxes() -> None:
    found = scrawl.form(Random(5), ["Told."], scrawl.SIGN_LABELS, filled=True)
    pen = [stroke for stroke in found.sheet.strokes if not stroke.printed]
    assert pen
    for stroke in pen:
        x, y = stroke.points[len(stroke.points) // 2]
        assert any(box.x <= x <= box.right and box.y <= y <= box.bottom for box in found.hands)


def test_every_look_leaves_a_page_to_look_at() -> None:
    looks = tuple(falling.FALLING)
    for page in falling.spoiled_pages(3, 1, looks):
        assert page.scan.pixels.min() < page.scan.pixels.max()
        assert page.printed
