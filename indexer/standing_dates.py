"""Dates told by where they stand: on a plate, beside a signature, at the ends of a stay."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from capture.model import Box, FrameRef
from ocr.model import Word

from .chronology import Undated
from .dates import DateReading, read_date
from .labels import Label, is_word_date
from .model import IndexValue
from .rows import Layout, Row, box_of, segments_of, text_of

_SIGNATURE = re.compile(r"\bsign(?:ature|ed\b)|\bauthorized to consent", re.IGNORECASE)
_SIGNING, _MISREAD = ("signature", "authorized"), 2
"""Words that ask to sign, known with as many letters wrong."""
_STAY = re.compile(r"\b(?:stay|hospitali[sz]ation|confinement|confined)\b", re.IGNORECASE)
_COLUMN = 2.5
_UNDER = 2.6
"""Row heights from a signature's label to the date under it."""
_PLATE = 0.85
"""Strength of a date that a plate does not label."""


def read_signature_dates(layout: Layout, frame: FrameRef) -> Iterator[Undated]:
    """Yield the dates behind the word "Date" beside or under what asks for a signature."""
    for n, row in enumerate(layout.rows):
        for start, word in enumerate(row):
            if not is_word_date(word.text) or not _is_for_signing(layout, n, start):
                continue
            found = _date_after(row, start + 1)
            if found is not None:
                yield _undated("signed_date", *found, frame, 0.95, "signed-date-line")


def _is_for_signing(layout: Layout, n: int, start: int) -> bool:
    row = layout.rows[n]
    if _asks_to_sign(row[:start]):
        return True
    if start or not n:
        return False
    above = layout.rows[n - 1]
    near = box_of(row).y - box_of(above).bottom <= _UNDER * layout.row_height
    return near and _asks_to_sign(above)


def _asks_to_sign(words: Row) -> bool:
    if _SIGNATURE.search(text_of(words)):
        return True
    letters = (word.text.strip(".,:;").lower() for word in words)
    return any(
        Levenshtein.distance(word, known, score_cutoff=_MISREAD) <= _MISREAD
        for word in letters
        for known in _SIGNING
        if len(word) > len(known) - _MISREAD
    )


def _date_after(row: Row, start: int) -> tuple[DateReading, Row] | None:
    while start < len(row) and row[start].text in ":_-.":
        start += 1
    for count in (3, 2, 1):
        words = row[start : start + count]
        reading = read_date(text_of(words), labelled=False) if len(words) == count else None
        if reading and reading.day and reading.length >= len(text_of(words)) - 1:
            return reading, words
    return None


def read_plate_date(
    layout: Layout, frame: FrameRef, numbers: Collection[Box], labelled: Collection[Box]
) -> Iterator[Undated]:
    """Yield the date right behind the record number of a plate: that of the admission.

    Only where nothing else stands in that line of the plate and a name stands under or over it.
    ``labelled`` are the boxes that labels explain.
    """
    for n, row in enumerate(layout.rows):
        for run in segments_of(row, layout.pitch, 2 * _COLUMN):
            at = next((k for k, word in enumerate(run) if word.box in numbers), None)
            if at is None or at + 1 >= len(run) or run[at + 1].box in labelled:
                continue
            found = _date_after(run, at + 1)
            if found is None or at + 1 + len(found[1]) != len(run):
                continue
            if _is_beside_name(layout, n, run):
                yield _undated("admission_date", *found, frame, _PLATE, "plate-date")


def _is_beside_name(layout: Layout, n: int, run: Row) -> bool:
    """Say whether a run of capitals starts flush with ``run`` in the rows around it."""
    left = run[0].box.x
    around = (*layout.rows[max(0, n - 2) : n], *layout.rows[n + 1 : n + 3])
    return any(
        abs(other[0].box.x - left) < 2 * layout.pitch and _is_capitals(other)
        for row in around
        for other in segments_of(row, layout.pitch, 2 * _COLUMN)
    )


def _is_capitals(run: Row) -> bool:
    text = text_of(run)
    return len(run) > 1 and text == text.upper() and not any(map(str.isdigit, text))


def is_stay(layout: Layout, label: Label) -> bool:
    """Say whether "from" and "through" are of a stay, by the words around them."""
    rows = layout.rows[max(0, label.row - 1) : label.row + 1]
    return any(_STAY.search(text_of(row)) for row in rows)


def _undated(
    field: str,
    reading: DateReading,
    words: Sequence[Word],
    frame: FrameRef,
    strength: float,
    rule: str,
) -> Undated:
    seen = min(word.confidence for word in words)
    name = f"{rule}-repaired@1" if reading.repaired else f"{rule}@1"
    confidence = round(strength * reading.quality * seen, 4)
    value = IndexValue(field, "", text_of(words), frame, box_of(words), confidence, name)
    return Undated(reading, value)
