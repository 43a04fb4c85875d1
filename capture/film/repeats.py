"""The same sheet filmed again: retakes, and frames that were exposed twice.

Two exposures of one sheet differ in light, focus, dust, place and a little in angle; two copies
of one form, filled in for two people or on two days, differ in a few words. So a page is kept
as a small picture of its ink, two pictures are laid on each other, and every letter of one is
looked for at its place on the other. Dust hides a letter here and there; words that differ are
letters side by side that are not found.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.ink import marks_of
from capture.model import Pixels
from capture.scale import grey, resize

WINDOW = 10
"""Frames back that are looked at: a camera operator sees a bad exposure soon."""
PER_INCH = 100.0
"""Pixels of a print to the inch: a letter is about 8 by 12."""
SAME = 0.5
"""From this confidence on two frames are of one sheet."""
ONE_SHEET = 0.84
"""From this confidence on no letter stands in the place of another: what two scans of paper need,
which neither dust nor focus spoils."""
_NEAR_ENOUGH = 0.1
_COARSE = 8
_AROUND = 33
_CORE, _ALIKE = 0.6, 0.48
"""Part of a page that is looked for on the other, and how well it must be found at the least."""
_MOST_SHIFTS, _NEARLY = 4, 0.12
_LIKELY = 6
_PATCH, _REACH, _MOST_PATCHES = 48, 16, 60
_INKED, _FITS = 4.0, 0.5
_FEWEST_PATCHES, _ASTRAY = 8, 2.0
_STRETCH, _SLANT = 0.015, 0.07
"""A roll has one reduction; sheets lie askew by up to 4 degrees."""
_INK = 70
_LETTER = (5, 48), (3, 120), 14
"""Heights, widths and least area of ink that is compared: letters, and words grown together."""
_FEWEST_LETTERS = 12
_SPARE, _NEAR = 3, 4
"""Pixels around a letter that are compared with it, and how far off it is looked for."""
_UNLIKE = 0.72
_FIRST, _CLEARLY_OTHER = 60, 0.45
"""Letters after which pages are told apart that have little in common."""
_INSTEAD = 0.4
"""Of a letter's own ink: other writing at its place, where dust leaves nothing."""
_REPLACED, _REPLACED_SHARE = 3, 0.005
"""Letters that have another in their place: dust on a letter makes one seem so."""
_ADDED, _ADDED_SHARE = 14, 0.05
"""Letters in rows, and their share, that scratches and bad focus may make unlike."""
_SIDE_BY_SIDE, _LEVEL = 14, 6

Ink = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Boxes = NDArray[np.int32]
Side = list[int]
"""x, y, width, height of a letter; a list of numbers is many times faster than an array."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A page as a small picture of its ink, whatever its density."""

    ink: Ink
    """0 for paper, 255 for the darkest ink; ``PER_INCH`` pixels to the inch."""
    coarse: Ink
    """The same, ``_COARSE`` times smaller."""
    letters: Boxes
    """``(n, 4)`` x, y, width, height of letters, in an order of chance."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A frame that shows the sheet of an earlier one."""

    frame: int
    """Position in the sequence, from 1."""
    of: int
    confidence: float


