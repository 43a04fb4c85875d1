"""Numbers of patients and visits: record number, account, social security number, sex.

A label match alone is not a value: what stands beside it must fit the type of the field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.model import Word

from .check_digits import check_digit_holds
from .settings import DEFAULT_SETTINGS, IndexSettings

_LOOKALIKES = str.maketrans("OoQD@lI|!iSsZzBGb", "00000111115522866")
_SSN = re.compile(r"^(\d{3})\s?-?\s?(\d{2})\s?-?\s?(\d{4})$")
_SSN_SHAPE = re.compile(r"^\d{3}-\d{2}-\d{4}$")
_PHONE_SHAPE = re.compile(r"^(?:\(\d{3}\)|\d{3})[\s.\-]?\d{3}[-.]\d{4}$|^\d{3}-\d{4}$")
_PAIRS = re.compile(r"^\d{1,4}(?:-\d{2,4})+$")
_GROUP = re.compile(r"^\d{2,4}$")
_ACCOUNT = re.compile(r"^[A-Z]{0,4}-?\d[\dA-Z\-]{2,17}$")
_SEXES = {"M": "M", "F": "F", "MALE": "M", "FEMALE": "F", "MAN": "M", "WOMAN": "F"}
_EDGES = "()[]{}<>.,;:*#'\"“”_~"


@dataclass(frozen=True, slots=True)
class Reading:
    """A typed value read from the first words of a place."""

    value: str
    raw: str
    words: int
    """How many words it takes."""
    quality: float
    repaired: bool = False
    """Letters were read as the digits they look like."""


def read_mrn(words: Sequence[Word], settings: IndexSettings = DEFAULT_SETTINGS) -> Reading | None:
    """Return the record number that ``words`` start with, digits only, leading zeros kept.

    None for what is no record number by its shape: dates, telephone and social security
    numbers, policy numbers with letters, and digits outside the site's length.
    """
    taken = _number_words(words)
    if not taken:
        return None
    raw = " ".join(word.text.strip(_EDGES) for word in taken)
    digits, repairs = _digits_of(raw)
    if digits is None or not settings.mrn_min_digits <= len(digits) <= settings.mrn_max_digits:
        return None
    if _PHONE_SHAPE.match(raw) or _SSN_SHAPE.match(raw):
        return None
    quality = 0.85**repairs * (0.6 if _may_go_on(words, len(taken)) else 1.0)
    if not check_digit_holds(digits, settings.check_digit):
        quality *= 0.3
    return Reading(digits, raw, len(taken), quality, repaired=repairs > 0)


def _number_words(words: Sequence[Word]) -> Sequence[Word]:
    """Return the leading words that make one number: one word, or groups of digits."""
    if not words:
        return ()
    first = words[0].text.strip(_EDGES)
    if not _GROUP.match(first):
        return words[:1]
    stop = 1
    while stop < min(len(words), 5) and _GROUP.match(words[stop].text.strip(_EDGES)):
        if _gap(words, stop) > 2.2:
            break
        stop += 1
    return words[:stop]


def _gap(words: Sequence[Word], n: int) -> float:
    """Return the space before word ``n`` in characters of the word before it."""
    before = words[n - 1]
    width = max(1.0, before.box.width / len(before.text))
    return (words[n].box.x - before.box.right) / width


def _may_go_on(words: Sequence[Word], taken: int) -> bool:
    """Say whether more digits stand so close that the number may have been torn."""
    if taken >= len(words) or not words[taken].text[:1].isdigit():
        return False
    return words[taken].text.strip(_EDGES).isdigit() and _gap(words, taken) < 1.6


def _digits_of(raw: str) -> tuple[str | None, int]:
    """Return the digits that ``raw`` reads as and how many were mended; None when not a number.

    Every letter has one digit it is misread for, so a mended number is its only reading;
    more letters than a third of it make it no number.
    """
    joined = raw.replace(" ", "")
    if "-" in joined and not _PAIRS.match(joined.translate(_LOOKALIKES)):
        return None, 0
    bare = joined.replace("-", "")
    mended = bare.translate(_LOOKALIKES)
    repairs = sum(a != b for a, b in zip(bare, mended, strict=True))
    if not mended.isdigit() or not mended.isascii() or repairs * 3 > len(bare):
        return None, 0
    return mended, repairs


def read_account(words: Sequence[Word]) -> Reading | None:
    """Return the account or visit number that ``words`` start with, in capitals."""
    if not words:
        return None
    raw = words[0].text.strip(_EDGES)
    value = raw.upper()
    if not _ACCOUNT.match(value) or sum(c.isdigit() for c in value) < 3 or "/" in raw:
        return None
    return Reading(value, raw, 1, 1.0)


def read_ssn(words: Sequence[Word]) -> Reading | None:
    """Return the social security number that ``words`` start with, as ``123-45-6789``."""
    for count in (1, 3, 2):
        raw = " ".join(word.text.strip(_EDGES) for word in words[:count])
        mended = raw.translate(_LOOKALIKES)
        found = _SSN.match(mended)
        if found and found[1] != "000":
            repairs = sum(a != b for a, b in zip(raw, mended, strict=True))
            if repairs <= 3:
                return Reading("-".join(found.groups()), raw, count, 0.85**repairs, repairs > 0)
    return None


def read_sex(words: Sequence[Word]) -> Reading | None:
    """Return ``M`` or ``F`` when ``words`` start with a sex."""
    if not words:
        return None
    raw = words[0].text.strip(_EDGES + "/-")
    value = _SEXES.get(raw.upper())
    return Reading(value, raw, 1, 1.0) if value else None


_AGE_SEX = re.compile(
    r"^(?:(?P<a>\d{1,3})\s*(?:Y|YO|YRS?|Y/O)?\s*[/,\-]?\s*(?P<s>MALE|FEMALE|M|F)|(?P<s2>MALE|FEMALE|M|F)\s*[/,]\s*(?P<a2>\d{1,3})\s*Y?)$",
    re.IGNORECASE,
)


def read_age_and_sex(words: Sequence[Word]) -> Reading | None:
    """Return ``M`` or ``F`` of "45/F" or "F / 45"."""
    for count in (1, 2, 3):
        raw = " ".join(word.text.strip(".;:") for word in words[:count])
        found = _AGE_SEX.match(raw)
        if found:
            return Reading(_SEXES[(found["s"] or found["s2"]).upper()], raw, count, 0.95)
    return None


_PAGE_OF = re.compile(r"^(\d{1,3})\s*(?:of|/|ot|0f|OF)\s*(\d{1,3})$", re.IGNORECASE)
_OF_ONE = re.compile(r"^(?:of|ot|0f) 1$", re.IGNORECASE)
_PAGE = re.compile(r"^(\d{1,3})$")
_TORN = re.compile(r"^(?:of|ot|0f|/)", re.IGNORECASE)
_ONES = str.maketrans("lI|i!", "11111")


def read_page_of(words: Sequence[Word]) -> Reading | None:
    """Return ``2/3`` of "2 of 3", or ``2`` when the print gives no total."""
    texts = [word.text.strip("()[].,;:-") for word in words[:3]]
    for count in (3, 2, 1):
        found = _PAGE_OF.match(" ".join(texts[:count]).translate(_ONES))
        if found and 1 <= int(found[1]) <= int(found[2]):
            value = f"{int(found[1])}/{int(found[2])}"
            return Reading(value, " ".join(texts[:count]), count, 1.0)
    if _OF_ONE.match(" ".join(texts[:2]).translate(_ONES)):
        # Its own number was lost, a thin 1 more often than not; of one page it can be no other.
        return Reading("1/1", " ".join(texts[:2]), 2, 0.85)
    return _page_alone(texts)


def _page_alone(texts: Sequence[str]) -> Reading | None:
    found = _PAGE.match(texts[0]) if texts else None
    if not found or int(found[1]) == 0:
        return None
    torn = len(texts) > 1 and _TORN.match(texts[1]) is not None
    return Reading(str(int(found[1])), texts[0], 1, 0.45 if torn else 0.9)
