"""Lines set as machines and printers set them: a mask of ink with what stands around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .fonts import Family, drawn_family, files, font, lacks
from .text import line_text

Ink: TypeAlias = NDArray[np.float32]
"""``(height, width)``, 0.0 for paper and 1.0 for full ink."""

SMALLEST_EM, LARGEST_EM = 20, 46
"""Pixels: from eight points at 200 dpi to eleven at 300."""
WIDEST = 3600
"""Pixels of a line; longer ones are cut before they are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class SetLine:
    """A line as set, before anything is worn."""

    ink: Ink
    text: str
    """As drawn."""
    family: str
    em: int
    top: int
    """Row of the highest ink of the line's own letters, and below the lowest."""
    bottom: int
    left: int
    right: int


def set_line(rng: Random, families: tuple[Family, ...], length: int) -> SetLine:
    """Return a line of about ``length`` characters in a face of ``families``."""
    while True:
        family = drawn_family(rng, families)
        file = rng.choice(files(family))
        text = line_text(rng, length)
        if not lacks(file).isdisjoint(text):
            continue
        em = rng.randint(SMALLEST_EM, LARGEST_EM)
        face = font(file, em)
        if face.getlength(text) > WIDEST:
            continue
        ink = _drawn(rng, family, face, text, em)
        rows, columns = np.flatnonzero(ink.max(1) > 0.25), np.flatnonzero(ink.max(0) > 0.25)
        if len(rows) and len(columns):
            return SetLine(
                ink, text, family.name, em, rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
            )


def _drawn(rng: Random, family: Family, face: ImageFont.FreeTypeFont, text: str, em: int) -> Ink:
    if family.typed and rng.random() < 0.5:
        ink = _typed(rng, face, text, em)
    elif rng.random() < 0.4:
        ink = _spaced(rng, face, text, em)
    else:
        ink = _plain(face, text, em)
    if family.typed and rng.random() < 0.12:
        ink = _in_dots(rng, ink, em)
    if rng.random() < 0.16:
        squeezed = (max(8, round(ink.shape[1] * rng.uniform(0.66, 1.15))), ink.shape[0])
        ink = np.asarray(cv2.resize(ink, squeezed, interpolation=cv2.INTER_AREA), np.float32)
    return ink


def _plain(face: ImageFont.FreeTypeFont, text: str, em: int) -> Ink:
    canvas = Image.new("L", (int(face.getlength(text)) + 2 * em, 3 * em), 0)
    ImageDraw.Draw(canvas).text((em, em), text, font=face, fill=255)
    return _as_ink(canvas)


def _spaced(rng: Random, face: ImageFont.FreeTypeFont, text: str, em: int) -> Ink:
    """Set letters apart or close, spaces wide or narrow, as justified lines and tables are."""
    track = rng.uniform(-0.03, 0.1) * em if rng.random() < 0.5 else 0.0
    spaces = rng.uniform(-0.08, 0.5) * em
    tabs = rng.random() < 0.35
    gaps = [
        0.0
        if one != " "
        else spaces + (rng.uniform(1, 5) * em if tabs and rng.random() < 0.2 else 0)
        for one in text
    ]
    steps = [face.getlength(one) + track + gap for one, gap in zip(text, gaps, strict=True)]
    canvas = Image.new("L", (int(sum(steps)) + 2 * em, 3 * em), 0)
    draw, x = ImageDraw.Draw(canvas), float(em)
    for one, step in zip(text, steps, strict=True):
        draw.text((x, em), one, font=face, fill=255)
        x += step
    return _as_ink(canvas)


