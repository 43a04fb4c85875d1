"""Words that stand at an angle on a level page: an imprint of a plate, a stamp, a note in a margin.

Useful for print at any angle, upside down too. Not useful for handwriting, and not for a whole page
that lies askew: capture turns that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from capture.errors import ToolError
from capture.model import Pixels
from capture.stamps import Slanted, Turned, slanted_blocks, turned_level

from .model import Word
from .prepare import LETTER

ReadBlock = Callable[[Pixels], Sequence[Word]]
"""Reads pixels as one block of level text, in their own pixels; ToolError when it fails."""
SURE = 0.7
"""Confidence from which a word is believed, level or not."""
FEWEST_LETTERS = 8
"""Letters and figures in sure words; a block with fewer is noise."""
BELIEVED = 0.6
"""Share of the letters of a block that must be in sure words for any of them to count."""
MOST_BLOCKS = 2


def slanted_words(
    words: tuple[Word, ...], pixels: Pixels, factor: float, read: ReadBlock
) -> tuple[Word, ...]:
    """Return ``words`` and behind them, each in a block of its own, what stands at an angle.

    ``pixels`` is the prepared page and ``factor`` its pixels per pixel of the page, in which boxes
    are told. Unsure words that were guessed from the same ink go. ``read`` is asked at most four
    times, and never on a page whose ink is covered by sure words.
    """
    sure = [word.box.scaled(factor) for word in words if _is_sure(word)]
    for block in slanted_blocks(pixels, sure, LETTER)[:MOST_BLOCKS]:
        found = _either_way(pixels, block, read)
        if found:
            words = _joined(words, [_on_page(word, factor) for word in found])
    return words


def _is_sure(word: Word) -> bool:
    return word.confidence >= SURE and sum(letter.isalnum() for letter in word.text) > 1


def _on_page(word: Word, factor: float) -> Word:
    return replace(word, box=word.box.scaled(1 / factor))


def _either_way(pixels: Pixels, block: Slanted, read: ReadBlock) -> list[Word]:
    """Return the sure words of a block read either way up, whichever says more."""
    ways = [True] if block.degrees == 0.0 else [False, True]
    readings = [_reading(turned_level(pixels, block, LETTER, over=over), read) for over in ways]
    return max(readings, key=_letters)


def _reading(turned: Turned, read: ReadBlock) -> list[Word]:
    try:
        words = read(turned.pixels)
    except ToolError:
        return []  # what was read of the page still stands
    sure = [word for word in words if word.confidence >= SURE]
    if _letters(sure) < max(FEWEST_LETTERS, BELIEVED * _letters(words)):
        return []
    return [replace(word, box=turned.on_page(word.box)) for word in sure]


def _letters(words: Sequence[Word]) -> int:
    return sum(letter.isalnum() for word in words for letter in word.text)


def _joined(words: Sequence[Word], found: Sequence[Word]) -> tuple[Word, ...]:
    kept = [word for word in words if _is_sure(word) or not _is_guess_at(word, found)]
    line, block = (kept[-1].line + 1, kept[-1].block + 1) if kept else (0, 0)
    behind = [replace(word, line=line + word.line - found[0].line, block=block) for word in found]
    return (*kept, *behind)


def _is_guess_at(word: Word, found: Sequence[Word]) -> bool:
    x, y = word.box.x + word.box.width / 2, word.box.y + word.box.height / 2
    return any(
        other.box.x <= x <= other.box.right and other.box.y <= y <= other.box.bottom
        for other in found
    )
