"""How a page is read with Tesseract: one look, and others where it was unsure or passed over ink.

Tesseract's layout analysis now and then takes the columns of a table or a form for pictures or
for one line of text. It shows: the words come out with little confidence. A second look that
seeks text anywhere, without a layout, finds them; `in_reading_order` puts them in order.
It also drops lines on a page that it is sure of, and doubts words where rules and neighbours
come close. These lines are looked at alone, without the rules; what is surer is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from capture.lines import without_rules
from capture.model import PageImage
from capture.tick_boxes import TickBox

from .angled import ReadBlock, slanted_words
from .join import joined
from .layout import in_better_order, in_reading_order
from .missed import missed_lines, shown_alone
from .model import OcrPage, Word, extent
from .prepare import LETTER
from .second_reading import doubted_lines, mended
from .sight import AUTOMATIC, BLOCK, SPARSE, Look, Sight, sight_of
from .ticks import placed

UNSURE = 0.8
"""Mean confidence under which a page is looked at again; a well read page lies above 0.9."""
WORTHLESS = 0.5
"""Confidence of a letter that adds nothing to a reading; one below it takes away."""
SURE = 0.7
"""Confidence from which a word of a line that was passed over is believed; below lies noise."""
RULE = round(3 * LETTER)
"""Pixels of a prepared page; a straight stroke that long is a rule or an underline."""


def read_page(page: PageImage, engine: str, look: Look, seconds: float) -> OcrPage:
    """Return the words of ``page`` as ``look`` sees them, within ``seconds``."""
    sight, ticks = sight_of(page, engine, look, seconds)
    return finished(sight, read_whole(sight), ticks, sight.seen_alone)


def read_whole(sight: Sight) -> OcrPage:
    """Return what Tesseract reads on all of the page, in reading order."""
    whole = _read_closer(sight, _best_whole(sight))
    return replace(whole, words=in_better_order(whole.words))


def finished(
    sight: Sight, read: OcrPage, ticks: Sequence[TickBox], read_block: ReadBlock
) -> OcrPage:
    """Return ``read`` with what stands aslant on the page and the state of its tick boxes.

    ``read_block`` reads what was turned level.
    """
    words = read.words
    if sight.may_look_again:
        words = slanted_words(words, sight.ready.pixels, sight.ready.factor, read_block)
    return replace(read, words=placed(words, ticks, sight.ready.factor))


def _best_whole(sight: Sight) -> OcrPage:
    first = sight.seen(sight.ready.pixels, AUTOMATIC)
    if first.confidence >= UNSURE or not sight.may_look_again:
        return first
    second = sight.seen_again(sight.ready.pixels, SPARSE)
    if second is None or worth(second.words) <= worth(first.words):
        return first
    return replace(second, words=in_reading_order(second.words))


def _read_closer(sight: Sight, read: OcrPage) -> OcrPage:
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


def worth(words: Iterable[Word]) -> float:
    """Return the letters of ``words``, each counted by how sure it is; the unsure take away."""
    return sum(len(word.text) * (word.confidence - WORTHLESS) for word in words)
