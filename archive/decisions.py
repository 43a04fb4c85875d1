"""What people decided, frame by frame, so that it outlives every reassembly and re-reading.

A decision stands for each frame that the person saw until it is taken back there or another
on the same topic takes its place. Nothing is deleted: who ended it and when stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from capture.model import Digest, FrameRef
from indexer.model import IndexValue

from . import schema
from .catalogue import now
from .deliveries import FrameRow, frames_of_pages, page_id
from .pages import indexes_of
from .statements import in_parts

PERSON = "person:"
"""How the rule of everything begins that a person decided."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a person says of a document or page."""

    kind: str
    """``patient``, ``no patient``, ``type``, ``value``, ``boundary``, ``state`` or ``seen``."""
    value: str
    field: str = ""
    despite: bool = False
    ruled_out: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """What it is about: a frame has one standing decision on each topic."""
        return "patient" if self.kind == "no patient" else f"{self.kind} {self.field}".strip()


@dataclass(frozen=True, slots=True)
class Decision:
    """A word that a person gave, and when."""

    id: int
    word: Word
    person: str
    at: str
    note: str

    @property
    def rule(self) -> str:
        """The rule that its index values carry."""
        return f"{PERSON}{self.person}"


Said = Mapping[FrameRef, tuple[Decision, ...]]
"""The standing decisions on each frame, at most one on a topic; frames without any are absent."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Frames that people decided about together, and what the machine reads on them: truth."""

    frames: tuple[FrameRef, ...]
    mrn: str | None
    type_code: str | None
    corrected: Mapping[str, str]
    """Field and value where a person put a value right."""
    machine: tuple[IndexValue, ...]
    """What the pages say of themselves, as they are read now."""


def keep(
    connection: Connection, word: Word, frames: Sequence[FrameRow], person: str, note: str = ""
) -> None:
    """Keep a word on ``frames``, in place of what stood there on its topic."""
    before = machine_states(connection, frames)
    end(connection, frames, {word.topic}, person)
    added = connection.execute(
        insert(schema.decisions).values(
            kind=word.kind,
            field=word.field,
            value=word.value,
            despite=word.despite,
            ruled_out=list(word.ruled_out),
            person=person,
            at=now(),
            note=note,
        )
    )
    (key,) = added.inserted_primary_key or (0,)
    rows = [_row(key, frame, *before.get(frame.ref, _machine_state(frame))) for frame in frames]
    connection.execute(insert(schema.decision_frames), rows)


def standing(
    connection: Connection, frames: Iterable[FrameRef]
) -> dict[FrameRef, tuple[Decision, ...]]:
    """Return what people said of ``frames`` and did not take back."""
    found: dict[FrameRef, list[Decision]] = {}
    for ref, row in _standing_rows(connection, frames):
        found.setdefault(ref, []).append(_decision(row))
    return {ref: tuple(decisions) for ref, decisions in found.items()}


def end(
    connection: Connection, frames: Sequence[FrameRow], topics: Iterable[str], person: str
) -> list[Decision]:
    """Let what stands on ``topics`` end for ``frames``; return what did."""
    about = frozenset(topics)
    ended: dict[int, Decision] = {}
    for ref, decisions in standing(connection, [frame.ref for frame in frames]).items():
        for decision in decisions:
            if decision.word.topic in about:
                _end_one(connection, decision, ref, person)
                ended[decision.id] = decision
    return list(ended.values())


def machine_states(
    connection: Connection, frames: Sequence[FrameRow]
) -> dict[FrameRef, tuple[str, str]]:
    """Return the state and reason that those of ``frames`` had which people decided about."""
    found: dict[FrameRef, tuple[str, str]] = {}
    for ref, row in _standing_rows(connection, [frame.ref for frame in frames]):
        # The oldest comes first; a later one was given on what that had made of the frame.
        found.setdefault(ref, (row.machine_state, row.machine_reason))
    return found


