"""Filing documents to patients."""

from dataclasses import replace

import pytest

from bench.roster import Roster
from capture.model import Box, Digest, FrameRef
from indexer.match import file_document
from indexer.model import (
    Document,
    DocumentType,
    Filing,
    FilingState,
    IndexValue,
    PageIndex,
    Patient,
)

FRAME = FrameRef(Digest("0" * 64), 1)
TYPE = DocumentType("18842-5", "Discharge summary", 0.97, "title@1")
ALMA = Patient(
    "0712345", "TESTPERSON", "ALMA", "1927-03-04", "FAY", sex="F", ssn="123-45-6789",
    other_mrns=("0099001",), other_names=(("SAMPLEWELL", "ALMA"),),
)  # fmt: skip
ELLA = Patient("0712346", "TESTPERSON", "ELLA", "1927-03-04", sex="F", ssn="123-45-6788")
SENIOR = Patient("4400001", "MOCKRIDGE", "JOHN", "1900-01-02", suffix="SR", sex="M")
JUNIOR = Patient("4400002", "MOCKRIDGE", "JOHN", "1931-05-06", suffix="JR", sex="M")
MPI = Roster([ALMA, ELLA, SENIOR, JUNIOR])


def value(field: str, text: str, *, sure: float = 0.95, rule: str = "") -> IndexValue:
    return IndexValue(field, text, text, FRAME, Box(0, 0, 9, 9), sure, rule or f"{field}-label@1")


def filing(*values: IndexValue, doubts: tuple[str, ...] = (), **fields: str) -> Filing:
    read = (*values, *(value(field, text) for field, text in fields.items()))
    document = Document((FRAME,), TYPE, read, 0.95, doubts)
    return file_document(document, [PageIndex(FRAME, TYPE, read, titled=True)], MPI)


@pytest.mark.parametrize(
    "fields",
    [
        {"mrn": "0712345", "patient_name": "TESTPERSON, ALMA", "birth_date": "1927-03-04"},
        {"mrn": "0712345", "patient_name": "TESTPERSON, ALMA F"},
        {"mrn": "0099001", "patient_name": "TESTPERSON, ALMA"},
        {"mrn": "0712345", "patient_name": "SAMPLEWELL, ALMA", "birth_date": "1927-03-04"},
        {"mrn": "0712345", "patient_name": "TESTPERSON, A", "birth_date": "1927-03-04", "sex": "F"},
    ],
)
def test_a_number_and_a_second_identifier_file(fields: dict[str, str]) -> None:
    found = filing(**fields)
    assert (found.state, found.mrn) == (FilingState.FILED, "0712345")


def test_number_and_birth_date_file_where_nobody_is_alike() -> None:
    found = filing(mrn="4400002", birth_date="1931-05-06")
    assert (found.state, found.mrn) == (FilingState.FILED, "4400002")


def test_a_birth_date_with_a_two_digit_year_agrees_by_its_day() -> None:
    birth = replace(value("birth_date", "2027-03-04"), raw="3/4/27")
    found = filing(birth, mrn="0712345", patient_name="TESTPERSON, ALMA")
    assert found.state is FilingState.FILED


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"mrn": "0712345"}, "stands alone"),
        ({"mrn": "7777777", "patient_name": "TESTPERSON, ALMA"}, "no such patient"),
        ({"mrn": "0712345", "patient_name": "MOCKRIDGE, ALMA"}, "name differs"),
        ({"mrn": "0712345", "patient_name": "TESTPERSON, ROBERT"}, "name differs"),
        ({"mrn": "0712346", "patient_name": "TESTPERSON, ALMA"}, "name differs"),
        ({"mrn": "0712345", "patient_name": "TESTPERSON, ALMO"}, "only nearly"),
        (
            {"mrn": "0712345", "patient_name": "TESTPERSON, ALMA", "birth_date": "1928-03-04"},
            "birth date",
        ),
        ({"mrn": "0712345", "patient_name": "TESTPERSON, ALMA", "sex": "M"}, "sex differs"),
        ({"mrn": "0712345", "patient_name": "TESTPERSON, ALMA", "ssn": "999-88-7777"}, "security"),
        (
            {"mrn": "0712345", "patient_name": "TESTPERSON, ALMA", "service_date": "1920-01-01"},
            "after",
        ),
        ({"mrn": "0712345", "birth_date": "1927-03-04"}, "like number"),
        ({"mrn": "4400001", "patient_name": "MOCKRIDGE, JOHN"}, "like number"),
        ({"mrn": "4400001", "patient_name": "MOCKRIDGE, JOHN JR"}, "name differs"),
        ({"patient_name": "TESTPERSON, ALMA"}, "no record number"),
        ({"patient_name": "TESTPERSON, ALMA", "birth_date": "1927-03-04"}, "too much alike"),
        ({}, "no identifier"),
    ],
)
def test_whatever_is_in_doubt_is_held(fields: dict[str, str], reason: str) -> None:
    found = filing(**fields)
    assert found.state is FilingState.HELD
    assert found.mrn is None
    assert reason in found.reason


