"""How text becomes terms: the one analysis that both engines, queries and snippets share.

A *chain* is a run of letters and digits with single hyphens or apostrophes inside, or broken
over a line end by a hyphen. Its *atoms* stand in the row of words (``follow``, ``up``); its
*joined* form (``followup``, ``072248``, ``obrien``) is an extra term of the text, in no row, so
that either way of writing finds the other. A chain broken over a line end is one word far more
often than several: its joined form stands in the row, so that a phrase runs through it, and its
atoms are extra.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST_TERM = 64
"""Characters of a term that count; nobody types more, and engines have limits of their own."""

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_JOINER = (
    r"(?:[-\u00ad\u2010\u2011][ \t]*\r?\n[ \t]*"  # a hyphen at the end of a line
    r"|[-'\u2019\u00ad\u2010\u2011])"
)


def _atom(extra: str) -> str:
    """Return the pattern of an atom; ``extra`` characters count as letters and digits."""
    letter = rf"(?:[^\W_]|[{extra}])" if extra else r"[^\W_]"
    part = rf"{letter}+(?:[{_MARKS}]+{letter}*)*"
    return rf"{part}(?:(?<=[\d{extra}])\.(?=[\d{extra}]){part})*"


def _chain(atom: str) -> re.Pattern[str]:
    return re.compile(rf"{atom}(?:{_JOINER}{atom})*")


_ATOM, _CHAIN = re.compile(_atom("")), _chain(_atom(""))
_ASCII_CHAIN = re.compile(_CHAIN.pattern, re.ASCII)
_PATTERN_ATOM, _PATTERN_CHAIN = re.compile(_atom("*?")), _chain(_atom("*?"))


class Token(NamedTuple):
    """A term where it stands; a tuple, for a page has hundreds and a search reads many pages."""

    term: str
    position: int
    """Counts words, from 0; an extra term has that of its chain."""
    start: int
    """First character in the text as it was given."""
    end: int
    in_row: bool = True
    """Whether a phrase can run through it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One word of a query: as its atoms, and joined."""

    atoms: tuple[str, ...]
    joined: str


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents, in compatibility form (NFKD)."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    # A letter that is nothing but an accent (U+FF9E) stays as it is: no term is empty.
    return "".join(letter for letter in plain if not unicodedata.combining(letter)) or text


def term(text: str) -> str:
    """Return the term that stands for ``text`` in the index."""
    return fold(text)[:LONGEST_TERM]


def identifier(text: str, *, pattern: bool = False) -> str:
    """Return the term of an identifier: ``07-22-48`` and ``072248`` are one."""
    kept = "*?" if pattern else ""
    return "".join(letter for letter in fold(text) if letter.isalnum() or letter in kept)[
        :LONGEST_TERM
    ]


def label(text: str) -> str:
    """Return the term of a name taken whole, such as that of a batch."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return term(" ".join(printable.split()))


def has_word(text: str) -> bool:
    """Whether there is a letter or a digit to search for."""
    return _CHAIN.search(text) is not None


class _Everything:
    def __contains__(self, one: object) -> bool:
        return True


def tokens(text: str) -> Iterator[Token]:
    """Yield the terms of ``text`` in order of position."""
    return tokens_of(text, _Everything(), ())


def tokens_of(text: str, terms: Container[str], places: Container[int]) -> Iterator[Token]:
    """Yield the tokens of ``text`` that are one of ``terms``, or stand at ``places`` in the row.

    A page has hundreds; those that nobody asks for are passed over quickly.
    """
    position = 0
    for match in _CHAIN.finditer(text):
        whole = match.group()
        if whole.isalnum():
            if position in places or term(whole) in terms:
                yield Token(term(whole), position, match.start(), match.end())
            position += 1
            continue
        for token in _chain_tokens(match, position):
            if token.term in terms or (token.in_row and token.position in places):
                yield token
            position += token.in_row


def placed(text: str) -> tuple[list[str], list[str]]:
    """Return the terms of ``text`` in a row, and its extra terms.

    What `tokens` yields without the places in the text, several times as fast.
    """
    extra: list[str] = []
    is_plain = text.isascii() and _POINT not in text and _BREAK not in text
    row = _pieces(text) if is_plain else _CHAIN.findall(text)
    is_whole = (
        str.isalnum if is_plain and max(map(len, row), default=0) <= LONGEST_TERM else _is_term
    )
    # From the end, for a piece with hyphens or points becomes several words or none.
    for at in reversed([at for at, piece in enumerate(row) if not is_whole(piece)]):
        in_row, beside = _forms(row[at])
        row[at : at + 1] = in_row
        extra[:0] = beside
    return row, extra


_POINT, _BREAK = "\x01", "\x02"
# Each begins with the sign itself, which is found many times as fast as what stands before it.
_DECIMAL = re.compile(r"\.(?<=[0-9]\.)(?=[0-9])")
_BROKEN = re.compile(r"-(?<=[a-z0-9]-)[ \t]*\r?\n[ \t]*(?=[a-z0-9])")
_KEPT = "-'" + _POINT + _BREAK
_SPACES = {at: " " for at in range(128) if not (chr(at).isalnum() or chr(at) in _KEPT)}


def _pieces(text: str) -> list[str]:
    """Return the words of a plain text, and pieces that hold a chain or several."""
    lower = text.lower()
    if "-" in lower:
        lower = _BROKEN.sub("-" + _BREAK, lower)
    return _DECIMAL.sub(_POINT, lower).translate(_SPACES).split()


def _is_term(piece: str) -> bool:
    """Whether a piece of text is its own term."""
    return piece.isalnum() and piece.isascii() and piece == piece[:LONGEST_TERM].lower()


@lru_cache(maxsize=50_000)
def _forms(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the terms of a piece that stand in the row, and the extra ones."""
    forms = tuple(tokens(piece.replace(_POINT, ".").replace(_BREAK, "\n")))
    return (
        tuple(token.term for token in forms if token.in_row),
        tuple(token.term for token in forms if not token.in_row),
    )


def _chain_tokens(chain: re.Match[str], position: int) -> list[Token]:
    atoms = list(_ATOM.finditer(chain.group()))
    at = chain.start()
    broken = len(atoms) > 1 and "\n" in chain.group()
    found = [
        Token(
            term(atom.group()),
            position + (0 if broken else count),
            at + atom.start(),
            at + atom.end(),
            not broken,
        )
        for count, atom in enumerate(atoms)
    ]
    if len(atoms) > 1:
        joined = term("".join(atom.group() for atom in atoms))
        found.insert(0, Token(joined, position, chain.start(), chain.end(), broken))
    return found


def chains(text: str, *, pattern: bool = False) -> tuple[Chain, ...]:
    """Return the words of a query; with ``pattern``, ``*`` and ``?`` count as letters."""
    whole, part = (_PATTERN_CHAIN, _PATTERN_ATOM) if pattern else (_CHAIN, _ATOM)
    return tuple(_as_chain(part.findall(match.group())) for match in whole.finditer(text))


def _as_chain(atoms: list[str]) -> Chain:
    return Chain(tuple(term(atom) for atom in atoms), term("".join(atoms)))
