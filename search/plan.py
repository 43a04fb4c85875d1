"""From what a person asked to what an engine looks up, to the letter; `widen` does the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .nodes import (
    WORDS,
    AllParts,
    AnyOf,
    Fits,
    How,
    Near,
    Node,
    Overlap,
    Reason,
    Row,
    SomePart,
    Without,
)
from .query import range_of
from .text import Chain, chains, identifier, label
from .tree import (
    LABEL_FIELDS,
    WHOLE_FIELDS,
    And,
    Between,
    Fuzzy,
    Not,
    Or,
    Phrase,
    Tree,
    Wildcard,
    Word,
)


def plan(tree: Tree) -> Node:
    """Return how to answer ``tree`` from an index."""
    match tree:
        case And(parts):
            return AllParts(tuple(plan(part) for part in parts))
        case Or(parts):
            return SomePart(tuple(plan(part) for part in parts))
        case Not(part):
            return Without(plan(part))
        case Between():
            return Overlap(tree.field, *range_of(tree))
        case _:
            return _leaf(tree)


def _leaf(leaf: Word | Phrase | Wildcard | Fuzzy) -> Node:
    field = leaf.field or WORDS
    if field in WHOLE_FIELDS:
        return _some(_entry(leaf, field, key) for key in _whole(leaf, field))
    words = chains(typed(leaf), pattern=isinstance(leaf, Wildcard))
    return _some(_row(leaf, field, row) for row in readings(words))


def typed(leaf: Word | Phrase | Wildcard | Fuzzy) -> str:
    """Return what a person typed of a leaf."""
    return leaf.pattern if isinstance(leaf, Wildcard) else leaf.text


def _whole(leaf: Word | Phrase | Wildcard | Fuzzy, field: str) -> Iterator[str]:
    is_pattern, text = isinstance(leaf, Wildcard), typed(leaf)
    key = label(text) if field in LABEL_FIELDS else identifier(text, pattern=is_pattern)
    if key.strip("*?"):
        yield key


def readings(words: Sequence[Chain]) -> list[tuple[str, ...]]:
    """Return ``words`` taken apart into atoms, and joined where that is not the same."""
    meant = [word for word in words if word.joined.strip("*?")]
    apart = tuple(atom for word in meant for atom in word.atoms)
    joined = tuple(word.joined for word in meant)
    rows = [apart] if all(atom.strip("*?") for atom in apart) else []
    return list(dict.fromkeys(row for row in [*rows, joined] if row))


def _row(leaf: Word | Phrase | Wildcard | Fuzzy, field: str, row: tuple[str, ...]) -> Node:
    if len(row) == 1:
        return _entry(leaf, field, row[0])
    if isinstance(leaf, Wildcard | Fuzzy):
        # Which terms of millions stand in a row is not looked up: its parts stand anywhere.
        return AllParts(tuple(_entry(leaf, field, entry) for entry in row))
    return Row(field, row, Reason(typed(leaf)))


def _entry(leaf: Word | Phrase | Wildcard | Fuzzy, field: str, entry: str) -> Node:
    match leaf:
        case Wildcard():
            return fits(field, entry, typed(leaf))
        case Fuzzy(distance=distance):
            return near(field, entry, distance, typed(leaf))
        case _:
            return AnyOf(field, (entry,), Reason(typed(leaf)))


def fits(field: str, pattern: str, asked: str) -> Node:
    """Return what looks for the terms of a shape."""
    if not set("*?") & set(pattern):
        return AnyOf(field, (pattern,), Reason(asked))
    return Fits(field, pattern, Reason(asked, How.PATTERN))


def near(field: str, term: str, distance: int, asked: str) -> Node:
    """Return what looks for the terms up to ``distance`` edits from ``term``, itself first.

    Two letters of a word always have to be right, or short words would find everything.
    """
    exact = AnyOf(field, (term,), Reason(asked))
    allowed = min(distance, len(term) - 2)
    if allowed < 1:
        return exact
    how = How.SPELLING if allowed == 1 else How.FAR_SPELLING
    return SomePart((exact, Near(field, term, allowed, Reason(asked, how))))


def _some(nodes: Iterator[Node]) -> Node:
    parts = tuple(nodes)
    return parts[0] if len(parts) == 1 else SomePart(parts)
