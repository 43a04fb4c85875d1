"""What a full-text engine must do for us; every engine passes one conformance suite."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from capture.errors import ArchiveError, BusyError, ChartroomError

from .dates import day_range
from .model import Entry, Hit
from .plan import WORDS, Node, TermDictionary
from .text import identifier, label, tokens
from .tree import TEXT_FIELDS, WHOLE_FIELDS

SCHEMA = 1
"""Counts up whenever fields or analysis change: an index of another number is built anew."""
TERM_FIELDS = (WORDS, *TEXT_FIELDS, *WHOLE_FIELDS)
"""Fields of an index that hold terms at positions."""
_GAP = 100
"""Positions between two texts of one field, so that no phrase runs across."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A page as an engine takes it in: everything analysed."""

    page_id: str
    terms: Mapping[str, Sequence[tuple[int, str]]]
    """Position and term, by field."""
    ranges: Mapping[str, tuple[int, int]]
    """Lowest and highest number, by field; a field without one is absent."""


class IndexWriter(Protocol):
    """Takes changes; they are seen together or not at all."""

    def replace(self, entries: Iterable[Entry]) -> None:
        """Add pages, each in place of any earlier one of the same id."""
        ...

    def remove(self, page_ids: Iterable[str]) -> None:
        """Forget pages; one that is not there is no error."""
        ...


class IndexReader(TermDictionary, Protocol):
    """One state of an index, whatever is written meanwhile."""

    def find(self, node: Node, limit: int, offset: int = 0) -> Sequence[Hit]:
        """Return the best pages, equal ones by page id."""
        ...

    def count(self, node: Node) -> int:
        """Return how many pages match."""
        ...

    def pages(self) -> int:
        """Return how many pages the index holds."""
        ...


class SearchEngine(Protocol):
    """A disposable projection of the catalogue: it can always be built again.

    Every method takes the folder of one index and raises ArchiveError when that cannot be read
    as one of this engine.
    """

    @property
    def name(self) -> str:
        """The word for it in the settings."""
        ...

    @property
    def version(self) -> str:
        """Version of the library."""
        ...

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        ...

    def writing(self, folder: Path) -> AbstractContextManager[IndexWriter]:
        """Open the index for one commit, durable at the end of the block; an error drops it."""
        ...

    def damaged(self, folder: Path) -> tuple[str, ...]:
        """Return the files that fail their checksum, reading all; no engine has to have one."""
        ...

    def reading(self, folder: Path) -> AbstractContextManager[IndexReader]:
        """Open the index as it is now."""
        ...


def indexed(entry: Entry) -> Indexed:
    """Return ``entry`` as an engine takes it in."""
    known = {field: list(_texts(entry, field)) for field in TEXT_FIELDS}
    everything = [entry.text, entry.mrn, *(text for texts in known.values() for text in texts)]
    terms = {WORDS: _in_a_row(everything)}
    terms |= {field: _in_a_row(texts) for field, texts in known.items()}
    terms |= {field: _whole(entry, field) for field in WHOLE_FIELDS}
    return Indexed(entry.page_id, terms, dict(_ranges(entry)))


def _texts(entry: Entry, field: str) -> Iterator[str]:
    match field:
        case "name":
            yield from (entry.patient_name, *entry.other_names)
        case "type":
            yield from (entry.type_name, entry.type_code)
        case "physician":
            yield entry.attending
        case _:
            yield getattr(entry, field)


def _in_a_row(texts: Iterable[str]) -> list[tuple[int, str]]:
    placed: list[tuple[int, str]] = []
    start = 0
    for text in texts:
        found = [(start + token.position, token.term) for token in tokens(text)]
        placed += found
        start = found[-1][0] + _GAP if found else start
    return placed


def _whole(entry: Entry, field: str) -> list[tuple[int, str]]:
    key = identifier(entry.mrn) if field == "mrn" else label(getattr(entry, field))
    return [(0, key)] if key else []


def _ranges(entry: Entry) -> Iterator[tuple[str, tuple[int, int]]]:
    for field, date in (("date", entry.date), ("dob", entry.birth_date)):
        if days := day_range(date):
            yield field, days
    if entry.frame is not None:
        yield "frame", (entry.frame, entry.frame)


Fetch = Callable[[int], Sequence[tuple[float, str]]]
"""From a number to that many of the best pages: score and id, best first."""

_FURTHEST_TIE = 4096


def break_ties(fetch: Fetch, limit: int, offset: int) -> list[Hit]:
    """Return the hits from ``offset`` on, equal scores by page id.

    Looks past ``limit`` until the score changes; ties of thousands stay in the engine's order
    at the far end.
    """
    wanted = offset + limit
    asked = wanted + 1
    best = _rounded(fetch(asked))
    while len(best) == asked < _FURTHEST_TIE and best[wanted - 1].score == best[-1].score:
        asked *= 2
        best = _rounded(fetch(asked))
    return sorted(best, key=lambda hit: (-hit.score, hit.page_id))[offset:wanted]


def _rounded(scored: Sequence[tuple[float, str]]) -> list[Hit]:
    # Sums of floats differ in their last places with the order of segments.
    return [Hit(page_id, round(score, 4)) for score, page_id in scored]


IN_USE = "the search index is being written by another run: run again when it is done"


def unusable(error: BaseException) -> ChartroomError:
    """Return what to tell a person when an engine fails with ``error``."""
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
        return BusyError("the disk of the search index is full: make room and run again")
    return ArchiveError("the search index is corrupt: run `chartroom reindex`")
