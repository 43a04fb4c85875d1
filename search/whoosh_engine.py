"""Whoosh 2.7.4 as a search engine: pure Python, for where tantivy has no build.

It keeps no checksums and never calls fsync; the latter is made good here. Its own parser, fuzzy
terms (which miss swapped letters), matchers of and, or and not, and collectors are not used.
"""

from __future__ import annotations

import heapq
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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

from .engine import (
    IN_USE,
    LABELS,
    ROW_FIELDS,
    Indexed,
    best_of,
    indexed,
    order_of,
    rounded,
    unusable,
)
from .grams import USUAL
from .model import Answer, Entry, Facet, Hit
from .nodes import (
    AllParts,
    AnyOf,
    Begins,
    Constant,
    Fits,
    MostParts,
    Near,
    Node,
    Overlap,
    Row,
    SomePart,
    Without,
    scores,
)
from .terms import alike, begins_alike, shaped
from .tree import RANGE_FIELDS

_SCORED_TERMS = 64
"""A word that stands for more terms than this counts the same for every page."""


class WhooshEngine:
    """The engine that ``search.engine = "whoosh"`` asks for."""

    name = "whoosh"
    version = ".".join(str(part) for part in whoosh.__version__)

    def create(self, folder: Path, common: frozenset[str] = USUAL) -> None:
        """Make an empty index; a small archive does without grams of ``common`` words."""
        folder.mkdir(parents=True, exist_ok=True)
        _DurableStorage(str(folder)).create_index(_schema())

    @contextmanager
    def writing(self, folder: Path, *, fresh: bool = False) -> Iterator[WhooshWriter]:
        """Open the index for one commit; a ``fresh`` one is written no faster."""
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

    def find(self, node: Node, limit: int, offset: int = 0) -> Answer:
        """Return the best pages and how many match."""
        matches = self._matches(node)
        if limit < 1:
            return Answer((), len(matches))
        if not scores(node):
            ids = heapq.nsmallest(offset + limit, (page for _, page in matches), key=order_of)
            return Answer(tuple(Hit(page, 0.0) for page in ids[offset:]), len(matches))
        best = best_of(
            lambda wanted: heapq.nlargest(wanted, matches),
            lambda pages: [order_of(page) for page in pages],
            limit,
            offset,
        )
        return Answer(tuple(Hit(page, rounded(score)) for score, page in best), len(matches))

    def every(self, node: Node) -> Sequence[str]:
        """Return the ids of all pages that match, sorted."""
        return sorted(page for _, page in self._matches(node))

    def tally(self, node: Node, facet: Facet, limit: int) -> Sequence[tuple[str, int]]:
        """Return the commonest values of a facet."""
        counts: Counter[str] = Counter()
        with _told():
            for leaf, found in self._found(node):
                column = leaf.reader().column_reader(f"{facet}_facet")
                counts.update(value for at in found for value in column[at].splitlines())
        return sorted(counts.items(), key=lambda row: (-row[1], row[0]))[:limit]

    def frequency(self, field: str, term: str) -> int:
        """Return about how many pages hold a term."""
        with _told():
            return int(self._searcher.reader().doc_frequency(field, term))

    def pages(self) -> int:
        """Return how many pages the index holds."""
        return int(self._searcher.reader().doc_count())

    def _matches(self, node: Node) -> list[tuple[float, str]]:
        """Return score and id of every match."""
        matches: list[tuple[float, str]] = []
        with _told():
            for leaf, found in self._found(node):
                ids = leaf.reader().column_reader("page")
                matches += [(score, ids[number]) for number, score in found.items()]
        return matches

    def _found(self, node: Node) -> Iterator[tuple[Searcher, Scored]]:
        """Yield each segment with the score of its pages that match."""
        if not self._searcher.reader().doc_count_all():
            return  # The reader of an empty index fails on ranges and columns.
        for leaf, _ in self._searcher.leaf_searchers():
            yield leaf, _Segment(leaf, self._terms).scored(node)

    def _terms(self, field: str) -> Sequence[str]:
        if field not in self._all_terms:
            found = self._searcher.reader().expand_prefix(field, "")
            self._all_terms[field] = sorted({term.decode() for term in found})
        return self._all_terms[field]


