"""Dates that may be partial, as ranges of days that numbers can be compared by."""

from __future__ import annotations

import re
from calendar import monthrange

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
FIRST_DAY, LAST_DAY = 0, 99991231
"""The bounds of an open range."""


def day_range(date: str) -> tuple[int, int] | None:
    """Return first and last day of an ISO date as ``yyyymmdd``, None when it is none.

    ``1963`` gives ``(19630101, 19631231)``, ``1963-02`` gives ``(19630201, 19630228)``.
    """
    match = _ISO.fullmatch(date)
    if match is None or match[1] == "0000":
        return None
    year = int(match[1])
    if match[2] is None:
        return year * 10000 + 101, year * 10000 + 1231
    return _days_of_month(year, int(match[2]), match[3])


def _days_of_month(year: int, month: int, day: str | None) -> tuple[int, int] | None:
    if not 1 <= month <= 12:
        return None
    length, stem = monthrange(year, month)[1], year * 10000 + month * 100
    if day is None:
        return stem + 1, stem + length
    return (stem + int(day),) * 2 if 1 <= int(day) <= length else None
