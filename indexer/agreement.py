"""Several prints of one value on a page: agreement strengthens, difference doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from .identity import numbers_alike
from .model import IndexValue

_MOST = 0.99
_DISPUTED = 0.6
"""What is left of the confidence of a value that another print of its field disputes."""
_OUTNUMBERED = 0.5
"""What is left for a single print that is a misreading away from one printed twice."""
_OF_ONE_PERSON = frozenset({"birth_date", "sex", "ssn"})
"""Fields of which a page about one patient has a single value; numbers are doubted elsewhere."""


def weighed(values: Iterable[IndexValue]) -> list[IndexValue]:
    """Return one value of each field and normal form in the order of the page.

    Prints that agree make it surer, since no two are misread alike. Values that differ are all
    kept, less sure: that they differ is evidence.
    """
    groups: dict[tuple[str, str], list[IndexValue]] = {}
    for value in values:
        groups.setdefault((value.field, value.value), []).append(value)
    prints = {key: list(_apart(group)) for key, group in groups.items()}
    return [_weighed(key, prints) for key in prints]


def _apart(group: Sequence[IndexValue]) -> Iterator[IndexValue]:
    """Yield the values of prints in places of their own, the surest of each place."""
    kept: list[IndexValue] = []
    for value in sorted(group, key=lambda one: -one.confidence):
        if not any(value.box.shared_area(other.box) for other in kept):
            kept.append(value)
            yield value


def _weighed(key: tuple[str, str], prints: dict[tuple[str, str], list[IndexValue]]) -> IndexValue:
    own = prints[key]
    confidence = own[0].confidence
    if len(own) > 1:
        confidence = max(confidence, min(_MOST, 1 - prod(1 - one.confidence for one in own)))
    rivals = [group for other, group in prints.items() if other[0] == key[0] and other != key]
    if key[0] in _OF_ONE_PERSON and rivals:
        confidence *= _DISPUTED
    if key[0] == "mrn" and len(own) == 1 and any(_outnumbers(group, key[1]) for group in rivals):
        confidence *= _OUTNUMBERED
    return replace(own[0], confidence=round(confidence, 4))


def _outnumbers(group: Sequence[IndexValue], number: str) -> bool:
    return len(group) > 1 and numbers_alike(group[0].value, number)
