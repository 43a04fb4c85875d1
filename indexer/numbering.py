"""The numbers that pages of a document print, and what they say is missing or stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from .model import PageIndex

_ABSURD = 3
"""A document that lacks this many times what it has was rather counted wrong."""


@dataclass(frozen=True, slots=True)
class Number:
    """A page's own number and how many pages its document counts, 0 where it prints none."""

    at: int = 0
    total: int = 0

    def goes_on(self, last: Number) -> bool:
        """Say whether it is the next number after ``last``, in a document of as many pages."""
        return self.at > 1 and self.at == last.at + 1 and self.counts_like(last)

    def counts_like(self, other: Number) -> bool:
        """Say whether both can be of one document; of 2 and 20 one may be a misreading."""
        one, two = sorted(map(str, (self.total, other.total)), key=len)
        return "0" in (one, two) or two.startswith(one)


def number_of(page: PageIndex) -> Number:
    """Return the number that ``page`` prints, with or without a word before it."""
    prints = [value for value in page.values if value.field == "page_of"]
    if not prints:
        return Number(page.traits.number)
    best = max(prints, key=lambda value: value.confidence)
    at, _, total = best.value.partition("/")
    return Number(int(at), int(total or 0))


def number_after(last: Number, own: Number) -> Number:
    """Return where a document stands behind a page; one without a number counts as the next."""
    return Number(own.at or (last.at + 1 if last.at else 0), own.total or last.total)


def doubts_of(numbers: Sequence[Number], *, whole: bool = False) -> Iterator[str]:
    """Yield what the numbers of a document's pages leave in doubt, in words.

    ``whole`` says that all else speaks for a whole document: then a count of pages that is out
    of all proportion is doubted, not the document.
    """
    total = _total(numbers)
    beyond = [number for number in numbers if 0 < total < number.at]
    if beyond:
        yield "a page number may be misread: it is greater than the count of pages"
    kept = [Number() if number in beyond else number for number in numbers]
    printed = [number.at for number in kept if number.at]
    if not printed:
        return
    yield from _twice(printed)
    if any(two < one for one, two in pairwise(printed)):
        yield "its pages do not stand in the order of their numbers"
    shown = _counted(kept)
    lacking = [at for at in range(1, max(total, *shown) + 1) if at not in shown]
    if whole and _is_absurd(lacking, shown, total):
        yield f"the count of {total} pages may be misread"
        lacking = [at for at in lacking if at < max(shown)]
    yield from _missing(lacking, total)


def _total(numbers: Sequence[Number]) -> int:
    """Return how many pages the document counts: what most of its pages print.

    Where they are of two minds, the count that the pages at hand bear out is right.
    """
    printed = Counter(number.total for number in numbers if number.total)
    if not printed:
        return 0
    most = max(printed.values())
    likely = [total for total, times in printed.items() if times == most]
    return len(numbers) if len(numbers) in likely else min(likely)


def _counted(numbers: Sequence[Number]) -> list[int]:
    """Return which pages these are; one without a number is the first, or follows the last."""
    shown: list[int] = []
    for number in numbers:
        shown.append(number.at or (shown[-1] + 1 if shown else 1))
    return shown


def _twice(printed: Sequence[int]) -> Iterator[str]:
    for at, times in sorted(Counter(printed).items()):
        if times > 1:
            yield f"page {at} stands {'twice' if times == 2 else f'{times} times'}"


def _is_absurd(lacking: Sequence[int], shown: Sequence[int], total: int) -> bool:
    """Say whether a total such as 20 was read for the 2 that all pages at hand make."""
    behind = [at for at in lacking if at > max(shown)]
    grown = str(total).startswith(str(max(shown)))
    return len(behind) == len(lacking) >= _ABSURD * len(shown) and grown


def _missing(lacking: Sequence[int], total: int) -> Iterator[str]:
    """Yield one phrase for each run of numbers that are missing."""
    of = f" of {total}" if total else ""
    for _, run in groupby(enumerate(lacking), key=lambda pair: pair[1] - pair[0]):
        ats = [at for _, at in run]
        if len(ats) == 1:
            yield f"page {ats[0]}{of} is missing"
        else:
            word = "and" if len(ats) == 2 else "to"
            yield f"pages {ats[0]} {word} {ats[-1]}{of} are missing"
