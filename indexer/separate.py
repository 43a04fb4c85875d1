"""Put pages in the order of scanning together into documents, and say what is doubtful.

Every page with an index ends in exactly one document. Separator sheets, the ends of a source and
a change of patient always part documents; what else lies between two pages is weighed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from capture.model import FrameRef

from .continuity import Evidence, Gap, evidence_of, probability_of_start
from .draft import DOUBTFUL, Draft
from .identity import Tie, identity_of, tie_between
from .model import Document, PageIndex, SequencePage
from .numbering import number_of
from .page_places import PagePlace, places_of

_PARTED = 0.99
"""How sure a boundary is at a separator sheet or the start of a source."""
_ANOTHER = 0.985
"""How sure a boundary is at most where the patient changes."""
_ANOTHER_TIMES = 100
"""How much oftener the patient changes at a start than, by a misreading, inside a document."""
_DISPUTED = 0.5
"""How sure a boundary is that patient or page number ask for and all else speaks against."""
_COUNTED = 0.02
"""Probability of a start on a page of the same patient with the next number of the same count."""
_BACKWARDS = 0.1
"""Chance of a start where page numbers of one patient run backwards in one document."""
_MOST_OF_A_STRANGER = 2
"""Pages of a stranger that may lie between the pages of one document."""
_CLEARLY = 0.05
"""A page goes on past a stranger where a start is less probable than this."""
_LINKED = 0.05
"""A page without identifiers is no doubt where a start is less probable than this."""
_IDENTIFIERS = frozenset({"mrn", "patient_name", "birth_date", "ssn", "account"})
_NO_LINK = "page carries no identifier and no link to the page before"
_DIFFER = "identifiers on its pages differ"
_UNREAD = "a frame inside it could not be read"
_EITHER = "a page behind a stranger could belong to it or to the document before"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided between a page and the document before it."""

    page: PageIndex
    tie: Tie
    starts: float
    """The probability that the page begins a document."""
    evidence: Evidence = field(default_factory=dict)
    """What was weighed; empty where a rule decides."""


def assemble(sequence: Sequence[SequencePage]) -> tuple[Document, ...]:
    """Return the documents of ``sequence`` in the order of their first pages.

    Blank, technical and separator frames, and pages that failed, are in none.
    """
    assembly = _Assembly()
    for place in places_of(sequence):
        assembly.take(place)
    return tuple(draft.closed() for draft in assembly.drafts)


def decisions(sequence: Sequence[SequencePage], firsts: Collection[FrameRef]) -> Iterator[Decision]:
    """Yield what is decided for each page, were all before decided as ``firsts`` tell.

    Pages that a sheet or the start of a source parts from those before are left out.
    """
    draft: Draft | None = None
    for place in places_of(sequence):
        if draft is not None and not place.parted:
            yield _decided(draft, place)
        if draft is None or place.parted or place.page.frame in firsts:
            draft = Draft([place.page], place.sheet, 1.0)
        else:
            draft.join(place.page, 1.0)


def _decided(draft: Draft, place: PagePlace) -> Decision:
    tie = tie_between(draft.identity, identity_of(place.page.values))
    before = tuple(draft.pages)
    gap = Gap(before, draft.reached, place.page, tie, place.behind, place.blank, place.sheeted)
    evidence = evidence_of(gap)
    starts = probability_of_start(evidence)
    if tie is Tie.ANOTHER:
        return Decision(place.page, tie, _of_another(starts))
    if tie is Tie.SAME and _runs_backwards(draft, place):
        return Decision(place.page, tie, _BACKWARDS, evidence)
    if tie is Tie.SAME and _is_counted_on(draft, place.page):
        return Decision(place.page, tie, min(starts, _COUNTED), evidence)
    if "number is 1" in evidence:
        starts = max(starts, _DISPUTED)
    return Decision(place.page, tie, starts, evidence)


def _of_another(starts: float) -> float:
    """Return the probability of a start where the patient changes; it always parts."""
    odds = _ANOTHER_TIMES * starts / (1 - min(starts, 0.999))
    return min(_ANOTHER, max(_DISPUTED, odds / (1 + odds)))


def _is_counted_on(draft: Draft, page: PageIndex) -> bool:
    """Say whether the page prints the next number and the same count of pages: 2 of 3 after 1 of 3.

    Other forms, faces and margins than those that weights were fitted on say less than that.
    """
    own, last = number_of(page), draft.reached
    return 0 < own.total == last.total and own.goes_on(last)


