"""Words that a first reading doubted, taken from a second one where that is surer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import mean

from .model import Word, extent, lines_of, mean_confidence

DOUBTED = 0.6
"""Confidence of a word under which its line is read once more."""
IN_DOUBT = 0.8
"""Confidence under which a word of such a line may be replaced."""
SURER = 0.1
"""By how much a second reading of a word must be surer than the first."""
WRITING = 0.5
"""Mean confidence of a line under which it is a scribble or a picture, and stays one."""
SAME_INK = 0.5
"""Share of the smaller box that two readings of one word have in common."""
AS_WIDE = (0.6, 1.6)
"""Width of the second reading beside the first: less or more is not the same word."""

Line = tuple[Word, ...]


def doubted_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """Return the lines of ``words`` that are writing, with a word in doubt among them."""
    lines = lines_of(words)
    return tuple(line for line in lines if any(map(_is_doubted, line)) and _is_writing(line))


def mended(words: Iterable[Word], lines: Iterable[Line], found: Sequence[Word]) -> tuple[Word, ...]:
    """Return ``words`` with those in doubt on ``lines`` replaced where ``found`` is surer.

    ``lines`` come from `doubted_lines`; one word may become two, and each keeps its place.
    """
    doubted = {word for line in lines for word in line if word.confidence < IN_DOUBT}
    left = list(found)
    mended: list[Word] = []
    for word in words:
        again = _read_again(word, left) if word in doubted else ()
        mended += [replace(one, line=word.line, block=word.block) for one in again] or [word]
        left = [one for one in left if one not in again]
    return tuple(mended)


def _read_again(word: Word, found: Iterable[Word]) -> tuple[Word, ...]:
    """Return what was found on the ink of ``word``; nothing unless it is as wide, and surer."""
    again = tuple(one for one in found if one.box.overlap(word.box) >= SAME_INK)
    if not again:
        return ()
    width = extent(again).width / word.box.width
    fits = AS_WIDE[0] <= width <= AS_WIDE[1]
    return again if fits and mean_confidence(again) > word.confidence + SURER else ()


def _is_writing(line: Line) -> bool:
    return mean(word.confidence for word in line) >= WRITING


def _is_doubted(word: Word) -> bool:
    return word.confidence < DOUBTED and any(letter.isalnum() for letter in word.text)
