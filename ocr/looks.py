"""How a page is read with Tesseract: one look, and others where it was unsure or passed over ink.

Tesseract's layout analysis now and then takes the columns of a table or a form for pictures or
for one line of text. It shows: the words come out with little confidence. A second look that
seeks text anywhere, without a layout, finds them; `in_reading_order` puts them in order.
It also drops lines on a page that it is sure of, and doubts words where rules and neighbours
come close. These lines are looked at alone, without the rules; what is surer is taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from capture.errors import ToolError
from capture.lines import without_rules
from capture.model import PageImage, Pixels

from .angled import slanted_words
from .join import joined
from .layout import in_better_order, in_reading_order
from .missed import missed_lines, shown_alone
from .model import OcrPage, Word, extent
from .prepare import LETTER, Prepared, prepare
from .second_reading import doubted_lines, mended
from .ticks import placed, tick_boxes, without_ticks
from .tsv import words_of_tsv

Look = Callable[[Pixels, int, float], str]
"""Reads pixels in a page segmentation mode within seconds and returns Tesseract's table."""
AUTOMATIC, BLOCK, SPARSE = 3, 6, 11
"""Tesseract's numbers of its page segmentation modes."""
UNSURE = 0.8
"""Mean confidence under which a page is looked at again; a well read page lies above 0.9."""
WORTHLESS = 0.5
"""Confidence of a letter that adds nothing to a reading; one below it takes away."""
SURE = 0.7
"""Confidence from which a word of a line that was passed over is believed; below lies noise."""
RULE = round(3 * LETTER)
"""Pixels of a prepared page; a straight stroke that long is a rule or an underline."""
SHARE_OF_TIME = 1 / 3
"""Of the limit: a first look that took longer leaves no time for a second."""


def read_page(page: PageImage, engine: str, look: Look, seconds: float) -> OcrPage:
    """Return the words of ``page`` as ``look`` sees them, within ``seconds``."""
    ready = prepare(page)
    ticks = tick_boxes(ready.pixels)
    ready = replace(ready, pixels=without_ticks(ready.pixels, ticks))
    sight = _Sight(page, engine, ready, look, time.monotonic() + seconds, seconds)
    whole = _read_closer(sight, _best_whole(sight))
    words = in_better_order(whole.words)
    if sight.may_look_again:
        words = slanted_words(words, ready.pixels, ready.factor, sight.seen_alone)
    words = placed(words, ticks, ready.factor)
    return replace(whole, words=words)


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """One page before one engine, until its time is up."""

    page: PageImage
    engine: str
    ready: Prepared
    look: Look
    ends: float
    seconds: float

    @property
    def may_look_again(self) -> bool:
        """Whether enough of the time is left."""
        return self.ends - time.monotonic() >= (1 - SHARE_OF_TIME) * self.seconds

    def seen_alone(self, pixels: Pixels) -> str:
        """Return Tesseract's table of one block of text, cut out and turned."""
        return self.look(pixels, BLOCK, max(1.0, self.ends - time.monotonic()))

    def seen(self, pixels: Pixels, mode: int) -> OcrPage:
        """Return what is read in ``pixels``, which are as large as the prepared page."""
        table = self.look(pixels, mode, self.ends - time.monotonic())
        words = words_of_tsv(table, self.ready.factor, self.page.width, self.page.height)
        return OcrPage(self.page.frame, self.engine, words)

    def seen_again(self, pixels: Pixels, mode: int) -> OcrPage | None:
        """Return what one more look reads; None when it fails, for what was read still stands."""
        try:
            return self.seen(pixels, mode)
        except ToolError:
            return None  # speckle can keep a sparse look busy for ever


def _best_whole(sight: _Sight) -> OcrPage:
    first = sight.seen(sight.ready.pixels, AUTOMATIC)
    if first.confidence >= UNSURE or not sight.may_look_again:
        return first
    second = sight.seen_again(sight.ready.pixels, SPARSE)
    if second is None or _worth(second.words) <= _worth(first.words):
        return first
    return replace(second, words=in_reading_order(second.words))


def _read_closer(sight: _Sight, read: OcrPage) -> OcrPage:
    """Return ``read`` with what one look at missed and at doubted lines alone made of them."""
    factor = sight.ready.factor
    plain = without_rules(sight.ready.pixels, RULE)
    words = (word.box.scaled(factor) for word in read.words)
    missed = missed_lines(plain, words, sight.ready.letter or LETTER)
    doubted = doubted_lines(read.words)
    shown = (*missed, *(extent(line).scaled(factor) for line in doubted))
    if not shown or not sight.may_look_again:
        return read
    # A sparse look takes figures that stand alone for specks; as one block they are read.
    found = sight.seen_again(shown_alone(plain, shown), BLOCK)
    if found is None:
        return read
    better = mended(read.words, doubted, found.words)
    sure = [word for word in found.words if _is_sure(word)]
    return replace(read, words=joined(better, sure) if sure else better)


def _is_sure(word: Word) -> bool:
    return word.confidence >= SURE and any(letter.isalnum() for letter in word.text)


def _worth(words: tuple[Word, ...]) -> float:
    return sum(len(word.text) * (word.confidence - WORTHLESS) for word in words)
