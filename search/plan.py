"""What an engine is asked: terms, rows of terms and ranges, with nothing left to interpret.

Wildcards and fuzzy words are looked up here, in the term dictionary of the index, so every
engine finds the same pages, and the snippet marks the very words that matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Protocol, TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .query import range_of
from .text import Chain, chains, identifier, label
from .tree import WHOLE_FIELDS, And, Between, Fuzzy, Leaf, Not, Or, Phrase, Tree, Wildcard, Word

WORDS = "words"
"""The index field of the page's text and all that is known of it in words."""
MAX_TERMS = 2000
"""Terms that one wildcard or fuzzy word may stand for."""
MAX_ROWS = 200
"""Rows of terms that one phrase may stand for."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Pages where the field holds any of the terms."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Pages where the field holds the terms, two or more, at positions in a row."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Pages whose range in the field shares a number with this one, bounds included."""

    field: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AllParts:
    """Pages that match every part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class SomePart:
    """Pages that match any part; none when there is no part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Pages that do not match the part."""

    part: Node


@dataclass(frozen=True, slots=True)
class Unscored:
    """Pages that match the part, which counts nothing for their rank."""

    part: Node


Node: TypeAlias = AnyOf | Row | Overlap | AllParts | SomePart | Without | Unscored


class TermDictionary(Protocol):
    """The terms of an index."""

    def terms(self, field: str, prefix: str) -> Sequence[str]:
        """Return the terms of ``field`` that start with ``prefix``, sorted."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look up, and what to tell the person who asked."""

    node: Node
    notes: tuple[str, ...] = ()


Expansion: TypeAlias = Callable[[str], Sequence[str]]
"""From one term or pattern to the terms of the index it stands for."""


def plan(tree: Tree, dictionary: TermDictionary) -> Plan:
    """Return how to answer ``tree`` from an index with this ``dictionary``."""
    notes: list[str] = []
    node = _node(tree, dictionary, notes)
    return Plan(node, tuple(dict.fromkeys(notes)))


def scores(node: Node) -> bool:
    """Whether some part of ``node`` gives pages a rank."""
    match node:
        case AnyOf() | Row():
            return True
        case AllParts(parts) | SomePart(parts):
            return any(scores(part) for part in parts)
        case _:
            return False


def _node(tree: Tree, dictionary: TermDictionary, notes: list[str]) -> Node:
    match tree:
        case And(parts):
            return AllParts(tuple(_node(part, dictionary, notes) for part in parts))
        case Or(parts):
            return SomePart(tuple(_node(part, dictionary, notes) for part in parts))
        case Not(part):
            return Without(_node(part, dictionary, notes))
        case Between():
            return Overlap(tree.field, *range_of(tree))
        case _:
            return _leaf(tree, dictionary, notes)


def _leaf(
    leaf: Word | Phrase | Wildcard | Fuzzy, dictionary: TermDictionary, notes: list[str]
) -> Node:
    field = leaf.field or WORDS
    expand = _expansion(leaf, field, dictionary, notes)
    if field in WHOLE_FIELDS:
        return SomePart(tuple(_any_of(field, expand(key)) for key in _whole(leaf, field)))
    is_pattern = isinstance(leaf, Wildcard)
    words = chains(_typed(leaf), pattern=is_pattern)
    nodes = [_row(field, row, expand, notes) for row in _readings(words)]
    return nodes[0] if len(nodes) == 1 else SomePart(tuple(nodes))


def _typed(leaf: Word | Phrase | Wildcard | Fuzzy) -> str:
    return leaf.pattern if isinstance(leaf, Wildcard) else leaf.text


def _whole(leaf: Word | Phrase | Wildcard | Fuzzy, field: str) -> Iterator[str]:
    is_pattern, text = isinstance(leaf, Wildcard), _typed(leaf)
    key = identifier(text, pattern=is_pattern) if field == "mrn" else label(text)
    if key.strip("*?"):
        yield key


def _readings(words: Sequence[Chain]) -> list[tuple[str, ...]]:
    """Return ``words`` taken apart into atoms, and joined where that is not the same."""
    meant = [word for word in words if word.joined.strip("*?")]
    apart = tuple(atom for word in meant for atom in word.atoms)
    joined = tuple(word.joined for word in meant)
    readings = [apart] if all(atom.strip("*?") for atom in apart) else []
    return list(dict.fromkeys(row for row in [*readings, joined] if row))


def _row(field: str, row: tuple[str, ...], expand: Expansion, notes: list[str]) -> Node:
    choices = [expand(entry) for entry in row]
    if len(choices) == 1:
        return _any_of(field, choices[0])
    rows = list(islice(product(*choices), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        notes.append(f"a phrase stands for more than {MAX_ROWS} others; the rest is left out")
    parts = tuple(Row(field, terms) for terms in rows[:MAX_ROWS])
    return parts[0] if len(parts) == 1 else SomePart(parts)


def _any_of(field: str, terms: Sequence[str]) -> Node:
    return AnyOf(field, tuple(terms)) if terms else SomePart(())


def _expansion(leaf: Leaf, field: str, dictionary: TermDictionary, notes: list[str]) -> Expansion:
    def capped(terms: Sequence[str]) -> Sequence[str]:
        if len(terms) > MAX_TERMS:
            notes.append(f"a word stands for more than {MAX_TERMS} others; the rest is left out")
        return terms[:MAX_TERMS]

    match leaf:
        case Wildcard():
            return lambda pattern: capped(matching(pattern, field, dictionary))
        case Fuzzy(distance=distance):
            return lambda term: capped(alike(term, distance, field, dictionary))
        case _:
            return lambda term: (term,)


def matching(pattern: str, field: str, dictionary: TermDictionary) -> Sequence[str]:
    """Return the terms that fit ``pattern``, sorted."""
    stem = re.split(r"[*?]", pattern, maxsplit=1)[0]
    if stem == pattern:
        return (pattern,)
    shape = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern)
    fits = re.compile(shape, re.DOTALL).fullmatch
    return [term for term in dictionary.terms(field, stem) if fits(term)]


def alike(term: str, distance: int, field: str, dictionary: TermDictionary) -> Sequence[str]:
    """Return the terms up to ``distance`` letters from ``term``, nearest first.

    Optimal string alignment: a letter left out, put in, wrong, or two neighbours swapped are one.
    Two letters of a word always have to be right, or short words would find everything.
    """
    allowed = min(distance, max(len(term) - 2, 0))
    near = process.extract(
        term,
        dictionary.terms(field, ""),
        scorer=OSA.distance,
        score_cutoff=allowed,
        limit=None,
    )
    return [other for other, _, _ in sorted(near, key=lambda match: (match[1], match[0]))]
