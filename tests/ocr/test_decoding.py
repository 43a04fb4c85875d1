"""Columns of chances become words, and the chance of a word is that of all its spellings."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.decoding import spelling_chances, words_in, words_of_lines
from ocr.line_model import Chances

ALPHABET = " ab"
BLANK, SPACE, A, B = range(4)


def chances_of(path: list[int], sure: float = 0.97) -> Chances:
    rows = np.full((len(path), len(ALPHABET) + 1), (1 - sure) / len(ALPHABET))
    rows[range(len(path)), path] = sure
    return np.log(rows).astype(np.float32)


def test_words_stand_between_spaces_with_the_columns_of_their_letters() -> None:
    path = [BLANK, A, A, BLANK, A, SPACE, SPACE, B, BLANK]
    first, second = words_in(chances_of(path), ALPHABET)
    assert (first.text, second.text) == ("aa", "b")
    assert second.peaks == (7,)
    assert first.first == 0
    assert second.last == len(path)
    assert first.last > 5 > second.first - 1


def test_nothing_is_read_in_blank_columns_and_in_spaces() -> None:
    assert words_in(chances_of([BLANK, SPACE, BLANK]), ALPHABET) == ()


def test_a_sure_word_is_likelier_than_a_doubtful_one() -> None:
    sure, unsure = (words_in(chances_of([A, BLANK, B], how), ALPHABET)[0] for how in (0.99, 0.6))
    assert sure.chance > 0.9 > unsure.chance


@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_chances_of_all_texts_without_spaces_add_up_to_one(seed: int, columns: int) -> None:
    rows = np.random.default_rng(seed).dirichlet((1, 1, 1), size=columns)
    rows = np.insert(rows, SPACE, 1e-12, axis=1)
    chances = np.log(rows).astype(np.float32)
    texts = [one for n in range(1, columns + 1) for one in product((A, B), repeat=n)]
    spelled = sum(spelling_chances([(chances, np.array(text)) for text in texts], SPACE))
    empty = float(np.prod(rows[:, BLANK]))
    assert spelled + empty == pytest.approx(1.0, abs=1e-4)


@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_lines_read_together_read_as_each_of_them_does(seeds: list[int]) -> None:
    lines = [
        np.log(np.random.default_rng(seed).dirichlet((0.3,) * 4, size=1 + seed % 30))
        for seed in seeds
    ]
    chances = [np.maximum(line, -30).astype(np.float32) for line in lines]
    together = words_of_lines(chances, ALPHABET)
    assert [[one.text for one in words] for words in together] == [
        [one.text for one in words_in(line, ALPHABET)] for line in chances
    ]
    apart = [one.chance for line in chances for one in words_in(line, ALPHABET)]
    assert [one.chance for words in together for one in words] == pytest.approx(apart)
