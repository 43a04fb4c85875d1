"""The master patient index (MPI): loaded from CSV, asked by matching."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Select, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from capture.errors import SourceError
from indexer.model import Patient

from . import schema
from .statements import in_parts

COLUMNS = (
    "mrn",
    "last_name",
    "first_name",
    "middle_name",
    "suffix",
    "sex",
    "birth_date",
    "ssn",
    "address",
    "city",
    "state",
    "zip",
    "phone",
    "aliases",
)
_REQUIRED = ("mrn", "last_name", "first_name", "birth_date")
_STORED = tuple(column for column in COLUMNS if column != "aliases")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHUNK = 5000
_MOST_OF_A_NAME = 60
_LAST_LETTER = "\U0010ffff"
"""Sorts after every letter of a name."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in numbers."""

    rows: int
    new: int
    changed: int


def read_patients(path: Path) -> Iterator[Patient]:
    """Yield the patients of a CSV file.

    Raises SourceError that names the line and the column at the first row that is not right.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            _check_header(path, reader.fieldnames or ())
            for row in reader:
                yield _patient(path, reader.line_num, row)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path.name} is not a CSV file in UTF-8: save it as such") from error


def import_patients(connection: Connection, patients: Iterable[Patient]) -> Imported:
    """Add these patients, each in place of what was known under its number.

    A patient of an earlier import whose number is now another's old number, and who has no
    row of their own any more, was merged: the number leads to the survivor from here on.
    """
    rows = new = changed = 0
    own: set[str] = set()
    merged: dict[str, str] = {}
    for chunk in _chunks(map(_plain, patients)):
        own.update(patient.mrn for patient in chunk)
        merged |= {old: patient.mrn for patient in chunk for old in patient.other_mrns}
        known = _known(connection, [patient.mrn for patient in chunk])
        for patient in chunk:
            before = known.get(patient.mrn)
            new += before is None
            changed += before is not None and before != patient
            known[patient.mrn] = patient
        _store(connection, chunk)
        rows += len(chunk)
    _merge(connection, {old: into for old, into in merged.items() if old not in own})
    return Imported(rows, new, changed)


class StoredIndex:
    """The MPI of the archive as matching asks it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size: int | None = None
        self._namesakes: dict[tuple[str, str], int] = {}

    def by_mrn(self, mrn: str) -> Patient | None:
        """Return the patient with this number or old number, unless it led to several."""
        numbers = schema.patient_numbers
        owners = self._connection.execute(
            select(numbers.c.mrn).where(numbers.c.number == mrn)
        ).scalars()
        found = _known(self._connection, [mrn, *owners])
        return next(iter(found.values())) if len(found) == 1 else None

    def by_numbers(self, numbers: Collection[str]) -> tuple[Patient, ...]:
        """Return the patients with any of these numbers, old ones included."""
        table = schema.patient_numbers
        wanted = sorted(numbers)
        owners = [
            owner
            for part in in_parts(wanted)
            for owner in self._connection.execute(
                select(table.c.mrn).where(table.c.number.in_(part))
            ).scalars()
        ]
        return self._patients([*wanted, *owners])

    def by_ssn(self, ssn: str) -> tuple[Patient, ...]:
        """Return the patients with this social security number, written alike."""
        table = schema.patients
        return self._found(select(table.c.mrn).where(table.c.ssn == ssn)) if ssn else ()

    def by_birth_date(self, birth_date: str) -> tuple[Patient, ...]:
        """Return the patients born on this day."""
        table = schema.patients
        return self._found(select(table.c.mrn).where(table.c.birth_date == birth_date))

    def by_name(self, last_name: str, first_name: str) -> tuple[Patient, ...]:
        """Return patients with this surname whose given name has the same first letter.

        The same given name comes first; of a very common name not all are returned.
        """
        names, given = schema.patient_names, name_key(first_name)
        initial = given[:1]
        found = (
            select(names.c.mrn)
            .where(names.c.surname_key == name_key(last_name))
            .where(names.c.given_key.between(initial, initial + _LAST_LETTER))
            .order_by(names.c.given_key != given, names.c.mrn)
            .limit(_MOST_OF_A_NAME)
        )
        return self._found(found)

    def namesakes(self, last_name: str, first_name: str) -> int:
        """Return how many bear this surname and given name."""
        key = name_key(last_name), name_key(first_name)
        if key not in self._namesakes:
            self._namesakes[key] = self._count(*key)
        return self._namesakes[key]

    def _count(self, surname: str, given: str) -> int:
        names = schema.patient_names
        same = (names.c.surname_key == surname) & (names.c.given_key == given)
        return self._connection.execute(
            select(func.count()).select_from(names).where(same)
        ).scalar_one()

    def size(self) -> int:
        """Return how many patients the index has."""
        if self._size is None:
            self._size = count_patients(self._connection)
        return self._size

    def _found(self, mrns: Select[Any]) -> tuple[Patient, ...]:
        return self._patients(list(self._connection.execute(mrns).scalars()))

    def _patients(self, mrns: Sequence[str]) -> tuple[Patient, ...]:
        return tuple(_known(self._connection, list(dict.fromkeys(mrns))).values())


