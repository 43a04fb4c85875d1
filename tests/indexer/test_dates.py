"""Reading dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates import birth_century, find_date, read_date, service_century
from indexer.settings import IndexSettings

SETTINGS = IndexSettings(newest_year=2026)
days = st.dates(date(1850, 1, 1), date(2026, 12, 31))
FORMS = ["%m/%d/%Y", "%m-%d-%Y", "%B %d, %Y", "%d %b %Y", "%Y-%m-%d", "%b. %d, %Y", "%m%d%Y"]


def iso(text: str) -> str | None:
    reading = read_date(text)
    return reading.iso(reading.year) if reading else None


@given(days, st.sampled_from(FORMS[:-1]))
def test_every_printed_form_reads_back_as_its_day(day: date, form: str) -> None:
    assert iso(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/1961", "1961-03-04"),
        ("March 4, 1961", "1961-03-04"),
        ("4-MAR-1961", "1961-03-04"),
        ("1961-03-04", "1961-03-04"),
        ("03041961", "1961-03-04"),
        ("O3/O4/l961", "1961-03-04"),
        ("Marcb 4, 1961", "1961-03-04"),
        ("03/04/1961 10:22", "1961-03-04"),
        ("13/02/1961", "1961-02-13"),
        ("Mar 1961", "1961-03"),
        ("3/1961", "1961-03"),
        ("1961", "1961"),
        ("02/30/1961", None),
        ("02/29/1900", None),
        ("14/13/1961", None),
        ("00/04/1961", None),
        ("pending", None),
        ("120/80", None),
        ("555-1234", None),
    ],
)
def test_a_date_is_read_whole_or_not_at_all(text: str, expected: str | None) -> None:
    assert iso(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("3-4-61", (61, 3, 4)), ("4 Mar 61", (61, 3, 4))])
def test_a_two_digit_year_waits_for_its_century(text: str, expected: tuple[int, int, int]) -> None:
    reading = read_date(text)
    assert reading is not None
    assert reading.short_year
    assert (reading.year, reading.month, reading.day) == expected


def test_slashes_read_as_ones_are_mended_where_one_reading_fits() -> None:
    reading = read_date("3114167")
    assert reading is not None
    assert (reading.year, reading.month, reading.day) == (67, 3, 14)
    assert reading.quality < 0.9


def test_digits_that_two_dates_fit_are_no_date() -> None:
    assert read_date("1111111") is None


def test_bare_digits_and_lone_years_need_a_label() -> None:
    assert read_date("03041961", labelled=False) is None
    assert read_date("1961", labelled=False) is None


def test_a_mended_date_is_less_sure_than_a_clean_one() -> None:
    clean, mended = read_date("03/04/1961"), read_date("O3/04/1961")
    assert clean is not None
    assert mended is not None
    assert mended.quality < clean.quality


@pytest.mark.parametrize(
    ("text", "anchor", "year"),
    [("3/4/27", 1961, 1927), ("3/4/61", 1961, 1961), ("3/4/05", 1961, 1905)],
)
def test_a_birth_date_is_not_after_the_visit(text: str, anchor: int, year: int) -> None:
    reading = read_date(text)
    assert reading is not None
    assert birth_century(reading, SETTINGS, anchor)[0] == year


def test_a_birth_century_that_nothing_decides_is_unsure() -> None:
    reading = read_date("3/4/05")
    assert reading is not None
    assert birth_century(reading, SETTINGS, 2006)[1] < 0.6
    assert birth_century(reading, SETTINGS, 2006, age=101) == (1905, 0.97)


def test_a_visit_is_near_a_year_printed_in_full() -> None:
    reading = read_date("5/6/05")
    assert reading is not None
    assert service_century(reading, SETTINGS, anchor=1907)[0] == 1905
    assert service_century(reading, SETTINGS)[0] == 2005


@given(days.filter(lambda day: day.year >= 1930), st.integers(1, 80))
def test_a_birth_century_is_never_after_its_anchor(day: date, age: int) -> None:
    reading = read_date(day.strftime("%m/%d/%y"))
    assert reading is not None
    assert birth_century(reading, SETTINGS, day.year + age)[0] <= day.year + age


def test_the_first_date_in_running_words_is_found() -> None:
    found = find_date("by George Samplewell, M.D. on 05/15/1961 10:22")
    assert found is not None
    assert found[1].iso(found[1].year) == "1961-05-15"
