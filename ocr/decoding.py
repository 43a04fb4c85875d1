"""From what stands in each column of a line to its words, where they stand and how sure they are.

The best path gives the letters (Graves et al. 2006); the chance of a word is that of all paths
through its columns that spell it, not of the best one alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .line_model import Chances

BLANK = 0
PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")
"""Signs of print that the reader reads as plain ones: curly quotes, long dashes."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A word of a line image."""

    text: str
    chance: float
    """That these columns spell this word, 0.0 to 1.0."""
    first: int
    """The column of the space before it, or the first of the line."""
    last: int
    """The column behind the space after it, or behind the line."""
    peaks: tuple[int, ...]
    """The column in which each letter is surest."""


def words_in(chances: Chances, alphabet: str) -> tuple[Spelled, ...]:
    """Return the words that ``chances`` spell, left to right."""
    signs, peaks = _best_path(chances)
    space = alphabet.index(" ") + 1
    found: list[Spelled] = []
    first, letters = 0, []
    for place in range(len(signs) + 1):
        ends = place == len(signs)
        if not ends and signs[place] != space:
            letters.append(place)
            continue
        last = len(chances) if ends else int(peaks[place]) + 1
        if letters:
            found.append(
                _spelled(chances, alphabet, signs[letters], peaks[letters], first, last, space)
            )
        first, letters = last - 1, []
    return tuple(found)


def text_in(chances: Chances, alphabet: str) -> str:
    """Return what ``chances`` spell, words a space apart."""
    return " ".join(word.text for word in words_in(chances, alphabet))


def _best_path(chances: Chances) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the signs of the best path, without blanks, and the columns where they are surest."""
    best = chances.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    signs, peaks = [], []
    for start, end in zip(starts, ends, strict=True):
        if best[start] != BLANK:
            signs.append(best[start])
            peaks.append(start + int(chances[start:end, best[start]].argmax()))
    return np.array(signs, np.int64), np.array(peaks, np.int64)


def _spelled(
    chances: Chances, alphabet: str, signs: NDArray[np.int64], peaks: NDArray[np.int64],
    first: int, last: int, space: int,
) -> Spelled:  # fmt: skip
    start = first + 1 if first else 0
    end = last - 1 if last < len(chances) else last
    text = "".join(alphabet[sign - 1] for sign in signs)
    chance = spelling_chance(chances[start : max(end, start + 1)], signs, space)
    return Spelled(text, chance, first, last, tuple(int(one) for one in peaks))


def spelling_chance(chances: Chances, signs: NDArray[np.int64], space: int) -> float:
    """Return the chance of all paths through ``chances`` that spell ``signs``.

    Before and behind them spaces are as good as blanks.
    """
    states = np.full(2 * len(signs) + 1, BLANK)
    states[1::2] = signs
    said = np.exp(chances[:, states].astype(np.float64))
    said[:, (0, -1)] += np.exp(chances[:, space, None])
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    reached = np.zeros(len(states))
    reached[:2] = said[0, :2]
    for column in said[1:]:
        moved = reached.copy()
        moved[1:] += reached[:-1]
        moved[2:] += np.where(skips[2:], reached[:-2], 0)
        reached = moved * column
    return float(min(1.0, reached[-1] + reached[-2]))
