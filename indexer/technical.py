"""Whether the words of a frame of film are those of a target, a notice or a certificate.

A page of a patient must never be called technical, for it would neither be filed nor searched.
So the phrase must be one of a list, among few words and set large; and whatever names a
patient, or speaks of care, forbids it. What is wrongly taken for a page is shown to a person.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr.model import OcrPage, Verdict, Word, extent

from .model import IndexValue
from .read import index_page

NOTICES = Path(__file__).with_name("technical.toml")

_LETTERS = re.compile(r"[^A-Z]")
_FOLD = str.maketrans("01580|!", "OISBOII")
_FUZZY_FROM = 9
_LETTERS_A_SLIP = 9
"""One letter in so many may be misread."""
_LARGER = 1.3
_CERTAIN = 0.8
_ALONE = 8
"""Other words beside which a phrase need not be larger: it is nearly alone."""
_PERSONAL = frozenset(
    {
        "mrn", "patient_name", "birth_date", "ssn", "account", "sex", "admission_date",
        "discharge_date", "attending", "referring", "diagnosis", "procedure", "dictated_date",
        "transcribed_date",
    }
)  # fmt: skip
_NAMES = frozenset({"patient_name", "attending", "referring"})
_RANGE = re.compile(r"\b[\d-]{3,}\s*(?:[-\u2013\u2014]|THRU|THROUGH|TO)\s*[\d-]{3,}\b")
_REDUCTION = (
    re.compile(r"REDUCTION(?:\s+RAT(?:IO|E))?\D{0,12}?(\d{2}(?:\.\d)?)\s*(?:X\b|:\s*1\b|TO 1\b)"),
    re.compile(r"RATIO(?: OF REDUCTION)?\D{0,12}?(\d{2}(?:\.\d)?)\s*(?:X\b|:\s*1\b|TO 1\b)"),
    re.compile(r"\b(\d{2}(?:\.\d)?)\s*(?:X|:\s*1|TO 1)\s+REDUCTION"),
)
_USUAL_REDUCTION = (7.0, 72.0)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a frame says of the film that it stands on."""

    kind: str
    """``start``, ``end``, ``continued``, ``retake``, ``missing``, ``certificate``, ``test``,
    ``reduction``, ``splice`` or ``symbol``."""
    reason: str


@dataclass(frozen=True, slots=True)
class _Rule:
    notice: Notice
    most: int
    phrases: tuple[tuple[str, int], ...]
    """Keys, and of how many words each is."""
    needs: tuple[tuple[str, int], ...]
    large: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class _Table:
    rules: tuple[_Rule, ...]
    never: tuple[tuple[str, int], ...]
    but: tuple[tuple[str, int], ...]
    operators: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> _Table:
    with NOTICES.open("rb") as file:
        told = tomllib.load(file)
    never, operators = told["never"], told["operators"]["words"]
    return _Table(
        tuple(_rule(row) for row in told["notice"]),
        _keys(never["words"]),
        _keys(never["but"]),
        frozenset(map(_key, operators)),
    )


def _rule(row: dict[str, Any]) -> _Rule:
    return _Rule(
        Notice(row["kind"], row["reason"]),
        int(row["most"]),
        _keys(row["phrases"]),
        _keys(row.get("needs", [])),
        large=bool(row.get("large", False)),
        whole=bool(row.get("whole", False)),
    )


def _keys(phrases: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((_key(phrase), len(phrase.split())) for phrase in phrases)


def _key(text: str) -> str:
    return _LETTERS.sub("", text.upper().translate(_FOLD))


def technical_reason(words: OcrPage) -> str:
    """Return what a frame is by its words, for people; empty for a page."""
    notice = technical_notice(words)
    return notice.reason if notice else ""


def technical_notice(words: OcrPage) -> Notice | None:
    """Return what a frame says of its film; None for a page, and whenever that is not sure."""
    said = [word for word in words.words if _key(word.text)]
    if not said or words.mostly_handwritten:
        return None
    rule = next((rule for rule in _table().rules if _fits(rule, said, words)), None)
    if rule is None or _speaks_of_care(said) or _names_a_patient(words):
        return None
    return rule.notice


def told_reduction(words: OcrPage) -> float | None:
    """Return the reduction that a target tells, 24.0 for ``REDUCTION RATIO 24X``; else None."""
    text = " ".join(word.text for word in words.words).upper().replace("\u00d7", "X")
    found = [match for pattern in _REDUCTION for match in pattern.findall(text)]
    told = {float(one) for one in found}
    low, high = _USUAL_REDUCTION
    return told.pop() if len(told) == 1 and all(low <= one <= high for one in told) else None


def _fits(rule: _Rule, said: Sequence[Word], page: OcrPage) -> bool:
    if len(said) > rule.most:
        return False
    found = next(_found(rule.phrases, said), None)
    if found is None or (rule.needs and next(_found(rule.needs, said), None) is None):
        return False
    if rule.whole:
        return len(found) == len(said) and _read_whole(page)
    return not rule.large or _stands_out(found, said)


def _read_whole(page: OcrPage) -> bool:
    """Return whether the words of a page are all that stands on it, and read without a doubt."""
    if page.handwriting or page.unread:
        return False
    legible = page.quality is None or page.quality.verdict is Verdict.GOOD
    return legible and all(word.confidence >= _CERTAIN for word in page.words)


def _found(phrases: Sequence[tuple[str, int]], said: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield the runs of words that read as one of ``phrases``; OCR may split or join words."""
    keys = [_key(word.text) for word in said]
    for key, count in phrases:
        for size in {count, max(1, count - 1), count + 1}:
            for at in range(len(said) - size + 1):
                if _alike("".join(keys[at : at + size]), key):
                    yield said[at : at + size]


def _alike(read: str, key: str) -> bool:
    if read == key:
        return True
    if len(key) < _FUZZY_FROM or abs(len(read) - len(key)) > 2:
        return False
    return Levenshtein.distance(read, key) <= len(key) // _LETTERS_A_SLIP


def _stands_out(phrase: Sequence[Word], said: Sequence[Word]) -> bool:
    """Return whether a phrase is larger than the words around it, or nearly alone."""
    others = [word for word in said if word not in phrase]
    if len(others) <= _ALONE:
        return True
    usual = median(word.box.height for word in others)
    return median(word.box.height for word in phrase) >= _LARGER * usual


def _speaks_of_care(said: Sequence[Word]) -> bool:
    """Return whether words of a patient's care are left when those about the film are off."""
    table = _table()
    harmless = [id(word) for run in _found(table.but, said) for word in run]
    left = [word for word in said if id(word) not in set(harmless)]
    return next(_found(table.never, left), None) is not None


def _names_a_patient(words: OcrPage) -> bool:
    """Return whether any value of a patient or a stay stands on the frame."""
    whole = extent(words.words)
    index = index_page(words, width=whole.right, height=whole.bottom)
    ranged = _RANGE.search(words.text.upper().replace("\n", " ")) is not None
    return any(_personal(value, words, ranged=ranged) for value in index.values)


def _personal(value: IndexValue, words: OcrPage, *, ranged: bool) -> bool:
    """Return whether a value is a patient's: no first number of a roll, no camera operator."""
    if value.field not in _PERSONAL or (ranged and value.field == "mrn"):
        return False
    return value.field not in _NAMES or not _names_an_operator(value, words)


def _names_an_operator(value: IndexValue, words: OcrPage) -> bool:
    beside = (word for word in words.words if word.box.row_overlap(value.box) > 0.5)
    keys = tuple(_key(word.text) for word in beside)
    return any(key.startswith(one) for key in keys for one in _table().operators)
