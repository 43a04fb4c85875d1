"""What Tesseract's orientation detection (OSD) is worth as a `Turn`."""

from __future__ import annotations

import math

from .engine import Turn

UNKNOWN = Turn(0, 0.0)
WRONG_AT_NOUGHT, FADES = 0.6, 0.8
"""How often OSD errs at a margin of nought, and how fast that fades as the margin grows.

Measured on 456 turned pages and parts of pages: 14 got no answer, 42 of 59 were right under a
margin of 1.5, all 383 above.
"""


def turn_of_osd(degrees: int, margin: float) -> Turn:
    """Return the turn for OSD's ``degrees`` clockwise as found and its score ``margin``.

    The confidence is how often, at such a margin, the turn is right.
    """
    if margin <= 0 or degrees % 90:
        return UNKNOWN
    return Turn(degrees % 360, 1 - WRONG_AT_NOUGHT * math.exp(-FADES * margin))
