"""What an engine is asked: terms, rows of terms and ranges, with nothing left to interpret.

Every leaf may carry the `Reason` why it is looked for, so that a hit can say why it matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

WORDS = "words"
"""The index field of the page's text and all that is known of it in words."""
SOUND = "sound"
"""The index field of how names sound."""


class How(StrEnum):
    """How what stands on a page answers what was asked, nearest first."""

    EXACT = "exact"
    PATTERN = "pattern"
    JOINED = "written together"
    PARTED = "written apart"
    SCATTERED = "not in a row"
    READING = "misread letters"
    MEANING = "means the same"
    SPELLING = "similar spelling"
    SOUND = "sounds alike"
    FAR_SPELLING = "two letters differ"
    BEGINNING = "begins alike"
    FAR_SOUND = "may sound alike"
    ABSENT = "not found"

    @property
    def is_similar(self) -> bool:
        """Whether it is not what was asked to the letter."""
        return self not in (How.EXACT, How.PATTERN)


@dataclass(frozen=True, slots=True)
class Reason:
    """The word that was asked for, and how a leaf answers it."""

    asked: str
    how: How = How.EXACT


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Pages where the field holds any of the terms."""

    field: str
    terms: tuple[str, ...]
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Pages where the field holds the terms, two or more, at positions in a row."""

    field: str
    terms: tuple[str, ...]
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Pages where the field holds a term at most ``distance`` edits from this one.

    Optimal string alignment: a letter left out, put in, wrong, or two neighbours swapped are one.
    """

    field: str
    term: str
    distance: int
    """1 or 2."""
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Begins:
    """Pages where the field holds a term that begins as this one, give or take an edit."""

    field: str
    term: str
    letters: int
    """So many of the first letters of ``term`` are compared."""
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Fits:
    """Pages where the field holds a term of this shape: ``*`` any letters, ``?`` one."""

    field: str
    pattern: str
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Pages whose range in the field shares a number with this one, bounds included."""

    field: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AllParts:
    """Pages that match every part; all pages when there is no part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class SomePart:
    """Pages that match any part; none when there is no part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MostParts:
    """Pages that match at least so many of the parts."""

    parts: tuple[Node, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Without:
    """Pages that do not match the part."""

    part: Node


@dataclass(frozen=True, slots=True)
class Constant:
    """Pages that match the part, each of which it gives the same score."""

    part: Node
    score: float = 0.0


Leaf: TypeAlias = AnyOf | Row | Near | Begins | Fits
"""What looks for words, and so can be shown on a page."""
Node: TypeAlias = Leaf | Overlap | AllParts | SomePart | MostParts | Without | Constant


def scores(node: Node) -> bool:
    """Whether some part of ``node`` gives pages a rank."""
    match node:
        case AnyOf() | Row():
            return True
        case AllParts(parts) | SomePart(parts) | MostParts(parts):
            return any(scores(part) for part in parts)
        case Constant(_, score):
            return score > 0
        case _:
            return False
