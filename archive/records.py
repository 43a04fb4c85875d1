"""What becomes of a frame, as values: workers make them, the catalogue keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from capture.model import Barcode, Box, Digest, FrameState, PageImage, Polarity, Step
from indexer.model import PageIndex
from ocr.model import OcrPage


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page image as the catalogue knows it: everything but its pixels."""

    found: FrameState
    reason: str
    image: Digest | None
    """Name of the encoded page image in the vault."""
    box: Box
    width: int
    height: int
    dpi: int
    film: bool
    polarity: Polarity
    rotation: int
    rotation_confidence: float
    skew: float
    skew_confidence: float
    steps: tuple[Step, ...]
    barcodes: tuple[Barcode, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read on a page, and what that says."""

    ocr: OcrPage
    index: PageIndex


def record_of(page: PageImage, image: Digest | None) -> PageRecord:
    """Return what the catalogue keeps of ``page``."""
    return PageRecord(
        found=page.state,
        reason=page.reason,
        image=image,
        box=page.box,
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        film=page.film,
        polarity=page.polarity,
        rotation=page.rotation,
        rotation_confidence=page.rotation_confidence,
        skew=page.skew,
        skew_confidence=page.skew_confidence,
        steps=page.steps,
        barcodes=page.barcodes,
    )
