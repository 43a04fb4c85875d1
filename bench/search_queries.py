"""What a large archive is asked, by class of query, made from pages as they were on paper.

How common a word is, is counted over a sample of true pages, so it takes no index to choose one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from search.model import Filters
from search.text import tokens

from .large_pages import TrueDocument, TruePage, true_page
from .large_rows import read_rows
from .search_peers import PeerQuery

EACH = 40
"""Queries of a class."""
_SAMPLE, _KNOWN = 8000, 600
_COMMON = 120
MIDDLING = (0.002, 0.02)
"""Shares of pages that hold a middling word."""
_COMMON_PHRASES = 60
_LETTERS = "abcdefghilmnoprstu"
_TRIES = 4000
_YEARS = 5
NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Asked:
    """One query, as we are asked and as the peer is."""

    query: str
    """In our language."""
    filters: Filters = NO_FILTERS
    peer: PeerQuery | None = None
    """None where the peer has no such query."""
    page: str = ""
    """A page that a person who asks this means; empty where no single one is meant."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was counted on some pages of an archive."""

    seed: int
    rate: float
    shares: Mapping[str, float]
    """Share of the pages that hold each word, commonest first."""
    least: float
    """Share of a word that one page of the sample holds."""
    phrases: tuple[str, ...]
    """The commonest rows of three words."""
    known: tuple[TruePage, ...]
    """Pages that queries are made of, none by hand and none held."""

    def middling(self, word: str) -> bool:
        """Whether a word is neither common nor rare."""
        return MIDDLING[0] <= self.shares.get(word, 0.0) <= MIDDLING[1]


def sample(seed: int, rate: float, pages: int) -> Sample:
    """Count words on some of ``pages`` pages of the large archive of ``seed`` and ``rate``."""
    rng = Random(f"large sample {seed} {pages}")
    numbers = sorted(rng.sample(range(pages), min(_SAMPLE, pages)))
    words, phrases = Counter[str](), Counter[str]()
    for number in numbers:
        said = plain_words(true_page(seed, number))
        words.update(set(said))
        phrases.update(set(_rows(said, 3)))
    return Sample(
        seed=seed,
        rate=rate,
        shares={word: found / len(numbers) for word, found in _ordered(words) if word},
        least=1 / len(numbers),
        phrases=tuple(phrase for phrase, _ in _ordered(phrases)[:_COMMON_PHRASES]),
        known=tuple(islice(_legible(seed, rng.sample(numbers, len(numbers))), _KNOWN)),
    )


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return what was counted, commonest first and then by letter, the same in every process."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _legible(seed: int, numbers: Sequence[int]) -> Iterator[TruePage]:
    pages = (true_page(seed, number) for number in numbers)
    return (page for page in pages if not page.by_hand and not page.document.held)


def plain_words(page: TruePage) -> list[str]:
    """Return the words of a page as they are searched for; numbers and codes are empty."""
    bare = (word.strip(".,;:").lower() for word in page.words)
    return [word if word.isalpha() and word.isascii() else "" for word in bare]


def _rows(words: Sequence[str], length: int) -> Iterator[str]:
    for at in range(len(words) - length + 1):
        row = words[at : at + length]
        if all(row):
            yield " ".join(row)


def queries(counted: Sample, each: int = EACH) -> dict[str, list[Asked]]:
    """Return up to ``each`` different queries of every class."""
    return {kind: _some(kind, make, counted, each) for kind, make in KINDS.items()}


Maker = Callable[[Sample, Random], Asked | None]
"""Makes a query, or None where what was drawn does not fit."""


def _some(kind: str, make: Maker, counted: Sample, each: int) -> list[Asked]:
    rng = Random(f"large queries {counted.seed} {kind}")
    made = filter(None, (make(counted, rng) for _ in range(_TRIES)))
    return list(islice(_different(made), each))


def _different(made: Iterator[Asked]) -> Iterator[Asked]:
    seen: set[Asked] = set()
    for one in made:
        if one not in seen:
            seen.add(one)
            yield one


def _quoted(*words: str) -> str:
    return " ".join(f'"{word}"' for word in words)


