"""Scratches and dust of film, taken off with a light hand: ink is counted before and after."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks, ink_mask, marks_of
from .model import Pixels, Step
from .scale import grey

_WHOLE = 0.97  # of the height: no rule of a form runs from edge to edge of its frame
_WIDEST_SCRATCH = 3
_SPECK_AREA = 4
_LONELY = 12
_COMPANY = 3
_MOST_INK = 0.02


def destripe(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return the page without dark hair lines that run the whole length of the frame.

    Where a stroke crosses a scratch its ink stays: only pixels with paper on both sides change.
    """
    tones = grey(pixels)
    if tones.shape[1] < 8 * _WIDEST_SCRATCH:
        return pixels, Step("destripe", False, 1.0)
    scratched = _scratched_columns(ink_mask(tones))
    if not scratched.any():
        return pixels, Step("destripe", False, 1.0)
    beside = np.minimum(_moved(tones, 1), _moved(tones, -1))
    hair = scratched[None, :] & (beside > tones)
    mended = pixels.copy()
    mended[hair] = np.minimum(_moved(pixels, 1), _moved(pixels, -1))[hair]
    return mended, Step("destripe", True, 0.8, float(scratched.sum()))


def _scratched_columns(mask: Pixels) -> NDArray[np.bool_]:
    dark = (mask > 0).mean(axis=0) >= _WHOLE
    edges = np.flatnonzero(np.diff(np.concatenate(([False], dark, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        at_edge = start == 0 or end == len(dark)
        dark[start:end] &= not at_edge and end - start <= _WIDEST_SCRATCH
    return np.asarray(dark)


def _moved(pixels: Pixels, way: int) -> Pixels:
    """Return what stands beside each pixel, beyond the widest scratch."""
    return np.roll(pixels, way * (_WIDEST_SCRATCH + 1), axis=1)


def despeckle(pixels: Pixels) -> tuple[Pixels, Step]:
    """Return the page without lonely dots of a few pixels, unless they are much of its ink."""
    mask = ink_mask(grey(pixels))
    marks = marks_of(mask)
    specks = _lonely_specks(marks)
    lost = int(marks.area[specks].sum())
    if not lost:
        return pixels, Step("despeckle", False, 1.0, 0.0)
    share = lost / int(marks.area.sum())
    if share > _MOST_INK:
        return pixels, Step("despeckle", False, 0.5, share, "dots are too much of the ink")
    # The soft edge of a dot is not ink by the threshold, yet would stay as a ring.
    gone = cv2.dilate(marks.mask_of(specks), np.ones((3, 3), np.uint8)) > 0
    cleaned = pixels.copy()
    cleaned[gone] = 255
    return cleaned, Step("despeckle", True, 0.9, share)


def _lonely_specks(marks: Marks) -> Flags:
    """Return which marks are tiny and far from everything that is not, and from other two."""
    small = marks.area <= _SPECK_AREA
    if not small.any():
        return np.asarray(small)
    reach = 2 * _LONELY + 1
    near = cv2.dilate(marks.mask_of(~small), np.ones((reach, reach), np.uint8))
    # Dust falls anywhere; a faint stroke that broke up leaves its specks in company.
    specks = np.zeros_like(marks.mask)
    specks[marks.y[small], marks.x[small]] = 1
    company = cv2.boxFilter(specks, cv2.CV_16U, (reach, reach), normalize=False)
    alone = (near[marks.y, marks.x] == 0) & (company[marks.y, marks.x] < _COMPANY)
    return np.asarray(small & alone)
