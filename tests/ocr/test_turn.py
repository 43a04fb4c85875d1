"""The confidence of an orientation is what its margin is worth."""

from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import Turn
from ocr.turn import UNKNOWN, turn_of_osd

margins = st.floats(0.001, 200)


@given(st.sampled_from([0, 90, 180, 270]), margins)
def test_a_margin_becomes_a_confidence_between_chance_and_one(degrees: int, margin: float) -> None:
    turn = turn_of_osd(degrees, margin)
    assert turn.rotation == degrees
    assert 0.25 <= turn.confidence <= 1.0


@given(margins, margins)
def test_a_larger_margin_is_never_less_sure(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert turn_of_osd(90, low).confidence <= turn_of_osd(90, high).confidence


@given(st.floats(-50, 0))
def test_no_margin_is_no_answer(margin: float) -> None:
    assert turn_of_osd(180, margin) == UNKNOWN == Turn(0, 0.0)


def test_full_turns_are_no_turn_and_odd_angles_are_no_answer() -> None:
    assert turn_of_osd(360, 5.0).rotation == 0
    assert turn_of_osd(45, 5.0) == UNKNOWN
