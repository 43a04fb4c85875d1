"""Pages of a large archive as read: ``bench.misread`` for millions of pages, at the same rates.

Most words have no error, so the letters before the first one are drawn first, and only a word
that is shorter than that is left as it is: one draw for a word instead of one for each letter.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, log1p
from random import Random
from typing import TypeAlias

from ocr.codec import FORM, quality_row
from ocr.model import Quality, Verdict

from .large_pages import Placed
from .misread import error_at, word_confidence

WIDTH, HEIGHT = 2550, 3300
ENGINE = "tesseract 5.5.0"
_LEFT, _TOP, _PITCH, _LINE, _LETTER, _GAP = 220, 180, 28, 46, 34, 14
_BURST = 0.7
_DRAWS = 4096
"""Chances and confidences are drawn from this many, made once."""

Row: TypeAlias = tuple[str, int, int, int, int, float, int, int]
"""A word as the codec writes it: text, x, y, width, height, confidence, line, block."""


@dataclass(frozen=True, slots=True)
class Misreader:
    """Reads pages with about ``rate`` wrong characters of each true one."""

    rate: float
    chances: tuple[float, ...]
    """Of an error in a letter; a word has one of them, so that errors come in bursts."""
    spans: tuple[float, ...]
    """For each chance the mean number of letters before an error."""
    right: tuple[float, ...]
    """Confidences of words that were read right."""
    wrong: tuple[float, ...]

    def read(self, placed: Iterable[Placed], rng: Random) -> list[Row]:
        """Return the words of a page as read, in reading order."""
        rows: list[Row] = []
        random, torn, tear = rng.random, self.rate / 4, self.rate / 2
        for word, column, line, block in placed:
            text = self.spoiled(word, rng)
            if not text:
                continue
            known = self.right if text == word else self.wrong
            x, y = _LEFT + _PITCH * column, _TOP + _LINE * line + _GAP * block
            width, sure = _PITCH * len(word), known[int(_DRAWS * random())]
            chance = random()
            if chance < torn and rows and rows[-1][6] == line:
                rows[-1] = _joined(rows[-1], text, x + width, sure)
            elif torn <= chance < tear and len(text) > 5:
                at = rng.randrange(2, len(text) - 1)
                rows += _halves((text, x, y, width, _LETTER, sure, line, block), at)
            else:
                rows.append((text, x, y, width, _LETTER, sure, line, block))
        return rows

    def spoiled(self, text: str, rng: Random) -> str:
        """Return a word or value with about ``rate`` wrong characters, in bursts."""
        if not self.rate:
            return text
        drawn = int(_DRAWS * rng.random())
        at = int(self.spans[drawn] * -log(1 - rng.random()))
        if at >= len(text):
            return text
        out, here = [text[:at]], self.chances[drawn]
        wrong = True
        while at < len(text):
            read, taken = error_at(text, at, rng) if wrong else (text[at], 1)
            out.append(read)
            at += taken
            wrong = rng.random() < here
        return "".join(out)


def misreader(rate: float) -> Misreader:
    """Return a reader with about ``rate`` wrong characters of each true one."""
    rng = Random(f"misreader {rate:g}")
    draws = range(_DRAWS)
    chances = [min(0.6, rate * rng.gammavariate(_BURST, 1 / _BURST)) for _ in draws]
    return Misreader(
        rate=rate,
        chances=tuple(chances),
        spans=tuple(-1 / log1p(-one) if one > 1e-9 else 1e9 for one in chances),
        right=tuple(round(word_confidence(True, rate, rng), 3) for _ in draws),
        wrong=tuple(round(word_confidence(False, rate, rng), 3) for _ in draws),
    )


def _joined(row: Row, text: str, right: int, sure: float) -> Row:
    before, x, y, _, height, confidence, line, block = row
    least = round(0.7 * min(confidence, sure), 3)
    return before + text, x, y, right - x, height, least, line, block


def _halves(row: Row, at: int) -> tuple[Row, Row]:
    text, x, y, width, height, sure, line, block = row
    step = width / len(text)
    left, least = max(1, round((at - 0.4) * step)), round(0.8 * sure, 3)
    start = x + round(at * step)
    rest = max(1, x + width - start)
    return (
        (text[:at], x, y, left, height, least, line, block),
        (text[at:], start, y, rest, height, least, line, block),
    )


def text_of(rows: Sequence[Row]) -> str:
    """Return the text of words as ``OcrPage.text`` gives it."""
    parts: list[str] = []
    line = block = -1
    for row in rows:
        if parts:
            parts.append(" " if row[6] == line else "\n" if row[7] == block else "\n\n")
        parts.append(row[0])
        line, block = row[6], row[7]
    return "".join(parts)


def confidence_of(rows: Sequence[Row]) -> float:
    """Return the mean confidence of words weighted by length."""
    letters = sum(len(row[0]) for row in rows)
    return sum(row[5] * len(row[0]) for row in rows) / letters if letters else 0.0


def quality_of(rate: float, rng: Random) -> Quality:
    """Return how well a page could be read; a few in a hundred are in doubt."""
    chance = rng.random()
    sharpness, contrast = round(rng.uniform(2, 5), 2), round(rng.uniform(0.4, 0.9), 2)
    if chance < 0.01:
        return Quality(Verdict.RESCAN, rate, 9.0, contrast, 0, "the letters are out of focus")
    if chance < 0.04:
        return Quality(Verdict.DOUBTFUL, rate, sharpness, 0.2, 0, "the writing is faint")
    return Quality(Verdict.GOOD, rate, sharpness, contrast, 0)


def words_blob(rows: Sequence[Row], quality: Quality, *, by_hand: bool) -> bytes:
    """Return words as ``ocr.codec`` reads them back, deflated in haste."""
    lowest = max((row[2] for row in rows), default=_TOP) + 2 * _LINE
    kept = {
        "form": FORM,
        "engine": ENGINE,
        "words": rows,
        "hand": [[_LEFT, lowest, WIDTH - 2 * _LEFT, HEIGHT - 200 - lowest]] if by_hand else [],
        "mostly_hand": by_hand,
        "unread": 40 if by_hand else 0,
        "ruled": [],
        "quality": quality_row(quality),
    }
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode("ascii"), level=1)
