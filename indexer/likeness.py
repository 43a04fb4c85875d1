"""Which pages say nearly the same, by sketches of their words (Broder 1997, min-wise hashing).

Pages that are alike in words need not be one sheet: forms are. They are worth a look.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.45
"""Share of common words, as sketches tell it, from which pages are worth a look: of one sheet
read twice with 4 % of its characters wrong about half of all words are common."""
_BANDS, _ROWS = 24, 3
_PRIME = np.uint64(4294967311)
"""The first above 2**32."""
_WORD = re.compile(r"[a-z]{3,}|\d{2,}")
_FEWEST_WORDS = 8
_MOST_IN_A_BUCKET, _MOST_LIKE = 20, 3
"""Pages before that are looked at: of one form there may be thousands."""

Sketch = NDArray[np.uint64]

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
