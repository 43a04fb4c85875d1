"""Which pages say nearly the same, by sketches of their words (Broder 1997, min-wise hashing).

Pages that are alike in words need not be one sheet: forms are. They are worth a look.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ocr.model import OcrPage, Word

from .chronology import DATES
from .model import PageIndex

ALIKE = 0.45
"""Share of common words, as sketches tell it, from which pages are worth a look: of one sheet
read twice with 4 % of its characters wrong about half of all words are common."""
_BANDS, _ROWS = 24, 3
_PRIME = np.uint64(4294967311)
"""The first above 2**32."""
_WORD = re.compile(r"[a-z]{3,}|\d{2,}")
_FEWEST_WORDS = 8
_TYPED = DATES | {"mrn", "account", "ssn", "page_of"}
"""Fields in which one figure makes another value."""
_SURE, _CERTAIN, _LIKE_NAME = 0.8, 0.9, 75.0
_OTHER_NUMBERS = 2
"""Numbers that differ at one place of the text: one may be misread."""
_MOST_IN_A_BUCKET, _MOST_LIKE = 20, 3
"""Pages before that are looked at: of one form there may be thousands."""

Sketch = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says, as far as it was read."""

    index: PageIndex | None
    words: OcrPage | None


_rng = np.random.default_rng(1997)
_TIMES = _rng.integers(1, 2**31, (_BANDS * _ROWS, 1), dtype=np.uint64)
_PLUS = _rng.integers(0, 2**31, (_BANDS * _ROWS, 1), dtype=np.uint64)


def sketch_of(text: str) -> Sketch | None:
    """Return the sketch of a page's words; None for a page with hardly any."""
    words = set(_WORD.findall(text.lower()))
    if len(words) < _FEWEST_WORDS:
        return None
    hashed = np.array([zlib.crc32(word.encode()) for word in sorted(words)], dtype=np.uint64)
    return np.asarray(((hashed * _TIMES + _PLUS) % _PRIME).min(axis=1), dtype=np.uint64)


def likeness(one: Sketch, other: Sketch) -> float:
    """Return about which share of all words of two pages both have, 0.0 to 1.0."""
    return float((one == other).mean())


def alike_pairs(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of pages that say nearly the same: each with the likest few before it.

    Pages are counted from 0; the later one comes first.
    """
    sketches: list[Sketch | None] = []
    buckets: dict[bytes, deque[int]] = defaultdict(lambda: deque(maxlen=_MOST_IN_A_BUCKET))
    for number, text in enumerate(texts):
        own = sketch_of(text)
        sketches.append(own)
        if own is None:
            continue
        keys = list(_keys(own))
        near = {at for key in keys for at in buckets[key]}
        likest = sorted(((_likeness_to(own, sketches[at]), at) for at in near), reverse=True)
        yield from ((number, at) for like, at in likest[:_MOST_LIKE] if like >= ALIKE)
        for key in keys:
            buckets[key].append(number)


def _likeness_to(own: Sketch, other: Sketch | None) -> float:
    return 0.0 if other is None else likeness(own, other)


def _keys(sketch: Sketch) -> Iterator[bytes]:
    for band in range(_BANDS):
        part = sketch[band * _ROWS : (band + 1) * _ROWS]
        yield bytes([band]) + part.tobytes()


def tell_apart(one: Said, other: Said) -> bool:
    """Say whether words tell two copies of a form from one sheet.

    They do where a date or number of the patient or the document differs, where the names of
    patients have little in common, and where several numbers differ that stand at one place of
    the text. What was not read surely tells nothing.
    """
    return (
        any(_differ(one, other, field) for field in _TYPED)
        or _named_unlike(one, other)
        or _other_numbers(one, other) >= _OTHER_NUMBERS
    )


def _differ(one: Said, other: Said, field: str) -> bool:
    here, there = _sure_values(one, field), _sure_values(other, field)
    return bool(here) and bool(there) and not here & there


def _named_unlike(one: Said, other: Said) -> bool:
    here, there = (_sure_values(said, "patient_name") for said in (one, other))
    likest = max((fuzz.ratio(a, b) for a in here for b in there), default=100.0)
    return likest < _LIKE_NAME


def _sure_values(said: Said, field: str) -> frozenset[str]:
    values = said.index.values if said.index else ()
    return frozenset(v.value for v in values if v.field == field and v.confidence >= _SURE)


def _other_numbers(one: Said, other: Said) -> int:
    """Return how many words with figures differ that stand between the same words."""
    here, there = _words(one), _words(other)
    first, second = ([word.text for word in words] for words in (here, there))
    found = 0
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            found += sum(map(_is_other_number, here[a:b], there[c:d]))
    return found


def _is_other_number(one: Word, other: Word) -> bool:
    sure = min(one.confidence, other.confidence) >= _CERTAIN
    return sure and all(any(map(str.isdigit, word.text)) for word in (one, other))


def _words(said: Said) -> tuple[Word, ...]:
    return said.words.words if said.words else ()
