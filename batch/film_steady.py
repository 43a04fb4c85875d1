"""Which addresses of a roll can be relied on: where frames or marks may be lost, they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive import film_account
from archive.catalogue import Connection
from archive.film import FilmRoll, RollFrame
from capture.film.address import address_text
from indexer.car import CarRow
from indexer.car_shift import Shift

from .film_witnesses import is_complete, lawfully_unmarked

_OF_MARKS = frozenset({"unmarked", "bare mark", "jump", "hole", "double", "cut off"})
"""Doubts behind which the count of marks may be out of step with that of the index."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """Where the count of a roll is in doubt, as far as nobody has told why."""

    frames: frozenset[int]
    """From these positions on, up to the next mark of a higher level."""
    everywhere: bool
    """Frames may be lost, nobody knows where, or there are no marks to count by."""
    explained: frozenset[str]
    """The last address of rows without frames that a person has explained."""

    @classmethod
    def of(cls, connection: Connection, roll: FilmRoll, frames: Sequence[RollFrame]) -> Doubted:
        """Return what is doubted of a roll now."""
        said = film_account.explanations(connection, roll).values()
        rows = (one.basis.split() for one in said if one.difference.startswith("index-"))
        counted = bool(roll.blips) and is_complete(connection, roll, frames)
        explained = frozenset(words[1] for words in rows if len(words) > 1)
        return cls(_unsteady(roll, frames), not counted, explained)


def ends_short(
    addresses: Sequence[tuple[int, ...]], absent: Sequence[CarRow], explained: frozenset[str]
) -> bool:
    """Say whether the index goes on where the film ends, and nobody told why.

    Then frames were lost with their marks, and all addresses behind them are too low.
    """
    last = max((row.address for row in absent), default=())
    return last > max(addresses, default=()) and address_text("", last) not in explained


def steady_addresses(
    addresses: Sequence[tuple[int, ...]],
    doubted: frozenset[int],
    shifted: Sequence[Shift],
    disputed: frozenset[int],
) -> list[bool]:
    """Say for each frame whether its address can be relied on without its page bearing it out.

    A mark that is missing or too many puts all addresses after it in doubt, up to the next mark
    of a higher level.
    """
    steps = {shift.since: shift.by for shift in shifted}
    steady: list[bool] = []
    sure, step = True, 0
    before: tuple[int, ...] = ()
    for number, address in enumerate(addresses, start=1):
        step = steps.get(number, step)
        sure = (sure or address[:-1] != before[:-1]) and number not in doubted
        before = address
        steady.append(sure and step == 0 and number not in disputed)
    return steady


def _unsteady(roll: FilmRoll, frames: Sequence[RollFrame]) -> frozenset[int]:
    """Return the frames from which on the count of marks is in doubt."""
    lawful = lawfully_unmarked(roll, frames)
    return frozenset(
        doubt.after + 1
        for doubt in roll.doubts
        if doubt.kind in _OF_MARKS and not (doubt.kind == "unmarked" and doubt.after + 1 in lawful)
    )
