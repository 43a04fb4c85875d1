"""Measures say what they mean at their ends, and obey their laws between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.score import (
    FieldScore,
    FilingScore,
    Match,
    boundary_match,
    character_error_rate,
    field_score,
    filing_score,
    mean,
    percentile,
    rotation_accuracy,
    skew_error,
    word_match,
)

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1)
sets = st.sets(st.integers(1, 30))


@given(st.text())
def test_a_perfect_reading_has_no_errors(text: str) -> None:
    assert character_error_rate(text, text) == 0.0
    assert word_match(text, text).f1 in {0.0, 1.0}


def test_character_errors_are_counted_per_character_of_truth() -> None:
    assert character_error_rate("discharge", "dischorge") == pytest.approx(1 / 9)
    assert character_error_rate("a b\n\nc", "a  b c") == 0.0
    assert character_error_rate("", "noise") == 1.0
    assert character_error_rate("text", "") == 1.0


def test_words_count_as_often_as_they_stand() -> None:
    found = word_match("The patient. the chart", "the patient, xray")
    assert found == Match(hits=2, wanted=4, found=3)
    assert found.recall == 0.5
    assert found.precision == pytest.approx(2 / 3)


@given(sets, sets)
def test_f1_lies_between_precision_and_recall(truth: set[int], found: set[int]) -> None:
    match = boundary_match(truth, found)
    low, high = sorted((match.precision, match.recall))
    if match.hits:
        assert low - 1e-9 <= match.f1 <= high + 1e-9


def test_a_missed_separator_shows_in_recall_and_a_false_one_in_precision() -> None:
    assert boundary_match({1, 4, 9}, {1, 9}).recall == pytest.approx(2 / 3)
    assert boundary_match({1, 9}, {1, 4, 9}).precision == pytest.approx(2 / 3)


def test_a_wrong_value_is_worse_than_a_missing_one() -> None:
    assert field_score({"0071234"}, set()) == FieldScore(right=0, wrong=0, missing=1)
    wrong = field_score({"0071234"}, {"0077234"})
    assert (wrong.exact, wrong.silently_wrong) == (0.0, 1.0)
    both = wrong + field_score({"1961-03-04"}, {"1961-03-04"})
    assert (both.exact, both.silently_wrong) == (0.5, 0.5)


def test_nothing_asked_and_nothing_said_is_no_error() -> None:
    silent = field_score((), ())
    assert (silent.exact, silent.silently_wrong) == (1.0, 0.0)


def test_a_held_document_is_no_misfile() -> None:
    score = filing_score([("1", "1"), ("2", None), ("3", "4"), ("5", "5")])
    assert score == FilingScore(right=2, wrong=1, held=1)
    assert score.wrong_rate == pytest.approx(1 / 3)
    assert score.automatic == 0.75


def test_turns_and_angles_are_compared_as_found() -> None:
    assert rotation_accuracy([(90, 90), (0, 180), (270, -90)]) == pytest.approx(2 / 3)
    assert skew_error(-1.5, 1.0) == 2.5


@given(numbers)
def test_percentiles_run_from_least_to_greatest(values: list[float]) -> None:
    assert percentile(values, 0) == min(values)
    assert percentile(values, 100) == max(values)
    assert min(values) <= percentile(values, 50) <= max(values)


def test_no_value_has_no_percentile_and_no_mean() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
    with pytest.raises(ValueError, match="no values"):
        mean([])
