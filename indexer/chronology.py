"""The dates of one page together: centuries from their neighbours, and their lawful order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .dates import DateReading, birth_century, service_century
from .model import IndexValue
from .settings import IndexSettings

ORDER = (
    "birth_date", "admission_date", "discharge_date", "dictated_date", "transcribed_date",
    "signed_date",
)  # fmt: skip
"""Each of these is never before the ones to its left."""
DATES = frozenset(ORDER) | {"service_date"}
_AFTER_BIRTH = DATES - {"birth_date"}
_OF_CARE = (
    "service_date", "discharge_date", "admission_date", "dictated_date", "transcribed_date",
    "signed_date",
)  # fmt: skip
_TOLD = 0.5
_OLDEST = 105
"""Years that nobody is older at a visit."""
_AGE_OFF = 1
"""Years that a printed age may differ from the dates."""
_NEAR = 62
"""Days that the dates of one document lie apart at most, as a rule."""
_PAIR, _FAR_LESS = 2, 0.25
_DOUBTED = 0.5
"""What is left of the confidence of a date that others on its page speak against."""
_PADDED = re.compile(r"^\W*(?:0\d[/\-]\d\d|\d\d[/\-]0\d)[/\-]\d{4}\b")
_BARE = re.compile(r"^\W*(?:\d[/\-]\d{1,2}|\d{1,2}[/\-]\d)[/\-]\d{4}\b")
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


def day_of(values: Iterable[IndexValue]) -> str:
    """Return the day of what a page tells of, never that of a birth; empty when it has none."""
    dated = {v.field: v.value for v in values if v.confidence >= _TOLD}
    return next((dated[field] for field in _OF_CARE if field in dated), "")


def with_centuries(
    undated: Sequence[Undated], settings: IndexSettings, age: int | None
) -> list[IndexValue]:
    """Return the dates in ISO 8601, impossible years left out, disorder less sure."""
    visits = [d for d in undated if d.value.field != "birth_date"]
    births = [d for d in undated if d.value.field == "birth_date"]
    printed = [d.reading.year for d in visits if not d.reading.short_year]
    full = [year for year in printed if settings.oldest_year <= year <= settings.newest_year]
    anchor = max(full) if full else None
    dated = [_visit(d, settings, anchor) for d in visits]
    years = full or [int(value.value[:4]) for value in dated if value is not None]
    latest = max(years) if years else None
    dated += [_birth(d, settings, latest, age) for d in births]
    known = [value for value in dated if value is not None]
    wrong = _weaker(known, _out_of_step(known, age)) | _weaker(known, out_of_order(known))
    short = _lost_a_digit([d.value.raw for d in undated])
    return [_doubted(value) if _is_in(value, wrong, short) else value for value in known]


def _weaker(values: Sequence[IndexValue], fields: frozenset[str]) -> frozenset[str]:
    """Return of two dates that do not go together the one that was read far less surely."""
    found = sorted((v.confidence, v.field) for v in values if v.field in fields)
    if len(found) == _PAIR and found[1][0] - found[0][0] >= _FAR_LESS:
        return frozenset({found[0][1]})
    return fields


def _is_in(value: IndexValue, fields: frozenset[str], raws: frozenset[str]) -> bool:
    return value.field in fields or value.raw in raws


def _doubted(value: IndexValue) -> IndexValue:
    return replace(value, confidence=round(_DOUBTED * value.confidence, 4))


def _lost_a_digit(raws: Sequence[str]) -> frozenset[str]:
    """Return dates such as 11/3/1932 on a page that pads its days: 03/04/1961."""
    if not any(map(_PADDED.match, raws)):
        return frozenset()
    return frozenset(raw for raw in raws if _BARE.match(raw))


def _out_of_step(values: Sequence[IndexValue], age: int | None) -> frozenset[str]:
    """Return the fields whose dates fit neither the printed age nor the other dates."""
    visits = {v.field: v.value for v in values if v.field != "birth_date"}
    births = [v.value for v in values if v.field == "birth_date"]
    strays = _strays(visits)
    kept = [day for field, day in visits.items() if field not in strays]
    if kept and any(not _fits_age(birth, max(kept), age) for birth in births):
        strays |= {"birth_date"}
    return strays


def _fits_age(birth: str, visit: str, age: int | None) -> bool:
    years = int(visit[:4]) - int(birth[:4])
    return years <= _OLDEST if age is None else abs(years - age) <= _AGE_OFF


def _strays(visits: Mapping[str, str]) -> frozenset[str]:
    """Return the dates that lie far from every other one; both, where there are but two.

    A stay may be long, so that an admission stands alone.
    """
    days = {f: date.fromisoformat(day) for f, day in visits.items() if len(day) == _WHOLE}
    days.pop("admission_date", None)
    lonely = {
        field
        for field, day in days.items()
        if not any(other != field and abs((day - at).days) <= _NEAR for other, at in days.items())
    }
    return frozenset(lonely) if len(days) > 1 else frozenset()


_WHOLE = len("1961-03-04")


def _visit(visit: Undated, settings: IndexSettings, anchor: int | None) -> IndexValue | None:
    year, sure = service_century(visit.reading, settings, anchor)
    if not settings.oldest_year <= year <= settings.newest_year:
        return None
    return _dated(visit, year, sure)


def _birth(
    birth: Undated, settings: IndexSettings, anchor: int | None, age: int | None
) -> IndexValue | None:
    year, sure = birth_century(birth.reading, settings, anchor, age)
    if not 1800 <= year <= settings.newest_year:
        return None
    return _dated(birth, year, sure)


def _dated(found: Undated, year: int, sure: float) -> IndexValue:
    confidence = round(found.value.confidence * sure, 4)
    return replace(found.value, value=found.reading.iso(year), confidence=confidence)


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
    # One date that is out of order with several others is the one that is wrong.
    counts = Counter(field for pair in broken for field in pair)
    most = max(counts.values(), default=0)
    return frozenset(field for field, count in counts.items() if count == most)


def _later(one: str, two: str) -> bool:
    length = min(len(one), len(two))
    return one[:length] > two[:length]
