"""Which of some terms are alike, or have a shape: told the same wherever it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA


def alike(term: str, distance: int, terms: Sequence[str]) -> list[str]:
    """Return those of ``terms`` that are at most ``distance`` edits from ``term``.

    Optimal string alignment: a letter left out, put in, wrong, or two neighbours swapped are one.
    """
    near = process.extract(
        term, terms, scorer=OSA.distance, score_cutoff=distance, limit=None, processor=None
    )
    return [other for other, _, _ in near]


def begins_alike(term: str, letters: int, terms: Iterable[str]) -> list[str]:
    """Return those of ``terms`` of which a beginning is one edit or none from that of ``term``."""
    start = term[:letters]
    lengths = range(max(letters - 1, 1), letters + 2)
    return [
        other
        for other in terms
        if any(OSA.distance(start, other[:length], score_cutoff=1) <= 1 for length in lengths)
    ]


def likeness(one: str, other: str) -> float:
    """Return how alike two terms are, from 0.0 to 1.0, by edits and length."""
    return float(OSA.normalized_similarity(one, other))


def shaped(pattern: str, terms: Iterable[str]) -> list[str]:
    """Return those of ``terms`` that fit a pattern of ``*`` and ``?``."""
    fits = _shape(pattern)
    return [term for term in terms if fits.fullmatch(term)]


@lru_cache(maxsize=256)
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(regex_of(pattern), re.DOTALL)


def regex_of(pattern: str) -> str:
    """Return a pattern of ``*`` and ``?`` as a regular expression."""
    return "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
