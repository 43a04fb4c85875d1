"""Black and white from grey, in the ways that `bench.binarize` compares; pages are read in grey.

Otsu (1979) for the whole page; Sauvola and Pietikäinen (2000), Wolf, Jolion and Chassaing (2002)
and NICK of Khurshid, Siddiqi, Faure and Vincent (2009) by mean and deviation in a window, which is
measured in letters, for that is what must lie in it with paper around.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.ink import ink_mask
from capture.model import Pixels

_WINDOW = 1.5
"""Letter heights."""
_SAUVOLA, _WOLF, _NICK = 0.3, 0.6, -0.2
"""Found on DIBCO 2009; with half or twice the window F falls by 0.01 to 0.02."""
_DEVIATION = 128.0
"""The largest there can be, half the range of the tones."""

Floats = NDArray[np.float32]


def otsu(pixels: Pixels) -> Pixels:
    """Return 0 for ink and 255 for paper by one threshold for all of grey ``pixels``."""
    _, made = cv2.threshold(pixels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(made, dtype=np.uint8)


def divided(pixels: Pixels) -> Pixels:
    """Return 0 for ink and 255 for paper by one threshold once the paper is evened."""
    return np.asarray(cv2.bitwise_not(ink_mask(pixels)), dtype=np.uint8)


def sauvola(pixels: Pixels, letter: float, k: float = _SAUVOLA) -> Pixels:
    """Return 0 for ink and 255 for paper; letters are ``letter`` pixels high."""
    mean, deviation = _local(pixels, letter)
    return _below(pixels, mean * (1 + k * (deviation / _DEVIATION - 1)))


def wolf(pixels: Pixels, letter: float, k: float = _WOLF) -> Pixels:
    """Return 0 for ink and 255 for paper, also where the page is pale or dark all over."""
    mean, deviation = _local(pixels, letter)
    darkest, widest = float(pixels.min()), float(deviation.max())
    if widest < 1:  # nothing is written: all of it would be as dark as the darkest
        return np.full_like(pixels, 255)
    return _below(pixels, mean - k * (1 - deviation / widest) * (mean - darkest))


def nick(pixels: Pixels, letter: float, k: float = _NICK) -> Pixels:
    """Return 0 for ink and 255 for paper; pale pages keep more than with `sauvola`."""
    mean, deviation = _local(pixels, letter)
    return _below(pixels, mean + k * np.sqrt(deviation**2 + mean**2))


def _local(pixels: Pixels, letter: float) -> tuple[Floats, Floats]:
    """Return mean and standard deviation around each pixel."""
    span = max(3, round(_WINDOW * letter)) | 1
    mean = cv2.boxFilter(pixels, cv2.CV_32F, (span, span), borderType=cv2.BORDER_REPLICATE)
    square = cv2.sqrBoxFilter(pixels, cv2.CV_32F, (span, span), borderType=cv2.BORDER_REPLICATE)
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    return np.asarray(mean, np.float32), np.asarray(spread, np.float32)


def _below(pixels: Pixels, threshold: Floats) -> Pixels:
    return np.where(pixels <= threshold, np.uint8(0), np.uint8(255))
