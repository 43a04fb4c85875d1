"""What a recogniser may have made of a word: letters misread, words torn or run together.

All of it works on terms (:func:`search.text.term`). The word that was typed is the true one, and
what is wanted are its misreadings in the index. Numbers and dates are never changed: a digit
for another makes another number, not a misread one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import nsmallest
from itertools import combinations, pairwise
from typing import NamedTuple

CONFUSIONS: tuple[tuple[str, str, float], ...] = (
    # Strokes that stand close enough to flow together, or apart enough to be two letters.
    ("rn", "m", 1.0),
    ("cl", "d", 0.8),
    ("vv", "w", 0.8),
    ("ii", "u", 0.6),
    ("li", "h", 0.6),
    ("in", "m", 0.6),
    ("ni", "m", 0.5),
    ("ri", "n", 0.6),
    ("nn", "m", 0.5),
    ("nn", "rm", 0.4),
    ("lc", "k", 0.3),
    ("ll", "u", 0.3),
    ("li", "u", 0.3),
    ("il", "d", 0.2),
    # Slim letters, which are one upright stroke; terms are folded, so i is also a capital I.
    ("l", "i", 0.9),
    ("l", "1", 0.8),
    ("i", "1", 0.7),
    ("l", "t", 0.6),
    ("i", "t", 0.5),
    ("f", "t", 0.6),
    ("f", "l", 0.3),
    ("i", "j", 0.4),
    ("l", "j", 0.2),
    ("t", "1", 0.3),
    ("tt", "ll", 0.3),
    ("fi", "ti", 0.4),
    ("fl", "ti", 0.2),
    # Round letters, whose bar or gap is lost to thin or heavy ink.
    ("e", "c", 0.9),
    ("o", "0", 0.7),
    ("a", "o", 0.8),
    ("e", "o", 0.7),
    ("a", "e", 0.7),
    ("c", "o", 0.5),
    ("a", "s", 0.4),
    ("s", "e", 0.3),
    ("a", "i", 0.3),
    ("a", "u", 0.2),
    ("u", "n", 0.7),
    ("u", "v", 0.4),
    ("v", "y", 0.4),
    ("h", "b", 0.6),
    ("h", "n", 0.5),
    ("n", "r", 0.4),
    ("r", "c", 0.4),
    ("r", "t", 0.3),
    ("h", "r", 0.2),
    ("n", "s", 0.2),
    ("g", "q", 0.5),
    ("g", "y", 0.3),
    ("c", "g", 0.3),
    # Letters that look like digits, small or capital.
    ("s", "5", 0.6),
    ("b", "6", 0.5),
    ("b", "8", 0.5),
    ("g", "9", 0.4),
    ("g", "6", 0.3),
    ("q", "9", 0.3),
    ("z", "2", 0.4),
    # Capitals alone, as forms and headings are typed.
    ("d", "o", 0.3),
    ("p", "f", 0.3),
    ("b", "e", 0.2),
    ("m", "n", 0.3),
    ("m", "w", 0.2),
)
"""Letters that are read for one another, either way, and how readily, 1 for the readiest.

An order, not rates: it only ranks the spellings of one word among themselves. What is classic of
recognisers comes first; single letters were raised after what Tesseract made of invented lines
that were blurred and cut to black and white.
"""
LOST = (("l", 0.5), ("t", 0.4), ("i", 0.4), ("r", 0.3), ("h", 0.3), ("e", 0.2))
"""Letters that are passed over where ink is thin, and how readily, on the scale of the others."""

SHORTEST = 3
"""Letters of the shortest word that is misread at all; a shorter one would find anything."""
SHORTEST_LOST = 5
"""Letters of the shortest word that a letter may be lost from."""
SHORTEST_OF_TWO = 6
"""Letters of the shortest word in which two confusions are allowed for."""
SHORTEST_TORN = 5
"""Letters of the shortest word that a gap may have torn."""


_TWO = 0.3
"""How much rarer a second misreading in a word is than the two confusions alone would say."""


class _Change(NamedTuple):
    start: int
    stop: int
    read: str
    weight: float


@lru_cache(maxsize=4096)
def confusions(term: str, most: int = 24) -> tuple[str, ...]:
    """Return up to ``most`` other spellings of ``term``, likeliest first.

    Each differs by one or two confusions at separate places; there are none of a word that holds
    a digit or anything else that is no letter.
    """
    if len(term) < SHORTEST or not term.isalpha():
        return ()
    weights: dict[str, float] = {}
    for spelling, weight in _misread(term):
        weights[spelling] = max(weight, weights.get(spelling, 0.0))
    weights.pop(term, None)
    return tuple(nsmallest(max(most, 0), weights, key=lambda other: (-weights[other], other)))


def _misread(term: str) -> Iterator[tuple[str, float]]:
    changes = list(_changes(term))
    for change in changes:
        yield _changed(term, change), change.weight
    if len(term) < SHORTEST_OF_TWO:
        return
    for one, other in combinations(sorted(changes), 2):
        if one.stop <= other.start:
            yield _changed(_changed(term, other), one), _TWO * one.weight * other.weight


def _changes(term: str) -> Iterator[_Change]:
    for one, other, weight in CONFUSIONS:
        for true, read in ((one, other), (other, one)):
            at = term.find(true)
            while at >= 0:
                yield _Change(at, at + len(true), read, weight)
                at = term.find(true, at + 1)
    if len(term) >= SHORTEST_LOST:
        lost = dict(LOST)
        for at, letter in enumerate(term):
            if letter in lost:
                yield _Change(at, at + 1, "", lost[letter])


def _changed(term: str, change: _Change) -> str:
    return term[: change.start] + change.read + term[change.stop :]


def halves(term: str) -> tuple[tuple[str, str], ...]:
    """Return the ways in which a gap may have torn ``term`` in two, from left to right.

    Either part has two letters or more; a short word, or one with a digit, is not torn.
    """
    if len(term) < SHORTEST_TORN or not term.isalpha():
        return ()
    return tuple((term[:at], term[at:]) for at in range(2, len(term) - 1))


def joined(words: Sequence[str]) -> tuple[str, ...]:
    """Return the neighbours among ``words`` as they are when the space between them is lost.

    Words that hold a digit stay apart.
    """
    pairs = (one + other for one, other in pairwise(words) if one.isalpha() and other.isalpha())
    return tuple(dict.fromkeys(pairs))
