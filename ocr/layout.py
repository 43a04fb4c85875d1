"""Reading order for words that come without one: columns, lines and blocks from their boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, compress, groupby, pairwise
from statistics import median

import numpy as np

from capture.model import Box, Sides, sides_of

from .model import Word, extent

GUTTER = 1.5
"""A column gutter is at least this many letter heights wide; a space is a third of one."""
COLUMN_LINES = 5
"""A gutter beside fewer lines than this parts the cells of a form, not columns of prose."""
COLUMN_WORDS = 5
"""Lines of prose have at least this many words at the median; the cells of a table do not."""
BLOCK_GAP = 0.9
"""Empty height between two lines, in letter heights, from which a new block starts."""

Words = Sequence[Word]
LISTED_LINES, LISTED_WORDS = 2, 3
"""Lines of a block, and words a line at the median, from which blocks side by side are columns."""


@dataclass(frozen=True, slots=True)
class _Gutter:
    x: float
    top: int
    bottom: int


def in_reading_order(words: Words) -> tuple[Word, ...]:
    """Return ``words`` column by column and line by line, lines and blocks numbered from 0.

    Columns of prose are read one after the other; the cells of tables and forms along their
    row, so that a label keeps its value. Recursive whitespace cut, after Breuel (2002).
    """
    if not words:
        return ()
    height = median(word.box.height for word in words)
    ordered: list[Word] = []
    line = block = 0
    for region in _regions(tuple(words), height):
        for number, row in _blocks(_rows(region), height):
            ordered += [replace(word, line=line, block=block + number) for word in row]
            line += 1
        block = ordered[-1].block + 1
    return tuple(ordered)


def in_better_order(words: Words) -> tuple[Word, ...]:
    """Return ``words``, which come in an engine's order, along their rows where that is no better.

    An engine that put blocks of several lines side by side saw columns, and keeps its order.
    Otherwise it tends to read a form box by box in one place and by rows in the next.
    """
    return tuple(words) if _has_columns(words) else in_reading_order(words)


def _has_columns(words: Words) -> bool:
    blocks = [
        extent(block)
        for block in map(list, _grouped(words, lambda word: word.block))
        if _is_list(list(map(list, _grouped(block, lambda word: word.line))))
    ]
    return any(_side_by_side(one, other) for one, other in combinations(blocks, 2))


def _grouped(words: Words, number: Callable[[Word], int]) -> Iterable[Iterable[Word]]:
    return (group for _, group in groupby(words, key=number))


def _is_list(lines: Sequence[Words]) -> bool:
    return len(lines) >= LISTED_LINES and median(map(len, lines)) >= LISTED_WORDS


def _side_by_side(one: Box, other: Box) -> bool:
    apart = one.right <= other.x or other.right <= one.x
    return apart and one.row_overlap(other) >= 0.5


def _regions(words: tuple[Word, ...], height: float) -> list[tuple[Word, ...]]:
    """Return the parts of ``words`` that are read line by line, in the order they are read."""
    gutter = _widest_reach(words, height)
    if gutter is None:
        return [words]
    parts = (
        tuple(word for word in words if _middle(word) < gutter.top),
        tuple(word for word in words if _beside(word, gutter) and word.box.x < gutter.x),
        tuple(word for word in words if _beside(word, gutter) and word.box.x >= gutter.x),
        tuple(word for word in words if _middle(word) >= gutter.bottom),
    )
    return [region for part in parts if part for region in _regions(part, height)]


def _middle(word: Word) -> float:
    return word.box.y + word.box.height / 2


def _beside(word: Word, gutter: _Gutter) -> bool:
    return gutter.top <= _middle(word) < gutter.bottom


def _widest_reach(words: tuple[Word, ...], height: float) -> _Gutter | None:
    """Return the tallest empty strip with prose on both sides; None where there is no column."""
    sides = sides_of(word.box for word in words)
    half = GUTTER * height / 2
    reaches = (_reaches(sides, x, half, COLUMN_LINES * height) for x in _strips(sides, height))
    found = sorted(
        (gutter for reach in reaches for gutter in reach),
        key=lambda gutter: gutter.top - gutter.bottom,
    )
    # The dear question is asked of the tallest first, and then mostly once.
    return next((gutter for gutter in found if _parts_prose(words, sides, gutter)), None)


def _strips(sides: Sides, height: float) -> Iterator[float]:
    """Yield the middles of strips worth trying: just left of where several lines begin."""
    half = GUTTER * height / 2
    lefts = sorted(sides[:, 0].tolist())
    step = max(1.0, height / 2)
    for _, group in groupby(lefts, key=lambda x: x // step):
        x = next(group) - half
        if x > lefts[0]:
            yield x


def _reaches(sides: Sides, x: float, half: float, tall: float) -> Iterator[_Gutter]:
    """Yield the empty stretches of the strip ``half`` to both sides of ``x``, ``tall`` or more."""
    inside = sides[(sides[:, 2] > x - half) & (sides[:, 0] < x + half)]
    inside = inside[np.argsort(inside[:, 1], kind="stable")]
    feet = np.append(sides[:, 1].min(), inside[:, 3])
    tops, ends = np.maximum.accumulate(feet), np.append(inside[:, 1], sides[:, 3].max())
    for at in np.flatnonzero(ends - tops >= tall).tolist():
        yield _Gutter(x, int(tops[at]), int(ends[at]))


def _parts_prose(words: Words, sides: Sides, gutter: _Gutter) -> bool:
    middle = (sides[:, 1] + sides[:, 3]) / 2
    beside = (gutter.top <= middle) & (middle < gutter.bottom)
    left = sides[:, 0] < gutter.x
    parts = beside & left, beside & ~left
    # Counted first: nearly every strip has too few words on one side.
    if min(map(np.count_nonzero, parts)) < COLUMN_LINES * COLUMN_WORDS:
        return False
    return all(_is_prose(list(compress(words, part))) for part in parts)


def _is_prose(words: Words) -> bool:
    rows = _rows(words)
    return len(rows) >= COLUMN_LINES and median(map(len, rows)) >= COLUMN_WORDS


def _rows(words: Words) -> list[list[Word]]:
    """Return ``words`` in lines from top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (_middle(word), word.box.x)):
        if rows and _on_line(word, rows[-1]):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.box.x) for row in rows]


def _on_line(word: Word, row: Words) -> bool:
    """Tell whether ``word`` shares at least half of the smaller height with the line so far."""
    return word.box.row_overlap(row[-1].box) >= 0.5


def _blocks(rows: Sequence[list[Word]], height: float) -> list[tuple[int, list[Word]]]:
    """Return each of ``rows`` with the number of its block, from 0."""
    numbers = [0]
    for above, below in pairwise(map(extent, rows)):
        numbers.append(numbers[-1] + (below.y - above.bottom > BLOCK_GAP * height))
    return list(zip(numbers, rows, strict=True))