def last_change(connection: Connection, frames: Iterable[FrameRef]) -> tuple[str, str] | None:
    """Return who last decided on ``frames`` or took a decision back, and when."""
    wanted = frozenset(frames)
    table, places = schema.decisions, schema.decision_frames
    changes: list[tuple[str, str]] = []
    for part in in_parts(sorted({ref.source for ref in wanted})):
        rows = connection.execute(
            select(table.c.at, table.c.person, places)
            .join(places, places.c.decision_id == table.c.id)
            .where(places.c.source.in_(part))
        )
        for row in rows.all():
            if FrameRef(Digest(row.source), row.number) in wanted:
                changes += [(row.at, row.person), (row.ended_at or "", row.ended_by or "")]
    at, person = max(changes, default=("", ""))
    return (person, at) if at else None


def decided(connection: Connection) -> Iterator[Decided]:
    """Yield what people decided, oldest first: whose pages are, of which type, what they say.

    For training: types from ``type_code``, the weights of matching from ``machine`` and ``mrn``.
    What was decided of the same frames comes as one.
    """
    groups: dict[tuple[FrameRef, ...], list[Word]] = {}
    for frames, word in _acts(connection):
        groups.setdefault(frames, []).append(word)
    for frames, words in groups.items():
        kinds = {word.kind: word.value for word in words}
        yield Decided(
            frames=frames,
            mrn=kinds.get("patient"),
            type_code=kinds.get("type"),
            corrected={word.field: word.value for word in words if word.kind == "value"},
            machine=tuple(_machine_values(connection, frames)),
        )


def _acts(connection: Connection) -> Iterator[tuple[tuple[FrameRef, ...], Word]]:
    """Yield each act with the frames for which it still stands."""
    table, frames = schema.decisions, schema.decision_frames
    rows = connection.execute(
        select(table, frames.c.source, frames.c.number)
        .join(frames, frames.c.decision_id == table.c.id)
        .where(table.c.kind.in_(("patient", "type", "value")), frames.c.ended_at.is_(None))
        .order_by(table.c.id, frames.c.source, frames.c.number)
    )
    for _, group in groupby(rows.all(), key=lambda row: row.id):
        told = list(group)
        refs = tuple(FrameRef(Digest(row.source), row.number) for row in told)
        yield refs, _decision(told[0]).word


def _machine_values(connection: Connection, frames: Sequence[FrameRef]) -> Iterator[IndexValue]:
    kept = frames_of_pages(connection, [page_id(ref) for ref in frames])
    for index in indexes_of(connection, kept).values():
        yield from index.values


def _standing_rows(
    connection: Connection, frames: Iterable[FrameRef]
) -> Iterator[tuple[FrameRef, Row[Any]]]:
    wanted = frozenset(frames)
    table, places = schema.decisions, schema.decision_frames
    for part in in_parts(sorted({ref.source for ref in wanted})):
        rows = connection.execute(
            select(table, places)
            .join(places, places.c.decision_id == table.c.id)
            .where(places.c.source.in_(part), places.c.ended_at.is_(None))
            .order_by(table.c.id)
        )
        for row in rows.all():
            ref = FrameRef(Digest(row.source), row.number)
            if ref in wanted:
                yield ref, row


def _end_one(connection: Connection, decision: Decision, ref: FrameRef, person: str) -> None:
    table = schema.decision_frames
    connection.execute(
        update(table)
        .where(
            table.c.decision_id == decision.id,
            table.c.source == ref.source,
            table.c.number == ref.number,
        )
        .values(ended_at=now(), ended_by=person)
    )


def _machine_state(frame: FrameRow) -> tuple[str, str]:
    loose = frame.document_id is None
    return (frame.state, frame.reason) if loose else ("pending", "")


def _row(key: int, frame: FrameRow, state: str, reason: str) -> dict[str, object]:
    return {
        "decision_id": key,
        "source": frame.ref.source,
        "number": frame.ref.number,
        "machine_state": state,
        "machine_reason": reason,
    }


def _decision(row: Row[Any]) -> Decision:
    word = Word(row.kind, row.value, row.field, row.despite, tuple(row.ruled_out))
    return Decision(row.id, word, row.person, row.at, row.note)