def test_two_record_numbers_are_held_even_if_one_fits() -> None:
    found = filing(
        value("mrn", "0712345"), value("mrn", "4400001"), patient_name="TESTPERSON, ALMA"
    )
    assert found.state is FilingState.HELD


def test_a_page_that_contradicts_holds_its_document() -> None:
    good = (value("mrn", "0712345"), value("patient_name", "TESTPERSON, ALMA"))
    stray = PageIndex(FRAME, TYPE, (value("patient_name", "MOCKRIDGE, JOHN"),))
    document = Document((FRAME,), TYPE, good, 0.95)
    found = file_document(document, [PageIndex(FRAME, TYPE, good), stray], MPI)
    assert found.state is FilingState.HELD


def test_a_doubtful_document_is_held_whoever_it_names() -> None:
    found = filing(
        mrn="0712345", patient_name="TESTPERSON, ALMA", birth_date="1927-03-04",
        doubts=("page 2 of 3 is missing",),
    )  # fmt: skip
    assert found.state is FilingState.HELD
    assert found.reason == "page 2 of 3 is missing"
    assert found.candidates[0].mrn == "0712345"


def test_a_mended_number_needs_name_and_birth_date() -> None:
    mended = value("mrn", "4400002", rule="mrn-label-repaired@1")
    assert filing(mended, patient_name="MOCKRIDGE, JOHN JR").state is FilingState.HELD
    both = filing(mended, patient_name="MOCKRIDGE, JOHN JR", birth_date="1931-05-06")
    assert both.state is FilingState.FILED


def test_one_misread_digit_of_a_security_number_does_not_refute_the_rest() -> None:
    near = filing(
        mrn="0712345", patient_name="TESTPERSON, ALMA", birth_date="1927-03-04", ssn="123-45-6780"
    )
    assert near.state is FilingState.FILED


def test_a_number_hardly_read_is_held() -> None:
    found = filing(value("mrn", "4400002", sure=0.3), birth_date="1931-05-06")
    assert found.state is FilingState.HELD
    assert "low confidence" in found.reason


def test_name_birth_date_and_a_third_file_without_a_number() -> None:
    lone = Roster([ALMA, SENIOR])
    read = tuple(
        value(field, text)
        for field, text in (
            ("patient_name", "TESTPERSON, ALMA F"), ("birth_date", "1927-03-04"),
            ("ssn", "123-45-6789"),
        )
    )  # fmt: skip
    document = Document((FRAME,), TYPE, read, 0.95)
    found = file_document(document, [PageIndex(FRAME, TYPE, read)], lone)
    assert (found.state, found.mrn) == (FilingState.FILED, "0712345")


def test_a_twin_holds_a_document_without_a_number() -> None:
    found = filing(patient_name="TESTPERSON, ALMA F", birth_date="1927-03-04", ssn="123-45-6789")
    assert found.state is FilingState.HELD
    assert "too much alike" in found.reason


def test_candidates_are_ranked_with_reasons_that_name_nobody() -> None:
    found = filing(mrn="0712345", patient_name="TESTPERSON, ELLA", birth_date="1927-03-04")
    assert found.state is FilingState.HELD
    assert {candidate.mrn for candidate in found.candidates} >= {"0712345", "0712346"}
    reasons = {candidate.mrn: candidate.reason for candidate in found.candidates}
    assert reasons["0712345"] == "record number and birth date agree, first name differs"
    words = " ".join((found.reason, *reasons.values()))
    assert not any(part in words for part in ("0712345", "TESTPERSON", "1927"))


