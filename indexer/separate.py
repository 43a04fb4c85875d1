"""Put pages in the order of scanning together into documents, and say what is doubtful.

Every page with an index ends in exactly one document. Separator sheets and the ends of a
source always part documents; page numbers, titles and identifiers part or link the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from capture.model import FrameState

from .dates import short_form
from .doctypes import UNCLASSIFIED
from .identity import Identity, Tie, doubting_numbers, identity_of, tie_between
from .model import Document, DocumentType, IndexValue, PageIndex, SequencePage
from .separator_sheet import Sheet, sheet_of

_SURE_TITLE = 0.9
_OF_A_PAGE = frozenset({"page_of"})


@dataclass(frozen=True, slots=True)
class _Number:
    """A page's own number, 0 where it prints none."""

    at: int = 0
    total: int = 0


@dataclass(slots=True)
class _Open:
    """A document that may still grow."""

    pages: list[PageIndex]
    sheet: Sheet
    identity: Identity
    number: _Number
    confidence: float
    doubts: list[str] = field(default_factory=list)
    interrupted: bool = False
    """A frame that could not be read came after its last page."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    joins: bool
    confidence: float
    doubt: str = ""


_SAID = _Verdict(True, 1.0)
"""What a person's word on a boundary is worth."""


def assemble(sequence: Sequence[SequencePage]) -> tuple[Document, ...]:
    """Return the documents of ``sequence`` in its order.

    Blank, technical and separator frames, and pages that failed, are in none.
    """
    return tuple(_closed(drafts) for drafts in _with_following(list(_drafts(sequence))))


def _with_following(drafts: list[_Open]) -> Iterator[tuple[_Open, _Open | None]]:
    for n, draft in enumerate(drafts):
        yield draft, drafts[n + 1] if n + 1 < len(drafts) else None


def _drafts(sequence: Sequence[SequencePage]) -> Iterator[_Open]:
    draft: _Open | None = None
    sheet = Sheet()
    parted = True
    for page in sequence:
        if page.starts_source or page.state is FrameState.SEPARATOR:
            if draft:
                yield draft
            draft, parted = None, True
            sheet = sheet_of(page)
        if page.index is None or page.state is not FrameState.PAGE:
            _note_unread(draft, page)
            continue
        verdict = _SAID if draft and page.joins_previous else _verdict(draft, page.index)
        if draft and verdict.joins:
            _join(draft, page.index, verdict)
            continue
        if draft:
            yield draft
        draft = _start(page.index, sheet, verdict, parted)
        parted = False
    if draft:
        yield draft


def _note_unread(draft: _Open | None, page: SequencePage) -> None:
    if draft and page.state in (FrameState.PAGE, FrameState.QUARANTINED):
        draft.interrupted = True


def _number_of(page: PageIndex) -> _Number:
    prints = [value for value in page.values if value.field == "page_of"]
    if not prints:
        return _Number()
    best = max(prints, key=lambda value: value.confidence)
    at, _, total = best.value.partition("/")
    return _Number(int(at), int(total or 0))


def _start(page: PageIndex, sheet: Sheet, verdict: _Verdict, parted: bool) -> _Open:
    number = _number_of(page)
    opens = page.titled or number.at == 1
    confidence = 0.99 if parted and opens else 0.9 if parted else verdict.confidence
    draft = _Open([page], sheet, identity_of(page.values), number, confidence)
    if number.at > 1:
        draft.doubts.append(_before(number.at))
        draft.confidence = min(draft.confidence, 0.5)
    if verdict.doubt:
        draft.doubts.append(verdict.doubt)
    return draft


def _before(at: int) -> str:
    return "page 1 is missing" if at == 2 else f"the pages before page {at} are missing"


def _join(draft: _Open, page: PageIndex, verdict: _Verdict) -> None:
    number = _number_of(page)
    at = number.at or (draft.number.at + 1 if draft.number.at else 0)
    draft.doubts += _skipped(draft.number, number)
    draft.number = _Number(at, number.total or draft.number.total)
    draft.pages.append(page)
    draft.identity = draft.identity | identity_of(page.values)
    draft.confidence = min(draft.confidence, verdict.confidence)
    if verdict.doubt:
        draft.doubts.append(verdict.doubt)
    if draft.interrupted:
        draft.doubts.append("a frame inside it could not be read")
        draft.interrupted = False


