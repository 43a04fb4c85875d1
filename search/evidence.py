"""Why a page answers a query: which words of it, how, and where they stand.

The index finds pages; what matched is told here from the text, the same for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .engine import texts
from .model import Entry, Why
from .nodes import (
    SOUND,
    WORDS,
    AllParts,
    AnyOf,
    Constant,
    Fits,
    How,
    Leaf,
    MostParts,
    Near,
    Node,
    Reason,
    Row,
    SomePart,
)
from .sounds import alike as sounds_alike
from .sounds import keys
from .terms import alike, shaped
from .text import Token, placed, tokens
from .tree import TEXT_FIELDS
from .widen import WORTH

SHOWN_FIELDS = frozenset(
    {WORDS, SOUND, "mrn", "name", "diagnosis", "procedure", "physician", "facility"}
)
"""Fields whose words, where they stand on the page too, are marked there."""
_CLOSE = 0.3
"""What it adds to the rank of a page that the words stand side by side on it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of a text that matched."""

    start: int
    end: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Stream:
    """The terms of a text, to be asked many times."""

    row: Sequence[str]
    terms: frozenset[str]
    ordered: Sequence[str]
    """The terms, each once."""

    @classmethod
    def of(cls, text: str) -> Stream:
        """Return the terms of ``text``."""
        row, extra = placed(text)
        ordered = list(dict.fromkeys((*row, *extra)))
        return cls(row, frozenset(ordered), ordered)

    def holding(self, leaf: Leaf) -> Iterable[str]:
        """Return the terms here that ``leaf`` looks for; those of a row where all stand in it."""
        match leaf:
            case AnyOf(field, wanted):
                if field == SOUND:
                    return [term for term in self.terms if not set(keys(term)).isdisjoint(wanted)]
                return self.terms.intersection(wanted)
            case Near(_, term, distance):
                return alike(term, distance, self.ordered)
            case Fits(_, pattern):
                return shaped(pattern, self.terms)
            case Row(_, wanted):
                return wanted if any(self.starts_of(wanted)) else ()

    def starts_of(self, wanted: Sequence[str]) -> Iterator[int]:
        """Yield 1 + the place of each beginning of ``wanted`` in the row."""
        if not self.terms.issuperset(wanted):
            return
        size = len(wanted)
        for at, term in enumerate(self.row):
            if term == wanted[0] and tuple(self.row[at : at + size]) == tuple(wanted):
                yield at + 1


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield what ``node`` looks for; nothing of what must be absent."""
    match node:
        case AnyOf() | Row() | Near() | Fits():
            yield node
        case AllParts(parts) | SomePart(parts) | MostParts(parts):
            for part in parts:
                yield from leaves(part)
        case Constant(part):
            yield from leaves(part)
        case _:
            return


def marks(node: Node, text: str) -> list[Mark]:
    """Return where the words of ``node`` stand in ``text``, in order, none within another."""
    shown = [leaf for leaf in leaves(node) if leaf.field in SHOWN_FIELDS]
    if not shown:
        return []
    stream, terms = list(tokens(text)), Stream.of(text)
    found: dict[tuple[int, int], Reason] = {}
    for leaf in sorted(shown, key=lambda one: -_worth(one)):
        why = leaf.why or Reason("")
        for token in _tokens_of(leaf, terms, stream):
            found.setdefault((token.start, token.end), why)
    return _outermost(Mark(start, end, why) for (start, end), why in found.items())


def _worth(leaf: Leaf) -> float:
    return WORTH[leaf.why.how] if leaf.why else 1.0


def _tokens_of(leaf: Leaf, terms: Stream, stream: Sequence[Token]) -> Iterator[Token]:
    if isinstance(leaf, Row):
        row = [token for token in stream if token.in_row]
        for start in terms.starts_of(leaf.terms):
            yield from row[start - 1 : start - 1 + len(leaf.terms)]
        return
    wanted = set(terms.holding(leaf))
    if leaf.field == SOUND and leaf.why:
        # On a whole page, many a word shares a key with a name.
        wanted = {term for term in wanted if sounds_alike(term, leaf.why.asked)}
    yield from (token for token in stream if token.term in wanted)


def _outermost(found: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or mark.end > kept[-1].end:
            kept.append(mark)
    return kept


@dataclass(frozen=True, slots=True)
class Answered:
    """How a page answers a query."""

    why: tuple[Why, ...]
    worth: float
    """0.0 to 1.3: how exactly the words are answered, and how near they stand."""


class Witness:
    """What one page says, read once and asked for every word."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._page = Stream.of(entry.text)
        self._known: dict[str, Stream] = {}

    def answers(self, node: Node, weights: Mapping[str, float]) -> Answered:
        """Return how the page answers the words of ``node``; ``weights`` by word asked."""
        best: dict[str, Why] = {}
        for leaf in leaves(node):
            asked = leaf.why.asked if leaf.why else ""
            before = best.get(asked)
            if before is not None and WORTH[before.how] >= _worth(leaf):
                continue
            if why := self._why(leaf):
                best[asked] = why
        missing = [asked for asked in weights if asked not in best]
        told = (*best.values(), *(Why(asked, "", How.ABSENT, "") for asked in missing))
        return Answered(told, self._worth(told, weights))

    def _why(self, leaf: Leaf) -> Why | None:
        reason = leaf.why or Reason("")
        for where, stream in self._streams(leaf.field):
            found = stream.holding(leaf)
            if isinstance(leaf, Row) and found:
                return Why(reason.asked, " ".join(found), reason.how, where)
            if leaf.field == SOUND and found:
                return _by_ear(reason.asked, found, where)
            if found:
                first = min(found, key=lambda term: (len(term), term))
                return Why(reason.asked, first, reason.how, where)
        return None

    def _streams(self, field: str) -> Iterator[tuple[str, Stream]]:
        if field == WORDS:
            yield "page", self._page
        for one in _fields_behind(field):
            if one not in self._known:
                told = self._entry.mrn if one == "mrn" else "\n".join(texts(self._entry, one))
                self._known[one] = Stream.of(told)
            yield one, self._known[one]

    def _worth(self, told: Sequence[Why], weights: Mapping[str, float]) -> float:
        whole = sum(weights.values())
        if not whole:
            return 1.0
        answered = sum(WORTH[one.how] * weights.get(one.asked, 0.0) for one in told) / whole
        return answered * (1 + _CLOSE * self._closeness([one for one in told if one.found]))

    def _closeness(self, told: Sequence[Why]) -> float:
        """Return 1.0 where the words found on the page stand side by side, less the farther."""
        wanted = {one.found.split(" ")[0] for one in told if one.where == "page"}
        if len(wanted) < 2:
            return 1.0
        places = [(at, term) for at, term in enumerate(self._page.row) if term in wanted]
        last: dict[str, int] = {}
        shortest = len(self._page.row)
        for at, term in places:
            last[term] = at
            if len(last) == len(wanted):
                shortest = min(shortest, at - min(last.values()) + 1)
        return len(wanted) / max(shortest, len(wanted))


def _by_ear(asked: str, found: Iterable[str], where: str) -> Why:
    near = [term for term in found if sounds_alike(term, asked)]
    how = How.SOUND if near else How.FAR_SOUND
    return Why(asked, min(near or found), how, where)


def _fields_behind(field: str) -> tuple[str, ...]:
    if field == WORDS:
        return ("mrn", *TEXT_FIELDS)
    return ("name",) if field == SOUND else (field,)
