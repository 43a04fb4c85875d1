"""What speaks for a page that begins a document, and for one that goes on."""

import math

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box, Digest, FrameRef
from indexer.continuity import (
    Gap,
    evidence_of,
    fitted_weights,
    probability_of_start,
)
from indexer.identity import Tie
from indexer.model import DocumentType, IndexValue, PageIndex, PageTraits
from indexer.numbering import number_of

FRAME = FrameRef(Digest("0" * 64), 1)
NOTE = DocumentType("34746-8", "Nursing note", 0.95, "title@1")
SET = PageTraits(pitch=10.0, letter=9.0, leading=18.0, left=88.0, end=900.0, foot="FORM12345")


def page(traits: PageTraits = SET, *, titled: bool = False, **fields: str) -> PageIndex:
    box = Box(0, 0, 9, 9)
    values = tuple(IndexValue(f, v, v, FRAME, box, 0.95, f"{f}-label@1") for f, v in fields.items())
    return PageIndex(FRAME, NOTE, values, titled=titled, traits=traits)


def starts(before: PageIndex, after: PageIndex, tie: Tie = Tie.SAME) -> float:
    gap = Gap((before,), number_of(before), after, tie)
    return probability_of_start(evidence_of(gap))


def test_a_numbered_page_that_follows_goes_on() -> None:
    assert starts(page(page_of="1/2"), page(page_of="2/2")) < 0.05


def test_a_title_after_a_complete_document_begins_another() -> None:
    assert starts(page(page_of="1/1"), page(titled=True, page_of="1/1", mrn="0712345")) > 0.95


def test_the_same_form_set_alike_speaks_for_going_on() -> None:
    unlike = PageTraits(pitch=12.0, letter=9.0, leading=22.0, left=60.0, end=900.0, foot="MR99887")
    assert starts(page(), page()) < starts(page(), page(unlike))


def test_another_day_speaks_for_another_note() -> None:
    first = page(titled=True, service_date="1961-03-04")
    same = starts(first, page(service_date="1961-03-04"))
    assert same < starts(first, page(service_date="1961-03-05"))


def test_what_no_page_prints_is_no_evidence() -> None:
    nothing = PageTraits()
    found = evidence_of(Gap((page(nothing),), number_of(page(nothing)), page(nothing), Tie.NONE))
    assert "same day" not in found
    assert "set alike in all" not in found
    assert "number follows" not in found


def test_what_an_index_of_the_film_says_is_not_the_head_of_a_page() -> None:
    told = page()
    box = Box(0, 0, 9, 9)
    values = (IndexValue("mrn", "1", "1", FRAME, box, 0.9, "car-index@1"),)
    indexed = PageIndex(FRAME, NOTE, values, traits=SET)
    found = evidence_of(Gap((told,), number_of(told), indexed, Tie.SAME))
    assert "fields of a head" not in found


@given(st.dictionaries(st.sampled_from(sorted(fitted_weights())), st.floats(0, 2)))
def test_the_probability_is_one_whatever_the_evidence(evidence: dict[str, float]) -> None:
    told = probability_of_start(evidence)
    assert 0.0 < told < 1.0
    assert math.isfinite(told)


def test_every_piece_of_evidence_that_can_be_told_has_a_weight() -> None:
    weights = fitted_weights()
    before = page(titled=True, page_of="1/3", service_date="1961-03-04", signed_date="1961-03-04")
    for after in (page(page_of="2/3"), page(titled=True, page_of="1/1"), page(PageTraits())):
        assert set(evidence_of(Gap((before,), number_of(before), after, Tie.SAME))) <= set(weights)
