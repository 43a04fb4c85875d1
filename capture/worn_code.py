"""A code that no reader sees at once, read from the mean of many lines across its bars.

The bars of a code are the same all along their length. The mean over a strip of it, taken along
their slant, is free of specks, scratches and the steps of a coarse scan, and has finer tones than
any line of it, so that bars which a copier let grow are told apart at other tones than the middle
one. What is read must be read so from different strips: Code 39 has no check of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from .code_places import CodePlace
from .model import Barcode, Box, Pixels
from .scale import grey

_FORMATS = (zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128)
_BANDS = 16
_STRIPS = (slice(2, 14), slice(2, 6), slice(6, 10), slice(10, 14))
"""Bands whose mean is read; the outermost may lie beside the code."""
_WAYS = ((0.5, 0.0), (0.5, 1.5), (0.35, 0.0), (0.65, 0.0), (0.35, 1.5), (0.65, 1.5), (0.2, 0.0))
"""Tone between the lightest and darkest nearby at which bars begin, and sharpening before."""
_SPREAD = 1.5
"""Pixels that an edge is blurred over."""
_NEARBY = 41
"""Pixels along the code over which tones are compared."""
_FINER = 6
"""Places to a pixel at which bars may begin and end."""
_QUIET = 0.016
"""Of the longer side of the page: what is taken on beside a place, empty by its printer's rules."""
_STEEPEST, _SLOPES = 0.14, (0.01, 0.002, 0.0005)
_FEWEST = 28
"""Bars that a line shows where it crosses a code; the shortest of ours has 36."""
_SURELY = (0.4, 0.6)
"""Of the tones of a line, what is dark and what is light beyond doubt."""
_ALIKE = 0.45
"""Change from pixel to pixel that is left in the mean over all bands, at least."""
_FLAT = 0.25
_AGREEING = 2
_MARGIN = 4
"""How many times as often as anything else a text must be read."""

Floats = NDArray[np.float32]


def bars_at(pixels: Pixels, place: CodePlace) -> Floats | None:
    """Return bands of tones across the bars at ``place``, upright; None where there are none."""
    region = _lying_level(grey(pixels), place)
    if region.shape[0] < 2 * _BANDS:
        return None
    bands = _banded(region)
    if _bars_across(bands[_BANDS // 2]) < _FEWEST:
        return None
    bands = _sheared(bands, _lean(bands, region.shape[0] / _BANDS))
    return bands if _are_bars(bands) else None


def read_bars(bands: Floats, box: Box) -> Barcode | None:
    """Return the linear code whose bars are in ``box``, when its strips agree on what it says."""
    read: Counter[tuple[str, str]] = Counter()
    for way in _WAYS:
        for strip in _STRIPS:
            read.update(_decoded(_black_and_white(bands[strip].mean(axis=0), *way)))
        if (told := _agreed(read)) is not None:
            return Barcode(*told, box)
    return None


def _agreed(read: Counter[tuple[str, str]]) -> tuple[str, str] | None:
    most = read.most_common(2)
    if not most or most[0][1] < _AGREEING:
        return None
    rival = most[1][1] if len(most) > 1 else 0
    return most[0][0] if most[0][1] >= _MARGIN * rival else None


def _lying_level(tones: Pixels, place: CodePlace) -> Pixels:
    """Return the place with the quiet beside its bars, its bars upright."""
    box, beside = place.box, round(_QUIET * max(tones.shape))
    if place.kind == "level":
        return tones[box.y : box.bottom, max(0, box.x - beside) : box.right + beside]
    cut = tones[max(0, box.y - beside) : box.bottom + beside, box.x : box.right]
    return np.rot90(cut)


def _banded(region: Pixels) -> Floats:
    """Return the mean of each of ``_BANDS`` bands across the bars."""
    rows = region.shape[0] // _BANDS * _BANDS
    bands = region[:rows].reshape(_BANDS, -1, region.shape[1])
    return np.asarray(bands.mean(axis=1), dtype=np.float32)


def _bars_across(tones: Floats) -> int:
    """Return how often a line of tones goes from surely dark to surely light."""
    dark, light = np.percentile(tones, (5, 95))
    below, above = (dark + (light - dark) * part for part in _SURELY)
    sure = np.select([tones < below, tones > above], [-1, 1], 0)
    return int(np.count_nonzero(np.diff(sure[sure != 0]) > 0))


def _lean(bands: Floats, band_height: float) -> float:
    """Return how many pixels the bars lean from band to band: where their mean is sharpest."""
    best = 0.0
    reach = _STEEPEST * band_height
    for slope in _SLOPES:
        step = slope * band_height
        best = max(np.arange(best - reach, best + reach + step / 2, step), key=_sharpness_of(bands))
        reach = step
    return float(best)


def _sharpness_of(bands: Floats) -> Callable[[float], float]:
    return lambda lean: float(np.diff(_sheared(bands, lean).mean(axis=0)).std())


def _sheared(bands: Floats, lean: float) -> Floats:
    """Return the bands moved so that bars that lean stand upright."""
    columns = np.arange(bands.shape[1], dtype=np.float32)
    moves = (np.arange(_BANDS) - (_BANDS - 1) / 2) * lean
    moved = zip(bands, moves, strict=True)
    return np.stack(
        [np.interp(columns + move, columns, band) for band, move in moved], dtype=np.float32
    )


def _are_bars(bands: Floats) -> bool:
    """Return whether the bands show the same: letters cancel out in their mean, bars do not."""
    inner = bands[_STRIPS[0]]
    single = float(np.abs(np.diff(inner, axis=1)).mean())
    return float(np.abs(np.diff(inner.mean(axis=0))).mean()) >= _ALIKE * single > 0


def _black_and_white(profile: Floats, between: float, sharpen: float) -> Pixels:
    """Return the tones along a code, finer, as 0 for bars and 255."""
    fine = cv2.resize(profile[None], (len(profile) * _FINER, 1), interpolation=cv2.INTER_CUBIC)
    if sharpen:
        fine = fine + sharpen * (fine - cv2.GaussianBlur(fine, (0, 0), _SPREAD * _FINER))
    nearby = np.ones((1, _NEARBY * _FINER | 1), np.uint8)
    dark = cv2.blur(cv2.erode(fine, nearby), nearby.shape[::-1])
    light = cv2.blur(cv2.dilate(fine, nearby), nearby.shape[::-1])
    least = _FLAT * (np.percentile(fine, 98) - np.percentile(fine, 2))
    bars = (fine < dark + (light - dark) * between) & (light - dark >= least)
    return np.where(bars, np.uint8(0), np.uint8(255))


def _decoded(line: Pixels) -> Iterator[tuple[str, str]]:
    quiet = 40 * _FINER
    picture = np.repeat(np.pad(line, ((0, 0), (quiet, quiet)), constant_values=255), 20, axis=0)
    found = zxingcpp.read_barcodes(
        picture,
        formats=_FORMATS,  # type: ignore[arg-type,unused-ignore]  # stubs of zxing-cpp 2
        binarizer=zxingcpp.Binarizer.FixedThreshold,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return ((str(code.format.name), code.text) for code in found if code.text)
