"""The true resolution of a page whose source does not say it, or says what cannot be."""

from __future__ import annotations

from .letters import x_height
from .model import Pixels, Step

_SIZES = ((8.5, 11.0), (8.27, 11.69), (8.5, 14.0))
"""Letter, A4, legal, in inches."""
_USUAL = (72, 75, 100, 120, 150, 200, 204, 240, 250, 300, 400, 500, 600)
_FIT = 0.015
_INK_INCHES = 0.088
"""Usual height of a letter's ink in ten- to twelve-point type."""
_SMALLEST_INK = 0.03
"""Inches; smaller letters mean that the figure is that of the film, not of the page on it."""
_BELIEVED = (50.0, 1300.0)
_LONGEST_SHORT_SIDE = 13.0
_FALLBACK_WIDTH = 8.5


def resolve_dpi(pixels: Pixels, dpi: tuple[float, float] | None, *, film: bool) -> tuple[int, Step]:
    """Return the resolution in dpi and the step that says where it comes from.

    ``value`` of the step is the resolution; it is not applied when the source's own is kept.
    """
    height, width = pixels.shape[:2]
    declared = max(dpi) if dpi else 0.0
    if _believable(pixels, declared):
        return round(declared), Step("dpi", False, 1.0, declared)
    fitted = None if film else _by_paper(width, height)
    if fitted is not None:
        return fitted, Step("dpi", True, 0.8, float(fitted), "fits a size of paper")
    ink = x_height(pixels)
    if ink is not None:
        found = _clipped(ink / _INK_INCHES)
        return found, Step("dpi", True, 0.5, float(found), "by the height of its letters")
    found = _clipped(min(width, height) / _FALLBACK_WIDTH)
    return found, Step("dpi", True, 0.2, float(found), "as if it were letter paper")


def _believable(pixels: Pixels, declared: float) -> bool:
    """Return whether paper of this resolution would be of a size that people write on."""
    if not _BELIEVED[0] <= declared <= _BELIEVED[1]:
        return False
    if min(pixels.shape[:2]) > _LONGEST_SHORT_SIDE * declared:
        return False
    if declared <= _USUAL[-1]:
        return True
    ink = x_height(pixels)
    return ink is None or ink >= _SMALLEST_INK * declared


def _by_paper(width: int, height: int) -> int | None:
    """Return the usual resolution at which the page is a usual size of paper."""
    short, long = sorted((width, height))
    fits = [
        (max(abs(short / dpi / across - 1), abs(long / dpi / down - 1)), dpi)
        for dpi in _USUAL
        for across, down in _SIZES
    ]
    error, dpi = min(fits)
    return dpi if error <= _FIT else None


def _clipped(dpi: float) -> int:
    return int(min(600, max(50, round(dpi / 10) * 10)))
