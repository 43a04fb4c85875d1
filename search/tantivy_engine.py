"""tantivy as a search engine: the default, fast and durable.

Every block of writes opens a handle of its own: one that lives on beside another writer keeps
the files of merged segments.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import BinaryIO

import tantivy
from tantivy import DocAddress, Occur, Query

from capture.errors import BusyError

from .engine import IN_USE, LABELS, ROW_FIELDS, Indexed, best_of, indexed, unusable
from .grams import USUAL, of_phrase
from .model import Answer, Entry, Facet, Hit
from .nodes import (
    SOUND,
    WORDS,
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
from .terms import regex_of
from .tree import RANGE_FIELDS

_HEAP_BYTES = 64_000_000
_FRESH_HEAP_BYTES = 256_000_000
_COMMON = "common.json"
"""The file of the words that are common in an index."""
_GRAMS = "grams"
"""The field of grams of common words in WORDS."""
_SCORED_TERMS = 64
"""A word that stands for more terms than this counts the same for every page."""


class TantivyEngine:
    """The engine that ``search.engine = "tantivy"`` asks for."""

    name = "tantivy"
    version = metadata.version("tantivy")

    def create(self, folder: Path, common: frozenset[str] = USUAL) -> None:
        """Make an empty index, with grams of ``common`` words."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _COMMON).write_text(json.dumps(sorted(common)), encoding="utf-8")
        with _told():
            tantivy.Index(_schema(), path=str(folder), reuse=False)

    @contextmanager
    def writing(self, folder: Path, *, fresh: bool = False) -> Iterator[TantivyWriter]:
        """Open the index for one commit."""
        with _told():
            # One thread: with more, the order of pages and so the files differ from run to run.
            heap = _FRESH_HEAP_BYTES if fresh else _HEAP_BYTES
            common = _common(folder)
            handle = _opened(folder).writer(heap, 1)
        try:
            yield TantivyWriter(handle, common, fresh=fresh)
        except BaseException:
            handle.rollback()
            handle.wait_merging_threads()
            raise
        with _told():
            handle.commit()
            handle.wait_merging_threads()

    def damaged(self, folder: Path) -> tuple[str, ...]:
        """Return the files whose bytes are not those that were written."""
        names = (path for path in sorted(folder.iterdir()) if path.suffix in _CHECKED)
        return tuple(path.name for path in names if not _is_whole(path))

    @contextmanager
    def reading(self, folder: Path) -> Iterator[TantivyReader]:
        """Open the index as it is now."""
        with _told():
            index = _opened(folder)
            reader = TantivyReader(index.schema, index.searcher(), _common(folder))
        yield reader


class TantivyWriter:
    """The changes of one commit."""

    def __init__(self, handle: tantivy.IndexWriter, common: frozenset[str], *, fresh: bool) -> None:
        self._handle = handle
        self._common = common
        self._fresh = fresh

    def replace(self, entries: Iterable[Entry]) -> None:
        """Add pages, each in place of any earlier one of the same id."""
        for entry in entries:
            if not self._fresh:
                self._handle.delete_documents_by_term("page", entry.page_id)
            self._handle.add_document(_document(indexed(entry), self._common))

    def remove(self, page_ids: Iterable[str]) -> None:
        """Forget pages."""
        for page_id in page_ids:
            self._handle.delete_documents_by_term("page", page_id)


