"""Pages found, put together by the document or the chart that they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .model import Facet, Filters, Found, TextSource
from .nodes import AllParts, AnyOf
from .publish import OpenIndex
from .service import Manner, find, looks_of
from .text import identifier

By = Literal["document", "chart"]

_PAGES_OF_GROUP = 5
"""Pages looked at for each group wanted, for one document often has several of the best."""
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """The pages found of one document or chart, best first."""

    key: str
    """Id of the document, or record number of the chart; empty for pages that have none."""
    pages: int
    """All pages of it that hold every word, those not among ``found`` included."""
    found: tuple[Found, ...]

    def as_json(self, by: By) -> dict[str, object]:
        """Return the line of ``search --group --json``."""
        hits = [hit.as_json() for hit in self.found]
        return {"document" if by == "document" else "mrn": self.key, "pages": self.pages} | {
            "hits": hits
        }


def grouped(
    source: TextSource,
    index: OpenIndex,
    query: str,
    filters: Filters | None,
    by: By,
    *,
    limit: int = 20,
    manner: Manner | None = None,
) -> tuple[Group, ...]:
    """Return the documents or charts of the best pages, in the order of their best page."""
    manner = manner or Manner()
    most = min(limit * _PAGES_OF_GROUP, _MOST)
    result = find(source, index, query, filters, limit=most, manner=manner)
    together: dict[str, list[Found]] = {}
    for hit in result.found:
        together.setdefault(_key(hit, by), []).append(hit)
    chosen = dict(list(together.items())[:limit])
    counts = _counts(index, query, filters, by, list(chosen), manner)
    return tuple(
        Group(key, max(counts.get(_term(key, by), 0), len(found)), tuple(found))
        for key, found in chosen.items()
    )


def _key(hit: Found, by: By) -> str:
    return hit.document if by == "document" else hit.mrn


def _term(key: str, by: By) -> str:
    return key if by == "document" else identifier(key)


def _counts(
    index: OpenIndex,
    query: str,
    filters: Filters | None,
    by: By,
    keys: Sequence[str],
    manner: Manner,
) -> Mapping[str, int]:
    """Return how many pages of each of a few documents or charts match."""
    looks = looks_of(index, query, filters, manner)
    terms = tuple(_term(key, by) for key in keys if key)
    if looks is None or not terms:
        return {}
    these = AnyOf("document" if by == "document" else "mrn", terms)
    facet = Facet.DOCUMENT if by == "document" else Facet.CHART
    return dict(index.reader.tally(AllParts((looks.whole, these)), facet, len(terms)))
