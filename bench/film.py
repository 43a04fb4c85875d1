"""A first simple strip of roll film: frames down a negative ribbon, with leader and target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from capture.model import Box, Pixels

from . import fonts
from .degrade import Scan, compose, drift, film

_LEADER = "leader"
_TARGET = "target"


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """One frame of a strip, where it lies on it."""

    state: str
    """``page`` or ``technical``."""
    box: Box
    scan: Scan
    """Its matrix leads from the page to the strip."""
    page: int = -1
    """Which of the pages it shows; -1 for none."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A ribbon of film as scanned."""

    scan: Scan
    exposures: tuple[Exposure, ...]


def strip(pages: Sequence[Scan], rng: Random, *, dpi: int = 200, target: bool = True) -> Strip:
    """Return ``pages`` (300 dpi) one under another on negative film, behind leader and target.

    The gaps between frames are unexposed film, dark or light alike for the whole strip.
    """
    shots = [film(page, rng, dpi) for page in pages]
    width = max(shot.size[0] for shot in shots)
    if target:
        shots.insert(0, _target(rng, width, dpi))
    ribbon_width = round(width * 1.12)
    gap_level = rng.choice((8, 14, 190))
    ribbon, boxes = _ribbon(shots, rng, ribbon_width, gap_level, dpi)
    worn = drift(ribbon, rng)
    offset = 1 if target else 0
    exposures = tuple(
        _exposure(shot, box, index - offset)
        for index, (shot, box) in enumerate(zip(shots, boxes, strict=True))
    )
    whole = Scan(worn, dpi=(dpi, dpi), film=True, negative=True, notes=("film",))
    return Strip(whole, exposures)


def _exposure(shot: Scan, box: Box, page: int) -> Exposure:
    if page < 0:
        return Exposure("technical", box, shot)
    onto = ((1.0, 0.0, float(box.x)), (0.0, 1.0, float(box.y)))
    return Exposure("page", box, replace(shot, matrix=compose(onto, shot.matrix)), page)


def _ribbon(
    shots: Sequence[Scan], rng: Random, width: int, level: int, dpi: int
) -> tuple[Pixels, list[Box]]:
    leader, gaps = round(dpi * 2.5), [round(dpi * rng.uniform(0.25, 0.6)) for _ in shots]
    length = leader + sum(shot.size[1] + gap for shot, gap in zip(shots, gaps, strict=True))
    ribbon = np.full((length + leader // 2, width), level, dtype=np.uint8)
    grain = np.random.default_rng(rng.randrange(2**32)).integers(0, 9, ribbon.shape, dtype=np.uint8)
    ribbon += grain
    y, boxes = leader, []
    for shot, gap in zip(shots, gaps, strict=True):
        across, down = shot.size
        x = (width - across) // 2 + rng.randint(-dpi // 14, dpi // 14)
        ribbon[y : y + down, x : x + across] = shot.pixels
        boxes.append(Box(x, y, across, down))
        y += down + gap
    return ribbon, boxes


def _target(rng: Random, width: int, dpi: int) -> Scan:
    """Return a resolution target: bars in falling widths, a title, corner marks."""
    height = round(width * 1.1)
    card = Image.new("L", (width, height), 250)
    pen = ImageDraw.Draw(card)
    face = fonts.font("sans-bold", width // 16)
    pen.text((width / 2, height * 0.08), "START OF ROLL", fill=0, font=face, anchor="ma")
    pen.text((width / 2, height * 0.16), "RESOLUTION TARGET", fill=0, font=face, anchor="ma")
    for row, bar in enumerate((16, 12, 8, 6, 4, 3, 2)):
        top = height * 0.3 + row * height * 0.085
        for i in range(9):
            x = width * 0.15 + i * bar * 2
            pen.rectangle((x, top, x + bar - 1, top + height * 0.05), fill=0)
            y = top + i * bar * 2 * 0.3
            pen.rectangle((width * 0.6, y, width * 0.85, y + max(1, bar * 0.3)), fill=0)
    shot = film(Scan(np.asarray(card)), rng, 300)
    return replace(shot, dpi=(dpi, dpi))
