"""Knowing labels through misread letters."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.misread_label import cost, is_like_sex, shape_key

from .test_read import indexed, values

LETTERS = st.text(string.ascii_uppercase, max_size=12)


@given(LETTERS, LETTERS)
def test_the_cost_is_nothing_only_for_the_label_itself(one: str, two: str) -> None:
    assert (cost(one, two) == 0.0) == (one == two)
    assert cost(one, two) == pytest.approx(cost(two, one))


@given(LETTERS.filter(bool), st.data())
def test_a_lost_letter_costs_less_than_a_wrong_one(label: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(label) - 1))
    assert cost(label[:at] + label[at + 1 :], label) == pytest.approx(0.8)


def test_digits_count_as_the_letters_they_look_like() -> None:
    assert shape_key("D47E 0F B1RTH:") == "DATEOFBIRTH"


@pytest.mark.parametrize("read", ["SEX", "SBX", "SE", "SX", "5EX", "SEXo"])
def test_little_need_be_right_of_sex(read: str) -> None:
    assert is_like_sex(shape_key(read))


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("MKN: 0712345", "mrn", ["0712345"]),
        ("NRN 0712345", "mrn", ["0712345"]),
        ("N,K. No.          Room\n0712345           214", "mrn", ["0712345"]),
        ("CHRT MO.: 0712345", "mrn", ["0712345"]),
        ("BIK7HDATE: 03/04/1927", "birth_date", ["1927-03-04"]),
        ("B1R7H DATE 21 MAY 1906", "birth_date", ["1906-05-21"]),
        ("DQB: 03/04/1927", "birth_date", ["1927-03-04"]),
        ("DATE OF BIRTH04-11-1932SEX F", "birth_date", ["1932-04-11"]),
        ("DOB 03/04/1927 SE F", "sex", ["F"]),
        ("S'X: Female", "sex", ["F"]),
        ("ATTENOING PHSIClAN: Fay J. Mockridge, M.D.", "attending", ["MOCKRIDGE, FAY J"]),
        ("BILIMG NO.: 15767505", "account", ["15767505"]),
        ("DISH. DATE: 12/16/1983", "discharge_date", ["1983-12-16"]),
        ("Ad mitted: 12/16/1983", "admission_date", ["1983-12-16"]),
        ("Electronically slgned 05/15/1961", "signed_date", ["1961-05-15"]),
        ("Pae 1 of 2", "page_of", ["1/2"]),
        ("age 1 of 2", "page_of", ["1/2"]),
    ],
)
def test_a_misread_label_anchors_what_fits_it(text: str, field: str, expected: list[str]) -> None:
    assert values(text, field) == expected


@pytest.mark.parametrize(
    "text",
    ["Base: (234)", "Cases: 500", "CAS# 108-05-4", "RN 0712345", "Call back number: 7654321",
     "Age 45", "SEE: M", "Bed No. 7654321", "Lab No. 7654321"],
)  # fmt: skip
def test_another_word_is_no_misread_label(text: str) -> None:
    read = {value.field for value in indexed(text).values}
    assert not read & {"mrn", "account", "sex", "page_of"}


@pytest.mark.parametrize("label", ["BIKTH DATE", "Bith Date", "BlRTH DATE", "BIRTHl DATE"])
def test_a_misread_birth_date_is_never_a_date_of_service(label: str) -> None:
    assert values(f"TESTPERSON, ALMA {label} 04-11-1932 SEX F", "service_date") == []


def test_a_label_that_two_dates_may_have_is_none_of_them() -> None:
    assert values("DOS: 04-11-1932", "service_date") == ["1932-04-11"]
    assert values("D.O.S.: 04-11-1932", "service_date") == ["1932-04-11"]
    assert values("DO5: 04-11-1932", "service_date") == []


def test_a_date_that_says_of_what_is_no_date_of_service() -> None:
    assert values("Transfusion Date: 04-11-1932", "service_date") == []
    assert values("Date: 04-11-1932", "service_date") == ["1932-04-11"]


def test_a_misread_label_makes_its_value_less_sure() -> None:
    whole, misread = indexed("MRN: 0712345").values, indexed("MKN: 0712345").values
    assert misread[0].confidence < whole[0].confidence
