"""How far a page is off level, by the baselines of its letters.

The profile method of Postl (1986) on points: the lower edges of letter-like components are
projected along each angle, and the angle at which they pile up highest is the skew.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .ink import Flags, Marks
from .model import Pixels
from .resample import black_and_white

_FEWEST_LETTERS = 15
_FEWEST_POINTS = 200
_COARSE_POINTS = 20_000
_COARSE_BIN = 3.0
_FINE_POINTS = 120_000

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


def find_skew(points: Points, limit: float, *, fine: bool = True) -> Skew:
    """Return the skew within ``limit`` degrees either way of a page with these lower edges.

    Without ``fine`` it is told to half a degree only, in a third of the time.
    """
    if len(points[0]) < _FEWEST_POINTS:
        return NO_SKEW
    coarse = np.arange(-limit, limit + 0.25, 0.5)
    piles = _piles(_thinned(points, _COARSE_POINTS), coarse, _COARSE_BIN)
    best, usual = float(piles.max()), float(np.median(piles))
    angle = float(coarse[int(piles.argmax())])
    points = _thinned(points, _FINE_POINTS)
    for reach, step in ((0.5, 0.1), (0.1, 0.02)) if fine else ():
        angles = np.arange(angle - reach, angle + reach + step / 2, step)
        angle = _peak(angles, _piles(points, angles, 1.0))
    confidence = float(np.clip((best / usual - 1.1) / 0.5, 0.0, 1.0))
    if abs(angle) > limit - 0.5:
        confidence = 0.0  # the true angle may lie beyond what was looked at
    return Skew(angle, confidence, best)


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
    return marks.ink_of(letters if int(letters.sum()) >= _FEWEST_LETTERS else marks.inner)


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


def _peak(angles: NDArray[np.float64], piles: NDArray[np.float64]) -> float:
    """Return the angle of the highest pile, refined by a parabola through its neighbours."""
    at = int(piles.argmax())
    if at in (0, len(piles) - 1):
        return float(angles[at])
    before, here, after = piles[at - 1 : at + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend else 0.0
    return float(angles[at] + shift * (angles[1] - angles[0]))


def level(pixels: Pixels, degrees: float, *, bitonal: bool) -> Pixels:
    """Return the page turned counter-clockwise by ``degrees`` on white, grown to lose no corner."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    new_width = round(width * cosine + height * sine)
    new_height = round(width * sine + height * cosine)
    turn[:, 2] += ((new_width - width) / 2, (new_height - height) / 2)
    turned = cv2.warpAffine(
        pixels, turn, (new_width, new_height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)
    )
    straight = np.asarray(turned, dtype=np.uint8)
    return black_and_white(straight) if bitonal else straight
