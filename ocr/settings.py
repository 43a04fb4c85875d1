"""What a site may say about reading."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcrSettings:
    """Which engine reads, in which language, and how much a page may cost."""

    engine: str = "auto"
    """``auto``: our line reader first, Tesseract for what it doubts, where both are here and the
    language is ``eng``; else Tesseract. ``reader`` and ``tesseract`` ask for one of these ways,
    ``tesserocr`` and ``pytesseract`` for a way to Tesseract, ``module:factory`` for an engine of
    the site's own."""
    language: str = "eng"
    """Tesseract's codes, joined by ``+``."""
    page_seconds: float = 120.0
    """A page that takes longer is given up."""
    memory_mb: int = 1024
    """What a reading worker may hold; whoever starts the worker sets this limit on it."""
