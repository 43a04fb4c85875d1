"""Find the labels of a page, and the words where the value of each should stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ocr.model import Word

from .dates import read_date
from .rows import Layout, Row, box_of, gap_before, segments_of, text_of

LABELS = Path(__file__).with_name("labels.toml")

_LETTERS = re.compile(r"[^A-Z#]")
_FOLD = str.maketrans("01580", "OISBO")
_MOST_WORDS = 6
_MARK = re.compile(r"[:#=]$|^[:#=]$")
_COLUMN = 2.5
"""Characters of space that part columns rather than words."""
_FLUFF = re.compile(r"^[\W_]*$|^(?:no|num|number|nbr|is)[.:#]*$", re.IGNORECASE)
_FUZZY_FROM = 7
"""Shorter labels are taken as written: one letter makes AGE of PAGE."""


_LIKE_NO = frozenset({"HO", "MO", "NQ", "NG"})
_DATED_FROM = 3
"""One or two letters before a date are a list, or initials."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label found on a page."""

    field: str
    row: int
    start: int
    stop: int
    strength: float
    """1.0 as written; less when a letter differs or the word is an ordinary one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of a label may stand."""

    words: Row
    rule: str
    """``right`` or ``below``."""
    strength: float


@dataclass(frozen=True, slots=True)
class _Entry:
    field: str
    key: str
    weak: bool


@lru_cache(maxsize=1)
def _entries() -> dict[str, _Entry]:
    with LABELS.open("rb") as file:
        table = tomllib.load(file)
    found: dict[str, _Entry] = {}
    for field, kinds in table.items():
        for weak in (False, True):
            for text in kinds.get("weak" if weak else "strong", []):
                key = _key(text)
                found.setdefault(key, _Entry(field, key, weak))
    return found


def _key(text: str) -> str:
    return _LETTERS.sub("", text.upper().translate(_FOLD))


def _shortened(key: str) -> Iterator[str]:
    yield key
    for n in range(len(key)):
        yield key[:n] + key[n + 1 :]


@lru_cache(maxsize=1)
def _neighbours() -> dict[str, tuple[_Entry, ...]]:
    """Entries by their key with any one letter dropped: finds one misread letter fast."""
    near: dict[str, list[_Entry]] = {}
    for key, entry in _entries().items():
        if len(key) >= _FUZZY_FROM:
            for short in _shortened(key):
                near.setdefault(short, []).append(entry)
    return {short: tuple(entries) for short, entries in near.items()}


@lru_cache(maxsize=65536)
def _nearly(key: str) -> _Entry | None:
    """Return the one entry that ``key`` misses by a single letter."""
    if not _FUZZY_FROM - 1 <= len(key) <= _longest() + 1:
        return None
    near = {e.key: e for short in _shortened(key) for e in _neighbours().get(short, ())}
    close = {e.field: e for e in near.values() if Levenshtein.distance(key, e.key) <= 1}
    return next(iter(close.values())) if len(close) == 1 else None


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _entries()))


def find_labels(layout: Layout) -> tuple[Label, ...]:
    """Return the labels of the page in reading order, the longest where several fit."""
    return tuple(
        label for n, row in enumerate(layout.rows) for label in _row_labels(n, row, layout.pitch)
    )


def _row_labels(number: int, row: Row, pitch: float) -> Iterator[Label]:
    at = 0
    while at < len(row):
        label = _label_at(number, row, at, pitch)
        if label is None:
            at += 1
            continue
        yield label
        at = label.stop


def _label_at(number: int, row: Row, start: int, pitch: float) -> Label | None:
    best: Label | None = None
    key = ""
    if not _may_open(row, start, pitch):
        return None
    for stop in range(start + 1, min(start + _MOST_WORDS, len(row)) + 1):
        if stop > start + 1 and _broken(row, stop - 1, pitch):
            break
        key += _key(row[stop - 1].text)
        label = _named(number, row, start, stop, key, pitch)
        best = label or best
    return best


def _may_open(row: Row, start: int, pitch: float) -> bool:
    """Say whether a label may start here: small letters need a mark or a column of their own."""
    text = row[start].text
    if not any(character.isalpha() for character in text):
        return False
    if not text[:1].islower() or (start and gap_before(row, start) > _COLUMN * pitch):
        return True
    return any(_MARK.search(word.text) for word in row[start : start + _MOST_WORDS + 1])


def _broken(row: Row, n: int, pitch: float) -> bool:
    """A label ends at a colon or a wide gap, and holds no long digits."""
    digits = sum(character.isdigit() for character in row[n].text)
    bare = digits and not any(character.isalpha() for character in row[n].text)
    return bool(
        row[n - 1].text.endswith(":") or gap_before(row, n) > 3 * pitch or digits > 2 or bare
    )


def _named(number: int, row: Row, start: int, stop: int, key: str, pitch: float) -> Label | None:
    exact = _entries().get(key) or _with_number(key)
    marked = _is_marked(row, stop)
    plain = exact is not None and not exact.weak and not row[start].text[:1].islower()
    plain = plain or (exact is not None and _dates_itself(exact, row, start, stop))
    may_stand = start > 0 or not row[start].text[:1].islower()
    alone = marked or (may_stand and _stands_alone(row, start, stop, pitch))
    if not plain and not alone:
        return None
    entry = exact or _nearly(key)
    if entry is None or (exact is None and _names_a_part(row, start, stop)):
        return None
    strength = (1.0 if exact else 0.92) * (0.95 if entry.weak else 1.0)
    return Label(entry.field, number, start, stop, strength * (1.0 if marked or plain else 0.95))


def _with_number(key: str) -> _Entry | None:
    """Return the entry that ends in No. where ``key`` ends in what No. is misread for."""
    return _entries().get(key[:-2] + "NO") if key[-2:] in _LIKE_NO else None


def _dates_itself(entry: _Entry, row: Row, start: int, stop: int) -> bool:
    """Say whether a weak label in capitals stands right before a whole date: "ADM 1-29-11"."""
    if not entry.field.endswith("_date") or len(entry.key) < _DATED_FROM:
        return False
    set_as_label = all(word.text.isupper() for word in row[start:stop])
    return set_as_label and read_date(text_of(row[stop : stop + 3]), labelled=False) is not None


def _names_a_part(row: Row, start: int, stop: int) -> bool:
    """Say whether the words but the first are a label as written, as in "F Account No"."""
    return _key("".join(word.text for word in row[start + 1 : stop])) in _entries()


def _is_marked(row: Row, stop: int) -> bool:
    if _MARK.search(row[stop - 1].text):
        return True
    return stop < len(row) and _MARK.match(row[stop].text) is not None


def _stands_alone(row: Row, start: int, stop: int, pitch: float) -> bool:
    left = start == 0 or gap_before(row, start) > _COLUMN * pitch
    return left and (stop == len(row) or gap_before(row, stop) > 1.7 * pitch)


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

    def _is_column_off(self, label: Label) -> bool:
        gap = gap_before(self._layout.rows[label.row], label.stop)
        return gap > 2 * _COLUMN * self._layout.pitch

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
