"""Letters that recognisers read for digits, and how sure the digit is."""

from __future__ import annotations

DIGITS = str.maketrans("OoQD@lI|!iSsZzBGbAgqT", "000001111155228664997")
"""The digit that each letter looks most like."""
ALSO = {"B": "3", "I": "7", "l": "7", "Z": "7", "z": "7", "b": "8", "Q": "8"}
"""What a letter is read for when it is not for the digit it looks most like."""
_SURE, _UNSURE = 0.85, 0.7


def left_of(letter: str) -> float:
    """Return what is left of the confidence: less for a letter that two digits are read as."""
    if letter.isdigit():
        return 1.0
    return _UNSURE if letter in ALSO else _SURE
