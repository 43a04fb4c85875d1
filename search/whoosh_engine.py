"""Whoosh 2.7.4 as a search engine: pure Python, for where tantivy has no build.

It keeps no checksums and never calls fsync; the latter is made good here. Its own parser, fuzzy
terms (which miss swapped letters), matchers of and, or and not, and collectors are not used.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import whoosh
from whoosh import fields, query
from whoosh.analysis import Analyzer, Token
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex, LockError
from whoosh.searching import SearchContext, Searcher
from whoosh.writing import IndexWriter

from capture.errors import BusyError

from .engine import IN_USE, TERM_FIELDS, Indexed, break_ties, indexed, unusable
from .model import Entry, Hit
from .plan import AllParts, AnyOf, Node, Overlap, Row, SomePart, Unscored, Without, scores
from .tree import RANGE_FIELDS

_SCORED_TERMS = 64
"""A word that stands for more terms than this counts the same for every page."""


class WhooshEngine:
    """The engine that ``search.engine = "whoosh"`` asks for."""

    name = "whoosh"
    version = ".".join(str(part) for part in whoosh.__version__)

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        folder.mkdir(parents=True, exist_ok=True)
        _DurableStorage(str(folder)).create_index(_schema())

    @contextmanager
    def writing(self, folder: Path) -> Iterator[WhooshWriter]:
        """Open the index for one commit."""
        with _told():
            handle = _opened(folder).writer(limitmb=128)
        pending = WhooshWriter()
        try:
            yield pending
        except BaseException:
            handle.cancel()
            raise
        with _told():
            _commit(handle, pending)

    def damaged(self, folder: Path) -> tuple[str, ...]:
        """Return nothing: Whoosh keeps no checksums, and only what it trips over is known."""
        return ()

    @contextmanager
    def reading(self, folder: Path) -> Iterator[WhooshReader]:
        """Open the index as it is now."""
        with _told():
            searcher = _opened(folder).searcher()
        with searcher:
            yield WhooshReader(searcher)


def _commit(handle: IndexWriter, pending: WhooshWriter) -> None:
    try:
        pending.write(handle)
    except BaseException:
        handle.cancel()
        raise
    handle.commit()


class WhooshWriter:
    """The changes of one commit, held back until its end."""

    def __init__(self) -> None:
        self._pending: dict[str, Entry | None] = {}

    def replace(self, entries: Iterable[Entry]) -> None:
        """Add pages, each in place of any earlier one of the same id."""
        self._pending |= {entry.page_id: entry for entry in entries}

    def remove(self, page_ids: Iterable[str]) -> None:
        """Forget pages."""
        self._pending |= dict.fromkeys(page_ids)

    def write(self, handle: IndexWriter) -> None:
        """Hand everything to a writer of Whoosh."""
        handle.delete_by_query(query.Or([query.Term("page", key) for key in self._pending]))
        for entry in self._pending.values():
            if entry is not None:
                handle.add_document(**_document(indexed(entry)))


class WhooshReader:
    """One state of the index."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._all_terms: dict[str, Sequence[str]] = {}

    def terms(self, field: str, prefix: str) -> Sequence[str]:
        """Return the terms of ``field`` that start with ``prefix``, sorted."""
        if prefix:
            return self._terms(field, prefix)
        if field not in self._all_terms:
            self._all_terms[field] = self._terms(field, "")
        return self._all_terms[field]

    def _terms(self, field: str, prefix: str) -> Sequence[str]:
        with _told():
            found = self._searcher.reader().expand_prefix(field, prefix)
            return sorted({term.decode() for term in found})

    def find(self, node: Node, limit: int, offset: int = 0) -> Sequence[Hit]:
        """Return the best pages, equal ones by page id."""
        if limit < 1:
            return []
        matches = self._matches(node)
        if not scores(node):
            ids = heapq.nsmallest(offset + limit, (page_id for _, page_id in matches))
            return [Hit(page_id, 0.0) for page_id in ids[offset:]]
        return break_ties(lambda wanted: heapq.nlargest(wanted, matches), limit, offset)

    def count(self, node: Node) -> int:
        """Return how many pages match."""
        return len(self._matches(node))

    def pages(self) -> int:
        """Return how many pages the index holds."""
        return int(self._searcher.reader().doc_count())

    def _matches(self, node: Node) -> list[tuple[float, str]]:
        """Return score and id of every match."""
        matches: list[tuple[float, str]] = []
        with _told():
            if not self._searcher.reader().doc_count_all():
                return []  # The reader of an empty index fails on ranges and columns.
            for leaf, _ in self._searcher.leaf_searchers():
                ids = leaf.reader().column_reader("page")
                found = _Segment(leaf).scored(node)
                matches += [(score, ids[number]) for number, score in found.items()]
        return matches


