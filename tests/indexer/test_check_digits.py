"""Check digits of record numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.check_digits import (
    check_digit_holds,
    iso7064_mod_11_2,
    iso7064_mod_37_2,
    luhn,
    m10,
    m11,
)

numbers = st.text("0123456789", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("number", "check"), [("12345", "5"), ("401", "0"), ("9999", "4"), ("99999999", "8")]
)
def test_m10_gives_the_examples_of_hl7(number: str, check: str) -> None:
    assert m10(number) == check


def test_m11_gives_the_example_of_hl7() -> None:
    assert m11("1234567") == "4"


def test_iso_7064_gives_the_examples_of_the_standard() -> None:
    assert iso7064_mod_11_2("0794") == "0"
    assert iso7064_mod_11_2("079") == "X"
    assert iso7064_mod_37_2("G123498654321") == "H"


@given(numbers)
def test_m10_and_luhn_are_one_scheme(number: str) -> None:
    assert m10(number) == luhn(number)


@given(numbers, st.data())
def test_m10_finds_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    whole = number + m10(number)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[at]]))
    assert check_digit_holds(whole, "m10")
    assert not check_digit_holds(whole[:at] + other + whole[at + 1 :], "m10")


def test_a_site_without_a_scheme_takes_every_number() -> None:
    assert check_digit_holds("0712345", "")


def test_a_lone_digit_has_no_check_digit() -> None:
    assert not check_digit_holds("5", "luhn")
