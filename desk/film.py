"""Film as a technician works on it: load an old index, look at the account of a roll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive import audit, car_index, deliveries, film
from archive.archive import Archive
from archive.car_index import BadLine, CarFile
from archive.catalogue import Connection
from archive.film import FilmRoll, RollFrame
from batch.film_ledger import FilmLedger
from capture.film.address import address_text

_MOST_FRAMES = 6


@dataclass(frozen=True, slots=True)
class IndexLoaded:
    """What the load of a film index did, in numbers."""

    rows: int
    new: int
    changed: int
    same: int
    bad: tuple[BadLine, ...]
    """Lines that were not taken."""
    rolls_not_here: int
    """Rolls the archive's indexes speak of and no batch holds, or several may be meant by."""
    batches: tuple[str, ...]
    """Batches that hold rolls of the index and file by it when they are tried again."""

    def as_json(self) -> dict[str, object]:
        """Return the line of ``film index --json``."""
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "bad": [{"line": one.line, "reason": one.reason} for one in self.bad],
            "rolls_not_here": self.rolls_not_here,
            "batches": list(self.batches),
        }


def load_index(archive: Archive, path: Path, names: Mapping[str, str]) -> IndexLoaded:
    """Load a film index from a CSV file, all lines that can be read or, on an error, none."""
    rows = CarFile(path, names)
    with archive.catalogue.write() as connection:
        done = car_index.load_car(connection, rows.rows())
        loaded = IndexLoaded(
            done.rows,
            done.new,
            done.changed,
            done.same,
            tuple(rows.bad),
            car_index.rolls_not_here(connection),
            tuple(car_index.batches_named(connection)),
        )
        audit.record(
            connection,
            "film index loaded",
            "film index",
            actor=audit.this_person(),
            rows=done.rows,
            new=done.new,
            changed=done.changed,
            bad=len(rows.bad),
        )
    return loaded


def roll_called(connection: Connection, name: str, batch: str | None) -> FilmRoll:
    """Return the roll that people call ``name``, of the batch if one is named."""
    opened = deliveries.batch_named(connection, batch) if batch else None
    return film.roll_named(connection, name, opened)


def frame_line(roll: FilmRoll, entry: RollFrame) -> dict[str, object]:
    """Return one frame as ``film show --frames`` has it."""
    found = entry.found
    return {
        "frame": entry.position,
        "address": address_text(roll.name, found.address) if found.address else "",
        "page": entry.frame.page,
        "state": entry.frame.state,
        "reason": entry.frame.reason,
        "box": found.box.as_list(),
        "lane": found.lane,
        "row": found.row,
        "column": found.column,
        "mark": found.blip.level if found.blip else 0,
        "confidence": round(found.confidence, 3),
    }


def ledger_lines(ledger: FilmLedger) -> Iterator[str]:
    """Yield the sums of a roll in words."""
    roll, counts = ledger.roll, ledger.counts
    yield f"{counts.frames} frames, {roll.layout} {roll.kind}{_scale(roll)}{_deferred(roll)}"
    yield (
        f"{counts.pages} pages, {counts.blank} blank, {counts.technical} technical, "
        f"{counts.unreadable} unreadable, {counts.refilmed} refilmed, {counts.waiting} waiting"
    )
    for one in ledger.witnesses:
        mark = "" if one.expected == one.found else "  <- differs"
        yield f"{one.witness}: {one.expected} {one.unit} expected, {one.found} found{mark}"
    if not ledger.witnesses:
        yield "nothing says how many frames there should be"


def difference_rows(ledger: FilmLedger) -> Iterator[Sequence[str]]:
    """Yield each difference: key, frames, what is to do, and what it is."""
    for one in ledger.differences:
        said = one.explanation
        todo = "explain" if one.blocks else "shown"
        if one.outdated and one.blocks:
            todo = "explain anew"
        if said:
            todo = f"explained by {said.person}, {said.at[:10]}: {said.text}"
        frames = ", ".join(map(str, one.frames[:_MOST_FRAMES]))
        more = " ..." if len(one.frames) > _MOST_FRAMES else ""
        yield one.key, frames + more, one.sentence, todo


def _scale(roll: FilmRoll) -> str:
    return f", reduced {roll.reduction:g}x" if roll.reduction else ""


def _deferred(roll: FilmRoll) -> str:
    return ", kept uncut" if roll.deferred else ""
