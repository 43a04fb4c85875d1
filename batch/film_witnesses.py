"""Who says how many frames a roll or card should have, apart from its old index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import deliveries, film, film_account
from archive.catalogue import Connection
from archive.film import FilmRoll, RollFrame
from archive.film_account import Witness
from capture.model import Blip, FilmLayout

_NO_PAGES = frozenset({"technical", "separator"})


@dataclass(frozen=True, slots=True)
class WitnessCount:
    """What one witness says should be on a roll, and what of that was found."""

    witness: str
    """``marks``, ``film index``, ``title``, ``label`` or ``expect``."""
    unit: str
    """What it counts: ``frames``, ``addresses`` or ``cards``."""
    expected: int
    found: int

    @property
    def key(self) -> str:
        """What the difference is called when they are not equal."""
        return f"{self.witness}-{'set' if self.unit == 'cards' else 'count'}"

    @property
    def basis(self) -> str:
        """The figures that an explanation of it stands on."""
        return f"{self.expected}/{self.found}"


def counts_of(
    connection: Connection, roll: FilmRoll, frames: Sequence[RollFrame]
) -> list[WitnessCount]:
    """Return what marks, title strip, label and delivery say, beside what was found."""
    told = [*_by_marks(roll, frames)]
    for witness in film_account.witnesses(connection, roll):
        told += _by_witness(connection, witness, frames)
    return [*told, *_by_expectation(connection, roll)]


def is_complete(connection: Connection, roll: FilmRoll, frames: Sequence[RollFrame]) -> bool:
    """Say whether all who count frames agree with the film, or a person told why they do not."""
    said = film_account.explanations(connection, roll)
    apart = [
        one
        for one in counts_of(connection, roll, frames)
        if one.unit == "frames" and one.expected != one.found and one.witness != "marks"
    ]
    return all(one.key in said and said[one.key].basis == one.basis for one in apart)


def lawfully_unmarked(roll: FilmRoll, frames: Sequence[RollFrame]) -> frozenset[int]:
    """Return the positions of frames that may stand without a mark where others have one.

    Those are targets and leaders, the title strip, and sheets that were filmed once more.
    """
    shots = [doubt.after for doubt in roll.doubts if doubt.kind == "repeat"]
    marked = {entry.position for entry in frames if entry.found.blip}
    # Of two shots of a sheet one mark is enough, and it may be that of the second.
    twice = {after + 1 for after in shots} | {after for after in shots if after + 1 in marked}
    return frozenset(
        entry.position
        for entry in frames
        if entry.position in twice or entry.frame.state in _NO_PAGES or entry.found.title_strip
    )


def _by_marks(roll: FilmRoll, frames: Sequence[RollFrame]) -> Iterator[WitnessCount]:
    """Yield what the marks count."""
    if not roll.blips:
        return
    marked = {entry.found.blip.box for entry in frames if entry.found.blip}
    lawful = lawfully_unmarked(roll, frames)
    plain = sum(entry.found.blip is None and entry.position not in lawful for entry in frames)
    yield WitnessCount("marks", "frames", _count_of(roll), len(marked) + plain)


def _count_of(roll: FilmRoll) -> int:
    """Return how many exposures the marks count: those beside one another on both edges one."""
    if roll.layout is FilmLayout.DUO:
        return len(roll.blips)
    count, before = 0, None
    for blip in sorted(roll.blips, key=lambda blip: blip.box.y):
        count += not _beside(before, blip)
        before = blip
    return count


def _beside(one: Blip | None, other: Blip) -> bool:
    return one is not None and one.channel != other.channel and one.box.row_overlap(other.box) > 0.5


def _by_witness(
    connection: Connection, witness: Witness, frames: Sequence[RollFrame]
) -> Iterator[WitnessCount]:
    if witness.expected is not None:
        found = sum(not entry.found.title_strip for entry in frames)
        yield WitnessCount(witness.name, "frames", witness.expected, found)
    if witness.part is not None and witness.of is not None:
        here = film_account.other_parts(connection, witness) | {witness.part}
        yield WitnessCount(witness.name, "cards", witness.of, len(here))


def _by_expectation(connection: Connection, roll: FilmRoll) -> Iterator[WitnessCount]:
    """Yield the number given with the delivery, when the roll is all of it."""
    batch = deliveries.batch_named(connection, roll.batch)
    if batch.expected is None or len(film.rolls(connection, batch)) != 1:
        return
    parts = {part.source_id for part in roll.parts}
    others = (s for s in deliveries.sources(connection, batch) if s.id not in parts)
    if not any(source.state != "container" for source in others):
        found = sum(deliveries.count_states(connection, batch).values())
        yield WitnessCount("expect", "frames", batch.expected, found)
