"""Image marks found on a look at film."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.blips import find_marks
from capture.model import Pixels

FILM, MARK = 12, 210


def film(length: int = 400, tone: int = FILM) -> Pixels:
    return np.full((length, 240), tone, np.uint8)


def softly_drawn(across: float, along: float, x: float, y: float) -> Pixels:
    """A mark at eight times the size, shrunk by area as a look is."""
    large = np.full((3200, 1920), FILM, np.uint8)
    left, top = round(8 * x), round(8 * y)
    large[top : top + round(8 * along), left : left + round(8 * across)] = MARK
    return np.asarray(cv2.resize(large, (240, 400), interpolation=cv2.INTER_AREA), np.uint8)


@given(
    across=st.floats(8, 32),
    along=st.floats(8, 32),
    x=st.floats(1, 20),
    y=st.floats(60, 300),
    flipped=st.booleans(),
    dark=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_a_mark_is_found_with_its_size_to_half_a_pixel(
    across: float, along: float, x: float, y: float, *, flipped: bool, dark: bool
) -> None:
    look = softly_drawn(across, along, x, y)
    look = look[:, ::-1] if flipped else look
    look = 255 - look if dark else look
    (mark,) = find_marks(np.ascontiguousarray(look))
    assert mark.across == pytest.approx(across, abs=0.5)
    assert mark.along == pytest.approx(along, abs=0.5)
    assert mark.middle[1] == pytest.approx(y + along / 2, abs=0.5)
    assert (mark.contrast > 0) != dark
    assert (mark.box.x > 120) == flipped


def test_a_round_hole_is_no_mark() -> None:
    look = film()
    cv2.circle(look, (14, 200), 9, 250, -1, cv2.LINE_AA)
    assert find_marks(look) == ()


def test_a_scratch_along_the_film_is_no_mark() -> None:
    look = film()
    look[:, 12:15] = MARK
    assert find_marks(look) == ()


def test_a_mark_that_the_end_of_the_look_cuts_is_left_to_the_next() -> None:
    look = film()
    look[380:, 5:20] = MARK
    assert find_marks(look) == ()


def test_a_scratch_through_a_mark_leaves_it_one() -> None:
    look = film()
    look[200:220, 5:25] = MARK
    look[:, 14] = FILM
    (mark,) = find_marks(look)
    assert mark.across == pytest.approx(20, abs=1)


def test_lines_of_writing_are_no_marks() -> None:
    look = np.full((400, 240), 235, np.uint8)
    for line in range(40, 360, 8):
        look[line : line + 4, 20:40] = 40
        look[line : line + 4, 43:66] = 40
    assert find_marks(look) == ()
