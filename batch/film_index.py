"""An old film index laid beside the pages of a roll: what it adds, and where the two disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive import film, pages
from archive.car_index import rows_of_roll
from archive.catalogue import Connection
from archive.film import FilmRoll, RollFrame
from archive.patients import StoredIndex
from capture.model import Box, FrameRef
from indexer.car import CarRow, Under, fitted, rows_by_frame, rows_without_frame
from indexer.car_shift import Shift, out_of_step, shifts
from indexer.car_values import (
    DISAGREE,
    OUT_OF_PLACE,
    SURE,
    TWO_PATIENTS,
    UNSURE,
    RowPatient,
    Word,
    is_from_index,
    out_of_place,
    patient_of,
    row_type,
    row_values,
    said_by_page,
    same_patient,
    shared_number,
)
from indexer.model import (
    Document,
    Filing,
    FilingState,
    IndexValue,
    PageIndex,
    Patient,
    PatientNumbers,
)
from indexer.settings import IndexSettings

from .film_steady import Doubted, ends_short, steady_addresses

ALONE = "car-index-alone@1"
_ALONE_CONFIDENCE = 0.9
_MOST_ABSENT = 0.5
"""Share of an index's addresses that a roll may lack and still be the one it was made for."""
_NO_PAGES = frozenset({"technical", "separator"})
_OF_PAGES = frozenset({"pending", "filed", "held"})
_PROOF = frozenset({"mrn", "patient_name", "birth_date", "ssn"})


@dataclass(frozen=True, slots=True)
class Told:
    """What the index says of one frame, and what came of asking its page."""

    rows: tuple[CarRow, ...]
    values: tuple[IndexValue, ...] = ()
    """Empty where the page contradicts them, or the index contradicts itself."""
    disputed: tuple[IndexValue, ...] = ()
    """What the index says where something contradicts it: for a person to see."""
    objection: str = ""


@dataclass(frozen=True, slots=True)
class _Member:
    """A frame of which a row speaks."""

    ref: FrameRef
    box: Box
    under: Under
    steady: bool
    """Its address can be relied on."""


@dataclass(frozen=True, slots=True)
class RollIndex:
    """The film index of one roll, laid beside its frames."""

    rows: tuple[CarRow, ...] = ()
    told: Mapping[FrameRef, Told] = field(default_factory=dict)
    """For the frames of which a row speaks."""
    absent: tuple[CarRow, ...] = ()
    """Rows whose address no frame bears."""
    shifted: tuple[Shift, ...] = ()
    """Where the index gets out of step with what is read, by position on the roll."""
    foreign: bool = False
    """Most of its addresses are not on the film: it says nothing of any frame."""


NO_INDEX = RollIndex()


def roll_index(connection: Connection, roll: FilmRoll, settings: IndexSettings) -> RollIndex:
    """Return what the film index says of ``roll``, beside what its pages say."""
    rows = rows_of_roll(connection, roll)
    if not rows:
        return NO_INDEX
    frames = film.film_frames(connection, roll)
    kept = [entry.frame for entry in frames]
    own = own_indexes(connection, frames)
    sizes = {
        ref: Box(0, 0, page.width, page.height)
        for ref, page in pages.pages_of(connection, kept).items()
    }
    mpi = _Remembered(StoredIndex(connection))
    beside = _Beside(frames, own, sizes, mpi, settings)
    return _laid_beside(beside, rows, roll, Doubted.of(connection, roll, frames))


def own_indexes(connection: Connection, frames: Sequence[RollFrame]) -> dict[FrameRef, PageIndex]:
    """Return what the pages among ``frames`` say of themselves; targets and titles are none."""
    return pages.indexes_of(connection, [e.frame for e in frames if e.frame.state in _OF_PAGES])


@dataclass(frozen=True, slots=True)
class _Beside:
    """What an index is laid beside: frames, what their pages say, and who is known."""

    frames: Sequence[RollFrame]
    own: Mapping[FrameRef, PageIndex]
    sizes: Mapping[FrameRef, Box]
    """Each page image as a box."""
    mpi: PatientNumbers
    settings: IndexSettings


