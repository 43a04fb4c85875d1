"""How a page is set, begins and ends, by which the pages of one document know each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from capture.model import Box

from .model import IndexValue, PageTraits
from .rows import Layout, Row, box_of, segments_of, text_of

_HEAD_ROWS, _FOOT_ROWS = 4, 3
_FOOT_FROM = 0.88
"""Part of the height below which the foot of a page stands."""
_FULL = 0.75
"""Part of the widest line that a full one has at the least."""
_RUNNING = frozenset({"page_of", "mrn", "patient_name", "birth_date"})
"""Fields of a running head."""
_ALONE = re.compile(r"^[-\u2013\u2014~. ]*([1-9]\d?)[-\u2013\u2014~. ]*$")
_CONTINUED = re.compile(r"\b(?:CONTINUED|CONT'?D|CONTINUATION)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\b(?:CONTINUED (?:ON|OVER)|OVER|NEXT PAGE|CONTINUES)\W*$|\(?CONTINUED\)?\W*$", re.IGNORECASE
)
_ENDS = re.compile(r"[.!?:;)][\"']?$")
_NUMBERED = re.compile(r"\b(?:PAGE|PG|SHEET)\b", re.IGNORECASE)


def traits_of(layout: Layout, values: Iterable[IndexValue]) -> PageTraits:
    """Return how a page is set, begins and ends; ``values`` are those that were read on it."""
    if not layout.rows:
        return PageTraits()
    running = [value.box for value in values if value.field in _RUNNING]
    body = _body(layout, running)
    boxes = [box_of(row) for row in body or layout.rows]
    return PageTraits(
        pitch=_thousandths(layout.pitch, layout.width),
        letter=_thousandths(layout.row_height, layout.height),
        leading=_thousandths(_leading(boxes), layout.height),
        left=_thousandths(_left(boxes), layout.width),
        end=_thousandths(boxes[-1].bottom, layout.height),
        foot=_foot(layout),
        number=_number_alone(layout),
        continued=any(_CONTINUED.search(text_of(row)) for row in layout.rows[:_HEAD_ROWS]),
        goes_on=any(_GOES_ON.search(text_of(row)) for row in layout.rows[-_FOOT_ROWS:]),
        opens_small=bool(body) and _opens_small(body[0]),
        ends_open=bool(body) and _ends_open(body[-1], boxes),
    )


def _thousandths(length: float, of: int) -> float:
    return round(1000 * length / of, 2) if of else 0.0


def _body(layout: Layout, running: Sequence[Box]) -> list[Row]:
    """Return the rows between the running head and the foot."""
    rows = list(layout.rows)
    first = 0
    while first < min(_HEAD_ROWS, len(rows)) and _is_head(rows[first], running):
        first += 1
    last = len(rows)
    while last > first and _is_foot(rows, last - 1, layout):
        last -= 1
    return rows[first:last]


def _is_head(row: Row, running: Sequence[Box]) -> bool:
    text = text_of(row)
    box = box_of(row)
    says = any(box.row_overlap(one) > 0.5 for one in running)
    return says or bool(_ALONE.match(text)) or bool(_NUMBERED.search(text))


def _is_foot(rows: Sequence[Row], n: int, layout: Layout) -> bool:
    """Say whether row ``n`` is low on the page and small, apart from the text, or a number."""
    box, text = box_of(rows[n]), text_of(rows[n])
    if box.y < _FOOT_FROM * layout.height:
        return False
    small = box.height < 0.85 * layout.row_height
    apart = n == 0 or box.y - box_of(rows[n - 1]).bottom > 1.5 * layout.row_height
    told = _ALONE.match(text) or _NUMBERED.search(text) or _GOES_ON.search(text)
    return small or apart or bool(told)


def _foot(layout: Layout) -> str:
    """Return the small print at the foot without the number of the page."""
    rows = layout.rows
    low = range(max(0, len(rows) - _FOOT_ROWS), len(rows))
    feet = (rows[n] for n in low if _is_foot(rows, n, layout))
    runs = (text_of(run) for row in feet for run in segments_of(row, layout.pitch))
    told = (run for run in runs if not (_ALONE.match(run) or _NUMBERED.search(run)))
    return "".join(letter for run in told for letter in run.upper() if letter.isalnum())[:60]


def _number_alone(layout: Layout) -> int:
    """Return a page number that stands alone at the head or foot: "-2-"; 0 without one."""
    return next(_numbers_alone(layout), 0)


def _numbers_alone(layout: Layout) -> Iterator[int]:
    ends = (*layout.rows[:2], *layout.rows[2:][-_FOOT_ROWS:])
    for row in ends:
        box = box_of(row)
        if 0.12 * layout.height < box.y < _FOOT_FROM * layout.height:
            continue
        for run in segments_of(row, layout.pitch):
            found = _ALONE.match(text_of(run))
            if found:
                yield int(found[1])


def _leading(boxes: Sequence[Box]) -> float:
    steps = [two.bottom - one.bottom for one, two in pairwise(boxes)]
    return median([step for step in steps if step > 0] or [0])


def _left(boxes: Sequence[Box]) -> float:
    """Return where the leftmost quarter of the lines begin."""
    starts = sorted(box.x for box in boxes)
    return starts[len(starts) // 4]


def _opens_small(row: Row) -> bool:
    text = text_of(row).lstrip("\"'(")
    return text[:1].islower() and len(row) > 1


def _ends_open(row: Row, boxes: Sequence[Box]) -> bool:
    """Say whether the last line runs to the right margin and ends no sentence."""
    right = max(box.right for box in boxes)
    left = min(box.x for box in boxes)
    full = box_of(row).right - left > _FULL * (right - left) and len(row) > 3
    return full and not _ENDS.search(text_of(row))
