"""Dates that are told by where they stand."""

import pytest

from .test_read import plate, values


def test_the_date_behind_the_number_on_a_plate_is_that_of_the_admission() -> None:
    text = plate("Unit No. 0712345 5/6/61", "TESTPERSON, ALMA F", "DOB 3-4-27 SEX F")
    assert values(text, "admission_date") == ["1961-05-06"]
    assert values(text, "birth_date") == ["1927-03-04"]


@pytest.mark.parametrize(
    "line", ["Unit No. 0712345 5/6/61 and more", "Unit No. 0712345 DOB 5/6/61"]
)
def test_a_date_that_shares_its_line_is_not(line: str) -> None:
    assert values(plate(line, "TESTPERSON, ALMA F"), "admission_date") == []


def test_a_date_behind_a_number_without_a_name_by_it_is_not() -> None:
    assert values("MRN: 0712345 5/6/61\n\nCondition improved.", "admission_date") == []


@pytest.mark.parametrize(
    "text",
    [
        "Signature of patient\nDate 7-21-87",
        "Signature of patient ______   Date: 7-21-87",
        "Signatnre of patient\nDate 7-21-87",
        "Signature of patient\nDote 7-21-87",
    ],
)
def test_the_date_by_a_signature_is_that_of_signing(text: str) -> None:
    assert values(text, "signed_date") == ["1987-07-21"]
    assert values(text, "service_date") == []


def test_a_date_far_from_the_signature_is_not() -> None:
    text = "Signature of patient\n\n\n\n\n\nDate: 7-21-87"
    assert values(text, "signed_date") == []
    assert values(text, "service_date") == ["1987-07-21"]


def test_from_and_through_are_the_ends_of_a_stay() -> None:
    text = "Dates of Stay From        Through\n2/20/1985                 2/25/1985"
    assert values(text, "admission_date") == ["1985-02-20"]
    assert values(text, "discharge_date") == ["1985-02-25"]


def test_from_and_through_of_anything_else_are_not() -> None:
    text = "Results valid From        Through\n2/20/1985                 2/25/1985"
    assert values(text, "admission_date") == []


def test_from_says_on_a_referral_who_refers() -> None:
    text = "        REFERRAL FORM\n\nTo: Surgery Clinic   From: Fay J. Mockridge, M.D."
    assert values(text, "referring") == ["MOCKRIDGE, FAY J"]
    assert values(text.replace("REFERRAL FORM", "PROGRESS NOTES"), "referring") == []


def test_a_date_that_breaks_in_its_column_is_read_whole() -> None:
    text = (
        "Date              Orders\nMarch 4,          Bed rest.\n1961              Diet as before."
    )
    assert values(text, "service_date") == ["1961-03-04"]
