"""What a person may say of a subject, checked: only words that can come true are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive import documents, pages
from archive.catalogue import Connection
from archive.decisions import Word
from archive.deliveries import FrameRow
from archive.patients import StoredIndex
from batch.legibility import told
from capture.errors import SettingsError
from indexer.doctypes import type_named

from .corrections import corrected_value
from .subjects import Subject

ON_PAGE = {
    "starts_here": Word("boundary", "starts"),
    "joins_previous": Word("boundary", "joins"),
    "blank": Word("state", "blank"),
    "technical": Word("state", "technical"),
    "separator": Word("state", "separator"),
}
"""What may be said of a page where it stands, or of what it is, beside ``seen``."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says, as it was typed."""

    person: str
    mrn: str = ""
    candidate: int | None = None
    """Which of the patients shown, from 1."""
    no_patient: bool = False
    type: str = ""
    values: tuple[tuple[str, str], ...] = ()
    on_page: tuple[str, ...] = ()
    """Of `ON_PAGE`: at most one can be carried out."""
    despite: bool = False
    note: str = ""
    expected: tuple[str, ...] = ()
    """Tokens of what the person saw, one for each subject."""

    @property
    def says_anything(self) -> bool:
        """Whether it decides anything."""
        of_patient = self.mrn or self.candidate or self.no_patient
        return bool(of_patient or self.type or self.values or self.on_page)


def person_named(name: str) -> str:
    """Return a person's name as decisions carry it; SettingsError when it is none."""
    plain = " ".join(name.split())
    if not plain or not plain.isprintable() or len(plain) > 80:
        raise SettingsError("--by needs a name of at most 80 letters")
    return plain


def words_on(connection: Connection, subject: Subject, order: Order) -> list[Word]:
    """Return what ``order`` says of ``subject``; SettingsError says what cannot be said of it."""
    words = [
        *_of_document(connection, subject, order),
        *_of_page(connection, subject, order),
    ]
    if not words:
        raise SettingsError("say what you decide, such as --mrn, --no-patient, --type or --blank")
    if any(frame.state == "pending" for frame in subject.frames):
        raise SettingsError(f"{subject.name} is still being read; decide when that is done")
    return words


def _of_document(connection: Connection, subject: Subject, order: Order) -> Iterator[Word]:
    words = [*_patient(connection, subject, order), *_type(order), *_values(order)]
    if words and subject.document is None:
        _refuse_part(subject.frames[0])
        _refuse_unseen(connection, subject.frames[0])
    yield from words


def _patient(connection: Connection, subject: Subject, order: Order) -> Iterator[Word]:
    if sum(map(bool, (order.mrn, order.candidate, order.no_patient))) > 1:
        raise SettingsError("say only one of --mrn, --candidate and --no-patient")
    if order.no_patient:
        yield Word("no patient", "", ruled_out=_ruled_out(connection, subject))
    elif order.mrn or order.candidate:
        number = order.mrn or _candidate(connection, subject, order)
        yield Word("patient", _known(connection, number), despite=order.despite)


def _known(connection: Connection, number: str) -> str:
    """Return the present record number of a patient of the index."""
    index = StoredIndex(connection)
    patient = index.by_mrn(number) or index.by_mrn(number.replace("-", "").replace(" ", ""))
    if patient is None:
        raise SettingsError(
            "no patient of the index has this record number, or it led to several; check it, "
            "load the patients with `chartroom patients import`, or say --no-patient"
        )
    return patient.mrn


def _candidate(connection: Connection, subject: Subject, order: Order) -> str:
    if not order.expected:
        raise SettingsError(
            "--candidate needs the --expect that `chartroom review show` prints: the order of "
            "the patients may have changed"
        )
    row = subject.document
    found = documents.candidates_of(connection, row) if row else []
    rank = order.candidate or 0
    if not 1 <= rank <= len(found):
        raise SettingsError(f"{subject.name} has {len(found)} candidates; say --mrn instead")
    return found[rank - 1].mrn


def _ruled_out(connection: Connection, subject: Subject) -> tuple[str, ...]:
    if subject.document is None:
        return ()
    shown = [one.mrn for one in documents.candidates_of(connection, subject.document)]
    filed = [subject.document.mrn] if subject.document.mrn else []
    before = [mrn for one in subject.said for mrn in one.word.ruled_out]
    return tuple(dict.fromkeys((*shown, *filed, *before)))


def _type(order: Order) -> Iterator[Word]:
    if order.type:
        entry = type_named(order.type)
        if entry is None:
            raise SettingsError(
                f"there is no document type {order.type!r}; give its LOINC code or its name, as "
                "`chartroom review show` prints them"
            )
        yield Word("type", entry.code)


def _values(order: Order) -> Iterator[Word]:
    for field, text in order.values:
        yield Word("value", corrected_value(field, text), field)


def _of_page(connection: Connection, subject: Subject, order: Order) -> Iterator[Word]:
    if len(order.on_page) > 1:
        raise SettingsError("say one thing of a page: where it stands, what it is, or --seen")
    page = subject.page
    for said in order.on_page:
        if page is None:
            raise SettingsError(
                f"say which page of {subject.name}; `chartroom review show` lists them"
            )
        if said == "seen":
            yield Word("seen", _reason_seen(connection, page))
        else:
            _refuse_unseen(connection, page)
            yield ON_PAGE[said]


def _reason_seen(connection: Connection, page: FrameRow) -> str:
    """Return what a person has seen and leaves as it is."""
    if page.state == "quarantined":
        return page.reason
    unfit = pages.unfit_pages(connection, [page])
    if page.state == "filed" and page.ref in unfit:
        return told(page.ref, unfit[page.ref])
    raise SettingsError(
        f"--seen is for quarantined frames and doubtful pages; {page.page} is {page.state}"
    )


def _refuse_part(page: FrameRow) -> None:
    if page.document_id is not None:
        raise SettingsError(
            f"page {page.page} is in document {page.document_id}: decide on that, or part the "
            "page from it with --starts-here first"
        )


def _refuse_unseen(connection: Connection, page: FrameRow) -> None:
    kept = pages.pages_of(connection, [page]).get(page.ref)
    if kept is None or kept.image is None:
        raise SettingsError(
            f"{page.page} has no image that a person could have seen; scan it again, convert "
            "that, and say --seen of this one"
        )
