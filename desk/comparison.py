"""A patient of the index beside what was read on a document: field by field, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.comparison import Level, compare
from indexer.model import IndexValue, Patient

_WORDS = {
    Level.SAME: "agrees",
    Level.LIKE: "nearly agrees",
    Level.PARTIAL: "agrees in part",
    Level.KIN: "first name differs",
    Level.OTHER: "differs",
    Level.UNKNOWN: "is not in the index",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One identifier as it was read and as the index has it."""

    field: str
    read: tuple[str, ...]
    known: str
    verdict: str
    """``agrees``, ``nearly agrees``, ``agrees in part``, ``first name differs``, ``differs``, ``is
    not in the index``, ``was read in several ways`` (some agree, some differ) or ``was not
    read``."""


def compared(values: Iterable[IndexValue], patient: Patient) -> list[Compared]:
    """Return how each identifier that was read, or that the index has, fits ``patient``."""
    read: dict[str, list[IndexValue]] = {}
    for value in values:
        read.setdefault(value.field, []).append(value)
    known = {
        "mrn": patient.mrn,
        "patient_name": name_of(patient),
        "birth_date": patient.birth_date,
        "sex": patient.sex[:1].upper(),
        "ssn": patient.ssn,
    }
    rows = ((field, read.get(field, []), text) for field, text in known.items())
    return [
        Compared(
            field, tuple(dict.fromkeys(one.value for one in found)), text, _verdict(found, patient)
        )
        for field, found, text in rows
        if found or text
    ]


def name_of(patient: Patient) -> str:
    """Return a patient's name as records staff write it."""
    given = " ".join(filter(None, (patient.first_name, patient.middle_name, patient.suffix)))
    return f"{patient.last_name}, {given}".upper()


def _verdict(values: Iterable[IndexValue], patient: Patient) -> str:
    verdicts = list(dict.fromkeys(_one(value, patient) for value in values))
    if not verdicts:
        return "was not read"
    return verdicts[0] if len(verdicts) == 1 else "was read in several ways"


def _one(value: IndexValue, patient: Patient) -> str:
    if value.field == "mrn" and value.value in patient.other_mrns:
        return "agrees: an old number of theirs"
    return _WORDS[compare(value, patient)]