def _typed(rng: Random, face: ImageFont.FreeTypeFont, text: str, em: int) -> Ink:
    """Strike letter after letter: types out of line, uneven strikes, filled or half struck."""
    jitter = rng.uniform(0.1, 0.045 * em)
    hung = {one: rng.gauss(0, jitter) for one in sorted(set(text))}
    uneven = rng.uniform(0.0, 0.5)
    half_struck = rng.uniform(0.0, 0.25)
    pitch = rng.uniform(0.95, 1.1)
    steps = [face.getlength(one) * pitch for one in text]
    canvas = np.zeros((3 * em, int(sum(steps)) + 2 * em), np.float32)
    x = float(em)
    for one, step in zip(text, steps, strict=True):
        if one != " ":
            glyph = _glyph(face, one, em, x % 1)
            glyph = glyph * (1 - uneven * rng.random())
            if rng.random() < half_struck:
                glyph = glyph * _slope(rng, glyph.shape)
            _strike(canvas, glyph, int(x), round(hung[one] + rng.gauss(0, jitter * 0.4)))
        x += step + rng.gauss(0, jitter * 0.3)
    return canvas


def _glyph(face: ImageFont.FreeTypeFont, one: str, em: int, part: float) -> Ink:
    canvas = Image.new("L", (2 * em, 3 * em), 0)
    ImageDraw.Draw(canvas).text((em // 2 + part, em), one, font=face, fill=255)
    return _as_ink(canvas)


def _slope(rng: Random, shape: tuple[int, ...]) -> Ink:
    """Return ink that falls away to one side, as of a type that strikes askew."""
    height, width = shape
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] * rng.uniform(-1.5, 1.5)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * rng.uniform(-3, 3)
    return np.clip(rng.uniform(0.6, 1.0) + across + down, 0.1, 1).astype(np.float32)


def _strike(canvas: Ink, glyph: Ink, x: int, down: int) -> None:
    em = canvas.shape[0] // 3
    moved = np.roll(glyph, down, axis=0)
    left = x - em // 2
    right = min(canvas.shape[1], left + glyph.shape[1])
    target = canvas[:, max(0, left) : right]
    np.maximum(target, moved[:, max(0, -left) : right - left], out=target)


def _in_dots(rng: Random, ink: Ink, em: int) -> Ink:
    """Return ``ink`` as a matrix printer sets it, in round dots on a grid."""
    grid = em / rng.uniform(9, 14)
    size = (max(4, round(ink.shape[1] / grid)), max(4, round(ink.shape[0] / grid)))
    dots = cv2.resize(ink, size, interpolation=cv2.INTER_AREA) > rng.uniform(0.3, 0.5)
    ys, xs = np.nonzero(dots)
    plane = np.zeros(ink.shape, np.float32)
    radius = max(0.5, grid * rng.uniform(0.4, 0.62))
    for y, x in zip(ys, xs, strict=True):
        centre = (round((x + 0.5) * grid * 16), round((y + 0.5) * grid * 16))
        cv2.circle(plane, centre, round(radius * 16), 1.0, -1, cv2.LINE_AA, 4)
    return plane


def _as_ink(canvas: Image.Image) -> Ink:
    return np.asarray(canvas, dtype=np.float32) / np.float32(255)


Around: TypeAlias = Callable[[Random, Ink, SetLine], None]
"""Draws what stands around a line into its ink."""


def underline(rng: Random, ink: Ink, line: SetLine) -> None:
    """Draw a line under all of the text or a part of it."""
    base = round(line.em * rng.uniform(1.98, 2.25))
    thick = max(1, round(line.em * rng.uniform(0.02, 0.08)))
    ends = sorted(rng.randrange(ink.shape[1]) for _ in range(2))
    left, right = ends if rng.random() < 0.5 else (0, ink.shape[1])
    _lay(ink[base : base + thick, left:right], rng.uniform(0.5, 1))


def level_rule(rng: Random, ink: Ink, line: SetLine) -> None:
    """Draw the rule of a form or a box just above or below."""
    near = rng.uniform(-0.02, 0.25) * line.em
    y = round(line.top - near) if rng.random() < 0.5 else round(line.bottom + near)
    _lay(ink[max(0, y) : max(0, y) + rng.randint(1, 3)], rng.uniform(0.5, 1))


def upright_rules(rng: Random, ink: Ink, line: SetLine) -> None:
    """Draw sides of boxes before or behind the text."""
    for _ in range(rng.randint(1, 2)):
        before = rng.randrange(2, max(3, line.left - 2))
        behind = min(ink.shape[1] - 3, line.right + rng.randrange(3, max(4, line.em)))
        x = rng.choice((before, behind))
        _lay(ink[:, x : x + rng.randint(1, 3)], rng.uniform(0.5, 1))


def neighbours(rng: Random, ink: Ink, line: SetLine) -> None:
    """Draw the feet of the line above or the heads of the one below."""
    down = round((line.bottom - line.top) * rng.uniform(0.98, 1.3)) * rng.choice((-1, 1))
    own = np.zeros_like(ink)
    own[line.top : line.bottom] = ink[line.top : line.bottom]
    other = np.roll(np.roll(own, rng.randrange(ink.shape[1]), axis=1), down, axis=0)
    other[line.top if down < 0 else 0 : ink.shape[0] if down < 0 else line.bottom] = 0
    np.maximum(ink, other * rng.choice((1.0, 1.0, 0.6)), out=ink)


def stamp(rng: Random, ink: Ink, line: SetLine) -> None:
    """Draw a part of the ring or the frame of a stamp, or a stroke of a pen, over the text."""
    tone = rng.uniform(0.25, 0.7)
    plane = np.zeros_like(ink)
    thick = rng.randint(1, 3)
    if rng.random() < 0.5:
        centre = (rng.randrange(ink.shape[1]), rng.randrange(-line.em, 4 * line.em))
        cv2.circle(plane, centre, rng.randint(line.em, 4 * line.em), tone, thick, cv2.LINE_AA)
    else:
        points = [[rng.randrange(ink.shape[1]), rng.randrange(ink.shape[0])] for _ in range(3)]
        points[1][0] = points[0][0] + rng.randint(-2 * line.em, 2 * line.em)
        curve = np.array(points, np.int32).reshape(-1, 1, 2)
        cv2.polylines(plane, [curve], isClosed=False, color=tone, thickness=thick)
    np.maximum(ink, plane, out=ink)


AROUND: tuple[tuple[Around, float], ...] = (
    (underline, 0.12),
    (level_rule, 0.08),
    (upright_rules, 0.07),
    (neighbours, 0.2),
    (stamp, 0.03),
)
"""What is drawn around a line, and how often."""


def _lay(part: Ink, tone: float) -> None:
    np.maximum(part, np.float32(tone), out=part)


def curved(rng: Random, ink: Ink, em: int) -> tuple[Ink, int]:
    """Return ``ink`` a little off level, slanted or bent, and by how many rows ends may differ."""
    height, width = ink.shape
    if rng.random() < 0.75:
        most = 0.4 * em / width
        slope = float(np.clip(np.tan(np.radians(rng.gauss(0, 0.35))), -most, most))
        slant = rng.gauss(0, 0.04)
        matrix = np.array(
            [[1, slant, -slant * height / 2], [slope, 1, -slope * width / 2]], np.float32
        )
        return np.asarray(cv2.warpAffine(ink, matrix, (width, height)), np.float32), round(
            abs(slope) * width * 0.35
        )
    across = np.arange(width, dtype=np.float32)
    wave = 2 * np.pi * across / (rng.uniform(0.7, 3) * width + 4 * em) + rng.uniform(0, 6.3)
    bend = (rng.uniform(0.02, 0.1) * em * np.sin(wave)).astype(np.float32)
    columns = np.repeat(across[None], height, axis=0)
    rows = np.arange(height, dtype=np.float32)[:, None] + bend[None]
    return np.asarray(cv2.remap(ink, columns, rows, cv2.INTER_LINEAR), np.float32), 1
