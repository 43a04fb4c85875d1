"""Numbers of patients and visits: record number, account, social security number, sex.

A label match alone is not a value: what stands beside it must fit the type of the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from ocr.model import Word

from .check_digits import check_digit_holds
from .lookalikes import ALSO, DIGITS, left_of
from .settings import DEFAULT_SETTINGS, IndexSettings

_SSN = re.compile(r"^(\d{3})\s?-?\s?(\d{2})\s?-?\s?(\d{4})$")
_SSN_SHAPE = re.compile(r"^\d{3}-\d{2}-\d{4}$")
_PHONE_SHAPE = re.compile(r"^(?:\(\d{3}\)|\d{3})[\s.\-]?\d{3}[-.]\d{4}$|^\d{3}-\d{4}$")
_PAIRS = re.compile(r"^\d{1,4}(?:-\d{2,4})+$")
_GROUP = re.compile(r"^\d{2,4}$")
_ACCOUNT = re.compile(r"^[A-Z]{0,4}-?\d[\dA-Z\-]{2,17}$")
_SEXES = {"M": "M", "F": "F", "MALE": "M", "FEMALE": "F", "MAN": "M", "WOMAN": "F"}
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FAILED = 0.3
"""What is left of the confidence of a number whose check digit is wrong."""
_STRANGE = 0.45
"""What is left for an account with a letter among its digits that is like none of them."""
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
    mended = _digits_of(raw)
    if mended is None or not settings.mrn_min_digits <= len(mended) <= settings.mrn_max_digits:
        return None
    if _PHONE_SHAPE.match(raw) or _SSN_SHAPE.match(raw):
        return None
    digits, quality = _checked(raw, mended, settings.check_digit)
    quality *= 0.6 if _may_go_on(words, len(taken)) else 1.0
    return Reading(digits, raw, len(taken), quality, repaired=not _bare(raw).isdigit())


def _checked(raw: str, mended: str, scheme: str) -> tuple[str, float]:
    """Return the number that ``raw`` reads as and how sure it is.

    Of several that its letters may stand for, the check digit tells the one, where only one
    holds; a number that fails its check digit is doubtful, and none is made up in its place.
    """
    bare = _bare(raw)
    quality = prod(left_of(letter) for letter in bare)
    if not scheme:
        return mended, quality
    holding = [number for number in _readings(bare) if check_digit_holds(number, scheme)]
    if len(holding) == 1:
        return holding[0], 1.0 if holding[0] == bare else 0.9
    return mended, quality * _FAILED


def _bare(raw: str) -> str:
    return raw.replace(" ", "").replace("-", "")


def _readings(bare: str) -> Iterator[str]:
    """Yield every number that ``bare`` may be, each letter one of the digits it is read for."""
    choices = (letter.translate(DIGITS) + ALSO.get(letter, "") for letter in bare)
    return map("".join, product(*choices))


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


def _digits_of(raw: str) -> str | None:
    """Return the digits that ``raw`` most likely stands for; None when it is no number.

    More letters than a third of it make it no number.
    """
    joined = raw.replace(" ", "")
    if "-" in joined and not _PAIRS.match(joined.translate(DIGITS)):
        return None
    bare = joined.replace("-", "")
    mended = bare.translate(DIGITS)
    repairs = sum(a != b for a, b in zip(bare, mended, strict=True))
    if not mended.isdigit() or not mended.isascii() or repairs * 3 > len(bare):
        return None
    return mended


def read_account(words: Sequence[Word]) -> Reading | None:
    """Return the account or visit number that ``words`` start with, in capitals.

    Letters lead such numbers; one among their digits is a digit misread.
    """
    if not words:
        return None
    raw = words[0].text.strip(_EDGES)
    value = raw.upper()
    if not _ACCOUNT.match(value) or sum(c.isdigit() for c in value) < 3 or "/" in raw:
        return None
    lead = len(value) - len(value.lstrip(_CAPITALS))
    digits = raw[lead:].translate(DIGITS)
    if digits == raw[lead:] and not _has_letter(digits):
        return Reading(value, raw, 1, 1.0)
    if _has_letter(digits):
        return Reading(value, raw, 1, _STRANGE)
    quality = prod(left_of(letter) for letter in raw[lead:] if letter != "-")
    return Reading(value[:lead] + digits, raw, 1, quality, repaired=True)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def read_ssn(words: Sequence[Word]) -> Reading | None:
    """Return the social security number that ``words`` start with, as ``123-45-6789``."""
    for count in (1, 3, 2):
        raw = " ".join(word.text.strip(_EDGES) for word in words[:count])
        mended = raw.translate(DIGITS)
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
