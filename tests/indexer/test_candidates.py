"""Which patients are compared at all."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bench.roster import Roster
from capture.model import Box, Digest, FrameRef
from indexer.candidates import like_numbers, ranking
from indexer.claims import claims_of
from indexer.model import IndexValue, Patient
from indexer.weights import shipped_weights

ALMA = Patient("0712345", "TESTPERSON", "ALMA", "1927-03-04", ssn="999-45-6789", sex="F")
HUGO = Patient("0712399", "MOCKRIDGE", "HUGO", "1940-01-02", sex="M")
ROSTER = Roster([ALMA, HUGO])
NUMBERS = st.text("0123456789", min_size=4, max_size=9)


def claimed(**fields: str) -> list[str]:
    values = [
        IndexValue(f, text, text, FrameRef(Digest("0" * 64), 1), Box(0, 0, 9, 9), 0.9, "r@1")
        for f, text in fields.items()
    ]
    found = ranking(claims_of(values), ROSTER, shipped_weights())
    return [one.patient.mrn for one in found.weighed]


@given(NUMBERS, NUMBERS)
def test_like_numbers_are_those_one_edit_away(one: str, two: str) -> None:
    assert (two in set(like_numbers(one))) == (OSA.distance(one, two) == 1)


def test_a_patient_is_found_by_any_one_key() -> None:
    assert claimed(mrn="0712345")[0] == "0712345"
    assert "0712345" in claimed(mrn="0712845")
    assert claimed(birth_date="1927-03-04") == ["0712345"]
    assert claimed(patient_name="TESTPERSON, ALMA") == ["0712345"]
    assert claimed(patient_name="ALMA, TESTPERSON") == ["0712345"]
    assert claimed(ssn="999-45-6789") == ["0712345"]
    assert claimed(patient_name="SAMPLEWELL, ALMA") == []


def test_what_agrees_outweighs_what_is_like() -> None:
    order = claimed(mrn="0712345", patient_name="MOCKRIDGE, HUGO", birth_date="1940-01-02")
    assert order == ["0712399", "0712345"]
