"""Look on while the recipe makes a page: the page behind every step, and where its places went."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType

import cv2
import numpy as np

from capture.enhance import prepare
from capture.model import Frame, PageImage, Pixels
from capture.settings import CaptureSettings

from . import degrade
from .degrade import Matrix, Scan, compose

SETTINGS = CaptureSettings(barcodes=False)
_LOOKS_ONLY = frozenset({"looked_at", "glanced_at", "ink_mask"})
_PATCH = 200, 600
"""Rows and columns by which a page is found again in what it was cut from."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The page behind one step."""

    step: str
    pixels: Pixels
    matrix: Matrix
    """From the page at 300 dpi."""


def watched(frame: Frame, matrix: Matrix) -> tuple[PageImage, list[Stage]]:
    """Return the page that the recipe makes, and the frame behind every step that ran.

    The recipe is run as it is and only looked on (`sys.setprofile`), so that what is measured is
    what pages go through, whichever steps that may be.
    """
    stages = [Stage("found", frame.pixels, matrix)]

    def look_on(called: FrameType, event: str, given: object) -> None:
        if event != "return" or not _is_step(called):
            return
        pixels = given[0] if isinstance(given, tuple) else given
        if isinstance(pixels, np.ndarray) and pixels.dtype == np.uint8:
            before = called.f_locals["pixels"]
            moved = _moved(called.f_code.co_name, called, before, pixels)
            step = called.f_code.co_name
            stages.append(Stage(step, pixels, compose(moved, stages[-1].matrix)))

    sys.setprofile(look_on)
    try:
        page = prepare(frame, SETTINGS)
    finally:
        sys.setprofile(None)
    if stages[-1].pixels.shape != page.pixels.shape:
        raise ValueError("a step of the recipe was not seen: teach bench.ink_kept its geometry")
    return page, [*stages, Stage("page", page.pixels, stages[-1].matrix)]


def _is_step(called: FrameType) -> bool:
    """Return whether the recipe itself called this to change the page."""
    if called.f_back is None or "pixels" not in called.f_locals:
        return False
    name = called.f_code.co_name
    if name in _LOOKS_ONLY or name.startswith("_"):
        return False
    by, of = (one.f_globals.get("__name__") for one in (called.f_back, called))
    return by == "capture.enhance" and str(of).startswith("capture.") and of != by


def _moved(step: str, called: FrameType, before: Pixels, after: Pixels) -> Matrix:
    """Return how a step moved the places of the page."""
    (height, width), (new_height, new_width) = before.shape[:2], after.shape[:2]
    if step == "unturned":
        return degrade.inverse(_turn(called.f_locals["rotation"], new_width, new_height))
    if step == "level":
        return _levelled((width, height), (new_width, new_height), called.f_locals["degrees"])
    if step == "crop_surround" and before.shape != after.shape:
        left, top = _place(before, after)
        return ((1.0, 0.0, -left), (0.0, 1.0, -top))
    return ((new_width / width, 0.0, 0.0), (0.0, new_height / height, 0.0))


def _turn(rotation: int, width: int, height: int) -> Matrix:
    upright = Scan(np.zeros((height, width), np.uint8))
    return degrade.turn(upright, rotation).matrix


def _levelled(size: tuple[int, int], grown: tuple[int, int], degrees: float) -> Matrix:
    middle = size[0] / 2, size[1] / 2
    turn = np.asarray(cv2.getRotationMatrix2D(middle, degrees, 1.0), np.float64)
    # The recipe counts from the middles of pixels, our matrices from their edges.
    turn[:, 2] += 0.5 - turn[:, :2] @ np.array((0.5, 0.5))
    turn[:, 2] += np.array(((grown[0] - size[0]) / 2, (grown[1] - size[1]) / 2))
    first, second = turn.tolist()
    return (tuple(first), tuple(second))


def _place(whole: Pixels, part: Pixels) -> tuple[float, float]:
    """Return left and top of ``part``, cut from ``whole`` and whitened here and there."""
    (rows, columns), (high, wide) = _PATCH, part.shape[:2]
    top, left = max(0, (high - rows) // 2), max(0, (wide - columns) // 2)
    patch = np.ascontiguousarray(part[top : top + rows, left : left + columns])
    spare_y, spare_x = (whole.shape[side] - part.shape[side] for side in (0, 1))
    found = whole[top : top + rows + spare_y, left : left + columns + spare_x]
    _, _, best, _ = cv2.minMaxLoc(cv2.matchTemplate(found, patch, cv2.TM_SQDIFF))
    return float(best[0]), float(best[1])
