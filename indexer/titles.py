"""The title of a page: a line that is set alone, stands out, and names a type of document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from .doctypes import TypeEntry, catalogue
from .rows import Layout, Row, box_of, segments_of, text_of
from .section_heads import is_head, plain

_TITLE_ROWS = 14
_TITLE_DEPTH = 0.4
_CLOSE = 90.0
_CONTINUED = re.compile(r"\b(?:CONTINUED|CONT'?D|CONT)\b", re.IGNORECASE)
_TRIMMINGS = re.compile(
    r"^(?:REPORT TYPE|DOCUMENT TYPE|TYPE OF REPORT|TITLE|FORM|SUBJECT)\s+|"
    r"\s+(?:PAGE|OF|CONTINUED|CONTD|CONT|FORM|SHEET)\b.*$"
)
_SMALL = frozenset({"of", "and", "for", "to", "the", "or", "in", "by", "from", "&", "with"})


@dataclass(frozen=True, slots=True)
class Title:
    """A line that names a type."""

    entries: tuple[TypeEntry, ...]
    """Several where hospitals give one name to different forms."""
    confidence: float
    continued: bool
    run: Row


def titles_of(layout: Layout) -> Iterator[Title]:
    """Yield the titles of a page, from the top."""
    for number, row in enumerate(layout.rows[:_TITLE_ROWS]):
        y = box_of(row).y
        if y > _TITLE_DEPTH * layout.height and number > 5:
            return
        for run in segments_of(row, layout.pitch):
            title = _title_of(run, number, layout)
            if title is not None:
                yield title


def _title_of(run: Row, number: int, layout: Layout) -> Title | None:
    text = text_of(run)
    if not _is_set_like_a_title(run, text) or _is_tail_of_prose(number, run, layout):
        return None
    letters = plain(text)
    found = _nearest(letters, catalogue()) or _nearest(_TRIMMINGS.sub("", letters), catalogue())
    if found is None:
        return None
    entries, closeness = found
    if is_head(letters) and (number > 4 or _looks_like_a_head(text)):
        return None
    if len(run) == 1 and _looks_like_a_head(text):
        return None
    confidence = closeness * _standing(run, number, layout)
    seen = sum(word.confidence for word in run) / len(run)
    confidence *= 0.7 + 0.3 * seen
    return Title(entries, min(confidence, 0.99), bool(_CONTINUED.search(text)), run)


@lru_cache(maxsize=4)
def _title_keys(listed: tuple[TypeEntry, ...]) -> dict[str, tuple[TypeEntry, ...]]:
    keys: dict[str, tuple[TypeEntry, ...]] = {}
    for entry in listed:
        for title in map(plain, entry.titles):
            keys[title] = (*keys.get(title, ()), entry)
    return keys


@lru_cache(maxsize=8192)
def _nearest(
    letters: str, listed: tuple[TypeEntry, ...]
) -> tuple[tuple[TypeEntry, ...], float] | None:
    """Return the type whose title is this line, and how close it is; short ones exactly."""
    keys = _title_keys(listed)
    if letters in keys:
        return keys[letters], 0.99
    if len(letters) < 8:
        return None
    squeezed = letters.replace(" ", "")
    near = process.extractOne(letters, keys.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    if near is None or squeezed.endswith(("DATE", "TIME", "BY", "DIAGNOSIS")):
        return None
    return keys[near[0]], 0.97 * near[1] / 100


def _is_set_like_a_title(run: Row, text: str) -> bool:
    """Say whether the words are few, capitalised, and end no sentence and open no value."""
    if len(run) > 9 or text.rstrip().endswith((".", ",", ";")) or not text[:1].isalnum():
        return False
    words = [
        word for word in re.findall(r"[A-Za-z][A-Za-z'&]*", text) if word.lower() not in _SMALL
    ]
    return bool(words) and all(word[0].isupper() for word in words)


def _looks_like_a_head(text: str) -> bool:
    return text.endswith(":") or not text.isupper()


def _is_tail_of_prose(number: int, run: Row, layout: Layout) -> bool:
    """Say whether the row before runs on into this one, as in "... see the / Operative Report"."""
    if number == 0 or text_of(run).isupper():
        return False
    before, box = layout.rows[number - 1], box_of(run)
    near = box.y - box_of(before).bottom < 1.2 * layout.row_height
    text = text_of(before)
    runs_on = len(before) > 5 and text[-1:].isalpha() and any(w.text.islower() for w in before)
    return near and runs_on


def _standing(run: Row, number: int, layout: Layout) -> float:
    """Return how much a line stands out: high on the page, alone, in capitals, large, centred."""
    text, box = text_of(run), box_of(run)
    score = 0.9 + (0.04 if text.isupper() else 0.0)
    score += 0.03 if len(run) == len(layout.rows[number]) else -0.05
    score += 0.03 if abs(box.x + box.width / 2 - layout.width / 2) < 0.1 * layout.width else 0.0
    score += 0.02 if box.height > 1.25 * layout.row_height else 0.0
    score -= 0.06 if text.rstrip().endswith(":") else 0.0
    return min(score - 0.008 * number, 1.0)
