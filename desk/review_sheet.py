"""Everything that a person needs to decide on one document or page, and how to say it.

It shows patients' names and numbers to the person who asked; nothing of it may go to a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from archive import deliveries, documents, pages
from archive.catalogue import Connection
from archive.decisions import Decision
from archive.deliveries import FrameRow
from archive.documents import DocumentRow
from archive.patients import StoredIndex
from capture.model import FrameRef
from indexer.model import IndexValue, Patient
from indexer.namesakes import others_named

from .comparison import Compared, compared, name_of
from .review import is_parked
from .subjects import Subject, subject_named, token_of

_IDENTITY = frozenset({"mrn", "patient_name", "birth_date", "sex", "ssn"})
_NOBODY = Patient("", "", "", "")


@dataclass(frozen=True, slots=True)
class PageShown:
    """One page of it: where it came from and where it can be seen."""

    page: str
    source: str
    frame: int
    state: str
    image: str
    """The command that writes its image; empty where it has none."""
    names: tuple[str, ...]
    """Patients of the index whom this page names, and by what."""


@dataclass(frozen=True, slots=True)
class PatientShown:
    """A patient whom it may belong to, beside what was read."""

    rank: int
    mrn: str
    name: str
    birth_date: str
    sex: str
    score: float
    reason: str
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """What is known of one document or page, and the commands that decide it."""

    subject: Subject
    expect: str
    why: str
    pages: tuple[PageShown, ...]
    values: tuple[tuple[str, IndexValue], ...]
    """Page id and value: those of the document, then other identifiers that its pages bear."""
    candidates: tuple[PatientShown, ...]
    commands: tuple[tuple[str, str], ...]
    """What it says, and the command."""

    def as_json(self) -> dict[str, object]:
        """Return the line of ``review show --json``."""
        row = self.subject.document
        return {
            "subject": self.subject.name,
            "expect": self.expect,
            "state": state_of(self.subject),
            "batch": self.subject.batch.name,
            "why": self.why,
            "type": _type_json(row),
            "mrn": row.mrn if row else None,
            "date": row.service_date if row else None,
            "pages": [asdict(page) for page in self.pages],
            "values": [_value_json(page, value) for page, value in self.values],
            "candidates": [asdict(candidate) for candidate in self.candidates],
            "decided": [_decision_json(one) for one in self.subject.said],
            "commands": [command for _, command in self.commands],
        }


def sheet_of(connection: Connection, name: str, options: str = "") -> ReviewSheet:
    """Return the review sheet of a document or page; ArchiveError when there is none.

    ``options`` end every command, such as the home of the archive.
    """
    subject = subject_named(connection, name)
    row = subject.document
    values = _values(connection, subject)
    token = token_of(connection, subject)
    shown = tuple(
        replace(page, image=page.image and f"{page.image}{options}")
        for page in _pages(connection, subject, [value for _, value in values])
    )
    found = tuple(_candidates(connection, row, [value for _, value in values])) if row else ()
    return ReviewSheet(
        subject=subject,
        expect=token,
        why=row.reason if row else subject.frames[0].reason,
        pages=shown,
        values=values,
        candidates=found,
        commands=tuple(
            (what, f"{command}{options}")
            for what, command in _commands(subject, token, found, shown)
        ),
    )


def state_of(subject: Subject) -> str:
    """Return the state of a document or page, in one word for people."""
    row = subject.document
    if row is None:
        return subject.frames[0].state
    return "held, no patient" if is_parked(row) else row.state


def _values(connection: Connection, subject: Subject) -> tuple[tuple[str, IndexValue], ...]:
    own = pages.indexes_of(connection, subject.frames)
    read = [value for index in own.values() for value in index.values]
    kept = documents.values_of(connection, subject.document) if subject.document else []
    known = {(value.field, value.value, value.frame) for value in kept}
    more = [
        value
        for value in read
        if (value.field in _IDENTITY or subject.document is None)
        and (value.field, value.value, value.frame) not in known
    ]
    return tuple((deliveries.page_id(value.frame), value) for value in (*kept, *more))


def _pages(
    connection: Connection, subject: Subject, values: Sequence[IndexValue]
) -> Iterator[PageShown]:
    kept = pages.pages_of(connection, subject.frames)
    sources = {one.id: one.shown for one in deliveries.sources(connection, subject.batch)}
    named: dict[FrameRef, list[str]] = {}
    machine = [value for value in values if not value.rule.startswith("person:")]
    for other in others_named(machine, _NOBODY, StoredIndex(connection)):
        told = f"{other.patient.mrn} {name_of(other.patient)} by {other.by}"
        named.setdefault(other.frame, []).append(told)
    for frame in subject.frames:
        page = kept.get(frame.ref)
        yield PageShown(
            page=frame.page,
            source=sources[frame.source_id],
            frame=frame.ref.number,
            state=frame.state,
            image=_look(frame) if page and page.image else "",
            names=tuple(named.get(frame.ref, ())),
        )


def _look(frame: FrameRow) -> str:
    return f"chartroom page {frame.page} --out {frame.page}.png"


def _candidates(
    connection: Connection, row: DocumentRow, values: Sequence[IndexValue]
) -> Iterator[PatientShown]:
    index = StoredIndex(connection)
    read = [value for value in values if value.field in _IDENTITY]
    for rank, candidate in enumerate(documents.candidates_of(connection, row), start=1):
        patient = index.by_mrn(candidate.mrn)
        yield PatientShown(
            rank=rank,
            mrn=candidate.mrn,
            name=name_of(patient) if patient else "no longer in the index",
            birth_date=patient.birth_date if patient else "",
            sex=patient.sex if patient else "",
            score=candidate.score,
            reason=candidate.reason,
            compared=tuple(compared(read, patient)) if patient else (),
        )


def _commands(
    subject: Subject,
    token: str,
    candidates: Sequence[PatientShown],
    shown: Sequence[PageShown],
) -> Iterator[tuple[str, str]]:
    """Yield what may be said, likeliest first."""
    decide = f"chartroom review decide {subject.name} --expect {token}"
    fileable = subject.document is not None or subject.frames[0].document_id is None
    if subject.said:
        yield "take back what was decided", f"{decide} --undo"
    for one in candidates:
        yield f"it is of patient {one.rank} above", f"{decide} --candidate {one.rank}"
    if fileable and shown[0].image:
        yield "it is of another patient", f"{decide} --mrn NUMBER"
        yield "its type is another", f"{decide} --type CODE-OR-NAME"
    if subject.document is not None:
        yield "the index has no such patient", f"{decide} --no-patient"
        yield "a field was read wrong", f"{decide} --value FIELD=VALUE"
    yield from _page_commands(subject, decide)


def _page_commands(subject: Subject, decide: str) -> Iterator[tuple[str, str]]:
    if subject.page is None:
        other = subject.frames[1].page
        yield "its second page starts another", f"chartroom review decide {other} --starts-here"
        first = subject.frames[0].page
        yield "it goes on with the page before", f"chartroom review decide {first} --joins-previous"
        return
    if subject.page.state == "quarantined":
        yield "it was seen and stays as it is", f"{decide} --seen"
    yield "it goes on with the page before", f"{decide} --joins-previous"
    yield "it is a blank page", f"{decide} --blank"
    yield "it is a target, a leader or a notice", f"{decide} --technical"
    yield "it is a separator sheet", f"{decide} --separator"


def _type_json(row: DocumentRow | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {"code": row.type_code, "name": row.type_name, "confidence": row.type_confidence}


def _value_json(page: str, value: IndexValue) -> dict[str, object]:
    told = {name: getattr(value, name) for name in ("field", "value", "raw", "confidence", "rule")}
    return {**told, "page": page, "box": value.box.as_list()}


def _decision_json(one: Decision) -> dict[str, object]:
    return {
        "topic": one.word.topic,
        "kind": one.word.kind,
        "value": one.word.value,
        "by": one.person,
        "at": one.at,
        "note": one.note,
    }


def sheet_lines(sheet: ReviewSheet) -> Iterator[str]:
    """Yield the review sheet as lines for a terminal."""
    subject, row = sheet.subject, sheet.subject.document
    kind = f"  {row.type_name} ({row.type_confidence:.2f})" if row else ""
    yield f"{subject.name}  {state_of(subject)}  batch {subject.batch.name}{kind}"
    if row is not None and row.mrn:
        yield f"  filed to {row.mrn}  {row.patient_name}  {row.birth_date}"
    yield f"  why: {sheet.why or 'no reason was noted'}"
    for one in subject.said:
        note = f"  ({one.note})" if one.note else ""
        said = f"{one.word.kind} {one.word.field} {one.word.value}"
        yield f"  decided: {' '.join(said.split())} by {one.person} at {one.at}{note}"
    yield "pages:"
    for page in sheet.pages:
        yield f"  {page.page}  frame {page.frame} of {page.source}  {page.state}"
        yield f"      {page.image or 'it has no image'}"
        yield from (f"      names {told}" for told in page.names)
    if sheet.values:
        yield "read:"
    for where, value in sheet.values:
        yield f"  {value.field}: {value.value}  ({value.confidence:.2f}, {value.rule})"
        yield f"      as read: {value.raw}  on {where} at {value.box.as_list()}"
    yield from _candidate_lines(sheet.candidates)
    yield "to decide:"
    yield from (f"  {what}:\n      {command}" for what, command in sheet.commands)


def _candidate_lines(candidates: Sequence[PatientShown]) -> Iterator[str]:
    if candidates:
        yield "patients it may belong to:"
    for one in candidates:
        yield f"  {one.rank}. {one.mrn}  {one.name}  {one.birth_date}  {one.sex}  ({one.score:.2f})"
        for row in one.compared:
            read = f", read as {' / '.join(row.read)}" if row.read else ""
            yield f"      {row.field} {row.verdict}: {row.known or 'not in the index'}{read}"
