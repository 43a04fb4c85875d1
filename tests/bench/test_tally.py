"""Figures follow from pairs of true and found frames, and count every frame."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import tally
from bench.found import FoundDocument, FoundFrame, Pair, paired
from bench.score import FieldScore
from indexer.doctypes import UNCLASSIFIED

MINE = FoundDocument("d1", "18842-5", 0.9, "0071234", "")
SEEN = FoundFrame("filed", "", "Chest clear.", 0, 0.4, (), "18842-5", MINE, first=True)


def true_page(**known: object) -> dict[str, Any]:
    page: dict[str, Any] = {
        "source": "a.tif",
        "frame": 1,
        "state": "page",
        "text": "Chest clear.",
        "rotation": 0,
        "skew": 0.5,
        "values": [],
        "type": {"code": "18842-5", "name": "Discharge summary"},
        "patient": "0071234",
        "chart": "0071234",
        "boundary": True,
    }
    return page | known


def pair(truth: dict[str, Any] | None = None, found: FoundFrame | None = SEEN) -> Pair:
    return Pair("clean", truth or true_page(), found)


def blank() -> Pair:
    truth = true_page(state="blank", type=None, patient=None, boundary=False)
    return pair(truth, replace(SEEN, state="blank", document=None, first=False))


def test_a_frame_that_the_archive_does_not_know_is_kept_in_the_count() -> None:
    (one,) = paired("clean", [true_page()], {})
    assert one.found is None
    assert one.text == ""
    assert tally.states([one]) == {("page", "lost"): 1}
    assert tally.type_score([one]).unsure == 1
    assert tally.filed_score([one]).pages.held == 1


def test_text_figures_are_over_pages_and_recall_over_words() -> None:
    figures = tally.text_score([("abcd", "abcd"), ("abcd", "abxd"), ("one two", "one two")])
    assert figures.pages == 3
    assert figures.median == 0.0
    assert figures.mean == pytest.approx(0.25 / 3)
    assert figures.recall == pytest.approx(3 / 4)


def test_skew_is_judged_only_where_the_quarter_turn_was_found() -> None:
    upside_down = pair(true_page(rotation=180, skew=4.0))
    figures = tally.geometry_score([pair(), upside_down, blank()])
    assert figures.pages == 2
    assert figures.upright == 0.5
    assert (figures.turned, figures.turned_found) == (1, 0)
    assert figures.skew_median == pytest.approx(0.1)


def test_a_value_of_little_confidence_asserts_nothing() -> None:
    truth = true_page(values=[{"field": "mrn", "value": "0071234"}])
    unsure = replace(SEEN, values=(("mrn", "0011234", 0.49),))
    sure = replace(SEEN, values=(("mrn", "0011234", 0.5),))
    assert tally.field_scores([pair(truth, unsure)]) == {"mrn": FieldScore(0, 0, 1)}
    assert tally.field_scores([pair(truth, sure)]) == {"mrn": FieldScore(0, 1, 1)}
    assert tally.wrong_values(pair(truth, sure)) == [("mrn", "0011234", "0071234")]


def test_values_agree_whatever_their_case_and_spaces() -> None:
    truth = true_page(values=[{"field": "diagnosis", "value": "Lobar  pneumonia"}])
    found = replace(SEEN, values=(("diagnosis", "LOBAR PNEUMONIA", 0.9),))
    assert tally.field_scores([pair(truth, found)]) == {"diagnosis": FieldScore(1, 0, 0)}


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        (MINE, "right"),
        (replace(MINE, code="11488-4"), "wrong"),
        (replace(MINE, code="11488-4", type_confidence=0.3), "unsure"),
        (replace(MINE, code=UNCLASSIFIED), "unsure"),
        (None, "unsure"),
    ],
)
def test_a_type_is_wrong_only_when_it_was_asserted(
    document: FoundDocument | None, outcome: str
) -> None:
    assert tally.type_outcome(pair(found=replace(SEEN, document=document))) == outcome


def test_neither_a_narrower_nor_a_wider_type_is_right() -> None:
    consent = true_page(type={"code": "59284-0", "name": "Consent"})
    operation = replace(SEEN, document=replace(MINE, code="64293-4"))
    narrow = true_page(type={"code": "64293-4", "name": "Procedure consent"})
    wide = replace(SEEN, document=replace(MINE, code="59284-0"))
    assert tally.type_outcome(pair(consent, operation)) == "wrong"
    assert tally.type_outcome(pair(narrow, wide)) == "wrong"


def test_hyphens_matter_in_every_number_but_an_account() -> None:
    truth = true_page(
        values=[{"field": "account", "value": "1142753"}, {"field": "ssn", "value": "935-34-5744"}]
    )
    found = replace(SEEN, values=(("account", "114275-3", 0.9), ("ssn", "935345744", 0.9)))
    scores = tally.field_scores([pair(truth, found)])
    assert scores == {"account": FieldScore(1, 0, 0), "ssn": FieldScore(0, 1, 1)}


def test_a_document_with_one_page_of_another_patient_is_wrong() -> None:
    stranger = pair(true_page(patient="0099999", frame=2), replace(SEEN, first=False))
    figures = tally.filed_score([pair(), stranger, blank()])
    assert (figures.pages.right, figures.pages.wrong) == (1, 1)
    assert (figures.documents.right, figures.documents.wrong) == (0, 1)
    assert math.isnan(figures.upper_bound)


@given(st.integers(1, 2000))
def test_the_bound_of_a_rate_that_was_never_seen_is_three_over_how_many_were_looked_at(
    count: int,
) -> None:
    documents = [replace(MINE, id=f"d{number}") for number in range(count)]
    figures = tally.filed_score(pair(found=replace(SEEN, document=one)) for one in documents)
    assert figures.upper_bound == min(1.0, 3 / count)


def test_held_documents_say_nothing_of_the_rate_of_wrong_ones() -> None:
    figures = tally.filed_score([pair(found=replace(SEEN, document=replace(MINE, mrn=None)))])
    assert figures.documents.held == 1
    assert math.isnan(figures.upper_bound)


def test_starts_of_documents_are_counted_over_pages_only() -> None:
    goes_on = pair(true_page(boundary=False), replace(SEEN, first=True))
    match = tally.boundaries([pair(), blank(), goes_on])
    assert (match.hits, match.wanted, match.found) == (1, 1, 2)