def _skipped(last: _Number, number: _Number) -> Iterator[str]:
    if last.at and number.at > last.at + 1:
        for missing in range(last.at + 1, number.at):
            yield _missing(missing, number.total or last.total)


def _missing(number: int, total: int) -> str:
    return f"page {number} of {total} is missing" if total else f"page {number} is missing"


def _verdict(draft: _Open | None, page: PageIndex) -> _Verdict:
    """Say whether ``page`` goes on with ``draft``, and how sure that is."""
    if draft is None:
        return _Verdict(False, 0.7)
    number, own = _number_of(page), identity_of(page.values)
    tie = tie_between(draft.identity | identity_of(draft.sheet.values), own)
    follows = _follows(draft.number, number)
    if tie is Tie.ANOTHER or (tie is Tie.MIXED and not follows and (page.titled or number.at == 1)):
        return _Verdict(False, 0.95)
    if tie is Tie.MIXED:
        return _Verdict(True, 0.5, "identifiers on its pages differ")
    if number.at:
        return _by_number(draft, number, tie)
    if page.titled:
        return _Verdict(False, 0.85 if page.type.code == draft.pages[0].type.code else 0.95)
    return _unnumbered(draft, tie)


def _follows(last: _Number, number: _Number) -> bool:
    same_total = not last.total or not number.total or last.total == number.total
    return number.at > 1 and number.at == last.at + 1 and same_total


def _by_number(draft: _Open, number: _Number, tie: Tie) -> _Verdict:
    if number.at == 1:
        return _Verdict(False, 0.97)
    if _follows(draft.number, number):
        return _Verdict(True, 0.98 if tie is Tie.SAME or number.total else 0.85)
    if not draft.number.at and number.at == len(draft.pages) + 1:
        return _Verdict(True, 0.9 if tie is Tie.SAME else 0.7)
    skips = draft.number.at and number.at > draft.number.at
    if skips and tie is Tie.SAME and draft.number.total == number.total:
        return _Verdict(True, 0.6)
    return _Verdict(False, 0.6)


def _unnumbered(draft: _Open, tie: Tie) -> _Verdict:
    complete = bool(draft.number.total) and draft.number.at >= draft.number.total
    if tie is Tie.SAME:
        return _Verdict(not complete, 0.7 if complete else 0.9)
    if draft.sheet.values and not complete:
        return _Verdict(True, 0.8)
    doubt = "page carries no identifier and no link to the page before"
    return _Verdict(not complete, 0.4, doubt)


def _closed(pair: tuple[_Open, _Open | None]) -> Document:
    draft, following = pair
    values = tuple(_merged(draft))
    doubts = [*draft.doubts, *_missing_end(draft.number), *_two_of_a_kind(values)]
    end = following.confidence if following else 1.0
    return Document(
        frames=tuple(page.frame for page in draft.pages),
        type=_type_of(draft),
        values=values,
        boundary_confidence=round(min(draft.confidence, end), 4),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _missing_end(number: _Number) -> Iterator[str]:
    if number.at and number.total:
        for missing in range(number.at + 1, number.total + 1):
            yield _missing(missing, number.total)


def _two_of_a_kind(values: tuple[IndexValue, ...]) -> Iterator[str]:
    identity = identity_of(values)
    if len(identity.mrns) > 1:
        yield "two record numbers in one document"
    if identity.names_differ:
        yield "two names in one document"
    if identity.births_differ:
        yield "two birth dates in one document"


def _merged(draft: _Open) -> Iterator[IndexValue]:
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


def _type_of(draft: _Open) -> DocumentType:
    """Return the type its title tells, else its sheet, else the best that any page tells."""
    titled = [page.type for page in draft.pages if page.titled]
    if titled and (titled[0].confidence >= _SURE_TITLE or not draft.sheet.type):
        return titled[0]
    if draft.sheet.type:
        return draft.sheet.type
    told = [page.type for page in draft.pages if page.type.code != UNCLASSIFIED]
    best = max(told, key=lambda kind: kind.confidence, default=draft.pages[0].type)
    return replace(best, confidence=best.confidence)
