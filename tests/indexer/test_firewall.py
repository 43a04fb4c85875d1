"""A page that speaks against the patient holds its document, wherever it lies in it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bench.roster import Roster
from capture.model import Box, Digest, FrameRef
from indexer.match import file_document
from indexer.model import Document, DocumentType, FilingState, IndexValue, PageIndex, Patient

SOURCE = Digest("0" * 64)
TYPE = DocumentType("18842-5", "Discharge summary", 0.97, "title@1")
ALMA = Patient("0712345", "TESTPERSON", "ALMA", "1927-03-04", "FAY", sex="F", ssn="999-45-6789")
HUGO = Patient("8800417", "MOCKRIDGE", "HUGO", "1940-11-22", "B", sex="M", ssn="999-12-3456")
MPI = Roster([ALMA, HUGO])

SAYS = {
    "mrn": lambda person: person.mrn,
    "patient_name": lambda person: f"{person.last_name}, {person.first_name}",
    "birth_date": lambda person: person.birth_date,
    "ssn": lambda person: person.ssn,
}
FIELDS = st.sets(st.sampled_from(sorted(SAYS)), min_size=1)
BOX = Box(0, 0, 9, 9)
SURE = st.floats(0.05, 0.99)


def page(number: int, person: Patient, fields: set[str], sure: float = 0.95) -> PageIndex:
    frame = FrameRef(SOURCE, number)
    values = [
        IndexValue(f, SAYS[f](person), "as printed", frame, BOX, sure, f"{f}-label@1")
        for f in sorted(fields)
    ]  # fmt: skip
    return PageIndex(frame, TYPE, tuple(values))


def state(pages: list[PageIndex]) -> FilingState:
    numbered = [replace(one, frame=FrameRef(SOURCE, n)) for n, one in enumerate(pages, 1)]
    values = tuple(value for one in numbered for value in one.values)
    document = Document(tuple(one.frame for one in numbered), TYPE, values, 0.95)
    return file_document(document, numbered, MPI).state


@given(FIELDS, SURE, st.integers(0, 4))
def test_any_page_of_another_patient_holds_the_document(
    fields: set[str], sure: float, place: int
) -> None:
    pages = [page(1, ALMA, {"mrn", "patient_name", "birth_date"}) for _ in range(4)]
    assert state(pages) is FilingState.FILED
    pages.insert(place, page(1, HUGO, fields, sure))
    assert state(pages) is FilingState.HELD


@given(FIELDS, SURE)
def test_a_page_that_agrees_or_says_nothing_changes_nothing(fields: set[str], sure: float) -> None:
    good = page(1, ALMA, {"mrn", "patient_name", "birth_date"})
    assert state([good, page(2, ALMA, fields, sure), page(3, ALMA, set())]) is FilingState.FILED


def test_an_identifier_hardly_read_is_outweighed_by_two_on_its_own_page_only() -> None:
    good = page(1, ALMA, {"mrn", "patient_name"})
    doubtful = page(2, HUGO, {"birth_date"}, 0.2).values
    beside = replace(good, values=(*good.values, *doubtful))
    assert state([beside]) is FilingState.FILED
    assert state([good, replace(good, values=doubtful)]) is FilingState.HELD


def test_a_page_that_surely_names_a_like_name_alone_holds() -> None:
    good = page(1, ALMA, {"mrn", "patient_name", "birth_date"})
    like = replace(ALMA, first_name="ALMI")
    assert state([good, page(2, like, {"patient_name"}, 0.97)]) is FilingState.HELD
    assert state([good, page(2, like, {"patient_name"}, 0.6)]) is FilingState.FILED
    assert state([good, page(2, like, {"patient_name", "mrn"}, 0.97)]) is FilingState.FILED
