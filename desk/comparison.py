"""A patient of the index beside what was read on a document: field by field, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.model import IndexValue, Patient
from indexer.name_agreement import Agreement, compare_names
from indexer.names import parse_name

_NAME_WORDS = {
    Agreement.AGREE: "agrees",
    Agreement.NEAR: "nearly agrees",
    Agreement.SURNAME: "surname agrees",
    Agreement.CONFLICT: "differs",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One identifier as it was read and as the index has it."""

    field: str
    read: tuple[str, ...]
    known: str
    verdict: str
    """``agrees``, ``nearly agrees``, ``surname agrees``, ``agrees in part``, ``differs``, ``was
    read in several ways`` (some agree, some differ) or ``was not read``."""


def compared(values: Iterable[IndexValue], patient: Patient) -> list[Compared]:
    """Return how each identifier that was read, or that the index has, fits ``patient``."""
    read: dict[str, dict[str, None]] = {}
    for value in values:
        read.setdefault(value.field, {})[value.value] = None
    known = {
        "mrn": patient.mrn,
        "patient_name": name_of(patient),
        "birth_date": patient.birth_date,
        "sex": patient.sex[:1].upper(),
        "ssn": patient.ssn,
    }
    rows = ((field, tuple(read.get(field, ())), text) for field, text in known.items())
    return [
        Compared(field, found, text, _verdict(field, found, patient))
        for field, found, text in rows
        if found or text
    ]


def name_of(patient: Patient) -> str:
    """Return a patient's name as records staff write it."""
    given = " ".join(filter(None, (patient.first_name, patient.middle_name, patient.suffix)))
    return f"{patient.last_name}, {given}".upper()


def _verdict(field: str, read: tuple[str, ...], patient: Patient) -> str:
    verdicts = list(dict.fromkeys(_one(field, text, patient) for text in read))
    if not verdicts:
        return "was not read"
    return verdicts[0] if len(verdicts) == 1 else "was read in several ways"


def _one(field: str, text: str, patient: Patient) -> str:
    if field == "patient_name":
        name = parse_name(text)
        return _NAME_WORDS[compare_names(name, patient)] if name else "differs"
    if field == "mrn":
        if text in patient.other_mrns:
            return "agrees: an old number of theirs"
        return _equal(text, patient.mrn)
    if field == "birth_date" and len(text) < 10 and patient.birth_date.startswith(text):
        return "agrees in part"
    known = {"birth_date": patient.birth_date, "sex": patient.sex[:1], "ssn": patient.ssn}[field]
    return _equal(_plain(text), _plain(known)) if known else "is not in the index"


def _equal(one: str, other: str) -> str:
    return "agrees" if one == other else "differs"


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
