"""What else a chart may call what was typed: synonyms, abbreviations, period terms, spellings.

The terms are data, in ``synonyms.toml`` beside this file and in one of the site's own, which
`synonym_file` reads. A group
holds terms for one thing. What is typed finds the group, and all that the group is found by:

=============  =========================  ======================
in the group   typed, finds the group     found by the group
=============  =========================  ======================
terms          yes                        yes
abbreviations  yes                        yes
period         yes                        yes, as a period term
narrower       no                         yes
one_way        yes                        no
capitals       yes, typed in capitals     no
=============  =========================  ======================

So an abbreviation of several meanings stands in ``one_way`` of each, and an English word (*AS*,
*ALL*) in ``capitals``: the index knows no capitals, and would find every *as*. What is found is
never looked up again, so no term leads from one group through an abbreviation into another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from .text import chains

MOST_WORDS = 6
"""Words of the longest run that is looked up."""

_SHOUTED = 4
"""Letters of a word in capitals that says that all is typed in capitals."""
_PLURAL = 5
"""Letters of the shortest word whose plural is looked up in the singular, and the reverse."""

Key: TypeAlias = tuple[str, ...]


class Kind(StrEnum):
    """What a term is to the one that was typed."""

    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    PERIOD = "period term"
    """A term of its time, which may be wrong or offensive today."""
    SPELLING = "spelling"
    NARROWER = "narrower term"
    """One kind of what was typed."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Another word or phrase for what was typed."""

    text: str
    kind: Kind
    meaning: str = ""
    """The first term of its group: which of its meanings an abbreviation has here."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that have equivalents: ``words[start:stop]``."""

    start: int
    stop: int
    equivalents: tuple[Equivalent, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Terms for one thing; the table at the top says which finds which."""

    terms: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    one_way: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The terms that find the group and are found by it."""
        return (*self.terms, *self.abbreviations, *self.period)

    @property
    def name(self) -> str:
        """The term that the group is known by."""
        return next(iter(self.own), "")

    def without(self, keys: frozenset[Key], lists: Iterable[str] = ()) -> Group:
        """Return the group less the terms with these keys, in the named lists or in all."""
        kept = {
            name: tuple(term for term in getattr(self, name) if literal(term) not in keys)
            for name in lists or LISTS
        }
        return replace(self, **kept)

    def plus(self, other: Group) -> Group:
        """Return the group with the terms of another behind its own."""
        both = {name: (*getattr(self, name), *getattr(other, name)) for name in LISTS}
        return Group(**{name: tuple(dict.fromkeys(terms)) for name, terms in both.items()})


LISTS = tuple(field.name for field in fields(Group))
OWN = ("terms", "abbreviations", "period")
_FOUND = (
    ("terms", Kind.SYNONYM),
    ("abbreviations", Kind.ABBREVIATION),
    ("period", Kind.PERIOD),
    ("narrower", Kind.NARROWER),
)


@dataclass(frozen=True, slots=True)
class _Found:
    equivalent: Equivalent
    literals: frozenset[Key]
    keys: frozenset[Key]
    """The literals in American spelling."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sense:
    """One meaning of a key."""

    found: tuple[_Found, ...]
    capitals: str = ""
    """How it has to be typed; empty for any way."""


@dataclass(frozen=True, slots=True, eq=False)
class Synonyms:
    """The groups, ready to be looked up."""

    groups: tuple[Group, ...]
    spellings: Mapping[str, str]
    """From a British or older spelling to the American one."""
    _senses: Mapping[Key, tuple[_Sense, ...]]

    def of(self, words: Sequence[str]) -> tuple[Equivalent, ...]:
        """Return what else the run of ``words``, as typed, may be called; the surest first.

        Case tells abbreviations from words: *AS* has equivalents, *as* has none.
        """
        return self._of(words, [_reading(word) for word in words], shouted=False)

    def runs(self, words: Sequence[str]) -> Iterator[Run]:
        """Yield the runs of ``words``, as typed, that have equivalents, from left to right.

        No two overlap; where two could, the longer stands, then the one on the left.
        """
        readings = [_reading(word) for word in words]
        shouted = any(self._is_shouted(word) for word in words)
        found: list[Run] = []
        for start, stop in _stretches(len(words)):
            if any(start < run.stop and run.start < stop for run in found):
                continue
            if same := self._of(words[start:stop], readings[start:stop], shouted=shouted):
                found.append(Run(start, stop, same))
        yield from sorted(found, key=lambda run: run.start)

    def _of(
        self, words: Sequence[str], readings: Sequence[_Reading], *, shouted: bool
    ) -> tuple[Equivalent, ...]:
        literals = _literals(readings)
        keys = tuple(dict.fromkeys(_american(key, self.spellings) for key in literals))
        senses = dict.fromkeys(sense for key in keys for sense in self._looked_up(key))
        if not senses or _is_loose(readings):
            return ()
        typed = "" if shouted else _letters("".join(words))
        return tuple(
            _as_found(one, keys)
            for sense in senses
            if sense.capitals in ("", typed)
            for one in sense.found
            if one.literals.isdisjoint(literals)
        )

    def _looked_up(self, key: Key) -> tuple[_Sense, ...]:
        senses = self._senses.get(key)
        if senses is None and key and len(key[-1]) >= _PLURAL:
            *head, last = key
            other = last[:-1] if last.endswith("s") else last + "s"
            senses = self._senses.get((*head, other))
        return senses or ()

    def _is_shouted(self, word: str) -> bool:
        reading = _reading(word)
        return (
            word.isupper()
            and sum(map(str.isalpha, word)) >= _SHOUTED
            and not self._senses.get(reading.apart)
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The terms of one word as typed: taken apart, and joined."""

    apart: Key
    joined: Key


@lru_cache(maxsize=16384)
def _reading(word: str) -> _Reading:
    found = chains(word)
    apart = tuple(atom for chain in found for atom in chain.atoms)
    return _Reading(apart, tuple(chain.joined for chain in found))


def _literals(readings: Sequence[_Reading]) -> tuple[Key, Key]:
    apart = tuple(atom for reading in readings for atom in reading.apart)
    joined = tuple(atom for reading in readings for atom in reading.joined)
    return apart, joined


def literal(term: str) -> Key:
    """Return the words of ``term``, taken apart: what makes it the same as another."""
    return _reading(term).apart


def _is_loose(readings: Sequence[_Reading]) -> bool:
    """Whether a sign stands at either end, or single letters side by side: *T. A.* of a name."""
    if not (readings[0].apart and readings[-1].apart):
        return True
    spread = len(readings) > 1 and all(reading.apart for reading in readings)
    return spread and all(len(atom) == 1 for reading in readings for atom in reading.apart)


def _american(key: Key, spellings: Mapping[str, str]) -> Key:
    return tuple(spellings.get(word, word) for word in key)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _stretches(words: int) -> Iterator[tuple[int, int]]:
    for length in range(min(MOST_WORDS, words), 0, -1):
        for start in range(words - length + 1):
            yield start, start + length


def _as_found(found: _Found, typed: Sequence[Key]) -> Equivalent:
    """Return it as a spelling where it is what was typed, but spelt otherwise."""
    if not found.keys.isdisjoint(typed):
        return replace(found.equivalent, kind=Kind.SPELLING)
    return found.equivalent


# From groups to what is looked up.


def ready(groups: Sequence[Group], spellings: Mapping[str, str]) -> Synonyms:
    """Return groups and spellings as they are looked up."""
    spelt: dict[str, list[str]] = {}
    for other, word in spellings.items():
        spelt.setdefault(word, []).append(other)
    grouped = {_american(literal(term), spellings) for group in groups for term in group.own}
    families = [Group((word,)) for word in spelt if (word,) not in grouped]
    senses: dict[Key, list[_Sense]] = {}
    one_way: dict[Key, list[_Sense]] = {}
    for group in (*groups, *families):
        sense = _Sense(tuple(_found(group, spelt, spellings)))
        for term in group.own:
            _add(senses, term, sense, spellings)
        for term in group.one_way:
            _add(one_way, term, sense, spellings)
        for term in group.capitals:
            _add(one_way, term, replace(sense, capitals=_letters(term)), spellings)
            _add(one_way, _pointed(term), sense, spellings)
    for key, others in one_way.items():
        senses.setdefault(key, []).extend(others)
    return Synonyms(tuple(groups), spellings, {key: tuple(of) for key, of in senses.items()})


def _add(
    senses: dict[Key, list[_Sense]], term: str, sense: _Sense, spellings: Mapping[str, str]
) -> None:
    keys = {
        _american(key, spellings)
        for writing in _writings(term)
        for key in _literals([_reading(writing)])
    }
    for key in keys:
        known = senses.setdefault(key, [])
        if sense not in known:
            known.append(sense)


def _found(
    group: Group, spelt: Mapping[str, Sequence[str]], spellings: Mapping[str, str]
) -> Iterator[_Found]:
    seen: set[Key] = set()
    for text, kind in _written(group, spelt):
        literals = frozenset(_literals([_reading(text)]))
        if literals <= seen:
            continue
        seen |= literals
        keys = frozenset(_american(key, spellings) for key in literals)
        yield _Found(Equivalent(text, kind, group.name), literals, keys)


def _written(group: Group, spelt: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Kind]]:
    """Yield what the group is found by, in all its writings."""
    terms = ((term, kind) for name, kind in _FOUND for term in getattr(group, name))
    for text, kind in ((text, kind) for term, kind in terms for text in _writings(term)):
        for count, other in enumerate(_spelt(text, spelt)):
            yield other, Kind.SPELLING if count and kind is Kind.SYNONYM else kind


def _spelt(text: str, spelt: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield ``text``, then with its words in their other spellings."""
    words = text.split(" ")
    for choice in product(*((word, *spelt.get(word.casefold(), ())) for word in words)):
        yield " ".join(choice)


def _writings(term: str) -> Iterator[str]:
    """Yield ``term`` and the other ways of writing it that need not be listed."""
    yield term
    if _ABBREVIATION.fullmatch(term):
        yield _pointed(term)
    if "&" in term:
        yield term.replace("&", " and ")
    if _POSSESSIVE.search(term):
        yield _POSSESSIVE.sub("", term)


_ABBREVIATION = re.compile(r"[A-Z]{2,5}")
_POSSESSIVE = re.compile(r"(?<=[a-z])['\u2019]s\b|(?<=s)['\u2019](?!\w)")


def _pointed(abbreviation: str) -> str:
    return "".join(f"{letter}." for letter in abbreviation if letter.isalnum())
