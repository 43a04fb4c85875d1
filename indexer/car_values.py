"""A row of a film index as index values, and whether a page bears it out or speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from rapidfuzz.distance import OSA

from capture.model import Box, FrameRef

from .car import CarRow
from .check_digits import check_digit_holds
from .comparison import AGAINST, Level, compare
from .dates import misread_for_another, read_date, service_century
from .doctypes import type_named
from .identity import identity_of, same_birth, same_name
from .model import DocumentType, IndexValue, Patient, PatientNumbers
from .names import parse_name
from .settings import DEFAULT_SETTINGS, IndexSettings

RULE = "car-index@1"
MENDED = "car-index-repaired@1"
DISAGREE = "the film index and the page name different patients"
OUT_OF_PLACE = "the film index names another patient here than all around it"
TWO_PATIENTS = "the film index names two patients for one frame"

SURE = 0.9
"""Confidence of a row that speaks of this very frame: typed once, by people, and not proofread."""
UNSURE = 0.45
"""Confidence of a row that may be another frame's: too little to file anything by."""
_DATE = 0.6


class Word(Enum):
    """What a page says of the row that speaks of it."""

    NOTHING = "names nobody"
    AGREES = "names the same patient"
    DIFFERS = "names another patient"


@dataclass(frozen=True, slots=True)
class RowPatient:
    """Whom a row names."""

    number: str
    """The record number, digits only; empty without one. Zeros that a spreadsheet took from its
    front are back where the patient index knows exactly one such number."""
    name: str
    """``LAST, FIRST``; empty without one."""
    known: Patient | None
    """Who bears the number in the patient index."""
    mended: bool = False


def patient_of(
    row: CarRow, mpi: PatientNumbers, settings: IndexSettings = DEFAULT_SETTINGS
) -> RowPatient:
    """Return whom ``row`` names."""
    name = _name_of(row)
    printed = "".join(letter for letter in row.mrn if letter.isdigit())
    if not printed or any(letter.isalpha() for letter in row.mrn):
        return RowPatient("", name, None)
    known = mpi.by_mrn(printed)
    if known is None:
        longer = [printed.zfill(n) for n in range(len(printed) + 1, settings.mrn_max_digits + 1)]
        found = {number: patient for number in longer if (patient := mpi.by_mrn(number))}
        if len(found) == 1:
            ((number, patient),) = found.items()
            return RowPatient(number, name, patient, mended=True)
    fits = settings.mrn_min_digits <= len(printed) <= settings.mrn_max_digits
    return RowPatient(printed if known or fits else "", name, known)


