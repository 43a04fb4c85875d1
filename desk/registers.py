"""The patient, disease, operation and physician index as people read them and hand them on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.catalogue import Connection
from archive.register_choice import Asked, Register
from archive.register_gaps import undated_documents, unread_pages
from archive.registers import Answer, Heading, Line, look_up
from archive.rights import Rights
from capture.errors import SettingsError
from search.access import EVERYTHING, Access
from search.dates import day_range
from search.text import has_word

from .rights import rights_of

HEADING_COLUMNS = (
    "index",
    "heading",
    "kind",
    "see",
    "mrn",
    "birth_date",
    "patients",
    "documents",
    "pages",
    "first_date",
    "last_date",
)
ENTRY_COLUMNS = (
    "index",
    "heading",
    "kind",
    "see",
    "mrn",
    "patient_name",
    "birth_date",
    "type_code",
    "type_name",
    "date",
    "document",
    "pages",
    "state",
    "batch",
    "confidence",
)


@dataclass(frozen=True, slots=True)
class View:
    """An index as it was asked for, and what it cannot know."""

    asked: Asked
    answer: Answer
    unread: int
    """Pages that were not read, or not so that an index may rely on it."""
    undated: int
    """Documents that fall out of the span of time that was asked for, for want of a date."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever relies on it has to know."""
        return tuple(_notes(self))


def view_of(connection: Connection, asked: Asked, access: Access = EVERYTHING) -> View:
    """Return the part of an index that ``access`` allows; words show what stands under them.

    Raises SettingsError for words without a letter and for a date that is none, ArchiveError for
    a batch that is not there.
    """
    _refuse_unclear(asked)
    rights: Rights = rights_of(access)
    return View(
        asked,
        look_up(connection, asked, rights),
        unread_pages(connection, asked, rights),
        undated_documents(connection, asked, rights),
    )


def columns_of(view: View) -> tuple[str, ...]:
    """Return the header row of the table of an index."""
    return ENTRY_COLUMNS if view.asked.entries else HEADING_COLUMNS


def rows_of(view: View) -> Iterator[dict[str, object]]:
    """Yield the rows of its table: one for each heading, or for each document under each."""
    for heading in view.answer.headings:
        if not view.asked.entries:
            yield _heading_row(view.asked.register, heading)
        elif heading.see:
            yield dict.fromkeys(ENTRY_COLUMNS, "") | _see_row(view.asked.register, heading)
        else:
            yield from (_entry_row(view.asked.register, heading, line) for line in heading.lines)


def count_words(view: View) -> str:
    """Return the counts of an index in words, each document and patient counted once."""
    answer = view.answer
    shown = f"{len(answer.headings)} of " if len(answer.headings) < answer.of_all else ""
    return (
        f"{shown}{answer.of_all} headings: {answer.patients} patients, "
        f"{answer.documents} documents, {answer.pages} pages"
    )


def _notes(view: View) -> Iterator[str]:
    if view.answer.held:
        yield f"and {view.answer.held} held documents not listed; --held lists them"
    if view.undated:
        yield f"{view.undated} documents without a date are in no span of time"
    if view.unread:
        yield (
            f"{view.unread} pages were not read, or not reliably: "
            "what they say may be missing in this index"
        )


def _refuse_unclear(asked: Asked) -> None:
    for option, words in (
        ("WORDS", asked.words), ("--facility", asked.facility), ("--type", asked.type)
    ):  # fmt: skip
        if words and not has_word(words):
            raise SettingsError(f"{option} needs a letter or a digit to look for")
    for option, day in (("--from", asked.date_from), ("--to", asked.date_to)):
        if day and day_range(day) is None:
            raise SettingsError(f"{option} is not a date: write 1961, 1961-03 or 1961-03-05")


def _heading_row(register: Register, heading: Heading) -> dict[str, object]:
    own = {"index": register.value, "heading": heading.text}
    return {name: own[name] if name in own else getattr(heading, name) for name in HEADING_COLUMNS}


def _see_row(register: Register, heading: Heading) -> dict[str, object]:
    return {
        "index": register.value,
        "heading": heading.text,
        "kind": heading.kind,
        "see": heading.see,
        "mrn": heading.mrn,
        "birth_date": heading.birth_date,
    }


def _entry_row(register: Register, heading: Heading, line: Line) -> dict[str, object]:
    own = {
        "index": register.value,
        "heading": heading.text,
        "kind": heading.kind,
        "see": "",
        "patient_name": line.patient,
        "confidence": round(line.confidence, 4),
    }
    return {name: own[name] if name in own else getattr(line, name) for name in ENTRY_COLUMNS}
