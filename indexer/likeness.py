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
from rapidfuzz.distance import OSA

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
_SURE, _SURE_NUMBER, _CERTAIN, _LIKE_NAME = 0.6, 0.85, 0.8, 75.0
_OTHER_FIGURES = 2
"""Words whose figures differ: one may be misread."""
_AS_FIGURES = str.maketrans("OoQDlI|SsZBGgT", "00001115528697")
_DATE = re.compile(r"\d{1,2}[-/.~]\d{1,2}[-/.~]\d{2}|\d{4}-\d{2}-\d{2}")

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
    patients have little in common, and where figures differ that stand at one place of the text.
    A page whose dates cannot be compared is taken for another: of two pages that are alike in
    all else the date is what tells them apart.
    """
    values = any(_differ(one, other, field) for field in _TYPED)
    return values or _named_unlike(one, other) or _figures_differ(one, other)


def _differ(one: Said, other: Said, field: str) -> bool:
    sure = _SURE if field in DATES else _SURE_NUMBER
    here, there = _sure_values(one, field, sure), _sure_values(other, field, sure)
    return bool(here) and bool(there) and not here & there


def _named_unlike(one: Said, other: Said) -> bool:
    here, there = (_sure_values(said, "patient_name", _SURE) for said in (one, other))
    likest = max((fuzz.ratio(a, b) for a in here for b in there), default=100.0)
    return likest < _LIKE_NAME


def _sure_values(said: Said, field: str, sure: float) -> frozenset[str]:
    values = said.index.values if said.index else ()
    return frozenset(v.value for v in values if v.field == field and v.confidence >= sure)


def _figures_differ(one: Said, other: Said) -> bool:
    """Say whether words with figures differ that stand between the same words."""
    other_figures = [pair for pair in _exchanged(one, other) if _are_other_figures(*pair)]
    sureness = [min(a.confidence, b.confidence) for a, b in other_figures]
    dated = any(
        sure >= _SURE and all(map(_is_date, pair))
        for sure, pair in zip(sureness, other_figures, strict=True)
    )
    several = sum(sure >= _SURE for sure in sureness) >= _OTHER_FIGURES
    return dated or several or any(sure >= _CERTAIN for sure in sureness) or _undated(one, other)


def _exchanged(one: Said, other: Said) -> Iterator[tuple[Word, Word]]:
    """Yield the words that stand on one page where the other has another word."""
    here, there = _words(one), _words(other)
    first, second = ([word.text for word in words] for words in (here, there))
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            yield from zip(here[a:b], there[c:d], strict=True)


def _are_other_figures(one: Word, other: Word) -> bool:
    """Say whether two words hold figures of which none is a usual misreading of the other."""
    here, there = _figures(one), _figures(other)
    if not here or not there or here == there:
        return False
    return len(here) == len(there) or OSA.distance(here, there) > 1


def _figures(word: Word) -> str:
    """Return the figures of a word that has hardly anything else; empty for others."""
    if not any(map(str.isdigit, word.text)):
        return ""
    plain = word.text.translate(_AS_FIGURES)
    figures = "".join(filter(str.isdigit, plain))
    return "" if sum(map(str.isalpha, plain)) > 1 else figures


def _is_date(word: Word) -> bool:
    return bool(_DATE.search(word.text.translate(_AS_FIGURES)))


def _undated(one: Said, other: Said) -> bool:
    """Say whether both pages have dates and most of one's are not on the other."""
    here, there = (
        frozenset(_figures(word) for word in _words(said) if _is_date(word))
        for said in (one, other)
    )
    return bool(here or there) and 2 * len(here & there) <= max(len(here), len(there))


def _words(said: Said) -> tuple[Word, ...]:
    return said.words.words if said.words else ()
