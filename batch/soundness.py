"""Refuse what an engine says when it cannot be true, before it reaches the catalogue."""

from __future__ import annotations

from capture.errors import ToolError
from capture.model import PageImage
from ocr.engine import Turn
from ocr.model import OcrPage, Word

_MOST_WORDS = 50_000
_LONGEST_WORD = 1_000
_OVERHANG = 0.1
"""Engines and text layers let a box stand out a little; further out it is no box of this page."""


def sound_words(words: OcrPage, page: PageImage) -> OcrPage:
    """Return ``words`` when they can be a reading of ``page``.

    Raises ToolError, in words that quote nothing of the page, when they cannot.
    """
    if not isinstance(words, OcrPage) or words.frame != page.frame:
        raise ToolError("the engine answered with something other than this page; report it")
    if len(words.words) > _MOST_WORDS:
        raise ToolError(f"the engine read over {_MOST_WORDS} words on one page; report it")
    for word in words.words:
        fault = _fault(word, page)
        if fault:
            raise ToolError(f"the engine gave a word with {fault}; report it")
    return words


def sound_turn(turn: Turn) -> Turn:
    """Return ``turn`` when it is a quarter turn with a confidence; else raise ToolError."""
    if turn.rotation not in (0, 90, 180, 270) or not 0.0 <= turn.confidence <= 1.0:
        raise ToolError("the engine gave an orientation that is none; report it")
    return turn


def _fault(word: Word, page: PageImage) -> str:
    if not isinstance(word.text, str) or not 0 < len(word.text) <= _LONGEST_WORD:
        return "no text, or a boundless one"
    if not _can_be_kept(word.text):
        return "letters that are no characters"
    # A comparison with NaN is false, so NaN does not pass.
    if not 0.0 <= word.confidence <= 1.0:
        return "a confidence outside 0 to 1"
    return "" if _is_on(word, page) else "a box off the page"


def _can_be_kept(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _is_on(word: Word, page: PageImage) -> bool:
    box = word.box
    if any(type(side) is not int for side in box.as_list()):
        return False
    across, down = _OVERHANG * page.width, _OVERHANG * page.height
    return (
        box.width >= 0
        and box.height >= 0
        and -across <= box.x
        and box.right <= page.width + across
        and -down <= box.y
        and box.bottom <= page.height + down
    )
