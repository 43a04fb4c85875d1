"""A person decides: whose a document is, what it is, where it begins, what a frame is.

Everything happens in the caller's one transaction: the decision, the documents made again from
it, the audit rows and the notes to the search index. A decision that does not come to what the
person said is refused whole. No text here names a patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import audit, decisions, deliveries, documents
from archive.catalogue import Connection
from archive.decisions import Word
from archive.deliveries import FrameRow
from archive.documents import DocumentRow
from archive.patients import StoredIndex
from batch.assembly import assemble_around
from batch.decided import restore_states
from capture.errors import ArchiveError, SettingsError
from indexer.settings import IndexSettings

from .subjects import Subject, refuse_stale, subject_named
from .words import Order, words_on

_OF_A_PAGE = frozenset({"boundary", "state", "seen"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a subject."""

    subject: str
    decided: tuple[str, ...]
    """Topics; empty where all of it had been decided so before."""
    state: str
    reason: str
    document: DocumentRow | None
    """The document that its first page is in now."""

    def as_json(self) -> dict[str, object]:
        """Return the line of ``review decide --json``."""
        row = self.document
        return {
            "subject": self.subject,
            "decided": list(self.decided),
            "state": self.state,
            "reason": self.reason,
            "document": row.id if row else None,
            "pages": list(row.pages) if row else [],
            "mrn": row.mrn if row else None,
            "type": {"code": row.type_code, "name": row.type_name} if row else None,
            "date": row.service_date if row else None,
        }


def decide(
    connection: Connection, names: Sequence[str], order: Order, settings: IndexSettings
) -> list[Outcome]:
    """Carry out what a person says of all subjects, or of none.

    Raises ArchiveError for what has changed or was decided otherwise meanwhile, SettingsError
    for what cannot be, or not without another word.
    """
    due = []
    for subject, seen in _as_seen(connection, names, order):
        words = words_on(connection, subject, order)
        new = [word for word in words if not _stands(connection, subject, word)]
        _refuse_contradiction(subject, new, seen=seen)
        due.append((subject, words, new))
    for subject, _, new in due:
        for word in new:
            decisions.keep(connection, word, subject.frames, order.person, order.note)
    moved = [subject for subject, _, new in due if any(word.kind != "seen" for word in new)]
    _assemble(connection, moved, settings)
    outcomes = [_outcome(connection, subject, new) for subject, _, new in due]
    for (subject, words, new), outcome in zip(due, outcomes, strict=True):
        _refuse_other_pages(subject, new, outcome)
        _refuse_unfulfilled(connection, subject, words)
        if new:
            _audit(connection, "decided", outcome, order, len(subject.frames))
    return outcomes


def take_back(
    connection: Connection, names: Sequence[str], order: Order, settings: IndexSettings
) -> list[Outcome]:
    """Let the machine's verdict return: for a document what it is and whose, for a page the rest.

    Raises SettingsError where nothing that a person decided stands.
    """
    if order.says_anything:
        raise SettingsError("--undo takes back and stands alone; decide anew in a second command")
    undone = [
        (subject, _end(connection, subject, order.person))
        for subject, _ in _as_seen(connection, names, order)
    ]
    moved = [subject for subject, topics in undone if topics != ("seen",)]
    _assemble(connection, moved, settings)
    outcomes = [_outcome(connection, subject, ()) for subject, _ in undone]
    for (subject, topics), outcome in zip(undone, outcomes, strict=True):
        _audit(connection, "decision taken back", outcome, order, len(subject.frames), topics)
    return outcomes


def _end(connection: Connection, subject: Subject, person: str) -> tuple[str, ...]:
    """Take back what stands on a subject, give its frames what the machine said; return topics."""
    before = decisions.machine_states(connection, subject.frames)
    topics = _topics_of(subject)
    if not decisions.end(connection, subject.frames, topics, person):
        where = _elsewhere(subject)
        raise SettingsError(f"nothing that a person decided stands on {subject.name}{where}")
    if topics != ("seen",):
        restore_states(connection, subject.frames, before)
    return topics


def _as_seen(
    connection: Connection, names: Sequence[str], order: Order
) -> list[tuple[Subject, bool]]:
    """Return each subject, and whether it is known to be as the person saw it."""
    tokens = order.expected
    if len(tokens) not in (0, len(names)):
        raise SettingsError("give --expect once for each document, in their order, or not at all")
    subjects = {name: subject_named(connection, name) for name in names}
    for name, token in zip(names, tokens, strict=False):
        refuse_stale(connection, subjects[name], token)
    return [(subject, bool(tokens)) for subject in subjects.values()]


def _stands(connection: Connection, subject: Subject, word: Word) -> bool:
    """Say whether just that was decided on every page before."""
    said = decisions.standing(connection, [frame.ref for frame in subject.frames])
    return all(
        any(
            one.word.kind == word.kind
            and (one.word.field, one.word.value) == (word.field, word.value)
            and one.word.despite >= word.despite
            and set(one.word.ruled_out) >= set(word.ruled_out)
            for one in said.get(frame.ref, ())
        )
        for frame in subject.frames
    )


