"""Old film indexes (CAR): read from CSV as it comes, kept by roll and address."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from capture.errors import SettingsError, SourceError
from indexer.car import CarRow, address_of, roll_key

from . import schema
from .film import FilmRoll
from .statements import in_parts

COLUMNS = ("roll", "address", "mrn", "last_name", "first_name", "document_type", "date")
_REQUIRED = ("roll", "address")
_SEPARATORS = (",", ";", "\t", "|")
_SPREADSHEET = re.compile(r"(\d+)\.0+")
_CHUNK = 1 << 20
_PART = 400


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be taken."""

    line: int
    """From 1, the line of the columns' names included."""
    reason: str
    """In words, without what stands there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in numbers."""

    rows: int
    """Lines that were understood."""
    new: int
    changed: int
    """Addresses whose rows took the place of others."""
    same: int


class CarFile:
    """The rows of one CSV file; lines that are not right are gathered while it is read."""

    def __init__(self, path: Path, names: Mapping[str, str] | None = None) -> None:
        """Look at the file's encoding, separator and columns.

        ``names`` gives columns that are called otherwise in the file, by our name. Raises
        SourceError when the file cannot be read or lacks a column that is needed.
        """
        self._path = path
        self.bad: list[BadLine] = []
        self._encoding = _encoding_of(path)
        head = next(self._lines(), "")
        self._separator = max(_SEPARATORS, key=lambda mark: len(_cells(head, mark) or ()))
        self._places = _places(path, _cells(head, self._separator) or [], names or {})

    def rows(self) -> Iterator[CarRow]:
        """Yield the rows in the file's order; what is wrong with the others goes to ``bad``."""
        self.bad.clear()
        for number, line in enumerate(self._lines(), start=1):
            if number == 1 or not line.strip(f" {self._separator}"):
                continue
            found = self._row(line)
            if isinstance(found, str):
                self.bad.append(BadLine(number, found))
            else:
                yield found

    def _lines(self) -> Iterator[str]:
        # A line is a row: a quote that is never closed then costs one row, not all that follow.
        try:
            with self._path.open(encoding=self._encoding, errors="replace") as stream:
                for line in stream:
                    yield line.rstrip("\r\n").replace("\0", "")
        except OSError as error:
            raise SourceError(f"{self._path.name} cannot be read: {error.strerror}") from error

    def _row(self, line: str) -> CarRow | str:
        cells = _cells(line, self._separator)
        if cells is None:
            return "a quote is opened and not closed"
        told = {
            name: " ".join(cells[place].split()) if place < len(cells) else ""
            for name, place in self._places.items()
        }
        return _car_row(told)


def load_car(connection: Connection, rows: Iterator[CarRow]) -> Loaded:
    """Keep ``rows``; those of an address take the place of what was known of it before."""
    seen: set[str] = set()
    done = Loaded(0, 0, 0, 0)
    while part := list(islice(rows, _PART)):
        by_key: dict[str, list[CarRow]] = {}
        for row in part:
            by_key.setdefault(_place(row), []).append(row)
        before = _known(connection, list(by_key))
        # An address may come up again further down; what this file said of it stays.
        after = {
            key: list(dict.fromkeys((*before.get(key, ()), *told) if key in seen else told))
            for key, told in by_key.items()
        }
        seen |= after.keys()
        other = [key for key in after if after[key] != before.get(key)]
        _replace(connection, other, [row for key in other for row in after[key]])
        new = sum(key not in before for key in other)
        done = Loaded(
            done.rows + len(part),
            done.new + new,
            done.changed + len(other) - new,
            done.same + len(after) - len(other),
        )
    return done


def rows_of_roll(connection: Connection, roll: FilmRoll) -> tuple[CarRow, ...]:
    """Return the rows of the index that mean ``roll``, in the order of their addresses.

    By its very name; else by its name in another case; else by its number, as long as no other
    roll has that number.
    """
    table = schema.car_rows
    rivals = _names_with(connection, roll_key(roll.name))
    spelled = connection.execute(
        select(table.c.roll).where(table.c.roll_key == roll_key(roll.name)).distinct()
    )
    meant = [name for name in spelled.scalars() if _means(name, roll.name, rivals)]
    rows: list[CarRow] = []
    for names in in_parts(meant):
        found = connection.execute(select(table).where(table.c.roll.in_(names)))
        rows += [_row(row) for row in found]
    return tuple(sorted(rows, key=lambda row: row.address))


def rolls_not_here(connection: Connection) -> int:
    """Return how many rolls the index speaks of that no batch holds, or that may be several."""
    table = schema.car_rows
    named = connection.execute(select(table.c.roll, table.c.roll_key).distinct()).all()
    astray = 0
    for row in named:
        rivals = _names_with(connection, row.roll_key)
        astray += not any(_means(row.roll, rival, rivals) for rival in rivals)
    return astray


