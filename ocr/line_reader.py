"""Reads a page with our own network, line by line: no layout is guessed before the letters are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from capture.line_image import line_image
from capture.model import Box, Pixels
from capture.text_lines import TextLine, cut, find_lines

from .decoding import Spelled, words_in
from .line_model import LineModel
from .model import Word


def read_lines(pixels: Pixels, height: float, model: LineModel) -> list[Word]:
    """Return the words of a prepared page whose usual letters are ``height`` pixels high.

    Line by line, in no order of the lines, in pixels of the prepared page.
    """
    lines = find_lines(pixels, height)
    cuts = [cut(pixels, line, height) for line in lines]
    images = [line_image(part) for part, _ in cuts]
    words: list[Word] = []
    for line, (_, place), image, chances in zip(
        lines, cuts, images, model.chances(images), strict=True
    ):
        across = place.width / image.shape[1] * model.stride
        words += _words(words_in(chances, model.alphabet), line, place, across)
    return words


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
