"""From what stands in each column of a line to its words, where they stand and how sure they are.

The best path gives the letters (Graves et al. 2006); the chance of a word is that of all paths
through its columns that spell it, not of the best one alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .line_model import Chances

Signs = NDArray[np.int64]
"""Characters by their number in the alphabet, from 1, or columns."""
BLANK = 0
TOGETHER = 32
"""Words whose chances are summed at once; more only differ more in length."""
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
    return words_of_lines([chances], alphabet)[0]


def words_of_lines(lines: Sequence[Chances], alphabet: str) -> list[tuple[Spelled, ...]]:
    """Return the words that each line spells; many lines together take a fraction of the time."""
    space = alphabet.index(" ") + 1
    spans = [list(_spans(chances, space)) for chances in lines]
    parts = [
        (chances[span.start : span.end], span.signs)
        for chances, found in zip(lines, spans, strict=True)
        for span in found
    ]
    likely = iter(spelling_chances(parts, space))
    return [tuple(span.spelled(alphabet, next(likely)) for span in found) for found in spans]


def text_in(chances: Chances, alphabet: str) -> str:
    """Return what ``chances`` spell, words a space apart."""
    return " ".join(word.text for word in words_in(chances, alphabet))


@dataclass(frozen=True, slots=True)
class _Span:
    """A word on the best path, before anything is known of its chance."""

    signs: Signs
    peaks: Signs
    first: int
    last: int
    start: int
    """The first of its columns, without the space before it."""
    end: int

    def spelled(self, alphabet: str, chance: float) -> Spelled:
        """Return the word with its chance."""
        text = "".join(alphabet[sign - 1] for sign in self.signs)
        return Spelled(text, chance, self.first, self.last, tuple(map(int, self.peaks)))


def _spans(chances: Chances, space: int) -> Iterator[_Span]:
    signs, peaks = _best_path(chances)
    first, letters = 0, list[int]()
    for place in range(len(signs) + 1):
        ends = place == len(signs)
        if not ends and signs[place] != space:
            letters.append(place)
            continue
        last = len(chances) if ends else int(peaks[place]) + 1
        if letters:
            start = first + 1 if first else 0
            end = max(start + 1, last - 1 if last < len(chances) else last)
            yield _Span(signs[letters], peaks[letters], first, last, start, end)
        first, letters = last - 1, []


def _best_path(chances: Chances) -> tuple[Signs, Signs]:
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


def spelling_chances(parts: Sequence[tuple[Chances, Signs]], space: int) -> list[float]:
    """Return for columns and signs of each word the chance of all paths that spell it.

    Before and behind its signs spaces are as good as blanks.
    """
    found = [0.0] * len(parts)
    # Longest first: of words that are gone through together the shorter ones end sooner.
    order = sorted(range(len(parts)), key=lambda n: -len(parts[n][0]))
    for start in range(0, len(order), TOGETHER):
        group = order[start : start + TOGETHER]
        for number, chance in zip(group, _summed([parts[n] for n in group], space), strict=True):
            found[number] = chance
    return found


def _summed(parts: Sequence[tuple[Chances, Signs]], space: int) -> list[float]:
    """Return the chances of a few words, longest first: the forward sums of Graves et al. (2006).

    A word has a state for each sign and one before, between and behind; what each column says of
    each state is laid out for all words at once.
    """
    columns = [len(chances) for chances, _ in parts]
    states = [2 * len(signs) + 1 for _, signs in parts]
    said = np.zeros((columns[0], len(parts), max(states)))
    skips = np.zeros((len(parts), max(states)))
    for n, (chances, signs) in enumerate(parts):
        path = np.full(states[n], BLANK)
        path[1::2] = signs
        of_word = np.exp(chances[:, path].astype(np.float64))
        of_word[:, (0, -1)] += np.exp(chances[:, space, None])
        said[: columns[n], n, : states[n]] = of_word
        skips[n, 3 : states[n] : 2] = signs[1:] != signs[:-1]
    reached = np.zeros(said.shape[1:])
    reached[:, :2] = said[0, :, :2]
    for column in range(1, columns[0]):
        going = sum(count > column for count in columns)
        before = reached[:going]
        moved = before.copy()
        moved[:, 1:] += before[:, :-1]
        moved[:, 2:] += before[:, :-2] * skips[:going, 2:]
        reached[:going] = moved * said[column, :going]
    return [
        float(min(1.0, row[count - 1] + row[count - 2]))
        for row, count in zip(reached, states, strict=True)
    ]