def _word(word: str, page: str = "") -> Asked:
    return Asked(word, peer=PeerQuery(_quoted(word)), page=page)


def _common(counted: Sample, rng: Random) -> Asked:
    return _word(rng.choice(_commonest(counted)))


def _commonest(counted: Sample) -> list[str]:
    return list(islice((word for word in counted.shares if len(word) > 3), _COMMON))


def _middling(counted: Sample, rng: Random) -> Asked | None:
    words = _of_page(rng.choice(counted.known), counted.middling)
    return _word(rng.choice(words)) if words else None


def _rare(counted: Sample, rng: Random) -> Asked | None:
    page = rng.choice(counted.known)
    words = _rarest(counted, page)
    return _word(rng.choice(words), page.page_id) if words else None


def _of_page(page: TruePage, wanted: Callable[[str], bool]) -> list[str]:
    return sorted({word for word in plain_words(page) if len(word) > 3 and wanted(word)})


def _rarest(counted: Sample, page: TruePage) -> list[str]:
    """Return the words of a page that no other page of the sample holds."""
    return _of_page(page, lambda word: counted.shares[word] <= counted.least)


def _three(counted: Sample, rng: Random) -> Asked | None:
    page = rng.choice(counted.known)
    middling = _of_page(page, counted.middling)
    common = _of_page(page, set(_commonest(counted)).__contains__)
    if len(middling) < 2 or not common:
        return None
    words = [*rng.sample(middling, 2), rng.choice(common)]
    peer = PeerQuery(" AND ".join(map(_quoted, words)))
    return Asked(" ".join(words), peer=peer, page=page.page_id)


def _phrase(counted: Sample, rng: Random) -> Asked | None:
    page = rng.choice(counted.known)
    rows = [
        row
        for row in _rows(plain_words(page), 2)
        if all(len(word) > 3 and counted.shares[word] <= MIDDLING[1] for word in row.split())
    ]
    return _row(rng.choice(rows), page.page_id) if rows else None


def _row(words: str, page: str = "") -> Asked:
    return Asked(f'"{words}"', peer=PeerQuery(f'"{words}"'), page=page)


def _common_phrase(counted: Sample, rng: Random) -> Asked:
    return _row(rng.choice(counted.phrases))


def _beginning(counted: Sample, rng: Random) -> Asked | None:
    words = [word for word in _rarest(counted, rng.choice(counted.known)) if len(word) > 6]
    if not words:
        return None
    start = rng.choice(words)[: rng.choice((4, 5))]
    return Asked(f"{start}*", peer=PeerQuery(f"{_quoted(start)} *"))


def _misspelt(wrong: int, ending: str) -> Maker:
    def made(counted: Sample, rng: Random) -> Asked | None:
        page = rng.choice(counted.known)
        words = [word for word in _rarest(counted, page) if len(word) > 6]
        if not words:
            return None
        word = rng.choice(words)
        spelt = with_errors(word, wrong, rng)
        return Asked(f"{spelt}{ending}", page=page.page_id) if spelt != word else None

    return made


def with_errors(word: str, wrong: int, rng: Random) -> str:
    """Return a word with this many letters wrong, left out, put in or swapped, none the first."""
    half = len(word) // wrong
    for part in reversed(range(wrong)):
        # Each in a stretch of its own, the last first, so that one does not undo another.
        at = part * half + rng.randrange(1, half - 1)
        other = rng.choice(_LETTERS)
        kind = rng.randrange(4)
        if kind == 0:
            word = word[:at] + other + word[at + 1 :]
        elif kind == 1:
            word = word[:at] + word[at + 1 :]
        elif kind == 2:
            word = word[:at] + other + word[at:]
        else:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word


def _either(counted: Sample, rng: Random) -> Asked | None:
    one, two = (_of_page(rng.choice(counted.known), counted.middling) for _ in range(2))
    if not one or not two:
        return None
    a, b, c = rng.choice(one), rng.choice(two), rng.choice(_commonest(counted))
    peer = PeerQuery(f"({_quoted(a)} OR {_quoted(b)}) NOT {_quoted(c)}")
    return Asked(f"({a} OR {b}) NOT {c}", peer=peer)


