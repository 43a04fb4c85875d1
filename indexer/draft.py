"""A document that may still grow, and what becomes of it when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .dates import short_form
from .doctypes import UNCLASSIFIED
from .identity import Identity, doubting_numbers, identity_of
from .model import Document, DocumentType, IndexValue, PageIndex
from .numbering import Number, doubts_of, number_after, number_of
from .separator_sheet import Sheet

DOUBTFUL = 0.8
"""A boundary that is less probable than this holds the documents on both its sides."""
_SURE_TITLE = 0.9
_SURE_END = 0.9
_ENDS_EARLY = 700.0
_CLOSING = frozenset({"signature", "signed_date", "dictated_date", "transcribed_date"})
_OF_A_PAGE = frozenset({"page_of"})


@dataclass(slots=True)
class Draft:
    """A document that may still grow."""

    pages: list[PageIndex]
    sheet: Sheet
    start: float
    """The probability that it begins where it does."""
    end: float = 1.0
    """The probability that it ends where it does."""
    held_together: float = 1.0
    """The probability that all its pages belong together."""
    doubts: list[str] = field(default_factory=list)
    identity: Identity = field(init=False)
    reached: Number = field(init=False)
    """Where the numbers of its pages stand."""

    def __post_init__(self) -> None:
        first = self.pages[0]
        self.identity = identity_of((*self.sheet.values, *first.values))
        self.reached = number_of(first)

    def join(self, page: PageIndex, probability: float, *doubts: str) -> None:
        """Take one more page, which goes on with it so probably."""
        self.reached = number_after(self.reached, number_of(page))
        self.pages.append(page)
        self.identity = self.identity | identity_of(page.values)
        self.held_together *= probability
        self.doubts += doubts
        if probability < DOUBTFUL:
            self.doubts.append("a page of it may begin another document")

    def closed(self) -> Document:
        """Return it as the document that it is."""
        values = tuple(_merged(self))
        numbers = [number_of(page) for page in self.pages]
        doubts = (
            *self.doubts,
            *doubts_of(numbers, whole=self._seems_whole()),
            *self._doubtful_ends(),
        )
        return Document(
            frames=tuple(page.frame for page in self.pages),
            type=_type_of(self),
            values=values,
            boundary_confidence=round(self.start * self.held_together * self.end, 4),
            doubts=tuple(dict.fromkeys(doubts)),
        )

    def _seems_whole(self) -> bool:
        last = self.pages[-1]
        signed = any(value.field in _CLOSING for value in last.values)
        return self.end >= _SURE_END and (signed or 0 < last.traits.end < _ENDS_EARLY)

    def _doubtful_ends(self) -> Iterator[str]:
        if self.start < DOUBTFUL:
            yield "it may go on with the document before it"
        # A document that has all the pages it counts does not go on.
        complete = 0 < self.reached.total <= self.reached.at
        if self.end < DOUBTFUL and not complete:
            yield "it may go on in the document behind it"


def _merged(draft: Draft) -> Iterator[IndexValue]:
    """Yield each field's distinct values once, the surest reading, sheet first."""
    best: dict[tuple[str, str], IndexValue] = {}
    read = [*draft.sheet.values, *(value for page in draft.pages for value in page.values)]
    for value in read:
        key = (value.field, value.value)
        if value.field in _OF_A_PAGE:
            continue
        if key not in best or best[key].confidence < value.confidence:
            best[key] = value
    days = [value for value in best.values() if value.field == "birth_date"]
    certain = (value for value in best.values() if not _is_same_day_unsure(value, days))
    yield from doubting_numbers(certain)


def _is_same_day_unsure(value: IndexValue, days: Sequence[IndexValue]) -> bool:
    """Say whether a surer birth date is the same day in the century that ``value`` missed."""
    if value.field != "birth_date" or not short_form(value.raw):
        return False
    same = [day for day in days if day is not value and day.value[2:] == value.value[2:]]
    return any(day.confidence > value.confidence or not short_form(day.raw) for day in same)


def _type_of(draft: Draft) -> DocumentType:
    """Return the type its title tells, else its sheet, else the best that any page tells."""
    titled = [page.type for page in draft.pages if page.titled]
    if titled and (titled[0].confidence >= _SURE_TITLE or not draft.sheet.type):
        return titled[0]
    if draft.sheet.type:
        return draft.sheet.type
    told = [page.type for page in draft.pages if page.type.code != UNCLASSIFIED]
    return max(told, key=lambda kind: kind.confidence, default=draft.pages[0].type)
