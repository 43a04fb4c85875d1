"""What a row of an old film index (CAR) says of the frames of its roll.

Computer-assisted retrieval (CAR) kept roll, address and patient of each document in a file of
its own. It spares decades of indexing and holds errors: a row is a witness, never the truth.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from capture.errors import SourceError
from capture.film.address import parse_address

_GENERIC = frozenset(
    {"", "ROLL", "R", "REEL", "FILM", "MICROFILM", "NO", "NR", "NUMBER", "FICHE", "CARD", "TAPE"}
)
_NUMBERED = re.compile(r"(?:ROLL|REEL|FILM|FICHE|CARD)(?:\s*NO\.?)?[\s#_.\-]*([A-Z]?)[\s_\-]*(\d+)")
_LARGEST = 999_999
_RUNS = re.compile(r"[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class CarRow:
    """One line of a film index as it was printed there."""

    roll: str
    address: tuple[int, ...]
    """Highest level first; shorter than the addresses of the frames when it stands for all
    that lie under it."""
    mrn: str = ""
    last_name: str = ""
    first_name: str = ""
    document_type: str = ""
    date: str = ""


def roll_key(name: str) -> str:
    """Return what two spellings of one roll have in common: ``42`` of "Roll 0042" and "R-42".

    Letters that are no word for a roll count: ``A42`` is another roll than ``B42``.
    """
    plain = name.upper()
    named = _NUMBERED.search(plain)
    if named:
        return f"{named[1] if named[1] not in _GENERIC else ''}{int(named[2])}"
    runs = (run for run in _RUNS.findall(plain) if run not in _GENERIC)
    return "-".join(str(int(run)) if run.isdigit() else run for run in runs)


def address_of(text: str, roll: str = "") -> tuple[int, ...] | None:
    """Return the levels of a printed address, highest first; None when it is none.

    The number of ``roll`` may stand before them, that of another roll may not.
    """
    try:
        named, address = parse_address(text)
    except SourceError:
        return None
    if named and roll_key(named) != roll_key(roll):
        return None
    return address if max(address) <= _LARGEST else None


def fitted(rows: Sequence[CarRow], levels: int) -> tuple[CarRow, ...]:
    """Return ``rows`` with the ``17.0`` of a spreadsheet as frame 17, on film with one level.

    Only where all of them end so: else the index has more levels than the marks that were
    found, and its numbers count something else.
    """
    if levels != 1 or any(len(row.address) != 2 or row.address[1] for row in rows):
        return tuple(rows)
    return tuple(replace(row, address=row.address[:1]) for row in rows)


@dataclass(frozen=True, slots=True)
class Under:
    """The rows of the index that speak of one frame."""

    rows: tuple[CarRow, ...]
    """More than one only where the index has several at one address."""
    named: bool
    """A row names this very frame, or all that lies under one mark; else it stands for the
    frames that follow the one it names."""


def rows_by_frame(
    addresses: Sequence[tuple[int, ...]], rows: Iterable[CarRow]
) -> tuple[Under | None, ...]:
    """Return for each frame, by its address, what the index says of it.

    A row speaks from its own address up to the next in the index, but never beyond the mark of
    a higher level that ends what it stands in: what lies there has no row. A row with a shorter
    address speaks of all frames under it.
    """
    by_address: dict[tuple[int, ...], list[CarRow]] = {}
    for row in rows:
        by_address.setdefault(row.address, []).append(row)
    levels = max(map(len, addresses), default=0)
    starts = sorted((_padded(address, levels), address) for address in by_address)
    return tuple(_under(address, starts, by_address) for address in addresses)


def rows_without_frame(
    addresses: Iterable[tuple[int, ...]], rows: Iterable[CarRow]
) -> tuple[CarRow, ...]:
    """Return the rows whose address no frame bears, nor any frame under it."""
    known = {address[:length] for address in addresses for length in range(1, len(address) + 1)}
    return tuple(row for row in rows if row.address not in known)


def _padded(address: tuple[int, ...], levels: int) -> tuple[int, ...]:
    return address + (0,) * (levels - len(address))


def _under(
    address: tuple[int, ...],
    starts: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
    by_address: dict[tuple[int, ...], list[CarRow]],
) -> Under | None:
    at = bisect_right(starts, (address, address)) if address else 0
    while at > 0:
        at -= 1
        start = starts[at][1]
        if len(address) > 1 and start[:1] != address[:1]:
            return None
        if _speaks_of(start, address):
            named = start == address[: len(start)]
            return Under(tuple(by_address[start]), named)
    return None


def _speaks_of(start: tuple[int, ...], address: tuple[int, ...]) -> bool:
    if len(start) < len(address):
        return address[: len(start)] == start
    return len(start) == len(address) and address[:-1] == start[:-1]
