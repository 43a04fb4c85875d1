"""How one identifier that was read compares with a patient's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box, Digest, FrameRef
from indexer.comparison import Level, compare
from indexer.model import IndexValue, Patient

ALMA = Patient(
    "0712345", "TESTPERSON", "ALMA", "1927-03-14", "FAY", sex="F", ssn="999-45-6789",
    other_mrns=("0099001",), other_names=(("SAMPLEWELL", "ALMA"),),
)  # fmt: skip
JUNIOR = Patient("4400002", "MOCKRIDGE", "JOHN", "1931-05-06", suffix="JR", sex="M")


def level(field: str, text: str, raw: str = "", patient: Patient = ALMA) -> Level:
    frame = FrameRef(Digest("0" * 64), 1)
    value = IndexValue(field, text, raw or text, frame, Box(0, 0, 9, 9), 0.9, "r@1")
    return compare(value, patient)


@pytest.mark.parametrize(
    ("field", "text", "raw", "expected"),
    [
        ("mrn", "0712345", "", Level.SAME),
        ("mrn", "0099001", "", Level.SAME),
        ("mrn", "0712845", "", Level.LIKE),
        ("mrn", "071234", "", Level.LIKE),
        ("mrn", "0712885", "", Level.OTHER),
        ("patient_name", "TESTPERSON, ALMA", "", Level.SAME),
        ("patient_name", "SAMPLEWELL, ALMA", "", Level.SAME),
        ("patient_name", "TESTPERSON, ALMO", "", Level.LIKE),
        ("patient_name", "TESTPERSON, A", "", Level.PARTIAL),
        ("patient_name", "TESTPERSON, ROBERT", "", Level.KIN),
        ("patient_name", "MOCKRIDGE, ALMA", "", Level.OTHER),
        ("patient_name", "NANE TESTPERSON, ALMA", "NANE: Testperson, Alma", Level.LIKE),
        ("patient_name", "TESTPERSON, AL MA", "TESTPERSON, AL MA", Level.LIKE),
        ("birth_date", "1927-03-14", "", Level.SAME),
        ("birth_date", "2027-03-14", "3/14/27", Level.SAME),
        ("birth_date", "1927-03", "", Level.PARTIAL),
        ("birth_date", "1921-03-14", "", Level.LIKE),
        ("birth_date", "1927-03-04", "", Level.LIKE),
        ("birth_date", "1927-03-01", "", Level.LIKE),
        ("birth_date", "1928-03-14", "", Level.OTHER),
        ("birth_date", "1927-05-11", "", Level.OTHER),
        ("sex", "F", "", Level.SAME),
        ("sex", "M", "", Level.OTHER),
        ("ssn", "999-45-6789", "", Level.SAME),
        ("ssn", "999-45-6780", "", Level.LIKE),
        ("ssn", "999-45-0000", "", Level.OTHER),
        ("facility", "TESTPERSON", "", Level.UNKNOWN),
    ],
)
def test_levels(field: str, text: str, raw: str, expected: Level) -> None:
    assert level(field, text, raw) is expected


def test_a_suffix_that_differs_is_no_torn_name() -> None:
    assert level("patient_name", "MOCKRIDGE, JOHN SR", patient=JUNIOR) is Level.KIN


def test_what_the_index_does_not_know_says_nothing() -> None:
    bare = Patient("1", "TESTPERSON", "ALMA", "")
    assert level("birth_date", "1927-03-14", patient=bare) is Level.UNKNOWN
    assert level("sex", "F", patient=bare) is Level.UNKNOWN
    assert level("ssn", "999-45-6789", patient=bare) is Level.UNKNOWN


@given(st.dates(), st.dates())
def test_a_birth_date_agrees_only_with_itself(one: object, two: object) -> None:
    patient = Patient("1", "TESTPERSON", "ALMA", str(two))
    assert (level("birth_date", str(one), patient=patient) is Level.SAME) == (one == two)