def _refuse_contradiction(subject: Subject, words: Sequence[Word], *, seen: bool) -> None:
    """Refuse to overwrite what somebody decided, unless this person has seen it."""
    for word in words:
        for one in subject.said:
            other = (one.word.kind, one.word.value) != (word.kind, word.value)
            if one.word.topic == word.topic and other and not seen:
                raise ArchiveError(
                    f"{subject.name} was decided otherwise by {one.person} at {one.at}; look at "
                    "it with `chartroom review show`, then say --undo first, or give the --expect "
                    "that it shows"
                )


def _assemble(connection: Connection, subjects: Sequence[Subject], settings: IndexSettings) -> None:
    together: dict[str, list[FrameRow]] = {}
    batches = {subject.batch.name: subject.batch for subject in subjects}
    for subject in subjects:
        together.setdefault(subject.batch.name, []).extend(subject.frames)
    for name, frames in together.items():
        assemble_around(connection, batches[name], frames, settings)


def _outcome(connection: Connection, subject: Subject, words: Sequence[Word]) -> Outcome:
    frame = _now(connection, subject)[0]
    row = documents.document_named(connection, frame.document_id) if frame.document_id else None
    reason = row.reason if row else frame.reason
    topics = tuple(word.topic for word in words)
    return Outcome(subject.name, topics, frame.state, reason, row)


def _now(connection: Connection, subject: Subject) -> list[FrameRow]:
    return deliveries.frames_of_pages(connection, [frame.page for frame in subject.frames])


def _refuse_other_pages(subject: Subject, words: Sequence[Word], outcome: Outcome) -> None:
    """Refuse a word on a document that newer rules give pages which the person did not see."""
    if subject.document is None or outcome.document is None or not words:
        return
    if any(word.kind == "boundary" for word in words):
        return
    if not set(outcome.document.pages) <= set(subject.document.pages):
        raise ArchiveError(
            f"{subject.name} has other pages by the rules of now; run `chartroom review again "
            f"--batch {subject.batch.name}` and look again"
        )


def _refuse_unfulfilled(connection: Connection, subject: Subject, words: Sequence[Word]) -> None:
    frames = _now(connection, subject)
    for word in words:
        for why in _unfulfilled(connection, frames, word):
            raise SettingsError(f"{subject.name}: {why}")


def _unfulfilled(connection: Connection, frames: Sequence[FrameRow], word: Word) -> Iterator[str]:
    """Yield why what was said did not come to be."""
    of_document = word.kind in ("patient", "no patient", "type", "value")
    if of_document and any(frame.document_id is None for frame in frames):
        yield "its file is still being read; decide when `chartroom batch show` says it is done"
        return
    if word.kind == "patient":
        mrn = StoredIndex(connection).by_mrn(word.value)
        for name in dict.fromkeys(frame.document_id or "" for frame in frames):
            row = documents.document_named(connection, name)
            if row.state != "filed" or mrn is None or row.mrn != mrn.mrn:
                yield _not_filed(row)
    if word.kind == "state" and any(frame.state != word.value for frame in frames):
        yield f"it could not be made {word.value}; `chartroom batch retry` may help"
    if word.kind == "boundary":
        yield from _wrong_boundary(frames[0], word.value)


def _not_filed(row: DocumentRow) -> str:
    if "names another patient" in row.reason:
        return (
            f"{row.reason}. `chartroom review show` says whom. Look at that page: if it is of "
            "somebody else, part it from the rest with --starts-here; if all of it is of the "
            "patient you chose, say so with --despite"
        )
    return f"it is held: {row.reason}"


def _wrong_boundary(frame: FrameRow, boundary: str) -> Iterator[str]:
    if boundary == "joins" and frame.sequence == 1:
        yield (
            "there is no page before it that it could join: a separator, or the beginning of "
            "its file, lies between"
        )
    if frame.document_id is None:
        yield "it is no page of a document, so that nothing begins or goes on with it"


def _topics_of(subject: Subject) -> tuple[str, ...]:
    """Return the topics that --undo of a subject is about, of those that stand."""
    topics = tuple(dict.fromkeys(one.word.topic for one in subject.said))
    of_page = tuple(topic for topic in topics if topic in _OF_A_PAGE)
    if subject.document is None:
        loose = subject.frames[0].document_id is None
        return of_page or (topics if loose else ())
    if subject.page is not None:
        return topics
    return tuple(topic for topic in topics if topic not in _OF_A_PAGE)


def _elsewhere(subject: Subject) -> str:
    inside = subject.frames[0].document_id if subject.document is None else None
    return f"; it is in document {inside}" if inside else ""


def _audit(
    connection: Connection,
    action: str,
    outcome: Outcome,
    order: Order,
    pages: int,
    topics: Sequence[str] = (),
) -> None:
    login = audit.this_person()
    audit.record(
        connection,
        action,
        outcome.subject,
        actor=order.person,
        what=", ".join(topics or outcome.decided),
        pages=pages,
        state=outcome.state,
        login=login if login != order.person else None,
    )
