"""The archive as search sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archive.archive import Archive
from archive.findings import PageFinding, every_page, findings
from archive.outbox import last_posted, posted
from archive.pages import placed_words
from ocr.codec import PlacedWord

from .model import Change, Entry


class ArchiveText:
    """A ``TextSource`` over an open archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @property
    def archive_id(self) -> str:
        """What tells this archive from any other."""
        return self._archive.home.id

    def last_seq(self) -> int:
        """Return the number of the latest change, 0 when there was none."""
        with self._archive.catalogue.read() as connection:
            return last_posted(connection)

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        """Return up to ``limit`` changes with a number above ``after``, in order."""
        with self._archive.catalogue.read() as connection:
            return [Change(seq, page) for seq, page in posted(connection, after, limit)]

    def all_page_ids(self) -> Iterator[str]:
        """Yield every page that can be found, each once."""
        with self._archive.catalogue.read() as connection:
            yield from every_page(connection)

    def entries(self, page_ids: Sequence[str]) -> Mapping[str, Entry]:
        """Return what is known of these pages; one that is absent is to be forgotten."""
        with self._archive.catalogue.read() as connection:
            return {found.page: _entry(found) for found in findings(connection, page_ids)}

    def words(self, page_ids: Sequence[str]) -> Mapping[str, Sequence[PlacedWord]]:
        """Return the words of those of these pages that were read, as they stand in the text."""
        with self._archive.catalogue.read() as connection:
            return placed_words(connection, page_ids)


def _entry(found: PageFinding) -> Entry:
    return Entry(
        page_id=found.page,
        document_id=found.document or "",
        batch=found.batch,
        mrn=found.mrn or "",
        patient_name=found.patient_name or "",
        other_names=found.other_names,
        birth_date=found.birth_date or "",
        type_code=found.type_code or "",
        type_name=found.type_name or "",
        date=found.service_date or "",
        facility=_told(found, "facility"),
        attending=_told(found, "attending", "referring"),
        diagnosis=_told(found, "diagnosis"),
        procedure=_told(found, "procedure"),
        state=found.state,
        roll=found.source,
        frame=found.number,
        reading=_reading(found),
        text=found.text,
        handwritten=found.handwritten,
    )


_WITHOUT_TEXT = ("blank", "separator", "technical")
"""States of pages that have no text to be read."""


def _reading(found: PageFinding) -> str:
    if not found.is_read:
        return "" if found.state in _WITHOUT_TEXT else "unread"
    return "handwritten" if found.handwritten else found.verdict or "good"


def _told(found: PageFinding, *fields: str) -> str:
    return "\n".join(value for field in fields for value in found.values.get(field, ()))
