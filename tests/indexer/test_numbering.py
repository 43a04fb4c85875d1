"""What the numbers of pages say is missing or stands twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.numbering import Number, doubts_of

totals = st.integers(1, 12)


@given(totals)
def test_a_whole_document_is_in_no_doubt(total: int) -> None:
    assert not list(doubts_of([Number(at, total) for at in range(1, total + 1)]))


@given(totals)
def test_pages_without_numbers_are_in_no_doubt(count: int) -> None:
    assert not list(doubts_of([Number()] * count))


@given(st.data(), st.integers(2, 12))
def test_every_page_that_was_taken_out_is_missed(data: st.DataObject, total: int) -> None:
    kept = data.draw(st.lists(st.integers(1, total), min_size=1, max_size=total - 1, unique=True))
    told = " ".join(doubts_of([Number(at, total) for at in sorted(kept)]))
    assert told.count("missing") == _runs(sorted(set(range(1, total + 1)) - set(kept)))


def _runs(numbers: list[int]) -> int:
    return sum(1 for number in numbers if number - 1 not in numbers)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([(1, 20)], ["pages 2 to 20 of 20 are missing"]),
        ([(1, 3)], ["pages 2 and 3 of 3 are missing"]),
        ([(1, 4), (2, 4), (4, 4)], ["page 3 of 4 is missing"]),
        ([(2, 2)], ["page 1 of 2 is missing"]),
        ([(0, 0), (3, 3)], ["page 2 of 3 is missing"]),
        ([(0, 0), (2, 2)], []),
        ([(1, 2), (2, 20)], []),
        ([(1, 3), (2, 3), (2, 3), (3, 3)], ["page 2 stands twice"]),
    ],
)
def test_what_is_missing_is_said_in_words(numbers: list[tuple[int, int]], told: list[str]) -> None:
    assert list(doubts_of([Number(*pair) for pair in numbers])) == told


def test_a_number_beyond_the_count_is_doubted_and_makes_nothing_missing() -> None:
    (told,) = doubts_of([Number(1, 2), Number(111)])
    assert "misread" in told


def test_a_count_out_of_proportion_is_doubted_where_all_else_is_whole() -> None:
    numbers = [Number(1), Number(2, 20)]
    assert list(doubts_of(numbers, whole=True)) == ["the count of 20 pages may be misread"]
    assert list(doubts_of(numbers)) == ["pages 3 to 20 of 20 are missing"]


def test_a_misread_count_does_not_break_the_row_of_numbers() -> None:
    assert Number(2, 20).goes_on(Number(1, 2))
    assert not Number(2, 3).goes_on(Number(1, 2))
    assert not Number(1, 2).goes_on(Number(0, 2))
