"""Diagnoses and procedures as printed under their heads, and the codes printed with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ocr.model import Word

from .rows import Layout, Row, box_of, text_of

_DIAGNOSIS_HEADS = (
    "DIAGNOSIS", "DIAGNOSES", "FINALDIAGNOSIS", "FINALDIAGNOSES", "DISCHARGEDIAGNOSIS",
    "DISCHARGEDIAGNOSES", "ADMITTINGDIAGNOSIS", "ADMITTINGDIAGNOSES", "ADMISSIONDIAGNOSIS",
    "ADMISSIONDIAGNOSES", "PRINCIPALDIAGNOSIS", "PRIMARYDIAGNOSIS", "SECONDARYDIAGNOSIS",
    "SECONDARYDIAGNOSES", "PREOPERATIVEDIAGNOSIS", "PREOPERATIVEDIAGNOSES", "CLINICALDIAGNOSIS",
    "POSTOPERATIVEDIAGNOSIS", "POSTOPERATIVEDIAGNOSES", "PROVISIONALDIAGNOSIS",
    "WORKINGDIAGNOSIS", "PATHOLOGICDIAGNOSIS", "MICROSCOPICDIAGNOSIS", "PREOPDIAGNOSIS",
    "POSTOPDIAGNOSIS",
)  # fmt: skip
_PROCEDURE_HEADS = (
    "OPERATION", "OPERATIONS", "PROCEDURE", "PROCEDURES", "OPERATIONPERFORMED",
    "OPERATIONSPERFORMED", "PROCEDUREPERFORMED", "PROCEDURESPERFORMED", "TITLEOFOPERATION",
    "NAMEOFOPERATION", "OPERATIVEPROCEDURE", "OPERATIVEPROCEDURES", "NAMEOFPROCEDURE",
    "PRINCIPALPROCEDURE", "SURGICALPROCEDURE",
)  # fmt: skip
_FIELD_OF = dict.fromkeys(_DIAGNOSIS_HEADS, "diagnosis") | dict.fromkeys(
    _PROCEDURE_HEADS, "procedure"
)
_NUMBERING = re.compile(r"^[(\[]?(?:\d{1,2}|[A-Ha-h])[.):]$")
_NEW_HEAD = re.compile(r"^[A-Z][A-Z &/'\-]{3,40}:|^[A-Z][a-z]+(?: [A-Za-z]+){0,3}:(?!\d)")
_ICD9 = re.compile(
    r"(?<![\w.\-/])(?:V\d{2}(?:\.\d{1,2})?|E\d{3}(?:\.\d)?|\d{3}\.\d{1,2})(?![\w/\-])(?!\s*(?:mg|mm|cm|ml|kg|lb|%))"
)
_ICD10 = re.compile(r"(?<![\w.])[A-TV-Z]\d[\dAB]\.[\dA-Z]{1,4}(?!\w)")
_MOST_LINES = 6
_MOST_WORDS = 30


@dataclass(frozen=True, slots=True)
class HeadedLine:
    """One line under a head of diagnoses or procedures."""

    field: str
    words: Row
    rule: str


def printed_codes(text: str) -> tuple[str, ...]:
    """Return the ICD-9-CM and ICD-10-CM codes printed in ``text``, left to right."""
    # V45.81 is a code of both books: it stands once.
    found = {m.start(): m.group() for rule in (_ICD9, _ICD10) for m in rule.finditer(text)}
    return tuple(code for _, code in sorted(found.items()))


def headed_lines(layout: Layout) -> Iterator[HeadedLine]:
    """Yield the lines that stand beside or under heads of diagnoses and procedures."""
    for number, row in enumerate(layout.rows):
        head = _head(row)
        if head is None:
            continue
        field, stop = head
        beside = _without_numbering(row[stop:])
        if beside and len(beside) <= _MOST_WORDS:
            yield HeadedLine(field, beside, f"{field}-head@1")
        yield from _lines_under(layout, number, field, bare=not beside)


def _head(row: Row) -> tuple[str, int] | None:
    """Return the field of the head that ``row`` starts with and where it stops."""
    text = ""
    for stop in range(1, min(4, len(row)) + 1):
        text += row[stop - 1].text
        marked = row[stop - 1].text.endswith(":")
        if not marked and stop != len(row):
            continue
        field = _field_of("".join(filter(str.isalpha, text.upper())))
        if field and row[0].text[:1].isupper():
            return field, stop
        if marked:
            return None
    return None


def _field_of(key: str) -> str | None:
    if key in _FIELD_OF:
        return _FIELD_OF[key]
    if len(key) < 9 or not key:
        return None
    near = process.extractOne(key, _FIELD_OF.keys(), scorer=fuzz.ratio, score_cutoff=92)
    return _FIELD_OF[near[0]] if near else None


def _without_numbering(words: Row) -> Row:
    start = 0
    while start < len(words) and (
        _NUMBERING.match(words[start].text) or words[start].text in ":-•*"
    ):
        start += 1
    return words[start:]


def _lines_under(layout: Layout, number: int, field: str, *, bare: bool) -> Iterator[HeadedLine]:
    """Yield numbered lines under the head, or the one line under a bare head."""
    above = box_of(layout.rows[number])
    for count, row in enumerate(layout.rows[number + 1 : number + 1 + _MOST_LINES]):
        box = box_of(row)
        numbered = bool(_NUMBERING.match(row[0].text))
        if box.y - above.bottom > 2.2 * layout.row_height or _NEW_HEAD.match(text_of(row)):
            return
        if not numbered and not (bare and count == 0):
            return
        words = _without_numbering(row)
        if _is_head_alone(words) or not words or len(words) > _MOST_WORDS:
            return
        yield HeadedLine(field, words, f"{field}-line@1")
        above = box


def _is_head_alone(words: Row) -> bool:
    return len(words) <= 4 and words[-1].text.endswith(":") if words else False


def line_quality(words: tuple[Word, ...]) -> float:
    """Return the share of the line's characters that are letters, digits or common marks."""
    text = text_of(words)
    plain = sum(c.isalnum() or c in " .,;:()/-'%&+#" for c in text)
    return plain / len(text) if text else 0.0