def _document(counted: Sample, rng: Random) -> tuple[TruePage, TrueDocument]:
    page = rng.choice(counted.known)
    return page, page.document


def _number(counted: Sample, rng: Random) -> Asked:
    page, document = _document(counted, rng)
    mrn = document.patient.mrn
    return Asked(f"mrn:{mrn}", peer=PeerQuery(mrn=mrn), page=page.page_id)


def _name(counted: Sample, rng: Random) -> Asked:
    page, document = _document(counted, rng)
    last, first = document.patient.last_name.lower(), document.patient.first_name.lower()
    peer = PeerQuery(f"name : ({_quoted(last)} AND {_quoted(first)})")
    return Asked(f"name:{last} name:{first}", peer=peer, page=page.page_id)


def _name_and_years(counted: Sample, rng: Random) -> Asked:
    page, document = _document(counted, rng)
    last = document.patient.last_name.lower()
    first = document.day.year - rng.randrange(_YEARS)
    end = first + _YEARS - 1
    peer = PeerQuery(f"name : {_quoted(last)}", date_from=f"{first}-01-01", date_to=f"{end}-12-31")
    return Asked(f"name:{last} date:{first}..{end}", peer=peer, page=page.page_id)


def _diagnosis(counted: Sample, rng: Random) -> Asked | None:
    page, document = _document(counted, rng)
    phrase = " ".join(document.diagnosis.lower().split()[:2]).removesuffix(" with")
    if not phrase.replace(" ", "").isalpha():
        return None
    peer = PeerQuery(f'diagnosis : "{phrase}"')
    return Asked(f'diagnosis:"{phrase}"', peer=peer, page=page.page_id)


def _misread_page(counted: Sample, rng: Random) -> Asked | None:
    """Return four rarer words of a page, of which one at least was misread there."""
    page = rng.choice(counted.known)
    kept = _kept_words(counted, page)
    words = _of_page(page, lambda word: counted.shares[word] <= MIDDLING[1])
    lost = [word for word in words if word not in kept]
    if len(words) < 4 or not lost:
        return None
    first = rng.choice(lost)
    four = [first, *rng.sample([word for word in words if word != first], 3)]
    rng.shuffle(four)
    peer = PeerQuery(" AND ".join(map(_quoted, four)))
    return Asked(" ".join(four), peer=peer, page=page.page_id)


def _kept_words(counted: Sample, page: TruePage) -> set[str]:
    """Return the words by which a page may be found: those read on it and of its document."""
    read, document = read_rows(counted.rate, page), page.document
    told = (document.diagnosis, document.procedure, document.type.name, document.facility)
    return {token.term for token in tokens(" ".join((*(row[0] for row in read), *told)))}


def _filters(counted: Sample, rng: Random) -> Asked:
    page, document = _document(counted, rng)
    name, year = document.type.name, document.day.year
    state = rng.choice(("", "filed", "held"))
    filters = Filters(type=name, date_from=str(year), date_to=str(year + 1), state=state)
    peer = PeerQuery(type=name, date_from=f"{year}-01-01", date_to=f"{year + 1}-12-31", state=state)
    return Asked("", filters, peer, "" if state == "held" else page.page_id)


KINDS: Mapping[str, Maker] = {
    "a common word": _common,
    "a middling word": _middling,
    "a rare word": _rare,
    "three words": _three,
    "a phrase": _phrase,
    "a phrase of common words": _common_phrase,
    "a beginning": _beginning,
    "one letter wrong": _misspelt(1, "~"),
    "two letters wrong": _misspelt(2, "~2"),
    "one or another, not a third": _either,
    "a record number": _number,
    "a name": _name,
    "a name and years": _name_and_years,
    "a diagnosis": _diagnosis,
    "a misspelt word without ~": _misspelt(1, ""),
    "four words of a page, some misread": _misread_page,
    "filters only": _filters,
}
"""Every class of query, with what makes one."""
