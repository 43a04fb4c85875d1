"""A square code that no reader sees at once, read with thin lines through it closed."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import zxingcpp

from .model import Barcode, Box, Pixels
from .scale import grey

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")
_MARGIN = 0.25
"""Of the side of the place: its own quiet, and what the blocks that found it left out."""
_LINES = (3, 5)
"""Pixels across the widest line that is closed: one of a fax, and one of its coarse lines."""
_BINARIZERS = (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram)


def read_mended(pixels: Pixels, box: Box) -> tuple[Barcode, ...]:
    """Return the QR code at ``box``; its own correction keeps it from being read wrongly."""
    margin = round(_MARGIN * max(box.width, box.height))
    top, left = max(0, box.y - margin), max(0, box.x - margin)
    place = grey(pixels)[top : box.bottom + margin, left : box.right + margin]
    for tones in _mended(place):
        for binarizer in _BINARIZERS:
            found = zxingcpp.read_barcodes(
                tones, formats=_FORMATS, binarizer=binarizer, try_invert=False
            )
            if found and found[0].text:
                return (Barcode(str(found[0].format.name), found[0].text, box),)
    return ()


def _mended(place: Pixels) -> Iterator[Pixels]:
    """Yield the place as it is and larger, then without thin light or dark lines."""
    yield place
    yield _pixels(cv2.resize(place, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    for wide in _LINES:
        yield _pixels(cv2.medianBlur(place, wide))
        for line in (np.ones((wide, 1), np.uint8), np.ones((1, wide), np.uint8)):
            # Opening light closes what is dark, and the other way round.
            yield _pixels(cv2.morphologyEx(place, cv2.MORPH_OPEN, line))
            yield _pixels(cv2.morphologyEx(place, cv2.MORPH_CLOSE, line))


def _pixels(tones: cv2.typing.MatLike) -> Pixels:
    return np.asarray(tones, dtype=np.uint8)
