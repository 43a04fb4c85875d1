"""The facility as its letterhead names it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from capture.model import FrameRef

from .model import IndexValue
from .rows import Layout, box_of, segments_of, text_of

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
_FIRST_ROWS = 8


def read_letterhead(layout: Layout, frame: FrameRef) -> Iterator[IndexValue]:
    """Yield the first line near the top that names a hospital or clinic by itself."""
    for row in layout.rows[:_FIRST_ROWS]:
        if box_of(row).y > 0.25 * layout.height and row is not layout.rows[0]:
            return
        for run in segments_of(row, layout.pitch):
            text = text_of(run).strip(" .,;-*")
            if not _names_facility(text):
                continue
            confidence = 0.9 * sum(word.confidence for word in run) / len(run)
            box = box_of(run)
            yield IndexValue(
                "facility", text, text_of(run), frame, box, round(confidence, 4), "letterhead@1"
            )
            return


def _names_facility(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 8 or ":" in text or not _KIND.search(text):
        return False
    capital = sum(
        word[:1].isupper() for word in words if word.lower() not in ("of", "the", "and", "at")
    )
    small = sum(word.lower() in ("of", "the", "and", "at") for word in words)
    return capital + small == len(words) and not _NOT_NAMES.search(text)
