"""Film: a simple strip of frames down a negative ribbon, and single frames with every fault.

Sizes of faults are those of 16 mm film at 24x scanned to 200 dpi of the page: a pixel is 5 um of
film, a hair scratch 5 to 20 um wide, dust 10 to 50 um, a fibre 15 um. They grow with the dpi.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture.model import Box, Pixels

from . import fonts
from .degrade import Scan, compose, drift, film, resample, skew, turn

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


Tones = NDArray[np.float32]
"""``(height, width)``: light that comes through the film, 0.0 to 255.0."""
Span = tuple[float, float]

FAULTS = (
    "lamps", "banding", "contrast", "blur", "grain", "scratches", "dust", "skew", "surround",
)  # fmt: skip
HEAVIEST = 3
"""Severities: 0 none, 1 light, 2 clear, 3 heavy."""
_SIGMA: tuple[float, ...] = (0.4, 0.6, 1.0, 1.5)
_GRAIN: tuple[float, ...] = (2.0, 5.0, 9.0, 15.0)
_RANGE = (170, 110, 75, 45)
"""Grey levels between ink and paper."""
_SPREAD: tuple[float, ...] = (1.0, 1.15, 1.35, 1.7)
"""How far strokes are swollen or eaten by light: a power of their own coverage."""
_FALL: tuple[Span, ...] = ((0, 0), (0.1, 0.25), (0.25, 0.45), (0.45, 0.65))
"""Share of the light of the camera's lamps that is lost in the worst corner."""
_VIGNETTE: tuple[float, ...] = (0.0, 0.08, 0.16, 0.25)
_BANDS: tuple[float, ...] = (0.0, 0.03, 0.07, 0.13)
_SCRATCHES = ((0, 0), (1, 2), (3, 6), (8, 14))
_SPECKS = (0, 20, 80, 250)
_FIBRES = (0, 1, 3, 8)
_SKEW: tuple[Span, ...] = ((0, 0), (0.2, 0.6), (0.6, 1.5), (1.5, 3.0))
_MARGIN: tuple[float, ...] = (0.0, 0.02, 0.05, 0.1)
"""Of the page's width, of film around it."""


@dataclass(frozen=True, slots=True)
class Wear:
    """How a frame was taken, and what became of it."""

    faults: Mapping[str, int]
    """Severity by name."""
    dpi: int = 200
    negative: bool = True
    rotation: int = 0

    def of(self, fault: str) -> int:
        """Return how severe a fault is; 0 for one that is not there."""
        return self.faults.get(fault, 0)


def worn_frame(page: Scan, wear: Wear, seed: str) -> Scan:
    """Return ``page`` (300 dpi, dark on light) as a scanner gives its frame of film.

    The film runs down the frame. Each fault has its own numbers, so that one more fault leaves
    the others where they were.
    """
    rngs = {fault: Random(f"{seed} {fault}") for fault in FAULTS}
    level, share = wear.of("surround"), _MARGIN[wear.of("surround")]
    lain = skew(page, _signed(rngs["skew"], _SKEW[wear.of("skew")])) if wear.of("skew") else page
    small = resample(turn(lain, wear.rotation), wear.dpi, wear.dpi)
    ink = _blurred(small, _SIGMA[wear.of("blur")])
    tones = _exposed(ink, wear, rngs["contrast"], rngs["lamps"])
    if level:
        tones, small = _mounted(tones, small, share, rngs["surround"])
    size = wear.dpi / 200
    tones = _banded(tones, wear.of("banding"), rngs["banding"])
    tones = _grained(tones, _GRAIN[wear.of("grain")], rngs["grain"])
    tones = _scratched(tones, _SCRATCHES[wear.of("scratches")], size, rngs["scratches"])
    tones = _dusted(tones, wear.of("dust"), size, rngs["dust"])
    names = ", ".join(f"{fault} {wear.of(fault)}" for fault in FAULTS if wear.of(fault))
    shot = small.noted(f"frame of film: {names or 'no fault'}", tones)
    return replace(shot, film=True, negative=wear.negative)


def _signed(rng: Random, span: Span) -> float:
    return rng.choice((-1, 1)) * rng.uniform(*span)


def _blurred(page: Scan, sigma: float) -> Tones:
    """Return how much ink lies under each pixel, as far as the lens was in focus."""
    ink = 1 - page.pixels.astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), dtype=np.float32)


def _exposed(ink: Tones, wear: Wear, exposure: Random, lamps: Random) -> Tones:
    """Return what the film lets through: on a negative the more, the less light fell on it."""
    level = wear.of("contrast")
    spread = _SPREAD[level] if exposure.random() < 0.5 else 1 / _SPREAD[level]
    cover = np.clip(ink, 0, 1) ** np.float32(spread)
    span = _RANGE[level] * exposure.uniform(0.9, 1.1)
    base = exposure.uniform(20, 235 - span)
    lost = _falloff(cover.shape, _FALL[wear.of("lamps")], lamps)
    reflected = (1 - cover) * (1 - lost)
    through = (1 - reflected) if wear.negative else reflected
    glass = 1 - np.float32(_VIGNETTE[wear.of("lamps")]) * _from_middle(cover.shape)
    return np.asarray((base + span * through) * glass, dtype=np.float32)


def _falloff(shape: tuple[int, ...], span: Span, rng: Random) -> Tones:
    """Return the share of light lost: least where the lamps point, most in one corner."""
    down, across = _coordinates(shape)
    x, y = rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6)
    far = (across - x) ** 2 + (down - y) ** 2
    return np.asarray(far / far.max() * rng.uniform(*span), dtype=np.float32)


