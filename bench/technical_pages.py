"""Technical frames drawn: charts, wedges, leaders, splices, notices, with the truth of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture.model import Pixels

from . import fonts
from .sheet import DPI, HEIGHT, WIDTH, Sheet

_MM = DPI / 25.4
_FINE = 4
"""Charts are drawn at so many times the resolution: their finest lines are far below a pixel."""
FREQUENCIES = (1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2, 3.6, 4.0, 4.5, 5.0, 5.6,
               6.3, 7.1, 8.0, 9.0, 10.0)  # fmt: skip
"""Line pairs to the millimetre of the patterns of a microcopy chart."""
HOUSES = ("PLACEHOLDER GENERAL HOSPITAL", "MOCKBURY MEMORIAL HOSPITAL", "FABLE FALLS CLINIC")


def microcopy_chart(rng: Random) -> Pixels:
    """Return one chart of five-bar patterns, each upright and lying, beside its number."""
    wide, high = round(52 * _MM * _FINE), round(50 * _MM * _FINE)
    card = Image.new("L", (wide, high), 255)
    pen = ImageDraw.Draw(card)
    long = rng.choice((1.0, 1.1, 1.25))
    x, y, row = 2.0, 2.0, 0.0
    for frequency in FREQUENCIES:
        size = 4.5 / frequency
        if x + 2.6 * size + 4 > 50:
            x, y, row = 2.0, y + row + 1.5, 0.0
        _pattern(pen, (x, y), frequency, size * long, lying=False)
        _pattern(pen, (x + size * 1.3, y), frequency, size * long, lying=True)
        face = fonts.font("sans", round(max(1.1, size * 0.3) * _MM * _FINE))
        at = (x + size * (1.4 + long)) * _MM * _FINE, y * _MM * _FINE
        pen.text(at, f"{frequency:g}", fill=0, font=face)
        x, row = x + size * (1.9 + long) + 1.5, max(row, size * long)
    return _smaller(card, _FINE)


def _pattern(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], frequency: float, long: float, *, lying: bool
) -> None:
    bar = 0.5 / frequency
    for number in range(5):
        along, across = (0.0, 2 * bar * number) if lying else (2 * bar * number, 0.0)
        size = (long, bar) if lying else (bar, long)
        box = (at[0] + along, at[1] + across, at[0] + along + size[0], at[1] + across + size[1])
        pen.rectangle([part * _MM * _FINE for part in box], fill=0)


def _smaller(card: Image.Image, times: int) -> Pixels:
    size = card.width // times, card.height // times
    shrunk = cv2.resize(np.asarray(card), size, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)


def _paper() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    card = Image.new("L", (WIDTH, HEIGHT), 250)
    return card, ImageDraw.Draw(card)


def _titled(pen: ImageDraw.ImageDraw, lines: tuple[str, ...], top: float, size: int) -> None:
    for number, line in enumerate(lines):
        at = WIDTH / 2, HEIGHT * top + number * size * 1.5
        pen.text(at, line, fill=0, font=fonts.font("sans-bold", size), anchor="ma")


def microcopy_target(rng: Random) -> Pixels:
    """Return a target with charts in the corners and in the middle, and a title."""
    card, pen = _paper()
    chart = Image.fromarray(microcopy_chart(rng))
    far_x, far_y = WIDTH - chart.width - 120, HEIGHT - chart.height - 120
    middle = (WIDTH - chart.width) // 2, (HEIGHT - chart.height) // 2
    for at in ((120, 120), (far_x, 120), (120, far_y), (far_x, far_y), middle):
        card.paste(chart, at)
    if rng.random() < 0.7:
        _titled(pen, (rng.choice(("RESOLUTION TEST", "REDUCTION RATIO 24X")),), 0.32, 90)
        _titled(pen, (rng.choice(HOUSES),), 0.7, 70)
    return np.asarray(card)


def falling_bars(rng: Random) -> Pixels:
    """Return a target of rows of bars in falling widths."""
    card, pen = _paper()
    _titled(pen, ("RESOLUTION TARGET",), 0.08, 150)
    for row, bar in enumerate((40, 32, 24, 18, 13, 9, 6)):
        top = HEIGHT * (0.25 + 0.09 * row)
        for n in range(rng.choice((7, 9))):
            left = WIDTH * 0.12 + 2 * bar * n
            pen.rectangle((left, top, left + bar - 1, top + 150), fill=0)
    return np.asarray(card)


def step_wedge(rng: Random) -> Pixels:
    """Return a grey scale in steps, with a title above."""
    card, pen = _paper()
    steps = rng.choice((8, 10, 12))
    left, wide = 250, (WIDTH - 500) // steps
    high = rng.choice((500, 900, 1400))
    for n in range(steps):
        tone = round(248 - 240 * n / (steps - 1))
        pen.rectangle((left + n * wide, 1200, left + (n + 1) * wide - 1, 1200 + high), fill=tone)
    if rng.random() < 0.7:
        _titled(pen, (rng.choice(("GRAY SCALE", "DENSITY TEST")),), 0.2, 120)
    return np.asarray(card)


def notice(lines: tuple[str, ...]) -> Callable[[Random], Pixels]:
    """Return what draws a notice of a few lines in large type."""

    def draw(rng: Random) -> Pixels:
        card, pen = _paper()
        _titled(pen, lines[:1], 0.25, rng.choice((130, 160, 190)))
        _titled(pen, lines[1:], 0.5, rng.choice((60, 80)))
        return np.asarray(card)

    return draw


PICTURES: dict[str, Callable[[Random], Pixels]] = {
    "microcopy charts": microcopy_target,
    "bars in falling widths": falling_bars,
    "step wedge": step_wedge,
}
"""Known by their picture, drawn at 300 dpi, dark on light."""


def bare_film(kind: str, rng: Random, size: tuple[int, int] = (1300, 1700)) -> Pixels:
    """Return a raw frame without a page: ``clear``, ``dark``, ``fogged``, ``struck``, ``splice``.

    ``size`` is width and height; the film is worn by dust and scratches.
    """
    width, height = size
    tones = np.full((height, width), _ground(kind, rng), dtype=np.float32)
    noise = np.random.default_rng(rng.randrange(2**32))
    if kind in ("fogged", "struck"):
        tones += _fog(size, rng, sharp=kind == "struck")
    if kind == "splice":
        _splice(tones, rng)
    tones += noise.standard_normal(tones.shape, dtype=np.float32) * np.float32(rng.uniform(1.5, 5))
    for _ in range(rng.randint(0, 4)):
        x = rng.randrange(width)
        end = x + rng.randint(-6, 6), height
        cv2.line(tones, (x, 0), end, rng.choice((10.0, 240.0)), rng.choice((1, 1, 2)))
    for _ in range(rng.randint(0, 60)):
        place = rng.randrange(width), rng.randrange(height)
        cv2.circle(tones, place, rng.choice((0, 1, 1, 2)), rng.choice((10.0, 240.0)), -1)
    return np.clip(tones, 0, 255).astype(np.uint8)


BARE = ("clear", "dark", "fogged", "struck", "splice")
"""Kinds of film that bears no page."""


def _ground(kind: str, rng: Random) -> float:
    if kind == "clear":
        return rng.uniform(215, 250)
    return rng.uniform(6, 30) if kind in ("dark", "struck") else rng.uniform(60, 180)


def _fog(size: tuple[int, int], rng: Random, *, sharp: bool) -> np.ndarray:
    """Return light that leaked in: clouds, and for ``sharp`` a flare from one end."""
    noise = np.random.default_rng(rng.randrange(2**32))
    knots = noise.uniform(0, rng.uniform(20, 70), (5, 4)).astype(np.float32)
    cloud = cv2.resize(knots, size, interpolation=cv2.INTER_CUBIC)
    if sharp:
        flare = np.linspace(rng.uniform(120, 220), 0, size[1], dtype=np.float32)[:, None]
        cloud = cloud * 0.3 + np.clip(flare, 0, None)
    return np.asarray(cloud, dtype=np.float32)


def _splice(tones: np.ndarray, rng: Random) -> None:
    """Draw a joint across the film: other tone beyond it, tape over it, an edge a little slant."""
    height, width = tones.shape
    at, slant = height * rng.uniform(0.3, 0.7), rng.uniform(-0.04, 0.04)
    rows = np.arange(height)[:, None]
    line = at + slant * np.arange(width)[None, :]
    beyond = rows > line
    tones[beyond] += rng.choice((-1, 1)) * rng.uniform(20, 50)
    tones[np.abs(rows - line) < rng.uniform(2, 8)] = rng.choice((6.0, 245.0))
    tape = np.abs(rows - at) < height * rng.uniform(0.08, 0.2)
    tones[np.broadcast_to(tape, tones.shape)] *= rng.uniform(0.75, 0.9)


NOTICES: dict[str, tuple[tuple[str, ...], ...]] = {
    "start": (
        ("START OF ROLL", "ROLL NO. 0042", "PLACEHOLDER GENERAL HOSPITAL"),
        ("BEGINNING OF REEL", "MEDICAL RECORDS", "004000 THRU 004999"),
    ),
    "end": (("END OF ROLL", "ROLL NO. 0042"), ("END OF REEL", "MOCKBURY MEMORIAL HOSPITAL")),
    "continued": (("CONTINUED ON ROLL 43",), ("CONTINUED FROM REEL 41", "ROLL NO. 42")),
    "retake": (("RETAKE BEGINS",), ("RETAKE ENDS",), ("START OF RETAKES", "ROLL NO. 42")),
    "missing": (
        ("MISSING PAGE", "THIS PAGE WAS MISSING WHEN FILMED"),
        ("PAGES MISSING", "NOT AVAILABLE AT TIME OF FILMING"),
    ),
    "test": (("DENSITY TEST", "REDUCTION RATIO 24X"), ("RESOLUTION TARGET", "CAMERA NO. 3")),
    "certificate": (
        (
            "CERTIFICATE OF AUTHENTICITY",
            "THIS IS TO CERTIFY that the microphotographs appearing on this",
            "roll of film are accurate and complete reproductions of the",
            "records of Placeholder General Hospital, delivered in the",
            "regular course of business for photographing.",
            "Date filmed 3-4-61      Camera operator  J. MOCKRIDGE",
        ),
        (
            "DECLARATION OF INTENT",
            "It is hereby declared that the records microfilmed herein are",
            "actual records of Mockbury Memorial Hospital, created during its",
            "normal course of business, and that the originals will be",
            "destroyed after inspection of the film.",
        ),
    ),
}
"""What stands on notices of each kind, line by line; the first is set largest."""


def notices(rng: Random) -> Iterator[tuple[str, Pixels]]:
    """Yield each notice with its kind, drawn at 300 dpi, dark on light."""
    for kind, shown in NOTICES.items():
        for lines in shown:
            yield kind, notice(lines)(rng)


def few_words(sheet: Sheet, rng: Random) -> Sheet:
    """Return a sheet on which only one line of its text is left."""
    lines = sorted({(run.block, run.line) for run in sheet.runs})
    kept = rng.choice(lines)
    runs = tuple(run for run in sheet.runs if (run.block, run.line) == kept)
    return replace(sheet, runs=runs, strokes=(), marks=())