def _laid_beside(
    beside: _Beside, rows: Sequence[CarRow], roll: FilmRoll, doubted: Doubted
) -> RollIndex:
    frames, mpi = beside.frames, beside.mpi
    addresses = _addresses(frames, rows)
    rows = fitted(rows, max(map(len, addresses), default=0))
    absent = rows_without_frame(addresses, rows)
    if _is_another_rolls(rows, absent):
        return RollIndex(rows, absent=absent, foreign=True)
    under = rows_by_frame(addresses, rows)
    patients = {row: patient_of(row, mpi, beside.settings) for row in rows}
    read = [_number_of(beside.own.get(entry.frame.ref), mpi) for entry in frames]
    indexed = [_indexed_number(one, patients) for one in under]
    shifted = shifts(read, indexed)
    if doubted.everywhere or ends_short(addresses, absent, doubted.explained):
        steady = [False] * len(frames)
    else:
        steady = steady_addresses(addresses, doubted.frames, shifted, out_of_step(read, indexed))
    members = [
        _Member(entry.frame.ref, _whole(entry, beside.sizes), one, firm)
        for entry, one, firm in zip(frames, under, steady, strict=True)
        if one is not None
    ]
    asker = _Asker(mpi, beside.settings, patients, beside.own, out_of_place(patients))
    told = {ref: what for group in _groups(members) for ref, what in asker.told(group)}
    return RollIndex(rows, told, absent, shifted)


def with_index(index: PageIndex, told: Told | None) -> PageIndex:
    """Return what a page says of itself together with what the film index says of it."""
    if told is None or not told.values:
        return index
    kind = row_type(told.rows[0])
    sure = min(told.values[0].confidence, kind.confidence) if kind else 0.0
    named = index.type
    if kind and not index.titled and index.type.confidence < sure:
        named = replace(kind, confidence=sure)
    return replace(index, type=named, values=(*index.values, *told.values))


def with_objections(document: Document, told: Mapping[FrameRef, Told]) -> Document:
    """Return ``document`` with what the film index holds against filing it."""
    against = [told[ref] for ref in document.frames if ref in told and told[ref].objection]
    if not against:
        return document
    doubts = dict.fromkeys((*document.doubts, *(one.objection for one in against)))
    disputed = dict.fromkeys(value for one in against for value in one.disputed)
    return replace(document, doubts=tuple(doubts), values=(*document.values, *disputed))


def told_by_index_alone(filing: Filing, values: Iterable[IndexValue]) -> Filing:
    """Return ``filing``, marked as such when nothing but the film index says whose it is."""
    proof = [value for value in values if value.field in _PROOF]
    if filing.state is FilingState.HELD or not proof or not all(map(is_from_index, proof)):
        return filing
    reason = f"by the film index alone, no page names a patient: {filing.reason}"
    confidence = round(_ALONE_CONFIDENCE * filing.confidence, 4)
    return replace(filing, rule=ALONE, reason=reason, confidence=confidence)


def starts_row(before: Told | None, now: Told | None) -> bool:
    """Say whether the film index begins or ends a document between two frames."""
    speaking = [one for one in (before, now) if one is not None and one.values]
    if len(speaking) < 2:
        return bool(speaking) and (before is None or now is None)
    return _content(speaking[0].rows) != _content(speaking[1].rows)


def _content(rows: tuple[CarRow, ...]) -> tuple[CarRow, ...]:
    return tuple(replace(row, address=()) for row in rows)


def _is_another_rolls(rows: Sequence[CarRow], absent: Sequence[CarRow]) -> bool:
    """Say whether an index is likelier that of another roll, or counts in another way."""
    lacking = len({row.address for row in absent})
    return lacking > _MOST_ABSENT * len({row.address for row in rows})


def _addresses(frames: Sequence[RollFrame], rows: Sequence[CarRow]) -> list[tuple[int, ...]]:
    """Return the address of each frame; without marks its place on the card, or its number."""
    if any(entry.found.address for entry in frames):
        return [entry.found.address for entry in frames]
    if any(entry.found.row for entry in frames) and any(len(row.address) > 1 for row in rows):
        return [_cell(entry) for entry in frames]
    numbers: list[tuple[int, ...]] = []
    count = 0
    for entry in frames:
        count += not entry.found.title_strip
        numbers.append(() if entry.found.title_strip else (count,))
    return numbers


def _cell(entry: RollFrame) -> tuple[int, ...]:
    return (entry.found.row, entry.found.column) if entry.found.row else ()


