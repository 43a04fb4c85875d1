"""Calibrated confidence is a chance that never falls when a word is surer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box
from ocr.calibration import (
    FEATURES,
    RISING,
    STEPS,
    Kind,
    calibrated,
    calibrated_page,
    kind_of,
    shipped,
)
from ocr.model import OcrPage, Word
from tests.ocr.pages import FRAME

TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
BOXES = st.builds(Box, *[st.integers(0, 2000)] * 2, *[st.integers(0, 400)] * 2)
SHARES = st.floats(0.0, 1.0)
WORDS = st.builds(Word, TEXTS, BOXES, SHARES, st.integers(0, 3))
PAGES = st.lists(WORDS, min_size=1, max_size=12).map(tuple)


def line_of(*texts: str, confidence: float = 0.95) -> tuple[Word, ...]:
    """Return words set evenly on one line."""
    places = [sum(len(text) + 1 for text in texts[:at]) for at in range(len(texts))]
    return tuple(
        Word(text, Box(20 + 12 * place, 50, 12 * len(text), 20), confidence)
        for text, place in zip(texts, places, strict=True)
    )


@given(PAGES)
def test_only_the_confidence_of_words_changes_and_it_stays_a_share(words: tuple[Word, ...]) -> None:
    found = calibrated(words)
    assert all(0.0 <= word.confidence <= 1.0 for word in found)
    assert tuple(replace(w, confidence=0.0) for w in found) == tuple(
        replace(w, confidence=0.0) for w in words
    )


@given(PAGES, st.data())
def test_a_surer_word_makes_no_word_of_the_page_less_sure(
    words: tuple[Word, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    surer = replace(words[at], confidence=data.draw(st.floats(words[at].confidence, 1.0)))
    before, after = calibrated(words), calibrated((*words[:at], surer, *words[at + 1 :]))
    for one, other in zip(before, after, strict=True):
        assert other.confidence >= one.confidence - 1e-4


def test_a_page_without_words_stays_one() -> None:
    assert calibrated(()) == ()


def test_every_kind_of_word_has_a_curve_that_never_falls() -> None:
    for kind in Kind:
        curve = shipped()[kind]
        assert len(curve.rises) == len(STEPS) - 1
        assert min(curve.rises) >= 0.0
        weights = dict(zip(FEATURES, curve.others, strict=True))
        assert all(weights[name] >= 0.0 for name in RISING)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Testperson,", Kind.WORD), ("004267", Kind.NUMBER), ("q4h", Kind.NUMBER), ("--", Kind.SIGNS)],
)
def test_a_digit_makes_a_number_and_a_letter_a_word(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_a_well_read_line_is_sure_and_a_badly_read_one_is_not() -> None:
    texts = ("The", "patient", "was", "brought", "in", "with", "severe", "pain")
    well, badly = calibrated(line_of(*texts)), calibrated(line_of(*texts, confidence=0.3))
    assert min(word.confidence for word in well) >= 0.9
    assert max(word.confidence for word in badly) <= 0.5


def test_letters_that_follow_each_other_as_in_no_word_are_less_sure() -> None:
    line = ("The", "patient", "was", "seen", "with", "pneumonia", "today")
    strange = (*line[:5], "pnxqmzvia", *line[6:])
    usual, odd = (calibrated(line_of(*texts, confidence=0.8))[5] for texts in (line, strange))
    assert odd.confidence < usual.confidence - 0.1


def test_the_same_word_is_less_sure_on_a_page_that_is_read_badly() -> None:
    good, bad = line_of("Mockridge", "seen", "today"), line_of("Mockridge", "seen", "today")
    bad = (replace(bad[0], confidence=0.95), *(replace(w, confidence=0.2) for w in bad[1:]))
    assert calibrated(bad)[0].confidence < calibrated(good)[0].confidence


def test_a_tick_box_keeps_the_confidence_of_its_square_and_moves_no_word() -> None:
    line = line_of("Mockridge", "improved", "today")
    box = Word("[x]", Box(400, 50, 20, 20), 0.31)
    assert calibrated((line[0], box, *line[1:]))[1] == box
    with_box = calibrated((*line, box))
    assert with_box[:3] == calibrated(line)


def test_only_what_tesseract_read_is_calibrated() -> None:
    words = line_of("Mockridge", "seen", "today", confidence=1.0)
    printed = OcrPage(FRAME, "pdfplumber 0.11.5", words)
    seen = OcrPage(FRAME, "tesseract 5.5.4", words)
    assert calibrated_page(printed) == printed
    assert calibrated_page(seen).words == calibrated(words)
