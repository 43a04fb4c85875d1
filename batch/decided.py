"""What people decided, laid over the machine's verdict.

A person's word on whose a document is outweighs every rule, but only for the pages that the
person saw, and a machine never overrules it: where it no longer covers all pages, or a page
now names somebody else, the document goes back to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archive import decisions, deliveries, outbox, pages
from archive.catalogue import Connection
from archive.decisions import Decision, Said
from archive.deliveries import FrameRow
from capture.model import Box, FrameRef, FrameState
from indexer.doctypes import UNCLASSIFIED, type_entry
from indexer.model import (
    Document,
    DocumentType,
    Filing,
    FilingState,
    IndexValue,
    MasterPatientIndex,
    PageIndex,
    SequencePage,
)
from indexer.namesakes import others_named

NO_PATIENT = "no such patient in the patient index, says a person"
MAY_FIT_NOW = "a person found no such patient; the patient index now has one who may fit"
_LEAST_TO_ASK_AGAIN = 0.5
"""Score of a new candidate for which a parked document comes back to a person."""
_UNREAD = DocumentType(UNCLASSIFIED, "Unclassified note", 0.0, "unread@1")


def with_people(
    sequence: Sequence[SequencePage], said: Said, pictured: frozenset[FrameRef]
) -> list[SequencePage]:
    """Return ``sequence`` with what people said of states and boundaries.

    A frame that was not read but has a page image, ``pictured``, is a page when a person files,
    types or joins it; unless it is joined, it is a document of its own.
    """
    told: list[SequencePage] = []
    alone = False
    for page in sequence:
        word = {decision.word.topic: decision.word for decision in said.get(page.frame, ())}
        boundary = word["boundary"].value if "boundary" in word else ""
        no_page = page.index is None or page.state is not FrameState.PAGE
        starts = page.starts_source or boundary == "starts"
        if "state" in word:
            page = replace(page, state=FrameState(word["state"].value), index=None)
        elif no_page and word.keys() & {"patient", "type", "boundary"} and page.frame in pictured:
            page = replace(page, state=FrameState.PAGE, index=page.index or unread(page.frame))
            starts, alone = True, boundary != "joins"
        elif page.index is not None and alone:
            starts, alone = True, False
        joins = boundary == "joins"
        told.append(replace(page, starts_source=starts and not joins, joins_previous=joins))
    return told


def unread(frame: FrameRef) -> PageIndex:
    """Return what a page says of itself that only people have read."""
    return PageIndex(frame, _UNREAD, ())


@dataclass(frozen=True, slots=True)
class People:
    """What people said of one document."""

    patient: Decision | None = None
    """Whose it is, or that it is nobody's whom the index has; covers every page."""
    type: Decision | None = None
    values: tuple[Decision, ...] = ()
    doubts: tuple[str, ...] = ()
    """Where they did not see all of it, or said two things."""


def people_on(frames: Sequence[FrameRef], said: Said) -> People:
    """Return what people said of a document with these ``frames``."""
    topics: dict[str, dict[FrameRef, Decision]] = {}
    for ref in frames:
        for decision in said.get(ref, ()):
            if decision.word.kind in ("patient", "no patient", "type", "value"):
                topics.setdefault(decision.word.topic, {})[ref] = decision
    doubts = [doubt for topic in topics for doubt in _doubts(frames, topic, topics[topic])]
    agreed = {topic: one for topic in topics if (one := _agreed(topics[topic].values()))}
    patient = agreed.get("patient")
    return People(
        patient if patient and len(topics["patient"]) == len(frames) else None,
        agreed.get("type"),
        tuple(one for topic, one in sorted(agreed.items()) if topic.startswith("value")),
        tuple(dict.fromkeys(doubts)),
    )


def _agreed(said: Iterable[Decision]) -> Decision | None:
    """Return the newest of decisions that say the same, None where they differ."""
    every = sorted(said, key=lambda decision: decision.id)
    alike = len({(one.word.kind, one.word.value) for one in every}) == 1
    return every[-1] if alike else None


def _doubts(
    frames: Sequence[FrameRef], topic: str, said: Mapping[FrameRef, Decision]
) -> Iterator[str]:
    unseen = [str(ref.number) for ref in frames if ref not in said]
    if unseen:
        which = f"frames {', '.join(unseen)} were" if len(unseen) > 1 else f"frame {unseen[0]} was"
        yield f"{which} not among the pages that a person decided on: look at all of it"
    if _agreed(said.values()) is None:
        what = "two patients" if topic == "patient" else f"two things of its {topic.split()[-1]}"
        yield f"people decided {what} on pages of one document"


