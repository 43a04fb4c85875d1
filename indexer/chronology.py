"""The dates of one page together: centuries from their neighbours, and their lawful order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .dates import DateReading, birth_century, service_century
from .model import IndexValue
from .settings import IndexSettings

ORDER = ("birth_date", "admission_date", "discharge_date", "dictated_date", "signed_date")
"""Each of these is never before the ones to its left."""
DATES = frozenset(ORDER) | {"service_date", "transcribed_date"}
_AFTER_BIRTH = DATES - {"birth_date"}
_AGE = re.compile(r"(\d{1,3})[\s\-]?(?:years?|yrs?|y/?o)\b[\s\-.]*(?:old|of age)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Undated:
    """A date that was read, waiting for its century; ``value`` holds the evidence."""

    reading: DateReading
    value: IndexValue


def printed_age(text: str) -> int | None:
    """Return the age in years that ``text`` prints, such as "45-year-old"."""
    ages = {int(found[1]) for found in _AGE.finditer(text) if int(found[1]) <= 110}
    return ages.pop() if len(ages) == 1 else None


def with_centuries(
    undated: Sequence[Undated], settings: IndexSettings, age: int | None
) -> list[IndexValue]:
    """Return the dates in ISO 8601, impossible years left out, disorder less sure."""
    visits = [date for date in undated if date.value.field != "birth_date"]
    births = [date for date in undated if date.value.field == "birth_date"]
    printed = [d.reading.year for d in visits if not d.reading.short_year]
    full = [year for year in printed if settings.oldest_year <= year <= settings.newest_year]
    anchor = max(full) if full else None
    dated = [_visit(date, settings, anchor) for date in visits]
    years = full or [int(value.value[:4]) for value in dated if value is not None]
    latest = max(years) if years else None
    dated += [_birth(date, settings, latest, age) for date in births]
    return _doubting_disorder([value for value in dated if value is not None])


def _visit(date: Undated, settings: IndexSettings, anchor: int | None) -> IndexValue | None:
    year, sure = service_century(date.reading, settings, anchor)
    if not settings.oldest_year <= year <= settings.newest_year:
        return None
    return _dated(date, year, sure)


def _birth(
    date: Undated, settings: IndexSettings, anchor: int | None, age: int | None
) -> IndexValue | None:
    year, sure = birth_century(date.reading, settings, anchor, age)
    if not 1800 <= year <= settings.newest_year:
        return None
    return _dated(date, year, sure)


def _dated(date: Undated, year: int, sure: float) -> IndexValue:
    confidence = round(date.value.confidence * sure, 4)
    return replace(date.value, value=date.reading.iso(year), confidence=confidence)


def out_of_order(values: Iterable[IndexValue]) -> frozenset[str]:
    """Return the fields whose dates break birth <= admission <= discharge <= dictated <= signed.

    Dates are compared as far as the shorter one goes.
    """
    known: dict[str, str] = {}
    for value in values:
        if value.field in DATES:
            known.setdefault(value.field, value.value)
    chain = [field for field in ORDER if field in known]
    pairs = [(one, two) for n, one in enumerate(chain) for two in chain[n + 1 :]]
    birth = "birth_date" in known
    pairs += [
        ("birth_date", field) for field in _AFTER_BIRTH - set(ORDER) if birth and field in known
    ]
    broken = [pair for pair in pairs if _later(known[pair[0]], known[pair[1]])]
    return frozenset(field for pair in broken for field in pair)


def _later(one: str, two: str) -> bool:
    length = min(len(one), len(two))
    return one[:length] > two[:length]


def _doubting_disorder(values: list[IndexValue]) -> list[IndexValue]:
    wrong = out_of_order(values)
    return [
        replace(value, confidence=round(0.6 * value.confidence, 4))
        if value.field in wrong
        else value
        for value in values
    ]
