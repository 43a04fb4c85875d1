"""The dates of a page together."""

import pytest

from indexer.chronology import day_of, out_of_order

from .test_read import indexed, only


def sure(text: str) -> dict[str, bool]:
    return {value.field: value.confidence >= 0.5 for value in indexed(text).values}


def test_a_birth_date_after_two_visits_is_the_one_that_is_wrong() -> None:
    told = sure("DOB: 03/04/1982   Admitted: 05/06/1961   Discharged: 05/12/1961")
    assert told == {"birth_date": False, "admission_date": True, "discharge_date": True}


def test_of_two_dates_in_disorder_neither_is_asserted() -> None:
    told = sure("Admitted: 05/16/1961   Discharged: 05/12/1961")
    assert not any(told.values())


def test_a_birth_date_that_the_printed_age_denies_is_doubted() -> None:
    text = "DOB: 03/04/{}   Date of Service: 05/06/1961\nThis 34-year-old woman came in."
    assert sure(text.format(1927))["birth_date"]
    assert not sure(text.format(1922))["birth_date"]


def test_nobody_is_older_than_a_hundred_and_five() -> None:
    assert not sure("DOB: 03/04/1827   Date of Service: 05/06/1961")["birth_date"]


@pytest.mark.parametrize(("transcribed", "kept"), [("05/14/1961", True), ("05/14/1967", False)])
def test_a_date_far_from_the_others_is_doubted(transcribed: str, kept: bool) -> None:
    text = f"Discharged: 05/12/1961  Dictated: 05/13/1961  Transcribed: {transcribed}"
    assert sure(text)["transcribed_date"] == kept
    assert sure(text)["dictated_date"]


def test_a_long_stay_is_no_disorder() -> None:
    text = "Admitted: 01/02/1957  Discharged: 05/12/1961  Dictated: 05/13/1961"
    assert all(sure(text).values())


def test_a_day_that_lost_a_digit_is_doubted_on_a_page_that_pads_its_days() -> None:
    text = "DOB: {}   Date of Service: 05/06/1961"
    short, alone = text.format("11/3/1932"), "DOB: 11/3/1932   Date of Service: 5/16/1961"
    assert only(short, "birth_date").confidence < 0.5 < only(alone, "birth_date").confidence


def test_the_order_of_a_page_is_lawful_or_said_not_to_be() -> None:
    good = indexed("DOB: 03/04/1927  Admitted: 05/06/1961  D: 05/13/1961  T: 05/14/1961").values
    assert out_of_order(good) == frozenset()
    bad = indexed("D: 05/14/1961  T: 05/13/1961").values
    assert out_of_order(bad) == {"dictated_date", "transcribed_date"}


def test_the_day_of_a_page_is_never_that_of_a_birth() -> None:
    assert day_of(indexed("DOB: 03/04/1927").values) == ""
    assert day_of(indexed("DOB: 03/04/1927  Discharged: 05/12/1961").values) == "1961-05-12"


@pytest.mark.parametrize("printed", ["O3/04/1927", "Marcb 4, 1927", "3114127"])
def test_a_mended_date_says_so_and_keeps_what_was_read(printed: str) -> None:
    found = only(f"DOB: {printed}   Date of Service: 05/06/1961", "birth_date")
    assert found.rule == "birth-date-label-repaired@1"
    assert found.raw == printed
    assert found.confidence < 0.9
