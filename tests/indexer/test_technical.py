"""Targets, notices and certificates told by their words, and pages that must never be."""

from __future__ import annotations

import csv
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from capture.model import Box, Digest, FrameRef
from indexer.read import page_from_text
from indexer.technical import NOTICES, technical_notice, technical_reason, told_reduction
from ocr.model import OcrPage, Quality, Verdict, Word

REF = FrameRef(Digest("0" * 64), 1)
DATA = Path(__file__).parents[2].parent / "shared" / "data"


def frame(text: str) -> OcrPage:
    """A frame with these words; lines that begin with ``*`` are set three times as large."""
    page = page_from_text(text, REF)
    large = {word.line for word in page.words if word.text.startswith("*")}
    words = (_set(word, large=word.line in large) for word in page.words)
    return replace(page, words=tuple(word for word in words if word.text))


def _set(word: Word, *, large: bool) -> Word:
    box = word.box
    size = Box(box.x, box.y, box.width, box.height * 3) if large else box
    return replace(word, text=word.text.lstrip("*"), box=size)


TARGETS = {
    "* START OF ROLL\n\nROLL NO. 0042\nPLACEHOLDER GENERAL HOSPITAL\nMEDICAL RECORDS": "start",
    "* START\n* OF\n* ROLL": "start",
    "START OF R0LL": "start",
    "STARTOF ROLL 17": "start",
    "* START OF ROLL\nPatient records\nMRN 004000 THRU 004250\nFilmed by the Mockbury company\n"
    "Date filmed 03/04/1961  Camera no 4": "start",
    "* END OF ROLL\n ROLL 42": "end",
    "* CONTINUED ON ROLL 43": "continued",
    "* RETAKE BEGINS": "retake",
    "RETAKE": "retake",
    "* START OF RETAKES": "retake",
    "* MISSING PAGE\nPage 4 was missing when filmed": "missing",
    "PAGES MISSING": "missing",
    "CERTIFICATE OF AUTHENTICITY\n\nThis is to certify that the micrographic images appearing on\n"
    "this roll of film are accurate and complete reproductions of the\nrecords of Placeholder "
    "General Hospital as delivered in the regular\ncourse of business.\n\nDate 3-4-61   Camera "
    "operator  J. Mockridge": "certificate",
    "DECLARATION OF INTENT\n\nThe records on this film were microfilmed in the regular course "
    "of\nbusiness, and it is intended to destroy the originals.": "certificate",
    "CAMERA OPERATOR'S CERTIFICATE\nI certify that I filmed the records on this reel of "
    "film.\nOperator's name: Nora Samplewell": "certificate",
    "TIFICATE OF AUTHENT\nTHIS IS TO CERTIFY that the microphotographs appearing on this\nroll of "
    "film are accurate and complete reproductions of records.": "certificate",
    "* DENSITY / RESOLUTION TEST\nreduction ratio 24x": "test",
    "* RESOLUTION TARGET": "test",
    "ROLL 42  CAMERA 3\nREDUCTION RATIO 24:1": "reduction",
}

PAGES = {
    "a page with a note on its copy": "BEST COPY AVAILABLE\n\nThe patient was seen in the morning.",
    "a note of a retaken film": "Chest film: retake in six weeks, no change since March.",
    "a number on the notice": "* START OF ROLL\nMRN: 0042137",
    "a name on the notice": "* RETAKE BEGINS\nPatient name: SAMPLEWELL, NORA",
    "a birth date on the notice": "* MISSING PAGE of this record when filmed\nDOB 3/4/1927",
    "prose that holds the phrase": "He fell at the start of roll call and was carried in. " * 12,
    "a record with pages missing": "Nurses notes, pages missing from original, 3-4-61",
    "an attached certificate": "CERTIFICATE OF AUTHENTICITY\nThe attached copy was made from "
    "microfilm of the chart of Nora Samplewell.",
    "an intent that is no film's": "DECLARATION OF INTENT\nIt is my will that my dying not be "
    "prolonged by extraordinary means.",
    "small print about a roll": "Form 12 rev 3 continued on roll "
    + "of the ordered dressings " * 9,
    "nothing": "",
    "a bare number": "42",
}


