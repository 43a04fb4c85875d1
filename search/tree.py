"""What a person asks, as a tree of plain values, and its spelling in our query language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

TEXT_FIELDS = (
    "name", "type", "diagnosis", "procedure", "physician", "facility", "roll",
)  # fmt: skip
"""Fields of running words."""
LABEL_FIELDS = ("batch", "state", "reading")
"""Fields that are one label, taken whole."""
WHOLE_FIELDS = ("mrn", *LABEL_FIELDS)
"""Fields that are one term: a number or a label, taken whole."""
DATE_FIELDS = ("date", "dob")
RANGE_FIELDS = (*DATE_FIELDS, "frame")
FIELDS = (*TEXT_FIELDS, *WHOLE_FIELDS, *RANGE_FIELDS)
"""Every field of the language."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed; one with inner punctuation stands for its parts in a row."""

    text: str
    field: str = ""
    """Empty for the page and everything known of it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in a row."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A word with ``*`` for any letters and ``?`` for one."""

    pattern: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word with up to ``distance`` letters wrong; two letters swapped are one wrong."""

    text: str
    distance: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """A range of dates or numbers, bounds included; an empty bound is open."""

    low: str
    high: str
    field: str


@dataclass(frozen=True, slots=True)
class And:
    """Pages that match every part."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Pages that match any part."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Pages that do not match the part."""

    part: Tree


Leaf: TypeAlias = Word | Phrase | Wildcard | Fuzzy | Between
Tree: TypeAlias = Leaf | And | Or | Not


def conjunction(parts: Sequence[Tree]) -> Tree:
    """Return the And of one or more ``parts`` in normal form: flat, none of a single part."""
    flat = [leaf for part in parts for leaf in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(parts: Sequence[Tree]) -> Tree:
    """Return the Or of one or more ``parts`` in normal form: flat, none of a single part."""
    flat = [leaf for part in parts for leaf in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negation(part: Tree) -> Tree:
    """Return the Not of ``part``; two of them cancel out."""
    return part.part if isinstance(part, Not) else Not(part)


def scope_of(tree: Tree | None) -> Tree | None:
    """Return the parts of ``tree`` that choose among charts and not by what pages say."""
    parts = tree.parts if isinstance(tree, And) else (tree,) if tree else ()
    kept = [part for part in parts if _chooses(part)]
    return conjunction(kept) if kept else None


def _chooses(part: Tree) -> bool:
    match part:
        case And(parts) | Or(parts):
            return all(_chooses(one) for one in parts)
        case Not(inner):
            return _chooses(inner)
        case _:
            return part.field in (*WHOLE_FIELDS, *RANGE_FIELDS, "name", "roll", "facility")


def render(tree: Tree) -> str:
    """Return ``tree`` in the query language, such that parsing gives it back."""
    match tree:
        case And(parts):
            return " ".join(_inner(part, (Or,)) for part in parts)
        case Or(parts):
            return " OR ".join(render(part) for part in parts)
        case Not(part):
            return "NOT " + _inner(part, (And, Or))
        case _:
            prefix = f"{tree.field}:" if tree.field else ""
            return prefix + _leaf(tree)


def _inner(part: Tree, loose: tuple[type, ...]) -> str:
    return f"({render(part)})" if isinstance(part, loose) else render(part)


_SPECIAL = r'[\s()"\\~:]'
_SPECIAL_OF_WORDS = r'[\s()"\\~:*?]'


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Phrase(text):
            return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
        case Word(text):
            return _escaped(text, _SPECIAL_OF_WORDS)
        case Wildcard(pattern):
            return _escaped(pattern, _SPECIAL)
        case Fuzzy(text, distance):
            return f"{_escaped(text, _SPECIAL_OF_WORDS)}~{distance}"
        case Between(low, high):
            return low if low == high else f"{low}..{high}"


def _escaped(text: str, special: str) -> str:
    safe = re.sub(f"({special})", r"\\\1", text)
    return "\\" + safe if text in ("AND", "OR", "NOT") or text.startswith("-") else safe
