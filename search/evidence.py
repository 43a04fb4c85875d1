"""Why a page answers a query: which words of it, how, and where they stand.

The index finds pages; what matched is told here from the text, the same for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from .engine import texts
from .model import Entry, Why
from .nodes import (
    SOUND,
    WORDS,
    AllParts,
    AnyOf,
    Begins,
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
from .terms import alike, begins_alike, likeness, shaped
from .text import placed, tokens_of
from .tree import TEXT_FIELDS
from .widen import WORTH

SHOWN_FIELDS = frozenset({WORDS, "mrn", "name", "diagnosis", "procedure", "physician", "facility"})
"""Fields whose words, where they stand on the page too, are marked there."""
_LIKE = 0.6
"""How alike a word that begins alike has to be as a whole; less is another word."""
_CLOSE = 0.3
"""What it adds to the rank of a page that the words stand side by side on it."""


Span: TypeAlias = tuple[int, int]
"""First character, and the one behind the last."""


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
            case Begins(_, term, letters):
                found = begins_alike(term, letters, self.ordered)
                return [other for other in found if likeness(term, other) >= _LIKE]
            case Fits(_, pattern):
                return shaped(pattern, self.terms)
            case Row(_, wanted):
                return wanted if next(self.starts_of(wanted), None) is not None else ()

    def starts_of(self, wanted: Sequence[str]) -> Iterator[int]:
        """Yield the place in the row of each beginning of ``wanted``."""
        if not self.terms.issuperset(wanted):
            return
        size = len(wanted)
        for at, term in enumerate(self.row):
            if term == wanted[0] and tuple(self.row[at : at + size]) == tuple(wanted):
                yield at


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield what ``node`` looks for; nothing of what must be absent."""
    match node:
        case AnyOf() | Row() | Near() | Begins() | Fits():
            yield node
        case AllParts(parts) | SomePart(parts) | MostParts(parts):
            for part in parts:
                yield from leaves(part)
        case Constant(part):
            yield from leaves(part)
        case _:
            return


def spans(node: Node, text: str, answers: Sequence[Why] = ()) -> list[Span]:
    """Return where the words of ``node`` stand in ``text``, in order, none within another.

    A name that sounds alike is marked where it stands as in the ``answers`` of the page.
    """
    shown = [leaf for leaf in leaves(node) if leaf.field in SHOWN_FIELDS]
    terms = {one.found for one in answers if one.how in (How.SOUND, How.FAR_SOUND)}
    if not (shown or terms):
        return []
    stream = Stream.of(text)
    places: set[int] = set()
    for leaf in shown:
        if isinstance(leaf, Row):
            starts = stream.starts_of(leaf.terms)
            places.update(start + at for start in starts for at in range(len(leaf.terms)))
        else:
            terms.update(stream.holding(leaf))
    return _outermost((token.start, token.end) for token in tokens_of(text, terms, places))


def _worth(leaf: Leaf) -> float:
    return WORTH[leaf.why.how] if leaf.why else 1.0


def _outermost(found: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


@dataclass(frozen=True, slots=True)
class Answered:
    """How a page answers a query."""

    why: tuple[Why, ...]
    worth: float
    """0.0 to 1.3: how exactly the words are answered, and how near they stand."""

    @property
    def count(self) -> int:
        """How many words are answered."""
        return sum(one.how is not How.ABSENT for one in self.why)


class Witness:
    """What one page says, read once and asked for every word."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    @cached_property
    def _page(self) -> Stream:
        return Stream.of(self._entry.text)

    @cached_property
    def _everything(self) -> Stream:
        """The page and all that is known of it, to see at once that a word is not there."""
        known = _known("\n".join(_told(self._entry, one) for one in _fields_behind(WORDS)))
        ordered = list(dict.fromkeys((*self._page.ordered, *known.ordered)))
        return Stream([*self._page.row, *known.row], frozenset(ordered), ordered)

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
        if leaf.field == WORDS and not self._everything.holding(leaf):
            return None
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
            yield one, _known(_told(self._entry, one))

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


def _told(entry: Entry, field: str) -> str:
    return entry.mrn if field == "mrn" else "\n".join(texts(entry, field))


@lru_cache(maxsize=4096)
def _known(text: str) -> Stream:
    """Return the terms of a short text; names of types, doctors and rolls come again and again."""
    return Stream.of(text)


def _by_ear(asked: str, found: Iterable[str], where: str) -> Why:
    near = [term for term in found if sounds_alike(term, asked)]
    how = How.SOUND if near else How.FAR_SOUND
    return Why(asked, min(near or found), how, where)


def _fields_behind(field: str) -> tuple[str, ...]:
    if field == WORDS:
        return ("mrn", *TEXT_FIELDS)
    return ("name",) if field == SOUND else (field,)
