"""Lines to learn from: an image as the reader sees it and what stands on it.

``python -m training.lines PICTURE`` draws some of them for a person to look at.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np

from capture.line_image import HEIGHT, line_image, usual_width
from capture.model import Pixels

from .fonts import HELD_OUT, TRAINED, Family
from .text import truth
from .typeset import AROUND, Ink, SetLine, curved, set_line
from .wear import WEARS, Wear, worn

EMPTY = 0.03
"""Share of the lines that have no text: rules, dirt, scribble."""
LEGIBLE = 0.5
"""Least correlation of the ink before wearing and after."""
LONGEST = 1600
"""Pixels of a line image; the few longer ones are drawn anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line to learn from, or to measure with."""

    image: Pixels
    """``(32, width)``, 255 for ink."""
    scan: Pixels
    """The cut of a page that it was made of, dark on light, for other readers."""
    text: str
    family: str
    wear: str


def line(rng: Random, families: tuple[Family, ...] = TRAINED, wear: Wear | None = None) -> Line:
    """Return a line drawn by ``rng``, worn as chance or ``wear`` says."""
    while True:
        way = wear or rng.choices(WEARS, [one.share for one in WEARS])[0]
        drawn = _without_text(rng, way) if rng.random() < EMPTY else _line(rng, families, way)
        if drawn.image.shape[1] <= LONGEST:
            return drawn


def held_out(seed: int, wear: Wear) -> Line:
    """Return a line for measuring: in a face that is never trained on, from seeds of its own."""
    return line(Random(f"held out {seed}"), HELD_OUT, wear)


def _length(rng: Random) -> int:
    return rng.randint(2, 16) if rng.random() < 0.25 else rng.randint(14, 90)


def _line(rng: Random, families: tuple[Family, ...], wear: Wear) -> Line:
    made = set_line(rng, families, _length(rng))
    ink = made.ink
    for draw, share in AROUND:
        if rng.random() < share:
            draw(rng, ink, made)
    spare = 0
    if rng.random() < 0.65:
        ink, spare = curved(rng, ink, made.em)
    cut = _cut(rng, ink, made, spare)
    scan = worn(rng, cut, made.em, wear)
    if not _is_legible(cut, scan):
        return _line(rng, families, wear)
    image = line_image(scan, usual_width(scan) * rng.uniform(0.88, 1.14))
    return Line(image, scan, truth(made.text), made.family, wear.name)


def _cut(rng: Random, ink: Ink, made: SetLine, spare: int) -> Ink:
    """Return ``ink`` cut about as a line finder does: to its letters, now and then to its row."""
    top, bottom = made.top - spare, made.bottom + spare
    if rng.random() < 0.25:
        top, bottom = min(top, round(1.15 * made.em)), max(bottom, round(2.05 * made.em))
    if bottom - top < 0.6 * made.em:
        middle = (top + bottom) // 2
        top, bottom = middle - round(0.36 * made.em), middle + round(0.36 * made.em)
    height = bottom - top
    top -= round(height * rng.uniform(-0.04, 0.2)) + 1
    bottom += round(height * rng.uniform(-0.04, 0.2)) + 1
    left = made.left - rng.randint(0, made.em)
    right = made.right + rng.randint(0, made.em)
    return np.ascontiguousarray(ink[max(0, top) : bottom, max(0, left) : right])


def _is_legible(ink: Ink, scan: Pixels) -> bool:
    """Tell whether anything of ``ink`` is left in ``scan``: nobody learns to read what is gone."""
    size = (max(1, ink.shape[1] // 4), max(1, ink.shape[0] // 4))
    before = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).ravel()
    after = cv2.resize(scan, size, interpolation=cv2.INTER_AREA).ravel()
    if before.std() == 0 or after.std() == 0:
        return False
    return bool(-np.corrcoef(before, after)[0, 1] >= LEGIBLE)


def _without_text(rng: Random, wear: Wear) -> Line:
    em = rng.randint(22, 44)
    ink = np.zeros((3 * em, rng.randint(2, 30) * em), np.float32)
    place = SetLine(ink, "", "none", em, em, 2 * em, em // 2, ink.shape[1] - em // 2)
    for draw, _ in rng.sample(AROUND[:3] + AROUND[4:], rng.randint(0, 3)):
        draw(rng, ink, place)
    if rng.random() < 0.4:
        _scribble(rng, ink, em)
    cut = np.ascontiguousarray(ink[em + rng.randint(-3, 3) : 2 * em + rng.randint(0, em // 3)])
    scan = worn(rng, cut, em, wear)
    return Line(line_image(scan, usual_width(scan)), scan, "", "none", wear.name)


def _scribble(rng: Random, ink: Ink, em: int) -> None:
    """Draw loops of a pen, as signatures have them."""
    steps = rng.randint(20, 120)
    turn = np.cumsum([rng.gauss(0.35, 0.5) for _ in range(steps)])
    reach = rng.uniform(0.08, 0.25) * em
    x = rng.randrange(ink.shape[1]) + np.cumsum(reach * np.cos(turn) + rng.uniform(0, 0.1) * em)
    y = 1.5 * em + np.cumsum(reach * np.sin(turn))
    y = 1.5 * em + (y - y.mean()) * min(1.0, 0.6 * em / (np.abs(y - y.mean()).max() + 1))
    path = np.stack([x, y], axis=1).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [path], isClosed=False, color=1.0, thickness=rng.randint(1, 3))


def sheet(seed: int, count: int, families: tuple[Family, ...] = TRAINED) -> Pixels:
    """Return a picture of ``count`` lines with their truth below each."""
    rows = []
    for number in range(count):
        one = line(Random(f"sheet {seed} {number}"), families)
        row = np.full((HEIGHT + 16, LONGEST), 255, np.uint8)
        row[:HEIGHT, : one.image.shape[1]] = 255 - one.image
        label = f"{one.wear} {one.family}: {one.text}"
        cv2.putText(row, label, (2, HEIGHT + 11), cv2.FONT_HERSHEY_SIMPLEX, 0.36, 0, 1)
        rows.append(row)
    return np.vstack(rows)


if __name__ == "__main__":
    cv2.imwrite(str(Path(sys.argv[1])), sheet(1, 40))
