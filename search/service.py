"""From what a person typed to the pages found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .access import EVERYTHING, Access, clause
from .model import Entry, Filters, Found, Hit, Result, TextSource
from .plan import AllParts, Node, Plan, SomePart, TermDictionary, Unscored, plan
from .publish import OpenIndex, opened
from .query import filter_tree, parse
from .settings import SearchSettings
from .snippet import Paint, matched_words, snippet, spans

NOTHING_ASKED = "type a word to search for, or set a filter"


@dataclass(frozen=True, slots=True)
class Marking:
    """How a snippet is painted: the words that matched, and the rest."""

    mark: Paint = str
    plain: Paint = str


PLAIN = Marking()


def search(
    source: TextSource,
    home: Path,
    settings: SearchSettings,
    query: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
) -> Result:
    """Return the best pages of the index in ``home``; ArchiveError says when it is unfit."""
    with opened(home, settings, source.archive_id) as index:
        return find(source, index, query, filters, limit=limit)


def find(
    source: TextSource,
    index: OpenIndex,
    query: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
    marking: Marking = PLAIN,
) -> Result:
    """Return the best pages of an open index, from ``offset`` on.

    An empty query with a filter asks for all that the filter lets through, in order of page.
    """
    behind = max(source.last_seq() - index.applied, 0)
    parsed = parse(query)
    asked = plan(parsed.tree, index.reader) if parsed.tree is not None else None
    node = _narrowed(asked, filters or Filters(), index.reader)
    notes = parsed.notes + (asked.notes if asked else ())
    if node is None:
        return Result((), 0, (*notes, NOTHING_ASKED), behind)
    hits = index.reader.find(node, limit, offset)
    entries = source.entries([hit.page_id for hit in hits])
    shown = asked.node if asked else SomePart(())
    found = tuple(
        _found(source, entries[hit.page_id], hit, shown, marking)
        for hit in hits
        if hit.page_id in entries
    )
    return Result(found, index.reader.count(node), notes, behind)


def every_page(
    source: TextSource,
    index: OpenIndex,
    query: str,
    filters: Filters | None = None,
    *,
    access: Access = EVERYTHING,
) -> tuple[str, ...]:
    """Return the ids of all pages of an open index that match, in order of page."""
    parsed = parse(query)
    asked = plan(parsed.tree, index.reader) if parsed.tree is not None else None
    node = _narrowed(asked, filters or Filters(), index.reader)
    if node is None:
        return ()
    allowed = clause(access)
    whole = Unscored(AllParts((node, allowed)) if allowed else node)
    return tuple(hit.page_id for hit in index.reader.find(whole, max(index.reader.pages(), 1)))


def _narrowed(asked: Plan | None, filters: Filters, reader: TermDictionary) -> Node | None:
    tree = filter_tree(filters)
    if tree is None:
        return asked.node if asked else None
    narrowing = Unscored(plan(tree, reader).node)
    return AllParts((asked.node, narrowing)) if asked else narrowing


def _found(source: TextSource, entry: Entry, hit: Hit, shown: Node, marking: Marking) -> Found:
    page = source.words(entry.page_id)
    text = page.text if page is not None and page.words else entry.text
    where = spans(shown, text)
    words = matched_words(page, where) if page is not None else []
    return Found(
        page=entry.page_id,
        document=entry.document_id,
        mrn=entry.mrn,
        patient=entry.patient_name,
        type=entry.type_name or entry.type_code,
        date=entry.date,
        score=hit.score,
        snippet=snippet(text, where, mark=marking.mark, plain=marking.plain),
        boxes=tuple((w.box.x, w.box.y, w.box.width, w.box.height) for w in words),
        matched=tuple(word.text for word in words),
        handwritten=entry.handwritten,
    )
