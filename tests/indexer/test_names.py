"""Reading and comparing names."""

import pytest

from indexer.model import Patient
from indexer.name_agreement import Agreement, compare_names
from indexer.names import parse_name

ALMA = Patient("0712345", "TESTPERSON", "ALMA", "1927-03-04", "FAY")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("TESTPERSON, ALMA F JR", "TESTPERSON, ALMA F JR"),
        ("Alma F. Testperson", "TESTPERSON, ALMA F"),
        ("Alma Testperson, Jr.", "TESTPERSON, ALMA JR"),
        ("TESTPERSON JR, ALMA", "TESTPERSON, ALMA JR"),
        ("TESTPERSON. ALMA", "TESTPERSON, ALMA"),
        ("Testperson,Alma", "TESTPERSON, ALMA"),
        ("Mrs. Alma O'Brien", "O'BRIEN, ALMA"),
        ("O' BRIEN, PATRICK", "O'BRIEN, PATRICK"),
        ("VAN DYKE, JOHN III", "VAN DYKE, JOHN III"),
        ("John Q. Van Dyke Sr.", "VAN DYKE, JOHN Q SR"),
        ("SAMPLE-MOCK, MARY ANN", "SAMPLE-MOCK, MARY ANN"),
        ("TESTPERS0N, ALMA", "TESTPERSON, ALMA"),
        ("George Samplewell, M.D.", "SAMPLEWELL, GEORGE"),
        ("Dr. Mockridge", "MOCKRIDGE"),
    ],
)
def test_a_name_reads_as_last_first_middle_suffix(text: str, normal: str) -> None:
    assert str(parse_name(text)) == normal


@pytest.mark.parametrize("text", ["was seen", "03/04/1961", "0712345", "Date of Birth", "___", ""])
def test_what_is_no_name_is_none(text: str) -> None:
    assert parse_name(text) is None


@pytest.mark.parametrize(
    ("read", "agreement"),
    [
        ("TESTPERSON, ALMA F", Agreement.AGREE),
        ("Alma Testperson", Agreement.AGREE),
        ("TE5TPERSON, ALMA", Agreement.AGREE),
        ("TESTPERSOM, ALMA", Agreement.AGREE),
        ("TESTPERSON, FAY", Agreement.AGREE),
        ("TESTPERSON, ALMO", Agreement.NEAR),
        ("TESTPERSON, ALMA G", Agreement.NEAR),
        ("TESTPERSON, A", Agreement.SURNAME),
        ("TESTPERSON, ROBERT", Agreement.CONFLICT),
        ("MOCKRIDGE, ALMA", Agreement.CONFLICT),
    ],
)
def test_a_name_agrees_as_far_as_it_fits(read: str, agreement: Agreement) -> None:
    name = parse_name(read)
    assert name is not None
    assert compare_names(name, ALMA) is agreement


def test_a_nickname_an_alias_and_a_maiden_name_agree() -> None:
    patient = Patient(
        "1", "TESTPERSON", "ROBERT", "1927-03-04", other_names=(("SAMPLEWELL", "ROBERT"),)
    )
    for read in ("TESTPERSON, BOB", "SAMPLEWELL, ROBERT"):
        name = parse_name(read)
        assert name is not None
        assert compare_names(name, patient) is Agreement.AGREE


def test_jr_and_sr_are_two_persons_and_a_missing_suffix_is_neither() -> None:
    senior = Patient("1", "TESTPERSON", "JOHN", "1900-01-01", suffix="SR")
    for read, agreement in (
        ("TESTPERSON, JOHN JR", Agreement.CONFLICT),
        ("TESTPERSON, JOHN SR", Agreement.AGREE),
        ("TESTPERSON, JOHN", Agreement.AGREE),
    ):
        name = parse_name(read)
        assert name is not None
        assert compare_names(name, senior) is agreement


def test_a_name_turned_about_without_its_comma_agrees_only_nearly() -> None:
    name = parse_name("TESTPERSON ALMA")
    assert name is not None
    assert compare_names(name, ALMA) is Agreement.NEAR
