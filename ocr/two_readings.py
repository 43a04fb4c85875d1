"""Two readings of one page weighed word by word, by how likely each is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capture.model import Box, areas_of, shared_areas, sides_of

from .calibration import Kind, kind_of
from .decoding import PLAIN
from .join import joined
from .model import Word, mean_confidence

SAME_INK = 0.4
"""Share of the smaller box from which two readings are of the same ink."""
SURE = 0.7
"""Chance from which a word that only the second reading has is believed."""
UNSEEN = 0.75
"""What is left of the chance of a word in which the second reading saw nothing."""
SPACE = 0.42
"""Widths of a letter between two words; less parts the signs of one."""
DIFFERENT = 0.5
"""Highest chance of a number that two readings read differently."""
INSIDE = 0.6
"""Share of a word in a place from which the second reading had it before its eyes."""


@dataclass(slots=True)
class _Same:
    """Words of both readings on the same ink."""

    first: list[int]
    second: list[int]


def weighed(first: Sequence[Word], second: Sequence[Word], seen: Sequence[Box]) -> tuple[Word, ...]:
    """Return the words of ``first`` with those of ``second`` where they are likelier right.

    Confidences of both are chances. ``seen`` are the places that the second reading was shown;
    elsewhere the first one stands.
    """
    words: list[Word] = []
    met: set[int] = set()
    shown = _shown(first, seen)
    for same in _pairs(first, second):
        ours, theirs = [first[n] for n in same.first], [second[n] for n in same.second]
        met.update(same.second)
        if theirs:
            words += _better(ours, theirs)
        else:
            words += [_alone(first[n]) if shown[n] else first[n] for n in same.first]
    unmet = (word for n, word in enumerate(second) if n not in met)
    more = [_doubted(word) for word in unmet if _is_sure(word)]
    return joined(words, more) if more else tuple(words)


def _pairs(first: Sequence[Word], second: Sequence[Word]) -> list[_Same]:
    """Return the words of ``first`` in their order, in groups with those of ``second`` on them."""
    groups: list[_Same] = []
    of_second: dict[int, _Same] = {}
    for number, on_it in enumerate(_on_same_ink(first, second)):
        known = next((of_second[n] for n in on_it if n in of_second), None)
        group = known or _Same([], [])
        if known is None:
            groups.append(group)
        group.first.append(number)
        for n in on_it:
            if n not in of_second:
                of_second[n] = group
                group.second.append(n)
    return groups


def _on_same_ink(first: Sequence[Word], second: Sequence[Word]) -> list[list[int]]:
    """Return for each word of ``first`` the numbers of those of ``second`` on its ink."""
    one, other = (sides_of(word.box for word in words) for words in (first, second))
    shared = shared_areas(one, other)
    same = shared >= SAME_INK * np.minimum.outer(areas_of(one), areas_of(other))
    return [np.flatnonzero(row).tolist() for row in same & (shared > 0)]


def _shown(words: Sequence[Word], seen: Sequence[Box]) -> NDArray[np.bool_]:
    """Return which of ``words`` the second reading had before its eyes."""
    boxes = sides_of(word.box for word in words)
    inside = shared_areas(boxes, sides_of(seen)) >= INSIDE * areas_of(boxes)[:, None]
    return np.asarray(inside.any(axis=1))


def _better(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Word]:
    one, two = mean_confidence(ours), mean_confidence(theirs)
    mine, other = _signs(ours), _signs(theirs)
    if mine == other:
        agreed = 1 - (1 - one) * (1 - two)
        kept = _placed(_well_spaced(ours, theirs), ours)
        return [replace(word, confidence=max(word.confidence, agreed)) for word in kept]
    kept = _placed(ours if one >= two else theirs, ours)
    differ = _is_number(mine + other) and _value(mine) != _value(other)
    return [_doubted(word) for word in kept] if differ else kept


def _value(signs: str) -> str:
    """Return ``signs`` without what stands around a value and is no part of it."""
    return signs.lstrip("([{'\"").rstrip(".,;:)]}'\"")


def _well_spaced(ours: Sequence[Word], theirs: Sequence[Word]) -> Sequence[Word]:
    """Return the one of two readings of the same signs whose spaces are wide enough for one.

    Where both parted them the same way ours, whose boxes are of ink.
    """
    if len(ours) == len(theirs):
        return ours
    more, fewer = (ours, theirs) if len(ours) > len(theirs) else (theirs, ours)
    width = sum(word.box.width for word in more) / sum(len(word.text) for word in more)
    gaps = [after.box.x - before.box.right for before, after in pairwise(more)]
    return more if min(gaps) >= SPACE * width else fewer


def _doubted(word: Word) -> Word:
    """Return ``word`` in doubt if it is a value, which a wrong sign makes another one."""
    if not _is_number(word.text):
        return word
    return replace(word, confidence=min(word.confidence, DIFFERENT))


def _is_number(text: str) -> bool:
    return kind_of(text) is Kind.NUMBER


def _placed(words: Sequence[Word], ours: Sequence[Word]) -> list[Word]:
    return [replace(word, line=ours[0].line, block=ours[0].block) for word in words]


def _alone(word: Word) -> Word:
    """Return a word of which the second reading, shown its place, has nothing."""
    return _doubted(replace(word, confidence=word.confidence * UNSEEN))


def _signs(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words).translate(PLAIN)


def _is_sure(word: Word) -> bool:
    return word.confidence >= SURE and any(sign.isalnum() for sign in word.text)
