"""What an index answers, kept so that two indexes of one archive can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice, zip_longest
from pathlib import Path

from search.model import TextSource
from search.publish import OpenIndex, opened
from search.service import Manner, every_page, find
from search.settings import SearchSettings

from .search_queries import Asked, Sample, queries

COMPARED = 200
"""Queries that two indexes are compared by."""
LIMIT = 20
TO_THE_LETTER = Manner(to_the_letter=True)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one query found."""

    total: int
    """Pages that match to the letter."""
    best: tuple[str, ...]
    """The first of them."""
    every: str
    """Digest of the ids of all pages that match to the letter."""
    wide: str
    """Digest of the ids of all pages, those with similar words among them."""


def mixed(counted: Sample, most: int = COMPARED) -> list[Asked]:
    """Return up to ``most`` queries of every class in turn."""
    by_kind = queries(counted, each=most // 10)
    turns = chain.from_iterable(zip_longest(*by_kind.values()))
    return list(islice((one for one in turns if one is not None), most))


def answers(source: TextSource, home: Path, asked: Sequence[Asked]) -> list[Answered]:
    """Return what the index in ``home`` answers to each query."""
    with opened(home, SearchSettings(), source.archive_id) as index:
        return [answered(source, index, one) for one in asked]


def answered(source: TextSource, index: OpenIndex, asked: Asked) -> Answered:
    """Return what an open index answers to a query."""
    found = find(source, index, asked.query, asked.filters, limit=LIMIT, manner=TO_THE_LETTER)
    every = every_page(index, asked.query, asked.filters, manner=TO_THE_LETTER)
    wide = every_page(index, asked.query, asked.filters)
    best = tuple(hit.page for hit in found.found)
    return Answered(found.total, best, _digest(every), _digest(wide))


def _digest(ids: Sequence[str]) -> str:
    return sha256("\n".join(ids).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Agreement:
    """On how many of the same queries two indexes agree."""

    asked: int
    totals: int
    every: int
    """Queries that find the same pages to the letter."""
    wide: int
    """The same, similar words included."""
    best: int
    """Queries whose first pages are the same in the same order."""

    @property
    def is_whole(self) -> bool:
        """Whether the same pages are found, in whatever order."""
        return self.totals == self.every == self.asked


def agreement(one: Sequence[Answered], other: Sequence[Answered]) -> Agreement:
    """Return on how many queries two indexes agree; ValueError when they were asked others."""
    pairs = list(zip(one, other, strict=True))
    return Agreement(
        asked=len(pairs),
        totals=sum(a.total == b.total for a, b in pairs),
        every=sum(a.every == b.every for a, b in pairs),
        wide=sum(a.wide == b.wide for a, b in pairs),
        best=sum(a.best == b.best for a, b in pairs),
    )
