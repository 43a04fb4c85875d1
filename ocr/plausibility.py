"""Whether letters follow each other as they do in words, by three letters in a row.

Only words of letters are asked: numbers, codes and mixtures of both have no such law. The table
(`letter_triples.json`) was counted on text that the project composed itself, by
``python -m bench.letter_triples``; a triple nobody has seen falls back on pairs and on single
letters (Jelinek and Mercer 1980), so that a strange name is unlikely, not impossible.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

TRIPLES = Path(__file__).with_name("letter_triples.json")
EDGE = "^"
"""Stands twice before the first letter of a word and once behind its last."""
SHORTEST, SHORTEST_CAPITALS = 4, 6
"""Letters; shorter words are abbreviations or codes as often as not."""
_EDGES = ".,;:!?()[]{}\"'*-/"
_SINGLE, _PAIR, _TRIPLE = 0.5, 3.0, 4.0
"""Counts that the shorter context weighs against what was seen in the longer."""
_LETTERS = 27


def bare(text: str) -> str:
    """Return the letters of a word in small ones; empty where it is none, or may be a code."""
    word = text.strip(_EDGES).replace("'", "")
    shortest = SHORTEST_CAPITALS if word.isupper() else SHORTEST
    if len(word) < shortest or not word.isascii() or not word.isalpha():
        return ""
    return word.lower()


def count_triples(words: Iterable[str]) -> Counter[str]:
    """Return how often each three letters stand in ``words``, ends of words included."""
    counts: Counter[str] = Counter()
    for word in filter(None, map(bare, words)):
        counts.update(_triples(word))
    return counts


@lru_cache(maxsize=65536)
def surprise(text: str) -> float | None:
    """Return the mean surprise of the letters of a word in bits; None where it cannot be told.

    Half of all words lie under 3 and one in a hundred above 4; letters thrown together above 5.
    """
    word = bare(text)
    if not word:
        return None
    chances = [_chance(triple) for triple in _triples(word)]
    return -sum(map(math.log2, chances)) / len(chances)


def _triples(word: str) -> list[str]:
    framed = EDGE + EDGE + word + EDGE
    return [framed[at : at + 3] for at in range(len(framed) - 2)]


def _chance(triple: str) -> float:
    single, pair, whole, before, two_before = _counts()
    of_one = (single[triple[2]] + _SINGLE) / (single.total() + _SINGLE * _LETTERS)
    of_two = (pair[triple[1:]] + _PAIR * of_one) / (before[triple[1]] + _PAIR)
    return (whole[triple] + _TRIPLE * of_two) / (two_before[triple[:2]] + _TRIPLE)


@lru_cache(maxsize=1)
def _counts() -> tuple[Counter[str], ...]:
    """Return counts of single letters, pairs and triples, and of the contexts of the last two."""
    whole = Counter[str](json.loads(TRIPLES.read_text(encoding="utf-8")))
    single, pair, before, two_before = (Counter[str]() for _ in range(4))
    for triple, count in whole.items():
        single[triple[2]] += count
        pair[triple[1:]] += count
        before[triple[1]] += count
        two_before[triple[:2]] += count
    return single, pair, whole, before, two_before
