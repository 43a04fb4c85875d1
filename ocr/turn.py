"""What Tesseract's orientation detection (OSD) is worth as a `Turn`."""

from __future__ import annotations

from .engine import Turn

UNKNOWN = Turn(0, 0.0)
HALF_SURE = 2.0
"""The margin at which the confidence is one half."""


def turn_of_osd(degrees: int, margin: float) -> Turn:
    """Return the turn for OSD's ``degrees`` clockwise as found and its score ``margin``.

    The margin is a difference of log scores without an upper end; it is bent into 0..1.
    """
    if margin <= 0 or degrees % 90:
        return UNKNOWN
    return Turn(degrees % 360, margin / (margin + HALF_SURE))
