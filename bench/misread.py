"""Pages as a recogniser would have read them, at a rate of character errors, without images.

Indexing is measured on many thousands of pages; reading pictures of them would take days. The
errors come in bursts, as they do on worn paper, are mostly those that recognisers make, and the
confidence of a word says, as a calibrated one does, how likely it is to be right.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from capture.model import Box, FrameRef
from ocr.model import OcrPage, Word

from .sheet import Run, Sheet

_CONFUSED = {
    "0": "OO8Q", "1": "lI7|", "2": "Z7", "3": "8B", "4": "9A", "5": "S6", "6": "G8b", "7": "1T",
    "8": "B3", "9": "4g", "O": "0Q", "I": "1l", "S": "5", "B": "8", "E": "FB", "M": "N", "N": "M",
    "R": "K", "A": "4", "D": "O0", "G": "6C", "Z": "2", "T": "7", "e": "co", "c": "eo", "o": "0e",
    "l": "1I", "i": "l1", "n": "r", "h": "b", "a": "o", "t": "f", "u": "n", "/": "1l", ":": ".;",
    ".": ",", ",": ".", "-": "~",
}  # fmt: skip
_PAIRS = {"rn": "m", "m": "rn", "cl": "d", "d": "cl", "vv": "w", "w": "vv", "li": "h"}
_ANY = "abcdeghilmnorstuvx0135789.,'-"
_BURST = 0.7
"""Shape of the gamma distribution of errors over words: 1.0 would be evenly mixed noise."""
_SURE_THOUGH_WRONG = 0.12
"""Share of misread words that a recogniser is sure of."""


def misread(sheet: Sheet, frame: FrameRef, rate: float, rng: Random) -> OcrPage:
    """Return ``sheet`` as read with about ``rate`` wrong characters of each true one.

    What is written by hand is left out, as readers leave it out.
    """
    words = [_word(run, rate, rng) for run in sheet.runs if not run.handwritten]
    kept = [word for word in words if word is not None]
    return OcrPage(frame, f"misread {rate:g}", tuple(_torn(kept, rate, rng)))


def _word(run: Run, rate: float, rng: Random) -> Word | None:
    text = spoiled(run.text, rate, rng)
    if not text:
        return None
    confidence = word_confidence(text == run.text, rate, rng)
    return Word(text, run.box, round(confidence, 3), run.line, run.block)


def word_confidence(right: bool, rate: float, rng: Random) -> float:
    """Return what a recogniser that errs at ``rate`` says of a word that is right or wrong."""
    if right:
        return min(0.999, rng.betavariate(30, 1)) if rng.random() > rate else rng.uniform(0.5, 0.95)
    if rng.random() < _SURE_THOUGH_WRONG:
        return rng.uniform(0.85, 0.99)
    return rng.betavariate(2.5, 2.5)


def spoiled(text: str, rate: float, rng: Random) -> str:
    """Return a word or value with about ``rate`` wrong characters, in bursts."""
    if not rate:
        return text
    here = min(0.6, rate * rng.gammavariate(_BURST, 1 / _BURST))
    out: list[str] = []
    at = 0
    while at < len(text):
        if rng.random() >= here:
            out.append(text[at])
            at += 1
            continue
        read, taken = error_at(text, at, rng)
        out.append(read)
        at += taken
    return "".join(out)


def error_at(text: str, at: int, rng: Random) -> tuple[str, int]:
    """Return what is read instead of the character at ``at``, and how many it stands for."""
    kind, one = rng.random(), text[at]
    pair = text[at : at + 2]
    if kind < 0.12 and pair in _PAIRS:
        return _PAIRS[pair], 2
    if kind < 0.12 and one in _PAIRS:
        return _PAIRS[one], 1
    if kind < 0.65 and one in _CONFUSED:
        return rng.choice(_CONFUSED[one]), 1
    if kind < 0.82:
        return "", 1
    if kind < 0.9:
        return one + rng.choice(_ANY), 1
    return rng.choice(_ANY), 1


def _torn(words: list[Word], rate: float, rng: Random) -> list[Word]:
    """Tear some words in two and join some neighbours."""
    out: list[Word] = []
    for word in words:
        if out and rng.random() < rate / 4 and _touch(out[-1], word):
            out[-1] = _joined(out[-1], word)
        elif len(word.text) > 5 and rng.random() < rate / 4:
            out.extend(_halves(word, rng))
        else:
            out.append(word)
    return out


def _touch(one: Word, two: Word) -> bool:
    gap = two.box.x - one.box.right
    return one.line == two.line and one.block == two.block and 0 <= gap < 1.2 * one.box.height


def _joined(one: Word, two: Word) -> Word:
    confidence = min(one.confidence, two.confidence) * 0.7
    return replace(
        one, text=one.text + two.text, box=one.box | two.box, confidence=round(confidence, 3)
    )


def _halves(word: Word, rng: Random) -> tuple[Word, Word]:
    at = rng.randrange(2, len(word.text) - 1)
    step = word.box.width / len(word.text)
    middle = round(word.box.x + at * step)
    gap = max(2, round(0.4 * step))
    left = Box(word.box.x, word.box.y, max(1, middle - word.box.x - gap), word.box.height)
    right = Box(middle, word.box.y, max(1, word.box.right - middle), word.box.height)
    confidence = round(0.8 * word.confidence, 3)
    return (
        replace(word, text=word.text[:at], box=left, confidence=confidence),
        replace(word, text=word.text[at:], box=right, confidence=confidence),
    )
