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
        "LABORATORY: Hemoglobin 12.1.",
        "LABORATORY:\nHemoglobin was 12.1 grams.",
        "Laboratory\nHemoglobin was 12.1 grams.",
    ],
)
def test_words_of_a_title_elsewhere_are_no_title(text: str) -> None:
    assert not indexed(text).titled


def test_a_continued_title_does_not_open_a_document() -> None:
    page = indexed(HEADER.format("DISCHARGE SUMMARY (CONTINUED)"))
    assert page.type.code == "18842-5"
    assert not page.titled


FACE_SHEET = """{:^80}
Patient Name              Hospital No.      Account Number
TESTPERSON, ALMA F        0712345           25352915
Date of Birth   Age   Sex   Race   Soc. Sec. No.
5-27-45         41    F            940-72-4151
Street Address            City, State, ZIP         Telephone
254 Tracing Court         Draftsville, IL 60999    (555) 555-0191
Admission Date    Hour    Discharge Date    Service
11-10-86          1320    11-12-86          Obstetrics
Nearest Relative          Relationship    Telephone
Ethel Testperson          Daughter        (555) 555-0144
Insurance                 Policy No.      Group
Specimen Mutual           919588504       515
Admitting Diagnosis
Regular contractions at term
"""


@pytest.mark.parametrize(
    "title",
    ["SUMMARY AND ADMISSION RECORD", "SUMMARY SHEET", "PATIENT REGISTRATION", "5UMM4RY 4ND", ""],
)
def test_a_face_sheet_is_known_by_its_boxes_when_its_title_is_lost_or_shared(title: str) -> None:
    found = indexed(FACE_SHEET.format(title)).type
    assert found.code == "64289-2"
    assert found.confidence >= 0.6


def test_a_title_that_two_forms_share_goes_to_the_one_whose_heads_stand_under_it() -> None:
    text = f"{'SUMMARY SHEET':^80}\n\nADMITTING DIAGNOSIS: Pain.\n\nFINAL DIAGNOSIS: Gallstones."
    page = indexed(f"{text}\n\nHOSPITAL COURSE: She did well.\n\nCONDITION ON DISCHARGE: Good.")
    assert page.type.code == "18842-5"
    assert page.titled


@pytest.mark.parametrize(
    "line", ["Dear Dr. Mockridge:", "Dear Doctor Mockridge,", "To whom it may concern:"]
)
def test_a_salutation_opens_a_letter(line: str) -> None:
    page = indexed(f"INVENTED HOSPITAL\n\nOctober 15, 1979\n\n{line}\n\nThank you for your note.")
    assert page.type.code == "51852-2"
    assert page.titled


def test_a_dear_friend_in_a_sentence_opens_no_letter() -> None:
    text = "She spoke of a dear Mrs. Mockridge, who had been her neighbour for twenty years."
    assert not indexed(text).titled


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("NURSING PROGRESS RECORD", "34746-8"),
        ("PROGRESS RECORD", "11506-3"),
        ("AUTHORIZATION FOR OPERATION AND ANESTHESIA", "64293-4"),
        ("CONSENT TO OPERATION", "64293-4"),
        ("CONSENT FOR TREATMENT", "59284-0"),
        ("Admission History & Physical", "47039-3"),
        ("HISTORY AND PHYSICAL", "34117-2"),
    ],
)
def test_narrower_titles_name_narrower_types(title: str, code: str) -> None:
    assert indexed(HEADER.format(title)).type.code == code


def test_section_heads_speak_where_no_title_does() -> None:
    text = """PREOPERATIVE DIAGNOSIS: Gallstones.
POSTOPERATIVE DIAGNOSIS: The same.
ANESTHESIA: General endotracheal.
DESCRIPTION OF PROCEDURE: The abdomen was prepped and draped in the usual manner."""
    page = indexed(text)
    assert page.type.code == "11504-8"
    assert page.type.rule == "text@1"
    assert not page.titled


def test_a_page_that_nothing_speaks_for_is_unclassified_and_says_how_unsure() -> None:
    page = indexed("and was then taken back to her room, where she slept.")
    assert page.type.code == "34109-9"
    assert page.type.confidence <= 0.2


GALLSTONES = """PREOPERATIVE DIAGNOSIS: Gallstones.
POSTOPERATIVE DIAGNOSIS: The same.
ANESTHESIA: General endotracheal.
DESCRIPTION OF PROCEDURE: The abdomen was prepped and draped in the usual manner. The cystic
duct was clamped and divided, and the wound was closed in layers. Blood loss was 50 ml."""


def test_wording_makes_a_title_surer_or_less_sure() -> None:
    with_it = indexed(HEADER.format("OPERATIVE REPORT") + GALLSTONES).type
    against_it = indexed(HEADER.format("DIETARY NOTE") + GALLSTONES).type
    assert with_it.code == "11504-8"
    assert with_it.rule == "title+text@2"
    assert against_it.confidence < with_it.confidence
    assert against_it.rule != "title+text@2"


def test_a_few_words_are_believed_less_than_a_page_of_them() -> None:
    line = "The wound was closed in layers with catgut."
    assert indexed(line).type.confidence < indexed(GALLSTONES).type.confidence


def test_what_belongs_in_no_chart_is_not_surely_of_a_type() -> None:
    found = indexed("PARKING\nLevel B, space 41. Fifty cents an hour.\nThank you, call again.").type
    assert found.code == "34109-9" or found.confidence < 0.5
