"""Whether a name that was read can be a patient's: letters misread, short forms, suffixes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from .model import Patient
from .names import SUFFIXES, Name, name_table

_CONFUSED = (("RN", "M"), ("CL", "D"), ("VV", "W"), ("0", "O"), ("1", "I"), ("L", "I"), ("5", "S"),
             ("8", "B"), ("6", "G"), ("2", "Z"), ("Q", "O"))  # fmt: skip


class Agreement(IntEnum):
    """How well a name that was read fits a patient's."""

    CONFLICT = 0
    """Surname or given name is another."""
    SURNAME = 1
    """Surname agrees, the given name is missing or an initial."""
    NEAR = 2
    """Both agree but for letters that may have been misread."""
    AGREE = 3
    """Surname agrees and the given name is the same, a short form or the middle name."""


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(name_table()["short_forms"]):
        for name in group:
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _full_form(one: str, other: str) -> bool:
    """Say whether one of the two is a short form of the other."""
    nicknames = _nicknames()
    return bool(nicknames.get(one, frozenset()) & nicknames.get(other, frozenset()))


@lru_cache(maxsize=16384)
def confusable(text: str) -> str:
    """Return ``text`` with letters that are read for one another folded together."""
    folded = re.sub(r"[^A-Z0-9]", "", text.upper())
    for read, meant in _CONFUSED:
        folded = folded.replace(read, meant)
    return folded


def letters_apart(one: str, other: str) -> int:
    """Return the edits (Damerau) between two names after folding what is misread."""
    return OSA.distance(confusable(one), confusable(other))


def _tolerance(name: str) -> int:
    letters = len(confusable(name))
    return 0 if letters < 4 else 1 if letters < 7 else 2


def compare_names(read: Name, patient: Patient) -> Agreement:
    """Return the best agreement of ``read`` with any name the patient is known by."""
    known = [(patient.last_name, patient.first_name)]
    known += [(last, first or patient.first_name) for last, first in patient.other_names]
    best = max(_compare(read, last, first, patient.middle_name) for last, first in known)
    if best is Agreement.CONFLICT:
        best = max(_compare_turned(read, last, first) for last, first in known)
    if best > Agreement.SURNAME and suffixes_conflict(read.suffix, patient.suffix):
        return Agreement.CONFLICT
    return best


def suffixes_conflict(one: str, other: str) -> bool:
    """Say whether two printed suffixes name different persons; a missing one does not."""
    first = SUFFIXES.get(one.upper().rstrip("."), one.upper().rstrip("."))
    second = SUFFIXES.get(other.upper().rstrip("."), other.upper().rstrip("."))
    return bool(first and second and first != second)


def _compare_turned(read: Name, last: str, first: str) -> Agreement:
    """Compare a name printed surname first without its comma; never more than NEAR."""
    parts = [part for part in (read.first, read.middle, read.last) if part]
    if len(parts) < 2 or _is_common_order(parts, first):
        return Agreement.CONFLICT
    turned = Name(parts[0], parts[1])
    return min(_compare(turned, last, first, ""), Agreement.NEAR)


def _is_common_order(parts: Sequence[str], first: str) -> bool:
    return confusable(parts[0]) == confusable(first)


def _compare(read: Name, last: str, first: str, middle: str) -> Agreement:
    surname = letters_apart(read.last, last)
    if surname > _tolerance(last):
        return Agreement.CONFLICT
    given = _compare_given(read, first.upper(), middle.upper())
    if surname and given is Agreement.AGREE:
        return Agreement.NEAR if surname > 1 or len(last) < 6 else Agreement.AGREE
    return given


def _compare_given(read: Name, first: str, middle: str) -> Agreement:
    if not read.first:
        return Agreement.SURNAME
    if confusable(read.first) == confusable(first) or _full_form(read.first, first):
        return Agreement.AGREE if not _middles_differ(read.middle, middle) else Agreement.NEAR
    if len(read.first) == 1 or len(first) == 1:
        return Agreement.SURNAME if read.first[:1] == first[:1] else Agreement.CONFLICT
    if middle and len(middle) > 2 and confusable(read.first) == confusable(middle):
        return Agreement.AGREE
    if letters_apart(read.first, first) <= max(1, _tolerance(first)) and len(first) >= 3:
        return Agreement.NEAR
    return Agreement.CONFLICT


def _middles_differ(one: str, other: str) -> bool:
    """Say whether two middle names cannot be the same; a missing one can."""
    if not one or not other:
        return False
    if len(one) == 1 or len(other) == 1:
        return confusable(one[0]) != confusable(other[0])
    return letters_apart(one, other) > 1
