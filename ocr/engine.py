"""What an OCR engine must do for us; every engine passes one conformance suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from capture.model import PageImage

from .model import OcrPage


@dataclass(frozen=True, slots=True)
class Turn:
    """How a page image lies: the clockwise turn as found, to be undone."""

    rotation: int
    """0, 90, 180 or 270."""
    confidence: float


class OcrEngine(Protocol):
    """Reads page images. One instance belongs to one worker and is not shared."""

    @property
    def name(self) -> str:
        """Name and version, part of the key of the work it does."""
        ...

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of ``page`` in its own pixels; ToolError when the engine fails."""
        ...

    def orientation(self, page: PageImage) -> Turn:
        """Return how ``page`` lies by its letters; confidence 0.0 when they do not tell."""
        ...

    def close(self) -> None:
        """Let go of memory and processes."""
        ...
