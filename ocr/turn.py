"""What Tesseract's orientation detection (OSD) is worth as a `Turn`."""

from __future__ import annotations

import math

from .engine import Turn

UNKNOWN = Turn(0, 0.0)
WRONG_BY_CHANCE, FADES = 0.75, 0.5
"""How often OSD errs at a margin of nought, and how fast that fades as the margin grows.

On 456 turned pages and parts of pages of print, 14 got no answer, 42 of 59 were right under a
margin of 1.5, all 383 above. Fields of pure noise reach 2.8, so the curve is kept below that.
"""


def turn_of_osd(degrees: int, margin: float) -> Turn:
    """Return the turn for OSD's ``degrees`` clockwise as found and its score ``margin``.

    The confidence is how often, at the least, a turn of such a margin is right.
    """
    if margin <= 0 or degrees % 90:
        return UNKNOWN
    return Turn(degrees % 360, 1 - WRONG_BY_CHANCE * math.exp(-FADES * margin))
