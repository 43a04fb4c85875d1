"""What a sheet or a patch code says of the frames behind it."""

from __future__ import annotations

import pytest

from capture.barcode import with_check
from capture.code_again import UNREAD
from capture.model import Barcode, Box, Digest, FrameRef, FrameState, Step
from capture.patch_map import PATCH
from indexer.model import SequencePage
from indexer.read import page_from_text
from indexer.separator_sheet import (
    Sheet,
    is_sheet_by_words,
    parts_documents,
    sheet_after,
    sheet_of,
    starts_document,
)

REF = FrameRef(Digest("0" * 64), 1)
BOX = Box(0, 0, 90, 30)
PAYLOAD = "CHARTROOM|type=18842-5|mrn=0071234"


def frame(state: FrameState, *codes: Barcode) -> SequencePage:
    return SequencePage(REF, state, None, codes)


def patch(meaning: str) -> Barcode:
    return Barcode(PATCH, "T", BOX, meaning)


def ours(payload: str = PAYLOAD, symbology: str = "Code128") -> Barcode:
    return Barcode(symbology, payload, BOX)


BEFORE = sheet_of(frame(FrameState.SEPARATOR, ours()))


def told(sheet: Sheet) -> tuple[list[str], str]:
    return [value.value for value in sheet.values], sheet.type.code if sheet.type else ""


@pytest.mark.parametrize("meaning", ["document", "separator", "batch", "ignore"])
def test_a_kept_page_starts_a_document_unless_its_code_is_ignored(meaning: str) -> None:
    page = frame(FrameState.PAGE, patch(meaning))
    assert starts_document(page) is parts_documents(page) is (meaning != "ignore")


def test_a_dropped_sheet_parts_and_starts_nothing_itself() -> None:
    sheet = frame(FrameState.SEPARATOR, patch("separator"))
    assert parts_documents(sheet)
    assert not starts_document(sheet)


def test_a_foreign_barcode_parts_nothing() -> None:
    page = frame(FrameState.PAGE, Barcode("Code39", "0071234", BOX))
    assert not parts_documents(page)
    assert sheet_after(BEFORE, page) == BEFORE


def test_a_sheet_of_ours_says_all_that_holds() -> None:
    assert told(BEFORE) == (["0071234"], "18842-5")
    sheet = frame(FrameState.SEPARATOR, ours("CHARTROOM|batch=B-1"), patch("separator"))
    assert told(sheet_after(BEFORE, sheet)) == ([], "")


def test_a_page_that_starts_a_document_is_under_the_same_sheet() -> None:
    assert sheet_after(BEFORE, frame(FrameState.PAGE, patch("document"))) == BEFORE


def test_no_patient_is_handed_on_over_a_patch_sheet() -> None:
    assert told(sheet_after(BEFORE, frame(FrameState.SEPARATOR, patch("separator")))) == (
        [], "18842-5",
    )  # fmt: skip
    assert told(sheet_after(BEFORE, frame(FrameState.SEPARATOR, patch("batch")))) == ([], "")
    assert told(sheet_after(BEFORE, frame(FrameState.PAGE, patch("batch")))) == ([], "")


def test_nothing_holds_behind_a_sheet_that_was_known_by_its_words() -> None:
    assert sheet_after(BEFORE, frame(FrameState.SEPARATOR)) == Sheet()


def test_a_doubled_sheet_says_the_same_again() -> None:
    sheet = frame(FrameState.SEPARATOR, ours())
    assert sheet_after(sheet_after(Sheet(), sheet), sheet) == sheet_after(Sheet(), sheet)


def test_codes_that_disagree_on_the_patient_name_none() -> None:
    other = Barcode("QRCode", "CHARTROOM|mrn=0071235", Box(0, 900, 90, 90))
    sheet = frame(FrameState.SEPARATOR, ours(), other)
    assert told(sheet_of(sheet)) == ([], "18842-5")


def test_a_code_whose_check_fails_tells_nothing() -> None:
    checked = with_check(PAYLOAD)
    assert told(sheet_of(frame(FrameState.SEPARATOR, ours(checked)))) == told(BEFORE)
    misread = checked.replace("0071234", "0071284")
    assert sheet_of(frame(FrameState.SEPARATOR, ours(misread))) == Sheet()


@pytest.mark.parametrize("raw", ["00L1234", "", " ", "12 34"])
def test_what_is_no_record_number_is_none(raw: str) -> None:
    assert told(sheet_of(frame(FrameState.SEPARATOR, ours(f"CHARTROOM|mrn={raw}")))) == ([], "")


SHEET_TEXT = "DOCUMENT SEPARATOR\nDo not remove - scan with the chart\n\n"
BARS = (Step("blank", False, 0.9), Step(UNREAD, False, 0.5, 1.0))


@pytest.mark.parametrize(
    "text",
    [
        SHEET_TEXT,
        SHEET_TEXT + PAYLOAD,
        "CHARTROOM)batch=B-1",
        "Separator sheet",
        "DOCUMENT SFPARATOR",
    ],
)
def test_a_sheet_whose_code_is_lost_is_known_by_its_words(text: str) -> None:
    words = page_from_text(text, REF)
    assert is_sheet_by_words(words, (), BARS)
    assert is_sheet_by_words(words, (Barcode("Code39", "CHARTR0OM", BOX),), ())
    assert not is_sheet_by_words(words, (patch("ignore"),), BARS[:1])


@pytest.mark.parametrize(
    "text",
    ["", "Specimen label", "The chartroom is closed", SHEET_TEXT + "Patient rests well. " * 20],
)
def test_a_page_that_speaks_of_something_else_is_no_sheet(text: str) -> None:
    assert not is_sheet_by_words(page_from_text(text, REF), (ours(),), BARS)
