"""The line reader as an engine: alone, or first with Tesseract behind it for what it doubts.

The reader is faster and the better one on worn print; Tesseract knows real books and forms from
years of training. Each word is weighed by its calibrated confidence, so that
neither must be believed where it does not know. A number needs both: where they differ, or only
one of them saw it, the value is doubtful.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np

from capture.errors import ToolError
from capture.lines import without_rules
from capture.model import Box, PageImage, Pixels

from .calibration import READER, TESSERACT, Kind, calibrated, kind_of
from .engine import OcrEngine, Turn
from .layout import in_reading_order
from .line_model import LineModel
from .line_reader import read_lines
from .looks import RULE, finished, read_whole, worth
from .missed import missed_lines
from .model import OcrPage, Word, extent, lines_of, mean_confidence
from .prepare import LETTER, Prepared, prepare
from .sight import LINE, RAW_LINE, Look, Sight, sight_of
from .turn import UNKNOWN
from .two_readings import weighed

FEWEST = 8.0
"""Sure letters without which nothing tells how a page lies."""
DOUBTED = 0.8
"""Chance to be right under which a word and its neighbours are read by Tesseract too."""
UNSURE = 0.85
"""Mean chance of the words of a page under which Tesseract reads all of it."""
NEAR = (0.4, 0.4)
"""Heights of a line shown beside, and above and below, what is read once more."""
NEAR_A_WORD = (0.1, 0.5)
"""The same for a word alone: pieces of its neighbours would be taken for letters."""
WIDE = 2.0
"""Heights of a word between two that are not read together."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where Tesseract is to look."""

    box: Box
    is_word: bool = False
    """Whether it is one word: how a line lies cannot be told from a few letters, so that it is
    better read as it is."""


class LineReader:
    """Reads pages with our own network and nothing else."""

    def __init__(self) -> None:
        self._model = LineModel()

    @property
    def name(self) -> str:
        """Name and version: the lines that the network had seen."""
        return f"line reader {self._model.version}"

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of ``page``."""
        sight, ticks = sight_of(page, self.name, _no_look, math.inf)
        plain = without_rules(sight.ready.pixels, RULE)
        words = first_words(plain, sight.ready, self._model)
        read = OcrPage(page.frame, self.name, words)
        return finished(sight, read, ticks, lambda block: block_words(block, self._model))

    def orientation(self, page: PageImage) -> Turn:
        """Return the turn in which most is read; confidence 0.0 where nothing is."""
        ready = prepare(page)
        plain = without_rules(ready.pixels, RULE)
        turned = (np.ascontiguousarray(np.rot90(plain, quarters)) for quarters in range(4))
        worths = [worth(first_words(pixels, ready, self._model)) for pixels in turned]
        least, most = sorted(worths)[-2:]
        if most < FEWEST:
            return UNKNOWN
        return Turn(90 * worths.index(most), min(1.0, (most - least) / most))

    def close(self) -> None:
        """Nothing stays open between pages."""


class ReaderFirst:
    """Our own network first, Tesseract for what it doubts."""

    def __init__(self, second: OcrEngine, look: Look, seconds: float) -> None:
        self._model = LineModel()
        self._second, self._look, self._seconds = second, look, seconds

    @property
    def name(self) -> str:
        """Names and versions of both."""
        return f"reader {self._model.version} with {self._second.name}"

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of ``page``; what Tesseract fails on is doubtful, and no error."""
        sight, ticks = sight_of(page, self.name, self._look, self._seconds)
        plain = without_rules(sight.ready.pixels, RULE)
        first = calibrated(first_words(plain, sight.ready, self._model), READER)
        read = OcrPage(page.frame, self.name, with_second(sight, plain, first))
        return finished(
            sight, read, ticks, lambda block: calibrated(block_words(block, self._model), READER)
        )

    def orientation(self, page: PageImage) -> Turn:
        """Return how ``page`` lies, by Tesseract."""
        return self._second.orientation(page)

    def close(self) -> None:
        """Let go of Tesseract."""
        self._second.close()


