"""How a page is read with Tesseract: one look, and a second one where the first was unsure.

Tesseract's layout analysis now and then takes the columns of a table or a form for pictures or
for one line of text. It shows: the words come out with little confidence. A second look that
seeks text anywhere, without a layout, finds them; `in_reading_order` puts them in order.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from capture.model import PageImage, Pixels

from .layout import in_reading_order
from .model import OcrPage
from .prepare import Prepared, prepare
from .tsv import words_of_tsv

Look = Callable[[Pixels, int], str]
"""Reads pixels in a page segmentation mode and returns Tesseract's table."""
AUTOMATIC, SPARSE = 3, 11
"""Tesseract's numbers of its page segmentation modes."""
UNSURE = 0.8
"""Mean confidence under which a page is looked at again; a well read page lies above 0.9."""
WORTHLESS = 0.5
"""Confidence of a letter that adds nothing to a reading; one below it takes away."""
SHARE_OF_TIME = 0.1
"""Of the limit: after a longer first look a second one, which may take much longer, is not safe."""


def read_page(page: PageImage, engine: str, look: Look, seconds: float) -> OcrPage:
    """Return the words of ``page`` as ``look`` sees them, within ``seconds``."""
    ready = prepare(page)
    began = time.monotonic()
    first = _reading(page, engine, look, ready, AUTOMATIC)
    if first.confidence >= UNSURE or time.monotonic() - began > SHARE_OF_TIME * seconds:
        return first
    second = _reading(page, engine, look, ready, SPARSE)
    if _worth(second) <= _worth(first):
        return first
    return OcrPage(page.frame, engine, in_reading_order(second.words))


def _reading(page: PageImage, engine: str, look: Look, ready: Prepared, mode: int) -> OcrPage:
    words = words_of_tsv(look(ready.pixels, mode), ready.factor, page.width, page.height)
    return OcrPage(page.frame, engine, words)


def _worth(read: OcrPage) -> float:
    return sum(len(word.text) * (word.confidence - WORTHLESS) for word in read.words)
