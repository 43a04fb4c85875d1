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
    for look in (looks.literal, looks.similar):
        if look is not None:
            groups += _groups(source, index, look, looks.whole, by, groups, limit, manner)
    return tuple(groups)


def _groups(
    source: TextSource,
    index: OpenIndex,
    look: Look,
    whole: Node,
    by: By,
    before: Sequence[Group],
    limit: int,
    manner: Manner,
) -> list[Group]:
    """Return the groups of one look that none of ``before`` is, best first."""
    known = [one.key for one in before]
    found: list[Group] = []
    while len(known) < limit:
        # One page of each: the pages of one chart would fill any number of places.
        others = AllParts((look.node, *(Without(_in_group(by, key)) for key in known)))
        best = index.reader.find(others, 1).hits
        entries = source.entries([hit.page_id for hit in best])
        if not entries:
            break
        (entry,) = entries.values()
        key = entry.document_id if by == "document" else entry.mrn
        if key in known:
            break  # The page was filed elsewhere since the index was written.
        pages = AllParts((look.node, _in_group(by, key)))
        shown = shown_of(source, index, replace(look, node=pages), _PAGES_SHOWN, manner)
        every = index.reader.find(AllParts((whole, _in_group(by, key))), 0).total
        found.append(Group(key, every, shown))
        known.append(key)
    return found


def _in_group(by: By, key: str) -> Node:
    if by == "document":
        return AnyOf("document", (key or NONE,))
    return AnyOf("mrn", (identifier(key) or NONE,))