def said_by_page(
    own: Iterable[IndexValue],
    told: RowPatient,
    mpi: PatientNumbers,
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> Word:
    """Return whether the values read on a page name the patient that the index names."""
    values = list(own)
    identity = identity_of(values)
    numbers = {mrn for mrn in identity.mrns if check_digit_holds(mrn, settings.check_digit)}
    words = [
        *(_about_number(number, told, mpi) for number in numbers),
        *(_about_name(value, told) for value in values if value.field == "patient_name"),
        *(_about_birth(birth, told) for birth in identity.births),
    ]
    if Word.DIFFERS in words:
        return Word.DIFFERS
    return Word.AGREES if Word.AGREES in words else Word.NOTHING


def same_patient(one: RowPatient, other: RowPatient) -> bool:
    """Say whether two rows can name one person."""
    if one.known and other.known:
        return one.known.mrn == other.known.mrn
    if one.number and other.number:
        return one.number == other.number
    return not one.name or not other.name or same_name(one.name, other.name)


def out_of_place(patients: Mapping[CarRow, RowPatient]) -> frozenset[CarRow]:
    """Return the rows that name another patient than the rows around them, who are one.

    A clerk's slip of the line looks like that, and so does a sheet in another's folder: such a
    row files nothing by itself. Around it are the rows before and after, and, where addresses
    have levels, the others under the same mark of the highest.
    """
    rows = sorted(patients, key=lambda row: row.address)
    around = {row: list(near) for *near, row in zip(rows, rows[2:], rows[1:], strict=False)}
    files = {key: list(rows) for key, rows in groupby(rows, key=lambda row: row.address[0])}
    for row in rows:
        others = [other for other in files[row.address[0]] if other is not row]
        if len(row.address) > 1 and len(others) > 1 and _name_one(others, patients):
            around[row] = others
    return frozenset(
        row
        for row, others in around.items()
        if _name_one(others, patients) and not same_patient(patients[others[0]], patients[row])
    )


def _name_one(rows: Sequence[CarRow], patients: Mapping[CarRow, RowPatient]) -> bool:
    return all(same_patient(patients[rows[0]], patients[other]) for other in rows[1:])


def row_values(
    row: CarRow,
    told: RowPatient,
    frame: FrameRef,
    box: Box,
    *,
    number: str = "",
    confidence: float = SURE,
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> Iterator[IndexValue]:
    """Yield what the index says of ``frame``, with ``box`` around all of it as the place.

    ``number`` stands in for the row's number where the pages bear another of the same patient.
    """
    if told.number:
        rule = MENDED if told.mended and not number else RULE
        value = number or told.number
        yield IndexValue("mrn", value, row.mrn, frame, box, confidence, rule)
    if told.name:
        raw = ", ".join(filter(None, (row.last_name, row.first_name)))
        yield IndexValue("patient_name", told.name, raw, frame, box, confidence, RULE)
    date = _date_of(row, settings)
    if date:
        sure = min(confidence, _DATE)
        yield IndexValue("service_date", date, row.date, frame, box, sure, RULE)


def row_type(row: CarRow) -> DocumentType | None:
    """Return the type of document that the index names, None for words we do not know."""
    entry = type_named(row.document_type) if row.document_type else None
    return DocumentType(entry.code, entry.name, SURE, RULE) if entry else None


def is_from_index(value: IndexValue) -> bool:
    """Say whether a value was given by a film index, not read on a page."""
    return value.rule in (RULE, MENDED)


def _name_of(row: CarRow) -> str:
    printed = ", ".join(filter(None, (row.last_name, row.first_name)))
    if not row.last_name:
        return ""
    name = parse_name(printed)
    return str(name) if name else printed.upper()


def _date_of(row: CarRow, settings: IndexSettings) -> str:
    reading = read_date(row.date) if row.date else None
    if reading is None or reading.length < len(row.date.rstrip()):
        return ""
    year, _ = service_century(reading, settings)
    return reading.iso(year) if settings.oldest_year <= year <= settings.newest_year else ""


def _about_number(number: str, told: RowPatient, mpi: PatientNumbers) -> Word:
    if not told.number:
        return Word.NOTHING
    if number.lstrip("0") == told.number.lstrip("0"):
        return Word.AGREES
    bearer = mpi.by_mrn(number)
    if bearer is None and told.known and OSA.distance(number, told.number) == 1:
        return Word.NOTHING  # a misreading, as far as the number goes
    same = bearer is not None and told.known is not None and bearer.mrn == told.known.mrn
    return Word.AGREES if same else Word.DIFFERS


def _about_name(value: IndexValue, told: RowPatient) -> Word:
    if told.known is None:
        differs = bool(told.name) and not same_name(value.value, told.name)
        return Word.DIFFERS if differs else Word.NOTHING
    level = compare(value, told.known)
    if level in AGAINST:
        return Word.DIFFERS
    # A surname alone is a family's, and a name that is only near may be misread.
    return Word.AGREES if level is Level.SAME else Word.NOTHING


def _about_birth(birth: tuple[str, str], told: RowPatient) -> Word:
    if told.known is None or not told.known.birth_date:
        return Word.NOTHING
    known = told.known.birth_date
    if same_birth(birth, (known, known)):
        return Word.AGREES
    misread = len(birth[0]) == len(known) and misread_for_another(birth[0], known)
    return Word.NOTHING if misread else Word.DIFFERS


def shared_number(
    own: Iterable[Sequence[IndexValue]], told: RowPatient, mpi: PatientNumbers
) -> str:
    """Return the number that the pages under a row bear for its patient; empty when several."""
    read = {value.value for values in own for value in values if value.field == "mrn"}
    same = {number for number in read if _about_number(number, told, mpi) is Word.AGREES}
    return same.pop() if len(same) == 1 else ""