Scored: TypeAlias = dict[int, float]
"""Score of each page that matches, by its number in a segment."""


class _Segment:
    """Answers a plan from one segment.

    Whoosh looks up terms, rows and ranges; they are put together here, because its own
    matchers lose pages when one "and not" stands in another, and skip blocks by a bound
    that is off for nested queries.
    """

    def __init__(self, searcher: Searcher, terms: Callable[[str], Sequence[str]]) -> None:
        self._searcher = searcher
        self._terms = terms
        self._context = SearchContext(weighting=searcher.weighting)

    def scored(self, node: Node) -> Scored:
        match node:
            case AnyOf(field, terms):
                return self._any_of(field, terms)
            case Row(field, terms):
                return self._looked_up(query.Phrase(field, list(terms)))
            case Near(field, term, distance):
                return self._holding(field, alike(term, distance, self._terms(field)))
            case Begins(field, term, letters):
                return self._holding(field, begins_alike(term, letters, self._terms(field)))
            case Fits(field, pattern):
                return self._holding(field, shaped(pattern, self._terms(field)))
            case Overlap(field, low, high):
                starts = self._in_range(f"{field}_low", 0, high)
                ends = self._in_range(f"{field}_high", low, _LARGEST)
                return dict.fromkeys(starts & ends, 0.0)
            case _:
                return self._combined(node)

    def _combined(self, node: AllParts | SomePart | MostParts | Without | Constant) -> Scored:
        match node:
            case SomePart(parts):
                return _summed(self.scored(part) for part in parts)
            case MostParts(parts, least):
                found = [self.scored(part) for part in parts]
                often = Counter(number for part in found for number in part)
                total = _summed(found)
                return {number: total[number] for number in total if often[number] >= least}
            case AllParts(parts):
                return self._all_parts(parts)
            case Without(part):
                return dict.fromkeys(self._everything() - self.scored(part).keys(), 0.0)
            case Constant(part, score):
                return dict.fromkeys(self.scored(part), score)

    def _any_of(self, field: str, terms: Sequence[str]) -> Scored:
        if len(terms) > _SCORED_TERMS:
            return self._holding(field, terms)
        return _summed(self._looked_up(query.Term(field, term)) for term in terms)

    def _holding(self, field: str, terms: Iterable[str]) -> Scored:
        """Return the pages that hold any of ``terms``, each with the same score."""
        found = _summed(self._looked_up(query.Term(field, term)) for term in terms)
        return dict.fromkeys(found, 1.0)

    def _all_parts(self, parts: Sequence[Node]) -> Scored:
        found = [self.scored(part) for part in parts]
        if not found:
            return dict.fromkeys(self._everything(), 0.0)
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


_GAP = 100
"""Positions between two rows of one field, so that no phrase runs across."""


class _Placed(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Reads the rows that `_document` wrote, one a line."""

    def __call__(self, value: str, **mode: object) -> Iterator[Token]:
        token = Token(positions=True)
        start = 0
        for line in value.split("\n"):
            row = line.split(" ")
            for position, term in enumerate(row, start):
                token.text, token.pos, token.boost, token.stopped = term, position, 1.0, False
                yield token
            start += len(row) + _GAP


def _schema() -> fields.Schema:
    schema = fields.Schema(page=fields.ID(sortable=True))
    for field in ROW_FIELDS:
        schema.add(field, fields.TEXT(analyzer=_Placed()))
    for field in LABELS:
        schema.add(field, fields.ID())
    for field in RANGE_FIELDS:
        schema.add(f"{field}_low", fields.NUMERIC(int, bits=32))
        schema.add(f"{field}_high", fields.NUMERIC(int, bits=32))
    for facet in Facet:
        schema.add(f"{facet}_facet", fields.ID(sortable=True))
    return schema


def _document(page: Indexed) -> dict[str, str | int]:
    document: dict[str, str | int] = {"page": page.page_id, **page.labels}
    for field, rows in page.rows.items():
        if rows:
            document[field] = "\n".join(rows)
    for field, (low, high) in page.ranges.items():
        document |= {f"{field}_low": low, f"{field}_high": high}
    return document | {f"{facet}_facet": "\n".join(values) for facet, values in page.facets.items()}


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
