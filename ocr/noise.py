"""What an engine read where nothing is written: traces of an ECG, pictures, rules, dirt.

Left out of the text, for it hides what is there, and counted as unread. A line goes only when
none of its words has a fair chance to be right; the page image shows all of it as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .model import OcrPage, Word, mean_confidence

HOPELESS = 0.1
"""Mean chance of the letters of a line under which it is noise ..."""
FAIR = 0.3
"""... unless one of its words is this likely right; signs alone are noise below it anywhere."""


def without_noise(read: OcrPage) -> OcrPage:
    """Return ``read``, whose confidences are chances, without lines and signs that are noise."""
    kept = tuple(word for line in read.lines if not _is_noise(line) for word in line if _says(word))
    if len(kept) == len(read.words):
        return read
    return replace(read, words=kept, unread=read.unread + len(read.words) - len(kept))


def _is_noise(line: Sequence[Word]) -> bool:
    return mean_confidence(line) < HOPELESS and max(word.confidence for word in line) < FAIR


def _says(word: Word) -> bool:
    return word.confidence >= FAIR or any(letter.isalnum() for letter in word.text)
