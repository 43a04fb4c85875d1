"""Our query language, from a string to a tree; docs/query.md shows it to its users.

Nothing a person types is an error: what cannot be understood is taken literally, and a note
says so. Notes never repeat what was typed, which may be a name or a number of a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from .dates import FIRST_DAY, LAST_DAY, day_range
from .model import Filters
from .text import has_word
from .tree import (
    DATE_FIELDS,
    FIELDS,
    RANGE_FIELDS,
    Between,
    Fuzzy,
    Leaf,
    Phrase,
    Tree,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    negation,
)

MAX_LENGTH = 2000
"""Characters of a query."""
MAX_LEAVES = 64
"""Words, phrases and ranges of a query."""
MAX_DEPTH = 12
"""Parentheses within parentheses."""
MAX_DISTANCE = 2
"""Wrong letters of a fuzzy word; three would find anything."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood; the tree is None when nothing is left to search for."""

    tree: Tree | None
    notes: tuple[str, ...] = ()


class _Kind(Enum):
    WORD = auto()
    VALUE = auto()
    """A word that stands right behind a field, and is never an operator."""
    PHRASE = auto()
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()


_OPERATORS = {"AND": _Kind.AND, "OR": _Kind.OR, "NOT": _Kind.NOT}
_ENDS = {_Kind.WORD, _Kind.VALUE, _Kind.PHRASE, _Kind.CLOSE}
_OPERANDS = {_Kind.WORD, _Kind.VALUE, _Kind.PHRASE, _Kind.OPEN}
_STARTS = _OPERANDS | {_Kind.FIELD, _Kind.NOT}


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of a query; ``text`` is as typed, its backslashes included."""

    kind: _Kind
    text: str = ""


def parse(query: str) -> Parsed:
    """Return what ``query`` asks; never fails."""
    notes: list[str] = []
    if len(query) > MAX_LENGTH:
        notes.append(f"the query is cut after {MAX_LENGTH} characters")
    signs = _operators_in_place(_balanced(_signs(query[:MAX_LENGTH], notes), notes), notes)
    tree = _Reader(signs, notes).disjunction("") if signs else None
    return Parsed(tree, tuple(dict.fromkeys(notes)))


def with_filters(tree: Tree | None, filters: Filters) -> Tree | None:
    """Return ``tree`` narrowed by ``filters``; None when there is neither."""
    parts = [*([tree] if tree is not None else []), *_filter_parts(filters)]
    return conjunction(parts) if parts else None


def filter_tree(filters: Filters) -> Tree | None:
    """Return the filters alone as a tree; None when none is set."""
    return with_filters(None, filters)


def _filter_parts(filters: Filters) -> Iterator[Tree]:
    for name in ("mrn", "batch", "state"):
        if value := getattr(filters, name):
            yield Word(value, name)
    yield from _filter_words(filters.patient, "name")
    for name in ("diagnosis", "procedure", "physician", "facility", "roll"):
        yield from _filter_words(getattr(filters, name), name)
    if filters.type:
        yield Phrase(filters.type, "type")
    if filters.date_from or filters.date_to:
        yield Between(filters.date_from, filters.date_to, "date")
    if filters.born:
        yield Between(filters.born, filters.born, "dob")


def _filter_words(text: str, name: str) -> Iterator[Tree]:
    # A name without a letter matches nothing; left out, it would match everybody.
    words = [word for word in text.split() if has_word(word)] or [text] * bool(text)
    yield from (Word(word, name) for word in words)


_SIGN = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
    | "(?P<phrase>(?:[^"\\]|\\.)*)(?P<end>"(?:~[0-9]*)?|\\?\Z)
    | (?P<minus>-)(?=[^\s)-])
    | (?P<word>(?:\\.|[^\s()"\\]|\\\Z)+)
    """,
    re.VERBOSE | re.DOTALL,
)
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)


def _signs(query: str, notes: list[str]) -> Iterator[_Sign]:
    for match in _SIGN.finditer(query):
        match match.lastgroup:
            case "open":
                yield _Sign(_Kind.OPEN)
            case "close":
                yield _Sign(_Kind.CLOSE)
            case "minus":
                yield _Sign(_Kind.NOT, "-")
            case "word":
                yield from _word_signs(match["word"], notes)
            case _:
                yield _phrase_sign(match, notes)