@pytest.mark.parametrize(("text", "kind"), TARGETS.items(), ids=list(TARGETS.values()))
def test_notice_is_known_by_its_words(text: str, kind: str) -> None:
    notice = technical_notice(frame(text))
    assert notice is not None
    assert notice.kind == kind
    assert technical_reason(frame(text)) == notice.reason


@pytest.mark.parametrize("text", PAGES.values(), ids=list(PAGES))
def test_page_is_no_notice(text: str) -> None:
    assert technical_reason(frame(text)) == ""


@pytest.mark.parametrize("text", TARGETS, ids=list(TARGETS.values()))
def test_every_notice_is_a_page_once_it_names_a_patient(text: str) -> None:
    assert technical_reason(frame(f"{text}\n\nPatient name: SAMPLEWELL, NORA  DOB 3/4/27")) == ""


def test_notice_among_handwriting_is_left_to_a_person() -> None:
    page = frame("RETAKE")
    assert technical_reason(replace(page, handwriting=(Box(0, 100, 400, 60),))) == ""
    assert technical_reason(replace(page, unread=3)) == ""
    assert technical_reason(replace(page, mostly_handwritten=True)) == ""


def test_single_word_of_a_page_that_is_hard_to_read_is_no_notice() -> None:
    page = frame("END")
    assert technical_reason(page) != ""
    doubtful = Quality(Verdict.DOUBTFUL, 0.2, None, None, 0)
    assert technical_reason(replace(page, quality=doubtful)) == ""
    unsure = tuple(replace(word, confidence=0.6) for word in page.words)
    assert technical_reason(replace(page, words=unsure)) == ""


@pytest.mark.parametrize(
    ("text", "reduction"),
    [
        ("REDUCTION RATIO 24X", 24.0),
        ("Reduction ratio: 32:1", 32.0),
        ("REDUCTION 40 X", 40.0),
        ("24x reduction", 24.0),
        ("REDUCTION RATIO 24X\nreduction ratio 32X", None),
        ("Metoprolol 24 X 1", None),
        ("closed reduction of the fracture, 3 x daily", None),
        ("", None),
    ],
)
def test_reduction_is_read_from_a_target(text: str, reduction: float | None) -> None:
    assert told_reduction(page_from_text(text, REF)) == reduction


def test_no_phrase_is_short_of_a_kind_and_a_reason() -> None:
    told = tomllib.loads(NOTICES.read_text(encoding="utf-8"))
    for row in told["notice"]:
        assert row["kind"]
        assert row["reason"]
        assert 0 < row["most"] < 300
        assert all(phrase == phrase.lower() for phrase in row["phrases"])


@pytest.mark.slow
def test_no_real_report_or_form_is_a_notice() -> None:
    if not DATA.is_dir():
        pytest.skip("real files are not beside this checkout")
    reports = list(_reports())
    assert len(reports) > 900
    for number, text in enumerate(reports):
        lines = [line for line in text.splitlines() if line.strip()]
        # Short pieces as well: the fewer the words, the easier a phrase stands out.
        for part in (text, lines[number % len(lines)], "\n".join(lines[:3])):
            assert technical_reason(page_from_text(part, REF)) == "", f"report {number}"
    for path in sorted((DATA / "forms").glob("*.json")):
        assert technical_reason(_form(path)) == "", path.name


def _reports() -> list[str]:
    csv.field_size_limit(10**8)
    with (DATA / "mtsamples" / "mtsamples_open.csv").open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file) if row["text"].strip()]


def _form(path: Path) -> OcrPage:
    words = [
        Word(word["text"], Box(*word["box"][:2], word["box"][2] - word["box"][0],
                               word["box"][3] - word["box"][1]), 0.9, line, line)
        for line, part in enumerate(json.loads(path.read_text(encoding="utf-8"))["form"])
        for word in part["words"]
        if word["text"].strip()
    ]  # fmt: skip
    return OcrPage(REF, "truth", tuple(words))
