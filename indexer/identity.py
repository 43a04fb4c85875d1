"""Who pages say they belong to, and whether two of them say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from rapidfuzz.distance import OSA

from .dates import agrees_partly, misread_for_another, short_form
from .model import IndexValue, Patient
from .name_agreement import Agreement, compare_names
from .names import Name, parse_name

_DOUBTED = 0.6
"""What is left of the confidence of a record number that another one disputes."""


class Tie(Enum):
    """What two sets of identifiers say of each other."""

    NONE = "nothing in common, nothing against"
    SAME = "something agrees, nothing differs"
    MIXED = "something agrees, something differs"
    ANOTHER = "another person"


@dataclass(frozen=True, slots=True)
class Identity:
    """Record numbers, names and birth dates (value and raw) of one page or document."""

    mrns: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    births: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: Identity) -> Identity:
        """Return everything that either says."""
        return Identity(
            self.mrns | other.mrns, self.names | other.names, self.births | other.births
        )


def identity_of(values: Iterable[IndexValue]) -> Identity:
    """Return the identity that index values claim."""
    kept = list(values)
    return Identity(
        frozenset(value.value for value in kept if value.field == "mrn"),
        frozenset(value.value for value in kept if value.field == "patient_name"),
        frozenset((value.value, value.raw) for value in kept if value.field == "birth_date"),
    )


def same_name(one: str, two: str) -> bool:
    """Say whether two printed names can be one person's, but for letters misread."""
    first, second = parse_name(one), parse_name(two)
    if first is None or second is None:
        return True
    fit = max(compare_names(first, _as_patient(second)), compare_names(second, _as_patient(first)))
    return fit is not Agreement.CONFLICT


def _as_patient(name: Name) -> Patient:
    return Patient("", name.last, name.first, "", name.middle, name.suffix)


def same_birth(one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Say whether two birth dates, each value and raw, can be one day."""
    return agrees_partly(one[0], two[0]) or _short_agrees(one, two) or _short_agrees(two, one)


def _short_agrees(one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Compare without the century when ``one`` was printed without it."""
    return short_form(one[1]) is not None and len(two[0]) == 10 and one[0][2:] == two[0][2:]


def numbers_alike(one: str, two: str) -> bool:
    """Say whether one record number may be a misreading of the other: two edits at most."""
    return OSA.distance(one, two) <= 2


def doubting_numbers(values: Iterable[IndexValue]) -> Iterator[IndexValue]:
    """Yield ``values``, record numbers less sure where one page or document has several."""
    kept = list(values)
    several = len({value.value for value in kept if value.field == "mrn"}) > 1
    for value in kept:
        if several and value.field == "mrn":
            yield replace(value, confidence=round(_DOUBTED * value.confidence, 4))
        else:
            yield value


def tie_between(one: Identity, two: Identity) -> Tie:
    """Return what two identities say of each other.

    A record number that differs by more than a misreading names another person whatever
    else agrees; so do differences with nothing that agrees.
    """
    agree = differ = 0
    for fit in (_numbers(one, two), _names(one, two), _births(one, two)):
        agree += fit is True
        differ += fit is False
    if _far_numbers(one, two):
        return Tie.ANOTHER
    if differ:
        return Tie.MIXED if agree >= differ else Tie.ANOTHER
    return Tie.SAME if agree else Tie.NONE


def _numbers(one: Identity, two: Identity) -> bool | None:
    """Say whether they share a number; None where a digit misread may be all that differs."""
    if not one.mrns or not two.mrns:
        return None
    if one.mrns & two.mrns:
        return True
    return None if any(OSA.distance(a, b) == 1 for a in one.mrns for b in two.mrns) else False


def _far_numbers(one: Identity, two: Identity) -> bool:
    pairs = [(a, b) for a in one.mrns for b in two.mrns]
    return bool(pairs) and not any(numbers_alike(a, b) for a, b in pairs)


def _names(one: Identity, two: Identity) -> bool | None:
    pairs = [(a, b) for a in one.names for b in two.names]
    return any(same_name(a, b) for a, b in pairs) if pairs else None


def _births(one: Identity, two: Identity) -> bool | None:
    """Say whether they share a birth date; None where a digit misread may be all that differs."""
    pairs = [(a, b) for a in one.births for b in two.births]
    if not pairs or any(same_birth(a, b) for a, b in pairs):
        return bool(pairs) or None
    return None if any(_misread(a[0], b[0]) for a, b in pairs) else False


def _misread(one: str, two: str) -> bool:
    return len(one) == len(two) == len("1927-03-04") and misread_for_another(one, two)
