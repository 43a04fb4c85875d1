"""From what a person typed to the pages found, to the letter first, then by similar words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ocr.codec import PlacedWord

from .access import EVERYTHING, Access
from .evidence import Answered, Witness, spans
from .model import Entry, Facet, Filters, Found, Hit, Result, TextSource
from .nodes import Node
from .passes import Look, Looks, Question
from .publish import OpenIndex, opened
from .query import filter_tree, parse
from .settings import SearchSettings
from .snippet import Paint, matched_words, snippet
from .synonym_file import load
from .synonyms import Synonyms

NOTHING_ASKED = "type a word to search for, or set a filter"
_READ = 40
"""Pages with similar words that are read before they are ranked."""


@dataclass(frozen=True, slots=True)
class Marking:
    """How a snippet is painted: the words that matched, and the rest."""

    mark: Paint = str
    plain: Paint = str


@cache
def shipped_synonyms() -> Synonyms:
    """Return the words that mean the same, as they come with chartroom."""
    return load()


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is looked for and shown."""

    marking: Marking = Marking()
    access: Access = EVERYTHING
    """What the person who asks may see."""
    to_the_letter: bool = False
    """Whether similar spellings, other names and incomplete matches are left out."""
    synonyms: Synonyms = field(default_factory=shipped_synonyms)


def search(
    source: TextSource,
    home: Path,
    settings: SearchSettings,
    query: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    manner: Manner | None = None,
) -> Result:
    """Return the best pages of the index in ``home``; ArchiveError says when it is unfit."""
    with opened(home, settings, source.archive_id) as index:
        return find(source, index, query, filters, limit=limit, manner=manner)


def find(
    source: TextSource,
    index: OpenIndex,
    query: str,
    filters: Filters | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
    manner: Manner | None = None,
) -> Result:
    """Return the best pages of an open index, from ``offset`` on.

    Pages that match to the letter come first, then those that hold every word in a similar
    spelling or by another name, then, where both are few, those that hold most of the words.
    An empty query with a filter asks for all that the filter lets through, in order of page.
    """
    manner = manner or Manner()
    behind = max(source.last_seq() - index.applied, 0)
    notes = parse(query).notes
    looks = looks_of(index, query, filters, manner)
    if looks is None:
        return Result((), 0, (*notes, NOTHING_ASKED), behind)
    literal = _answer(source, index, looks.literal, limit, offset)
    shown = [*literal.shown]
    similar = _NOTHING
    if look := looks.similar:
        similar = _answer(source, index, look, limit - len(shown), max(offset - literal.total, 0))
        shown += similar.shown
    if len(shown) < limit and not manner.to_the_letter:
        known = [*literal.ids, *similar.ids]
        if len(known) < literal.total + similar.total:
            known = [*index.reader.every(looks.whole)]
        if look := looks.partial(known):
            behind_whole = max(offset - literal.total - similar.total, 0)
            shown += _answer(source, index, look, limit - len(shown), behind_whole).shown
    found = _found_of(source, shown, manner.marking)
    unreliable = index.reader.find(looks.unreliable, 0).total
    return Result(found, literal.total, notes, behind, similar.total, unreliable)


def shown_of(
    source: TextSource, index: OpenIndex, look: Look, limit: int, manner: Manner
) -> tuple[Found, ...]:
    """Return the best pages of one look as a person gets them."""
    answer = _answer(source, index, look, limit, 0)
    return _found_of(source, answer.shown, manner.marking)


def every_page(
    index: OpenIndex, query: str, filters: Filters | None = None, *, manner: Manner | None = None
) -> Sequence[str]:
    """Return the ids of all pages of an open index that match, sorted.

    Pages that hold every word in a similar spelling or by another name are among them.
    """
    looks = looks_of(index, query, filters, manner or Manner())
    if looks is None:
        return ()
    return index.reader.every(looks.whole)


def tally(
    index: OpenIndex,
    query: str,
    facet: Facet,
    filters: Filters | None = None,
    *,
    limit: int = 10,
    manner: Manner | None = None,
) -> Sequence[tuple[str, int]]:
    """Return the commonest values of a facet among the pages that match to the letter."""
    looks = looks_of(index, query, filters, manner or Manner())
    return index.reader.tally(looks.exact, facet, limit) if looks else ()


def looks_of(index: OpenIndex, query: str, filters: Filters | None, manner: Manner) -> Looks | None:
    """Return the looks that a question takes into an open index; None when nothing is asked."""
    form = filter_tree(filters or Filters())
    question = Question(parse(query).tree, form, manner.access, manner.to_the_letter)
    return None if question.is_empty else Looks(question, index.reader, manner.synonyms)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A hit with what the archive knows of its page, and how it answers."""

    hit: Hit
    entry: Entry
    answered: Answered
    words: Node
    """What is to be marked on it."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one look found."""

    shown: Sequence[_Ranked]
    ids: Sequence[str]
    """Of the pages that the engine named, those not shown included."""
    total: int


_NOTHING = _Answer((), (), 0)


def _answer(source: TextSource, index: OpenIndex, look: Look, limit: int, offset: int) -> _Answer:
    """Return the pages of one look, from ``offset`` on, and how many there are."""
    if not look.weights or not limit or offset >= _READ:
        found = index.reader.find(look.node, limit, offset)
        shown = _read(source, found.hits, look)
    else:
        # The engine ranks words that are alike roughly; the best of its pages are read, and ranked.
        found = index.reader.find(look.node, max(_READ, offset + limit))
        read = _read(source, found.hits[:_READ], look)
        ranked = sorted((one for one in read if one.answered.count >= look.least), key=_rank)
        beyond = _read(source, found.hits[_READ:], look) if offset + limit > _READ else []
        shown = [*ranked, *beyond][offset : offset + limit]
    return _Answer(shown, [hit.page_id for hit in found.hits], found.total)


def _rank(one: _Ranked) -> tuple[float, float]:
    return -one.answered.worth, -one.hit.score


def _read(source: TextSource, hits: Sequence[Hit], look: Look) -> list[_Ranked]:
    entries = source.entries([hit.page_id for hit in hits])
    # A page that has left the archive since the index was written is no hit.
    known = [(hit, entries[hit.page_id]) for hit in hits if hit.page_id in entries]
    return [
        _Ranked(hit, entry, Witness(entry).answers(look.shown, look.weights), look.shown)
        for hit, entry in known
    ]


def _found_of(source: TextSource, shown: Sequence[_Ranked], marking: Marking) -> tuple[Found, ...]:
    words = source.words([one.entry.page_id for one in shown])
    return tuple(_found(one, words.get(one.entry.page_id, ()), marking) for one in shown)


def _found(one: _Ranked, placed: Sequence[PlacedWord], marking: Marking) -> Found:
    entry = one.entry
    where = spans(one.words, entry.text, one.answered.why)
    words = matched_words(placed, entry.text, where)
    return Found(
        page=entry.page_id,
        document=entry.document_id,
        mrn=entry.mrn,
        patient=entry.patient_name,
        type=entry.type_name or entry.type_code,
        date=entry.date,
        score=one.hit.score,
        snippet=snippet(entry.text, where, mark=marking.mark, plain=marking.plain),
        boxes=tuple((word.x, word.y, word.width, word.height) for word in words),
        matched=tuple(word.text for word in words),
        handwritten=entry.handwritten,
        why=one.answered.why,
    )
