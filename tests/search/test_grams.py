"""A phrase of common words is looked up by grams, and every page with the phrase has them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.grams import USUAL, common_words, grams, of_phrase

COMMON = frozenset(("of", "the", "left"))
some_words = st.lists(st.sampled_from(("of", "the", "left", "lung")), max_size=10)


@given(some_words, some_words, some_words.filter(lambda words: len(words) > 1))
def test_a_page_with_the_phrase_has_its_grams(
    before: list[str], after: list[str], phrase: list[str]
) -> None:
    assert set(of_phrase(phrase, COMMON)) <= set(grams([*before, *phrase, *after], COMMON))


@given(some_words, st.lists(st.sampled_from(sorted(COMMON)), min_size=2, max_size=3))
def test_one_gram_says_all_of_a_short_phrase(row: list[str], phrase: list[str]) -> None:
    (gram,) = of_phrase(phrase, COMMON)
    stands = any(row[at : at + len(phrase)] == phrase for at in range(len(row)))
    assert (gram in grams(row, COMMON)) == stands


def test_a_phrase_with_a_rarer_word_is_looked_up_by_that() -> None:
    assert of_phrase(["of", "the", "lung"], COMMON) == []


def test_common_words_are_counted_where_there_are_pages_enough() -> None:
    texts = [f"the lung of case {number}" for number in range(300)]
    assert common_words(texts) == {"the", "lung", "of", "case"}
    assert common_words(texts[:20]) == USUAL
