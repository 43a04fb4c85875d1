"""Confidence that means how often such a word is right: of words at 0.9, nine in ten.

What the engine gives ranks words and is no chance: most words that Tesseract gives 0.7 are
right on a clean page and wrong on a spoiled one, and a number is misread more often than a word
of the same confidence. A logistic model (Platt 1999) for words, for numbers and for mere signs
each weighs the confidence of the word, in steps that never fall as it rises, that of its line
and page, and how the word looks. ``python -m bench.calibration --fit`` makes the weights
(`calibration.toml`) from generated pages and leaves others for the figures.
Useful for words that Tesseract read; those of a PDF's own text were never in doubt.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from .model import OcrPage, Word, mean_confidence
from .plausibility import surprise
from .ticks import SIGNS

TESSERACT = Path(__file__).with_name("calibration.toml")
READER = Path(__file__).with_name("reader_calibration.toml")
"""The weights for each engine."""
STEPS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 1.0)
"""Raw confidences between which the curve is straight (in log odds)."""
FEATURES = (
    "page",
    "line",
    "length",
    "told",
    "surprise",
    "odd_signs",
    "pitch",
    "height",
    "alone",
    "mixed",
    "capitals",
)
"""What is weighed beside a word's own confidence, in the order of `Features.others`."""
RISING = frozenset({"page", "line"})
"""Those whose weight may not be negative: a surer word makes no other less sure, nor itself."""
_FITTED_ON = {"tesseract ": TESSERACT, "line reader ": READER}
"""Weights by what the name of an engine begins with."""
_DRAWN = frozenset(SIGNS.values())
_PLAIN = frozenset(".,;:!?()'\"-/&#%$+*@")
_LONGEST = 16
_FARTHEST = 2.0
"""Doublings of height or pitch beyond which a word is no odder."""


class Kind(StrEnum):
    """What sort of word it is; each has its own curve."""

    WORD = "word"
    NUMBER = "number"
    """Holds a digit: record numbers, dates, doses."""
    SIGNS = "signs"
    """Neither letter nor digit."""


@dataclass(frozen=True, slots=True)
class Features:
    """One word as the model sees it."""

    kind: Kind
    rises: tuple[float, ...]
    """How far each step of `STEPS` was climbed, 0.0 to 1.0."""
    others: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The weights of one kind of word."""

    base: float
    rises: tuple[float, ...]
    others: tuple[float, ...]

    def chance(self, word: Features) -> float:
        """Return how likely a word is right."""
        climbed = sum(map(float.__mul__, self.rises, word.rises))
        odds = self.base + climbed + sum(map(float.__mul__, self.others, word.others))
        return 1 / (1 + math.exp(-min(30.0, max(-30.0, odds))))


def calibrated_page(read: OcrPage) -> OcrPage:
    """Return ``read`` with calibrated words; as it is when an engine read it that has no weights.

    Call it once (`assessed` does): handwriting and the choice between readings go by the raw
    confidence.
    """
    for name, weights in _FITTED_ON.items():
        if read.engine.startswith(name):
            return replace(read, words=calibrated(read.words, weights))
    return read


def calibrated(words: tuple[Word, ...], weights: Path = TESSERACT) -> tuple[Word, ...]:
    """Return all the words of one page with the chance of each to be right as its confidence.

    ``words`` carry the raw confidence of the engine that ``weights`` are for. A tick box keeps
    that of its drawn square.
    """
    curves = shipped(weights)
    read = [word for word in words if word.text not in _DRAWN]
    features = iter(features_of(read))
    return tuple(
        word if word.text in _DRAWN else _believed(word, curves, next(features)) for word in words
    )


def _believed(word: Word, curves: Mapping[Kind, Curve], features: Features) -> Word:
    return replace(word, confidence=round(curves[features.kind].chance(features), 4))


def features_of(words: Sequence[Word]) -> list[Features]:
    """Return what the model sees of each word of one page."""
    if not words:
        return []
    page = mean_confidence(words)
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    looks = {number: _line(line) for number, line in lines.items()}
    return [_features(word, page, looks[word.line]) for word in words]


@lru_cache(maxsize=2)
def shipped(weights: Path = TESSERACT) -> dict[Kind, Curve]:
    """Return the weights that chartroom comes with for an engine."""
    told = tomllib.loads(weights.read_text(encoding="utf-8"))
    return {kind: _curve(told[kind]) for kind in Kind}


def kind_of(text: str) -> Kind:
    """Return what sort of word ``text`` is."""
    if any(sign.isdigit() for sign in text):
        return Kind.NUMBER
    return Kind.WORD if any(sign.isalpha() for sign in text) else Kind.SIGNS


def _curve(told: dict[str, Any]) -> Curve:
    return Curve(told["base"], tuple(told["rises"]), tuple(told[name] for name in FEATURES))


@dataclass(frozen=True, slots=True)
class _Line:
    """What the words of a line have in common."""

    words: int
    confidence: float
    height: float
    pitch: float


def _line(words: Sequence[Word]) -> _Line:
    height = median(word.box.height for word in words)
    pitch = median(word.box.width / len(word.text) for word in words)
    return _Line(len(words), mean_confidence(words), max(1.0, height), max(1.0, pitch))


def _features(word: Word, page: float, line: _Line) -> Features:
    text = word.text
    bits = surprise(text)
    letters = sum(sign.isalpha() for sign in text)
    pitch = word.box.width / len(text)
    others = (
        page,
        line.confidence,
        math.log2(min(len(text), _LONGEST)),
        float(bits is not None),
        bits or 0.0,
        sum(not sign.isalnum() and sign not in _PLAIN for sign in text) / len(text),
        _doublings(pitch / line.pitch),
        _doublings(word.box.height / line.height),
        float(line.words == 1),
        float(0 < letters < sum(map(str.isalnum, text))),
        float(letters > 0 and text.isupper()),
    )
    return Features(kind_of(text), _rises(word.confidence), others)


def _rises(confidence: float) -> tuple[float, ...]:
    return tuple(
        min(1.0, max(0.0, (confidence - low) / (high - low))) for low, high in pairwise(STEPS)
    )


def _doublings(ratio: float) -> float:
    return min(_FARTHEST, abs(math.log2(max(ratio, 0.01))))
