"""Whether a page is signed where it asks to be: present, absent or unclear.

A label that asks for a signature is found first: beside a line, under it or over it, or a lone X
before it. What the pen left on the line then decides. Without a label there is no value, and
without a line or writing there is none either: nobody can say that something is missing from a
place that does not exist. Who signed is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from capture.model import Box
from ocr.model import OcrPage, RuledLine, Verdict

from .model import IndexValue
from .rows import Layout, Row, box_of, segments_of, text_of

FIELD = "signature"
PRESENT, ABSENT, UNCLEAR = "present", "absent", "unclear"
_RULE = "signature-line@1"
_ASKS = re.compile(
    r"^(?:\w+'?s? )?signature\b|\bsignature$|^signed(?: by)?$|^sign here|^x$"
    r"|^witness(?:ed by)?$|^attending (?:physician|surgeon|m\.?d)$",
    re.IGNORECASE,
)
_SAYS_SIGN = re.compile(r"signature|^signed|^sign here|^x$", re.IGNORECASE)
"""Labels that ask for nothing else; a name may be typed under or beside the others."""
_WORD, _MISREAD = "signature", 2
"""The word is known with as many letters wrong."""
_LEFT_OF_DATE = re.compile(r"^(?:date|time|title|relationship)\b", re.IGNORECASE)
_TOUCHED = 0.6
"""Squares of a letter's height of ink on a line that is not quite empty."""
_LONG = 4.0
"""Row heights; a shorter line is for a date or a number."""
_NEAR = 2.6
"""Row heights from a label to its line."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a label asks for a signature."""

    label: Row
    line: RuledLine | None
    box: Box
    """The line with the room above it."""


def read_signatures(page: OcrPage, layout: Layout) -> Iterator[IndexValue]:
    """Yield for each signature that the page asks for whether it is there."""
    if page.quality is None:
        return
    taken: set[Box] = set()
    for row in layout.rows:
        for label in segments_of(row, layout.pitch, 2.5):
            place = _place(page, layout, label)
            if place is None or place.box in taken:
                continue
            taken.add(place.box)
            yield _value(page, place)


def _place(page: OcrPage, layout: Layout, label: Row) -> _Place | None:
    label = _up_to_date(_clear(label))
    text = _plain(label)
    if not label or not _ASKS.search(text):
        return None
    box, height = box_of(label), layout.row_height
    line = _line_of(page, box, text, height)
    if line is not None:
        top = round(line.box.y - 2 * height)
        room = Box(line.box.x, top, line.box.width, line.box.bottom - top + round(0.5 * height))
        return _Place(label, line, room)
    beside = Box(box.right, round(box.y - height), round(12 * height), round(3 * height))
    written = [hand for hand in page.handwriting if _share(hand, beside) >= 0.3]
    if not written or not _SAYS_SIGN.search(text):
        return None
    return _Place(label, None, written[0])


def _plain(label: Row) -> str:
    """Return the label without signs around it, its word mended where it was misread."""
    words = (word.text.strip(" .,:;_-\u2014|") for word in label)
    return " ".join(
        _WORD
        if Levenshtein.distance(word.lower(), _WORD, score_cutoff=_MISREAD) <= _MISREAD
        else word
        for word in words
        if word
    )


def _up_to_date(label: Row) -> Row:
    """Return the words of ``label`` before a date or title that stands on the same line."""
    for number, word in enumerate(label):
        if number and _LEFT_OF_DATE.match(word.text):
            return label[:number]
    return label


def _line_of(page: OcrPage, label: Box, text: str, height: float) -> RuledLine | None:
    """Return the nearest line that the label stands beside, under or over."""
    found = [
        (distance, number)
        for number, line in enumerate(page.ruled)
        if line.box.width >= _LONG * height
        and (distance := _distance(line.box, label, text, height)) is not None
    ]
    return page.ruled[min(found)[1]] if found else None


def _distance(line: Box, label: Box, text: str, height: float) -> float | None:
    """Return how far ``line`` lies from ``label``, None where it is not its line."""
    middle = label.y + label.height / 2
    right = line.x - label.right
    if -height <= right <= 2 * height:
        level = line.y - middle
        if -0.6 * height <= level <= 1.5 * height:
            return 0.0
    across = min(line.right, label.right) - max(line.x, label.x)
    if across < 0.5 * label.width:
        return None
    under, over = label.y - line.bottom, line.y - label.bottom
    if -0.3 * height <= under <= 1.6 * height:
        return max(0.0, under)
    if not _SAYS_SIGN.search(text):
        return None
    # A label over its line leaves room to sign between them.
    return over + height if 0.8 * height <= over <= 2 * _NEAR * height else None


def _value(page: OcrPage, place: _Place) -> IndexValue:
    verdict, confidence = _judged(page, place)
    return IndexValue(
        FIELD, verdict, text_of(place.label), page.frame, place.box, round(confidence, 4), _RULE
    )


def _clear(label: Row) -> Row:
    return tuple(word for word in label if any(sign.isalnum() for sign in word.text))


def _judged(page: OcrPage, place: _Place) -> tuple[str, float]:
    """Return the verdict on a place and how sure it is.

    What is typed on the line may stand for a signature or not: that is for a person to say.
    """
    read = sum(word.confidence for word in place.label) / len(place.label)
    by_hand = any(_share(hand, place.box) >= 0.3 for hand in page.handwriting)
    if by_hand:
        return PRESENT, 0.97 * read
    if place.line is None:
        return UNCLEAR, 0.5 * read
    spoiled = page.quality is not None and page.quality.verdict is Verdict.RESCAN
    if place.line.ink >= _TOUCHED or spoiled or _is_typed_on(page, place.line.box):
        return UNCLEAR, 0.5 * read
    return ABSENT, 0.95 * read


def _is_typed_on(page: OcrPage, line: Box) -> bool:
    return any(
        line.x <= word.box.x + word.box.width / 2 < line.right
        and -0.3 * word.box.height <= line.y - word.box.bottom <= 0.7 * word.box.height
        for word in page.words
    )


def _share(hand: Box, place: Box) -> float:
    """Return the share of ``hand`` that lies in ``place``."""
    return hand.shared_area(place) / hand.area
