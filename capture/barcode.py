"""Barcodes on a page, and what a separator sheet says in one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from types import MappingProxyType

import zxingcpp

from .model import Barcode, Box, Pixels
from .scale import grey

SEPARATOR_MARK = "CHARTROOM"
LINEAR = frozenset({"Code39", "Code39Std", "Code39Ext", "Code128"})
"""Symbologies that may be read wrongly: Code 39 has no check, Code 128 one of 103."""
_FORMATS = (
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.QRCode,
)
_KEYS = ("batch", "type", "mrn")
_CHECK = "c"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SAME_PLACE = 0.5
_SMALLEST = 16
_SAMPLED = 16
_FIXED, _LOCAL = zxingcpp.Binarizer.FixedThreshold, zxingcpp.Binarizer.LocalAverage


def read_barcodes(pixels: Pixels, *, bitonal: bool = False) -> tuple[Barcode, ...]:
    """Return the Code 39, Code 128 and QR codes of a page, in any quarter turn, top to bottom.

    ``bitonal`` pixels are 0 and 255 only, which spares finding a threshold for every place.
    """
    if min(pixels.shape[:2]) < _SMALLEST:
        return ()
    tones = grey(pixels)
    found = zxingcpp.read_barcodes(
        tones,
        # The stubs of zxing-cpp 2 know only the older way to join formats, which now warns.
        formats=_FORMATS,  # type: ignore[arg-type,unused-ignore]
        try_invert=_mostly_dark(tones),
        binarizer=_FIXED if bitonal else _LOCAL,
    )
    read = [
        Barcode(str(code.format.name), code.text, _box(code.position))
        for code in found
        if code.text
    ]
    return tuple(sorted(read, key=lambda code: (code.box.y, code.box.x)))


def _mostly_dark(tones: Pixels) -> bool:
    """Return whether light codes on dark are to be looked for: a negative that was not known."""
    return float(tones[::_SAMPLED, ::_SAMPLED].mean()) < 128


def _box(position: zxingcpp.Position) -> Box:
    corners = (
        position.top_left, position.top_right, position.bottom_right, position.bottom_left
    )  # fmt: skip
    left, top = min(corner.x for corner in corners), min(corner.y for corner in corners)
    right, bottom = max(corner.x for corner in corners), max(corner.y for corner in corners)
    return Box(max(0, left), max(0, top), right - max(0, left) + 1, bottom - max(0, top) + 1)


def is_separator(barcodes: Iterable[Barcode]) -> bool:
    """Return whether one of these was printed by us to part documents; a foreign one never is."""
    return any(code.text.split("|")[0] == SEPARATOR_MARK for code in barcodes)


def separator_fields(barcodes: Iterable[Barcode]) -> MappingProxyType[str, str]:
    """Return ``batch``, ``type`` and ``mrn`` as far as a separator sheet tells them.

    The payload is ``CHARTROOM|key=value|key=value``, at best with its check (`with_check`) at
    the end. Two codes that contradict each other about a key tell nothing of it. A code whose
    check fails tells nothing at all, nor does one without a check that was read in two ways.
    """
    told: dict[str, set[str]] = {}
    sound = [(code, pairs) for code in barcodes if (pairs := _pairs(code))]
    for code, pairs in sound:
        doubted = any(_contradicts(code, other) for other, _ in sound)
        for key, value in pairs if _is_checked(code) or not doubted else ():
            if key in _KEYS and value:
                told.setdefault(key, set()).add(value)
    return MappingProxyType({key: min(found) for key, found in told.items() if len(found) == 1})


def with_check(payload: str) -> str:
    """Return the payload of a separator with a check at its end, which Code 39 has none of."""
    return f"{payload}|{_CHECK}={_check_of(payload)}"


def _pairs(code: Barcode) -> list[tuple[str, str]]:
    """Return the keys, in lower case, and values of a code of ours that can be relied on."""
    mark, *parts = code.text.split("|")
    pairs = [(key.lower(), value) for key, _, value in (part.partition("=") for part in parts)]
    if mark != SEPARATOR_MARK:
        return []
    if _is_checked(code):
        body = code.text.rpartition("|")[0]
        return pairs[:-1] if pairs[-1][1].upper() == _check_of(body) else []
    plain = all(key in _KEYS and "=" not in value for key, value in pairs)
    # What was misread may be the key of the check, or the stroke before it.
    return [] if code.symbology in LINEAR and not plain else pairs


def _is_checked(code: Barcode) -> bool:
    return code.text.rpartition("|")[2].lower().startswith(f"{_CHECK}=")


def _contradicts(code: Barcode, other: Barcode) -> bool:
    return code.text != other.text and code.box.overlap(other.box) > _SAME_PLACE


def _check_of(payload: str) -> str:
    """Return two digits to the base of 36: one wrong reading in 1,296 has the same."""
    tens, ones = divmod(zlib.crc32(payload.encode()) % len(_DIGITS) ** 2, len(_DIGITS))
    return _DIGITS[tens] + _DIGITS[ones]