def _number_of(index: PageIndex | None, mpi: PatientNumbers) -> str:
    """Return the record number that a page bears, as the patient index knows it now."""
    read = {value.value for value in index.values if value.field == "mrn"} if index else set()
    return _present(read.pop(), mpi) if len(read) == 1 else ""


def _indexed_number(under: Under | None, patients: Mapping[CarRow, RowPatient]) -> str:
    if under is None:
        return ""
    told = patients[under.rows[0]]
    return told.known.mrn if told.known else told.number


def _present(number: str, mpi: PatientNumbers) -> str:
    known = mpi.by_mrn(number)
    return known.mrn if known else number


def _groups(members: Iterable[_Member]) -> Iterator[list[_Member]]:
    """Yield the frames that the same rows speak of together, in their order."""
    groups: dict[tuple[CarRow, ...], list[_Member]] = {}
    for member in members:
        groups.setdefault(member.under.rows, []).append(member)
    yield from groups.values()


def _whole(entry: RollFrame, sizes: Mapping[FrameRef, Box]) -> Box:
    box = entry.found.box
    return sizes.get(entry.frame.ref, Box(0, 0, box.width, box.height))


class _Remembered:
    """A patient index that looks each number up once: a roll names the same ones all along."""

    def __init__(self, mpi: PatientNumbers) -> None:
        self._mpi = mpi
        self._known: dict[str, Patient | None] = {}

    def by_mrn(self, mrn: str) -> Patient | None:
        if mrn not in self._known:
            self._known[mrn] = self._mpi.by_mrn(mrn)
        return self._known[mrn]


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks the pages under one address of the index what they say to it."""

    mpi: PatientNumbers
    settings: IndexSettings
    patients: Mapping[CarRow, RowPatient]
    own: Mapping[FrameRef, PageIndex]
    astray: frozenset[CarRow]
    """Rows that name another patient than those around them."""

    def told(self, members: Sequence[_Member]) -> Iterator[tuple[FrameRef, Told]]:
        rows = members[0].under.rows
        told = self.patients[rows[0]]
        if not all(same_patient(told, self.patients[other]) for other in rows):
            for member in members:
                yield member.ref, self._disputed(member, TWO_PATIENTS)
            return
        own = [self._own(member) for member in members]
        words = [said_by_page(values, told, self.mpi, self.settings) for values in own]
        number = shared_number(own, told, self.mpi)
        astray = rows[0] in self.astray and Word.AGREES not in words
        for at, member in enumerate(members):
            if words[at] is Word.DIFFERS:
                yield member.ref, self._disputed(member, DISAGREE)
            elif astray:
                yield member.ref, self._disputed(member, OUT_OF_PLACE)
            else:
                sure = _confidence(member, words, at)
                yield member.ref, Told(rows, self._values(member, rows[0], sure, number))

    def _own(self, member: _Member) -> tuple[IndexValue, ...]:
        index = self.own.get(member.ref)
        return index.values if index else ()

    def _values(
        self, member: _Member, row: CarRow, sure: float, number: str = ""
    ) -> tuple[IndexValue, ...]:
        if not sure:
            return ()
        told = self.patients[row]
        values = row_values(
            row, told, member.ref, member.box,
            number=number, confidence=sure, settings=self.settings,
        )  # fmt: skip
        return tuple(values)

    def _disputed(self, member: _Member, objection: str) -> Told:
        rows = member.under.rows
        every = (value for row in rows for value in self._values(member, row, UNSURE))
        proof = tuple(value for value in every if value.field in _PROOF)
        return Told(rows, disputed=proof, objection=objection)


def _confidence(member: _Member, words: Sequence[Word], at: int) -> float:
    """Return how sure it is that a row speaks of a frame whose page does not contradict it.

    0.0 where an address out of step may have brought the row there: then it says nothing.
    """
    if words[at] is Word.AGREES or _is_between(words, at):
        return SURE
    if Word.DIFFERS in words or not member.steady:
        return 0.0
    return SURE if member.under.named else UNSURE


def _is_between(words: Sequence[Word], at: int) -> bool:
    """Say whether the nearest pages on both sides that name anybody bear the row out."""
    before = next((word for word in reversed(words[:at]) if word is not Word.NOTHING), None)
    after = next((word for word in words[at + 1 :] if word is not Word.NOTHING), None)
    return before is Word.AGREES and after is Word.AGREES
