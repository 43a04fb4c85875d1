"""Tick boxes as words: ``[x]`` ticked, ``[]`` empty, ``[?]`` marked in a way that says neither.

Plain signs, so that any text file, table and PDF can hold them. Only ``[x]`` is a term to the
search (``x``): the phrase ``"x improved"`` finds what was ticked, and an empty box stands in the
way of no phrase. The words have the box and confidence of the drawn square.

An engine takes a drawn box for letters (``O``, ``LJ``, ``[I``, ``ORecovered``). These signs go; the
label stays. A letter that the engine read as part of a longer word and is sure of is no box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

from capture.model import Box, Pixels
from capture.tick_boxes import Tick, TickBox, find_tick_boxes, without_tick_boxes

from .join import joined
from .model import Word
from .prepare import LETTER

SIGNS = {Tick.TICKED: "[x]", Tick.EMPTY: "[]", Tick.UNCLEAR: "[?]"}
"""The word for each state."""
BEYOND_DOUBT = 0.9
"""Confidence from which a box is hidden from the engine; a wrong one would cost a letter."""
COVERED = 0.5
"""Share of a word inside a tick box from which it is what the engine made of the box."""
LONGEST_SIGN = 3
"""Letters that an engine makes of one box; more are a word that stands on it."""
LABEL_GAP = 0.4
"""Sides between a tick box and its label, about."""
NEAR_LABEL = 2.5
"""Sides between a tick box and the label on its line."""
SURE = 0.9
"""Confidence from which a letter inside a box is read for what it is."""
TICKS = frozenset("xXvVyYkK/\\*+-_|.,'`~=")
"""What typists and engines leave for a tick."""
LIKE_A_BOX = frozenset(
    "OoQ0DUCGLJIil1jEFBHMNWRZ[](){}|!©®@&#%8?\\/xXvVyYwWKkS¢€£$§«»<>~=-_.,:;'`\u2019\u2018\u201c\u201d\"*+^"
)
"""What engines make of a box, empty or ticked, in front of a label."""


def tick_boxes(pixels: Pixels) -> tuple[TickBox, ...]:
    """Return the tick boxes of a prepared page, its letters about ``LETTER`` pixels high."""
    return find_tick_boxes(pixels, LETTER)


def without_ticks(pixels: Pixels, ticks: Iterable[TickBox]) -> Pixels:
    """Return ``pixels`` of a prepared page without the boxes of ``ticks`` that are beyond doubt.

    An engine that does not see them reads the labels beside them better.
    """
    sure = [tick.box for tick in ticks if tick.confidence >= BEYOND_DOUBT]
    return without_tick_boxes(pixels, sure) if sure else pixels


def placed(
    words: tuple[Word, ...], ticks: Sequence[TickBox], factor: float = 1.0
) -> tuple[Word, ...]:
    """Return ``words`` without what was made of ``ticks``, and with a word for each of them.

    It stands right before the label on its right, or after that on its left where that is nearer.
    ``factor`` is pixels of the prepared page per pixel of the page. Without tick boxes the words
    come back as they are; lines and blocks keep their numbers.
    """
    if not ticks:
        return words
    width = _letter_width(words)
    kept = list(words)
    for tick in (_on_page(one, factor) for one in ticks):
        if not _is_letter(tick, kept):
            kept = _inserted(_stripped(kept, tick.box, width), tick)
    return tuple(kept)


def _on_page(tick: TickBox, factor: float) -> TickBox:
    return replace(tick, box=tick.box.scaled(1 / factor))


def _letter_width(words: Sequence[Word]) -> float:
    widths = [word.box.width / len(word.text) for word in words if len(word.text) >= 3]
    return max(1.0, median(widths)) if widths else 1.0


def _is_letter(tick: TickBox, words: Iterable[Word]) -> bool:
    """Whether a box is a letter of a word, or the cell around a letter that was read."""
    return any(
        _is_within(tick.box, word) or _holds(tick.box, word)
        for word in words
        if _on_row(tick.box, word.box)
    )


def _is_within(box: Box, word: Word) -> bool:
    spare = 0.3 * box.width
    return word.box.x < box.x - spare and word.box.right > box.right + spare


def _holds(box: Box, word: Word) -> bool:
    edge = 0.08 * box.width
    inside = word.box.x > box.x + edge and word.box.right < box.right - edge
    return (
        inside
        and word.confidence >= SURE
        and word.text.isalnum()
        and not TICKS.issuperset(word.text)
    )


def _on_row(box: Box, other: Box) -> bool:
    return box.row_overlap(other) >= 0.4


def _stripped(words: Iterable[Word], box: Box, letter: float) -> list[Word]:
    return [
        rest
        for word in words
        if (rest := _label(word, box, letter) if _on_row(box, word.box) else word) is not None
    ]


def _label(word: Word, box: Box, letter: float) -> Word | None:
    """Return what of ``word`` is not the box; None when all of it is."""
    spare = 0.3 * box.width
    across = min(word.box.right, box.right + spare) - max(word.box.x, box.x - spare)
    if across <= 0.2 * box.width:
        return word
    if len(word.text) <= LONGEST_SIGN and across >= COVERED * word.box.width:
        return None
    if word.box.x >= box.x - 2 * spare and word.box.x < box.right - spare:
        return _without_first(word, box, letter)
    if word.box.right <= box.right + 2 * spare and word.box.right > box.x + spare:
        return _without_last(word, box, letter)
    return word


def _without_first(word: Word, box: Box, letter: float) -> Word:
    start = min(box.right, word.box.right - 1)
    room = (word.box.right - box.right - LABEL_GAP * box.width) / letter
    count = _signs(word.text, room)
    kept = Box(start, word.box.y, word.box.right - start, word.box.height)
    return replace(word, text=word.text[count:], box=kept)


def _without_last(word: Word, box: Box, letter: float) -> Word:
    end = max(box.x, word.box.x + 1)
    room = (box.x - word.box.x - LABEL_GAP * box.width) / letter
    count = _signs(word.text[::-1], room)
    kept = Box(word.box.x, word.box.y, end - word.box.x, word.box.height)
    return replace(word, text=word.text[: len(word.text) - count], box=kept)


def _signs(text: str, room: float) -> int:
    """Return how many letters at the start of ``text`` are the box, when ``room`` letters fit on.

    A letter that no engine makes of a box is never one, and the label keeps one letter at least.
    """
    most = next((n for n, sign in enumerate(text) if sign not in LIKE_A_BOX), len(text))
    most = min(most, LONGEST_SIGN, len(text) - 1)
    return min(range(most + 1), key=lambda count: _doubt(text, count, room))


def _doubt(text: str, count: int, room: float) -> float:
    """Return how unlikely it is that just ``count`` letters are the box."""
    label, sign = text[count:], text[:count]
    off = abs(len(label) - room)
    begins_low = label[0].islower() and any(one.isupper() for one in sign)
    begins_odd = not label[0].isalnum() or (label[:2].isupper() and label[2:3].islower())
    # The square was drawn there: nothing made of it is the odd case.
    return off + 2.0 * begins_low + 1.0 * begins_odd + 0.8 * (count == 0)


def _inserted(words: Sequence[Word], tick: TickBox) -> list[Word]:
    """Return ``words`` with a tick box before the label on its right, or after that on its left."""
    right = _nearest(words, tick.box, 1)
    left = _nearest(words, tick.box, -1)
    if right is not None and (left is None or right[0] <= left[0]):
        at, beside = right[1], words[right[1]]
    elif left is not None:
        at, beside = left[1] + 1, words[left[1]]
    else:
        return list(joined(words, [_word(tick, None)]))
    return [*words[:at], _word(tick, beside), *words[at:]]


def _word(tick: TickBox, beside: Word | None) -> Word:
    line, block = (beside.line, beside.block) if beside else (0, 0)
    return Word(SIGNS[tick.tick], tick.box, tick.confidence, line, block)


def _nearest(words: Sequence[Word], box: Box, way: int) -> tuple[int, int] | None:
    """Return gap and place of the nearest word on the row, to the right (1) or left (-1)."""
    gaps = [
        (word.box.x - box.right if way > 0 else box.x - word.box.right, n)
        for n, word in enumerate(words)
        if _on_row(box, word.box) and (word.box.x - box.x) * way > 0
    ]
    near = [one for one in gaps if one[0] <= NEAR_LABEL * box.width]
    return min(near, default=None)
