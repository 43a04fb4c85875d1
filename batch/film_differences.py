"""The differences of a roll: where its count may be wrong, one sentence and one place each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from itertools import groupby
from operator import or_

from archive.film import FilmRoll, RollFrame
from archive.film_account import Explanation
from capture.film.address import address_text
from capture.model import Box, FilmDoubt
from indexer.car import CarRow
from indexer.car_shift import Shift
from indexer.car_values import DISAGREE

from .film_index import RollIndex
from .film_witnesses import lawfully_unmarked

_SHOWN = frozenset({"jump", "splice", "repeat", "short row"})
"""Doubts that need no person: lawful, or counted already."""
_OF_ONE_FRAME = frozenset({"unmarked", "repeat", "jump"})
"""Doubts that lie on the frame after the one they name, not between two."""
_WORDS = {
    "hole": "as much film as a frame takes, and no frame on it",
    "double": "a frame about twice as large as its neighbours: two may be one",
    "cut off": "a frame is cut off by the end of the scan",
    "unmarked": "a frame without a mark",
    "bare mark": "a mark without a frame",
    "jump": "an address out of turn",
    "splice": "the film is spliced",
    "repeat": "the same picture again",
    "short row": "a row with fewer frames than the others",
    "title": "the card is not as its title strip says",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place, or a sum, where the count of a roll may be wrong."""

    key: str
    """What a person calls it by: the same on every run that finds the same."""
    kind: str
    """Kind of the doubt; ``count``, ``index row``, ``no row``, ``shift`` or ``disagreement``
    where there is none."""
    sentence: str
    """In words, without a patient's name or number."""
    basis: str
    """The figures it stands on; an explanation holds as long as they do."""
    blocks: bool
    """The roll is not released until somebody has explained it."""
    frames: tuple[int, ...] = ()
    """Frames beside or at it, counted from 1; none for a sum."""
    box: Box | None = None
    """Its place on the roll or card; None for a sum."""
    explanation: Explanation | None = None
    outdated: bool = False
    """It was explained once, and has changed since."""

    def as_json(self) -> dict[str, object]:
        """Return it as ``film show --json`` has it."""
        said = self.explanation
        return {
            "key": self.key,
            "kind": self.kind,
            "what": self.sentence,
            "frames": list(self.frames),
            "box": self.box.as_list() if self.box else None,
            "blocks": self.blocks,
            "explanation": {k: asdict(said)[k] for k in ("person", "at", "text")} if said else None,
        }


def differences_of_doubts(roll: FilmRoll, frames: Sequence[RollFrame]) -> Iterator[Difference]:
    """Yield what the survey doubted; a mark in a hole is one loss, not two."""
    lawful = lawfully_unmarked(roll, frames)
    holes = [doubt for doubt in roll.doubts if doubt.kind == "hole"]
    for doubt in roll.doubts:
        if doubt.kind == "unmarked" and doubt.after + 1 in lawful:
            continue
        inside = [hole for hole in holes if _is_mark_in(doubt, hole)]
        if not inside:
            yield _of_doubt(doubt, frames)


def _is_mark_in(doubt: FilmDoubt, hole: FilmDoubt) -> bool:
    same = doubt.kind == "bare mark" and doubt.after == hole.after
    return same and doubt.box.row_overlap(hole.box) > 0


def _of_doubt(doubt: FilmDoubt, frames: Sequence[RollFrame]) -> Difference:
    its_own = doubt.kind in _OF_ONE_FRAME
    around = [n for n in (doubt.after, doubt.after + 1) if 1 <= n <= len(frames)]
    where = f"frame {doubt.after + 1}" if its_own else f"after frame {doubt.after}"
    words = _WORDS.get(doubt.kind, doubt.kind)
    why = f" ({doubt.reason})" if doubt.reason and doubt.reason != words else ""
    return Difference(
        key=f"{doubt.kind.replace(' ', '-')}-{doubt.after + its_own}",
        kind=doubt.kind,
        sentence=f"{where}: {words}{why}",
        basis=f"{doubt.after} {doubt.box.as_list()}",
        blocks=doubt.kind not in _SHOWN,
        frames=tuple(around[-1:] if its_own else around),
        box=doubt.box,
    )


