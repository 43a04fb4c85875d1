"""A row of a film index speaks of the frames it names, as a witness that may be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box, FrameRef
from indexer.car import CarRow, address_of, fitted, rows_by_frame, rows_without_frame
from indexer.car_shift import Shift, shifts
from indexer.car_values import (
    MENDED,
    RULE,
    Word,
    out_of_place,
    patient_of,
    row_type,
    row_values,
    said_by_page,
    same_patient,
    shared_number,
)
from indexer.model import IndexValue, Patient

FRAME = FrameRef("f" * 64, 7)  # type: ignore[arg-type]  # a digest
ALL = Box(0, 0, 100, 130)
ADA = Patient(
    "0071234", "Testperson", "Ada", "1931-03-04",
    other_mrns=("0055555",), other_names=(("Samplewell", "Ada"),),
)  # fmt: skip
BERT = Patient("0071235", "Mockridge", "Bert", "1940-01-02")


@dataclass(frozen=True)
class People:
    """The patients of a test."""

    known: tuple[Patient, ...] = field(default=(ADA, BERT))

    def by_mrn(self, mrn: str) -> Patient | None:
        found = [p for p in self.known if mrn in (p.mrn, *p.other_mrns)]
        return found[0] if len(found) == 1 else None


def row(
    *address: int, mrn: str = "0071234", last: str = "TESTPERSON", first: str = "ADA"
) -> CarRow:
    return CarRow("42", address, mrn, last, first)


def read(field_: str, value: str) -> IndexValue:
    return IndexValue(field_, value, value, FRAME, Box(1, 2, 3, 4), 0.9, "label@1")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("3.12.5", (3, 12, 5)),
        (" 003-12-05 ", (3, 12, 5)),
        ("3 12", (3, 12)),
        ("17", (17,)),
        ("17.0", (17, 0)),
        ("42.3.12.5", (3, 12, 5)),
        ("0042 3/12/5", (3, 12, 5)),
        ("43.3.12.5", None),
        ("", None),
        ("3.x.5", None),
        ("3.\N{SUPERSCRIPT TWO}.5", None),
        ("12345678", None),
    ],
)
def test_addresses_are_read_as_they_are_printed(text: str, address: tuple[int, ...] | None) -> None:
    assert address_of(text, "0042") == address


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=3), st.sampled_from(". -/"))
def test_every_address_is_read_back(levels: list[int], mark: str) -> None:
    text = mark.join(f"{level:03}" for level in levels)
    assert address_of(text) == tuple(levels)


def firsts(addresses: Sequence[tuple[int, ...]], *rows: CarRow) -> list[tuple[int, ...] | None]:
    return [under.rows[0].address if under else None for under in rows_by_frame(addresses, rows)]


def test_a_row_speaks_up_to_the_next_address() -> None:
    frames = [(n,) for n in range(1, 8)]
    assert firsts(frames, row(2), row(5)) == [None, (2,), (2,), (2,), (5,), (5,), (5,)]
    named = [under and under.named for under in rows_by_frame(frames, [row(2), row(5)])]
    assert named == [None, True, False, False, True, False, False]


def test_a_row_never_speaks_beyond_the_mark_that_ends_its_file() -> None:
    frames = [(3, 1, 0), (3, 1, 1), (3, 1, 2), (3, 2, 0), (4, 0, 0)]
    assert firsts(frames, row(3, 1, 1)) == [None, (3, 1, 1), (3, 1, 1), None, None]


def test_a_shorter_address_speaks_of_all_frames_under_it() -> None:
    frames = [(3, 0, 0), (3, 1, 0), (3, 1, 1), (3, 2, 0), (4, 0, 0)]
    rows = [row(3), row(3, 1, 1)]
    assert firsts(frames, *rows) == [(3,), (3,), (3, 1, 1), (3,), None]
    assert firsts(frames, row(3, 1)) == [None, (3, 1), (3, 1), None, None]
    assert all(under is None or under.named for under in rows_by_frame(frames, rows))


def test_the_frame_number_of_a_spreadsheet_is_a_frame_number_on_film_with_one_level() -> None:
    assert [one.address for one in fitted([row(17, 0), row(18, 0)], 1)] == [(17,), (18,)]
    assert [one.address for one in fitted([row(17, 0), row(18, 0)], 3)] == [(17, 0), (18, 0)]
    assert [one.address for one in fitted([row(17, 0), row(18, 1)], 1)] == [(17, 0), (18, 1)]


def test_an_index_with_more_levels_than_the_film_counts_something_else() -> None:
    of_three = [row(1, 2, 0), row(1, 3, 0)]
    assert fitted(of_three, 2) == fitted(of_three, 1) == tuple(of_three)
    assert rows_without_frame([(1, 2), (1, 3)], of_three) == tuple(of_three)


def test_rows_that_no_frame_bears_are_told() -> None:
    frames = [(3, 0, 0), (3, 1, 0), (3, 1, 2)]
    absent = rows_without_frame(frames, [row(3, 1), row(3, 1, 1), row(3, 1, 2), row(4)])
    assert [one.address for one in absent] == [(3, 1, 1), (4,)]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4), st.integers(0, 4)), max_size=30),
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), max_size=12),
)
def test_what_speaks_of_a_frame_shares_its_file(
    frames: list[tuple[int, ...]], addresses: list[list[int]]
) -> None:
    rows = [row(*address) for address in addresses]
    for address, under in zip(frames, rows_by_frame(frames, rows), strict=True):
        if under is None:
            assert address not in [one.address for one in rows]
            continue
        (start,) = {one.address for one in under.rows}
        assert start <= address
        assert start[:-1] == address[: len(start) - 1]
        between = [one.address for one in rows if start < one.address <= address]
        assert not any(len(one) == 3 and one[:2] == address[:2] for one in between)


def test_frames_without_an_address_have_no_row() -> None:
    assert rows_by_frame([(), ()], [row(1)]) == (None, None)


def test_values_carry_the_print_of_the_index_and_the_whole_frame() -> None:
    told = CarRow("42", (1,), "007-12-39", "O BRIEN", "ADA M", "DISCHARGE SUMMARY", "3/4/61")
    found = {
        value.field: value for value in row_values(told, patient_of(told, People()), FRAME, ALL)
    }
    assert found["mrn"].value == "0071239"
    assert (found["mrn"].raw, found["mrn"].box, found["mrn"].rule) == ("007-12-39", ALL, RULE)
    assert found["patient_name"].value == "O'BRIEN, ADA M"
    assert found["service_date"].value == "1961-03-04"
    kind = row_type(told)
    assert kind is not None
    assert (kind.code, kind.rule) == ("18842-5", RULE)


@pytest.mark.parametrize("date", ["", "next spring", "3/4/61 or so", "13/32/61", "3/4/2199"])
def test_a_date_that_is_none_gives_none(date: str) -> None:
    told = CarRow("42", (1,), "0071234", date=date)
    fields = [value.field for value in row_values(told, patient_of(told, People()), FRAME, ALL)]
    assert fields == ["mrn"]


def test_zeros_that_a_spreadsheet_took_are_found_again_and_said() -> None:
    told = patient_of(row(1, mrn="71234"), People())
    assert (told.number, told.mended, told.known) == ("0071234", True, ADA)
    (number, _) = row_values(row(1, mrn="71234"), told, FRAME, ALL)
    assert (number.value, number.raw, number.rule) == ("0071234", "71234", MENDED)
    two = People((ADA, Patient("071234", "Mockridge", "Cara", "1950-05-06")))
    assert patient_of(row(1, mrn="71234"), two).known is None


def test_what_is_no_record_number_is_none() -> None:
    assert patient_of(row(1, mrn="UNKNOWN 12345"), People()).number == ""
    assert patient_of(row(1, mrn="12"), People()).number == ""


@pytest.mark.parametrize(
    ("own", "word"),
    [
        ((), Word.NOTHING),
        ((read("mrn", "0071234"),), Word.AGREES),
        ((read("mrn", "0055555"),), Word.AGREES),
        ((read("mrn", "0071235"),), Word.DIFFERS),
        ((read("mrn", "0071934"),), Word.NOTHING),  # a digit misread, and nobody's number
        ((read("mrn", "0071934"), read("patient_name", "TESTPERSON, ADA")), Word.AGREES),
        ((read("mrn", "0079934"),), Word.DIFFERS),
        ((read("birth_date", "1937-03-04"),), Word.NOTHING),  # 1 read as 7
        ((read("patient_name", "SON, ADA TESTPER"),), Word.DIFFERS),
        ((read("patient_name", "TESTPERSON, ADA"),), Word.AGREES),
        ((read("patient_name", "SAMPLEWELL, ADA"),), Word.AGREES),
        ((read("patient_name", "TESTPERSON"),), Word.NOTHING),
        ((read("patient_name", "MOCKRIDGE, BERT"),), Word.DIFFERS),
        ((read("birth_date", "1931-03-04"),), Word.AGREES),
        ((read("birth_date", "1932-03-04"),), Word.DIFFERS),
        ((read("mrn", "0071234"), read("birth_date", "1932-03-04")), Word.DIFFERS),
        ((read("service_date", "1932-03-04"),), Word.NOTHING),
    ],
)
def test_a_page_bears_the_index_out_or_contradicts_it(
    own: tuple[IndexValue, ...], word: Word
) -> None:
    people = People()
    assert said_by_page(own, patient_of(row(1), people), people) is word


def test_one_contradiction_is_enough_even_where_the_patient_is_unknown() -> None:
    nobody = People(())
    told = patient_of(row(1), nobody)
    assert said_by_page([read("patient_name", "MOCKRIDGE, BERT")], told, nobody) is Word.DIFFERS
    assert said_by_page([read("mrn", "0071235")], told, nobody) is Word.DIFFERS


def test_old_and_new_number_are_one_patient() -> None:
    people = People()
    new, old = (patient_of(row(1, mrn=mrn), people) for mrn in ("0071234", "0055555"))
    assert same_patient(new, old)
    assert not same_patient(new, patient_of(row(1, mrn="0071235"), people))
    assert shared_number([[read("mrn", "0055555")], []], new, people) == "0055555"
    assert shared_number([[read("mrn", "0071235")]], new, people) == ""


def astray(*rows: CarRow) -> list[tuple[int, ...]]:
    people = People()
    found = out_of_place({one: patient_of(one, people) for one in rows})
    return sorted(one.address for one in found)


def test_a_row_between_two_of_one_other_patient_is_out_of_place() -> None:
    assert astray(row(1), other(2), row(3)) == [(2,)]
    assert astray(row(1), row(2, mrn="0055555"), row(3)) == []
    assert astray(row(1), other(2), other(3), row(4)) == []
    assert astray(row(1), other(2)) == []


def test_a_row_that_names_another_than_its_whole_file_is_out_of_place() -> None:
    of_ada = [row(3, n, 0) for n in (1, 2, 3)]
    assert astray(other(3, 0, 0), *of_ada, other(4, 0, 0)) == [(3, 0, 0)]
    assert astray(other(2, 0, 0), *of_ada, other(3, 4, 0), other(4, 0, 0)) == [(3, 4, 0)]
    assert astray(other(2), *of_ada, other(4)) == []
    assert astray(other(3, 4, 0), other(3, 5, 0), *of_ada) == []


def other(*address: int) -> CarRow:
    return row(*address, mrn=BERT.mrn, last="MOCKRIDGE", first="BERT")


def documents(*pages: int) -> list[str]:
    return [f"{number:07}" for number, count in enumerate(pages) for _ in range(count)]


def test_an_index_in_step_is_not_suspected() -> None:
    truth = documents(*[3, 1, 4, 2] * 30)
    assert shifts(truth, truth) == ()


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_frames_that_were_lost_shift_the_index_from_there(lost: int) -> None:
    truth = documents(*[3, 1, 4, 2] * 30)
    (found,) = shifts(truth[:150] + truth[150 + lost :], truth)
    assert found.by == lost
    assert 151 <= found.frame <= 155


def test_a_frame_too_many_shifts_it_the_other_way() -> None:
    truth = documents(*[3, 1, 4, 2] * 30)
    (found,) = shifts([*truth[:100], truth[100], *truth[100:]], truth)
    assert found.by == -1
    assert 100 <= found.frame <= 105


@given(
    st.lists(st.integers(1, 6), min_size=20, max_size=40),
    st.sets(st.integers(0, 200)),
    st.sets(st.integers(0, 200)),
)
def test_pages_that_were_not_read_or_misread_here_and_there_shift_nothing(
    pages: list[int], unread: set[int], misread: set[int]
) -> None:
    truth = documents(*pages)
    far = {place for place in misread if place % 12 == 0}
    seen = [
        "" if place in unread else "9999999" if place in far else number
        for place, number in enumerate(truth)
    ]
    assert shifts(seen, truth) == ()


def test_a_shift_that_ends_is_told_with_its_end() -> None:
    truth = documents(*[1] * 200)
    seen = truth[:50] + truth[51:120] + ["8888888"] + truth[120:]
    assert [one.by for one in shifts(seen, truth)] == [1, 0]
    assert shifts(seen, truth)[0] == Shift(51, 1, 51)


def test_a_name_whose_words_were_torn_does_not_speak_against_the_index() -> None:
    told = patient_of(row(1), People())
    torn = replace(read("patient_name", "SON, ADA TESTPER"), raw="Ada Testper. son")
    assert said_by_page([torn], told, People()) is Word.NOTHING
