"""The words where the value of each label should stand: right of it, or in the column below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocr.model import Word

from .labels import COLUMN, Label
from .rows import Layout, Row, box_of, gap_before, segments_of

_FLUFF = re.compile(r"^[\W_]*$|^(?i:no|num|number|nbr|is)[.:#]*$|^[a-z]$")
_YEAR_ALONE = re.compile(r"^[12][0-9OolI]{3}$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of a label may stand."""

    words: Row
    rule: str
    """``right`` or ``below``."""
    strength: float


class Places:
    """The values' places of one page's labels."""

    def __init__(self, layout: Layout, labels: tuple[Label, ...]) -> None:
        self._layout = layout
        self._by_row: dict[int, list[Label]] = {}
        for label in labels:
            self._by_row.setdefault(label.row, []).append(label)

    def of(self, label: Label) -> Iterator[Place]:
        """Yield the words right of ``label``; when they are none or a column off, those below."""
        right = self._right(label)
        if right:
            yield Place(right, "right", label.strength)
        if right and not self._is_column_off(label):
            return
        below = self._below(label)
        if below:
            yield Place(below, "below", (0.9 if right else 0.97) * label.strength)
            yield from self._going_on(label, below)

    def _is_column_off(self, label: Label) -> bool:
        gap = gap_before(self._layout.rows[label.row], label.stop)
        return gap > 2 * COLUMN * self._layout.pitch

    def _right(self, label: Label) -> Row:
        row = self._layout.rows[label.row]
        stop = min(
            (other.start for other in self._by_row[label.row] if other.start >= label.stop),
            default=len(row),
        )
        return _without_fluff(row[label.stop : stop])

    def _below(self, label: Label) -> Row:
        layout = self._layout
        own = box_of(layout.rows[label.row][label.start : label.stop])
        limit = self._right_limit(label)
        for number in range(label.row + 1, min(label.row + 3, len(layout.rows))):
            row = layout.rows[number]
            if box_of(row).y - own.bottom > 3 * own.height:
                return ()
            taken = self._free_words(number, own.x - 3 * layout.pitch, limit)
            if taken:
                return _without_fluff(next(segments_of(taken, layout.pitch, 6.0)))
            if self._by_row.get(number):
                return ()
        return ()

    def _going_on(self, label: Label, below: Row) -> Iterator[Place]:
        """Yield a date that breaks into a second line of its column: "March 3," and "1961"."""
        number = next(n for n in range(label.row + 1, label.row + 3) if below[0] in self._row(n))
        if not label.field.endswith("_date") or not below[-1].text.endswith(","):
            return
        left, width = below[0].box.x - self._layout.pitch, box_of(below).width
        words = self._free_words(number + 1, left, left + width) if self._row(number + 1) else ()
        if words and _YEAR_ALONE.match(words[0].text):
            yield Place((*below, words[0]), "below", 0.9 * label.strength)

    def _row(self, number: int) -> Row:
        return self._layout.rows[number] if number < len(self._layout.rows) else ()

    def _right_limit(self, label: Label) -> float:
        row = self._layout.rows[label.row]
        if label.stop == len(row):
            return float(self._layout.width)
        return row[label.stop].box.x - self._layout.pitch

    def _free_words(self, number: int, left: float, right: float) -> Row:
        taken: list[Word] = []
        labelled = {
            n for label in self._by_row.get(number, ()) for n in range(label.start, label.stop)
        }
        for n, word in enumerate(self._layout.rows[number]):
            if not left <= word.box.x < right:
                continue
            if n in labelled:
                break
            taken.append(word)
        return tuple(taken)


def _without_fluff(words: Row) -> Row:
    start = 0
    while start < len(words) and _FLUFF.match(words[start].text):
        start += 1
    return words[start:]
