"""Codes of diagnoses and procedures: as printed, or of a text that the official index has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from .code_lists import CodeList, CodeSystem, code_list, system_on
from .codes import printed_codes
from .identifiers import Reading
from .lookalikes import ALSO, DIGITS
from .model import IndexValue
from .settings import IndexSettings

DIAGNOSIS, PROCEDURE = "diagnosis_code", "procedure_code"
_FORMS = {
    CodeSystem.ICDA8: re.compile(r"^\d{3}(?:\.\d)?$"),
    CodeSystem.ICD9: re.compile(r"^(?:\d{3}|V\d\d)(?:\.\d{1,2})?$|^E\d{3}(?:\.\d)?$"),
    CodeSystem.ICD10: re.compile(r"^[A-Z]\d[\dAB](?:\.[\dA-Z]{1,4})?$"),
}
_OF_PROCEDURES = re.compile(r"^\d\d\.\d{1,2}$")
_INLINE_PROCEDURE = re.compile(r"[\s(\[](\d\d\.\d{1,2})[)\]]?$")
_FIRST = "1968"
_EDGES = "()[]{}.,;:*#_"
_BY_INDEX, _UNLISTED, _REPAIRED, _UNDATED = 0.9, 0.4, 0.85, 0.8
"""What is left of the confidence of a code that is not printed, not listed, mended, of no era."""


def read_printed(texts: Sequence[str]) -> Reading | None:
    """Return what stands where a code is asked for, when it has the shape of one of any era."""
    raw = texts[0].strip(_EDGES) if texts else ""
    bare = raw.upper()
    digits = sum(map(str.isdigit, bare))
    if not 3 <= len(bare) <= 8 or digits < 2 or not bare.replace(".", "").isalnum():
        return None
    return Reading(bare, raw, 1, 1.0)


def coded(values: Iterable[IndexValue], day: str, settings: IndexSettings) -> Iterator[IndexValue]:
    """Yield the codes among ``values`` that are of the era of ``day``, and those of diagnoses.

    ``day`` is ISO, as much of it as is known. A printed code must have the form of its era, and
    stand in the site's list where it has one: else it is doubted. A text without one has the
    code whose official description it is. Before 1968 there are no codes.
    """
    if day and day < _FIRST:
        return
    kept = list(values)
    era = _Era(system_on(day) if day else None, settings)
    named = any(value.field == "diagnosis" for value in kept)
    for value in kept:
        # Many a form asks for codes of another kind; bare digits are one of a diagnosis beside it.
        if value.field == DIAGNOSIS and (named or "." in value.value):
            yield from era.as_printed(value, value.value)
        elif value.field == PROCEDURE:
            yield from era.of_procedure(value, value.value)
        elif value.field == "diagnosis":
            yield from era.of_diagnosis(value)
        elif value.field == "procedure" and (found := _INLINE_PROCEDURE.search(value.value)):
            yield from era.of_procedure(replace(value, raw=found[1]), found[1])


class _Era:
    """What counts as a code on one page."""

    def __init__(self, system: CodeSystem | None, settings: IndexSettings) -> None:
        self._system = system
        paths = {CodeSystem.ICD9: settings.icd9_list, CodeSystem.ICD10: settings.icd10_list}
        path = paths.get(system, "") if system else ""
        self._list = code_list(path) if path else None

    def of_diagnosis(self, value: IndexValue) -> Iterator[IndexValue]:
        printed = printed_codes(value.value)
        for code in printed:
            yield from self.as_printed(replace(value, raw=code), code)
        if printed or self._list is None or self._system is None:
            return
        listed = self._list.code_of(value.value)
        if listed:
            sure = round(_BY_INDEX * value.confidence, 4)
            rule, name = f"{self._system}-index@1", _dotted(listed)
            yield replace(value, field=DIAGNOSIS, value=name, confidence=sure, rule=rule)

    def as_printed(self, value: IndexValue, text: str) -> Iterator[IndexValue]:
        if self._system is None:
            if "." in text and any(form.match(text) for form in _FORMS.values()):
                yield _code(value, text, _UNDATED, "icd-printed@1")
            return
        reading = _in_era(text, self._system, self._list)
        if reading is not None:
            code, left = reading
            repaired = "" if code == text else "-repaired"
            yield _code(value, code, left, f"{self._system}-printed{repaired}@1")

    def of_procedure(self, value: IndexValue, text: str) -> Iterator[IndexValue]:
        if self._system is CodeSystem.ICD9 and _OF_PROCEDURES.match(text):
            yield replace(_code(value, text, 1.0, "icd9-printed@1"), field=PROCEDURE)


def _code(value: IndexValue, code: str, left: float, rule: str) -> IndexValue:
    confidence = round(left * value.confidence, 4)
    return replace(value, field=DIAGNOSIS, value=code, confidence=confidence, rule=rule)


def _in_era(text: str, system: CodeSystem, known: CodeList | None) -> tuple[str, float] | None:
    """Return the code of ``system`` that ``text`` is and how much it is trusted; None for none."""
    form = _FORMS[system]
    if form.match(text) and (known is None or known.holds(text)):
        return text, 1.0
    mended = [code for code in _readings(text) if form.match(code)]
    if known is not None:
        listed = [code for code in mended if known.holds(code)]
        if len(listed) == 1:
            return listed[0], _REPAIRED
        return (text, _UNLISTED) if form.match(text) else None
    if len(mended) != 1:
        return None
    return mended[0], _REPAIRED


def _readings(text: str) -> Iterator[str]:
    """Yield ``text`` with each letter but the first as the digits it is read for."""
    if not any(map(str.isalpha, text[1:])):
        return
    choices = [
        one if not one.isalpha() else one.translate(DIGITS) + ALSO.get(one, "") for one in text[1:]
    ]
    first = {text[0], text[0].translate(DIGITS)}
    yield from map("".join, product(sorted(first), *choices))


def _dotted(code: str) -> str:
    """Return an official code with its point."""
    at = 4 if code[0] == "E" and code[1:4].isdigit() and len(code) <= 5 else 3
    return code if len(code) <= at else f"{code[:at]}.{code[at:]}"
