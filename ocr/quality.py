"""How well a page can be read, told from its image and its words, without knowing the truth.

The estimate adds up what was missed, the chances of words to be wrong, and letters that follow
each other as in no word. Chances mean the same for every engine, so one sum serves them all
(`bench/page_quality.py` has the figures). Handwriting counts neither way: it is marked, and
nobody scans a page again because somebody wrote on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from capture.handwriting import Unread, unread_ink
from capture.model import Box, PageImage
from capture.quality import GRAIN, Appearance, appearance, sight_of

from .calibration import calibrated_page
from .model import OcrPage, Quality, RuledLine, Verdict, Word
from .plausibility import surprise

SURE, GUESS = 0.75, 0.6
"""Confidence from which a word is print, and below which one in handwriting was guessed; what
lies between is print when it is no taller than print is on this page."""
_TALL = 1.25
_FEWEST_SURE = 8
_LONG = 6
"""Letters of a word that is no guess when it is a usual one: nobody guesses so long by chance."""
_STRANGE = 0.3
"""Weight of strangeness beside doubt, chosen on 28 generated pages and 20 real forms."""
_UNSURE = 0.85
"""Confidence below which a strange word counts: names and drugs are strange, and well read."""
_USUAL, _WILD = 3.6, 2.0
"""Bits of surprise of a usual word, and as much more from which a word is strange all through."""
_STRAY = 0.03
"""Share of ink like print that lies outside all words of a page that was read whole."""
_RESCAN, _DOUBTFUL = 0.30, 0.12
"""Estimated character error rates."""
_BLURRED, _SOFT = 0.30, 0.22
"""Edge widths in letter heights at which strokes run into each other, and begin to."""
_TINY = 7.0
"""Pixels of a letter's height under which no engine reads it well."""
_PALE = 0.15
_CUT_LINES, _FEW_CUT = 4, 3
_MOSTLY = 0.5
"""Share of what is written on a page from which it is mostly by hand."""


def assessed(page: PageImage, read: OcrPage) -> OcrPage:
    """Return ``read`` with handwriting marked, guesses at it left out, chances, and its quality.

    What is handwriting goes by the confidence of the engine; the words returned, and the quality,
    have chances to be right (`calibrated_page`).
    """
    sight = sight_of(page)
    sure = [word.box for word in read.words if word.confidence >= SURE]
    unsure = [word.box for word in read.words if word.confidence < SURE]
    unread = unread_ink(sight, sure, unsure)
    tallest = _TALL * median(box.height for box in sure) if len(sure) >= _FEWEST_SURE else 0.0
    guesses = [word for word in read.words if _is_guess(word, unread.handwriting, tallest)]
    kept = tuple(word for word in read.words if word not in guesses)
    words = calibrated_page(replace(read, words=kept)).words
    ruled = tuple(RuledLine(line.box, line.ink) for line in unread.rulings)
    mostly = _by_hand(kept, unread) >= _MOSTLY
    quality = judged(appearance(sight), words, unread.missed, mostly_handwritten=mostly)
    return replace(
        read,
        words=words,
        handwriting=unread.handwriting,
        mostly_handwritten=mostly,
        unread=len(guesses),
        ruled=ruled,
        quality=quality,
    )


def judged(
    look: Appearance, words: Sequence[Word], missed: float, *, mostly_handwritten: bool
) -> Quality:
    """Return the quality of a page with chances for its ``words`` and a share ``missed``."""
    errors = estimated_cer(words, missed)
    causes = list(_causes(look, errors))
    verdict = _verdict(look, errors, mostly_handwritten, explained=bool(causes))
    if missed >= _DOUBTFUL:
        causes.append(f"about {missed:.0%} of its print was not read at all")
    reason = ""
    if verdict is not Verdict.GOOD:
        reason = ", ".join(causes) or f"about {errors:.0%} of its letters were not read right"
    return Quality(verdict, errors, look.edge_width, look.contrast, look.cut_lines, reason)


def estimated_cer(words: Sequence[Word], missed: float) -> float:
    """Return the share of characters of print read wrong or not at all, 0.0 to 1.0.

    The confidences of ``words`` are chances.
    """
    lost = max(0.0, missed - _STRAY) / (1 - _STRAY)
    letters = sum(len(word.text) for word in words)
    if not letters:
        return 1.0 if lost else 0.0
    doubt = sum(len(word.text) * (1 - word.confidence) for word in words) / letters
    strange = sum(len(word.text) * _strangeness(word) for word in words) / letters
    wrong = min(1.0, doubt + _STRANGE * strange)
    return round(lost + (1 - lost) * wrong, 4)


def _strangeness(word: Word) -> float:
    bits = surprise(word.text) if word.confidence < _UNSURE else None
    return 0.0 if bits is None else min(1.0, max(0.0, bits - _USUAL) / _WILD)


def _verdict(look: Appearance, errors: float, mostly_hand: bool, *, explained: bool) -> Verdict:
    spoiled = (look.softness or 0.0) >= _BLURRED or look.cut_lines >= _CUT_LINES
    if spoiled and (errors >= _DOUBTFUL or look.cut_lines >= _CUT_LINES):
        return Verdict.RESCAN
    if mostly_hand:
        return Verdict.GOOD
    # Another scan of a sharp and whole page would be read as badly.
    if errors >= _RESCAN and explained:
        return Verdict.RESCAN
    return Verdict.DOUBTFUL if errors >= _DOUBTFUL else Verdict.GOOD


def _causes(look: Appearance, errors: float) -> Iterator[str]:
    """Yield in words what on the image explains errors."""
    if look.cut_lines >= _FEW_CUT:
        yield f"{look.cut_lines} lines of text run into the edge"
    if errors < _DOUBTFUL:
        return
    if (look.softness or 0.0) >= _SOFT:
        yield "out of focus"
    if look.letter_height is not None and look.letter_height < _TINY:
        yield f"letters are only {look.letter_height:.0f} pixels high"
    if look.contrast is not None and look.contrast < _PALE:
        yield "ink is hardly darker than the paper"
    if look.specks >= GRAIN:
        yield "full of specks"


def _is_guess(word: Word, handwriting: Sequence[Box], tallest: float) -> bool:
    if word.confidence >= SURE or (word.confidence >= GUESS and word.box.height <= tallest):
        return False
    if len(word.text) >= _LONG and (surprise(word.text) or _USUAL) < _USUAL:
        return False
    x, y = word.box.x + word.box.width / 2, word.box.y + word.box.height / 2
    return any(box.x <= x < box.right and box.y <= y < box.bottom for box in handwriting)


def _by_hand(words: Sequence[Word], unread: Unread) -> float:
    """Return the share of the writing that is by hand: three heights of stroke are a letter."""
    by_hand = unread.strokes / 3
    printed = sum(len(word.text) for word in words if word.confidence >= SURE)
    return by_hand / (by_hand + printed) if by_hand else 0.0
