"""Texts of every type, and what is measured on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.type_texts import composed_papers, type_texts
from bench.typed_pages import chart_pages, composed_pages, without_title
from bench.types import Answer, Asked, asked, calibration_error
from indexer.doctypes import UNCLASSIFIED, catalogue
from indexer.rows import text_of
from indexer.titles import titles_of

DEVELOPMENT = 18_000


def test_every_type_of_documents_has_texts() -> None:
    types = {entry.code for entry in catalogue() if not entry.code.startswith("LOCAL-")}
    assert {text.code for text in type_texts()} == types


def test_a_head_in_four_is_kept_from_development() -> None:
    parts = [part for text in type_texts() for part in text.sections if len(part.heads) > 3]
    held = {part.heads[3].casefold() for part in parts}
    held -= {head.casefold() for part in parts for head in part.heads[:3]}
    found = {}
    for development in (True, False):
        papers = composed_papers(DEVELOPMENT, 2, development=development)
        said = " ".join(sheet.text for one in papers for sheet in one.sheets)
        words = " ".join(said.split()).casefold()
        found[development] = sum(head in words for head in held)
    # Some of them are words of sentences and labels too.
    assert found[True] < 0.5 * found[False]


def test_a_sheet_without_its_title_lacks_nothing_else() -> None:
    papers = list(composed_papers(DEVELOPMENT, 1, development=True))
    torn = 0
    for paper in papers:
        sheet = paper.sheets[0]
        left = without_title(sheet)
        gone = [run for run in sheet.runs if run not in left.runs]
        assert len({(run.block, run.line) for run in gone}) <= 2
        torn += bool(gone)
    assert torn == len(papers)


def test_no_title_is_left_on_most_pages_whose_title_was_torn_off() -> None:
    pages = list(composed_pages(DEVELOPMENT, 1, 0.0, development=True, untitled=True))
    titled = [text_of(found.run) for page in pages for found in titles_of(page.layout)]
    assert len(titled) <= 0.1 * len(pages)


def test_confidence_that_is_always_right_is_calibrated() -> None:
    answers = [Answer("a", "a" if n < 80 else "b", 0.8) for n in range(100)]
    assert calibration_error(answers) == pytest.approx(0)
    assert calibration_error(answers[:80]) == pytest.approx(0.2)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_a_calibration_error_is_a_share(confidences: list[float]) -> None:
    answers = [Answer("a", "a", confidence) for confidence in confidences]
    assert 0 <= calibration_error(answers) <= 1


def accepted_right(found: Asked) -> tuple[float, float, float]:
    """Share right, share accepted, share right of the accepted."""
    documents = found.documents
    accepted = [one for one in documents if one.accepted]
    right = sum(one.right for one in documents) / len(documents)
    return right, len(accepted) / len(documents), sum(o.right for o in accepted) / len(accepted)


def test_types_of_charts_are_told_with_and_without_titles() -> None:
    titled = asked(chart_pages(DEVELOPMENT, 8, 0.02, development=True))
    right, accepted, sure = accepted_right(titled)
    assert right >= 0.96
    assert accepted >= 0.85
    assert sure >= 0.98
    torn = asked(chart_pages(DEVELOPMENT, 8, 0.02, development=True, untitled=True))
    right, accepted, sure = accepted_right(torn)
    assert right >= 0.92
    assert accepted >= 0.75
    assert sure >= 0.97
    assert titled.milliseconds < 30


def test_pages_of_no_type_are_seldom_accepted_as_one() -> None:
    pages = composed_pages(DEVELOPMENT, 6, 0.02, development=True)
    foreign = [one for one in asked(pages).documents if one.true == UNCLASSIFIED]
    assert len(foreign) == 6
    assert sum(one.accepted for one in foreign) <= 1
