"""Ribbons of film: the same lines whatever the file and however they are asked for."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.model import Pixels
from capture.ribbon import PixelRibbon, shrunk, shrunk_size


def film(width: int, length: int, seed: int = 0) -> Pixels:
    """Grain, and frames of their own tone."""
    rng = np.random.default_rng(seed)
    tones = rng.integers(0, 90, (length, width))
    for top in range(width // 2, length - width, round(1.5 * width)):
        tones[top : top + width, width // 10 : width - width // 10] += 120
    return tones.astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(20, 400),
    st.integers(1, 1500),
    st.integers(1, 500),
    st.integers(10, 260),
)
def test_a_ribbon_shrunk_in_blocks_is_the_ribbon_shrunk_at_once(
    width: int, length: int, block: int, columns: int
) -> None:
    ribbon = PixelRibbon(film(width, max(length, width)))
    size = shrunk_size(ribbon, columns)
    at_once = cv2.resize(ribbon.lines(0, ribbon.length), size, interpolation=cv2.INTER_AREA)
    pieces = list(shrunk(ribbon, columns, block))
    together = np.concatenate([lines for _, lines in pieces])
    starts = np.cumsum([0, *(len(lines) for _, lines in pieces[:-1])])
    assert [start for start, _ in pieces] == starts.tolist()
    assert together.shape == (size[1], size[0])
    assert np.abs(together.astype(int) - at_once.reshape(together.shape)).max() <= 1


def test_how_a_ribbon_is_shrunk_does_not_hang_on_the_block() -> None:
    ribbon = PixelRibbon(film(331, 4000))
    wholes = [
        np.concatenate([lines for _, lines in shrunk(ribbon, 97, block)])
        for block in (50, 1000, 9000)
    ]
    assert (wholes[0] == wholes[1]).all()
    assert (wholes[0] == wholes[2]).all()


def test_a_ribbon_that_is_narrow_enough_is_shrunk_to_itself() -> None:
    ribbon = PixelRibbon(film(90, 700))
    together = np.concatenate([lines for _, lines in shrunk(ribbon, 240, 128)])
    assert (together == ribbon.lines(0, 700)).all()


def test_film_that_runs_across_is_turned_to_run_down() -> None:
    pixels = film(80, 500)
    ribbon = PixelRibbon(np.ascontiguousarray(pixels.T))
    assert ribbon.lying
    assert (ribbon.width, ribbon.length) == (80, 500)
    assert (ribbon.lines(100, 140) == pixels[100:140]).all()
