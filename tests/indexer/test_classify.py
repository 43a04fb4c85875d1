"""Telling the type of a page."""

import pytest

from capture.model import Digest, FrameRef
from indexer.doctypes import catalogue
from indexer.model import PageIndex
from indexer.read import index_page, page_from_text

FRAME = FrameRef(Digest("0" * 64), 1)
HEADER = "{:^80}\n\nPatient Name: TESTPERSON, ALMA    MRN: 0712345\n\nShe was seen today.\n"


def indexed(text: str) -> PageIndex:
    return index_page(page_from_text(text, FRAME), width=1700, height=2200)


@pytest.mark.parametrize(
    ("title", "code"),
    [(title, entry.code) for entry in catalogue() for title in entry.titles[:4] if len(title) > 7],
)
def test_a_title_set_alone_names_its_type(title: str, code: str) -> None:
    page = indexed(HEADER.format(title.upper()))
    if page.titled:
        assert page.type.code == code
        assert page.type.confidence > 0.8
    else:
        assert title in {head for entry in catalogue() for head, _ in entry.heads}


@pytest.mark.parametrize(
    "title",
    ["OPERATlVE REP0RT", "OPERATIVE REPOR7", "Operative Report", "REPORT TYPE: OPERATIVE REPORT"],
)
def test_a_title_is_known_through_noise(title: str) -> None:
    assert indexed(HEADER.format(title)).type.code == "11504-8"


@pytest.mark.parametrize(
    "text",
    [
        "The wound was clean. See operative report.",
        "He was told of the findings, please see the attached\nOperative Report for details of it.",
        "DISCHARGE DATE: 05/06/1961",
        "Discharge Diagnosis: gallstones",
        "PHYSICAL EXAMINATION:\nHeart and lungs clear.",
    ],
)
def test_words_of_a_title_elsewhere_are_no_title(text: str) -> None:
    assert not indexed(text).titled


def test_a_continued_title_does_not_open_a_document() -> None:
    page = indexed(HEADER.format("DISCHARGE SUMMARY (CONTINUED)"))
    assert page.type.code == "18842-5"
    assert not page.titled


def test_section_heads_speak_where_no_title_does() -> None:
    text = """PREOPERATIVE DIAGNOSIS: Gallstones.
POSTOPERATIVE DIAGNOSIS: The same.
ANESTHESIA: General endotracheal.
DESCRIPTION OF PROCEDURE: The abdomen was prepped and draped in the usual manner."""
    page = indexed(text)
    assert page.type.code == "11504-8"
    assert page.type.rule == "heads@1"
    assert not page.titled


def test_a_page_that_nothing_speaks_for_is_unclassified_and_says_how_unsure() -> None:
    page = indexed("and was then taken back to her room, where she slept.")
    assert page.type.code == "34109-9"
    assert page.type.confidence <= 0.2
