"""One page before Tesseract, until its time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from capture.errors import ToolError
from capture.model import PageImage, Pixels
from capture.tick_boxes import TickBox

from .model import OcrPage, Word
from .prepare import Prepared, prepare
from .ticks import tick_boxes, without_ticks
from .tsv import words_of_tsv

Look = Callable[[Pixels, int, float], str]
"""Reads pixels in a page segmentation mode within seconds and returns Tesseract's table."""
AUTOMATIC, BLOCK, LINE, SPARSE, RAW_LINE = 3, 6, 7, 11, 13
"""Tesseract's numbers of its page segmentation modes."""
SHARE_OF_TIME = 1 / 3
"""Of the limit: a first look that took longer leaves no time for a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
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

    def seen_alone(self, pixels: Pixels) -> tuple[Word, ...]:
        """Return the words of one block of text, cut out and turned, in its own pixels."""
        return self._cut_out(pixels, BLOCK, max(1.0, self.ends - time.monotonic()))

    def seen_line(self, pixels: Pixels, mode: int = LINE) -> tuple[Word, ...]:
        """Return the words of one line, cut out, in its own pixels; ToolError when time is up."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise ToolError("a page took too long: look at it, or raise ocr.page_seconds")
        return self._cut_out(pixels, mode, left)

    def _cut_out(self, pixels: Pixels, mode: int, seconds: float) -> tuple[Word, ...]:
        height, width = pixels.shape
        return words_of_tsv(self.look(pixels, mode, seconds), 1.0, width, height)

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


def sight_of(
    page: PageImage, engine: str, look: Look, seconds: float
) -> tuple[Sight, tuple[TickBox, ...]]:
    """Return ``page`` as the recogniser likes it, without tick boxes, and these."""
    ready = prepare(page)
    ticks = tick_boxes(ready.pixels)
    ready = replace(ready, pixels=without_ticks(ready.pixels, ticks))
    return Sight(page, engine, ready, look, time.monotonic() + seconds, seconds), ticks
