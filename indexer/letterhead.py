"""What stands above the text without a label: the facility's name, the date of a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capture.model import FrameRef

from .chronology import Undated
from .dates import read_date
from .model import IndexValue
from .rows import Layout, Row, box_of, segments_of, text_of

_KIND = re.compile(
    r"\b(?:HOSPITALS?|MEDICAL CENTER|MEDICAL CENTRE|CLINIC|INFIRMARY|SANATORIUM|HEALTH CENTER|"
    r"HEALTH SYSTEM|MEMORIAL CENTER|SANITARIUM|HEALTHCARE|MEDICAL GROUP)\b",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"\b(?:HOSPITAL (?:COURSE|NO|NUMBER|DAY|ADMISSION)|CLINIC (?:NOTE|NOTES|VISIT|RECORD|NO)|"
    r"CONSENT|OUTPATIENT CLINIC|DISCHARGE|ADMISSION|HISTORY|REPORT|SUMMARY|RECORD)\b",
    re.IGNORECASE,
)
_KIND_ENDS = re.compile(_KIND.pattern + r"\W*$", re.IGNORECASE)
_SALUTATION = re.compile(
    r"^(?:Dear (?:Dr|Doctors?|Mr|Mrs|Ms|Miss|Messrs|Sirs?|Madam|Colleagues?|Judge|Prof)\b.*"
    r"|To whom it may concern)$",
    re.IGNORECASE,
)
_MOST_OF_A_SALUTATION = 7
_FIRST_ROWS = 8


def read_letterhead(layout: Layout, frame: FrameRef) -> Iterator[IndexValue]:
    """Yield the first line near the top that names a hospital or clinic by itself."""
    for number, row in enumerate(layout.rows[:_FIRST_ROWS]):
        if number and box_of(row).y > 0.25 * layout.height:
            return
        for run in segments_of(row, layout.pitch):
            found = _facility(layout, number, _without_neighbour(run))
            if found:
                confidence = round(0.9 * min(word.confidence for word in found), 4)
                name, raw = text_of(found).strip(" .,;-*"), text_of(found)
                yield IndexValue(
                    "facility", name, raw, frame, box_of(found), confidence, "letterhead@1"
                )
                return


def _facility(layout: Layout, number: int, run: Row) -> Row:
    """Return the words of a facility's name that ``run`` is, or starts; none for anything else."""
    if _names_facility(text_of(run).strip(" .,;-*")):
        return run
    below = layout.rows[number + 1] if number + 1 < len(layout.rows) else ()
    for other in segments_of(below, layout.pitch):
        whole = (*run, *other)
        centred = abs(_middle(other) - _middle(run)) < 2 * layout.pitch
        flush = abs(other[0].box.x - run[0].box.x) < 2 * layout.pitch
        if (centred or flush) and _KIND_ENDS.search(text_of(whole)) and len(other) == 1:
            return whole if _names_facility(text_of(whole).strip(" .,;-*")) else ()
    return ()


def _middle(run: Row) -> float:
    box = box_of(run)
    return box.x + box.width / 2


def _without_neighbour(run: Row) -> Row:
    """Cut off what a plate stamped beside the letterhead adds: "... CENTER TESTPERSON, ALMA"."""
    ends = [n + 1 for n in range(len(run)) if _KIND_ENDS.search(text_of(run[: n + 1]))]
    if ends and any("," in word.text for word in run[ends[-1] :]):
        return run[: ends[-1]]
    return run


def read_letter_date(layout: Layout, frame: FrameRef) -> Undated | None:
    """Return the date that stands alone in a row above the salutation of a letter."""
    for row in layout.rows:
        text = text_of(row)
        if is_salutation(text):
            return None
        reading = read_date(text, labelled=False)
        if reading and reading.day and reading.length >= len(text.rstrip(" .,")):
            seen = min(word.confidence for word in row)
            confidence = round(0.9 * reading.quality * seen, 4)
            value = IndexValue(
                "service_date", "", text, frame, box_of(row), confidence, "letter-date@1"
            )
            return Undated(reading, value)
    return None


def is_salutation(text: str) -> bool:
    """Say whether a line greets the reader of a letter."""
    words = text.split()
    return len(words) <= _MOST_OF_A_SALUTATION and bool(_SALUTATION.match(text.rstrip(" :,;.")))


def names_facility_kind(text: str) -> bool:
    """Say whether ``text`` has the word for a hospital or clinic in it."""
    return _KIND.search(text) is not None


def _names_facility(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 8 or ":" in text or not _KIND.search(text):
        return False
    capital = sum(
        word[:1].isupper() for word in words if word.lower() not in ("of", "the", "and", "at")
    )
    small = sum(word.lower() in ("of", "the", "and", "at") for word in words)
    return capital + small == len(words) and not _NOT_NAMES.search(text)