def with_second(sight: Sight, plain: Pixels, first: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return ``first``, whose confidences are chances, weighed against a second reading.

    That of Tesseract, of the places in doubt or of all the page. Where it fails, it saw nothing.
    """
    if mean_confidence(first) < UNSURE:
        seen: tuple[Box, ...] = (Box(0, 0, sight.page.width, sight.page.height),)
        second = _or_nothing(lambda: read_whole(sight).words)
    else:
        places = (*doubted_places(first), *_passed_over(sight, plain, first))
        seen = tuple(place.box for place in places)
        second = _or_nothing(lambda: seen_singly(sight, plain, places))
    return weighed(first, calibrated(second, TESSERACT), seen)


def _or_nothing(read: Callable[[], tuple[Word, ...]]) -> tuple[Word, ...]:
    try:
        return read()
    except ToolError:
        return ()  # what the reader has, however little, is more than a page given up


def _passed_over(sight: Sight, plain: Pixels, words: Iterable[Word]) -> Iterator[Place]:
    """Yield where lines of letters stand that no word covers: no line may be lost unseen."""
    factor = sight.ready.factor
    boxes = (word.box.scaled(factor) for word in words)
    for line in missed_lines(plain, boxes, sight.ready.letter or LETTER):
        yield Place(line.scaled(1 / factor))


def seen_singly(sight: Sight, plain: Pixels, places: Iterable[Place]) -> tuple[Word, ...]:
    """Return what Tesseract reads in each of ``places`` as one line, in pixels of the page.

    The place is known, so that no layout need be guessed.
    """
    factor, found = sight.ready.factor, list[Word]()
    for number, place in enumerate(places):
        box, near = place.box.scaled(factor), NEAR_A_WORD if place.is_word else NEAR
        across, down = (round(spare * box.height) for spare in near)
        left, top = max(0, box.x - across), max(0, box.y - down)
        part = np.ascontiguousarray(plain[top : box.bottom + down, left : box.right + across])
        for word in sight.seen_line(part, RAW_LINE if place.is_word else LINE):
            moved = replace(word.box, x=word.box.x + left, y=word.box.y + top)
            found.append(replace(word, box=moved.scaled(1 / factor), line=number, block=number))
    return tuple(found)


def first_words(pixels: Pixels, ready: Prepared, model: LineModel) -> tuple[Word, ...]:
    """Return what the network reads in ``pixels`` of a prepared page, in reading order.

    Boxes are in pixels of the page, confidences raw.
    """
    words = read_lines(pixels, ready.letter or LETTER, model)
    on_page = (replace(word, box=word.box.scaled(1 / ready.factor)) for word in words)
    return in_reading_order(tuple(on_page))


def block_words(pixels: Pixels, model: LineModel) -> tuple[Word, ...]:
    """Return the words of a block that was cut out of a prepared page and turned level."""
    return in_reading_order(read_lines(pixels, LETTER, model))


def doubted_places(words: Sequence[Word]) -> tuple[Place, ...]:
    """Return the places of words in doubt with their neighbours, and of other numbers alone."""
    places: list[Place] = []
    for run in (run for line in lines_of(words) for run in _runs(line)):
        doubted = [word.confidence < DOUBTED for word in run]
        near = [any(doubted[max(0, n - 1) : n + 2]) for n in range(len(run))]
        for is_near, group in groupby(zip(run, near, strict=True), key=itemgetter(1)):
            part = [word for word, _ in group]
            if is_near:
                places.append(Place(extent(part), is_word=len(part) == 1))
            else:
                numbers = (word for word in part if kind_of(word.text) is Kind.NUMBER)
                places += [Place(word.box, is_word=True) for word in numbers]
    return tuple(places)


def _runs(line: Sequence[Word]) -> list[list[Word]]:
    """Return ``line`` cut where it has a gap wider than words have, between columns of a table."""
    runs = [[line[0]]]
    for before, word in pairwise(line):
        if word.box.x - before.box.right > WIDE * max(before.box.height, word.box.height):
            runs.append([])
        runs[-1].append(word)
    return runs


def _no_look(_pixels: Pixels, _mode: int, _seconds: float) -> str:
    raise ToolError("the line reader has no Tesseract behind it: set ocr.engine to auto")
