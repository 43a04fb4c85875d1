"""The number of a page among those of its document, beside its label or between dashes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from capture.model import FrameRef
from ocr.model import Word

from .identifiers import Reading
from .model import IndexValue
from .rows import Layout, box_of, segments_of, text_of

_PAGE_OF = re.compile(r"^(\d{1,3})\s*(?:of|/|ot|0f|OF)\s*(\d{1,3})$", re.IGNORECASE)
_OF_ONE = re.compile(r"^(?:of|ot|0f) 1$", re.IGNORECASE)
_MISREAD_OF = re.compile(
    r"^(\d{1,3}) (?:[a-z0]?[o0f][a-z0]?|[a-z0][o0]f) (\d{1,3})$", re.IGNORECASE
)
_BETWEEN_DASHES = re.compile(r"^[-~\u2013\u2014] ?(\d{1,3}) ?[-~\u2013\u2014]$")
_HEAD_ROWS, _FOOT_ROWS = 3, 2
_PAGE = re.compile(r"^(\d{1,3})$")
_TORN = re.compile(r"^(?:of|ot|0f|/)", re.IGNORECASE)
_ONES = str.maketrans("lI|i!", "11111")


def read_page_of(words: Sequence[Word]) -> Reading | None:
    """Return ``2/3`` of "2 of 3", or ``2`` when the print gives no total."""
    texts = [word.text.strip("()[].,;:-") for word in words[:3]]
    for count in (3, 2, 1):
        found = _PAGE_OF.match(" ".join(texts[:count]).translate(_ONES))
        if found and 1 <= int(found[1]) <= int(found[2]):
            value = f"{int(found[1])}/{int(found[2])}"
            return Reading(value, " ".join(texts[:count]), count, 1.0)
    misread = _MISREAD_OF.match(" ".join(texts))
    if misread and 1 <= int(misread[1]) <= int(misread[2]):
        value = f"{int(misread[1])}/{int(misread[2])}"
        return Reading(value, " ".join(texts), 3, 0.85)
    if _OF_ONE.match(" ".join(texts[:2]).translate(_ONES)):
        # Its own number was lost, a thin 1 more often than not; of one page it can be no other.
        return Reading("1/1", " ".join(texts[:2]), 2, 0.85)
    return _page_alone(texts)


def _page_alone(texts: Sequence[str]) -> Reading | None:
    found = _PAGE.match(texts[0]) if texts else None
    if not found or int(found[1]) == 0:
        return None
    torn = len(texts) > 1 and _TORN.match(texts[1]) is not None
    return Reading(str(int(found[1])), texts[0], 1, 0.45 if torn else 0.9)


def read_bare_number(layout: Layout, frame: FrameRef) -> Iterator[IndexValue]:
    """Yield the number that stands between dashes, "-2-", alone at the head or foot of a page."""
    for row in (*layout.rows[:_HEAD_ROWS], *layout.rows[_HEAD_ROWS:][-_FOOT_ROWS:]):
        for run in segments_of(row, layout.pitch, 5.0):
            found = _BETWEEN_DASHES.match(text_of(run))
            if found and int(found[1]) > 0:
                seen = round(0.9 * min(word.confidence for word in run), 4)
                number, box = str(int(found[1])), box_of(run)
                yield IndexValue("page_of", number, text_of(run), frame, box, seen, "bare-number@1")
                return
