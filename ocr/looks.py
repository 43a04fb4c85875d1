"""How a page is read with Tesseract: one look, and a second one where the first was unsure.

Tesseract's layout analysis now and then takes the columns of a table or a form for pictures or
for one line of text. It shows: the words come out with little confidence. A second look that
seeks text anywhere, without a layout, finds them; `in_reading_order` puts them in order.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from capture.errors import ToolError
from capture.model import PageImage, Pixels

from .layout import in_reading_order
from .model import OcrPage, Word
from .prepare import Prepared, prepare
from .tsv import words_of_tsv

Look = Callable[[Pixels, int, float], str]
"""Reads pixels in a page segmentation mode within seconds and returns Tesseract's table."""
AUTOMATIC, SPARSE = 3, 11
"""Tesseract's numbers of its page segmentation modes."""
UNSURE = 0.8
"""Mean confidence under which a page is looked at again; a well read page lies above 0.9."""
WORTHLESS = 0.5
"""Confidence of a letter that adds nothing to a reading; one below it takes away."""
SHARE_OF_TIME = 1 / 3
"""Of the limit: a first look that took longer leaves no time for a second."""


def read_page(page: PageImage, engine: str, look: Look, seconds: float) -> OcrPage:
    """Return the words of ``page`` as ``look`` sees them, within ``seconds``."""
    ready = prepare(page)
    began = time.monotonic()
    first = _words(page, ready, look(ready.pixels, AUTOMATIC, seconds))
    left = seconds - (time.monotonic() - began)
    read = OcrPage(page.frame, engine, first)
    if read.confidence >= UNSURE or left < (1 - SHARE_OF_TIME) * seconds:
        return read
    try:
        second = _words(page, ready, look(ready.pixels, SPARSE, left))
    except ToolError:
        return read  # speckle can keep a sparse look busy for ever; what was read still stands
    if _worth(second) <= _worth(first):
        return read
    return OcrPage(page.frame, engine, in_reading_order(second))


def _words(page: PageImage, ready: Prepared, table: str) -> tuple[Word, ...]:
    return words_of_tsv(table, ready.factor, page.width, page.height)


def _worth(words: tuple[Word, ...]) -> float:
    return sum(len(word.text) * (word.confidence - WORTHLESS) for word in words)
