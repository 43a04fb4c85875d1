"""How far a page is off level, by the baselines of its letters.

The profile method of Postl (1986) on points: the lower edges of letter-like components are
projected along each angle, and the angle at which they pile up highest is the skew. It is trusted
as far as no other angle rivals it and letters stand in rows along it: in a picture they do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Counts, Flags, Marks
from .model import Pixels
from .resample import black_and_white

_FEWEST_LETTERS = 15
_FEWEST_POINTS = 200
_COARSE_POINTS = 20_000
_COARSE_BIN = 3.0
_FINE_POINTS = 100_000
_FINEST = 0.02
_BEYOND = 1.0
"""Degrees looked at past the limit, so that an angle at the limit is told from one beyond it."""
_LEAST_REACH = 4.0
_APART = 2.0
"""Degrees from which another angle is a rival and not the flank of the same peak."""

_OVER_USUAL, _OVER_RIVAL = (1.1, 1.6), (1.04, 1.2)
"""How many times as high the best pile is where confidence is 0.0, and where it is 1.0."""
_IN_ROWS = (0.05, 0.25)
"""Share of letters that the next one follows on one line, where confidence is 0.0, and 1.0.

Print has 0.4 to 0.95, joined handwriting 0.15 and more; specks, scribble and pictures under 0.1.
"""
_ROW, _NEXT = 0.25, 3.0  # of the usual height of a letter

_SMALL_LETTERED = 1800
"""Pixels of the longer side of a page up to which letters are small: 160 dpi for letter paper."""

Points = tuple[NDArray[np.float32], NDArray[np.float32]]
"""x and y, in pixels of the look."""


@dataclass(frozen=True, slots=True)
class Skew:
    """The skew of a page."""

    degrees: float
    """Positive when text runs downhill to the right."""
    confidence: float
    strength: float
    """How high the points pile up against an even spread; compares two readings of one page."""


NO_SKEW = Skew(0.0, 0.0, 0.0)


def skew_of(marks: Marks, limit: float) -> Skew:
    """Return the skew within ``limit`` degrees either way of a page with these marks.

    Confidence is 0.0 when nothing looks like text: a streak of dirt has an angle as well.
    """
    found = find_skew(lower_edges(marks), limit)
    return replace(found, confidence=min(found.confidence, looks_like_text(marks, found.degrees)))


def looks_like_text(marks: Marks, degrees: float) -> float:
    """Return from 0.0 to 1.0 how far marks like letters stand in rows with this skew."""
    middle = marks.x + marks.width / 2
    return _share_in_rows(marks.letters, marks.height, middle, marks.bottom, degrees)


def looks_like_lying_text(marks: Marks, degrees: float) -> float:
    """Return the same, were the page turned counter-clockwise by a quarter."""
    foot = marks.mask.shape[1] - marks.x
    middle = marks.y + marks.height / 2
    return _share_in_rows(marks.lying_letters, marks.width, middle, foot, degrees)


def _share_in_rows(
    letters: Flags, height: Counts, middle: NDArray[np.float64], foot: Counts, degrees: float
) -> float:
    if not _has_letters(letters):
        return 0.0
    usual = float(np.median(height[letters]))
    middle = middle[letters]
    row = np.floor((foot[letters] - middle * np.tan(np.radians(degrees))) / (_ROW * usual))
    order = np.lexsort((middle, row))
    followed = (np.diff(row[order]) == 0) & (np.diff(middle[order]) < _NEXT * usual)
    return _between(float(followed.mean()), _IN_ROWS)


def find_skew(points: Points, limit: float, *, fine: bool = True) -> Skew:
    """Return the skew within ``limit`` degrees either way of a page with these lower edges.

    Confidence is 0.0 when the angle lies beyond the limit. Without ``fine`` it is told to half
    a degree only, in a third of the time.
    """
    if len(points[0]) < _FEWEST_POINTS:
        return NO_SKEW
    reach = max(limit + _BEYOND, _LEAST_REACH)
    coarse = np.arange(-reach, reach + 0.25, 0.5)
    piles = _piles(_thinned(points, _COARSE_POINTS), coarse, _COARSE_BIN)
    angle = float(coarse[int(piles.argmax())])
    if fine:
        angle = _refined(_thinned(points, _FINE_POINTS), angle)
    confidence = _confidence(coarse, piles) if abs(angle) <= limit else 0.0
    return Skew(angle, confidence, float(piles.max()))


def _confidence(angles: NDArray[np.float64], piles: NDArray[np.float64]) -> float:
    """Return how far the highest pile stands out, from the usual one and from its best rival."""
    at = int(piles.argmax())
    over_usual = float(piles[at] / np.median(piles))
    over_rival = float(piles[at] / piles[np.abs(angles - angles[at]) > _APART].max())
    return min(_between(over_usual, _OVER_USUAL), _between(over_rival, _OVER_RIVAL))


def _between(value: float, ends: tuple[float, float]) -> float:
    """Return where a value lies between two ends, as 0.0 to 1.0."""
    return float(np.clip((value - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0))


def _refined(points: Points, angle: float) -> float:
    near = np.asarray(angle + np.arange(-0.5, 0.55, 0.1), dtype=np.float64)
    angle = _peak(near, _piles(points, near, 1.0))
    nearest = np.asarray(angle + np.arange(-5, 6) * _FINEST, dtype=np.float64)
    return _summit(nearest, _soft_piles(points, nearest))


def lower_edges(marks: Marks) -> Points:
    """Return the lower edges of letters; when they are few, of all ink but that at the edge."""
    ink = _text_ink(marks, marks.letters)
    flat, width = marks.mask.ravel(), marks.mask.shape[1]
    # What lies below the last row is paper, and so is what wraps to the first.
    below = np.where(ink + width < flat.size, flat.take(ink + width, mode="clip"), 0)
    y, x = np.divmod(ink[below == 0], width)
    return x.astype(np.float32), y.astype(np.float32)


def lower_edges_if_lying(marks: Marks) -> Points:
    """Return the lower edges of letters were the page turned counter-clockwise by a quarter."""
    ink = _text_ink(marks, marks.lying_letters)
    width = marks.mask.shape[1]
    y, x = np.divmod(ink, width)
    left = np.where(x > 0, marks.mask.ravel()[ink - 1], 0)
    edge = left == 0
    return y[edge].astype(np.float32), (width - 1 - x[edge]).astype(np.float32)


def _text_ink(marks: Marks, letters: Flags) -> NDArray[np.intp]:
    return marks.ink_of(letters if _has_letters(letters) else marks.inner)


def _has_letters(letters: Flags) -> bool:
    return int(letters.sum()) >= _FEWEST_LETTERS


def _thinned(points: Points, most: int) -> Points:
    x, y = points
    if len(x) <= most:
        return points
    # A stride would follow the rows of the image; a shuffle with a fixed seed follows nothing.
    chosen = np.random.default_rng(0).permutation(len(x))[:: -(-len(x) // most)]
    return x[chosen], y[chosen]


def _piles(points: Points, degrees: NDArray[np.float64], bin_height: float) -> NDArray[np.float64]:
    """Return for each angle the mean square of the profile over that of an even spread."""
    x, y = points[0] / np.float32(bin_height), points[1] / np.float32(bin_height)
    piles = []
    for tangent in np.tan(np.radians(degrees)):
        level = y - x * np.float32(tangent)
        rows = (level - level.min()).astype(np.intp)
        profile = np.bincount(rows).astype(np.float64)
        piles.append(float(profile @ profile) / len(x) ** 2)
    # Rows of the level page, so that a slant does not seem an even spread over more rows.
    return np.array(piles) * (float(np.ptp(y)) + 1.0)


def _soft_piles(points: Points, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each angle the mean square of a profile in which a point counts in two rows.

    The rows of the image are a lattice that draws angles to its own: each point is moved by a
    chance part of a pixel, the same at every run.
    """
    x = points[0] - points[0].mean()
    y = points[1] + np.random.default_rng(0).random(len(x), dtype=np.float32)
    piles = []
    for tangent in np.tan(np.radians(degrees)):
        place = y - x * np.float32(tangent)
        place -= place.min()
        rows = place.astype(np.intp)
        part = place - rows
        profile = np.bincount(rows, 1 - part, int(rows.max()) + 2)
        profile[1:] += np.bincount(rows, part, len(profile) - 1)
        piles.append(float(profile @ profile))
    return np.array(piles) / len(x) ** 2