class TantivyReader:
    """One state of the index."""

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, common: frozenset[str]
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._common = common

    def find(self, node: Node, limit: int, offset: int = 0) -> Answer:
        """Return the best pages and how many match."""
        query = self._query(node)
        with _told():
            if limit < 1:
                return Answer((), self._count(query))
            if scores(node):
                return self._best(query, limit, offset)
            return self._in_order(query, limit, offset)

    def _best(self, query: Query, limit: int, offset: int) -> Answer:
        total = 0

        def fetch(wanted: int) -> Sequence[tuple[float, DocAddress]]:
            nonlocal total
            # Counted on the way: a phrase of common words costs the same again by itself.
            found = self._searcher.search(query, wanted, count=True)
            total = _counted(found)
            return found.hits

        def order(addresses: Sequence[DocAddress]) -> Sequence[int]:
            return [int(at or 0) for at in self._searcher.fast_field_values("order", [*addresses])]

        best = best_of(fetch, order, limit, offset)
        return Answer(tuple(Hit(self._page(at), score) for score, at in best), total)

    def _in_order(self, query: Query, limit: int, offset: int) -> Answer:
        found = self._searcher.search(
            query,
            limit,
            count=True,
            order_by_field="order",
            offset=offset,
            order=tantivy.Order.Asc,
        )
        hits = tuple(Hit(self._page(address), 0.0) for _, address in found.hits)
        return Answer(hits, _counted(found))

    def _page(self, address: DocAddress) -> str:
        return str(self._searcher.doc(address).get_first("page") or "")

    def _count(self, query: Query) -> int:
        return _counted(self._searcher.search(query, 1, count=True))

    def every(self, node: Node) -> Sequence[str]:
        """Return the ids of all pages that match, sorted."""
        query = self._query(node)
        with _told():
            found = self._searcher.search(
                query,
                max(self.pages(), 1),
                count=False,
                order_by_field="page",
                order=tantivy.Order.Asc,
            )
        return [str(page_id) for page_id, _ in found.hits]

    def tally(self, node: Node, facet: Facet, limit: int) -> Sequence[tuple[str, int]]:
        """Return the commonest values of a facet."""
        asked = {facet: {"terms": {"field": f"{facet}_facet", "size": limit}}}
        query = self._query(node)
        with _told():
            told = self._searcher.aggregate(query, asked)
        rows = ((str(row["key"]), int(row["doc_count"])) for row in told[facet]["buckets"])
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def frequency(self, field: str, term: str) -> int:
        """Return about how many pages hold a term."""
        with _told():
            return self._searcher.doc_freq(field, term)

    def pages(self) -> int:
        """Return how many pages the index holds."""
        return self._searcher.num_docs

    def _query(self, node: Node) -> Query:
        return _Translation(self._schema, self._common).query(node)


def _counted(found: tantivy.SearchResult) -> int:
    return int(found.count)  # type: ignore[attr-defined]  # the stub forgets it


class _Translation:
    """From our plan to a query of tantivy."""

    def __init__(self, schema: tantivy.Schema, common: frozenset[str]) -> None:
        self._schema = schema
        self._common = common

    @cached_property
    def _every(self) -> Query:
        return Query.const_score_query(Query.all_query(), 0.0)

    def query(self, node: Node) -> Query:
        match node:
            case AnyOf(field, terms):
                return self._any_of(field, terms)
            case Row(field, terms):
                return self._row(field, terms)
            case Near(field, term, distance):
                return Query.fuzzy_term_query(self._schema, field, term, distance)
            case Begins(field, term, letters):
                start = term[:letters]
                return Query.fuzzy_term_query(self._schema, field, start, 1, prefix=True)
            case Fits(field, pattern):
                return Query.regex_query(self._schema, field, regex_of(pattern))
            case Overlap(field, low, high):
                return self._overlap(field, low, high)
            case _:
                return self._combined(node)

    def _combined(self, node: AllParts | SomePart | MostParts | Without | Constant) -> Query:
        match node:
            case SomePart(parts):
                return Query.boolean_query([(Occur.Should, self.query(part)) for part in parts])
            case MostParts(parts, least):
                some = [(Occur.Should, self.query(part)) for part in parts]
                return Query.boolean_query(some, minimum_number_should_match=least)
            case AllParts(parts):
                return self._all_parts(parts)
            case Without():
                return self._all_parts((node,))
            case Constant(part, score):
                return Query.const_score_query(self.query(part), score)

    def _all_parts(self, parts: Sequence[Node]) -> Query:
        clauses = [self._clause(part) for part in parts]
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, self._every))
        return Query.boolean_query(clauses)

    def _clause(self, part: Node) -> tuple[Occur, Query]:
        if isinstance(part, Without):
            return Occur.MustNot, self.query(part.part)
        return Occur.Must, self.query(part)

    def _any_of(self, field: str, terms: Sequence[str]) -> Query:
        if len(terms) > _SCORED_TERMS:
            return Query.term_set_query(self._schema, field, list(terms))
        queries = [Query.term_query(self._schema, field, term) for term in terms]
        if len(queries) == 1:
            return queries[0]
        return Query.boolean_query([(Occur.Should, query) for query in queries])

    def _row(self, field: str, terms: Sequence[str]) -> Query:
        grams = of_phrase(terms, self._common) if field == WORDS else []
        if len(grams) == 1:
            return Query.term_query(self._schema, _GRAMS, grams[0])
        row = Query.phrase_query(self._schema, field, list(terms))
        if not grams:
            return row
        # Only where all its grams are, the places of its words are compared.
        held = [Query.term_query(self._schema, _GRAMS, gram) for gram in grams]
        narrowed = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in held]
        return Query.boolean_query([*narrowed, (Occur.Must, row)])

    def _overlap(self, field: str, low: int, high: int) -> Query:
        integer = tantivy.FieldType.Integer
        starts = Query.range_query(self._schema, f"{field}_low", integer, None, high)
        ends = Query.range_query(self._schema, f"{field}_high", integer, low, None)
        both = Query.boolean_query([(Occur.Must, starts), (Occur.Must, ends)])
        return Query.const_score_query(both, 0.0)


