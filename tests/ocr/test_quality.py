"""A reading is judged by what was missed and doubted, and handwriting is not held against it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import scrawl
from bench.render import render
from capture.model import Box, PageImage
from capture.quality import Appearance
from ocr.calibration import calibrated_page
from ocr.engines import open_engine
from ocr.model import OcrPage, Verdict, Word
from ocr.quality import assessed, estimated_cer, judged
from ocr.settings import OcrSettings

from .pages import FRAME, blank_page, page_of, report_page

SHARP = Appearance(1.5, 20.0, 0.9, 0)
BOX = Box(0, 0, 60, 20)
words = st.builds(Word, st.text(min_size=1), st.just(BOX), st.floats(0, 1))


def said(*confidences: float) -> list[Word]:
    return [Word("patient", BOX, one) for one in confidences]


@given(st.lists(words), st.floats(0, 1))
def test_an_estimate_is_a_share(found: list[Word], missed: float) -> None:
    assert 0.0 <= estimated_cer(found, missed) <= 1.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_confidence_never_means_more_errors(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert estimated_cer(said(high), 0.0) <= estimated_cer(said(low), 0.0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_missed_print_never_means_fewer_errors(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert estimated_cer(said(0.95), low) <= estimated_cer(said(0.95), high)


def test_codes_and_numbers_are_not_punished() -> None:
    codes = [Word(text, BOX, 0.8) for text in ("07-22-48", "S-61-204", "QXJZ", "812.41")]
    plain = [Word("the", BOX, 0.8)] * 4
    assert estimated_cer(codes, 0.0) == estimated_cer(plain, 0.0)


@pytest.mark.parametrize(
    ("look", "confidence", "missed", "verdict", "reason"),
    [
        (SHARP, 0.96, 0.0, Verdict.GOOD, ""),
        (SHARP, 0.8, 0.0, Verdict.DOUBTFUL, "about 20% of its letters were not read right"),
        (SHARP, 0.96, 0.6, Verdict.DOUBTFUL, "about 60% of its print was not read at all"),
        (replace(SHARP, edge_width=8.0), 0.6, 0.0, Verdict.RESCAN, "out of focus"),
        (replace(SHARP, edge_width=8.0), 0.96, 0.0, Verdict.GOOD, ""),
        (replace(SHARP, cut_lines=6), 0.96, 0.0, Verdict.RESCAN, "6 lines of text run"),
        (replace(SHARP, letter_height=5.0), 0.6, 0.0, Verdict.RESCAN, "only 5 pixels high"),
        (replace(SHARP, contrast=0.1), 0.6, 0.0, Verdict.RESCAN, "hardly darker"),
        (replace(SHARP, specks=20.0), 0.6, 0.0, Verdict.RESCAN, "full of specks"),
    ],
)
def test_a_verdict_says_why(
    look: Appearance, confidence: float, missed: float, verdict: Verdict, reason: str
) -> None:
    found = judged(look, said(confidence), missed, mostly_handwritten=False)
    assert (found.verdict, reason in found.reason) == (verdict, True)


def test_nobody_scans_a_page_again_because_it_is_by_hand() -> None:
    assert judged(SHARP, said(0.3), 0.5, mostly_handwritten=True).verdict is Verdict.GOOD


def read(page: PageImage) -> OcrPage:
    engine = open_engine(OcrSettings())
    try:
        return assessed(page, engine.read(page))
    finally:
        engine.close()


def test_a_clean_page_is_good_and_loses_no_word() -> None:
    found = read(report_page())
    assert found.quality is not None
    assert found.quality.verdict is Verdict.GOOD
    assert found.quality.estimated_cer < 0.05
    assert (found.handwriting, found.unread) == ((), 0)


def test_a_page_is_judged_by_chances_whichever_engine_read_it() -> None:
    engine = open_engine(OcrSettings(engine="tesseract"))
    try:
        raw = engine.read(report_page())
    finally:
        engine.close()
    found = assessed(report_page(), raw)
    assert found.words == calibrated_page(raw).words != raw.words


def test_a_page_out_of_focus_is_to_be_scanned_again() -> None:
    page = report_page(30)
    soft = cv2.GaussianBlur(page.pixels, (0, 0), 8)
    quality = read(replace(page, pixels=np.asarray(soft, dtype=np.uint8))).quality
    assert quality is not None
    assert quality.verdict is Verdict.RESCAN
    assert "out of focus" in quality.reason


def test_an_empty_page_is_not_to_be_scanned_again() -> None:
    quality = assessed(blank_page(), OcrPage(FRAME, "test", ())).quality
    assert quality is not None
    assert quality.verdict is Verdict.GOOD


def test_a_note_by_hand_is_marked_boxed_and_not_guessed_at() -> None:
    note = scrawl.note(Random(4))
    page = page_of(np.ascontiguousarray(render(note.sheet)[::2, ::2]), dpi=150)
    found = read(page)
    assert found.mostly_handwritten
    assert found.handwriting
    assert found.quality is not None
    assert found.quality.verdict is Verdict.GOOD
    printed = {run.text for run in note.sheet.runs}
    assert {word.text for word in found.words} & printed
    assert len(found.words) <= len(printed) + 4


def test_print_beside_handwriting_is_kept() -> None:
    form = scrawl.form(Random(9), ["The patient was told."], scrawl.SIGN_LABELS, filled=True)
    page = page_of(np.ascontiguousarray(render(form.sheet)[::2, ::2]), dpi=150)
    found = read(page)
    printed = [run.text for run in form.sheet.runs if run.text.isalpha()]
    kept = {word.text.strip(":") for word in found.words}
    assert sum(text in kept for text in printed) >= 0.9 * len(printed)
    assert not found.mostly_handwritten