def _phrase_sign(match: re.Match[str], notes: list[str]) -> _Sign:
    if not match["end"].startswith('"'):
        notes.append("a quotation mark is not closed: the phrase runs to the end")
    if "~" in match["end"]:
        notes.append("~ behind a phrase is left out: it belongs behind a single word")
    return _Sign(_Kind.PHRASE, match["phrase"])


def _word_signs(word: str, notes: list[str]) -> Iterator[_Sign]:
    match = _FIELD.fullmatch(word)
    if match is None:
        yield _Sign(_OPERATORS.get(word, _Kind.WORD), word)
        return
    if match[1].lower() not in FIELDS:
        notes.append(f"a word before a colon is no field, and is searched for: {_FIELD_LIST}")
        yield _Sign(_Kind.WORD, word)
        return
    yield _Sign(_Kind.FIELD, match[1].lower())
    if match[2]:
        yield _Sign(_Kind.VALUE, match[2])


_FIELD_LIST = "the fields are " + ", ".join(sorted(FIELDS))


def _operators_in_place(signs: list[_Sign], notes: list[str]) -> list[_Sign]:
    """Return ``signs`` with every operator or field that lacks its operand made a word."""
    placed: list[_Sign] = []
    for sign, following in zip(signs, [*signs[1:], None], strict=False):
        before = placed[-1].kind if placed else None
        if _is_placed(sign.kind, before, following.kind if following else None):
            placed.append(sign)
            continue
        notes.append("AND, OR, NOT or a field with nothing to work on is searched for as a word")
        placed.append(_Sign(_Kind.WORD, sign.text))
    return placed


def _is_placed(kind: _Kind, before: _Kind | None, following: _Kind | None) -> bool:
    if kind in (_Kind.AND, _Kind.OR):
        return before in _ENDS and following in _STARTS
    if kind is _Kind.NOT:
        return following in _STARTS
    return kind is not _Kind.FIELD or following in _OPERANDS


def _balanced(signs: Iterable[_Sign], notes: list[str]) -> list[_Sign]:
    """Return ``signs`` with parentheses in pairs and no deeper than MAX_DEPTH."""
    kept: list[_Sign] = []
    depth = 0
    for sign in signs:
        if sign.kind is _Kind.CLOSE and depth == 0:
            notes.append("a closing parenthesis without an opening one is left out")
            continue
        depth += {_Kind.OPEN: 1, _Kind.CLOSE: -1}.get(sign.kind, 0)
        if depth + (sign.kind is _Kind.CLOSE) <= MAX_DEPTH or sign.kind not in _PARENTHESES:
            kept.append(sign)
            continue
        notes.append(f"parentheses deeper than {MAX_DEPTH} are left out")
    if depth:
        notes.append("a parenthesis is not closed: it runs to the end")
    return kept + [_Sign(_Kind.CLOSE)] * min(depth, MAX_DEPTH)


_PARENTHESES = {_Kind.OPEN, _Kind.CLOSE}


@dataclass(slots=True)
class _Reader:
    """Reads balanced signs by descent, OR loosest, then AND, then NOT."""

    signs: list[_Sign]
    notes: list[str]
    at: int = field(default=0)
    leaves: int = field(default=0)

    def disjunction(self, name: str) -> Tree | None:
        """Read parts with OR between them; ``name`` is the field of the group."""
        parts = [self._conjunction(name)]
        while self._accept(_Kind.OR):
            parts.append(self._conjunction(name))
        kept = [part for part in parts if part is not None]
        return disjunction(kept) if kept else None

    def _conjunction(self, name: str) -> Tree | None:
        kept: list[Tree] = []
        while self._kind() not in (None, _Kind.CLOSE, _Kind.OR):
            self._accept(_Kind.AND)
            part = self._negation(name)
            kept += [part] if part is not None else []
        return conjunction(kept) if kept else None

    def _negation(self, name: str) -> Tree | None:
        negative = False
        while self._accept(_Kind.NOT):
            negative = not negative
        part = self._operand(name)
        return negation(part) if negative and part is not None else part

    def _operand(self, name: str) -> Tree | None:
        sign = self._take()
        if sign.kind is _Kind.FIELD:
            name, sign = sign.text, self._take()
        if sign.kind is _Kind.OPEN:
            tree = self.disjunction(name)
            self._accept(_Kind.CLOSE)
            return tree
        return self._counted(_leaf(sign, name, self.notes))

    def _counted(self, leaf: Leaf | None) -> Leaf | None:
        self.leaves += leaf is not None
        if self.leaves <= MAX_LEAVES:
            return leaf
        self.notes.append(f"only the first {MAX_LEAVES} words and phrases are searched for")
        return None

    def _kind(self) -> _Kind | None:
        return self.signs[self.at].kind if self.at < len(self.signs) else None

    def _take(self) -> _Sign:
        self.at += 1
        return self.signs[self.at - 1]

    def _accept(self, kind: _Kind) -> bool:
        found = self._kind() is kind
        self.at += found
        return found


