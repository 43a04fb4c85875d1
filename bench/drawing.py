"""Strokes that are not text: frames, signatures, electrocardiograms."""

from __future__ import annotations

from math import exp, pi, sin
from random import Random

from .sheet import Stroke

_MM = 300 / 25.4


def box_strokes(
    x: float, y: float, width: float, height: float, weight: int = 3
) -> tuple[Stroke, ...]:
    """Return the four sides of a rectangle."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return (Stroke(corners, weight),)


def scribble(rng: Random, x: float, y: float) -> Stroke:
    """Return a signature that nobody could read, up to 640 pixels long."""
    length, tall, slant = rng.uniform(300, 640), rng.uniform(20, 46), rng.uniform(-0.2, 0.9)
    waves = [(rng.uniform(3, 17), rng.random() * 6, rng.uniform(0.2, 1.0)) for _ in range(4)]
    points = []
    for i in range(140):
        t = i / 139
        swing = sum(high * sin(t * turns * 2 * pi + at) for turns, at, high in waves) / 2
        rise = tall * (1.4 - t) * swing
        drift = 22 * sin(t * waves[0][0] * 2 * pi + waves[1][1])
        points.append((x + t * length + slant * rise + drift, y - rise * 0.9))
    return Stroke(tuple(points), rng.choice((4, 5, 6)), printed=False)


def heartbeat(
    rng: Random, rate: int, x: float, y: float, width: float, height: float = 240
) -> tuple[Stroke, ...]:
    """Return one lead at 25 mm/s on a grid of 5 mm."""
    step = 5 * _MM
    across = [x + i * step for i in range(int(width / step) + 1)]
    down = [y + i * step for i in range(int(height / step) + 1)]
    grid = [Stroke(((a, down[0]), (a, down[-1])), 1) for a in across]
    grid += [Stroke(((across[0], d), (across[-1], d)), 1) for d in down]
    return (*grid, _lead(rng, rate, across[0], y + height * 0.6, across[-1] - across[0]))


def _lead(rng: Random, rate: int, x: float, base: float, width: float) -> Stroke:
    period = 25 * _MM * 60 / rate
    tall, inverted = rng.uniform(60, 120), rng.choice((1, 1, 1, -1))
    points = [
        (x + px, base - inverted * tall * _beat((px % period) / period) + rng.uniform(-1.5, 1.5))
        for px in range(0, int(width), 3)
    ]
    return Stroke(tuple(points), 4, printed=False)


def _beat(phase: float) -> float:
    waves = ((0.20, 0.030, 0.12), (0.36, 0.008, -0.15), (0.38, 0.010, 1.0), (0.40, 0.009, -0.25))
    t_wave = 0.28 * exp(-(((phase - 0.62) / 0.05) ** 2))
    return t_wave + sum(h * exp(-(((phase - at) / wide) ** 2)) for at, wide, h in waves)