Scored: TypeAlias = dict[int, float]
"""Score of each page that matches, by its number in a segment."""


class _Segment:
    """Answers a plan from one segment.

    Whoosh looks up terms, rows and ranges; they are put together here, because its own
    matchers lose pages when one "and not" stands in another, and skip blocks by a bound
    that is off for nested queries.
    """

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._context = SearchContext(weighting=searcher.weighting)

    def scored(self, node: Node) -> Scored:
        match node:
            case AnyOf(field, terms):
                return self._any_of(field, terms)
            case Row(field, terms):
                return self._looked_up(query.Phrase(field, list(terms)))
            case Overlap(field, low, high):
                starts = self._in_range(f"{field}_low", 0, high)
                ends = self._in_range(f"{field}_high", low, _LARGEST)
                return dict.fromkeys(starts & ends, 0.0)
            case SomePart(parts):
                return _summed(self.scored(part) for part in parts)
            case AllParts(parts):
                return self._all_parts(parts)
            case Without(part):
                return dict.fromkeys(self._everything() - self.scored(part).keys(), 0.0)
            case Unscored(part):
                return dict.fromkeys(self.scored(part), 0.0)

    def _any_of(self, field: str, terms: Sequence[str]) -> Scored:
        found = _summed(self._looked_up(query.Term(field, term)) for term in terms)
        return found if len(terms) <= _SCORED_TERMS else dict.fromkeys(found, 1.0)

    def _all_parts(self, parts: Sequence[Node]) -> Scored:
        found = [self.scored(part) for part in parts]
        common = set(found[0]).intersection(*found[1:])
        return {number: sum(part[number] for part in found) for number in common}

    def _everything(self) -> set[int]:
        return set(self._searcher.reader().all_doc_ids())

    def _in_range(self, field: str, low: int, high: int) -> set[int]:
        wanted = query.NumericRange(field, low, high)
        return set(wanted.matcher(self._searcher, self._context.set(weighting=None)).all_ids())

    def _looked_up(self, wanted: query.Query) -> Scored:
        matcher = wanted.matcher(self._searcher, self._context)
        found: Scored = {}
        while matcher.is_active():
            found[matcher.id()] = float(matcher.score())
            matcher.next()
        return found


def _summed(parts: Iterable[Scored]) -> Scored:
    total: Scored = {}
    for part in parts:
        for number, score in part.items():
            total[number] = total.get(number, 0.0) + score
    return total


_LARGEST = 2**31 - 1


class _Placed(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Reads the terms that `_document` wrote, each at its own position."""

    def __call__(self, value: str, **mode: object) -> Iterator[Token]:
        token = Token(positions=True)
        for line in value.split("\n"):
            position, _, term = line.partition(" ")
            token.text, token.pos, token.boost, token.stopped = term, int(position), 1.0, False
            yield token


def _schema() -> fields.Schema:
    schema = fields.Schema(page=fields.ID(sortable=True))
    for field in TERM_FIELDS:
        schema.add(field, fields.TEXT(analyzer=_Placed()))
    for field in RANGE_FIELDS:
        schema.add(f"{field}_low", fields.NUMERIC(int, bits=32))
        schema.add(f"{field}_high", fields.NUMERIC(int, bits=32))
    return schema


def _document(page: Indexed) -> dict[str, str | int]:
    document: dict[str, str | int] = {"page": page.page_id}
    for field, placed in page.terms.items():
        if placed:
            document[field] = "\n".join(f"{position} {term}" for position, term in placed)
    for field, (low, high) in page.ranges.items():
        document |= {f"{field}_low": low, f"{field}_high": high}
    return document


class _DurableStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder whose files are on the disk before the table of contents names them."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Rename a file, which is how Whoosh ends a commit."""
        for path in Path(self.folder).iterdir():
            _sync(path)
        super().rename_file(oldname, newname, safe)
        _sync(Path(self.folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(folder: Path) -> FileIndex:
    return _DurableStorage(str(folder)).open_index(schema=_schema())


@contextmanager
def _told() -> Iterator[None]:
    """Turn what Whoosh raises over files it cannot read into an ArchiveError.

    It has no error for a damaged file but trips over what it finds there: assertions, struct,
    zlib, pickle, KeyError. Hence every Exception; the one met stays as the cause.
    """
    try:
        yield
    except LockError:
        raise BusyError(IN_USE) from None
    except Exception as error:
        raise unusable(error) from error
