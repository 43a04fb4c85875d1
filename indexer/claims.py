"""What a page, or all pages of a document, claim of their patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .dates import short_form
from .model import IndexValue
from .names import Name, parse_name

REPAIRED = "-repaired@"
"""Stands in the rule of a value whose letters were mended."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The identifiers of a document and all its pages."""

    values: tuple[IndexValue, ...]
    mrns: frozenset[str]
    names: tuple[Name, ...]
    births: frozenset[tuple[str, str]]
    """Pairs of value and raw."""
    ssns: frozenset[str]

    def confidence(self, field: str) -> float:
        """Return the best confidence among the readings of ``field``; 0.0 without any."""
        return max((v.confidence for v in self.values if v.field == field), default=0.0)

    def of(self, field: str) -> Iterator[IndexValue]:
        """Yield the readings of ``field``."""
        return (value for value in self.values if value.field == field)

    @property
    def full_births(self) -> frozenset[str]:
        """The birth dates that were printed with their century."""
        return frozenset(value for value, raw in self.births if not short_form(raw))

    def possible_births(self) -> frozenset[str]:
        """Return the birth dates as days, in each century that the print leaves open."""
        days = {value for value, _ in self.births if len(value) == 10}
        short = {value for value, raw in self.births if len(value) == 10 and short_form(raw)}
        return frozenset(days | {c + value[2:] for value in short for c in ("18", "19", "20")})


def claims_of(values: Iterable[IndexValue]) -> Claims:
    """Return what index values claim of their patient."""
    kept = tuple(dict.fromkeys(values))
    names = {
        value.value: parse_name(value.value) for value in kept if value.field == "patient_name"
    }
    return Claims(
        values=kept,
        mrns=_of(kept, "mrn"),
        names=tuple(name for name in names.values() if name),
        births=frozenset((v.value, v.raw) for v in kept if v.field == "birth_date"),
        ssns=_of(kept, "ssn"),
    )


def _of(values: tuple[IndexValue, ...], field: str) -> frozenset[str]:
    return frozenset(value.value for value in values if value.field == field)
