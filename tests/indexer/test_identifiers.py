"""Numbers of patients and visits through misread digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.check_digits import m10
from indexer.lookalikes import ALSO, DIGITS
from indexer.model import IndexValue
from indexer.settings import IndexSettings

from .test_read import indexed, only, values

CHECKED = IndexSettings(check_digit="m10", newest_year=2026)
LETTERS = "OolISBZGb"


def number(text: str, settings: IndexSettings = CHECKED) -> IndexValue:
    (found,) = (value for value in indexed(text, settings).values if value.field == "mrn")
    return found


@given(st.text("0123456789", min_size=5, max_size=8), st.data())
def test_a_check_digit_tells_which_digit_a_letter_stands_for(
    digits: str, data: st.DataObject
) -> None:
    whole = digits + m10(digits)
    at = data.draw(st.integers(0, len(whole) - 1))
    letters = [one for one in LETTERS if whole[at] in one.translate(DIGITS) + ALSO.get(one, "")]
    if not letters:
        return
    read = whole[:at] + data.draw(st.sampled_from(letters)) + whole[at + 1 :]
    found = number(f"MRN: {read}")
    if found.value == whole:
        assert found.confidence > 0.5
    else:
        assert found.confidence < 0.5
    assert found.raw == read


@given(st.text("0123456789", min_size=5, max_size=8), st.integers(0, 7), st.integers(1, 9))
def test_no_single_wrong_digit_passes_its_check(digits: str, at: int, change: int) -> None:
    at %= len(digits)
    wrong = digits[:at] + str((int(digits[at]) + change) % 10) + digits[at + 1 :]
    found = number(f"MRN: {wrong}{m10(digits)}")
    assert found.confidence < 0.5
    assert found.value == wrong + m10(digits)


def test_a_letter_that_two_digits_are_read_as_is_less_sure_than_others() -> None:
    assert only("MRN: 07B2345", "mrn").confidence < only("MRN: 07S2345", "mrn").confidence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Account No: V10023456", "V10023456"),
        ("Account No: 8703A4-1", "870344-1"),
        ("Account No: 6Q2556-9", "602556-9"),
        ("Account No: 15i67505", "15167505"),
    ],
)
def test_letters_lead_an_account_and_are_digits_in_it(text: str, expected: str) -> None:
    assert values(text, "account") == [expected]


def test_an_account_with_a_strange_letter_is_not_asserted() -> None:
    assert only("Account No: 63w98070", "account").confidence < 0.5


def test_a_number_torn_in_two_is_whole_again_where_its_pieces_touch() -> None:
    assert values("MRN: 07123 45", "mrn") == ["07123"]
    assert only("MRN: 07123 45", "mrn").confidence < 0.6
