"""Diagnoses and procedures under their heads."""

import pytest

from capture.model import Digest, FrameRef
from indexer.heads import head_key, standing_of
from indexer.model import IndexValue
from indexer.read import index_page, page_from_text, text_size

FRAME = FrameRef(Digest("0" * 64), 1)


def read(text: str, field: str) -> list[IndexValue]:
    width, height = text_size(text)
    page = index_page(page_from_text(text, FRAME), width=width, height=max(height, 2640))
    return [value for value in page.values if value.field == field]


def values(text: str, field: str) -> list[str]:
    return [value.value for value in read(text, field)]


def test_what_was_found_at_the_end_stands_before_what_was_thought_at_the_start() -> None:
    text = """IMPRESSION: Gallstones
ADMITTING DIAGNOSIS: Abdominal pain

WORKING DIAGNOSIS: Biliary colic

FINAL DIAGNOSIS: Acute cholecystitis"""
    found = read(text, "diagnosis")
    assert [value.value for value in found] == [
        "Acute cholecystitis",
        "Biliary colic",
        "Abdominal pain",
        "Gallstones",
    ]
    assert [value.rule for value in found] == [
        "final-diagnosis@1",
        "clinical-diagnosis@1",
        "admitting-diagnosis@1",
        "impression-diagnosis@1",
    ]
    sure = [value.confidence for value in found]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == 4


def test_a_complaint_is_no_diagnosis() -> None:
    assert values("CHIEF COMPLAINT: Abdominal pain\n\nReason for visit: Pain", "diagnosis") == []


@pytest.mark.parametrize("same", ["Same.", "SAME", "The same.", "Same as preoperative"])
def test_the_same_is_the_preoperative_diagnosis_with_the_evidence_of_both(same: str) -> None:
    text = f"PREOPERATIVE DIAGNOSIS: Acute appendicitis.\n\nPOSTOPERATIVE DIAGNOSIS: {same}"
    (found,) = read(text, "diagnosis")
    assert found.value == "Acute appendicitis"
    assert found.raw == same
    assert found.rule == "same-diagnosis@1"
    assert found.box.y < 40 < 80 < found.box.bottom


def test_the_same_as_nothing_on_the_page_is_no_diagnosis() -> None:
    assert values("POSTOPERATIVE DIAGNOSIS: Same.", "diagnosis") == []


@pytest.mark.parametrize(
    "nothing", ["None", "none.", "N/A", "NA", "nil", "-", "None known", "----"]
)
def test_nothing_is_no_value(nothing: str) -> None:
    assert values(f"PRINCIPAL PROCEDURE: {nothing}", "procedure") == []
    assert values(f"FINAL DIAGNOSIS:\n{nothing}", "diagnosis") == []


@pytest.mark.parametrize(
    "narrative",
    [
        "Through a McBurney incision the muscles were split in the line of\ntheir fibers.",
        "The patient was placed supine. The abdomen was prepared and draped.",
        "Under general anesthesia a midline incision was made.",
        "The external ring was opened.",
    ],
)
@pytest.mark.parametrize("head", ["PROCEDURE", "OPERATION", "DESCRIPTION OF PROCEDURE"])
def test_the_story_of_an_operation_is_not_its_name(head: str, narrative: str) -> None:
    assert values(f"{head}: {narrative}", "procedure") == []
    assert values(f"{head}\n{narrative}", "procedure") == []


@pytest.mark.parametrize(
    "head",
    ["PROCEDURE PERFORMED", "OPERATION", "TITLE OF OPERATION", "Principal Procedure", "PROCEDURES"],
)
def test_the_name_of_an_operation_stands_under_its_head(head: str) -> None:
    assert values(f"{head}: Open reduction, right hip.", "procedure") == [
        "Open reduction, right hip"
    ]


def test_a_date_of_operation_is_no_operation() -> None:
    assert values("DATE OF OPERATION: 29 DEC 1995", "procedure") == []


def test_boxes_side_by_side_keep_to_their_columns() -> None:
    text = "Principal Diagnosis                     Code        Service\n"
    text += "Intertrochanteric fracture, right hip   820.21      Surgery"
    assert values(text, "diagnosis") == ["Intertrochanteric fracture, right hip"]


def test_a_line_that_goes_on_in_small_letters_is_one_line() -> None:
    text = "FINAL DIAGNOSIS: Carcinoma of the sigmoid colon with\nobstruction.\n\nSurgery followed."
    assert values(text, "diagnosis") == ["Carcinoma of the sigmoid colon with obstruction"]


def test_the_specimen_before_a_colon_is_not_the_diagnosis() -> None:
    assert values("DIAGNOSIS:\nAppendix: Acute appendicitis.", "diagnosis") == [
        "Acute appendicitis"
    ]


def test_the_impression_of_a_film_is_what_it_shows_and_no_diagnosis() -> None:
    text = f"{'RADIOLOGY REPORT':^80}\n\nIMPRESSION: Normal chest."
    assert values(text, "diagnosis") == []


def test_a_consent_names_the_operation_and_not_its_terms() -> None:
    text = """I hereby authorize Dr. Mockridge and assistants to perform:
Appendectomy.
1. I agree to the giving of such anesthetics as may be needed."""
    assert values(text, "procedure") == ["Appendectomy"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Principal Oregnosis", "final"),
        ("Admitting Oiegnosis", "admitting"),
        ("PREOPERATIVE DlAGNOSIS", "preoperative"),
        ("POSTOPERATIVE DIAGN0SIS", "final"),
        ("FINAL DIAGNOSES", "final"),
    ],
)
def test_a_head_is_known_through_noise(head: str, name: str) -> None:
    found = standing_of(head_key(head))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("head", ["DATE OF OPERATION", "DIAGNOSTIC STUDIES", "PROCEEDINGS", "PLAN"])
def test_other_heads_are_not_taken_for_one(head: str) -> None:
    assert standing_of(head_key(head)) is None
