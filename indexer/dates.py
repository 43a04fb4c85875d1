"""Dates by their role: every printed form, no part invented, an impossible one refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from .lookalikes import DIGITS, left_of
from .settings import DEFAULT_SETTINGS, IndexSettings

_MONTH_NAMES = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_MONTHS = {form: n for n, name in enumerate(_MONTH_NAMES, start=1) for form in (name, name[:3])} | {
    "SEPT": 9
}
_END = r"(?!\w)(?!['\u2019.,]\d)"
"""A year that goes on behind a speck, as in 19'37, is not one of two digits."""
_SEPARATOR = r"\s*[/\-.\\]\s*"
_DAY = r"[\dOolI|SZBGQDsz]"
_NUMERIC = re.compile(
    rf"({_DAY}{{1,2}}){_SEPARATOR}({_DAY}{{1,2}}){_SEPARATOR}({_DAY}{{4}}|{_DAY}{{2}}){_END}"
)
_ISO = re.compile(rf"({_DAY}{{4}})[-/.]({_DAY}{{1,2}})[-/.]({_DAY}{{1,2}})(?!\w)")
_MONTH_FIRST = re.compile(
    rf"([A-Za-z0-9]{{3,9}})[.,]?\s*({_DAY}{{1,2}})(?:st|nd|rd|th)?[\s,.]+['\u2019]?({_DAY}{{4}}|{_DAY}{{2}}){_END}"
)
_DAY_FIRST, _DAY_FIRST_CLOSE = (
    re.compile(
        rf"({_DAY}{{1,2}})(?:st|nd|rd|th)?[\s\-./]*([A-Za-z0-9]{letters})[\s\-.,/]*"
        rf"['\u2019]?({_DAY}{{4}}|{_DAY}{{2}}){_END}"
    )
    for letters in ("{3,9}", "{3,9}?")
)
"""The second for a year that touches its month: 21 MAY1961."""
_MONTH_YEAR = re.compile(rf"([A-Za-z]{{3,9}})[.,]?\s+({_DAY}{{4}})(?!\w)")
_NUMBER_YEAR = re.compile(r"(\d{1,2})\s*[/\-]\s*(\d{4})(?![\w/\-])")
_YEAR = re.compile(r"((?:18|19|20)\d\d)(?![\w/\-])")
_RUN = re.compile(r"([\dOolISB/\-]{6,10})(?!\w)")
_MONTH_OFF, _RUN_MENDED = 0.85, 0.8
"""What is left of the quality for a month with a wrong letter, and for digits without slashes."""
_ONE = frozenset("1lI|/-")
_PRINTED = frozenset("/-")


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date as it was read, before its century is known."""

    year: int
    """Four digits, or 0 to 99 while ``short_year``."""
    month: int
    """0 when the print has none."""
    day: int
    """0 when the print has none."""
    short_year: bool
    raw: str
    length: int
    """Characters of the text it takes."""
    quality: float
    """1.0 as printed; less when letters were read as digits or a form is unusual."""
    repaired: bool = False
    """Letters were read as digits, slashes as ones, or a month is a letter off."""

    def iso(self, year: int) -> str:
        """Return ISO 8601 with ``year``, as long as the print was whole."""
        if not self.month:
            return f"{year:04d}"
        if not self.day:
            return f"{year:04d}-{self.month:02d}"
        return f"{year:04d}-{self.month:02d}-{self.day:02d}"


def read_date(text: str, *, labelled: bool = True) -> DateReading | None:
    """Return the date at the start of ``text``; None when it starts with none.

    Bare digits, month and year, and a lone year count only where ``labelled``.
    """
    for reader in (_read_iso, _read_numeric, _read_month_first, _read_day_first):
        reading = reader(text)
        if reading:
            return reading
    if not labelled:
        return None
    for reader in (_read_run, _read_partial):
        reading = reader(text)
        if reading:
            return reading
    return None


def find_date(text: str) -> tuple[int, DateReading] | None:
    """Return the first whole date in ``text`` and where it starts."""
    for start in re.finditer(r"(?<![\w/\-])[\w]", text):
        reading = read_date(text[start.start() :], labelled=False)
        if reading:
            return start.start(), reading
    return None


def _number(text: str) -> tuple[int, float] | None:
    plain = text.translate(DIGITS)
    repaired = sum(a != b for a, b in zip(text, plain, strict=True))
    if not plain.isdigit() or repaired * 2 > len(text):
        return None
    return int(plain), prod(map(left_of, text))


def _reading(
    parts: tuple[str, str, str], raw: str, month: int = 0, quality: float = 1.0
) -> DateReading | None:
    """Make a reading of day, month and year texts; ``month`` when it was a word."""
    numbers = [_number(part) for part in parts if part]
    if any(number is None for number in numbers):
        return None
    values = [number for number in numbers if number is not None]
    mended = prod(part for _, part in values)
    year, day = values[-1][0], values[0][0]
    if not month:
        month = values[1][0]
    short = len(parts[2]) == 2
    if not _possible(year, month, day, short=short):
        return None
    return DateReading(
        year,
        month,
        day,
        short,
        raw.strip(),
        len(raw),
        quality * mended,
        repaired=mended < 1.0 or quality in (_MONTH_OFF, _RUN_MENDED),
    )


def _possible(year: int, month: int, day: int, *, short: bool) -> bool:
    full = 2000 + year % 4 if short else year
    if not 1800 <= full <= 2199:
        return False
    try:
        date(full, month, day)
    except ValueError:
        return short and (month, day) == (2, 29) and year % 4 == 0
    return True


def _read_iso(text: str) -> DateReading | None:
    found = _ISO.match(text)
    if not found:
        return None
    return _reading((found[3], found[2], found[1]), found.group())


def _read_numeric(text: str) -> DateReading | None:
    found = _NUMERIC.match(text)
    if not found:
        return None
    american = _reading((found[2], found[1], found[3]), found.group())
    if american:
        return american
    # Day first only when the first number cannot be a month.
    return _reading((found[1], found[2], found[3]), found.group(), quality=0.9)


def _month_of(word: str) -> tuple[int, float] | None:
    plain = word.upper().rstrip(".")
    if plain in _MONTHS:
        return _MONTHS[plain], 1.0
    mended = plain.translate(str.maketrans("01580", "OISBO"))
    near = {n for name, n in _MONTHS.items() if _one_letter_off(mended, name)}
    return (near.pop(), _MONTH_OFF) if len(near) == 1 else None


def _one_letter_off(word: str, name: str) -> bool:
    if word == name:
        return True
    if len(word) != len(name) or len(name) < 4:
        return False
    return sum(a != b for a, b in zip(word, name, strict=True)) == 1


def _read_month_first(text: str) -> DateReading | None:
    found = _MONTH_FIRST.match(text)
    month = _month_of(found[1]) if found else None
    if not found or not month:
        return None
    return _reading((found[2], "", found[3]), found.group(), month[0], month[1])


def _read_day_first(text: str) -> DateReading | None:
    for form in (_DAY_FIRST, _DAY_FIRST_CLOSE):
        found = form.match(text)
        month = _month_of(found[2]) if found else None
        if found and month:
            return _reading((found[1], "", found[3]), found.group(), month[0], month[1])
    return None


def _read_partial(text: str) -> DateReading | None:
    found = _MONTH_YEAR.match(text)
    if found and (month := _month_of(found[1])) and (year := _number(found[2])):
        return _partial(year[0], month[0], found.group(), month[1] * year[1])
    found = _NUMBER_YEAR.match(text)
    if found and 1 <= int(found[1]) <= 12:
        return _partial(int(found[2]), int(found[1]), found.group(), 0.9)
    found = _YEAR.match(text)
    return _partial(int(found[1]), 0, found.group(), 0.85) if found else None


def _partial(year: int, month: int, raw: str, quality: float) -> DateReading | None:
    if not 1800 <= year <= 2199:
        return None
    return DateReading(year, month, 0, False, raw, len(raw), quality)


def _read_run(text: str) -> DateReading | None:
    """Read digits without separators, or with slashes that were read as ones.

    None where a slash may as well have been lost: 1120/1938 is 1/20/1938 or 11/20/1938.
    """
    found = _RUN.match(text)
    if not found:
        return None
    readings = _days_of(found[1], _splits(found[1]))
    others = _days_of(found[1], _with_one_lost(found[1]))
    if len(readings) != 1 or others.keys() - readings.keys():
        return None
    return next(iter(readings.values()))


def _days_of(
    run: str, cuts: Iterable[tuple[str, str, str]]
) -> dict[tuple[int, int, int], DateReading]:
    read = (_reading(parts, run, quality=_RUN_MENDED) for parts in cuts if len(parts[2]) in (2, 4))
    return {(one.year, one.month, one.day): one for one in read if one is not None}


def _splits(run: str) -> Iterator[tuple[str, str, str]]:
    """Yield day, month, year as ``run`` can be cut: none or both slashes read as ones."""
    if len(run) in (6, 8):
        yield run[2:4], run[:2], run[4:]
    for month, day in product((1, 2), (1, 2)):
        second = month + 1 + day
        if run[month : month + 1] in _ONE and run[second : second + 1] in _ONE:
            yield run[month + 1 : second], run[:month], run[second + 1 :]


def _with_one_lost(run: str) -> Iterator[tuple[str, str, str]]:
    for month, day in product((1, 2), (1, 2)):
        if run[month + day : month + day + 1] in _PRINTED:
            yield run[month : month + day], run[:month], run[month + day + 1 :]
        if run[month : month + 1] in _PRINTED:
            yield run[month + 1 : month + 1 + day], run[:month], run[month + 1 + day :]


def service_century(
    reading: DateReading, settings: IndexSettings = DEFAULT_SETTINGS, anchor: int | None = None
) -> tuple[int, float]:
    """Return the year of a date that is not a birth date, and how sure its century is.

    ``anchor`` is a year printed in full on the same page; else the latest year that the
    site's charts can have.
    """
    if not reading.short_year:
        return reading.year, 1.0
    choices = [
        century + reading.year
        for century in (1800, 1900, 2000)
        if settings.oldest_year <= century + reading.year <= settings.newest_year
    ]
    if not choices:
        return 1900 + reading.year, 0.5
    if anchor is not None:
        nearest = min(choices, key=lambda year: abs(year - anchor))
        return nearest, 0.97 if abs(nearest - anchor) <= 15 else 0.8
    return choices[-1], 0.95 if len(choices) == 1 else 0.75


def birth_century(
    reading: DateReading,
    settings: IndexSettings = DEFAULT_SETTINGS,
    anchor: int | None = None,
    age: int | None = None,
) -> tuple[int, float]:
    """Return the year of a birth date, and how sure its century is.

    ``anchor`` is the year of the visit, ``age`` the printed age in years then.
    """
    if not reading.short_year:
        return reading.year, 1.0
    latest = anchor if anchor is not None else settings.newest_year
    choices = [
        century + reading.year
        for century in (1800, 1900, 2000)
        if 0 <= latest - (century + reading.year) <= 105
    ]
    if not choices:
        return 1900 + reading.year, 0.4
    if age is not None and anchor is not None:
        fitting = [year for year in choices if abs(anchor - year - age) <= 2]
        if len(fitting) == 1:
            return fitting[0], 0.97
    # Without a visit to measure by, a paper chart's 3/4/09 is as well of 1909 as of 2009.
    either = anchor is None and choices[-1] >= 2000
    if len(choices) == 1 and not either:
        return choices[0], 0.95
    return choices[-1], 0.45


def short_form(raw: str) -> tuple[int, int, int] | None:
    """Return year of the century, month and day when ``raw`` prints a two-digit year."""
    reading = read_date(raw)
    if reading is None or not reading.short_year or not reading.day:
        return None
    return reading.year, reading.month, reading.day


def agrees_partly(one: str, other: str) -> bool:
    """Say whether two ISO dates agree as far as the shorter goes."""
    length = min(len(one), len(other))
    return length >= 4 and one[:length] == other[:length]


_CONFUSED_DIGITS = frozenset(
    map(frozenset, ("08", "06", "09", "17", "14", "27", "38", "35", "39", "49", "56", "58", "68"))
)
"""Digits that are read for one another."""


def misread_for_another(one: str, two: str) -> bool:
    """Say whether two ISO dates of one length differ by a digit that was misread, or lost."""
    differ = [
        pair for pair in zip(one.split("-"), two.split("-"), strict=True) if pair[0] != pair[1]
    ]
    return len(differ) == 1 and (_is_misread(*differ[0]) or _is_shortened(*differ[0]))


def _is_misread(one: str, two: str) -> bool:
    digits = [frozenset(pair) for pair in zip(one, two, strict=True) if pair[0] != pair[1]]
    return len(digits) == 1 and digits[0] in _CONFUSED_DIGITS


def _is_shortened(one: str, two: str) -> bool:
    """Say whether one day or month is the other with a digit lost: 4 of 14, 1 of 12."""
    if len(one) != 2:
        return False
    short, long = sorted((one.lstrip("0"), two.lstrip("0")), key=len)
    return len(short) == 1 and len(long) == 2 and short in long
