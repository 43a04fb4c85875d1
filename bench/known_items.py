"""Pages that somebody knows, and what they would type to find them again.

Known-item search as in the confusion track of TREC-5 (Kantor and Voorhees, 2000): queries are
made of the page as it was on paper, and asked of indexes of what was read of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from random import Random

from .by_ear import heard
from .large_pages import PAGES_OF_BLOCK, TruePage, documents, page_name, true_page
from .search_peers import PeerQuery
from .search_queries import MIDDLING, Sample, plain_words, with_errors

HELD = 0.25
"""Share of the known pages whose document waits for a person; of all pages it is one in twelve."""
MOST_PAGES = 10
"""True pages that may hold what is asked of words."""
_TRIES = 40
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Known:
    """One query of somebody who knows a page."""

    kind: str
    query: str
    """In our language."""
    peer: PeerQuery
    page: str
    wanted: frozenset[str]
    """Pages any of which answers it: the page itself, or those of its chart."""
    document: frozenset[str]
    """Pages of its document."""
    held: bool


Count = Callable[[str], int]
"""From a query to how many true pages hold it, to the letter."""
Typed = tuple[str, PeerQuery]
"""A query as we are asked and as the peer is."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Chooses known pages of a large archive, and words of them."""

    counted: Sample
    """Of the archive without errors."""
    count: Count
    rng: Random

    def pages(self, of: int, most: int) -> list[TruePage]:
        """Return up to ``most`` of the first ``of`` pages, ``HELD`` of them held, none by hand."""
        wanted = {True: round(HELD * most), False: most - round(HELD * most)}
        chosen: list[TruePage] = []
        for number in self.rng.sample(range(of), of):
            page = true_page(self.counted.seed, number)
            if page.by_hand or not wanted[page.document.held]:
                continue
            wanted[page.document.held] -= 1
            chosen.append(page)
            if not any(wanted.values()):
                break
        return chosen

    def known(self, page: TruePage) -> Iterator[Known]:
        """Yield what a person would type for a page, one query of each class that fits."""
        document = frozenset(_pages(self.counted.seed, page, whole_chart=False))
        chart = frozenset(_pages(self.counted.seed, page, whole_chart=True))
        for kind, make in KINDS.items():
            if typed := make(self, page):
                wanted = chart if kind in OF_CHART else frozenset((page.page_id,))
                held = page.document.held
                yield Known(kind, *typed, page.page_id, wanted, document, held)

    def rarer(self, page: TruePage) -> list[str]:
        """Return the words of a page that are not common."""
        return sorted(set(filter(self._is_rarer, plain_words(page))))

    def _is_rarer(self, word: str) -> bool:
        return len(word) >= _SHORTEST and self.counted.shares.get(word, 0.0) <= MIDDLING[1]

    def few(self, drawn: Iterator[str]) -> str | None:
        """Return the first query that few true pages answer."""
        return next((query for query in drawn if 1 <= self.count(query) <= MOST_PAGES), None)

    def rows(self, page: TruePage) -> list[str]:
        """Return the rows of two rarer words of a page."""
        pairs = pairwise(plain_words(page))
        return sorted({f'"{a} {b}"' for a, b in pairs if self._is_rarer(a) and self._is_rarer(b)})


def _pages(seed: int, page: TruePage, *, whole_chart: bool) -> Iterator[str]:
    for one in documents(seed, page.number // PAGES_OF_BLOCK):
        same_chart = one.patient.mrn == page.document.patient.mrn
        if same_chart and (whole_chart or one.first == page.document.first):
            yield from (
                page_name(seed, number) for number in range(one.first, one.first + one.length)
            )


def _all_of(words: Sequence[str]) -> PeerQuery:
    return PeerQuery(" AND ".join(f'"{word}"' for word in words))


Maker = Callable[[Chooser, TruePage], Typed | None]


def _words(many: int) -> Maker:
    def made(chooser: Chooser, page: TruePage) -> Typed | None:
        words = chooser.rarer(page)
        if len(words) < many:
            return None
        drawn = (" ".join(chooser.rng.sample(words, many)) for _ in range(_TRIES))
        query = chooser.few(drawn)
        return (query, _all_of(query.split())) if query else None

    return made


def _row(chooser: Chooser, page: TruePage) -> Typed | None:
    rows = chooser.rows(page)
    query = chooser.few(iter(chooser.rng.sample(rows, len(rows))))
    return (query, PeerQuery(query)) if query else None


def _name_and_word(chooser: Chooser, page: TruePage) -> Typed | None:
    words = [one for one in chooser.rarer(page) if chooser.counted.middling(one)]
    if not words:
        return None
    typed = [*_name_of(page), chooser.rng.choice(words)]
    return " ".join(typed), _all_of(typed)


def _name_of(page: TruePage) -> tuple[str, str]:
    whose = page.document.patient
    return whose.last_name.lower(), whose.first_name.lower()


def _number(chooser: Chooser, page: TruePage) -> Typed:
    mrn = page.document.patient.mrn
    return f"mrn:{mrn}", PeerQuery(mrn=mrn)


def _named(last: str, first: str) -> Typed:
    return f"name:{last} name:{first}", PeerQuery(f'name : ("{last}" AND "{first}")')


def _name(chooser: Chooser, page: TruePage) -> Typed:
    return _named(*_name_of(page))


def _misspelt(chooser: Chooser, page: TruePage) -> Typed | None:
    last, first = _name_of(page)
    spelt = with_errors(last, 1, chooser.rng)
    return _named(spelt, first) if spelt != last else None


def _by_ear(chooser: Chooser, page: TruePage) -> Typed | None:
    last, first = _name_of(page)
    spelt = heard(last, chooser.rng)
    return _named(spelt, first) if spelt != last else None


KINDS: Mapping[str, Maker] = {
    "three words": _words(3),
    "four words": _words(4),
    "five words": _words(5),
    "a phrase of two words": _row,
    "a name and a word": _name_and_word,
    "a record number": _number,
    "a name": _name,
    "a name, one letter wrong": _misspelt,
    "a name, by ear": _by_ear,
}
"""What is typed, each with what makes it of a page, or None where it does not fit."""
OF_CHART = ("a record number", "a name", "a name, one letter wrong", "a name, by ear")
"""Classes that ask for a chart, of which any page will do."""


def known_items(chooser: Chooser, of: int, most: int) -> list[Known]:
    """Return the queries by which up to ``most`` of the first ``of`` pages are looked for."""
    return list(chain.from_iterable(map(chooser.known, chooser.pages(of, most))))
