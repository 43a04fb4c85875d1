"""What happens to print before it is a scan: ribbons, copies, faxes, film; written for training.

The measurements wear their pages by code of their own (``bench.degrade``), so that what is
reported was not learned from the same hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import cv2
import numpy as np

from capture.model import Pixels

from .typeset import Ink

_NOISE_SIZE = (512, 8192)


@dataclass(frozen=True, slots=True)
class Wear:
    """A way of wearing print, and how often it is met."""

    name: str
    share: float
    worn: Callable[[Random, Ink, float], Ink]
    """From ink and pixels an em to tones, 0.0 black and 1.0 white."""


@lru_cache(maxsize=1)
def _noises() -> Ink:
    return np.random.default_rng(20_261).standard_normal(_NOISE_SIZE).astype(np.float32)


def noise(rng: Random, shape: tuple[int, ...]) -> Ink:
    """Return Gaussian noise of deviation 1.0, a piece of one sheet made once."""
    height, width = shape
    y = rng.randrange(_NOISE_SIZE[0] - height)
    x = rng.randrange(_NOISE_SIZE[1] - width)
    piece = _noises()[y : y + height, x : x + width]
    return piece[:: rng.choice((1, -1)), :: rng.choice((1, -1))]


def slow_noise(rng: Random, shape: tuple[int, ...], cell: float) -> Ink:
    """Return noise that changes over about ``cell`` pixels."""
    height, width = shape
    few = noise(rng, (max(2, int(height / cell) + 2), max(2, int(width / cell) + 2)))
    grown = cv2.resize(few.copy(), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.float32)


def inked(rng: Random, ink: Ink, em: int) -> Ink:
    """Return ``ink`` thick or thin, uneven, or broken, as ribbons and presses leave it."""
    if rng.random() < 0.35:
        change = cv2.dilate if rng.random() < 0.6 else cv2.erode
        sizes = [(2, 2), (2, 1), (1, 2)] + ([(3, 3), (3, 2)] if em > 33 else [])
        ink = np.asarray(change(ink, np.ones(rng.choice(sizes), np.uint8)), np.float32)
    if rng.random() < 0.55:
        depth = rng.uniform(0.1, 0.45)
        ink = ink * np.clip(
            1 - depth * np.abs(slow_noise(rng, ink.shape, rng.uniform(6, 50))), 0.1, 1
        )
    if rng.random() < 0.12:
        ink = ink * (slow_noise(rng, ink.shape, rng.uniform(2, 4)) > -rng.uniform(0.9, 1.8))
    if rng.random() < 0.06:  # ribbon of cloth
        weave = np.sin(np.arange(ink.shape[0], dtype=np.float32) * rng.uniform(1.2, 2.4))[:, None]
        ink = ink * (1 - rng.uniform(0.1, 0.4) * (weave > 0))
    return ink.astype(np.float32)


def _blurred(plane: Ink, sigma: float) -> Ink:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), max(0.2, sigma)), np.float32)


def _clean(rng: Random, ink: Ink, em: float) -> Ink:
    return 1 - _blurred(ink, rng.uniform(0.25, 0.9) * em)


def _grey(rng: Random, ink: Ink, em: float) -> Ink:
    paper = rng.uniform(0.6, 0.99)
    tone = paper - paper * rng.uniform(0.3, 1) * _blurred(ink, rng.uniform(0.4, 1.8) * em)
    tone = tone + rng.uniform(0, 0.1) * slow_noise(rng, ink.shape, rng.uniform(30, 120))
    return tone + rng.uniform(0.005, 0.07) * noise(rng, ink.shape)


def _coarse(rng: Random, ink: Ink, em: float) -> Ink:
    """Wear as a scan of 75 to 150 dpi is, often of a 1-bit one before, made larger to be read."""
    height, width = ink.shape
    smaller = min(1.0, rng.uniform(9.5, 18) / (40 * em))
    size = (max(8, round(width * smaller)), max(8, round(height * smaller)))
    soft = _blurred(ink, rng.uniform(0.3, 1.5) * em)
    if rng.random() < 0.5:
        grain = rng.uniform(0.02, 0.15) * noise(rng, ink.shape)
        soft = (soft + grain > rng.uniform(0.3, 0.6)).astype(np.float32)
    few = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)
    tone = rng.uniform(0.7, 1) * (1 - rng.uniform(0.4, 1) * few)
    tone = tone + rng.uniform(0, 0.05) * noise(rng, tone.shape)
    return np.asarray(cv2.resize(tone, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _carbon(rng: Random, ink: Ink, em: float) -> Ink:
    """Wear as a carbon copy is: soft, faint, rubbed."""
    soft = _blurred(ink, rng.uniform(1.2, 2.6) * em)
    soft = soft * np.clip(1 - 0.4 * np.abs(slow_noise(rng, ink.shape, 12)), 0.2, 1)
    rubbed = 0.08 * np.clip(slow_noise(rng, ink.shape, rng.uniform(8, 40)), 0, 2)
    paper = rng.uniform(0.7, 0.95)
    return paper - rng.uniform(0.25, 0.6) * soft - rubbed + 0.03 * noise(rng, ink.shape)


def _copied(rng: Random, ink: Ink, em: float) -> Ink:
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        tone = 1 - _blurred(ink, rng.uniform(0.5, 2.0) * em)
        tone = tone + rng.uniform(0.02, 0.15) * noise(rng, ink.shape)
        if rng.random() < 0.7:
            tone = _blurred(tone, rng.uniform(0.4, 1.0) * em)
        cut = rng.uniform(0.4, 0.78) + rng.choice((0, 0, 0.05)) * slow_noise(rng, ink.shape, 60)
        ink = (tone <= cut).astype(np.float32)
    return 1 - _specked(rng, ink, 0.0006, 0.05 * 40 * em)


def _specked(rng: Random, ink: Ink, density: float, largest: float) -> Ink:
    height, width = ink.shape
    ink = ink.copy()
    for _ in range(min(400, int(rng.expovariate(1 / (density * height * width))))):
        spot = (rng.randrange(width), rng.randrange(height))
        cv2.circle(ink, spot, rng.randint(0, max(1, round(largest))), rng.choice((1, 1, 0)), -1)
    return ink


def _scanned_bitonal(rng: Random, ink: Ink, em: float) -> Ink:
    """Wear as a 1-bit scan is, with no other harm."""
    tone = 1 - _blurred(ink, rng.uniform(0.4, 1.2) * em) + 0.03 * noise(rng, ink.shape)
    return (tone > rng.uniform(0.35, 0.75)).astype(np.float32)


def _faxed(rng: Random, ink: Ink, em: float) -> Ink:
    height, width = ink.shape
    across = rng.uniform(0.45, 0.95)
    down = across * rng.choice((1, 1, 1, 0.5 if em > 0.9 else 1))
    soft = _blurred(ink, rng.uniform(0.4, 1.2) * em)
    size = (max(8, round(width * across)), max(10, round(height * down)))
    coarse = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)
    grain = noise(rng, coarse.shape)
    tone = 1 - coarse + rng.uniform(0.02, 0.15) * grain
    lines = (tone > rng.uniform(0.4, 0.72)).astype(np.float32)
    rare = noise(rng, lines.shape)
    limit = rng.uniform(2.4, 4)
    lines[rare > limit] = 0
    lines[rare < -limit] = 1
    if rng.random() < 0.08:  # a line that the telephone spoiled
        row = rng.randrange(lines.shape[0])
        lines[row] = noise(rng, (1, lines.shape[1]))[0] > 0
    way = rng.choice((cv2.INTER_NEAREST, cv2.INTER_LINEAR))
    return np.asarray(cv2.resize(lines, (width, height), interpolation=way), np.float32)


def _filmed(rng: Random, ink: Ink, em: float) -> Ink:
    if em > 0.7 and rng.random() < 0.7:
        smaller = rng.uniform(0.5, 0.95)
        size = (max(8, round(ink.shape[1] * smaller)), max(10, round(ink.shape[0] * smaller)))
        ink, em = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA)), em * smaller
    shape = ink.shape
    paper = rng.uniform(0.45, 0.9)
    tone = paper * (1 - rng.uniform(0.25, 0.85) * _blurred(ink, rng.uniform(0.5, 2.1) * em))
    tone = tone * (1 + rng.uniform(0, 0.15) * slow_noise(rng, shape, 100))
    tone = tone + rng.uniform(0.005, 0.05) * noise(rng, shape)
    tone = tone + rng.uniform(0, 0.04) * slow_noise(rng, shape, 2)
    tone = _dusty(rng, _scratched(rng, tone), 40 * em)
    return _blurred(tone, rng.uniform(0.5, 1.3)) if rng.random() < 0.3 else tone


def _scratched(rng: Random, tone: Ink) -> Ink:
    height, width = tone.shape
    tone = tone.copy()
    for _ in range(rng.choices((0, 1, 2, 3), (60, 20, 12, 8))[0]):
        shade = rng.choice((rng.uniform(0, 0.25), rng.uniform(0.8, 1)))
        if rng.random() < 0.7:
            x = rng.randrange(width)
            ends = (x, 0), (x + rng.randint(-8, 8), height)
        else:
            y = rng.randrange(height)
            ends = (0, y), (width, y + rng.randint(-6, 6))
        cv2.line(tone, *ends, shade, rng.randint(1, 2), cv2.LINE_AA)
    return tone


def _dusty(rng: Random, tone: Ink, em: float) -> Ink:
    height, width = tone.shape
    for _ in range(min(300, int(rng.expovariate(1 / (0.00025 * height * width))))):
        spot = (rng.randrange(width), rng.randrange(height))
        size = rng.randint(1, max(1, round(em * 0.07)))
        cv2.circle(tone, spot, size, rng.choice((0.05, 0.92)), -1, cv2.LINE_AA)
    return tone


WEARS = (
    Wear("clean", 0.14, _clean),
    Wear("grey", 0.17, _grey),
    Wear("bitonal", 0.1, _scanned_bitonal),
    Wear("coarse", 0.12, _coarse),
    Wear("carbon", 0.05, _carbon),
    Wear("copy", 0.22, _copied),
    Wear("fax", 0.15, _faxed),
    Wear("film", 0.17, _filmed),
)


def worn(rng: Random, ink: Ink, em: int, wear: Wear) -> Pixels:
    """Return the scan of ``ink`` after ``wear``: ``(height, width)`` grey, dark on light."""
    tone = wear.worn(rng, inked(rng, ink, em), em / 40)
    scan = np.clip(tone * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.12:
        _, squeezed = cv2.imencode(".jpg", scan, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 80)])
        scan = np.asarray(cv2.imdecode(squeezed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return scan
