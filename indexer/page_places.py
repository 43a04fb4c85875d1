"""Where each page with an index stands among the frames of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from capture.model import FrameState

from .model import PageIndex, SequencePage
from .numbering import number_of
from .separator_sheet import Sheet, parts_documents, sheet_after

_FEWEST_SHEETS, _MOST_WITHOUT = 4, 0.2
"""Sheets of a run, and share of first pages without one, by which documents are known to have
sheets between them."""


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page with an index where it stands."""

    page: PageIndex
    sheet: Sheet
    """The separator sheet that it comes behind, however far."""
    parted: bool
    """A sheet or the start of a source lies between it and the page before."""
    blank: bool
    """An empty side lies between."""
    unread: bool
    """A frame that could not be read lies between."""
    joined: bool = False
    """A person says that it goes on with the page before it."""
    behind: PageIndex | None = None
    """The page after it, unless that is parted from it."""
    sheeted: bool = False
    """Documents of this run have sheets between them."""


def places_of(sequence: Sequence[SequencePage]) -> list[PagePlace]:
    """Return the pages of ``sequence`` that have an index, in its order."""
    found = list(_places(sequence))
    sheeted = _have_sheets(sequence, found)
    return [
        replace(one, behind=_behind(found[n + 1 : n + 2]), sheeted=sheeted)
        for n, one in enumerate(found)
    ]


def _behind(rest: Sequence[PagePlace]) -> PageIndex | None:
    return rest[0].page if rest and not rest[0].parted else None


def _places(sequence: Sequence[SequencePage]) -> Iterator[PagePlace]:
    sheet, parted, blank, unread = Sheet(), True, False, False
    for page in sequence:
        if page.starts_source:
            parted, sheet = True, Sheet()
        if parts_documents(page):
            parted, sheet = True, sheet_after(sheet, page)
        if page.index is None or page.state is not FrameState.PAGE:
            blank = blank or page.state is FrameState.BLANK
            unread = unread or page.state in (FrameState.PAGE, FrameState.QUARANTINED)
            continue
        joined = page.joins_previous and not parted
        yield PagePlace(page.index, sheet, parted, blank, unread, joined)
        parted = blank = unread = False


def _have_sheets(sequence: Sequence[SequencePage], places: Sequence[PagePlace]) -> bool:
    sheets = sum(page.state is FrameState.SEPARATOR for page in sequence)
    firsts = [one for one in places if one.page.titled or number_of(one.page).at == 1]
    without = sum(not one.parted for one in firsts)
    return sheets >= _FEWEST_SHEETS and without <= _MOST_WITHOUT * len(firsts)
