"""Whether a page carries writing: ink that looks like it, however little.

A page with one short faint line or a page number is not blank, nor is a photograph. Punch
holes, staples, borders, specks and what shows through from the other side are no writing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks, evened, looked_at, marks_of
from .model import Pixels, Step

_LOOK_DPI = 150
_INK_TONE, _SURE_TONE = 220, 195
_EDGE = 0.12  # inch
_SMALLEST, _LARGEST = 0.05, 1.2  # inch, the taller side
_SHORT_STROKE = 0.035  # inch, the thinner side of letters that are more than a bar
_WIDEST = 5.0  # inch: a signature or a line of joined script
_SOLID_HOLE = 0.11  # inch: no pen or print at reading size is this thick
_SHARP = 0.45
_DARK = 90.0
"""Tones; what shows through never is this dark, so writing this dark counts however blurred."""
_FAINT, _GRAIN = 8.0, 3.0
"""Tones below the paper, and times the grain, from which a softened page may have faint ink."""
_OF_GRAIN = 3.0
"""Median of the absolute Laplacian of grain whose standard deviation is 1."""
_FAINT_MARKS = 30
_FAINT_SHARP = 0.77
"""Edge to depth, at the median: pale print lies above 0.85, print that shows through below 0.7."""
_WIRE = 0.25  # inch, the least length of a staple
_FEW = 6
"""Marks; only as many are looked at for staples, for a page of more is not blank anyway."""
_PICTURE = 20.0


def weigh_blank(pixels: Pixels, dpi: int) -> tuple[bool, Step]:
    """Return whether a page is blank, and the step; ``value`` counts marks like writing."""
    length = max(32, round(max(pixels.shape[:2]) * min(1.0, _LOOK_DPI / dpi)))
    small, factor = looked_at(pixels, length)
    writing = int(_writing(small, dpi * factor).sum())
    if writing:
        return False, Step("blank", False, min(1.0, 0.5 + writing / 20), float(writing))
    faint = _faint_letters(small, dpi * factor)
    if faint:
        return False, Step("blank", False, 0.5, float(faint), "marks like very pale writing")
    depth = _picture_depth(small)
    if depth > _PICTURE:
        return False, Step("blank", False, 0.5, depth, "no writing, but it looks like a picture")
    return True, Step("blank", True, 0.9, 0.0, "no mark looks like writing")


def _picture_depth(small: Pixels) -> float:
    """Return how much the tones of a page vary at large, its margin left off."""
    top, left = (side // 12 for side in small.shape)
    middle = small[top : small.shape[0] - top, left : small.shape[1] - left]
    size = (max(1, middle.shape[1] // 16), max(1, middle.shape[0] // 16))
    return float(cv2.resize(middle, size, interpolation=cv2.INTER_AREA).std())


def _writing(small: Pixels, per_inch: float) -> Flags:
    """Return which marks of a grey page look like writing."""
    even = evened(small)
    _, mask = cv2.threshold(even, _INK_TONE - 1, 255, cv2.THRESH_BINARY_INV)
    marks = marks_of(np.asarray(mask, dtype=np.uint8))
    if not len(marks.area):
        return np.zeros(0, dtype=np.bool_)
    found = _like_writing(marks, small.shape, per_inch)
    found &= _inky(even, marks)
    if int(found.sum()) <= _FEW:
        found[[at for at in np.flatnonzero(found) if _is_wire(marks, int(at), per_inch)]] = False
    return found


def _is_wire(marks: Marks, at: int, per_inch: float) -> bool:
    """Return whether a mark is one straight thin line at any slant, as a staple is."""
    y, x = np.nonzero(marks.labels == at + 1)
    _, sides, _ = cv2.minAreaRect(np.stack([x, y], axis=1).astype(np.float32))
    thinner, longer = sorted(side + 1.0 for side in sides)
    return bool(longer > _WIRE * per_inch and thinner < _SHORT_STROKE * per_inch + 1)


def _letter_like(marks: Marks, per_inch: float) -> Flags:
    """Return which have the size of letters, words or script, and not that of rules or dust."""
    taller = np.maximum(marks.width, marks.height) / per_inch
    thinner = np.minimum(marks.width, marks.height) / per_inch
    fits = (taller >= _SMALLEST) & (marks.height <= _LARGEST * per_inch)
    fits &= marks.width <= _WIDEST * per_inch
    # A rule, a staple or a hair is long and thin; a 1 or an l is short.
    bar = (thinner < _SHORT_STROKE) | (taller > 8 * thinner)
    return np.asarray(fits & ~(bar & (taller > 0.25)) & (marks.area >= 6))


def _inky(even: Pixels, marks: Marks) -> Flags:
    """Return which are dark enough and sharp: what shows through paper is faint and soft."""
    depth = 255.0 - _extreme(even, marks, np.minimum, 255)
    edge = _steepest(even, marks)
    sharp = (depth >= 255 - _SURE_TONE) & (edge >= _SHARP * depth)
    return np.asarray(sharp | (depth >= _DARK))


def _faint_letters(small: Pixels, per_inch: float) -> int:
    """Return how many marks look like writing hardly darker than its paper; 0 for a few.

    One such mark may be anything; many, all as sharp as print is, are not what shows through.
    """
    even = evened(small)
    grain = float(np.median(np.abs(cv2.Laplacian(even, cv2.CV_32F)))) / _OF_GRAIN
    soft = np.asarray(cv2.GaussianBlur(even, (0, 0), 1.0), dtype=np.uint8)
    paper = float(np.median(soft))
    _, mask = cv2.threshold(soft, paper - max(_FAINT, _GRAIN * grain), 255, cv2.THRESH_BINARY_INV)
    marks = marks_of(np.asarray(mask, dtype=np.uint8))
    if not len(marks.area):
        return 0
    found = _like_writing(marks, small.shape, per_inch)
    if int(found.sum()) < _FAINT_MARKS:
        return 0
    depth = paper - _extreme(soft, marks, np.minimum, 255)[found]
    sharpness = float(np.median(_steepest(soft, marks)[found] / np.maximum(depth, 1.0)))
    return int(found.sum()) if sharpness >= _FAINT_SHARP else 0


def _like_writing(marks: Marks, shape: tuple[int, ...], per_inch: float) -> Flags:
    """Return which marks have the size of writing and are neither holes nor border."""
    found = _letter_like(marks, per_inch) & ~_holes(marks, per_inch)
    return np.asarray(found & ~_at_edge(marks, shape, per_inch))


def _steepest(tones: Pixels, marks: Marks) -> NDArray[np.float64]:
    """Return the steepest step of tone on each mark."""
    steps = cv2.morphologyEx(tones, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return _extreme(np.asarray(steps, dtype=np.uint8), marks, np.maximum, 0)


def _extreme(tones: Pixels, marks: Marks, take: np.ufunc, start: int) -> NDArray[np.float64]:
    """Return the lowest or highest tone on each mark."""
    found = np.full(len(marks.area) + 1, start, dtype=np.uint8)
    take.at(found, marks.labels.ravel()[marks.ink], tones.ravel()[marks.ink])
    return found[1:].astype(np.float64)


def _holes(marks: Marks, per_inch: float) -> Flags:
    """Return which are solid blots as thick as a punch hole."""
    thinner = np.minimum(marks.width, marks.height)
    solid = marks.area >= 0.6 * marks.width * marks.height
    return np.asarray(solid & (thinner >= _SOLID_HOLE * per_inch))


def _at_edge(marks: Marks, shape: tuple[int, ...], per_inch: float) -> Flags:
    """Return which touch the edge, or lie in the margin where borders and shadows are."""
    margin = _EDGE * per_inch
    height, width = shape[:2]
    right, bottom = marks.x + marks.width, marks.bottom
    within = (right <= margin) | (bottom <= margin)
    within |= (marks.x >= width - margin) | (marks.y >= height - margin)
    touching = (marks.x == 0) | (marks.y == 0) | (right == width) | (bottom == height)
    return np.asarray(within | touching)
