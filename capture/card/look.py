"""A card of film as it is looked at: small, and laid straight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels
from capture.scale import grey, resize, soften

LONG_SIDE = 2400
"""Pixels at which a card is looked at: a frame of the smallest grids keeps a hundred."""
_ANGLE_SIDE = 1000
_MOST_ANGLE, _COARSE, _FINE = 2.6, 0.1, 0.02  # degrees
_LEAST_ANGLE = 0.04
_SPARE = 0.25
_CALM_SPAN = 5
_CALM_GRAINS = 8.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Look:
    """A card small and straight."""

    tones: Pixels
    """``(height, width)``, softened against grain."""
    sharp: Pixels
    """The same before it was softened."""
    matrix: NDArray[np.float64]
    """``(2, 3)``: from pixels of the card to those of the look."""
    grain: float
    """Grey levels, standard deviation."""
    angle: float
    """Degrees by which it was turned to lie straight."""
    unit: float = 1.0
    """Long side over that of a whole look."""

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return int(self.tones.shape[0]), int(self.tones.shape[1])

    @property
    def area(self) -> int:
        """Pixels."""
        return int(self.tones.size)

    @cached_property
    def writing(self) -> Pixels:
        """1 where the tone changes as at the edge of a stroke."""
        span = np.ones((3, 3), np.uint8)
        change = cv2.morphologyEx(self.tones, cv2.MORPH_GRADIENT, span)
        return np.asarray(change > max(12.0, 8 * self.grain), dtype=np.uint8)

    @cached_property
    def calm(self) -> NDArray[np.bool_]:
        """Where the tone varies no more around than grain makes it."""
        span = np.ones((_CALM_SPAN, _CALM_SPAN), np.uint8)
        change = cv2.morphologyEx(self.tones, cv2.MORPH_GRADIENT, span)
        return np.asarray(change <= max(4.0, _CALM_GRAINS * self.grain))

    def halved(self) -> Look:
        """Return the look at half its size, for a first choice; its matrix is not for use."""
        tones, sharp = resize(self.tones, 0.5), resize(self.sharp, 0.5)
        return Look(tones, sharp, self.matrix, self.grain, self.angle, self.unit / 2)

    def part(self, box: Box) -> Look:
        """Return a piece of the look; its matrix is not for use."""
        tones, sharp = (
            np.ascontiguousarray(whole[box.y : box.bottom, box.x : box.right])
            for whole in (self.tones, self.sharp)
        )
        return Look(tones, sharp, self.matrix, self.grain, self.angle, self.unit)

    def on_card(self, box: Box, size: tuple[int, int]) -> Box:
        """Return the box on a card of ``size`` (width, height) that holds ``box`` of the look."""
        back = cv2.invertAffineTransform(self.matrix)
        left, top, right, bottom = (
            box.x - _SPARE, box.y - _SPARE, box.right + _SPARE, box.bottom + _SPARE
        )  # fmt: skip
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        across, down = (corners @ back[:, :2].T + back[:, 2]).T
        x, y = max(0, int(np.floor(across.min()))), max(0, int(np.floor(down.min())))
        right = min(size[0], int(np.ceil(across.max())))
        bottom = min(size[1], int(np.ceil(down.max())))
        return Box(x, y, max(1, right - x), max(1, bottom - y))


def look_at(card: Pixels) -> Look:
    """Return ``card`` (grey or RGB) as it is looked at."""
    tones = grey(card)
    scale = min(1.0, LONG_SIDE / max(tones.shape))
    size = tuple(max(1, round(side * scale)) for side in tones.shape[::-1])
    small = np.asarray(cv2.resize(tones, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    angle = angle_of(small)
    middle = size[0] / 2, size[1] / 2
    turn = np.asarray(cv2.getRotationMatrix2D(middle, angle, 1.0), dtype=np.float64)
    straight = small
    if abs(angle) >= _LEAST_ANGLE:
        cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
        grown = int(size[0] * cos + size[1] * sin) + 1, int(size[1] * cos + size[0] * sin) + 1
        turn[:, 2] += (grown[0] - size[0]) / 2, (grown[1] - size[1]) / 2
        mode = cv2.BORDER_REPLICATE
        straight = np.asarray(cv2.warpAffine(small, turn, grown, borderMode=mode), dtype=np.uint8)
    else:
        angle, turn = 0.0, np.array([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
    turn[:, :2] *= scale
    soft = np.asarray(cv2.blur(straight, (3, 3)), dtype=np.uint8)
    return Look(soft, straight, turn, _grain(straight), angle, max(small.shape) / LONG_SIDE)


def angle_of(small: Pixels) -> float:
    """Return how far a card must be turned to lie straight, degrees.

    Straight lines up and across are told by the profile of edges, which is sharpest along them.
    """
    scale = min(1.0, _ANGLE_SIDE / max(small.shape))
    look = resize(small, scale)
    if min(look.shape) < 50:
        return 0.0
    look = soften(look, 1.0)
    down, across = _edges(look, (0, 1)), _edges(look, (1, 0))
    best = _sharpest(down, across, np.arange(-_MOST_ANGLE, _MOST_ANGLE + 0.01, _COARSE))
    return _sharpest(down, across, best + np.arange(-_COARSE, _COARSE + 0.01, _FINE))


def _edges(look: Pixels, way: tuple[int, int]) -> Floats:
    steps = np.minimum(np.abs(cv2.Sobel(look, cv2.CV_32F, *way)), 40)
    # Softened, an angle of nought has no edge over those that need interpolation.
    return np.asarray(cv2.GaussianBlur(steps, (0, 0), 1.2), dtype=np.float32)


def _sharpest(down: Floats, across: Floats, angles: NDArray[np.float64]) -> float:
    scores = [_sharpness(down, angle, 1) + _sharpness(across, angle, 0) for angle in angles]
    return float(np.asarray(angles)[int(np.argmax(scores))])


def _sharpness(edges: Floats, angle: float, axis: int) -> float:
    height, width = edges.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(edges, turn, (width, height), flags=cv2.INTER_LINEAR)
    profile = np.asarray(turned, dtype=np.float64).mean(axis=axis)
    return float(np.square(np.diff(profile)).sum()) * float(edges.shape[axis])


def _grain(tones: Pixels) -> float:
    steps = tones[::3, 3::3].astype(np.int16) - tones[::3, 2:-1:3][:, : tones[::3, 3::3].shape[1]]
    if not steps.size:
        return 1.0
    # After softening by 3 x 3 not half of the grain is left.
    return max(0.5, float(1.48 * float(np.median(np.abs(steps))) / np.sqrt(2) / 2))
