"""The firewall: a page that speaks against the patient holds its document.

Each page is heard by itself, for a page of another patient in the middle of a document is
outvoted by the others, and a majority is no proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .chronology import DATES
from .claims import Claims
from .comparison import AGAINST, IDENTIFIERS, Level, compare, fits
from .model import IndexValue, Patient
from .settings import IndexSettings

_WORDS = {
    "mrn": "record number",
    "patient_name": "name",
    "birth_date": "birth date",
    "sex": "sex",
    "ssn": "social security number",
}
SURE_NAME = 0.9
"""A name read with this confidence is no misreading of another."""
_BORNE_OUT = 2
"""Identifiers of a page that must agree before one that was hardly read is taken for misread."""


def contradictions(
    witnesses: Iterable[Claims], patient: Patient, settings: IndexSettings
) -> Iterator[str]:
    """Yield in words what any page says against ``patient``, each once.

    ``witnesses`` are what each page, and the separator sheet, claims by itself.
    """
    said = dict.fromkeys(
        word for claims in witnesses for word in _against(claims, patient, settings)
    )
    yield from said


def _against(claims: Claims, patient: Patient, settings: IndexSettings) -> Iterator[str]:
    agreeing = {field for field, level in fits(claims, patient).levels() if level is Level.SAME}
    borne_out = len(agreeing - {"sex"}) >= _BORNE_OUT
    for value in claims.values:
        if value.field not in IDENTIFIERS or value.field == "mrn":
            continue
        if compare(value, patient) not in AGAINST:
            continue
        if borne_out and value.confidence < settings.low_confidence:
            continue
        yield f"{_WORDS[value.field]} differs from the patient index"
    yield from _stray_number(claims, patient, agreeing)
    yield from _stray_name(claims, patient, agreeing)
    yield from _born_late(claims, patient, settings)


def _stray_number(claims: Claims, patient: Patient, agreeing: set[str]) -> Iterator[str]:
    """Object to a page whose number is only like the patient's, and nothing else on it is."""
    if not claims.mrns or "mrn" in agreeing:
        return
    found = fits(claims, patient)
    if found.name not in (Level.SAME, Level.LIKE) and found.birth is not Level.SAME:
        yield "a page bears another record number, and nothing else that is the patient's"


def _stray_name(claims: Claims, patient: Patient, agreeing: set[str]) -> Iterator[str]:
    """Object to a page that surely names somebody of nearly the patient's name, and no more."""
    if agreeing - {"sex"}:
        return
    near = (v for v in claims.of("patient_name") if compare(v, patient) is Level.LIKE)
    if any(value.confidence >= SURE_NAME for value in near):
        yield "a page bears nearly the patient's name, and nothing else that is the patient's"


def _born_late(claims: Claims, patient: Patient, settings: IndexSettings) -> Iterator[str]:
    births = {patient.birth_date, *claims.full_births} - {""}
    low = settings.low_confidence
    sure = [v.value for v in claims.values if _is_visit(v) and v.confidence >= low]
    if any(visit < birth[: len(visit)] for visit in sure for birth in births):
        yield "birth date is after a date of service"


def _is_visit(value: IndexValue) -> bool:
    return value.field in DATES and value.field != "birth_date" and len(value.value) == 10
