"""What is on roll film besides frames and marks: print, sprocket holes, punched holes and fog."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box

LIGHT = 110.0
"""Film lighter than that is clear."""
FILM = 16.0
"""Millimetres across."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right and end, in parts of a pixel."""


def cover(low: float, high: float, start: int, count: int) -> NDArray[np.float32]:
    """Return the share of each of ``count`` pixels from ``start`` between ``low`` and ``high``."""
    at = np.arange(start, start + count)
    share = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, 1)
    return np.asarray(share, dtype=np.float32)


def around(film: NDArray[np.float32], rectangle: Rectangle, pad: int) -> tuple[int, int, int, int]:
    """Return the pixels of the film around a rectangle: left, top, right and end."""
    left, top, right, end = rectangle
    return (
        max(0, int(left) - pad),
        max(0, int(top) - pad),
        min(film.shape[1], int(right) + 1 + pad),
        min(film.shape[0], int(end) + 1 + pad),
    )


def fogged(film: NDArray[np.float32], rng: Random) -> None:
    """Draw light that crept in from the edges, in clouds."""
    length, width = film.shape
    for _ in range(max(1, length // (2 * width))):
        middle = rng.choice((0, width)), rng.randrange(length)
        cloud = np.zeros((length, width), np.float32)
        top = max(0, middle[1] - 2 * width)
        part = cloud[top : middle[1] + 2 * width]
        sides = rng.randint(width // 20, width // 8), rng.randint(width // 5, width)
        cv2.ellipse(part, (middle[0], middle[1] - top), sides, 0, 0, 360, 1.0, -1)
        soft = np.asarray(cv2.GaussianBlur(part, (0, 0), width / 30), dtype=np.float32)
        film[top : top + len(part)] += rng.uniform(10, 40) * soft


def print_along(film: NDArray[np.float32], rng: Random) -> None:
    """Draw the maker's letters along one edge, every few frames."""
    length, width = film.shape
    text = rng.choice(("SAFETY FILM 17", "HALIDE  5462", "I I 24", "MICRO - 160 -"))
    size = width / 420
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    tile = np.zeros((high + 8, wide + 8), np.uint8)
    cv2.putText(tile, text, (4, high + 3), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2, cv2.LINE_AA)
    column = np.rot90(tile).astype(np.float32) / 255
    left = rng.choice((2, width - column.shape[1] - 2))
    for top in range(rng.randrange(width), length - len(column), 3 * width):
        part = film[top : top + len(column), left : left + column.shape[1]]
        tone = 220.0 if float(np.median(part)) < LIGHT else 20.0
        part += column * (tone - part)


def sprocket_holes(film: NDArray[np.float32], pitch: float, rng: Random) -> None:
    """Draw holes of 16 mm stock along the right edge, with round corners."""
    length, width = film.shape
    scale = width / FILM
    wide, high, left = 1.83 * scale, 1.27 * scale, width - 2.6 * scale
    top = rng.uniform(0, pitch * scale)
    while top + high < length:
        x, y, x_end, y_end = around(film, (left, top, left + wide, top + high), 3)
        rows, columns = (
            cover(top, top + high, y, y_end - y),
            cover(left, left + wide, x, x_end - x),
        )
        shape = (cv2.GaussianBlur(np.outer(rows, columns), (0, 0), 1.8) > 0.5).astype(np.float32)
        film[y:y_end, x:x_end] += shape * (252 - film[y:y_end, x:x_end])
        top += pitch * scale


def punch(film: NDArray[np.float32], clear: Sequence[Box], rng: Random) -> None:
    """Punch a hole beside the frames, not through what is in ``clear``."""
    length, width = film.shape
    radius = round(width * rng.uniform(0.03, 0.05))
    for _ in range(20):
        x, y = rng.choice((radius + 4, width - radius - 4)), rng.randrange(radius, length - radius)
        far = radius + width // 60
        place = Box(x - far, y - far, 2 * far, 2 * far)
        if not any(place.shared_area(box) for box in clear):
            cv2.circle(film, (x, y), radius, 253.0, -1, cv2.LINE_AA)
            return
