"""What stands for and against the count of a roll: witnesses, and what persons explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from . import audit, schema
from .catalogue import now
from .film import FilmRoll


@dataclass(frozen=True, slots=True)
class Witness:
    """What a title strip or a label says should be on a roll or card."""

    name: str
    """``title`` or ``label``."""
    expected: int | None = None
    """How many frames."""
    part: int | None = None
    """Which card of how many, of "2 of 3"."""
    of: int | None = None
    series: str = ""
    """What the cards of one set have in common, such as whose they are; shown to nobody."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person said of a difference of the account."""

    difference: str
    """Key of the difference."""
    basis: str
    """The figures that were explained: the explanation holds as long as they do."""
    person: str
    at: str
    text: str


def keep_witness(connection: Connection, roll: FilmRoll, witness: Witness) -> None:
    """Keep what a title strip or label says, in place of what it said before."""
    row = {
        "expected": witness.expected,
        "part": witness.part,
        "of": witness.of,
        "series": witness.series,
    }
    added = upsert(schema.roll_witnesses).values(roll_id=roll.id, witness=witness.name, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["roll_id", "witness"], set_=row))


def witnesses(connection: Connection, roll: FilmRoll) -> list[Witness]:
    """Return what title strip and label say of a roll."""
    table = schema.roll_witnesses
    rows = connection.execute(
        select(table).where(table.c.roll_id == roll.id).order_by(table.c.witness)
    )
    return [_witness(row) for row in rows]


def other_parts(connection: Connection, witness: Witness) -> frozenset[int]:
    """Return which parts of a set of cards are in the archive, by what their titles say.

    A title that does not say whose the set is finds none: two sets could not be told apart.
    """
    if not witness.series:
        return frozenset()
    table = schema.roll_witnesses
    rows = connection.execute(
        select(table.c.part).where(
            table.c.witness == witness.name,
            table.c.series == witness.series,
            table.c.of == witness.of,
            table.c.part.is_not(None),
        )
    )
    return frozenset(rows.scalars())


def explain(
    connection: Connection, roll: FilmRoll, *, difference: str, basis: str, text: str, person: str
) -> None:
    """Keep what ``person`` says of a difference, in place of what was said of it before."""
    row = {"basis": basis, "person": person, "at": now(), "text": text}
    added = upsert(schema.roll_explanations).values(roll_id=roll.id, difference=difference, **row)
    connection.execute(
        added.on_conflict_do_update(index_elements=["roll_id", "difference"], set_=row)
    )
    # The words are a person's and may name a patient: the trail tells only that there are some.
    audit.record(
        connection, "explained", f"{roll.batch}/{roll.name}", actor=person, difference=difference
    )


def explanations(connection: Connection, roll: FilmRoll) -> dict[str, Explanation]:
    """Return what persons said, by the key of the difference."""
    table = schema.roll_explanations
    rows = connection.execute(select(table).where(table.c.roll_id == roll.id))
    return {
        row.difference: Explanation(row.difference, row.basis, row.person, row.at, row.text)
        for row in rows
    }


def _witness(row: Row[Any]) -> Witness:
    return Witness(row.witness, row.expected, row.part, row.of, row.series)
