"""Two readings of one page weighed word by word, by how likely each is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from capture.model import Box

from .join import joined
from .model import Word, mean_confidence

SAME_INK = 0.4
"""Share of the smaller box from which two readings are of the same ink."""
SURE = 0.7
"""Chance from which a word that only the second reading has is believed."""
UNSEEN = 0.75
"""What is left of the chance of a word in which the second reading saw nothing."""
DIFFERENT = 0.5
"""Highest chance of a number that two readings read differently."""
INSIDE = 0.6
"""Share of a word in a place from which the second reading had it before its eyes."""
_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--")


@dataclass(slots=True)
class _Same:
    """Words of both readings on the same ink."""

    first: list[int]
    second: list[int]


def is_number(text: str) -> bool:
    """Tell whether ``text`` has a digit: a value that a wrong sign makes another one."""
    return any(sign.isdigit() for sign in text)


def weighed(first: Sequence[Word], second: Sequence[Word], seen: Sequence[Box]) -> tuple[Word, ...]:
    """Return the words of ``first`` with those of ``second`` where they are likelier right.

    Confidences of both are chances. ``seen`` are the places that the second reading was shown;
    elsewhere the first one stands.
    """
    words: list[Word] = []
    met: set[int] = set()
    for same in _pairs(first, second):
        ours, theirs = [first[n] for n in same.first], [second[n] for n in same.second]
        met.update(same.second)
        if theirs:
            words += _better(ours, theirs)
        else:
            words += [_alone(word, seen) for word in ours]
    more = [word for n, word in enumerate(second) if n not in met and _is_sure(word)]
    return joined(words, more) if more else tuple(words)


def _pairs(first: Sequence[Word], second: Sequence[Word]) -> list[_Same]:
    """Return the words of ``first`` in their order, in groups with those of ``second`` on them."""
    groups: list[_Same] = []
    of_second: dict[int, _Same] = {}
    for number, word in enumerate(first):
        on_it = [
            n for n, other in enumerate(second)
            if word.box.shared_area(other.box) and word.box.overlap(other.box) >= SAME_INK
        ]  # fmt: skip
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


def _better(ours: Sequence[Word], theirs: Sequence[Word]) -> list[Word]:
    mine, other = _signs(ours), _signs(theirs)
    one, two = mean_confidence(ours), mean_confidence(theirs)
    if mine == other:
        kept = ours if len(ours) >= len(theirs) or one > two else theirs
        agreed = 1 - (1 - one) * (1 - two)
        return [
            replace(word, confidence=max(word.confidence, agreed)) for word in _placed(kept, ours)
        ]
    kept = ours if one >= two else theirs
    if is_number(mine) or is_number(other):
        return [
            replace(word, confidence=min(word.confidence, DIFFERENT))
            if is_number(word.text)
            else word
            for word in _placed(kept, ours)
        ]
    return _placed(kept, ours)


def _placed(words: Sequence[Word], ours: Sequence[Word]) -> list[Word]:
    return [replace(word, line=ours[0].line, block=ours[0].block) for word in words]


def _alone(word: Word, seen: Sequence[Box]) -> Word:
    """Return a word that the second reading does not have."""
    shown = any(word.box.shared_area(place) >= INSIDE * word.box.area for place in seen)
    if not shown:
        return word
    chance = word.confidence * UNSEEN
    return replace(word, confidence=min(chance, DIFFERENT) if is_number(word.text) else chance)


def _signs(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words).translate(_STRAIGHT)


def _is_sure(word: Word) -> bool:
    return word.confidence >= SURE and any(sign.isalnum() for sign in word.text)
