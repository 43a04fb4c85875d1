"""Common words side by side as terms of their own, for phrases of nothing but such words.

A phrase is looked up by the places of its rarest word. Where all are common (*of the left*), an
index of a million pages would compare the places of words that stand many times on every page.
So two or three common words side by side are indexed as one term as well (common grams:
Burton-West 2008, for the scanned books of HathiTrust), and such a phrase is looked up by them.
Which words are common is counted when an index is built, and kept with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from .text import placed

_SHARE = 0.2
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


_RUN = re.compile(r"[^\n ]+(?: [^\n ]+)+")


def rows_of_grams(row: Sequence[str], common: frozenset[str]) -> Iterator[str]:
    """Yield a row of grams, with spaces between, for each run of common words in ``row``.

    A row of pairs for each run of two words or more, and one of threes for three or more.
    """
    for run in _RUN.findall(" ".join([word if word in common else "\n" for word in row])):
        words = run.split(" ")
        if len(words) == 2:
            yield run.replace(" ", "_")
            continue
        yield " ".join(map("_".join, pairwise(words)))
        yield " ".join(grams(words, 3))


def grams(words: Sequence[str], size: int) -> list[str]:
    """Return a term for every ``size`` words in a row; no word has the sign between them."""
    return ["_".join(words[at : at + size]) for at in range(len(words) - size + 1)]


def as_grams(terms: Sequence[str], common: frozenset[str]) -> list[str]:
    """Return the grams that a phrase is looked up by; none where a word of it is not common."""
    return grams(terms, min(len(terms), 3)) if common.issuperset(terms) else []
