"""What search knows of a page, what it hands out, and what it asks of the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from capture.errors import SettingsError
from ocr.codec import PlacedWord

from .dates import day_range
from .nodes import How


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
    reading: str = ""
    """``good``, or one of UNRELIABLE; empty where there is nothing to read."""
    text: str = ""
    handwritten: bool = False
    """Mostly written by hand: its words say little of what stands on it."""


UNRELIABLE = ("doubtful", "rescan", "handwritten", "unread")
"""What `Entry.reading` says of a page that a search may miss."""


class Facet(StrEnum):
    """What pages are counted under, for a person to narrow a search by."""

    TYPE = "type"
    YEAR = "year"
    FACILITY = "facility"
    PHYSICIAN = "physician"


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that answers a query."""

    page_id: str
    score: float
    """BM25 of the engine, rounded to four places; 0.0 when only filters were asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best pages, and how many match in all."""

    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Why:
    """How a page answers one word of the query."""

    asked: str
    found: str
    """As it stands there; empty when it was not found."""
    how: How
    where: str
    """``page``, or the index field that holds it."""

    def as_json(self) -> dict[str, str]:
        """Return it as it stands in the line of a hit."""
        return {"asked": self.asked, "found": self.found, "how": self.how, "where": self.where}


class Kinship(StrEnum):
    """How near a page comes to what was asked."""

    EXACT = "exact"
    SIMILAR = "similar words"
    PARTLY = "some of the words"


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
    why: tuple[Why, ...] = ()
    """How the page answers each word of the query."""

    @property
    def kinship(self) -> Kinship:
        """How near the page comes to what was asked."""
        if any(one.how is How.ABSENT for one in self.why):
            return Kinship.PARTLY
        return Kinship.SIMILAR if any(one.how.is_similar for one in self.why) else Kinship.EXACT

    def as_json(self) -> dict[str, object]:
        """Return the line of ``search --json``; only what is not plain has a key beyond those."""
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
        why = [one.as_json() for one in self.why if one.how is not How.EXACT]
        line |= {"handwritten": True} if self.handwritten else {}
        return line | ({"why": why} if why else {})


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one query."""

    found: tuple[Found, ...]
    total: int
    """Pages of the index that match to the letter; ``found`` begins with the best of them."""
    notes: tuple[str, ...] = ()
    """What was not understood or not looked at, for the person who asked."""
    behind: int = 0
    """Changes of the archive that the index has not seen yet."""
    similar: int = 0
    """Pages beside ``total`` that hold every word in a similar spelling or by another name."""
    unreliable: int = 0
    """Pages among which was looked, whose text is not to be relied on."""


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
    diagnosis: str = ""
    procedure: str = ""
    physician: str = ""
    facility: str = ""
    roll: str = ""
    born: str = ""
    """Date of birth, may be partial."""

    def __post_init__(self) -> None:
        for name in ("date_from", "date_to", "born"):
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

    def words(self, page_ids: Sequence[str]) -> Mapping[str, Sequence[PlacedWord]]:
        """Return the words of those of these pages that were read, as they stand in the text."""
        ...
