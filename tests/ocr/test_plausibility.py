"""Words surprise less than letters thrown together; codes are not asked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.plausibility import bare, count_triples, surprise

WORDS = ["patient", "hospital", "examination", "surgery", "morning", "pneumonia", "fracture"]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_likelier_than_its_letters_shuffled(word: str) -> None:
    letters = sorted(word)
    shuffled = [Random(seed).sample(letters, len(letters)) for seed in range(20)]
    surprises = sorted(surprise("".join(one)) or 0.0 for one in shuffled)
    assert (surprise(word) or 99.0) < surprises[len(surprises) // 2]


@pytest.mark.parametrize("text", ["0712345", "S-61-204", "07/04/61", "B12", "q4h", "MRN", "", "--"])
def test_numbers_codes_and_abbreviations_are_not_asked(text: str) -> None:
    assert surprise(text) is None


@given(st.text())
def test_any_text_has_a_surprise_of_0_or_more_or_none(text: str) -> None:
    bits = surprise(text)
    assert bits is None or bits > 0


@given(st.sampled_from(WORDS), st.sampled_from(".,;:)"))
def test_case_and_punctuation_do_not_matter(word: str, mark: str) -> None:
    assert surprise(word.upper() + mark) == surprise(word)


@given(st.lists(st.sampled_from(WORDS)))
def test_every_letter_and_end_of_a_word_is_counted_once(words: list[str]) -> None:
    assert count_triples(words).total() == sum(len(bare(word)) + 1 for word in words)
