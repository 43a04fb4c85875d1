"""What a page may say instead of what was asked: misread, torn, by another name, by ear.

Every word of a query becomes a choice: itself, or what answers it less exactly, each with the
reason that a hit will give. Numbers, dates, labels and what must be absent stay to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import log
from typing import TypeAlias

from .nodes import (
    SOUND,
    WORDS,
    AllParts,
    AnyOf,
    Begins,
    Constant,
    How,
    Leaf,
    MostParts,
    Near,
    Node,
    Reason,
    Row,
    SomePart,
)
from .plan import plan, readings
from .sounds import keys
from .spellings import confusions, halves, joined
from .synonyms import Run, Synonyms
from .text import chains
from .tree import TEXT_FIELDS, And, Or, Phrase, Tree, Word

Frequency: TypeAlias = Callable[[str, str], int]
"""From a field and a term to how many pages hold it."""

WORTH = {
    How.EXACT: 1.0,
    How.PATTERN: 1.0,
    How.JOINED: 0.95,
    How.PARTED: 0.9,
    How.SCATTERED: 0.9,
    How.READING: 0.9,
    How.MEANING: 0.85,
    How.SPELLING: 0.8,
    How.SOUND: 0.6,
    How.FAR_SPELLING: 0.5,
    How.BEGINNING: 0.45,
    How.FAR_SOUND: 0.3,
    How.ABSENT: 0.0,
}
"""What an answer counts beside the word itself: an order by judgement."""
SHORTEST_NEAR, SHORTEST_FAR = 4, 8
"""Letters of the shortest word in which one may differ, and that may go on otherwise."""
_COMMON = 0.05
"""Share of the pages above which a word stays as it is: where it was misread, it mostly stands
on the page a second time, and its likes are words of their own."""
_SMALL = 10_000
"""Pages of an archive so small that nothing is too common in it."""
_FEWEST_OF_MOST = 3
"""Words of which some may be missing."""
_MOST_WORDS = 12
"""Words of a query that are widened; those behind them stay as they are."""
_WIDENED = {"", *TEXT_FIELDS} - {"roll", "type"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a query that may be answered less exactly, and what narrows them."""

    choices: tuple[Node, ...]
    """One for each word that may stand anywhere, in the order typed."""
    fielded: tuple[Node, ...]
    """One for each word of a field, such as a name."""
    rest: tuple[Node, ...]

    def all_of(self) -> Node:
        """Return what finds the pages that answer every part."""
        return AllParts((*self.choices, *self.fielded, *self.rest))


@dataclass(frozen=True, slots=True)
class Widening:
    """How far to go from the letter of a query."""

    synonyms: Synonyms
    pages: int
    """Pages of the index, beside which a word is common or rare."""
    frequency: Frequency
    far: bool = False
    """Whether a long word may go on otherwise than it begins."""

    def is_common(self, field: str, term: str) -> bool:
        """Whether a word is too common to be looked for in other spellings."""
        return self.frequency(field, term) > _COMMON * self.pages and self.pages > _SMALL

    def weight(self, field: str, term: str) -> float:
        """Return what a word counts for the rank of a page, as BM25 has it (Robertson 2009)."""
        often = min(self.frequency(field, term), self.pages)
        return log(1 + (self.pages - often + 0.5) / (often + 0.5))


def can_widen(tree: Tree, how: Widening) -> bool:
    """Whether anything in ``tree`` may be answered less exactly."""
    match tree:
        case And(parts) | Or(parts):
            return any(can_widen(part, how) for part in parts)
        case Word(text) | Phrase(text):
            field = _widened_field(tree, how)
            return field is not None and any(chain.joined.isalpha() for chain in chains(text))
        case _:
            return False


def widened(tree: Tree, how: Widening) -> Node:
    """Return what finds the pages that hold every word of ``tree``, or what stands for it."""
    return words_of(tree, how).all_of()


def most_of(tree: Tree, how: Widening) -> Node:
    """Return what finds the pages that hold most of the words, or what stands for them.

    As many as `fewest_of` says, and all of those in a field.
    """
    found = words_of(tree, how)
    least = fewest_of(len(found.choices))
    if least == len(found.choices):
        return found.all_of()
    return AllParts((MostParts(found.choices, least), *found.fielded, *found.rest))