def batches_named(connection: Connection) -> list[str]:
    """Return the batches with rolls that the index speaks of, but for those released."""
    rows, rolls, batches = schema.car_rows, schema.rolls, schema.batches
    spoken = select(rows.c.roll_key).distinct().subquery()
    found = connection.execute(
        select(batches.c.name)
        .join(rolls, rolls.c.batch_id == batches.c.id)
        .join(spoken, spoken.c.roll_key == rolls.c.roll_key)
        .where(batches.c.state != "released")
        .order_by(batches.c.id)
        .distinct()
    )
    return list(found.scalars())


def _means(printed: str, name: str, rivals: Sequence[str]) -> bool:
    if printed in rivals:
        return printed == name
    folded = {rival.casefold() for rival in rivals}
    if printed.casefold() in folded:
        return printed.casefold() == name.casefold()
    return bool(roll_key(name)) and len(folded) == 1


def _names_with(connection: Connection, key: str) -> list[str]:
    table = schema.rolls
    found = connection.execute(select(table.c.name).where(table.c.roll_key == key).distinct())
    return list(found.scalars())


def _known(connection: Connection, keys: Sequence[str]) -> dict[str, list[CarRow]]:
    found: dict[str, list[CarRow]] = {}
    rows = connection.execute(
        select(schema.car_rows)
        .where(schema.car_rows.c.place.in_(keys))
        .order_by(schema.car_rows.c.id)
    )
    for row in rows:
        found.setdefault(row.place, []).append(_row(row))
    return found


def _replace(connection: Connection, stale: Sequence[str], fresh: Sequence[CarRow]) -> None:
    if stale:
        connection.execute(delete(schema.car_rows).where(schema.car_rows.c.place.in_(stale)))
        connection.execute(insert(schema.car_rows), [_stored(row) for row in fresh])


def _stored(row: CarRow) -> dict[str, object]:
    return {
        "roll": row.roll,
        "roll_key": roll_key(row.roll),
        "address": list(row.address),
        "place": _place(row),
        "mrn": row.mrn,
        "last_name": row.last_name,
        "first_name": row.first_name,
        "document_type": row.document_type,
        "date": row.date,
    }


def _row(row: Row[Any]) -> CarRow:
    return CarRow(
        roll=row.roll,
        address=tuple(row.address),
        mrn=row.mrn,
        last_name=row.last_name,
        first_name=row.first_name,
        document_type=row.document_type,
        date=row.date,
    )


def _place(row: CarRow) -> str:
    return f"{'.'.join(map(str, row.address))} {row.roll}"


def _encoding_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
            if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            stream.seek(0)
            decoder = codecs.getincrementaldecoder("utf-8-sig")()
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _places(path: Path, header: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise SettingsError(
            f"there is no column {unknown[0]!r} to map; known are {', '.join(COLUMNS)}"
        )
    given = [_plain(name) for name in header]
    wanted = {name: _plain(names.get(name, name)) for name in COLUMNS}
    twice = [name for name, called in wanted.items() if given.count(called) > 1]
    if twice:
        raise SourceError(f"{path.name}: the column {twice[0]} is there twice; leave one out")
    places = {name: given.index(called) for name, called in wanted.items() if called in given}
    absent = [name for name in (*_REQUIRED, *names) if name not in places]
    if "mrn" not in places and "last_name" not in places:
        absent.append("mrn or last_name")
    if absent:
        raise SourceError(
            f"{path.name}: the first line must name the columns; missing: "
            f"{', '.join(dict.fromkeys(absent))}; use --map for a column of another name"
        )
    return places


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def _car_row(told: Mapping[str, str]) -> CarRow | str:
    roll = _whole(told["roll"])
    if not roll:
        return "roll is empty"
    address = address_of(told["address"], roll)
    if address is None:
        return "address is none of one to three numbers"
    last, first = told.get("last_name", ""), told.get("first_name", "")
    if not first and "," in last:
        last, first = (part.strip() for part in last.split(",", 1))
    mrn = _whole(told.get("mrn", ""))
    if not mrn and not last:
        return "neither mrn nor last_name is there"
    return CarRow(
        roll=roll,
        address=address,
        mrn=mrn,
        last_name=last,
        first_name=first,
        document_type=told.get("document_type", ""),
        date=told.get("date", ""),
    )


def _whole(cell: str) -> str:
    """Return the number as it was before a spreadsheet made ``42.0`` of it."""
    found = _SPREADSHEET.fullmatch(cell)
    return found[1] if found else cell
