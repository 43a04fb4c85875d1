"""Blocks of text that lie at an angle on a level page: stamps, plates, notes in a margin.

Ink that no word covers is gathered into patches on a page an eighth of its size. A patch with
enough marks of the size of letters is text at an angle when its lower edges pile up at one angle
as those of a skewed page do, looked at level and turned by a quarter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .deskew import NO_SKEW, Skew, find_skew, lower_edges, turn_about
from .ink import marks_of
from .model import Box, Pixels
from .scale import grey, otsu_ink

_SMALL = 8
"""Pixels of the page for one of the small look."""
_INKED = 12
"""Tones under paper from which a pixel of the small look holds ink."""
_LEAST = 2.0
"""Letter heights down and across of the smallest patch: less is no block of text."""
_LARGEST = 0.4
"""Of the page; a larger patch is a picture, a stain or a page that could not be read."""
_FEWEST_LETTERS = 14
_MOST_MARKS = 3000
_LIKE_LETTERS = 0.45
"""Share of the marks of a patch, dust left out, that have the size of letters."""
_SIZES = (0.35, 2.4)
"""Letter heights of a letter's larger side; print on plates is larger than that of forms."""
_DUST = 0.2
_LIMIT = 46.0
"""Degrees looked at either way of level and of upright."""
_POINTS = 2000
"""Points that tell an angle well enough to read by."""
_LONGER = 0.2
"""Confidence by which an angle across the longer side of a block must be surer."""
_UPSIDE_DOWN = (25, 150)
"""Letters of a level block that may lie upside down: fewer are not worth a look, and more were read
as well as they can be."""
_SURE, _CLEAR = 0.35, 0.7
"""Confidence from which an angle is believed, and from which no other is sought."""
_LEVEL = 3.0
"""Degrees up to which text is level: a reader has seen it, or it lies upside down."""
_MOST_PATCHES = 6
_PAPER = 0.8
"""Letter heights of paper around a block."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slanted:
    """A block of text at an angle."""

    box: Box
    degrees: float
    """Turned clockwise by so much as it lies, from -90 to 90; or upside down from there."""
    letters: int


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A block turned level."""

    pixels: Pixels
    back: Matrix
    """``(2, 3)`` map from its pixels to those of the page."""

    def on_page(self, box: Box) -> Box:
        """Return the upright box around ``box`` where it lies on the page."""
        corners = [(x, y, 1.0) for x in (box.x, box.right) for y in (box.y, box.bottom)]
        places = np.array(corners) @ self.back.T
        x, y = np.floor(places.min(axis=0)).astype(int).tolist()
        right, bottom = np.ceil(places.max(axis=0)).astype(int).tolist()
        return Box(max(0, x), max(0, y), max(1, right - max(0, x)), max(1, bottom - max(0, y)))


def slanted_blocks(pixels: Pixels, covered: Iterable[Box], letter: float) -> tuple[Slanted, ...]:
    """Return blocks of text that lie at an angle, outside of every box of ``covered``.

    ``letter`` is the usual height of a letter of the page. Those with the most letters come first,
    and last small level blocks that nobody read, with 0 degrees: they may lie upside down.
    """
    tones = grey(pixels)
    patches = list(_patches(tones, covered, letter))[:_MOST_PATCHES]
    found = [one for box in patches if (one := _block(tones, box, letter)) is not None]
    return tuple(sorted(found, key=lambda one: (one.degrees == 0.0, -one.letters)))


def turned_level(pixels: Pixels, block: Slanted, letter: float, *, over: bool = False) -> Turned:
    """Return a block level, with paper around it; ``over`` turns it upside down as well."""
    tones, box, spare = grey(pixels), block.box, round(_PAPER * letter / 2)
    top, left = max(0, box.y - spare), max(0, box.x - spare)
    crop = np.ascontiguousarray(tones[top : box.bottom + spare, left : box.right + spare])
    matrix, size = turn_about(crop.shape, block.degrees + (180 if over else 0), spare)
    paper = int(np.median(crop))
    level = cv2.warpAffine(crop, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(paper,) * 3)
    back = np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)
    back[:, 2] += (left, top)
    return Turned(np.asarray(level, dtype=np.uint8), back)


def _patches(tones: Pixels, covered: Iterable[Box], letter: float) -> Iterator[Box]:
    """Yield patches of ink that no word covers, the largest first."""
    height, width = (side // _SMALL for side in tones.shape)
    if not height or not width:
        return
    even = tones[: height * _SMALL, : width * _SMALL]
    small = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    ink = (small < float(np.median(small)) - _INKED).astype(np.uint8)
    for box in covered:
        left, top = max(0, box.x // _SMALL - 1), max(0, box.y // _SMALL - 1)
        ink[top : box.bottom // _SMALL + 2, left : box.right // _SMALL + 2] = 0
    reach = max(1, round(letter / _SMALL)) | 1
    joined = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least, most = _LEAST * letter / _SMALL, _LARGEST * height * width
    for x, y, across, down, area in sorted(stats[1:].tolist(), key=lambda one: -one[4]):
        if min(across, down) >= least and across * down <= most and area * _SMALL >= 8 * letter:
            yield Box(*(_SMALL * side for side in (x, y, across, down)))


def _block(tones: Pixels, box: Box, letter: float) -> Slanted | None:
    crop = np.ascontiguousarray(tones[box.y : box.bottom, box.x : box.right])
    marks = marks_of(otsu_ink(crop))
    size = np.maximum(marks.width, marks.height)
    real = size >= _DUST * letter
    letters = real & (size >= _SIZES[0] * letter) & (size <= _SIZES[1] * letter)
    count = int(letters.sum())
    if not _FEWEST_LETTERS <= count <= _MOST_MARKS or count < _LIKE_LETTERS * int(real.sum()):
        return None
    mask = marks.mask_of(letters)
    angle = _angle(mask, fine=False)
    if angle is None:
        return None
    level = abs(angle) <= _LEVEL
    if level and not _UPSIDE_DOWN[0] <= count <= _UPSIDE_DOWN[1]:
        return None
    return Slanted(box, 0.0 if level else _angle(mask, fine=True) or angle, count)


def _angle(mask: Pixels, *, fine: bool) -> float | None:
    """Return how text lies, clockwise from -90 to 90; None where it does not pile up."""
    height, width = mask.shape
    level = _skew(mask, fine=fine)
    if level.confidence >= _CLEAR and width >= height:
        return level.degrees
    # Turned counter-clockwise, what ran down steeply runs on level.
    upright = _skew(np.ascontiguousarray(np.rot90(mask)), fine=fine)
    if max(level.confidence, upright.confidence) < _SURE:
        return None
    # Rows of one grid pile up both ways; lines are longer than a block of them is high.
    longer = _LONGER if height > width else -_LONGER
    if level.confidence > upright.confidence + longer:
        return level.degrees
    degrees = upright.degrees + 90.0
    return degrees if degrees <= 90.0 else degrees - 180.0


def _skew(mask: Pixels, *, fine: bool) -> Skew:
    marks = marks_of(mask)
    if not len(marks.area):
        return NO_SKEW
    x, y = lower_edges(marks)
    # A stride would follow the rows of the image; a shuffle with a fixed seed follows nothing.
    some = np.random.default_rng(0).permutation(len(x))[:_POINTS]
    return find_skew((x[some], y[some]), _LIMIT, fine=fine)
