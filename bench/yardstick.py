"""Error rates whatever the order of words, and how two rankings agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein


def printed_cer(truth: Sequence[str], read: Sequence[str]) -> float:
    """Return edits per character of ``truth``, each word beside its nearest reading; 1.0 at most.

    A word without a reading counts whole, and so does a reading without a word.
    """
    wanted, found = Counter(truth), Counter(read)
    same = wanted & found
    left = sorted((wanted - same).elements(), key=len, reverse=True)
    free = list((found - same).elements())
    errors = sum(_nearest(word, free) for word in left) + sum(map(len, free))
    return min(1.0, errors / max(1, sum(map(len, truth))))


def _nearest(word: str, free: list[str]) -> int:
    """Return how far the nearest of ``free`` is, which is taken out; the whole word if none."""
    best = process.extractOne(
        word, free, scorer=Levenshtein.distance, score_cutoff=max(0, len(word) - 1)
    )
    if best is None:
        return len(word)
    free.pop(best[2])
    return int(best[1])


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Spearman's rho, ties in their order."""
    ranks = [np.argsort(np.argsort(np.array(side), kind="stable")) for side in (one, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