def print_of(pixels: Pixels, per_inch: float) -> Print:
    """Return the print of a prepared page (dark on light).

    ``per_inch`` is the resolution of the page: one figure for all frames that are compared, that
    of their roll, not what each is guessed to have.
    """
    small = _shrunk(grey(pixels), per_inch)
    calm = cv2.GaussianBlur(small, (0, 0), 0.7)
    off = cv2.subtract(cv2.blur(calm, (_AROUND, _AROUND)), calm)
    full = max(16.0, float(np.percentile(off[::3, ::3], 99)))
    ink = np.asarray(cv2.convertScaleAbs(off, alpha=255.0 / full), dtype=np.uint8)
    size = max(1, ink.shape[1] // _COARSE), max(1, ink.shape[0] // _COARSE)
    coarse = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    return Print(ink, np.asarray(coarse, dtype=np.uint8), _letters(ink))


def _shrunk(tones: Pixels, per_inch: float) -> Pixels:
    """Return a page at ``PER_INCH`` or thereabouts, the same for the same ``per_inch``."""
    halvings = max(0, round(math.log2(max(1e-3, per_inch) / PER_INCH)))
    if abs(per_inch / 2**halvings / PER_INCH - 1) > _NEAR_ENOUGH or min(tones.shape) < 2**halvings:
        return resize(tones, min(1.0, PER_INCH / per_inch))
    # Halving is twenty times faster, if an odd last line is left out.
    for _ in range(halvings):
        high, wide = (side // 2 for side in tones.shape)
        even = tones[: 2 * high, : 2 * wide]
        tones = np.asarray(cv2.resize(even, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    return tones


def _letters(ink: Ink) -> Boxes:
    marks = marks_of(np.where(ink > _INK, 255, 0).astype(np.uint8))
    (low, high), (slim, wide), least = _LETTER
    kept = (marks.height >= low) & (marks.height <= high) & (marks.area >= least)
    kept &= (marks.width >= slim) & (marks.width <= wide) & marks.inner
    boxes = np.stack([marks.x, marks.y, marks.width, marks.height], axis=1)[kept]
    return np.asarray(np.random.default_rng(0).permutation(boxes), dtype=np.int32)


def repeats(prints: Iterable[Print], window: int = WINDOW) -> Iterator[Repeat]:
    """Yield the frames that repeat one of the ``window`` before them, the likeliest of these."""
    before: deque[tuple[int, Print]] = deque(maxlen=window)
    for number, one in enumerate(prints, 1):
        found = [(is_repeat(one, other), at) for at, other in before]
        confidence, at = max(found, default=(0.0, 0))
        if confidence >= SAME:
            yield Repeat(number, at, confidence)
        before.append((number, one))


def retake_of(
    number: int, one: Print, glances: Mapping[int, Ink], print_at: Callable[[int], Print]
) -> Repeat | None:
    """Return what frame ``number``, which follows a retake notice, is the retake of.

    Retakes stand at the end of a roll, far from what they replace. So of the frames before them
    only the ``coarse`` pictures are kept (``glances``), and prints are made again (``print_at``)
    of the few that look most alike.
    """
    fits = ((float(_fit(one.coarse, glance)[0].max()), at) for at, glance in glances.items())
    likely = heapq.nlargest(_LIKELY, (pair for pair in fits if pair[0] >= _ALIKE))
    sure = ((is_repeat(one, print_at(at)), at) for _, at in likely)
    confidence, at = max(sure, default=(0.0, 0))
    return Repeat(number, at, confidence) if confidence >= SAME else None


def is_repeat(one: Print, other: Print) -> float:
    """Return how sure it is that two prints are of one sheet, 0.0 to 1.0; ``SAME`` decides.

    Pages with next to no print on them tell nothing: 0.0.
    """
    if min(len(one.letters), len(other.letters)) < _FEWEST_LETTERS:
        return 0.0
    for shift in _shifts(one.coarse, other.coarse):
        matrix = _laid(one, other, shift)
        found = None if matrix is None else _compared(one, other, matrix)
        # A row too far the sheet looks like another one.
        confidence = 0.0 if found is None else _confidence(*found)
        if confidence:
            return confidence
    return 0.0


def _compared(one: Print, other: Print, matrix: Matrix) -> tuple[_Unlike, _Unlike, int] | None:
    """Return what of each is not on the other, and how many letters stand for other ones."""
    here = _unlike(one, other, matrix)
    if here is None:
        return None
    back = _unlike(other, one, np.asarray(cv2.invertAffineTransform(matrix)))
    return None if back is None else (here, back, _replaced(here.written, back.written, matrix))


def _confidence(here: _Unlike, back: _Unlike, replaced: int) -> float:
    """Return how sure it is by what was not found.

    Dust spoils a letter of one exposure; where writing differs, letters of both have no like.
    """
    letters = min(here.letters, back.letters)
    if letters < _FEWEST_LETTERS or replaced > max(_REPLACED, _REPLACED_SHARE * letters):
        return 0.0
    for side in (here, back):
        if side.in_rows > max(_ADDED, _ADDED_SHARE * side.letters):
            return 0.0
    worse = max(len(side.boxes) / side.letters for side in (here, back))
    return max(0.0, 0.98 - 0.15 * replaced - worse)


def _shifts(one: Ink, other: Ink) -> Iterator[tuple[int, int]]:
    """Yield how far off the middle of ``one`` may lie on ``other``, the likeliest first.

    The rows of a form are alike, so the best place may be a row too far.
    """
    fit, (left, top) = _fit(one, other)
    least = _ALIKE
    for _ in range(_MOST_SHIFTS):
        _, best, _, at = cv2.minMaxLoc(fit)
        if best < least:
            return
        yield (at[0] - left) * _COARSE, (at[1] - top) * _COARSE
        least = max(least, best - _NEARLY)
        fit[max(0, at[1] - 1) : at[1] + 2, max(0, at[0] - 1) : at[0] + 2] = -1.0


def _fit(one: Ink, other: Ink) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Return how well the middle of ``one`` fits ``other`` everywhere, and where it lies."""
    sides = zip(one.shape, other.shape, strict=True)
    high, wide = (max(1, round(_CORE * min(pair))) for pair in sides)
    top, left = (one.shape[0] - high) // 2, (one.shape[1] - wide) // 2
    core = one[top : top + high, left : left + wide]
    fit = cv2.matchTemplate(other, core, cv2.TM_CCOEFF_NORMED)
    return np.asarray(fit, dtype=np.float32), (left, top)


def _laid(one: Print, other: Print, shift: tuple[int, int]) -> Matrix | None:
    """Return the affine map from places of ``one`` to places of ``other``; None without one."""
    places = [
        place for x, y in _inked(one.ink) if (place := _matched(one.ink, other.ink, x, y, shift))
    ]
    if len(places) < _FEWEST_PATCHES:
        return None
    here, there = (np.array(side, dtype=np.float32) for side in zip(*places, strict=True))
    matrix, kept = cv2.estimateAffine2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=_ASTRAY
    )
    if matrix is None or int(kept.sum()) < _FEWEST_PATCHES:
        return None
    off = np.abs(matrix[:, :2] - np.eye(2))
    sound = max(off[0, 0], off[1, 1]) < _STRETCH and max(off[0, 1], off[1, 0]) < _SLANT
    return np.asarray(matrix, dtype=np.float64) if sound else None


def _inked(ink: Ink) -> list[tuple[int, int]]:
    """Return the corners of patches with ink on them, spread over the page."""
    high, wide = (side // _PATCH for side in ink.shape)
    grid = ink[: high * _PATCH, : wide * _PATCH].reshape(high, _PATCH, wide, _PATCH)
    rows, columns = np.nonzero(grid.mean(axis=(1, 3)) >= _INKED)
    chosen = np.random.default_rng(0).permutation(len(rows))[:_MOST_PATCHES]
    return [(int(columns[at]) * _PATCH, int(rows[at]) * _PATCH) for at in chosen]


def _matched(
    one: Ink, other: Ink, x: int, y: int, shift: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return a place and where it lies on the other; None when it is not found there."""
    left, top = x + shift[0] - _REACH, y + shift[1] - _REACH
    side = _PATCH + 2 * _REACH
    around = other[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    if around.shape != (side, side):
        return None
    patch = one[y : y + _PATCH, x : x + _PATCH]
    _, best, _, at = cv2.minMaxLoc(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED))
    return ((x, y), (left + at[0], top + at[1])) if best > _FITS else None


@dataclass(frozen=True, slots=True, eq=False)
class _Unlike:
    """What of one print is not found at its place on the other."""

    letters: int
    """That were looked for."""
    boxes: list[Side]
    written: list[Side]
    """Those of them where there is other ink instead."""

    @property
    def in_rows(self) -> int:
        """How many stand with others side by side, as the letters of words do."""
        return sum(_beside(box, self.boxes) >= 2 for box in self.boxes)


def _unlike(one: Print, other: Print, matrix: Matrix) -> _Unlike | None:
    """Return which letters of ``one`` are not on ``other``; None as soon as hardly any are."""
    looked, boxes, written = 0, [], []
    for letter in one.letters.tolist():
        fit, inked = _found(one.ink, other.ink, letter, matrix)
        if fit is None:
            continue
        looked += 1
        if fit < _UNLIKE:
            boxes.append(letter)
            if inked:
                written.append(letter)
        if looked == _FIRST and len(boxes) > _CLEARLY_OTHER * looked:
            return None
    return _Unlike(looked, boxes, written)


def _found(one: Ink, other: Ink, box: Side, matrix: Matrix) -> tuple[float | None, bool]:
    """Return how well a letter is found at its place on ``other``, and whether ink is there.

    None off the page.
    """
    x, y, wide, high = box
    left, top = max(0, x - _SPARE), max(0, y - _SPARE)
    letter = one[top : y + high + _SPARE, left : x + wide + _SPARE]
    at_x, at_y = (matrix @ (left, top, 1.0)).tolist()
    from_x, from_y = round(at_x) - _NEAR, round(at_y) - _NEAR
    if from_x < 0 or from_y < 0:
        return None, False
    to_y, to_x = from_y + letter.shape[0] + 2 * _NEAR, from_x + letter.shape[1] + 2 * _NEAR
    around = other[from_y:to_y, from_x:to_x]
    if around.shape != (to_y - from_y, to_x - from_x):
        return None, False
    fit = float(cv2.minMaxLoc(cv2.matchTemplate(around, letter, cv2.TM_CCOEFF_NORMED))[1])
    if fit >= _UNLIKE:
        return fit, True
    spare = _SPARE + _NEAR - 2
    instead = around[spare:-spare, spare:-spare]
    return fit, float(instead.mean()) > _INSTEAD * float(one[y : y + high, x : x + wide].mean())


def _replaced(here: list[Side], there: list[Side], matrix: Matrix) -> int:
    """Return how many letters that are not found stand where other such letters are."""
    count = 0
    for x, y, wide, high in here:
        at_x, at_y = (matrix @ (x + wide / 2, y + high / 2, 1.0)).tolist()
        count += any(_holds(box, at_x, at_y) for box in there)
    return count


def _holds(box: Side, x: float, y: float) -> bool:
    left, top, wide, high = box
    return left - _NEAR <= x <= left + wide + _NEAR and top - _NEAR <= y <= top + high + _NEAR


def _beside(box: Side, others: list[Side]) -> int:
    """Return how many of ``others`` stand level with a letter, within the width of two."""
    x, y, wide, high = box
    return (
        sum(
            abs(y + high / 2 - there - tall / 2) <= _LEVEL
            and max(x, left) - min(x + wide, left + across) <= _SIDE_BY_SIDE
            for left, there, across, tall in others
        )
        - 1
    )
