"""The wording of a page as numbers: words, pairs of words, pieces of words, and section heads.

Each feature is the CRC-32 of what it stands for, so that a model holds no word of any page.
Pieces of words (character n-grams) are what is left of a word that was misread.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .rows import Layout, Row, text_of
from .section_heads import heads_of_page, scores

_TOKEN = re.compile(r"[a-z][a-z']*[a-z]|\d+|[a-z]")
_PIECES = (3, 4, 5)
_SHORTEST_CUT = 4
_FIRST_ROWS = 3

Ids = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Block:
    """Features of one kind on a page."""

    kind: str
    """``words``, ``pieces``, ``heads``, ``first`` or ``catalogue``."""
    ids: Ids
    amounts: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a page says, as features."""

    blocks: tuple[Block, ...]
    words: int
    """Running words."""


def wording_of(layout: Layout, leave_out: Iterable[Row] = ()) -> Wording:
    """Return the features of a page without the words of its title, given as ``leave_out``."""
    page = _without(layout, leave_out)
    lines = [tuple(_tokens(text_of(row).lower())) for row in page.rows]
    words = [word for line in lines for word in line]
    heads = heads_of_page(page)
    told = scores(heads, " ".join(text_of(row) for row in page.rows).lower())
    blocks = (
        _counted("words", _word_ids(lines)),
        _pieces(words),
        _counted("heads", [_id(f"h {head}") for head in heads]),
        _counted("first", [_id(f"f {word}") for line in lines[:_FIRST_ROWS] for word in line]),
        _told(told),
    )
    return Wording(blocks, len(words))


def _without(layout: Layout, leave_out: Iterable[Row]) -> Layout:
    gone = {word for row in leave_out for word in row}
    if not gone:
        return layout
    rows = (tuple(word for word in row if word not in gone) for row in layout.rows)
    kept = tuple(row for row in rows if row)
    return Layout(kept, layout.pitch, layout.row_height, layout.width, layout.height)


def _tokens(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        yield "#" if token[0].isdigit() else token


def _id(text: str) -> int:
    return zlib.crc32(text.encode())


def _word_ids(lines: Iterable[tuple[str, ...]]) -> list[int]:
    ids: list[int] = []
    for line in lines:
        ids += [_word_id(word) for word in line]
        ids += [_id(f"w {one} {two}") for one, two in pairwise(line)]
    return ids


@lru_cache(maxsize=32768)
def _word_id(word: str) -> int:
    return _id(f"w {word}")


@lru_cache(maxsize=32768)
def _pieces_of(word: str) -> Ids:
    whole = f" {word} "
    cut = (
        _id(f"p{whole[at : at + size]}") for size in _PIECES for at in range(len(whole) - size + 1)
    )
    return np.fromiter(cut, np.uint32)


def _pieces(words: list[str]) -> Block:
    cut = [_pieces_of(word) for word in words if len(word) >= _SHORTEST_CUT]
    return _counted("pieces", np.concatenate(cut) if cut else ())


def _counted(kind: str, ids: Iterable[int] | Ids) -> Block:
    """Return each feature once with its damped count."""
    found = ids if isinstance(ids, np.ndarray) else np.fromiter(ids, np.uint32)
    once, counts = np.unique(found, return_counts=True)
    return Block(kind, once, (1 + np.log(counts)).astype(np.float32))


def _told(told: dict[str, float]) -> Block:
    pairs = sorted((_id(f"c {code}"), math.log1p(score)) for code, score in told.items())
    ids = np.array([one for one, _ in pairs], np.uint32)
    return Block("catalogue", ids, np.array([two for _, two in pairs], np.float32))
