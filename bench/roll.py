"""Rolls of film in every layout a cutter meets, with the truth of each exposure.

Made at low resolution, for hundreds of frames a minute: they are for cutting, not for reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

Tones = tuple[int, int]
"""Darkest and lightest that is drawn."""
Span = tuple[float, float]

NEGATIVE: tuple[Tones, Tones] = ((24, 60), (140, 235))
POSITIVE: tuple[Tones, Tones] = ((195, 232), (15, 70))
_INK = 0.6
"""Reflectance below which a place of a page is ink."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a roll was exposed and what became of it; lengths in widths of a page."""

    name: str
    easy: bool
    gap: Tones
    """Tone of unexposed film."""
    paper: Tones = NEGATIVE[0]
    ink: Tones = NEGATIVE[1]
    near: int = 0
    """Paper lies this many grey levels from unexposed film instead of at its own tone."""
    gaps: Span = (0.06, 0.12)
    missing: float = 0.0
    """Share of gaps that are not there."""
    width: float = 1.12
    """Of the film."""
    shift: float = 0.02
    skew: float = 0.0
    """Degrees, at most, of an exposure on the film."""
    slips: float = 0.0
    """Share of exposures that are short."""
    blank: float = 0.0
    uneven: bool = False
    """Every exposure has its own tone, as under- and overexposed ones have."""
    along: float = 0.04
    """Drift of density along the film, as a share."""
    across: float = 0.0
    scratches: int = 0
    """On the whole roll, for every ten frames."""
    dust: int = 0
    """Specks for every frame."""
    leader: Span = (0.2, 1.5)
    grain: float = 3.0
    overlaps: float = 0.0
    """Share of gaps that are negative: the film was exposed twice in a band."""
    overlap: Span = (0.02, 0.12)
    holes: float = 0.0
    """Share of gaps that are as wide as a frame was, or wider."""


