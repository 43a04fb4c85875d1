"""Words from the table (TSV) that Tesseract prints, whichever door it came through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from capture.errors import ToolError
from capture.model import Box

from .model import Word

COLUMNS = 12
PAGE_LEVEL = 1
WORD_LEVEL = 5
SAME_SIGN = str.maketrans(
    {
        "\u00a0": " ",
        "\u00ad": "-",  # soft hyphen: Tesseract means the one that is printed
        "\u2010": "-",
        "\u2011": "-",
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
    }
)
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\s]+")


@dataclass(frozen=True, slots=True)
class _Row:
    place: tuple[int, int, int]
    """Block, paragraph and line, as Tesseract counts them."""
    box: tuple[int, int, int, int]
    confidence: float
    text: str


def clean_word(text: str) -> str:
    """Return ``text`` with one kind of hyphen, no ligatures, no spaces, composed (NFC)."""
    # Composed last: marks that a space kept apart have an order of their own.
    return unicodedata.normalize("NFC", UNPRINTABLE.sub("", text.translate(SAME_SIGN)))


def words_of_tsv(table: str, factor: float, width: int, height: int) -> tuple[Word, ...]:
    """Return the words of ``table`` in pixels of a page ``width`` x ``height``.

    ``factor`` is what the page was scaled by before it was read. Lines and blocks (paragraphs)
    are numbered in reading order from 0; words without a sign are left out. ToolError when
    ``table`` is not such a table.
    """
    return tuple(_numbered(_rows(table), 1.0 / factor, width, height))


def _rows(table: str) -> Iterator[_Row]:
    if f"\n{PAGE_LEVEL}\t" not in f"\n{table}":
        raise ToolError("tesseract wrote no table for a page: run it again, or look at the page")
    for line in table.strip("\n").split("\n"):
        if line.startswith("level\t"):
            continue
        row = _row(line)
        if row is not None and row.text:
            yield row


def _row(line: str) -> _Row | None:
    cells = line.split("\t", COLUMNS - 1)
    try:
        level, _, block, paragraph, row, _, x, y, w, h = (int(cell) for cell in cells[:10])
        confidence = float(cells[10])
    except (ValueError, IndexError):
        raise ToolError(
            "tesseract wrote something that is not its table: check the program"
        ) from None
    if level != WORD_LEVEL:
        return None
    text = clean_word(cells[11]) if len(cells) == COLUMNS else ""
    return _Row((block, paragraph, row), (x, y, w, h), confidence, text)


def _numbered(rows: Iterable[_Row], scale: float, width: int, height: int) -> Iterator[Word]:
    line = block = -1
    before: tuple[int, int, int] | None = None
    for row in rows:
        block += before is None or row.place[:2] != before[:2]
        line += row.place != before
        before = row.place
        box = _scaled(row.box, scale, width, height)
        yield Word(row.text, box, min(1.0, max(0.0, row.confidence / 100)), line, block)


def _scaled(box: tuple[int, int, int, int], scale: float, width: int, height: int) -> Box:
    """Return ``box`` grown to whole pixels and kept inside the page, one pixel at the least."""
    x = min(max(0, int(box[0] * scale)), width - 1)
    y = min(max(0, int(box[1] * scale)), height - 1)
    right = min(width, max(x + 1, round((box[0] + box[2]) * scale)))
    bottom = min(height, max(y + 1, round((box[1] + box[3]) * scale)))
    return Box(x, y, right - x, bottom - y)
