"""Cut away the black that surrounds a page: scanner lids, film mounts; never writing."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import GLANCE_LENGTH, Flags, Marks, glanced_at, ink_mask, marks_of
from .model import Box, Pixels, Step

_THICK = 9 / GLANCE_LENGTH
"""Of the longer side; letters and rules that touch the surround are thinner."""
_STUB = 15 / GLANCE_LENGTH
"""Of the longer side; what stands out of the surround and is less wide may be writing."""
_LEAST_BORDER = 1 / 3  # of a side of the image
_LEAST_SURROUND = 0.01
_LEAST_PAGE, _LEAST_SLIP = 0.2, 0.002
_LEAST_LIGHT = 0.6
_FEWEST_LETTERS = 6
_FEWEST_ON_SLIP = 3
_DARK, _LIGHT = 100, 160
_LONGEST_MARK = 80
_SHADOW, _MOSTLY = 3, 0.7
_GIVEN_UP = 2
"""Pixels of the surround, in the glance, that are left where writing touches it."""
_GUARD, _CURVE = 3, 8
"""Pixels of the glance round writing, and round where it touches, with the soft edge left."""


def crop_surround(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return the page without its dark surround; what is left of that at slanted edges is whitened.

    Left alone when light marks like letters stand in what would go.
    """
    small, factor = glanced_at(pixels)
    dark = _thick_dark(small)
    surround = _without_stubs(dark) if float(dark.mean()) >= _LEAST_SURROUND else dark
    share = float(surround.mean())
    if share < _LEAST_SURROUND:
        return pixels, Step("crop", False, 1.0, share)
    paper, beside_dark = _paper(small, surround), _paper(small, dark)
    if paper is None or beside_dark is None:
        return pixels, Step("crop", False, 0.3, share, "no page stands out from the dark")
    if _writing_lost(small, beside_dark):
        return pixels, Step("crop", False, 0.5, share, "there may be writing in the dark")
    page = _cut(pixels, surround, _rim(small, surround), Box(*cv2.boundingRect(paper)), factor)
    return page, Step("crop", True, 0.9, share)


def _thick_dark(small: Pixels) -> Flags:
    """Return which pixels belong to thick darkness that reaches the edge."""
    tone, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = (small <= min(tone, _DARK)).astype(np.uint8)
    return _reaching(dark, _THICK)


def _without_stubs(dark: Flags) -> Flags:
    """Return what is surround of the dark at the edge: writing that touches it stands out as stubs.

    So do the teeth of a torn edge, which stay for it. A thin line at the edge of the image is a
    border only when it runs along much of it.
    """
    wide = _reaching(dark.view(np.uint8), _STUB)
    count, labels = cv2.connectedComponents(wide.view(np.uint8), ltype=cv2.CV_16U)
    eroding = np.ones((_side(_THICK, dark.shape),) * 2, np.uint8)
    # The edge of the image does not count here: what is thick is thick on the page.
    inside = cv2.erode(
        wide.view(np.uint8), eroding, borderType=cv2.BORDER_CONSTANT, borderValue=(0,)
    )
    kept = np.bincount(labels[inside > 0], minlength=count) > 0
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        kept |= np.bincount(edge, minlength=count) >= _LEAST_BORDER * len(edge)
    return wide if kept[1:].all() else np.asarray(kept[labels] & wide)


def _reaching(dark: Pixels, thick: float) -> Flags:
    """Return what of the dark reaches the edge, ``thick`` of the longer side all the way."""
    side = _side(thick, dark.shape)
    # Beyond the edge counts as dark, so that a thin border is thick enough.
    framed = cv2.copyMakeBorder(dark, side, side, side, side, cv2.BORDER_CONSTANT, value=1)
    opened = cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    # Pieces this thick are too few to run out of 16 bits, which take half the time.
    _, labels = cv2.connectedComponents(opened, connectivity=4, ltype=cv2.CV_16U)
    reached = labels == labels[0, 0]
    return np.asarray(reached[side:-side, side:-side] & (dark > 0))


def _side(share: float, shape: tuple[int, ...]) -> int:
    return round(share * max(shape)) | 1


