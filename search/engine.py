"""What a full-text engine must do for us; every engine passes one conformance suite."""

from __future__ import annotations

import errno
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from capture.errors import ArchiveError, BusyError, ChartroomError

from .dates import day_range
from .grams import USUAL, grams
from .model import Answer, Entry, Facet
from .nodes import SOUND, WORDS, Node
from .sounds import keys
from .text import identifier, label, placed, term
from .tree import LABEL_FIELDS, TEXT_FIELDS, WHOLE_FIELDS

T = TypeVar("T")

SCHEMA = 2
"""Counts up whenever fields or analysis change: an index of another number is built anew."""
ROW_FIELDS = (WORDS, SOUND, *TEXT_FIELDS)
"""Fields of an index that hold terms in rows."""
NONE = "-"
"""The label of a page that has none, in a field where such pages are looked for."""
LABELS = (*WHOLE_FIELDS, "type_code", "document")
"""Fields of an index that hold one term, taken whole."""


_SHORT = 200
"""Characters of a row, such as the name of a type, that comes again and again."""


def _grams(row: str, common: frozenset[str]) -> tuple[str, ...]:
    return tuple(grams(row.split(" "), common))


_short_grams = lru_cache(maxsize=20_000)(_grams)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A page as an engine takes it in: everything analysed."""

    page_id: str
    order: int
    """Where the page comes among equal ones."""
    rows: Mapping[str, Sequence[str]]
    """By field, rows of terms with a space between; no phrase runs from one row to the next."""
    labels: Mapping[str, str]
    """By field, the one term it holds; a field without one is absent."""
    ranges: Mapping[str, tuple[int, int]]
    """Lowest and highest number, by field; a field without one is absent."""
    facets: Mapping[Facet, Sequence[str]]
    """What the page counts under."""

    def grams(self, common: frozenset[str]) -> Iterator[str]:
        """Yield the grams of ``common`` words in WORDS, for an engine that wants them."""
        for row in self.rows[WORDS]:
            if " " in row:
                is_short = len(row) <= _SHORT
                yield from (_short_grams if is_short else _grams)(row, common)


class IndexWriter(Protocol):
    """Takes changes; they are seen together or not at all."""

    def replace(self, entries: Iterable[Entry]) -> None:
        """Add pages, each in place of any earlier one of the same id."""
        ...

    def remove(self, page_ids: Iterable[str]) -> None:
        """Forget pages; one that is not there is no error."""
        ...


class IndexReader(Protocol):
    """One state of an index, whatever is written meanwhile."""

    def find(self, node: Node, limit: int, offset: int = 0) -> Answer:
        """Return the best pages, equal ones in the order of their files, and how many match."""
        ...

    def every(self, node: Node) -> Sequence[str]:
        """Return the ids of all pages that match, sorted."""
        ...

    def tally(self, node: Node, facet: Facet, limit: int) -> Sequence[tuple[str, int]]:
        """Return the commonest values of ``facet`` among the pages that match, with counts."""
        ...

    def frequency(self, field: str, term: str) -> int:
        """Return about how many pages hold a term in a field of rows."""
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

    def create(self, folder: Path, common: frozenset[str] = USUAL) -> None:
        """Make an empty index; ``common`` words may get grams."""
        ...

    def writing(self, folder: Path, *, fresh: bool = False) -> AbstractContextManager[IndexWriter]:
        """Open the index for one commit, durable at the end of the block; an error drops it.

        ``fresh`` promises that it is empty and that no page will come twice.
        """
        ...

    def damaged(self, folder: Path) -> tuple[str, ...]:
        """Return the files that fail their checksum, reading all; no engine has to have one."""
        ...

    def reading(self, folder: Path) -> AbstractContextManager[IndexReader]:
        """Open the index as it is now."""
        ...


def indexed(entry: Entry) -> Indexed:
    """Return ``entry`` as an engine takes it in."""
    # Pages of a document come one after the other, and differ in their words alone.
    known = _known(replace(entry, page_id="", text="", frame=None, reading="", handwritten=False))
    reading = label(entry.reading)
    ranges = {} if entry.frame is None else {"frame": (entry.frame, entry.frame)}
    return Indexed(
        entry.page_id,
        order_of(entry.page_id),
        known.rows | {WORDS: (*_rows(entry.text), *known.rows[WORDS])},
        known.labels | ({"reading": reading} if reading else {}),
        known.ranges | ranges,
        known.facets,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What an engine takes in of a document, and so of each of its pages."""

    rows: dict[str, Sequence[str]]
    labels: dict[str, str]
    ranges: dict[str, tuple[int, int]]
    facets: Mapping[Facet, Sequence[str]]