def name_key(name: str) -> str:
    """Return a name without case, spaces or marks, so that O'BRIEN meets OBrien."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def count_patients(connection: Connection) -> int:
    """Return how many patients the MPI holds."""
    return connection.execute(select(func.count()).select_from(schema.patients)).scalar() or 0


def _check_header(path: Path, names: Iterable[str]) -> None:
    given = list(names)
    twice = [name for name in COLUMNS if given.count(name) > 1]
    if twice:
        raise SourceError(f"{path.name}: the column {twice[0]} is there twice; leave one out")
    missing = [name for name in _REQUIRED if name not in given]
    if missing:
        raise SourceError(
            f"{path.name}: the first line must name the columns; missing: {', '.join(missing)}"
        )
    unknown = [name for name in given if name not in COLUMNS]
    if unknown:
        raise SourceError(
            f"{path.name}: unknown column {unknown[0]!r}; known are {', '.join(COLUMNS)}"
        )


def _patient(path: Path, line: int, row: dict[str, str | None]) -> Patient:
    cells: dict[str, Any] = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in _REQUIRED:
        if not cells[name]:
            raise SourceError(f"{path.name} line {line}: {name} is empty; every patient needs one")
    if not _is_date(cells["birth_date"]):
        raise SourceError(f"{path.name} line {line}: birth_date is no day of the form 1961-03-04")
    if None in row:
        raise SourceError(f"{path.name} line {line}: more cells than columns; check the quotes")
    aliases = cells.pop("aliases")
    return _with_aliases(Patient(**cells), aliases, f"{path.name} line {line}")


def _is_date(cell: str) -> bool:
    if not _ISO_DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _with_aliases(patient: Patient, aliases: str, where: str) -> Patient:
    numbers: list[str] = []
    names: list[tuple[str, str]] = []
    for alias in filter(None, (part.strip() for part in aliases.split(";"))):
        last, comma, first = alias.partition(",")
        if alias.upper().startswith("MRN "):
            numbers.append(alias[4:].strip())
        elif comma and last.strip():
            names.append((last.strip(), first.strip()))
        else:
            raise SourceError(f"{where}: an alias must be `MRN 012345` or `LAST, FIRST`")
    return _plain(replace(patient, other_mrns=tuple(numbers), other_names=tuple(names)))


def _plain(patient: Patient) -> Patient:
    """Return the patient as the archive gives it back: old numbers in order, each once."""
    return replace(patient, other_mrns=tuple(sorted(set(patient.other_mrns) - {patient.mrn})))


def _chunks(patients: Iterable[Patient]) -> Iterator[list[Patient]]:
    chunk: list[Patient] = []
    for patient in patients:
        chunk.append(patient)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _store(connection: Connection, chunk: list[Patient]) -> None:
    # The last row of a number wins, as it would in two imports one after the other.
    latest = {patient.mrn: patient for patient in chunk}
    rows = [{name: getattr(patient, name) for name in _STORED} for patient in latest.values()]
    added = upsert(schema.patients)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["mrn"],
            set_={name: added.excluded[name] for name in _STORED if name != "mrn"},
        ),
        rows,
    )
    for part in in_parts(list(latest)):
        for table in (schema.patient_names, schema.patient_numbers):
            connection.execute(delete(table).where(table.c.mrn.in_(part)))
    names = [row for patient in latest.values() for row in _name_rows(patient)]
    connection.execute(insert(schema.patient_names), names)
    numbers = [
        {"number": number, "mrn": patient.mrn}
        for patient in latest.values()
        for number in patient.other_mrns
    ]
    if numbers:
        connection.execute(insert(schema.patient_numbers), numbers)


def _merge(connection: Connection, merged: Mapping[str, str]) -> None:
    """Take away those of ``merged`` that are patients; their old numbers go to the survivor."""
    numbers = schema.patient_numbers
    for old in _known(connection, list(merged)).values():
        heirs = [
            {"number": number, "mrn": merged[old.mrn]}
            for number in old.other_mrns
            if number != merged[old.mrn]
        ]
        for table in (schema.patient_names, numbers, schema.patients):
            connection.execute(delete(table).where(table.c.mrn == old.mrn))
        if heirs:
            connection.execute(upsert(numbers).on_conflict_do_nothing(), heirs)


def _name_rows(patient: Patient) -> Iterator[dict[str, object]]:
    every = ((patient.last_name, patient.first_name), *patient.other_names)
    for rank, (last, first) in enumerate(every):
        yield {
            "mrn": patient.mrn,
            "rank": rank,
            "last_name": last,
            "first_name": first,
            "surname_key": name_key(last),
            "given_key": name_key(first),
        }


def _known(connection: Connection, mrns: list[str]) -> dict[str, Patient]:
    found: dict[str, Patient] = {}
    for part in in_parts(mrns):
        found.update(_known_part(connection, part))
    return found


def _stored_columns() -> list[Column[Any]]:
    return [schema.patients.c[name] for name in _STORED]


def _known_part(connection: Connection, mrns: Sequence[str]) -> dict[str, Patient]:
    table, names, numbers = schema.patients, schema.patient_names, schema.patient_numbers
    base = {
        row[0]: Patient(**dict(zip(_STORED, row, strict=True)))
        for row in connection.execute(select(*_stored_columns()).where(table.c.mrn.in_(mrns)))
    }
    old_names: dict[str, list[tuple[str, str]]] = {mrn: [] for mrn in base}
    other_names = select(names).where(names.c.mrn.in_(mrns), names.c.rank > 0)
    for row in connection.execute(other_names.order_by(names.c.mrn, names.c.rank)):
        old_names[row.mrn].append((row.last_name, row.first_name))
    old_numbers: dict[str, list[str]] = {mrn: [] for mrn in base}
    others = select(numbers).where(numbers.c.mrn.in_(mrns)).order_by(numbers.c.number)
    for row in connection.execute(others):
        old_numbers[row.mrn].append(row.number)
    return {
        mrn: replace(patient, other_names=tuple(old_names[mrn]), other_mrns=tuple(old_numbers[mrn]))
        for mrn, patient in base.items()
    }
