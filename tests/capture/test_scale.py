"""A page at another size keeps its ink."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capture.scale import grey, resize, soften


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.05, 3))
def test_a_resized_page_has_its_sides_times_the_factor(h: int, w: int, factor: float) -> None:
    for pixels in (np.zeros((h, w), np.uint8), np.zeros((h, w, 3), np.uint8)):
        sized = resize(pixels, factor)
        assert sized.shape[:2] == (max(1, round(h * factor)), max(1, round(w * factor)))
        assert sized.shape[2:] == pixels.shape[2:]
        assert sized.dtype == np.uint8


def test_a_factor_of_one_changes_nothing() -> None:
    page = np.full((30, 20), 255, np.uint8)
    assert resize(page, 1.0) is page


def test_shrinking_keeps_thin_strokes() -> None:
    page = np.full((90, 90), 255, np.uint8)
    page[:, 40] = 0
    assert resize(page, 0.4).min(axis=1).max() < 200


def test_softening_keeps_the_ink_and_takes_the_steps() -> None:
    page = np.full((50, 50), 255, np.uint8)
    page[20:30, 20:30] = 0
    soft = soften(page, 0.8)
    assert abs(float(soft.mean()) - float(page.mean())) < 0.5
    assert len(np.unique(soft)) > 4


def test_grey_weighs_colours_as_the_eye_does() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert grey(red)[0, 0] == 76