def _common(folder: Path) -> frozenset[str]:
    return frozenset(json.loads((folder / _COMMON).read_bytes()))


def _opened(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    # Else a thread watches the folder for commits, and opens the index again behind our back.
    index.config_reader(reload_policy="manual")
    return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("page", stored=True, fast=True, tokenizer_name="raw")
    builder.add_integer_field("order", fast=True)
    for field in ROW_FIELDS:
        kept = "basic" if field == SOUND else "position"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=kept)
    builder.add_text_field(_GRAMS, tokenizer_name="whitespace", index_option="freq")
    for field in LABELS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in RANGE_FIELDS:
        builder.add_integer_field(f"{field}_low", fast=True)
        builder.add_integer_field(f"{field}_high", fast=True)
    for facet in Facet:
        name = f"{facet}_facet"
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(page: Indexed, common: frozenset[str]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("page", page.page_id)
    document.add_integer("order", page.order)
    for field, rows in page.rows.items():
        for row in rows:
            document.add_text(field, row)
    document.add_text(_GRAMS, " ".join(page.grams(common)))
    for field, key in page.labels.items():
        document.add_text(field, key)
    for field, (low, high) in page.ranges.items():
        document.add_integer(f"{field}_low", low)
        document.add_integer(f"{field}_high", high)
    for facet, values in page.facets.items():
        for value in values:
            document.add_text(f"{facet}_facet", value)
    return document


_CHECKED = {".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term", ".del"}
_MAGIC = 1337
_CHUNK = 1 << 20


def _is_whole(path: Path) -> bool:
    """Whether the bytes of a segment file fit the CRC in its footer.

    tantivy ends each with JSON, the length of that and a magic number, both little-endian.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 8, 0))
        tail = file.read()
        if len(tail) < 8:
            return False
        length, magic = struct.unpack("<II", tail)
        body = size - 8 - length
        if magic != _MAGIC or body < 0:
            return False
        file.seek(body)
        told = _told_crc(file.read(length))
        file.seek(0)
        return told == _crc(file, body)


def _told_crc(footer: bytes) -> int | None:
    try:
        return int(json.loads(footer)["crc"])
    except (ValueError, KeyError, TypeError):
        return None


def _crc(file: BinaryIO, length: int) -> int:
    crc = 0
    while length and (chunk := file.read(min(_CHUNK, length))):
        crc = zlib.crc32(chunk, crc)
        length -= len(chunk)
    return crc


@contextmanager
def _told() -> Iterator[None]:
    """Turn what tantivy raises over an index it cannot read into an ArchiveError."""
    try:
        yield
    except (ValueError, OSError) as error:
        if "LockBusy" in str(error):
            raise BusyError(IN_USE) from None
        raise unusable(error) from error
    except BaseException as error:
        # A damaged file can make Rust panic; its exception has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise unusable(error) from error
