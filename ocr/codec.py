"""An `OcrPage` as bytes to keep, and back."""

from __future__ import annotations

import json
import zlib

from capture.errors import CustodyError
from capture.model import Box, FrameRef

from .model import OcrPage, Word

FORM = 1
"""Raised when what is written changes; older forms stay readable."""


def dump(page: OcrPage) -> bytes:
    """Return ``page`` without its frame as deflated JSON; the same page gives the same bytes."""
    words = [
        [word.text, *word.box.as_list(), word.confidence, word.line, word.block]
        for word in page.words
    ]
    kept = {"form": FORM, "engine": page.engine, "words": words}
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode("ascii"), level=6)


def load(content: bytes, frame: FrameRef) -> OcrPage:
    """Return the page that `dump` made ``content`` of; CustodyError when it is none."""
    try:
        kept = json.loads(zlib.decompress(content))
        if kept["form"] != FORM:
            raise CustodyError(f"a reading is kept in form {kept['form']}: use a newer chartroom")
        words = tuple(_word(*word) for word in kept["words"])
        return OcrPage(frame, str(kept["engine"]), words)
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise CustodyError(
            "the bytes kept for a reading are not one: read the page again"
        ) from error


def _word(
    text: str, x: int, y: int, width: int, height: int, confidence: float, line: int, block: int
) -> Word:
    return Word(text, Box(x, y, width, height), confidence, line, block)