def _peak(angles: NDArray[np.float64], piles: NDArray[np.float64]) -> float:
    """Return the angle of the highest pile, refined by a parabola through its neighbours."""
    at = int(piles.argmax())
    if at in (0, len(piles) - 1):
        return float(angles[at])
    before, here, after = piles[at - 1 : at + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return float(angles[at] + shift * (angles[1] - angles[0]))


def _summit(angles: NDArray[np.float64], piles: NDArray[np.float64]) -> float:
    """Return the top of the parabola nearest to all piles: single ones are flat or jagged."""
    middle = float(angles.mean())
    bend, slope, _ = np.polyfit(angles - middle, piles, 2)
    if bend >= 0:
        return _peak(angles, piles)
    return float(np.clip(middle - slope / (2 * bend), angles[0], angles[-1]))


def level(pixels: Pixels, degrees: float, *, bitonal: bool) -> Pixels:
    """Return the page turned counter-clockwise by ``degrees`` on white, grown to lose no corner.

    Small grey letters stay sharper by Lanczos' interpolation, and more of them are read; large
    ones gain nothing that is worth its time, but a linear turn would take faint thin strokes.
    """
    turn, size = turn_about(pixels.shape, degrees)
    small = max(pixels.shape[:2]) <= _SMALL_LETTERED
    grey_way = cv2.INTER_LANCZOS4 if small else cv2.INTER_CUBIC
    way = cv2.INTER_LINEAR if bitonal else grey_way
    turned = cv2.warpAffine(pixels, turn, size, flags=way, borderValue=(255, 255, 255))
    straight = np.asarray(turned, dtype=np.uint8)
    return black_and_white(straight) if bitonal else straight


def turn_about(
    shape: tuple[int, ...], degrees: float, spare: int = 0
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the ``(2, 3)`` map that turns a picture counter-clockwise, and the size it then has.

    The size, width before height, holds every corner and ``spare`` pixels more on each side.
    """
    height, width = shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    across = round(width * cosine + height * sine) + 2 * spare
    down = round(width * sine + height * cosine) + 2 * spare
    turn[:, 2] += ((across - width) / 2, (down - height) / 2)
    return np.asarray(turn, dtype=np.float64), (across, down)
