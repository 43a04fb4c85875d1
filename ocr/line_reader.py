"""Reads a page with our own network, line by line: no layout is guessed before the letters are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from capture.line_image import line_image, usual_width
from capture.model import Box, Pixels
from capture.text_lines import TextLine, cut, find_lines

from .decoding import Spelled, words_of_lines
from .line_model import LineModel
from .model import Word

AGAIN = 0.9
"""Chance of a word under which its line is looked at again."""
STRETCHES = (0.88, 1.13)
"""Times the usual width at which it then is: where letters run together a wider line tells them
apart, where they are broken a narrower one shows them whole."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a line says at one width."""

    words: tuple[Spelled, ...]
    width: int
    """Columns of the line image."""

    @property
    def is_doubted(self) -> bool:
        """Whether a word of it is."""
        return any(word.chance < AGAIN for word in self.words)

    @property
    def worth(self) -> float:
        """Mean logarithm of the chances of its words; any words are worth more than none."""
        if not self.words:
            return -math.inf
        return fmean(math.log(max(word.chance, 1e-9)) for word in self.words)


def read_lines(pixels: Pixels, height: float, model: LineModel) -> list[Word]:
    """Return the words of a prepared page whose usual letters are ``height`` pixels high.

    Line by line, in no order of the lines, in pixels of the prepared page.
    """
    lines = find_lines(pixels, height)
    cuts = [cut(pixels, line, height) for line in lines]
    words: list[Word] = []
    for line, (_, place), read in zip(
        lines, cuts, surest_readings([part for part, _ in cuts], model), strict=True
    ):
        across = place.width / read.width * model.stride
        words += _words(read.words, line, place, across)
    return words


def surest_readings(lines: Sequence[Pixels], model: LineModel) -> list[LineReading]:
    """Return what each cut of a line says; one in doubt at the width at which it is surest."""
    widths = [usual_width(part) for part in lines]
    surest = _looked_at(lines, widths, model)
    for stretch in STRETCHES:
        doubted = [number for number, one in enumerate(surest) if one.is_doubted]
        stretched = [stretch * widths[number] for number in doubted]
        again = _looked_at([lines[number] for number in doubted], stretched, model)
        for number, other in zip(doubted, again, strict=True):
            surest[number] = max(surest[number], other, key=lambda one: one.worth)
    return surest


def _looked_at(
    lines: Sequence[Pixels], widths: Sequence[float], model: LineModel
) -> list[LineReading]:
    images = [line_image(part, width) for part, width in zip(lines, widths, strict=True)]
    read = words_of_lines(model.chances(images), model.alphabet)
    return [LineReading(words, image.shape[1]) for words, image in zip(read, images, strict=True)]


def _words(spelled: Sequence[Spelled], line: TextLine, place: Box, across: float) -> Iterator[Word]:
    """Yield words where they stand; ``across`` is pixels of the page for a column.

    Their confidence is 1 less the root of the chance to be wrong: most chances lie so near 1.0
    that no curve could tell them apart.
    """
    for one in spelled:
        left = place.x + (one.first + 0.5) * across if one.first else place.x
        right = place.x + (one.last - 0.5) * across
        box = _box(one, line, place, across, left, right)
        yield Word(one.text, box, 1 - math.sqrt(1 - one.chance))


def _box(one: Spelled, line: TextLine, place: Box, across: float, left: float, right: float) -> Box:
    """Return the box around the marks between two spaces, or about the letters without any."""
    inside = [mark for mark in line.marks if left <= mark.x + mark.width / 2 <= right]
    if inside:
        x = max(min(mark.x for mark in inside), int(left))
        end = min(max(mark.right for mark in inside), int(right) + 1)
        y, foot = min(mark.y for mark in inside), max(mark.bottom for mark in inside)
        if end > x:
            return Box(x, y, end - x, foot - y)
    x = round(place.x + (one.peaks[0] - 1) * across)
    end = round(place.x + (one.peaks[-1] + 2) * across)
    return Box(x, line.box.y, max(1, end - x), line.box.height)
