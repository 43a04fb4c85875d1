"""The dark around a page goes; writing stays, even a millimetre from it."""

from __future__ import annotations

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


@pytest.mark.parametrize("left", [30, 90])
def test_the_dark_is_gone(left: int) -> None:
    cropped, _ = crop_surround(page_with_stroke(left, 600, 600))
    assert not np.any(cropped == 20)