def _runs_backwards(draft: Draft, place: PagePlace) -> bool:
    """Say whether pages were fed last one first: 3 of 3, 2 of 3, 1 of 3."""
    first, last, own = number_of(draft.pages[0]), draft.reached, number_of(place.page)
    counted = own.total > 0 and own.total == last.total
    turned = place.behind is not None and number_of(place.behind).goes_on(own)
    return counted and first.at > 1 and own.at == last.at - 1 and not turned


@dataclass(slots=True)
class _Assembly:
    """The documents so far; the last may grow, and so may the one that a stranger parted."""

    drafts: list[Draft] = field(default_factory=list)
    current: Draft | None = None
    aside: Draft | None = None
    """The document before the current one, where that is a stranger in its midst."""

    def take(self, place: PagePlace) -> None:
        """Put one more page where it belongs."""
        if self.current is None or place.parted:
            self.aside = None
            self._begin(place, _PARTED)
            return
        if place.joined:
            self.current.join(place.page, 1.0)
            self.aside = None
            return
        decision = _decided(self.current, place)
        if decision.starts < 0.5:
            self._go_on(self.current, decision, place)
        elif not self._go_on_past_stranger(place, decision.starts):
            before = self.current
            self._begin(place, decision.starts)
            if decision.tie is Tie.NONE and _says_nothing(place.page):
                self.current.doubts.append(_NO_LINK)
            self.aside = before if _may_be_parted(before, self.current) else None

    def _begin(self, place: PagePlace, probability: float) -> None:
        if self.current is not None:
            self.current.end = probability
        self.current = Draft([place.page], place.sheet, probability)
        self.drafts.append(self.current)

    def _go_on(self, draft: Draft, decision: Decision, place: PagePlace) -> None:
        doubts = list(_doubts(draft, decision, place))
        if decision.tie is Tie.NONE and self._fits_better_before(place, decision.starts):
            doubts.append(_EITHER)
        draft.join(place.page, 1.0 - decision.starts, *doubts)

    def _fits_better_before(self, place: PagePlace, starts: float) -> bool:
        """Say whether a page goes on rather with the document that a stranger parted."""
        if self.aside is None:
            return False
        past = _decided(self.aside, place)
        better = past.tie is not Tie.ANOTHER and past.starts < max(starts, _CLEARLY)
        if better:
            self.aside.doubts.append(_EITHER)
        return better

    def _go_on_past_stranger(self, place: PagePlace, starts: float) -> bool:
        """Join a page to the document that a stranger parted, where it clearly goes on with it."""
        aside, stranger = self.aside, self.current
        if aside is None or stranger is None or len(stranger.pages) > _MOST_OF_A_STRANGER:
            return False
        past = _decided(aside, place)
        follows = past.tie is Tie.NONE and number_of(place.page).goes_on(aside.reached)
        if past.starts >= 0.5 or not (past.tie is Tie.SAME or follows):
            return False
        unsure = past.starts >= _CLEARLY or stranger.start < DOUBTFUL
        if unsure or past.tie is not Tie.SAME:
            aside.doubts.append(_EITHER)
            stranger.doubts.append(_EITHER)
        # A stranger that is none belongs between the pages that go on past it.
        aside.held_together *= stranger.start
        stranger.end, aside.end = starts, 1.0
        aside.join(place.page, 1.0 - past.starts, *([_UNREAD] if place.unread else []))
        self.current, self.aside = aside, None
        return True


def _says_nothing(page: PageIndex) -> bool:
    """Say whether a page neither names a patient nor opens a document by title or number."""
    named = any(value.field in _IDENTIFIERS for value in page.values)
    return not (named or page.titled or number_of(page).at == 1)


def _may_be_parted(draft: Draft, stranger: Draft) -> bool:
    """Say whether the document before a new one may go on behind it."""
    wants = draft.reached.at < draft.reached.total
    return wants or tie_between(draft.identity, stranger.identity) is Tie.ANOTHER


def _doubts(draft: Draft, decision: Decision, place: PagePlace) -> Iterator[str]:
    if place.unread:
        yield _UNREAD
    if decision.tie is Tie.MIXED:
        yield _DIFFER
    if decision.tie is Tie.NONE and not _is_linked(draft, decision):
        yield _NO_LINK


def _is_linked(draft: Draft, decision: Decision) -> bool:
    """Say whether a page without identifiers is clearly a part of the document before it."""
    if draft.sheet.values:
        return True
    told = decision.evidence
    number = number_of(decision.page)
    if number.goes_on(draft.reached) and (number.total or "number follows" in told):
        return decision.starts <= 1 - DOUBTFUL
    sentence = "sentence goes on" in told and "set alike in all" in told
    form = "same small print at the foot" in told and "page before is full" in told
    return decision.starts <= _LINKED and (sentence or form)
