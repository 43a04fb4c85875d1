"""Words found later, put where they belong in a reading order that stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .layout import in_reading_order
from .model import Word, lines_of

NEAR = 6.0
"""Word heights; a value this close to its label stands on the same line."""
BELOW = 2.5
"""Word heights; a line this close under another goes on with its paragraph or its column."""
SAME_INK = 0.3
"""Share of a word inside a word that stands, from which both are the same ink."""
TOUCHING = 0.2
"""Word heights; what stands this close to a word is a piece broken off it, no word."""

Line = list[Word]


def joined(words: Sequence[Word], found: Iterable[Word]) -> tuple[Word, ...]:
    """Return ``words`` in their order with ``found`` among them, lines and blocks numbered anew.

    A found word goes into the line it stands beside, else under the line above it in its column,
    else after the line to its left, else before the first line below. One that lies on the ink of
    a word that stands, or is a piece of it, is left out.
    """
    lines = [list(line) for line in lines_of(words)]
    whole = tuple(word for word in found if not any(_is_part_of(word, one) for one in words))
    for word in in_reading_order(whole):
        _place(lines, word)
    return tuple(_numbered(lines))


def _is_part_of(word: Word, other: Word) -> bool:
    touches = _on_row(word, other) and _gap(word, other) <= TOUCHING * word.box.height
    return touches or _is_same_ink(word, other)


def _is_same_ink(word: Word, other: Word) -> bool:
    return word.box.overlap(other.box) >= SAME_INK


def _place(lines: list[Line], word: Word) -> None:
    beside = _beside(lines, word)
    if beside is not None:
        line = lines[beside]
        right = (n for n, other in enumerate(line) if other.box.x > word.box.x)
        line.insert(next(right, len(line)), replace(word, block=line[0].block))
        return
    before = _line_before(lines, word)
    if before is not None:
        lines.insert(before + 1, [replace(word, block=lines[before][0].block)])
        return
    after = next((n for n, line in enumerate(lines) if line[0].box.y >= word.box.bottom), None)
    if after is None:
        lines.append([replace(word, block=lines[-1][0].block + 1 if lines else 0)])
    else:
        lines.insert(after, [replace(word, block=-1)])


def _beside(lines: Sequence[Line], word: Word) -> int | None:
    """Return the line that ends or goes on nearest to ``word``, as near as a value to its label."""
    near = [
        (_gap(word, other), number)
        for number, line in enumerate(lines)
        for other in line
        if _on_row(word, other)
    ]
    gap, number = min(near, default=(float("inf"), 0))
    return number if gap <= NEAR * word.box.height else None


def _line_before(lines: Sequence[Line], word: Word) -> int | None:
    above = [
        (word.box.y - other.box.bottom, number)
        for number, line in enumerate(lines)
        for other in line
        if _in_column(word, other) and other.box.y < word.box.y
    ]
    gap, number = min(above, default=(float("inf"), 0))
    if gap <= BELOW * word.box.height:
        return number
    left = [
        (_gap(word, other), n)
        for n, line in enumerate(lines)
        for other in line
        if _on_row(word, other) and other.box.x < word.box.x
    ]
    return min(left)[1] if left else None


def _on_row(word: Word, other: Word) -> bool:
    return word.box.row_overlap(other.box) >= 0.5


def _in_column(word: Word, other: Word) -> bool:
    return other.box.x < word.box.right and word.box.x < other.box.right


def _gap(word: Word, other: Word) -> int:
    return max(word.box.x - other.box.right, other.box.x - word.box.right, 0)


def _numbered(lines: Sequence[Line]) -> Iterable[Word]:
    block, before = -1, None
    for number, line in enumerate(lines):
        block += line[0].block != before or before == -1
        before = line[0].block
        yield from (replace(word, line=number, block=block) for word in line)
