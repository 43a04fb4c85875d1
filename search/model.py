"""What search knows of a page, what it hands out, and what it asks of the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from capture.errors import SettingsError
from ocr.model import OcrPage

from .dates import day_range


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as the index sees it; an empty string where the archive does not know."""

    page_id: str
    document_id: str = ""
    batch: str = ""
    mrn: str = ""
    patient_name: str = ""
    other_names: tuple[str, ...] = ()
    birth_date: str = ""
    """ISO 8601, may be partial."""
    type_code: str = ""
    type_name: str = ""
    date: str = ""
    """The document's date, ISO 8601, may be partial."""
    facility: str = ""
    attending: str = ""
    diagnosis: str = ""
    procedure: str = ""
    state: str = ""
    roll: str = ""
    """Name of the roll or of the file that the page came from."""
    frame: int | None = None
    text: str = ""
    handwritten: bool = False
    """Mostly written by hand: its words say little of what stands on it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that answers a query."""

    page_id: str
    score: float
    """BM25 of the engine, rounded to four places; 0.0 when only filters were asked."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as a person gets it."""

    page: str
    document: str
    mrn: str
    patient: str
    type: str
    date: str
    score: float
    snippet: str
    boxes: tuple[tuple[int, int, int, int], ...]
    """``(x, y, width, height)`` of each matched word, in pixels of the page image."""
    matched: tuple[str, ...]
    """The matched words as they were read, one for each box."""
    handwritten: bool = False
    """Mostly written by hand: a person must look, for its writing was not read."""

    def as_json(self) -> dict[str, object]:
        """Return the line of ``search --json``; only a page by hand says that it is."""
        line: dict[str, object] = {
            "page": self.page,
            "document": self.document,
            "mrn": self.mrn,
            "patient": self.patient,
            "type": self.type,
            "date": self.date,
            "score": self.score,
            "snippet": self.snippet,
            "boxes": [list(box) for box in self.boxes],
            "matched": list(self.matched),
        }
        # The line of a printed page stays what scripts have always read.
        return line | {"handwritten": True} if self.handwritten else line


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one query."""

    found: tuple[Found, ...]
    total: int
    """Pages of the index that match, of which ``found`` are the best."""
    notes: tuple[str, ...] = ()
    """What was not understood or not looked at, for the person who asked."""
    behind: int = 0
    """Changes of the archive that the index has not seen yet."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows a query by what the catalogue knows; an empty string does not narrow.

    Raises SettingsError for a date that is none: a filter left out would widen the answer.
    """

    mrn: str = ""
    patient: str = ""
    type: str = ""
    date_from: str = ""
    date_to: str = ""
    batch: str = ""
    state: str = ""

    def __post_init__(self) -> None:
        for name in ("date_from", "date_to"):
            value = getattr(self, name)
            if value and day_range(value) is None:
                raise SettingsError(f"{name} is not a date: write 1961, 1961-03 or 1961-03-05")


@dataclass(frozen=True, slots=True)
class Change:
    """The archive's word that a page is new, altered or gone."""

    seq: int
    """Counts the changes of one archive upwards, from 1."""
    page: str


class TextSource(Protocol):
    """The archive as search sees it."""

    @property
    def archive_id(self) -> str:
        """What tells this archive from any other."""
        ...

    def last_seq(self) -> int:
        """Return the number of the latest change, 0 when there was none."""
        ...

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        """Return up to ``limit`` changes with a number above ``after``, in order."""
        ...

    def all_page_ids(self) -> Iterator[str]:
        """Yield every page that can be found, each once."""
        ...

    def entries(self, page_ids: Sequence[str]) -> Mapping[str, Entry]:
        """Return what is known of these pages; one that is absent is to be forgotten."""
        ...

    def words(self, page_id: str) -> OcrPage | None:
        """Return the words of a page, None when it was not read."""
        ...