def corrected(
    document: Document,
    own: Sequence[PageIndex],
    people: People,
    boxes: Mapping[FrameRef, Box],
) -> tuple[Document, list[PageIndex]]:
    """Return a document and its pages with the type and values that people gave in their place."""
    fields = {decision.word.field for decision in people.values}
    read = (*document.values, *(value for page in own for value in page.values))
    given = [_value(one, one.word.field, document, read, boxes) for one in people.values]
    kept = [value for value in document.values if value.field not in fields]
    kind = document.type
    if people.type and (entry := type_entry(people.type.word.value)):
        kind = DocumentType(entry.code, entry.name, 1.0, people.type.rule)
        given.append(_value(people.type, "document_type", document, read, boxes))
    pages_now = [
        replace(page, values=tuple(value for value in page.values if value.field not in fields))
        for page in own
    ]
    changed = replace(
        document,
        type=kind,
        values=(*kept, *given),
        doubts=tuple(dict.fromkeys((*document.doubts, *people.doubts))),
    )
    return changed, pages_now


def _value(
    decision: Decision,
    field: str,
    document: Document,
    read: Iterable[IndexValue],
    boxes: Mapping[FrameRef, Box],
) -> IndexValue:
    """Return a person's word as an index value: where it was read, else on the first page."""
    told = decision.word.value
    there = [value for value in read if value.field == field and value.frame in document.frames]
    first = document.frames[0]
    place = max(there, key=lambda value: (value.value == told, value.confidence), default=None)
    return IndexValue(
        field=field,
        value=told,
        raw=place.raw if place else told,
        frame=place.frame if place else first,
        box=place.box if place else boxes.get(first, Box(0, 0, 1, 1)),
        confidence=1.0,
        rule=decision.rule,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """What is read on a document and its pages, film index and sheet included."""

    values: tuple[IndexValue, ...]
    boxes: Mapping[FrameRef, Box]
    """Each page image as a box."""


def filed_by_people(
    document: Document, filing: Filing, people: People, read: Read, mpi: MasterPatientIndex
) -> tuple[Document, Filing]:
    """Return ``document`` and its filing with what people said of its patient."""
    said = people.patient
    if said is None:
        return document, filing
    if said.word.kind == "no patient":
        return document, _parked(filing, said)
    patient = mpi.by_mrn(said.word.value)
    if patient is None:
        gone = "the patient whom a person chose is no longer in the patient index"
        return document, _held(filing, gone)
    others = [] if said.word.despite else [*others_named(read.values, patient, mpi)]
    if others:
        words = dict.fromkeys(other.words for other in others)
        return document, _held(filing, "; ".join(words))
    shown = _value(said, "mrn", document, read.values, read.boxes)
    shown = replace(shown, value=patient.mrn)
    own = tuple(value for value in document.values if value.field != "mrn")
    filed = Filing(
        FilingState.FILED, patient.mrn, 1.0, said.rule, "a person said whose it is",
        filing.candidates,
    )  # fmt: skip
    return replace(document, values=(*own, shown)), filed


def _held(filing: Filing, reason: str) -> Filing:
    return replace(filing, state=FilingState.HELD, mrn=None, reason=reason)


def _parked(filing: Filing, said: Decision) -> Filing:
    """Return the filing of a document whose patient a person did not find in the index."""
    seen = set(said.word.ruled_out)
    new = [one for one in filing.candidates if one.mrn not in seen]
    fits = any(one.score >= _LEAST_TO_ASK_AGAIN for one in new)
    if fits or (filing.mrn is not None and filing.mrn not in seen):
        return _held(filing, MAY_FIT_NOW)
    return replace(_held(filing, NO_PATIENT), rule=said.rule)


def lay_states(connection: Connection, frames: Sequence[FrameRow]) -> None:
    """Put frames into the states that people gave them, whatever was read on them since."""
    said = decisions.standing(connection, [frame.ref for frame in frames])
    given = {
        ref: decision.word.value
        for ref, found in said.items()
        for decision in found
        if decision.word.kind == "state"
    }
    ids = [frame.id for frame in frames if frame.ref in given]
    for frame in deliveries.frames_with(connection, ids).values():
        if frame.state != given[frame.ref]:
            reason = "a person said so"
            deliveries.set_frame_state(connection, frame, given[frame.ref], reason)
            outbox.post(connection, [frame.page])


def restore_states(
    connection: Connection,
    frames: Sequence[FrameRow],
    machine: Mapping[FrameRef, tuple[str, str]],
) -> None:
    """Let frames be again what they were without people; assembly takes those that are pages."""
    found = pages.pages_of(connection, frames)
    for frame in frames:
        if frame.ref not in machine:
            continue
        state, reason = machine[frame.ref]
        page = found.get(frame.ref)
        if page and page.found is not FrameState.PAGE:
            state = page.found.value
        elif state == "pending":
            # It was read: a frame that is pending would keep its run from being assembled.
            state, reason = "held", "it waits for its document"
        deliveries.set_frame_state(connection, frame, state, reason)
        outbox.post(connection, [frame.page])
