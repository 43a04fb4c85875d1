"""What reading hands on: words, where they stand, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from capture.model import Box, FrameRef


@dataclass(frozen=True, slots=True)
class Word:
    """A run of ink the engine read as one word."""

    text: str
    box: Box
    confidence: float
    """0.0 to 1.0, whatever scale the engine used."""
    line: int = 0
    """Counts the lines of the page in reading order, from 0."""
    block: int = 0
    """Counts the blocks (paragraphs, columns, table cells) in reading order, from 0."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """Everything one engine read from one page image, in reading order."""

    frame: FrameRef
    engine: str
    """Name and version, such as ``tesseract 5.5.4``."""
    words: tuple[Word, ...]

    @property
    def lines(self) -> tuple[tuple[Word, ...], ...]:
        """The words line by line."""
        return tuple(tuple(line) for _, line in groupby(self.words, key=lambda word: word.line))

    @property
    def text(self) -> str:
        """Words one space apart, lines one newline apart, blocks one blank line apart."""
        parts: list[str] = []
        before: Word | None = None
        for word in self.words:
            if before is not None:
                parts.append(_gap(before, word))
            parts.append(word.text)
            before = word
        return "".join(parts)

    @property
    def confidence(self) -> float:
        """Mean word confidence weighted by length; 0.0 for a page without words."""
        return _weighted_mean(self.words)


def _gap(before: Word, after: Word) -> str:
    if before.block != after.block:
        return "\n\n"
    return " " if before.line == after.line else "\n"


def _weighted_mean(words: Sequence[Word]) -> float:
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 0.0
    return sum(word.confidence * len(word.text) for word in words) / letters
