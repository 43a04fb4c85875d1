"""Black and white from grey: the strokes and nothing else, whatever the light and the size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.thresholds import divided, nick, otsu, sauvola, wolf
from capture.model import Pixels

DrawPage = Callable[..., Pixels]
LOCAL = [sauvola, wolf, nick]


def f_measure(made: Pixels, page: Pixels) -> float:
    ink, true = made == 0, page < 128
    return 2 * float((ink & true).sum()) / float(ink.sum() + true.sum())


def lit(page: Pixels, seed: int = 1) -> Pixels:
    """The page with pale ink on grey paper, light from the left, and grain."""
    grain = np.random.default_rng(seed).normal(0, 4, page.shape)
    light = np.linspace(1.0, 0.45, page.shape[1])[None, :]
    return np.clip((90 + page * 0.55) * light + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("method", LOCAL)
def test_local_thresholds_follow_the_light_where_one_for_all_fails(
    draw_page: DrawPage, method: Callable[[Pixels, float], Pixels]
) -> None:
    page = draw_page()
    made = f_measure(method(lit(page), 18.0), page)
    assert made > 0.8
    assert made > f_measure(otsu(lit(page)), page) + 0.1


def test_evened_paper_needs_one_threshold_only(draw_page: DrawPage) -> None:
    page = draw_page()
    assert f_measure(divided(lit(page)), page) > 0.8


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_any_page_gives_black_and_white_of_its_size(h: int, w: int, seed: int) -> None:
    page = np.random.default_rng(seed).integers(0, 256, (h, w), dtype=np.uint8)
    for made in (otsu(page), divided(page), *(method(page, 9.0) for method in LOCAL)):
        assert made.shape == page.shape
        assert made.dtype == np.uint8
        assert set(np.unique(made)) <= {0, 255}


@pytest.mark.parametrize("method", LOCAL)
def test_empty_paper_stays_empty(method: Callable[[Pixels, float], Pixels]) -> None:
    assert (method(np.full((90, 70), 240, np.uint8), 18.0) == 255).all()
