"""What the section heads and the wording of a page say for each type of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz, process

from .doctypes import TypeEntry, catalogue
from .rows import Layout, Row, segments_of, text_of

_NOT_LETTERS = re.compile(r"[^A-Z& ]+")
_MISREAD = str.maketrans("015-", "OIS ")
_FUZZY_FROM = 8
_CLOSE = 91
_LONGEST = 5
_NEAR_THE_START = 6


def plain(text: str) -> str:
    """Return the letters of ``text`` in capitals, digits that stand for letters among them."""
    return " ".join(_NOT_LETTERS.sub("", text.upper().translate(_MISREAD)).split())


def heads_of_page(layout: Layout) -> frozenset[str]:
    """Return what may be section heads of a page, plain, as the catalogue writes them."""
    found = (head for row in layout.rows for head in _heads_of(row, layout.pitch))
    return frozenset(_as_listed(head, catalogue()) or head for head in found if head)


def scores(heads: Iterable[str], text: str) -> dict[str, float]:
    """Return by type what these heads and the wording of ``text``, in small letters, say for it."""
    told: dict[str, float] = {}
    listed = _heads(catalogue())
    for head in sorted(heads):
        for code, weight in listed.get(head, ()):
            told[code] = told.get(code, 0.0) + weight
    for entry in catalogue():
        spoken = sum(weight for phrase, weight in entry.phrases if phrase in text)
        if spoken:
            told[entry.code] = told.get(entry.code, 0.0) + spoken
    return told


def is_head(plain_text: str) -> bool:
    """Say whether the catalogue lists these letters as a section head."""
    return plain_text in _heads(catalogue())


@lru_cache(maxsize=4)
def _heads(entries: tuple[TypeEntry, ...]) -> dict[str, tuple[tuple[str, float], ...]]:
    heads: dict[str, list[tuple[str, float]]] = {}
    for entry in entries:
        for head, weight in entry.heads:
            heads.setdefault(plain(head), []).append((entry.code, weight))
    return {head: tuple(votes) for head, votes in heads.items()}


@lru_cache(maxsize=16384)
def _as_listed(head: str, entries: tuple[TypeEntry, ...]) -> str:
    """Return the listed head that this one is, longer ones through noise; empty for none."""
    listed = _heads(entries)
    if head in listed:
        return head
    if len(head) < _FUZZY_FROM:
        return ""
    near = process.extractOne(head, listed.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    return near[0] if near else ""


def _heads_of(row: Row, pitch: float) -> Iterator[str]:
    """Yield the heads of a row: the words to its colon, short capitalised runs, heads of boxes."""
    for n, word in enumerate(row[:_NEAR_THE_START]):
        if word.text.endswith(":"):
            yield plain(text_of(row[: n + 1]))
            return
    for run in segments_of(row, pitch):
        short = len(run) <= _LONGEST and run[0].text[:1].isupper()
        if short and not run[-1].text.endswith((".", ",")):
            yield plain(text_of(run))