def test_candidates_are_found_by_surname_or_birth_date_alone() -> None:
    assert filing(patient_name="MOCKRIDGE, JOHN").candidates
    assert filing(birth_date="1927-03-04").candidates


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0712885", "name and birth date agree, record number differs in two digits"),
        ("5566778", "name and birth date agree, record number differs"),
    ],
)
def test_a_number_of_nobody_is_held_beside_the_patient_it_may_be_a_misreading_of(
    number: str, words: str
) -> None:
    found = filing(mrn=number, patient_name="TESTPERSON, ALMA", birth_date="1927-03-04")
    assert found.state is FilingState.HELD
    assert found.mrn is None
    assert found.candidates[0].mrn == "0712345"
    assert found.candidates[0].reason == words


def test_the_nearer_number_ranks_higher() -> None:
    found = filing(mrn="0712846", birth_date="1927-03-04")
    assert [candidate.mrn for candidate in found.candidates] == ["0712346", "0712345"]


def pages_with_numbers(*numbers: str, **fields: str) -> Filing:
    """File a document whose pages bear these numbers, and on all of them ``fields``."""
    frames = [FrameRef(Digest("0" * 64), n) for n, _ in enumerate(numbers, 1)]
    common = tuple(value(field, text) for field, text in fields.items())
    pages = [
        PageIndex(frame, TYPE, (value("mrn", number), *common))
        for frame, number in zip(frames, numbers, strict=True)
    ]
    document = Document(tuple(frames), TYPE, common, 0.95)
    return file_document(document, pages, MPI)


def test_a_number_misread_on_one_page_does_not_hold_where_the_page_names_the_patient() -> None:
    found = pages_with_numbers("0712345", "8712345", patient_name="TESTPERSON, ALMA")
    assert (found.state, found.mrn) == (FilingState.FILED, "0712345")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("0712346", "two record numbers"),
        ("5566778", "two record numbers"),
        ("0718845", "two record numbers"),
    ],
)
def test_a_majority_of_pages_never_files_against_another_number(number: str, reason: str) -> None:
    found = pages_with_numbers(
        "0712345", "0712345", "0712345", number, patient_name="TESTPERSON, ALMA"
    )
    assert found.state is FilingState.HELD
    assert reason in found.reason
    assert found.candidates[0].mrn == "0712345"


def test_a_page_with_nothing_but_a_number_nearly_right_holds_its_document() -> None:
    good = (value("mrn", "0712345"), value("patient_name", "TESTPERSON, ALMA"))
    stray = PageIndex(FRAME, TYPE, (value("mrn", "8712345"),))
    document = Document((FRAME,), TYPE, good, 0.95)
    found = file_document(document, [PageIndex(FRAME, TYPE, good), stray], MPI)
    assert found.state is FilingState.HELD
    assert "another record number" in found.reason


def test_a_number_misread_in_one_digit_files_where_name_and_birth_date_agree() -> None:
    found = filing(mrn="0712845", patient_name="TESTPERSON, ALMA", birth_date="1927-03-04")
    assert (found.state, found.mrn, found.rule) == (
        FilingState.FILED, "0712345", "misread-number@1",
    )  # fmt: skip
    assert found.reason == "name and birth date agree, record number differs in one digit"


def test_a_number_read_badly_files_only_where_name_and_birth_date_bear_it_out() -> None:
    unsure = value("mrn", "4400002", sure=0.4)
    assert filing(unsure, patient_name="MOCKRIDGE, JOHN JR").state is FilingState.HELD
    both = filing(unsure, patient_name="MOCKRIDGE, JOHN JR", birth_date="1931-05-06")
    assert (both.state, both.mrn) == (FilingState.FILED, "4400002")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"mrn": "0712345", "patient_name": "TESTPERSON, ALMA"}, FilingState.FILED),
        ({"mrn": "0712345"}, FilingState.FILED),
        ({"patient_name": "TESTPERSON, ALMA F", "sex": "F"}, FilingState.FILED),
        ({"sex": "F"}, FilingState.HELD),
    ],
)
def test_a_birth_date_without_its_century_counts_beside_another_identifier(
    fields: dict[str, str], state: FilingState
) -> None:
    lone = Roster([ALMA, SENIOR])
    birth = replace(value("birth_date", "2027-03-04"), raw="3/4/27")
    read = (birth, *(value(field, text) for field, text in fields.items()))
    document = Document((FRAME,), TYPE, read, 0.95)
    assert file_document(document, [PageIndex(FRAME, TYPE, read)], lone).state is state