def fewest_of(count: int) -> int:
    """Return how many of so many words a page must hold to be shown at all: half, but two."""
    return max(2, count // 2) if count >= _FEWEST_OF_MOST else count


def weights_of(tree: Tree, how: Widening) -> Mapping[str, float]:
    """Return what each word of ``tree`` counts for the rank of a page, by the word as typed."""
    found: dict[str, float] = {}
    for field, run in _runs(tree, how):
        for leaf in run if field is not None else ():
            if isinstance(leaf, Word | Phrase):
                for word in _asked(leaf):
                    found[word.typed] = how.weight(field or WORDS, word.term)
    return found


def words_of(tree: Tree, how: Widening) -> Words:
    """Return the words of ``tree`` as choices."""
    choices: list[Node] = []
    fielded: list[Node] = []
    rest: list[Node] = []
    for field, run in _runs(tree, how):
        if field is None:
            rest += [_other(part, how) for part in run]
        else:
            words = _choices([part for part in run if isinstance(part, Word | Phrase)], how)
            choices += () if field else words
            fielded += words if field else ()
    return Words(tuple(choices), tuple(fielded), tuple(rest))


def _runs(tree: Tree, how: Widening) -> Iterator[tuple[str | None, list[Tree]]]:
    """Yield neighbours that are words of one field together; None is no such field."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    for field, run in groupby(parts, key=lambda part: _widened_field(part, how)):
        yield field, list(run)


def _widened_field(part: Tree, how: Widening) -> str | None:
    """Return the field of what may be widened.

    What has no word finds nothing, to the letter. The words of a phrase that are all common
    stand on most pages: taken apart, it would find these.
    """
    if not isinstance(part, Word | Phrase) or part.field not in _WIDENED:
        return None
    words = [chain.joined for chain in chains(part.text)]
    is_common = all(how.is_common(part.field or WORDS, word) for word in words)
    is_left = isinstance(part, Phrase) and is_common
    return part.field if words and not is_left else None


def _other(part: Tree, how: Widening) -> Node:
    if isinstance(part, And):
        return widened(part, how)
    if isinstance(part, Or):
        return SomePart(tuple(widened(one, how) for one in part.parts))
    return plan(part)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word of a query, taken out of the phrase in which it may have stood."""

    typed: str
    rows: tuple[tuple[str, ...], ...]
    """Its parts in a row, and joined; one of one term for a plain word."""
    term: str
    """The word as one term; empty for one of several parts that are no word, such as 3/4/61."""
    in_phrase: bool


def _choices(leaves: Sequence[Word | Phrase], how: Widening) -> list[Node]:
    """Return a choice for each word of neighbouring leaves of one field."""
    field = leaves[0].field or WORDS
    asked = [word for leaf in leaves for word in _asked(leaf)]
    options = [
        list(_own(field, word, how if at < _MOST_WORDS else None)) for at, word in enumerate(asked)
    ]
    for at, (one, other) in enumerate(pairwise(asked)):
        for term in joined((one.term, other.term)):
            for place, word in ((at, one), (at + 1, other)):
                why = Reason(word.typed, How.JOINED)
                options[place].append(AnyOf(field, (term,), why))
    for run in how.synonyms.runs([word.typed for word in asked]):
        for place in range(run.start, run.stop):
            options[place] += _meanings(field, asked[place], run)
    return [
        SomePart(tuple(_weighed(option, how.weight(field, word.term)) for option in found))
        for word, found in zip(asked, options, strict=True)
    ]


def _asked(leaf: Word | Phrase) -> Iterator[_Asked]:
    pieces = [(piece, chains(piece)) for piece in leaf.text.split()]
    found = [(piece, words) for piece, words in pieces if words]
    for piece, words in found:
        term = words[0].joined if len(words) == 1 else ""
        in_phrase = isinstance(leaf, Phrase) and len(found) > 1
        yield _Asked(piece, tuple(readings(words)), term, in_phrase)


def _weighed(option: Leaf, weight: float) -> Node:
    if option.why is None or option.why.how is How.EXACT:
        return option
    return Constant(option, WORTH[option.why.how] * weight)


def _row(field: str, terms: tuple[str, ...], why: Reason) -> Leaf:
    return Row(field, terms, why) if len(terms) > 1 else AnyOf(field, terms, why)


def _own(field: str, word: _Asked, how: Widening | None) -> Iterator[Leaf]:
    """Yield a word itself, and its misreadings; without ``how`` only itself."""
    itself = Reason(word.typed, How.SCATTERED if word.in_phrase else How.EXACT)
    for row in word.rows:
        yield _row(field, row, itself)
    if how is None or not word.term.isalpha() or how.is_common(field, word.term):
        return
    if field == "name" and (sounds := keys(word.term)):
        yield AnyOf(SOUND, sounds, Reason(word.typed, How.SOUND))
    if others := confusions(word.term):
        yield AnyOf(field, others, Reason(word.typed, How.READING))
    for parts in halves(word.term):
        yield Row(field, parts, Reason(word.typed, How.PARTED))
    if len(word.term) >= SHORTEST_NEAR:
        yield Near(field, word.term, 1, Reason(word.typed, How.SPELLING))
    if how.far and len(word.term) >= SHORTEST_FAR:
        # An automaton for two edits goes through a dictionary of millions four times as long.
        letters = max(6, len(word.term) * 6 // 10)
        yield Begins(field, word.term, letters, Reason(word.typed, How.BEGINNING))


def _meanings(field: str, word: _Asked, run: Run) -> Iterator[Leaf]:
    for other in run.equivalents:
        for terms in readings(chains(other.text)):
            why = Reason(word.typed, How.MEANING)
            yield _row(field, terms, why)