def differences_of_index(index: RollIndex, frames: Sequence[RollFrame]) -> Iterator[Difference]:
    """Yield where an old film index and the frames of a roll do not go together."""
    if index.foreign:
        yield _foreign(index)
    elif index.rows:
        yield from map(_absent, _side_by_side(index))
        yield from (_shifted(one, frames) for one in index.shifted)
        yield from _without_row(index, frames)
        yield from _disputed(index, frames)


def _foreign(index: RollIndex) -> Difference:
    absent = len({row.address for row in index.absent})
    every = len({row.address for row in index.rows})
    return Difference(
        key="index-foreign",
        kind="index row",
        sentence=(
            f"no frame has {absent} of the {every} addresses of the film index: it may be that of "
            "another roll, or count in another way, and is not used"
        ),
        basis=f"{absent}/{every}",
        blocks=True,
    )


def _side_by_side(index: RollIndex) -> Iterator[list[CarRow]]:
    """Yield the rows without a frame, those that follow one another in the index together."""
    absent = {row.address for row in index.absent}
    together: list[CarRow] = []
    for row in sorted(index.rows, key=lambda row: row.address):
        if row.address in absent:
            together.append(row)
        elif together:
            yield together
            together = []
    if together:
        yield together


def _absent(rows: Sequence[CarRow]) -> Difference:
    addresses = sorted({row.address for row in rows})
    first, last = (address_text("", address) for address in (addresses[0], addresses[-1]))
    if len(addresses) == 1:
        sentence = f"the film index names address {first}, which no frame has"
    else:
        sentence = (
            f"the film index names {len(addresses)} addresses from {first} to {last}, "
            "which no frame has"
        )
    return Difference(
        key=f"index-{first}",
        kind="index row",
        sentence=sentence,
        basis=f"{first} {last} {len(addresses)}",
        blocks=True,
    )


def _shifted(shift: Shift, frames: Sequence[RollFrame]) -> Difference:
    if shift.by:
        way = "later" if shift.by > 0 else "earlier"
        count = f"{abs(shift.by)} frame{'s' if abs(shift.by) > 1 else ''}"
        sentence = (
            f"index shifted from frame {shift.frame}: from there on the pages agree with what "
            f"the film index says of {count} {way}"
        )
    else:
        sentence = f"index in step again from frame {shift.frame}"
    return Difference(
        key=f"shift-{shift.frame}",
        kind="shift",
        sentence=sentence,
        basis=f"{shift.frame} {shift.by}",
        blocks=shift.by != 0,
        frames=(shift.frame,),
        box=frames[shift.frame - 1].found.box,
    )


def _without_row(index: RollIndex, frames: Sequence[RollFrame]) -> Iterator[Difference]:
    for run in _runs_without_row(index, frames):
        first, last = run[0].position, run[-1].position
        some = f"frame {first} is" if first == last else f"frames {first} to {last} are"
        yield Difference(
            key=f"no-row-{first}",
            kind="no row",
            sentence=f"{some} under no row of the film index",
            basis=f"{first} {last}",
            blocks=False,
            frames=(first,) if first == last else (first, last),
            box=reduce(or_, (entry.found.box for entry in run)),
        )


def _runs_without_row(index: RollIndex, frames: Sequence[RollFrame]) -> Iterator[list[RollFrame]]:
    """Yield pages that follow one another and of which no row speaks."""
    pages = (entry for entry in frames if entry.frame.state in ("filed", "held"))
    for untold, run in groupby(pages, key=lambda entry: entry.frame.ref not in index.told):
        if untold:
            yield list(run)


def _disputed(index: RollIndex, frames: Sequence[RollFrame]) -> Iterator[Difference]:
    """Yield the frames whose page and index name different patients: held, so only shown."""
    places = [
        entry.position
        for entry in frames
        if entry.frame.ref in index.told and index.told[entry.frame.ref].objection == DISAGREE
    ]
    if places:
        count = f"{len(places)} frame{'s' if len(places) > 1 else ''}"
        yield Difference(
            key="index-disagrees",
            kind="disagreement",
            sentence=f"{count} held, where the film index and the page name different patients",
            basis=" ".join(map(str, places)),
            blocks=False,
            frames=tuple(places),
        )
