"""Pages found, put together by the document or the chart that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .engine import NONE
from .model import Filters, Found, TextSource
from .nodes import AllParts, AnyOf, Node, Without
from .passes import Look
from .publish import OpenIndex
from .service import Manner, looks_of, shown_of
from .text import identifier

By = Literal["document", "chart"]

_PAGES_SHOWN = 5
"""Pages shown of each group."""


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
    """Return the documents or charts of the best pages, in the order of their best page.

    What is in no document or chart is one group, with an empty key.
    """
    manner = manner or Manner()
    looks = looks_of(index, query, filters, manner)
    if looks is None:
        return ()
    groups: list[Group] = []
    for look in filter(None, (looks.literal, looks.similar)):
        while len(groups) < limit:
            known = [one.key for one in groups]
            key = _next_key(source, index, look, by, known)
            # One that is known was filed elsewhere since the index was written.
            if key is None or key in known:
                break
            pages = AllParts((look.node, _in_group(by, key)))
            shown = shown_of(source, index, replace(look, node=pages), _PAGES_SHOWN, manner)
            every = index.reader.find(AllParts((looks.whole, _in_group(by, key))), 0).total
            groups.append(Group(key, every, shown))
    return tuple(groups)


def _next_key(
    source: TextSource, index: OpenIndex, look: Look, by: By, known: Sequence[str]
) -> str | None:
    """Return the document or chart of the best page in none of ``known``; None when all are.

    One page of each: the pages of one chart would fill any number of places.
    """
    others = AllParts((look.node, *(Without(_in_group(by, key)) for key in known)))
    best = index.reader.find(others, 1).hits
    entries = source.entries([hit.page_id for hit in best])
    keys = (one.document_id if by == "document" else one.mrn for one in entries.values())
    return next(keys, None)


def _in_group(by: By, key: str) -> Node:
    if by == "document":
        return AnyOf("document", (key or NONE,))
    return AnyOf("mrn", (identifier(key) or NONE,))
