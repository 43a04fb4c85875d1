"""The looks that one question takes into an index, each further from the letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .access import EVERYTHING, Access, clause
from .engine import IndexReader
from .model import UNRELIABLE
from .nodes import AllParts, AnyOf, Constant, Node, SomePart, Without
from .plan import plan
from .synonyms import Synonyms
from .tree import Tree, scope_of
from .widen import Widening, can_widen, fewest_of, most_of, weights_of, widened


@dataclass(frozen=True, slots=True)
class Look:
    """One look into the index, for pages that no earlier one found."""

    node: Node
    shown: Node
    """The words to be marked and explained."""
    weights: Mapping[str, float]
    """What each word counts; empty where the engine's own rank stands."""
    least: int = 0
    """Words that a page must answer when it is read, beyond what the engine could tell."""


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

    @property
    def literal(self) -> Look:
        """The pages that match to the letter."""
        return Look(self.exact, self._words, {})

    @cached_property
    def similar(self) -> Look | None:
        """The other pages that hold every word, or what stands for it.

        None when not wanted, and where there is nothing but numbers, dates and labels.
        """
        asked = [one for one in (self._question.words, self._question.form) if one]
        if self._question.to_the_letter or not any(can_widen(one, self._near) for one in asked):
            return None
        node = AllParts((self._wide, Without(self.exact)))
        return Look(node, self._similar_words or self._words, self._weights)

    def partial(self, known: Sequence[str]) -> Look | None:
        """Return the pages that hold most of the words and are not among ``known``, by their ids.

        A long word may go on otherwise than it begins. None where similar words are not looked
        for.
        """
        words = self._question.words
        if self.similar is None or words is None:
            return None
        most = most_of(words, replace(self._near, far=True))
        # To look for all that was found a second time costs more than to name it.
        others = (Without(AnyOf("page", tuple(known))),) if known else ()
        node = AllParts((self._narrowed(most, self._widened), *others))
        return Look(node, most, self._weights, fewest_of(len(self._weights)))

    @property
    def whole(self) -> Node:
        """What finds every page that holds every word, or what stands for it."""
        similar = self.similar
        return SomePart((self.exact, similar.node)) if similar else self.exact

    @cached_property
    def exact(self) -> Node:
        """What finds the pages that match to the letter."""
        return self._narrowed(self._words if self._question.words else None, plan)

    @cached_property
    def _words(self) -> Node:
        return plan(self._question.words) if self._question.words else SomePart(())

    @cached_property
    def _similar_words(self) -> Node | None:
        return widened(self._question.words, self._near) if self._question.words else None

    @cached_property
    def _wide(self) -> Node:
        return self._narrowed(self._similar_words, self._widened)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        return weights_of(self._question.words, self._near) if self._question.words else {}

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
