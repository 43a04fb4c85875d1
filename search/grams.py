"""Common words side by side as terms of their own, for phrases of nothing but such words.

A phrase is looked up by the places of its rarest word. Where all are common (*of the left*), an
index of a million pages would compare the places of words that stand many times on every page.
So two or three common words side by side are indexed as one term as well (common grams:
Burton-West 2008, for the scanned books of HathiTrust), and such a phrase is looked up by them.
Which words are common is counted when an index is built, and kept with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .text import placed

_SHARE = 0.25
"""Share of the pages that hold a common word."""
_FEWEST = 200
"""Pages that it takes to tell."""
USUAL = frozenset(
    """
    a about after all also an and any are as at be been before but by can did do down due each for
    from had has have he her him his if in into is it its left may more no none not of off on one
    or other out over right she since some than that the their then there these they this to two
    under until up was were when which while who will with without would
    abdomen admission admitted age birth blood chest date day days discharge discharged doctor dr
    examination female heart history hospital left lower lungs male medical name no normal old
    page pain past patient physical physician present pressure right showed summary treatment
    upper was weeks year years
    """.split()  # noqa: SIM905  # as people read it
)
"""What is common before there are pages to count."""


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that stand on many of ``texts``; the usual ones where these are few."""
    counts: Counter[str] = Counter()
    pages = 0
    for text in texts:
        counts.update(set(placed(text)[0]))
        pages += 1
    if pages < _FEWEST:
        return USUAL
    return frozenset(word for word, count in counts.items() if count > _SHARE * pages)


def grams(row: Sequence[str], common: frozenset[str]) -> list[str]:
    """Return a term for every two and every three ``common`` words side by side in ``row``."""
    words = [word if word in common else "" for word in row]
    pairs = [f"{a}_{b}" for a, b in pairwise(words) if a and b]
    threes = zip(words, words[1:], words[2:], strict=False)
    return pairs + [f"{a}_{b}_{c}" for a, b, c in threes if a and b and c]


def of_phrase(terms: Sequence[str], common: frozenset[str]) -> list[str]:
    """Return the grams that every page with a phrase holds; none where a word is not common.

    One of a phrase of two or three words, which says all of it.
    """
    if not common.issuperset(terms):
        return []
    size = min(len(terms), 3)
    return ["_".join(terms[at : at + size]) for at in range(len(terms) - size + 1)]
