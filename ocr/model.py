"""What reading hands on: words, where they stand, and how sure we are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import groupby
from operator import or_

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


class Verdict(StrEnum):
    """What is to be done with a page for the sake of its quality."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """A person should look before its text is relied on."""
    RESCAN = "rescan"
    """No reader can do better with this image; the original may give a better one."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a page can be read, told without knowing what stands on it."""

    verdict: Verdict
    estimated_cer: float
    """Characters of print read wrong or not at all, as a share; 0.0 to 1.0."""
    sharpness: float | None
    """Pixels over which the edge of a stroke rises; None without letters to measure."""
    contrast: float | None
    """Tone of paper less tone of ink, 0.0 to 1.0; None without letters to measure."""
    cut_lines: int
    """Lines of text that run into an edge of the frame."""
    reason: str = ""
    """In words, what speaks against the page; empty for a good one."""


@dataclass(frozen=True, slots=True)
class RuledLine:
    """A line of a form to write or sign on."""

    box: Box
    ink: float
    """Ink on and above it that no word covers, in squares of a letter's height."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """Everything one engine read from one page image, in reading order."""

    frame: FrameRef
    engine: str
    """Name and version, such as ``tesseract 5.5.4``."""
    words: tuple[Word, ...]
    handwriting: tuple[Box, ...] = ()
    """Where somebody wrote by hand: shown as such, never guessed into text."""
    mostly_handwritten: bool = False
    """More was written by hand on it than is printed."""
    unread: int = 0
    """Guesses at handwriting that were left out of the words."""
    ruled: tuple[RuledLine, ...] = ()
    """Lines to sign or write on, top to bottom."""
    quality: Quality | None = None
    """None for a page whose image was not looked at, such as a text file."""

    @property
    def lines(self) -> tuple[tuple[Word, ...], ...]:
        """The words line by line."""
        return lines_of(self.words)

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
        return mean_confidence(self.words)


def extent(words: Iterable[Word]) -> Box:
    """Return the box around ``words``, of which there is one at least."""
    return reduce(or_, (word.box for word in words))


def _gap(before: Word, after: Word) -> str:
    if before.block != after.block:
        return "\n\n"
    return " " if before.line == after.line else "\n"


def lines_of(words: Iterable[Word]) -> tuple[tuple[Word, ...], ...]:
    """Return ``words``, which come in reading order, line by line."""
    return tuple(tuple(line) for _, line in groupby(words, key=lambda word: word.line))


def mean_confidence(words: Sequence[Word]) -> float:
    """Return the mean confidence weighted by length; 0.0 for no words."""
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 0.0
    return sum(word.confidence * len(word.text) for word in words) / letters