def _paper(small: Pixels, surround: Flags) -> Pixels | None:
    """Return a mask of the largest piece that is not surround, and of others with writing on them.

    None when the largest is small.
    """
    pieces = marks_of((~surround).astype(np.uint8))
    if not len(pieces.area):
        return None
    largest = int(np.argmax(pieces.area))
    if pieces.area[largest] < _LEAST_PAGE * surround.size:
        return None
    large = pieces.area >= _LEAST_SLIP * small.size
    large[largest] = False
    if not large.any():
        return np.asarray((pieces.labels == largest + 1) * np.uint8(255))
    slips = _slips(pieces, small, large)
    slips[largest] = True
    return pieces.mask_of(slips)


def _slips(pieces: Marks, small: Pixels, large: Flags) -> Flags:
    """Return which pieces are paper with writing: a slip may lie beside the page."""
    # Light letters in the dark are a piece as well, but not mostly light.
    light = np.bincount(pieces.labels[small > _LIGHT], minlength=len(pieces.area) + 1)[1:]
    paper = light >= _LEAST_LIGHT * pieces.area
    return np.asarray(large & paper & (_letters_on(pieces, small) >= _FEWEST_ON_SLIP))


def _letters_on(pieces: Marks, small: Pixels) -> NDArray[np.intp]:
    """Return how many dark marks like letters stand on each piece of paper."""
    ink = marks_of(np.where(pieces.mask > 0, ink_mask(small), np.uint8(0)))
    on = pieces.labels[ink.y + ink.height // 2, ink.x + ink.width // 2][ink.letters]
    return np.bincount(on, minlength=len(pieces.area) + 1)[1:]


def _writing_lost(small: Pixels, paper: Pixels) -> bool:
    """Return whether light marks like letters stand in the dark: a label, a printed band."""
    light = ((small > _LIGHT) & (paper == 0)).astype(np.uint8)
    return int(marks_of(light).letters.sum()) >= _FEWEST_LETTERS


def _rim(small: Pixels, surround: Flags) -> Pixels:
    """Return the surround with its soft edge, but for the edge on which writing stands."""
    dark = surround.astype(np.uint8)
    grown = _widened(dark, 1)
    marks = marks_of(((small < _LIGHT) & (grown == 0)).astype(np.uint8))
    writing = marks.mask_of(~_shadows(marks, grown))
    near = _widened(writing, _GUARD)
    # A curve that touches the dark runs along it unseen, between where it comes and goes.
    touching = np.where(_widened(grown, 1) > 0, writing, np.uint8(0))
    giving_way = _widened(touching, _CURVE)
    # A pixel of the glance is several of the page: the last dark one may hold ink as well.
    less = cv2.erode(dark, np.ones((2 * _GIVEN_UP + 1, 2 * _GIVEN_UP + 1), np.uint8))
    rim = np.where(near > 0, dark, grown)
    return np.asarray(np.where(giving_way > 0, less, rim), dtype=np.uint8)


def _widened(mask: Pixels, reach: int) -> Pixels:
    side = 2 * reach + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), dtype=np.uint8)


def _shadows(marks: Marks, surround: Pixels) -> Flags:
    """Return which marks are the shadow along the edge: long, and nowhere far from it."""
    long = np.maximum(marks.width, marks.height) > _LONGEST_MARK
    beside = _widened(surround, _SHADOW)
    near = np.bincount(marks.labels[beside > 0], minlength=len(marks.area) + 1)[1:]
    return np.asarray(long & (near >= _MOSTLY * marks.area))


def _cut(pixels: Pixels, surround: Flags, rim: Pixels, box: Box, factor: float) -> Pixels:
    height, width = pixels.shape[:2]
    # Dark that is given up to writing stays on the page; a last line that the glance left out
    # goes with the one before it.
    box = _grown(box, surround.shape)
    left, top = int(box.x / factor), int(box.y / factor)
    right = width if box.right == surround.shape[1] else math.ceil(box.right / factor)
    bottom = height if box.bottom == surround.shape[0] else math.ceil(box.bottom / factor)
    page = pixels[top:bottom, left:right].copy()
    full = cv2.resize(rim, (width, height), interpolation=cv2.INTER_NEAREST)
    page[np.asarray(full[top:bottom, left:right], dtype=np.bool_)] = 255
    return page


def _grown(box: Box, shape: tuple[int, ...]) -> Box:
    left, top = max(0, box.x - _GIVEN_UP), max(0, box.y - _GIVEN_UP)
    right, bottom = min(shape[1], box.right + _GIVEN_UP), min(shape[0], box.bottom + _GIVEN_UP)
    return Box(left, top, right - left, bottom - top)
