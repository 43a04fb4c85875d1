"""The looks that one question takes into an index, each further from the letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .access import EVERYTHING, Access, clause
from .engine import IndexReader
from .model import UNRELIABLE
from .nodes import AllParts, AnyOf, Constant, Node, SomePart, Without
from .plan import plan
from .synonyms import Synonyms
from .tree import Tree, scope_of
from .widen import Widening, most_of, weights_of, widened


@dataclass(frozen=True, slots=True)
class Look:
    """One look into the index, for pages that no earlier one found."""

    node: Node
    shown: Node
    """The words to be marked and explained."""
    weights: Mapping[str, float]
    """What each word counts; empty where the engine's own rank stands."""
    is_whole: bool = True
    """Whether its pages answer every word."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how far an answer may go."""

    words: Tree | None
    form: Tree | None
    """The filters, which narrow and count nothing for the rank."""
    access: Access = EVERYTHING
    to_the_letter: bool = False
    """Whether similar spellings, other names and incomplete matches are left out."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return self.words is None and self.form is None


class Looks:
    """The looks of a question into one index."""

    def __init__(self, question: Question, reader: IndexReader, synonyms: Synonyms) -> None:
        self._question = question
        self._reader = reader
        self._synonyms = synonyms

    def __iter__(self) -> Iterator[Look]:
        """Yield to the letter, then similar words, then most of the words."""
        words = self._question.words
        literal = plan(words) if words else SomePart(())
        yield Look(self.exact, literal, {})
        if self._question.to_the_letter:
            return
        near = self._near
        similar = widened(words, near) if words else None
        wide = self._narrowed(similar, self._widened)
        weights = weights_of(words, near) if words else {}
        yield Look(AllParts((wide, Without(self.exact))), similar or literal, weights)
        most = most_of(words, replace(near, far=True)) if words else None
        if most:
            beyond = AllParts(
                (self._narrowed(most, self._widened), Without(wide), Without(self.exact))
            )
            yield Look(beyond, most, weights, is_whole=False)

    @cached_property
    def exact(self) -> Node:
        """What finds the pages that match to the letter."""
        words = self._question.words
        return self._narrowed(plan(words) if words else None, plan)

    @cached_property
    def _near(self) -> Widening:
        return Widening(self._synonyms, self._reader.pages(), self._reader.frequency)

    def _widened(self, form: Tree) -> Node:
        return widened(form, self._near)

    def _narrowed(self, words: Node | None, lowered: Callable[[Tree], Node]) -> Node:
        form, allowed = self._question.form, clause(self._question.access)
        parts = [words, Constant(lowered(form)) if form else None, allowed]
        return AllParts(tuple(part for part in parts if part))

    @property
    def unreliable(self) -> Node:
        """What finds the pages among which was looked, whose text is not to be relied on."""
        scope = [scope_of(self._question.words), self._question.form]
        parts = [plan(one) for one in scope if one]
        allowed = clause(self._question.access)
        return AllParts((*parts, *([allowed] if allowed else []), AnyOf("reading", UNRELIABLE)))
