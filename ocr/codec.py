"""An `OcrPage` as bytes to keep, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from capture.errors import CustodyError
from capture.model import Box, FrameRef

from .model import OcrPage, Quality, RuledLine, Verdict, Word

NO_READING = "the bytes kept for a reading are not one: read the page again"
FORM = 2
"""Raised when what is written changes; older forms stay readable."""


def dump(page: OcrPage) -> bytes:
    """Return ``page`` without its frame as deflated JSON; the same page gives the same bytes."""
    words = [
        [word.text, *word.box.as_list(), word.confidence, word.line, word.block]
        for word in page.words
    ]
    kept = {
        "form": FORM,
        "engine": page.engine,
        "words": words,
        "hand": [box.as_list() for box in page.handwriting],
        "mostly_hand": page.mostly_handwritten,
        "unread": page.unread,
        "ruled": [[*line.box.as_list(), line.ink] for line in page.ruled],
        "quality": quality_row(page.quality) if page.quality else None,
    }
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode("ascii"), level=6)


def load(content: bytes, frame: FrameRef) -> OcrPage:
    """Return the page that `dump` made ``content`` of; CustodyError when it is none."""
    try:
        kept = json.loads(zlib.decompress(content))
        if not 1 <= kept["form"] <= FORM:
            raise CustodyError(f"a reading is kept in form {kept['form']}: use a newer chartroom")
        words = tuple(_word(*word) for word in kept["words"])
        seen = _seen(kept) if kept["form"] > 1 else {}
        return OcrPage(frame, str(kept["engine"]), words, **seen)
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise CustodyError(NO_READING) from error


class PlacedWord(NamedTuple):
    """A word with its box in pixels of the page image, and nothing else that is known of it."""

    text: str
    x: int
    y: int
    width: int
    height: int


def load_places(content: bytes) -> list[PlacedWord]:
    """Return the words of the page that `dump` made ``content`` of, in reading order.

    In a third of the time of `load`, for who shows many pages; CustodyError as there.
    """
    try:
        rows = json.loads(zlib.decompress(content))["words"]
        return [PlacedWord(*row[:5]) for row in rows]
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise CustodyError(NO_READING) from error


def _word(
    text: str, x: int, y: int, width: int, height: int, confidence: float, line: int, block: int
) -> Word:
    return Word(text, Box(x, y, width, height), confidence, line, block)


def _seen(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what form 2 added: what was seen on the page beside its words."""
    return {
        "handwriting": tuple(Box(*box) for box in kept["hand"]),
        "mostly_handwritten": bool(kept["mostly_hand"]),
        "unread": int(kept["unread"]),
        "ruled": tuple(RuledLine(Box(*line[:4]), line[4]) for line in kept["ruled"]),
        "quality": quality_of(kept["quality"]) if kept["quality"] else None,
    }


def quality_row(quality: Quality) -> dict[str, Any]:
    """Return a quality as it is written."""
    return asdict(quality)


def quality_of(row: Mapping[str, Any]) -> Quality:
    """Return the quality that ``quality_row`` wrote."""
    return Quality(**{**row, "verdict": Verdict(row["verdict"])})
