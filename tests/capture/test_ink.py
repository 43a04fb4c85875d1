"""Marks of ink, and the looks at a page in which they are found."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.deskew import lower_edges, lower_edges_if_lying
from capture.ink import Marks, evened, glanced_at, looked_at, marks_of
from capture.model import Pixels
from capture.orient import unturned


def noise(seed: int, height: int, width: int, share: float) -> Pixels:
    random = np.random.default_rng(seed).random((height, width))
    return np.where(random < share, 255, 0).astype(np.uint8)


masks = st.builds(
    noise, st.integers(0, 2**32), st.integers(1, 70), st.integers(1, 70), st.floats(0.0, 1.0)
)


def boxes(marks: Marks) -> list[tuple[int, ...]]:
    sides = (marks.x, marks.y, marks.width, marks.height, marks.area)
    return sorted(zip(*(side.tolist() for side in sides), strict=True))


@given(masks)
@settings(max_examples=60, deadline=None)
def test_marks_are_the_components_of_the_mask(mask: Pixels) -> None:
    marks = marks_of(mask)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert boxes(marks) == sorted(map(tuple, stats[1:].tolist()))
    together = np.unique(np.stack([marks.labels.ravel().astype(int), labels.ravel()]), axis=1)
    assert together.shape[1] == len(np.unique(labels))


def test_more_marks_than_sixteen_bits_can_count_are_told_apart() -> None:
    dots = np.zeros((700, 700), np.uint8)
    dots[::2, ::2] = 255
    marks = marks_of(dots)
    assert len(marks.area) == 350 * 350
    assert (marks.area == 1).all()


@given(masks)
@settings(max_examples=40, deadline=None)
def test_all_marks_together_are_the_mask(mask: Pixels) -> None:
    marks = marks_of(mask)
    assert np.array_equal(marks.mask_of(np.ones(len(marks.area), dtype=np.bool_)), mask)


@given(masks)
@settings(max_examples=40, deadline=None)
def test_edges_of_a_lying_page_are_those_of_the_turned_one(mask: Pixels) -> None:
    lying = np.stack(lower_edges_if_lying(marks_of(mask)))
    turned = np.stack(lower_edges(marks_of(unturned(mask, 90))))
    assert sorted(lying.T.tolist()) == sorted(turned.T.tolist())


@pytest.mark.parametrize("shape", [(3300, 2550), (2201, 1701), (4400, 3401, 3), (700, 500), (1, 9)])
def test_a_look_is_of_the_length_asked_for_and_tells_its_scale(shape: tuple[int, ...]) -> None:
    page = np.full(shape, 255, np.uint8)
    small, factor = looked_at(page, 1650)
    assert small.ndim == 2
    assert max(small.shape) <= 1650 * 1.13
    assert max(small.shape) >= min(max(shape), 1650 * 0.87)
    assert np.allclose(np.array(small.shape) / factor, shape[:2], atol=1 / factor)


def test_a_glance_keeps_the_place_of_ink() -> None:
    page = np.full((3301, 2551), 255, np.uint8)
    page[1600:1700, 2000:2100] = 0
    small, factor = glanced_at(page)
    y, x = np.nonzero(small < 128)
    assert (y.min() / factor, x.min() / factor) == (1600, 2000)
    assert (y.max() + 1) / factor == 1700


def test_paper_of_any_tone_becomes_white_and_ink_stays_dark() -> None:
    page = np.linspace(120, 240, 803, dtype=np.float32)[None, :].repeat(611, axis=0)
    page[300:304, 100:700] *= 0.2
    even = evened(page.astype(np.uint8))
    assert np.percentile(even[:290], 5) > 235
    assert even[301:303, 110:690].max() < 90
