"""Several prints of one value."""

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box, Digest, FrameRef
from indexer.agreement import weighed
from indexer.model import IndexValue

FRAME = FrameRef(Digest("0" * 64), 1)


def printed(value: str, y: int, confidence: float = 0.7, field: str = "mrn") -> IndexValue:
    return IndexValue(field, value, value, FRAME, Box(0, y, 100, 20), confidence, "mrn-label@1")


def sure(values: list[IndexValue]) -> dict[str, float]:
    return {value.value: value.confidence for value in weighed(values)}


def test_two_prints_that_agree_are_surer_than_either() -> None:
    assert sure([printed("0712345", 0), printed("0712345", 100)])["0712345"] > 0.9


def test_one_print_read_twice_is_no_surer() -> None:
    assert sure([printed("0712345", 0), printed("0712345", 5)])["0712345"] == 0.7


def test_a_print_that_a_digit_parts_from_two_others_is_doubted() -> None:
    told = sure([printed("0712345", 0), printed("0712345", 100), printed("0712845", 200)])
    assert told["0712845"] < 0.5 < told["0712345"]


def test_a_number_of_another_person_is_kept_as_sure() -> None:
    told = sure([printed("0712345", 0), printed("0712345", 100), printed("9988776", 200)])
    assert told["9988776"] == 0.7


def test_birth_dates_that_differ_are_both_doubted() -> None:
    days = [
        printed("1927-03-04", 0, 0.9, "birth_date"),
        printed("1927-08-04", 99, 0.9, "birth_date"),
    ]
    assert all(value.confidence < 0.6 for value in weighed(days))


@given(st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 9), st.floats(0.01, 0.98))))
def test_every_value_that_was_read_is_kept_once(rows: list[tuple[str, int, float]]) -> None:
    kept = weighed([printed(value, 50 * y, confidence) for value, y, confidence in rows])
    assert [value.value for value in kept] == list(dict.fromkeys(row[0] for row in rows))
    assert all(0.0 < value.confidence < 1.0 for value in kept)
