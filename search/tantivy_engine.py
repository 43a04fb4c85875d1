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
from tantivy import Occur, Query

from capture.errors import BusyError

from .engine import IN_USE, TERM_FIELDS, Indexed, break_ties, indexed, unusable
from .model import Entry, Hit
from .plan import AllParts, AnyOf, Node, Overlap, Row, SomePart, Unscored, Without, scores
from .tree import RANGE_FIELDS

_HEAP_BYTES = 64_000_000
_SCORED_TERMS = 64
"""A word that stands for more terms than this counts the same for every page."""


class TantivyEngine:
    """The engine that ``search.engine = "tantivy"`` asks for."""

    name = "tantivy"
    version = metadata.version("tantivy")

    def create(self, folder: Path) -> None:
        """Make an empty index."""
        folder.mkdir(parents=True, exist_ok=True)
        with _told():
            tantivy.Index(_schema(), path=str(folder), reuse=False)

    @contextmanager
    def writing(self, folder: Path) -> Iterator[TantivyWriter]:
        """Open the index for one commit."""
        with _told():
            # One thread: with more, the order of pages and so the files differ from run to run.
            handle = tantivy.Index.open(str(folder)).writer(_HEAP_BYTES, 1)
        try:
            yield TantivyWriter(handle)
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
            index = tantivy.Index.open(str(folder))
            reader = TantivyReader(index.schema, index.searcher())
        yield reader


class TantivyWriter:
    """The changes of one commit."""

    def __init__(self, handle: tantivy.IndexWriter) -> None:
        self._handle = handle

    def replace(self, entries: Iterable[Entry]) -> None:
        """Add pages, each in place of any earlier one of the same id."""
        for entry in entries:
            self._handle.delete_documents_by_term("page", entry.page_id)
            self._handle.add_document(_document(indexed(entry)))

    def remove(self, page_ids: Iterable[str]) -> None:
        """Forget pages."""
        for page_id in page_ids:
            self._handle.delete_documents_by_term("page", page_id)


class TantivyReader:
    """One state of the index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._schema = schema
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
            return sorted(term for term, _ in self._searcher.terms_with_prefix(field, prefix))

    def find(self, node: Node, limit: int, offset: int = 0) -> Sequence[Hit]:
        """Return the best pages, equal ones by page id."""
        if limit < 1:
            return []
        query = _Translation(self._schema).query(node)
        with _told():
            if scores(node):
                return break_ties(lambda wanted: self._best(query, wanted), limit, offset)
            return self._in_order(query, limit, offset)

    def _best(self, query: Query, wanted: int) -> list[tuple[float, str]]:
        hits = self._searcher.search(query, wanted, count=False).hits
        return [(score, self._searcher.doc(at).get_first("page") or "") for score, at in hits]

    def _in_order(self, query: Query, limit: int, offset: int) -> list[Hit]:
        found = self._searcher.search(
            query,
            limit,
            count=False,
            order_by_field="page",
            offset=offset,
            order=tantivy.Order.Asc,
        )
        return [Hit(page_id, 0.0) for page_id, _ in found.hits]

    def count(self, node: Node) -> int:
        """Return how many pages match."""
        query = _Translation(self._schema).query(node)
        with _told():
            return int(self._searcher.search(query, 1, count=True).count)  # type: ignore[attr-defined]  # the stub forgets it

    def pages(self) -> int:
        """Return how many pages the index holds."""
        return self._searcher.num_docs


class _Translation:
    """From our plan to a query of tantivy."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    @cached_property
    def _every(self) -> Query:
        return Query.const_score_query(Query.all_query(), 0.0)

    def query(self, node: Node) -> Query:
        match node:
            case AnyOf(field, terms):
                return self._any_of(field, terms)
            case Row(field, terms):
                return Query.phrase_query(self._schema, field, list(terms))
            case Overlap(field, low, high):
                return self._overlap(field, low, high)
            case SomePart(parts):
                return Query.boolean_query([(Occur.Should, self.query(part)) for part in parts])
            case AllParts(parts):
                return self._all_parts(parts)
            case Without():
                return self._all_parts((node,))
            case Unscored(part):
                return Query.const_score_query(self.query(part), 0.0)

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

    def _overlap(self, field: str, low: int, high: int) -> Query:
        integer = tantivy.FieldType.Integer
        starts = Query.range_query(self._schema, f"{field}_low", integer, None, high)
        ends = Query.range_query(self._schema, f"{field}_high", integer, low, None)
        both = Query.boolean_query([(Occur.Must, starts), (Occur.Must, ends)])
        return Query.const_score_query(both, 0.0)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("page", stored=True, fast=True, tokenizer_name="raw")
    for field in TERM_FIELDS:
        # Never used: every page comes with its tokens.
        builder.add_text_field(field, tokenizer_name="whitespace")
    for field in RANGE_FIELDS:
        builder.add_integer_field(f"{field}_low", indexed=True, fast=True)
        builder.add_integer_field(f"{field}_high", indexed=True, fast=True)
    return builder.build()


def _document(page: Indexed) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("page", page.page_id)
    for field, placed in page.terms.items():
        tokens = [tantivy.Token(term, position, 0, 0) for position, term in placed]
        document.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", tokens))
    for field, (low, high) in page.ranges.items():
        document.add_integer(f"{field}_low", low)
        document.add_integer(f"{field}_high", high)
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
