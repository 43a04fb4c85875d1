"""How far what was read is from a label as printed, by the shapes of its letters."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_DIGITS = str.maketrans("01345678|!", "OIBASGTBII")
_NO_LETTER = re.compile(r"[^A-Z#]")
_ALIKE = ("OQDCGU", "ILTJF", "EFBSRPC", "MNHWKXU", "AR", "AO", "VYX", "RKN", "OEC")
_LIKE = frozenset((a, b) for letters in _ALIKE for a in letters for b in letters if a != b)
_SEX, _MOST_OF_SEX = "SEX", 4
_LIKE_COST, _OTHER_COST, _LOST_COST = 0.5, 1.0, 0.8
_MOST = ((3, 0.8), (5, 1.0), (8, 1.6), (12, 2.4), (99, 3.2))
"""What a label of at most so many letters may cost."""
_MARGIN, _MARGIN_OF_SHORT = 0.5, 0.3
"""A label of another field must be this much further off."""


def shape_key(text: str) -> str:
    """Return the letters of ``text`` in capitals, digits as the letters that they are like."""
    return _NO_LETTER.sub("", text.upper().translate(_DIGITS))


@lru_cache(maxsize=65536)
def cost(read: str, printed: str) -> float:
    """Return what must be wrong with ``read`` for it to be ``printed``; both are shape keys.

    A letter taken for one of its shape counts half, for any other one, and one that was lost or
    added somewhat less.
    """
    before = [_LOST_COST * n for n in range(len(printed) + 1)]
    for a in read:
        row = [before[0] + _LOST_COST]
        for n, b in enumerate(printed):
            changed = 0.0 if a == b else _LIKE_COST if (a, b) in _LIKE else _OTHER_COST
            row.append(min(before[n] + changed, before[n + 1] + _LOST_COST, row[n] + _LOST_COST))
        before = row
    return before[-1]


def allowed(printed: str) -> float:
    """Return the most that a label may be misread by."""
    return next(most for length, most in _MOST if len(printed) <= length)


def is_like_sex(read: str) -> bool:
    """Say whether ``read`` can be SEX: only M or F stands beside it, so little need be right."""
    ends_alike = read[:1] == _SEX[0] or read[-1:] == _SEX[-1]
    return len(read) <= _MOST_OF_SEX and ends_alike and cost(read, _SEX) <= _LOST_COST


def nearest(
    read: str, printed: Collection[str], field_of: dict[str, str]
) -> tuple[str, float] | None:
    """Return the label that ``read`` must be a misreading of, with its cost.

    None where none is near, or where a label of another field is about as near.
    """
    if len(read) < 2:
        return None
    edits = 1 if len(read) < 4 else 2 if len(read) < 9 else 4
    found = process.extract(
        read, printed, scorer=Levenshtein.distance, score_cutoff=edits, limit=12
    )
    near = sorted((cost(read, key), key) for key, _, _ in found)
    return _clear_winner(near, field_of)


def _clear_winner(
    near: Sequence[tuple[float, str]], field_of: dict[str, str]
) -> tuple[str, float] | None:
    if not near:
        return None
    best, key = near[0]
    rivals = (other for other, k in near if field_of[k] != field_of[key])
    margin = _MARGIN_OF_SHORT if len(key) <= _MOST[0][0] else _MARGIN
    if best > allowed(key) or round(min(rivals, default=99.0) - best, 4) < margin:
        return None
    return key, best