def _from_middle(shape: tuple[int, ...]) -> Tones:
    down, across = _coordinates(shape)
    return np.asarray((across**2 + down**2) / 2, dtype=np.float32)


def _coordinates(shape: tuple[int, ...]) -> tuple[Tones, Tones]:
    down = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    return down, np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]


def _mounted(tones: Tones, scan: Scan, share: float, rng: Random) -> tuple[Tones, Scan]:
    """Return the frame on its film: bare film or the dark of the mount all around."""
    width = scan.size[0]
    left, right, top, bottom = (round(rng.uniform(0.5, 1.5) * share * width) for _ in range(4))
    level = rng.choice((rng.uniform(4, 16), rng.uniform(4, 16), rng.uniform(215, 245)))
    bare = cv2.copyMakeBorder(tones, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(level,))
    onto = ((1.0, 0.0, float(left)), (0.0, 1.0, float(top)))
    return np.asarray(bare, dtype=np.float32), replace(scan, matrix=compose(onto, scan.matrix))


def _banded(tones: Tones, level: int, rng: Random) -> Tones:
    """Return film with bands: across it by the pull of the transport, along it by the sensor."""
    if not level:
        return tones
    noise = np.random.default_rng(rng.randrange(2**32))
    height, width = tones.shape
    across = _wavy(height, rng.uniform(40, 160), noise) * _BANDS[level]
    along = _wavy(width, rng.uniform(4, 30), noise) * _BANDS[level] / 3
    return np.asarray(tones * (1 + across[:, None]) * (1 + along[None, :]), dtype=np.float32)


def _wavy(length: int, period: float, noise: np.random.Generator) -> Tones:
    knots = noise.standard_normal(max(3, round(length / period)))
    line = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(knots)), knots)
    return np.clip(line, -2, 2).astype(np.float32)


def _grained(tones: Tones, sigma: float, rng: Random) -> Tones:
    noise = np.random.default_rng(rng.randrange(2**32))
    grain = noise.standard_normal(tones.shape, dtype=np.float32)
    # Grain is a little larger than a pixel; the blur takes two thirds of its depth.
    soft = cv2.GaussianBlur(grain, (0, 0), 0.6)
    return np.asarray(tones + soft * np.float32(sigma / float(soft.std())), dtype=np.float32)


def _scratched(tones: Tones, counts: tuple[int, int], size: float, rng: Random) -> Tones:
    """Return film scratched along its run: dark ones scatter light, light ones let it through."""
    for _ in range(rng.randint(*counts)):
        tones = _scratch(tones, size, rng)
    return tones


def _scratch(tones: Tones, size: float, rng: Random) -> Tones:
    height, width = tones.shape
    wide = rng.choice((1.0, 1.0, 1.5, 2.5, 4.0)) * size
    tone = rng.uniform(235, 255) if rng.random() < 0.5 else rng.uniform(0, 20)
    noise = np.random.default_rng(rng.randrange(2**32))
    x, rows = rng.uniform(0.02, 0.98) * width, np.arange(height)
    path = x + rng.uniform(-4, 4) * rows / height + 0.6 * _wavy(height, height / 6, noise)
    depth = np.clip(rng.uniform(0.5, 1.0) + 0.2 * _wavy(height, height / 12, noise), 0, 1)
    if rng.random() < 0.4:  # it starts or ends within the frame
        end = round(rng.uniform(0.2, 0.8) * height)
        depth[slice(end, None) if rng.random() < 0.5 else slice(0, end)] = 0
    left = max(0, round(x) - 16)
    columns = np.arange(left, min(width, left + 33)) + 0.5
    beside = np.abs(columns[None, :] - path[:, None])
    cover = np.clip(wide / 2 + 0.5 - beside, 0, min(1.0, wide)) * depth[:, None]
    marked = tones.copy()
    marked[:, left : left + 33] += ((tone - marked[:, left : left + 33]) * cover).astype(np.float32)
    return marked


def _dusted(tones: Tones, level: int, size: float, rng: Random) -> Tones:
    """Return film with dust and fibres, which are dark, and pinholes, which are light."""
    cover = np.zeros(tones.shape, dtype=np.uint8)
    holes = np.zeros(tones.shape, dtype=np.uint8)
    height, width = tones.shape
    for _ in range(_SPECKS[level]):
        place, across = (rng.randrange(width), rng.randrange(height)), rng.uniform(1, 2.8) ** 1.8
        plane = holes if rng.random() < 0.2 else cover
        radius = round(8 * across * size)
        cv2.circle(plane, (place[0] * 16, place[1] * 16), radius, (255,), -1, cv2.LINE_AA, 4)
    for _ in range(_FIBRES[level]):
        weight = max(1, round(rng.uniform(1, 3) * size))
        cv2.polylines(cover, [_fibre(width, height, size, rng)], False, (255,), weight, cv2.LINE_AA)
    dark, light = (plane.astype(np.float32) / 255 for plane in (cover, holes))
    return np.asarray((tones * (1 - dark) + 8 * dark) * (1 - light) + 245 * light, dtype=np.float32)


def _fibre(width: int, height: int, size: float, rng: Random) -> NDArray[np.int32]:
    x, y, way = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * np.pi)
    points = []
    for _ in range(rng.randint(8, 30)):
        points.append((round(x), round(y)))
        way += rng.uniform(-0.5, 0.5)
        x, y = x + 8 * size * np.cos(way), y + 8 * size * np.sin(way)
    return np.array(points, dtype=np.int32)
