"""The geometry of a page's words: rows across columns, and pieces of words cut at labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from statistics import median

from capture.model import Box
from ocr.model import OcrPage, Word

Row = tuple[Word, ...]

# "MRN:0712345", "Name:TESTPERSON," and "MR#0712345", but not the colon of "10:30".
# Nor is a space always read before a date, or after one: "BIRTH04-11-1932", "04-11-1932SEX".
_GLUED = re.compile(
    r"(?<=[A-Za-z.)][:#=])(?=[\w(])|(?<=\d[:=])(?=[A-Za-z])"
    r"|(?<=[A-Z]{3})(?=\d{1,2}[/\-]\d{1,2}[/\-]\d)|(?<=\d)(?=SEX(?:[MF]?$|:))"
)
# "DOB03/04/1961", "MRN0712345", "SEXM": a label in capitals grown together with its value.
_GROWN = re.compile(
    r"^(?:(?:MRN|MR|DOB|SSN|ACCT|FIN|CHART|UNIT|PAGE|SEX)(?=[\dOIlSB]{2})|SEX(?=[MF]$))",
    re.IGNORECASE,
)
_TORN_LEFT, _TORN_RIGHT = re.compile(r"\d[/\-]?$"), re.compile(r"^[/\-]?\d")
_TEAR = 0.45
"""Widths of a character; two numbers stand further apart than the pieces of a torn one."""
_RULE_INK = re.compile(r"^[_.\-=~|\u00b7\u2022\u2014\u2013]{2,}$|^[|_]$")
_LEADING_INK = re.compile(r"^[_|]+(?=\w)|(?<=\w)[_|]+$")


@dataclass(frozen=True, slots=True)
class Layout:
    """The words of a page in rows that run across its columns."""

    rows: tuple[Row, ...]
    pitch: float
    """Median width of a character, pixels."""
    row_height: float
    """Median height of a word, pixels."""
    width: int
    height: int


def box_of(words: Iterable[Word]) -> Box:
    """Return the smallest box that holds ``words``; there must be one."""
    return reduce(or_, (word.box for word in words))


def text_of(words: Iterable[Word]) -> str:
    """Return the words one space apart."""
    return " ".join(word.text for word in words)


def layout_of(page: OcrPage, *, width: int, height: int) -> Layout:
    """Return the rows of ``page`` top to bottom, each left to right; sizes in pixels."""
    words = [word for word in page.words if word.text.strip()]
    if not words:
        return Layout((), 1.0, 1.0, width, height)
    pitch = median(word.box.width / len(word.text) for word in words) or 1.0
    lines = (tuple(w for w in line if w.text.strip()) for line in page.lines)
    rows = _merged([line for line in lines if line])
    cut = (tuple(piece for word in row for piece in _pieces(word)) for row in rows)
    kept = tuple(_whole(word for word in row if word.text) for row in cut)
    row_height = median(word.box.height for word in words) or 1
    return Layout(tuple(row for row in kept if row), pitch, row_height, width, height)


def _merged(lines: Sequence[Row]) -> Iterator[Row]:
    """Join lines of different columns that stand at one height and do not overlap across."""
    placed = sorted(((box_of(line), line) for line in lines), key=lambda pair: _middle(pair[0]))
    rows: list[tuple[Box, list[Row]]] = []
    for box, line in placed:
        near = _row_beside(rows, box)
        if near is None:
            rows.append((box, [line]))
        else:
            rows[near][1].append(line)
    for _, parts in rows:
        yield tuple(sorted((word for part in parts for word in part), key=lambda w: w.box.x))


def _row_beside(rows: Sequence[tuple[Box, list[Row]]], box: Box) -> int | None:
    """Return the number of the row, of the last three, that ``box`` stands in."""
    for number in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
        if _beside(rows[number][0], box) and not _overlaps(rows[number][1], box):
            return number
    return None


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _beside(row: Box, box: Box) -> bool:
    return row.row_overlap(box) > 0.5


def _overlaps(parts: Sequence[Row], box: Box) -> bool:
    return any(word.box.x < box.right and box.x < word.box.right for part in parts for word in part)


def _pieces(word: Word) -> Iterator[Word]:
    text = _LEADING_INK.sub("", word.text)
    if _RULE_INK.match(text):
        return
    marked = _GROWN.sub(lambda found: found.group() + "\0", text)
    at = 0
    offset = word.text.find(text)
    for part in (piece for run in marked.split("\0") for piece in _GLUED.split(run)):
        yield replace(word, text=part, box=_share(word, offset + at, len(part)))
        at += len(part)


def _whole(row: Iterable[Word]) -> Row:
    """Join the pieces of numbers and dates that were torn in two."""
    kept: list[Word] = []
    for word in row:
        if kept and _is_torn(kept[-1], word):
            kept[-1] = _joined(kept[-1], word)
        else:
            kept.append(word)
    return tuple(kept)


def _is_torn(one: Word, two: Word) -> bool:
    if not _TORN_LEFT.search(one.text) or not _TORN_RIGHT.match(two.text):
        return False
    return _touch(one, two)


def _touch(one: Word, two: Word) -> bool:
    width = min(one.box.width / len(one.text), two.box.width / len(two.text))
    return two.box.x - one.box.right < _TEAR * width


def whole_names(run: Row) -> Row:
    """Join the pieces of torn names: what goes on in small letters where it touches."""
    kept: list[Word] = []
    for word in run:
        if kept and word.text[:1].islower() and kept[-1].text.isalpha() and _touch(kept[-1], word):
            kept[-1] = _joined(kept[-1], word)
        else:
            kept.append(word)
    return tuple(kept)


def _joined(one: Word, two: Word) -> Word:
    confidence = min(one.confidence, two.confidence)
    return replace(one, text=one.text + two.text, box=one.box | two.box, confidence=confidence)


def _share(word: Word, start: int, length: int) -> Box:
    if length == len(word.text):
        return word.box
    step = word.box.width / len(word.text)
    left = round(word.box.x + start * step)
    return Box(left, word.box.y, max(1, round(length * step)), word.box.height)


def gap_before(words: Sequence[Word], n: int) -> int:
    """Return the pixels between word ``n`` and the one to its left; 0 for the first."""
    return words[n].box.x - words[n - 1].box.right if n else 0


def segments_of(row: Row, pitch: float, gap: float = 3.0) -> Iterator[Row]:
    """Yield the runs of ``row`` that no gap wider than ``gap`` characters splits."""
    start = 0
    for n in range(1, len(row)):
        if gap_before(row, n) > gap * pitch:
            yield row[start:n]
            start = n
    if row:
        yield row[start:]