_FUZZY = re.compile(r"((?:\\.|[^\\])+)~([0-9]*)", re.DOTALL)


def _leaf(sign: _Sign, name: str, notes: list[str]) -> Leaf | None:
    leaf = _ranged(sign, name, notes) if name in RANGE_FIELDS else _worded(sign, name, notes)
    if isinstance(leaf, Between):
        return leaf
    if has_word(leaf.pattern if isinstance(leaf, Wildcard) else leaf.text):
        return leaf
    notes.append("signs without a letter or a digit are not searched for")
    return None


def _worded(sign: _Sign, name: str, notes: list[str]) -> Leaf:
    if sign.kind is _Kind.PHRASE:
        return Phrase(_unescaped(sign.text), name)
    fuzzy = _FUZZY.fullmatch(sign.text)
    body = fuzzy[1] if fuzzy else sign.text
    if set("*?") & set(re.sub(r"\\.", "", body, flags=re.DOTALL)):
        if fuzzy:
            notes.append("~ behind a word with * or ? is left out")
        return Wildcard(_pattern(body), name)
    if fuzzy is None:
        return Word(_unescaped(body), name)
    return _fuzzy(_unescaped(body), int(fuzzy[2] or 1), name, notes)


def _pattern(body: str) -> str:
    """Return a pattern without backslashes; no term holds a literal star, so one parts words."""
    return re.sub(r"\\(.)", lambda sign: " " if sign[1] in "*?" else sign[1], body, flags=re.DOTALL)


def _fuzzy(text: str, distance: int, name: str, notes: list[str]) -> Leaf:
    if distance == 0:
        return Word(text, name)
    if distance > MAX_DISTANCE:
        notes.append(f"~ allows at most {MAX_DISTANCE} wrong letters")
    return Fuzzy(text, min(distance, MAX_DISTANCE), name)


def _ranged(sign: _Sign, name: str, notes: list[str]) -> Leaf:
    text = _unescaped(sign.text)
    low, dots, high = text.partition("..")
    if bounds := _bounds(low, high if dots else low, name):
        if bounds[0] != "" != bounds[1] and _is_reversed(*bounds, name):
            notes.append("a range that runs backwards is turned round")
            bounds = bounds[::-1]
        return Between(*bounds, name)
    form = "1961, 1961-03, 1961-03-05 or 1961..1965" if name in DATE_FIELDS else "7 or 7..12"
    notes.append(f"{name}: is followed by {form}; anything else is searched for as words")
    return Word(f"{name}:{text}")


def _bounds(low: str, high: str, name: str) -> tuple[str, str] | None:
    if not low and not high:
        return None
    if name in DATE_FIELDS:
        fits = all(not bound or day_range(bound) for bound in (low, high))
        return (low, high) if fits else None
    if not all(re.fullmatch(r"[0-9]{0,7}", bound) for bound in (low, high)):
        return None
    return _plain_number(low), _plain_number(high)


def _plain_number(digits: str) -> str:
    return str(int(digits)) if digits else ""


def _is_reversed(low: str, high: str, name: str) -> bool:
    first, last = range_of(Between(low, high, name))
    return first > last


def range_of(between: Between) -> tuple[int, int]:
    """Return the bounds of a range as numbers, those of dates as ``yyyymmdd``."""
    if between.field not in DATE_FIELDS:
        return int(between.low or FIRST_DAY), int(between.high or LAST_DAY)
    low, high = day_range(between.low), day_range(between.high)
    return low[0] if low else FIRST_DAY, high[1] if high else LAST_DAY


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
