"""The account of a roll or card: every frame in one count, each witness apart, each difference.

What was exposed is counted by several who do not know of one another: the marks beside the
frames, an old film index, the title strip, a label, the number that came with the delivery.
Where they and the frames that were found do not agree, a person looks and says why; until then
the roll is not released.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from shlex import quote

from archive import deliveries, film, film_account
from archive.catalogue import Connection
from archive.deliveries import Batch
from archive.film import FilmRoll, RollFrame
from archive.film_account import Explanation
from capture.errors import SettingsError
from indexer.settings import DEFAULT_SETTINGS, IndexSettings

from .film_differences import Difference, differences_of_doubts, differences_of_index
from .film_index import RollIndex, own_indexes, roll_index
from .film_title import differences_of_title
from .film_witnesses import WitnessCount, counts_of
from .report import BatchReport

_PAGES = ("filed", "held")
_NO_PAGES = ("technical", "separator")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """The frames of a roll by what they are; together they are all frames."""

    pages: int
    blank: int
    technical: int
    """Targets, leaders, notices, separators and the title strip of a card."""
    unreadable: int
    refilmed: int
    """Frames whose picture was taken a second time."""
    waiting: int
    """Not read yet."""

    @property
    def frames(self) -> int:
        """All of them."""
        return sum(astuple(self))


@dataclass(frozen=True, slots=True)
class FilmLedger:
    """The account of one roll or card."""

    roll: FilmRoll
    counts: Counts
    witnesses: tuple[WitnessCount, ...]
    differences: tuple[Difference, ...]
    """In the order of the film, those without a place first."""

    @property
    def open(self) -> tuple[Difference, ...]:
        """The differences that keep the roll from being released."""
        return tuple(one for one in self.differences if one.blocks and one.explanation is None)

    def as_json(self) -> dict[str, object]:
        """Return the line of ``film show --json``."""
        roll = self.roll
        return {
            "roll": roll.name,
            "batch": roll.batch,
            "kind": roll.kind,
            "layout": roll.layout.value,
            "reduction": roll.reduction,
            "deferred": roll.deferred,
            "frames": self.counts.frames,
            "pages": self.counts.pages,
            "blank": self.counts.blank,
            "technical": self.counts.technical,
            "unreadable": self.counts.unreadable,
            "refilmed": self.counts.refilmed,
            "waiting": self.counts.waiting,
            "witnesses": [
                {
                    "witness": one.witness,
                    "unit": one.unit,
                    "expected": one.expected,
                    "found": one.found,
                }
                for one in self.witnesses
            ],
            "differences": [one.as_json() for one in self.differences],
            "unexplained": len(self.open),
        }


def ledger_of(
    connection: Connection, roll: FilmRoll, settings: IndexSettings = DEFAULT_SETTINGS
) -> FilmLedger:
    """Return the account of ``roll`` as the catalogue has it now."""
    frames = film.film_frames(connection, roll)
    index = roll_index(connection, roll, settings)
    told = [*counts_of(connection, roll, frames), *_by_index(index)]
    found = [
        *_counts_that_differ(told, roll, frames),
        *differences_of_doubts(roll, frames),
        *differences_of_index(index, frames),
        *_of_title(connection, roll, frames, settings),
    ]
    said = film_account.explanations(connection, roll)
    return FilmLedger(
        roll=roll,
        counts=_counts(roll, frames),
        witnesses=tuple(told),
        differences=tuple(_explained(one, said.get(one.key)) for one in _in_order(found)),
    )


def ledgers(
    connection: Connection, batch: Batch, settings: IndexSettings = DEFAULT_SETTINGS
) -> list[FilmLedger]:
    """Return the account of each roll and card of ``batch``."""
    return ledgers_of(connection, batch.name, settings)


def ledgers_of(
    connection: Connection, batch: str | None, settings: IndexSettings = DEFAULT_SETTINGS
) -> list[FilmLedger]:
    """Return the account of each roll and card of the batch with this name, or of all batches."""
    opened = deliveries.batch_named(connection, batch) if batch else None
    return [ledger_of(connection, roll, settings) for roll in film.rolls(connection, opened)]


def explain(
    connection: Connection,
    roll: FilmRoll,
    key: str,
    text: str,
    *,
    person: str,
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> Difference:
    """Keep what ``person`` says of a difference; SettingsError when there is none with this key."""
    if not text.strip():
        raise SettingsError("an explanation needs words: say what was seen on the film")
    ledger = ledger_of(connection, roll, settings)
    meant = next((one for one in ledger.differences if one.key == key), None)
    if meant is None:
        known = ", ".join(one.key for one in ledger.differences) or "it has none"
        raise SettingsError(f"roll {roll.name!r} has no difference {key!r}; known: {known}")
    film_account.explain(
        connection, roll, difference=key, basis=meant.basis, text=text.strip(), person=person
    )
    return _explained(meant, film_account.explanations(connection, roll)[key])


def refuse_differences(
    connection: Connection, batch: Batch, settings: IndexSettings = DEFAULT_SETTINGS
) -> None:
    """Raise SettingsError while a roll of ``batch`` has a difference that nobody explained."""
    waiting = [ledger for ledger in ledgers(connection, batch, settings) if ledger.open]
    if not waiting:
        return
    rolls = ", ".join(f"{one.roll.name} ({len(one.open)})" for one in waiting[:_MOST_NAMED])
    more = f" and {len(waiting) - _MOST_NAMED} more" if len(waiting) > _MOST_NAMED else ""
    raise SettingsError(
        f"rolls of batch {batch.name!r} have differences that nobody explained: {rolls}{more}; "
        f"look with `chartroom film show {quote(waiting[0].roll.name)}`"
    )


def with_explained_count(
    connection: Connection,
    batch: Batch,
    report: BatchReport,
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> BatchReport:
    """Return ``report`` balanced, when a person explained why fewer or more frames were found."""
    rolls = film.rolls(connection, batch)
    if len(rolls) != 1 or not report.unaccounted:
        return report
    ledger = ledger_of(connection, rolls[0], settings)
    explained = any(one.key == "expect-count" and one.explanation for one in ledger.differences)
    return replace(report, unaccounted=0) if explained and not ledger.counts.waiting else report


def _of_title(
    connection: Connection, roll: FilmRoll, frames: Sequence[RollFrame], settings: IndexSettings
) -> list[Difference]:
    if roll.kind != "fiche":
        return []
    own = own_indexes(connection, frames)
    return differences_of_title(connection, frames, own, settings)


def _counts(roll: FilmRoll, frames: Sequence[RollFrame]) -> Counts:
    again = {doubt.after + 1 for doubt in roll.doubts if doubt.kind == "repeat"}
    pages = [entry for entry in frames if entry.frame.state in _PAGES]
    refilmed = sum(entry.position in again for entry in pages)
    states = [entry.frame.state for entry in frames]
    return Counts(
        pages=len(pages) - refilmed,
        blank=states.count("blank"),
        technical=sum(map(states.count, _NO_PAGES)),
        unreadable=states.count("quarantined"),
        refilmed=refilmed,
        waiting=states.count("pending"),
    )


def _by_index(index: RollIndex) -> Iterator[WitnessCount]:
    if index.rows:
        every = {row.address for row in index.rows}
        absent = {row.address for row in index.absent}
        yield WitnessCount("film index", "addresses", len(every), len(every - absent))


def _counts_that_differ(
    told: Sequence[WitnessCount], roll: FilmRoll, frames: Sequence[RollFrame]
) -> Iterator[Difference]:
    for one in told:
        if one.expected == one.found or one.witness == "film index":
            continue  # the rows that lack a frame are told one by one
        if one.witness == "marks" and _is_told_by_doubts(one, roll, frames):
            continue
        yield Difference(
            key=one.key,
            kind="count",
            sentence=_sentence(one),
            basis=one.basis,
            blocks=True,
        )


def _is_told_by_doubts(marks: WitnessCount, roll: FilmRoll, frames: Sequence[RollFrame]) -> bool:
    """Say whether marks without frames and frames without marks are doubts of their own."""
    marked = {entry.found.blip.box for entry in frames if entry.found.blip}
    kinds = [doubt.kind for doubt in roll.doubts]
    plain = marks.found - len(marked)
    bare = marks.expected - len(marked)
    return kinds.count("bare mark") >= bare and kinds.count("unmarked") >= plain


_WHO = {
    "marks": "the marks along the film count",
    "title": "the title strip says",
    "label": "the label says",
    "expect": "the delivery was announced with",
}


def _sentence(one: WitnessCount) -> str:
    who = _WHO.get(one.witness, f"the {one.witness} says")
    if one.unit == "cards":
        return f"{who} that the card is one of {one.expected}; {one.found} of them are here"
    apart = one.expected - one.found
    what = f"{abs(apart)} {'missing' if apart > 0 else 'too many'}"
    return f"{who} {one.expected} frames, {one.found} were found: {what}"


def _in_order(found: Sequence[Difference]) -> list[Difference]:
    """Return the differences in the order of the film, each with a key of its own."""
    taken: dict[str, int] = {}
    ordered = []
    for one in sorted(found, key=lambda one: one.frames[:1] or (0,)):
        taken[one.key] = count = taken.get(one.key, 0) + 1
        ordered.append(replace(one, key=f"{one.key}-{count}") if count > 1 else one)
    return ordered


def _explained(one: Difference, said: Explanation | None) -> Difference:
    if said is None:
        return one
    if said.basis != one.basis:
        return replace(one, outdated=True)
    return replace(one, explanation=said)
