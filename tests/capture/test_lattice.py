"""Lattices: the pitch and phase of frames are found whatever is missing, slipped or touching."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.card.lattice import common_part, cuts_of, fitted, misfit, parts_of, pitch_of, room_in

PITCHES = st.floats(60, 200)
PHASES = st.floats(0, 500)
KEPT = st.sets(st.integers(0, 13), min_size=3, max_size=14).filter(
    lambda kept: min(b - a for a in kept for b in kept if b > a) <= 2
)


@given(PITCHES, PHASES, KEPT)
def test_pitch_and_places_are_found_whatever_frames_are_missing(
    pitch: float, phase: float, kept: set[int]
) -> None:
    starts = [phase + number * pitch for number in sorted(kept)]
    neighbours = [[phase, phase + pitch], starts]
    found = pitch_of(neighbours, 0.9 * pitch, 1.7 * pitch)
    assert found == pytest.approx(pitch, rel=0.01)
    lattice = fitted(starts, pitch)
    assert lattice.score == 1.0
    numbers = [lattice.nearest(start) for start in starts]
    assert np.diff(numbers).tolist() == np.diff(sorted(kept)).tolist()


def test_rows_of_other_phase_agree_on_one_pitch() -> None:
    rows = [[10.0, 110.0, 210.0], [33.0, 133.0], [71.0, 271.0, 371.0]]
    assert pitch_of(rows, 90, 180) == pytest.approx(100, abs=0.6)


def test_a_frame_that_slipped_does_not_move_the_lattice() -> None:
    lattice = fitted([0.0, 100.0, 170.0, 300.0, 400.0], 100)
    assert lattice.start(3) - lattice.start(0) == 300
    assert lattice.score == pytest.approx(0.8)


def test_single_frames_have_no_pitch() -> None:
    assert pitch_of([[5.0], [90.0]], 50, 100) is None


@given(st.integers(1, 14), st.floats(40, 200), st.floats(0, 0.12), st.floats(0, 1))
def test_touching_frames_are_counted_with_gaps_or_without(
    count: int, usual: float, gap: float, filled: float
) -> None:
    length = count * usual + filled * (count - 1) * gap * usual
    assert misfit(length, count, usual, gap * usual) == pytest.approx(0, abs=1e-6)
    found = parts_of(length, usual, gap * usual)
    assert found >= count
    assert misfit(length, found, usual, gap * usual) <= 1e-3


def test_cuts_move_to_the_seam_near_by() -> None:
    evidence = np.zeros(400)
    evidence[[97, 204, 301]] = 1.0
    assert cuts_of(evidence, 4) == [97, 204, 301]


def test_length_of_frames_that_all_touch_is_told_by_their_seams() -> None:
    noise = np.random.default_rng(1)
    profiles = []
    for count in (14, 9, 14):
        profile = noise.uniform(0, 0.4, count * 80)
        profile[80::80] = 1.5
        profiles.append(profile)
    assert common_part(profiles, 100) == pytest.approx(80, abs=1.5)


def test_nothing_tells_the_length_of_even_film() -> None:
    assert common_part([np.full(800, 0.5)], 100) is None


def test_room_grows_towards_the_middle_of_what_is_calm() -> None:
    calm = np.array([False, True, True, True, True, True, False])
    assert room_in(calm, 3).tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1, 2 / 3, 1 / 3, 0])
