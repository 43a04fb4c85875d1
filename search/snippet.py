"""The words of a page that matched, and a line or two of the text around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr.codec import PlacedWord

from .evidence import Span

WIDTH = 160
"""Characters of a snippet, give or take a word."""
Paint: TypeAlias = Callable[[str], str]


def matched_words(
    words: Sequence[PlacedWord], text: str, found: Sequence[Span]
) -> list[PlacedWord]:
    """Return those of ``words`` that the spans of their ``text`` touch, in reading order."""
    if not found:
        return []
    touched: list[PlacedWord] = []
    waiting = iter(found)
    span = next(waiting, None)
    for word, start, end in _places(words, text):
        while span is not None and span[1] <= start:
            span = next(waiting, None)
        if span is not None and span[0] < end:
            touched.append(word)
    return touched


def _places(words: Sequence[PlacedWord], text: str) -> Iterator[tuple[PlacedWord, int, int]]:
    """Yield every word with its place in the text of the page."""
    at = 0
    for word in words:
        start = text.index(word.text, at)
        at = start + len(word.text)
        yield word, start, at


def snippet(
    text: str, found: Sequence[Span], *, width: int = WIDTH, mark: Paint = str, plain: Paint = str
) -> str:
    """Return about ``width`` characters of ``text`` around the best cluster of ``found``.

    ``mark`` paints what matched and ``plain`` the rest, such as ``html.escape``. White space is
    run together; an ellipsis stands where text was left out.
    """
    start, end = _window(text, found, width)
    shown = [(max(first, start), min(last, end)) for first, last in found if start <= first < end]
    pieces: list[str] = []
    at = start
    for first, last in shown:
        pieces += [plain(_one_line(text[at:first])), mark(_one_line(text[first:last]))]
        at = last
    pieces.append(plain(_one_line(text[at:end])))
    before = "… " if text[:start].strip() else ""
    after = " …" if text[end:].strip() else ""
    return before + "".join(pieces).strip() + after


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@dataclass(frozen=True, slots=True)
class _Cluster:
    start: int
    end: int
    worth: tuple[int, int]


def _window(text: str, found: Sequence[Span], width: int) -> Span:
    """Return the part of ``text`` to show, cut between words."""
    if not found:
        return 0, _word_end(text, min(width, len(text)))
    best = max(_clusters(text, found, width), key=lambda cluster: (cluster.worth, -cluster.start))
    spare = max(width - (best.end - best.start), 0)
    start = max(min(best.start - spare // 2, len(text) - width), 0)
    return _word_start(text, start, best.start), _word_end(text, min(start + width, len(text)))


def _clusters(text: str, found: Sequence[Span], width: int) -> Iterator[_Cluster]:
    """Yield for each match the run of matches that fits ``width`` with it in front."""
    last = 0
    for first, (start, _) in enumerate(found):
        last = max(last, first)
        while last + 1 < len(found) and found[last + 1][1] - start <= width:
            last += 1
        words = [text[span[0] : span[1]].lower() for span in found[first : last + 1]]
        yield _Cluster(start, found[last][1], (len(set(words)), len(words)))


def _word_start(text: str, at: int, limit: int) -> int:
    """Return the start of the first whole word from ``at`` on, but not behind ``limit``."""
    if at == 0 or text[at - 1].isspace():
        return at
    space = re.compile(r"\s").search(text, at, limit)
    return space.end() if space else limit


def _word_end(text: str, at: int) -> int:
    """Return the end of the word that ``at`` falls into, within reason."""
    space = re.compile(r"\s").search(text, at, at + 40)
    return space.start() if space else min(at + 40, len(text))