@lru_cache(maxsize=1024)
def _known(entry: Entry) -> _Known:
    rows: dict[str, Sequence[str]] = {
        field: _known_rows(tuple(texts(entry, field))) for field in TEXT_FIELDS
    }
    everything = (*_known_rows((entry.mrn,)), *_flat(rows.values()))
    return _Known(
        rows | {WORDS: everything, SOUND: _sounds(tuple(texts(entry, "name")))},
        dict(_labels(entry)),
        dict(_ranges(entry)),
        {facet: facet_values(entry, facet) for facet in Facet},
    )


def texts(entry: Entry, field: str) -> Iterator[str]:
    """Yield the texts that a field of TEXT_FIELDS holds of a page."""
    match field:
        case "name":
            yield from (entry.patient_name, *entry.other_names)
        case "type":
            yield from (entry.type_name, entry.type_code)
        case "physician":
            yield entry.attending
        case _:
            yield getattr(entry, field)


def _rows(text: str) -> list[str]:
    row, extra = placed(text)
    return [" ".join(row), *extra] if row else extra


@lru_cache(maxsize=20_000)
def _known_rows(known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rows of short texts; names of types, doctors and rolls come again and again."""
    return tuple(_flat(_rows(text) for text in known))


@lru_cache(maxsize=20_000)
def _sounds(names: tuple[str, ...]) -> tuple[str, ...]:
    found = " ".join(dict.fromkeys(_flat(keys(name) for name in names)))
    return (found,) if found else ()


def _flat(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    for part in parts:
        yield from part


def _labels(entry: Entry) -> Iterator[tuple[str, str]]:
    told = {field: label(getattr(entry, field)) for field in LABEL_FIELDS}
    told |= {"mrn": identifier(entry.mrn), "type_code": term(entry.type_code)}
    # Pages of no chart or document are together under a sign that no number or id is.
    told |= {"mrn": told["mrn"] or NONE, "document": entry.document_id or NONE}
    yield from ((field, key) for field, key in told.items() if key)


def facet_values(entry: Entry, facet: Facet) -> Sequence[str]:
    """Return what a page counts under."""
    match facet:
        case Facet.TYPE:
            told = [entry.type_name or entry.type_code]
        case Facet.YEAR:
            told = [entry.date[:4]]
        case Facet.FACILITY:
            told = entry.facility.upper().splitlines()
        case Facet.PHYSICIAN:
            told = entry.attending.upper().splitlines()
    return tuple(dict.fromkeys(filter(None, (" ".join(one.split()) for one in told))))


_NUMBERED = re.compile(r"(.*?)-?([0-9]{1,6})", re.DOTALL)


@lru_cache(maxsize=4096)
def _order_of_file(name: str) -> int:
    try:
        return int(name[:10], 16)
    except ValueError:
        return zlib.crc32(name.encode())


def order_of(page_id: str) -> int:
    """Return a number below 2^63 that puts pages of one file in their order, files in any."""
    match = _NUMBERED.fullmatch(page_id)
    name, number = (match[1], int(match[2])) if match else (page_id, 0)
    return (_order_of_file(name) << 20) + number


def _ranges(entry: Entry) -> Iterator[tuple[str, tuple[int, int]]]:
    for field, date in (("date", entry.date), ("dob", entry.birth_date)):
        if days := day_range(date):
            yield field, days


Fetch: TypeAlias = Callable[[int], Sequence[tuple[float, T]]]
"""From a number to that many of the best pages: score and address, best first."""

_FURTHEST_TIE = 256


def best_of(
    fetch: Fetch[T], order: Callable[[Sequence[T]], Sequence[int]], limit: int, offset: int
) -> list[tuple[float, T]]:
    """Return score and address of the hits from ``offset`` on, equal scores in ``order``.

    Looks past ``limit`` for pages of the same score; ties of hundreds stay in the order of the
    engine at the far end.
    """
    wanted = offset + limit
    best = fetch(wanted + _FURTHEST_TIE)
    places = order([address for _, address in best])
    ranked = sorted(
        zip(best, places, strict=True), key=lambda found: (-rounded(found[0][0]), found[1])
    )
    return [(rounded(score), address) for (score, address), _ in ranked[offset:wanted]]


def rounded(score: float) -> float:
    """Return a score without the places in which sums differ with the order of segments."""
    return round(score, 4)


IN_USE = "the search index is being written by another run: run again when it is done"


def unusable(error: BaseException) -> ChartroomError:
    """Return what to tell a person when an engine fails with ``error``."""
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
        return BusyError("the disk of the search index is full: make room and run again")
    return ArchiveError("the search index is corrupt: run `chartroom reindex`")