DARK, LIGHT = (5, 14), (180, 215)
EASY = (
    Layout("negative, dark gaps", True, DARK),
    Layout("negative, light gaps", True, LIGHT),
    Layout("positive, dark gaps", True, DARK, *POSITIVE),
    Layout("positive, light gaps", True, (246, 252), *POSITIVE),
    Layout("drifting along", True, DARK, along=0.15),
    Layout("drifting along and across", True, LIGHT, along=0.1, across=0.15),
    Layout("scratches and dust", True, DARK, scratches=8, dust=30),
    Layout("scratches and dust, positive", True, DARK, *POSITIVE, scratches=8, dust=30),
    Layout("skewed and shifted", True, DARK, skew=1.5, shift=0.05),
    Layout("gaps of all widths", True, DARK, gaps=(0.025, 0.6)),
    Layout("slips among pages", True, DARK, slips=0.3),
    Layout("blank exposures", True, DARK, blank=0.25),
    Layout("under- and overexposed", True, DARK, uneven=True),
    Layout("as wide as the film", True, DARK, width=1.0, shift=0.0),
    Layout("long leaders", True, LIGHT, leader=(3.0, 6.0)),
)
HARD = (
    Layout("faint edges", False, (24, 40), near=6, grain=2.5),
    Layout("faint edges, positive", False, (215, 230), *POSITIVE, near=-6, grain=2.5),
    Layout("some touch", False, DARK, missing=0.15),
    Layout("some touch, positive", False, DARK, *POSITIVE, missing=0.15, slips=0.1),
    Layout("all touch", False, DARK, missing=1.0),
    Layout("no edges at all", False, (24, 40), near=0, paper=(0, 0)),
    Layout(
        "all of it, worn",
        False,
        DARK,
        gaps=(0.03, 0.4),
        missing=0.03,
        skew=1.0,
        shift=0.04,
        slips=0.1,
        blank=0.05,
        uneven=True,
        along=0.15,
        across=0.1,
        scratches=10,
        dust=40,
        grain=4.0,
    ),
)
LAYOUTS = EASY + HARD


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One exposure: the upright box around it, and where its ink lies in that box."""

    box: Box
    ink: NDArray[np.bool_]
    lane: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """A roll as scanned."""

    pixels: Pixels
    shots: tuple[Shot, ...]
    """In the order in which they were exposed."""


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """A page on its piece of film: tones, where they are, and its ink."""

    tones: NDArray[np.float32]
    cover: NDArray[np.bool_]
    ink: NDArray[np.bool_]


def roll(pages: Sequence[Pixels], layout: Layout, rng: Random) -> Roll:
    """Return ``pages`` (none wider than the first, as large as the scan shows them) on film."""
    ground = float(rng.randint(*layout.gap))
    exposures = [exposure(page, layout, ground, rng) for page in pages]
    film, places = exposed_film(exposures, layout, pages[0].shape[1], ground, rng)
    shots = tuple(shot(one, place) for one, place in zip(exposures, places, strict=True))
    return Roll(worn(film, layout, len(pages), rng), shots)


def exposed_film(
    exposures: Sequence[Exposure], layout: Layout, page_width: int, ground: float, rng: Random
) -> tuple[NDArray[np.float32], list[tuple[int, int]]]:
    """Return film without wear, and where each exposure lies on it (left, top)."""
    widest = max(one.cover.shape[1] for one in exposures)
    width = max(round(layout.width * page_width), widest)
    places, length = _places(exposures, layout, page_width, width, rng)
    film = np.full((length, width), ground, dtype=np.float32)
    bare = np.ones(film.shape, dtype=np.bool_)
    for one, (left, top) in zip(exposures, places, strict=True):
        high, wide = one.cover.shape
        part = film[top : top + high, left : left + wide]
        clean = bare[top : top + high, left : left + wide]
        twice = _twice(part, one.tones, ground)
        part[one.cover] = np.where(clean, one.tones, twice)[one.cover]
        clean[one.cover] = False
    return film, places


def _twice(
    first: NDArray[np.float32], second: NDArray[np.float32], ground: float
) -> NDArray[np.float32]:
    """Return the tones of film that was exposed to both: light adds up, density multiplies."""
    both = first + second - ground if ground < 128 else first * second / ground
    return np.asarray(np.clip(both, 0, 255), dtype=np.float32)


def shot(one: Exposure, place: tuple[int, int], lane: int = 1) -> Shot:
    """Return the truth of an exposure whose upper left corner is at ``place``."""
    high, wide = one.cover.shape
    return Shot(Box(*place, wide, high), one.ink, lane)


def exposure(page: Pixels, layout: Layout, ground: float, rng: Random) -> Exposure:
    """Return one page as ``layout`` exposes it."""
    if rng.random() < layout.slips:
        page = page[: round(page.shape[0] * rng.uniform(0.3, 0.7))]
    if rng.random() < layout.blank:
        page = np.full_like(page, 255)
    paper, ink = _tones(layout, ground, rng)
    light = page.astype(np.float32) / 255
    tones = (ink + (paper - ink) * light).astype(np.float32)
    return _askew(tones, light < _INK, rng.uniform(-layout.skew, layout.skew))


def _tones(layout: Layout, ground: float, rng: Random) -> tuple[float, float]:
    paper, ink = float(rng.randint(*layout.paper)), float(rng.randint(*layout.ink))
    if layout.near or layout.paper == (0, 0):
        return ground + layout.near, ink
    if not layout.uneven:
        return paper, ink
    paper = float(rng.randint(max(16, round(ground) + 8), 105))
    return paper, min(250.0, paper + rng.randint(70, 140))


def _askew(tones: NDArray[np.float32], ink: NDArray[np.bool_], degrees: float) -> Exposure:
    cover = np.ones(tones.shape, dtype=np.uint8)
    if not degrees:
        return Exposure(tones, cover > 0, ink)
    high, wide = tones.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(wide * cos + high * sin), int(high * cos + wide * sin)
    matrix[:, 2] += (size[0] / 2 - wide / 2, size[1] / 2 - high / 2)
    turned = cv2.warpAffine(tones, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    covered = cv2.warpAffine(cover, matrix, size, flags=cv2.INTER_NEAREST) > 0
    inked = cv2.warpAffine(ink.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
    return Exposure(turned.astype(np.float32), covered, np.logical_and(inked, covered))


def _places(
    exposures: Sequence[Exposure], layout: Layout, page_width: int, width: int, rng: Random
) -> tuple[list[tuple[int, int]], int]:
    """Return where exposures lie (left, top), and the length of the roll."""
    top = round(rng.uniform(*layout.leader) * page_width)
    places = []
    for one in exposures:
        spare = width - one.cover.shape[1]
        off = round(rng.uniform(-layout.shift, layout.shift) * page_width)
        places.append((min(spare, max(0, spare // 2 + off)), top))
        gap = 0.0 if rng.random() < layout.missing else rng.uniform(*layout.gaps)
        if layout.overlaps and rng.random() < layout.overlaps:
            gap = -rng.uniform(*layout.overlap)
        if layout.holes and rng.random() < layout.holes:
            gap += rng.uniform(1.0, 1.4) * one.cover.shape[0] / page_width
        top += one.cover.shape[0] + round(gap * page_width)
    return places, top + round(rng.uniform(*layout.leader) * page_width)


def worn(film: NDArray[np.float32], layout: Layout, count: int, rng: Random) -> Pixels:
    """Return film of ``count`` exposures as it is scanned: drifting, scratched, dusty, grainy."""
    film = film.copy()
    length, width = film.shape
    noise = np.random.default_rng(rng.randrange(2**32))
    knots = noise.uniform(1 - layout.along, 1 + layout.along, max(3, length // (2 * width)))
    along = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(knots)), knots)
    across = 1 - layout.across * np.linspace(-1, 1, width) ** 2 * rng.uniform(0.5, 1.0)
    film *= along.astype(np.float32)[:, None] * across.astype(np.float32)
    for _ in range(round(layout.scratches * count / 10)):
        _scratch(film, rng)
    for _ in range(layout.dust * count):
        place = rng.randrange(width), rng.randrange(length)
        cv2.circle(film, place, rng.choice((0, 0, 1)), rng.choice((4.0, 8.0, 240.0)), -1)
    film += noise.standard_normal(film.shape, dtype=np.float32) * np.float32(layout.grain)
    return np.asarray(np.clip(film, 0, 255), dtype=np.uint8)


def _scratch(film: NDArray[np.float32], rng: Random) -> None:
    """Draw one scratch along the film, over several frames."""
    length, width = film.shape
    start, long = rng.randrange(length), rng.randint(width, 8 * width)
    x = rng.randrange(width)
    end = x + rng.randint(-width // 30, width // 30), start + long
    cv2.line(film, (x, start), end, rng.choice((10.0, 235.0)), 1, cv2.LINE_AA)
