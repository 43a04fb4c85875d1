"""Spoil a clean page the way scanners, copiers, fax machines and years do.

Every step takes and gives a `Scan`; geometry is carried in its matrix, so that a box on the
page can be found in the spoiled frame exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, radians, sin
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .sheet import DPI

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Affine map from pixels of the page at 300 dpi to pixels of the frame as found.

It maps places, not pixel centres: the left edge of column 0 is 0.0.
"""

IDENTITY: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A frame as it will be found, with what was done to it."""

    pixels: Pixels
    matrix: Matrix = IDENTITY
    dpi: tuple[float, float] = (DPI, DPI)
    rotation: int = 0
    """The page lies turned clockwise by 0, 90, 180 or 270."""
    skew: float = 0.0
    """Degrees on the upright page; positive when text runs downhill to the right."""
    film: bool = False
    negative: bool = False
    bitonal: bool = False
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    def noted(self, note: str, pixels: NDArray[Any]) -> Scan:
        """Return the scan with other pixels and one more note."""
        return replace(self, pixels=_bytes(pixels), notes=(*self.notes, note))


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """Return the map that applies ``inner`` first."""
    product = _square(outer) @ _square(inner)
    first, second = product[:2].tolist()
    return (tuple(first), tuple(second))


def inverse(matrix: Matrix) -> Matrix:
    """Return the map from the frame back to the page."""
    first, second = np.linalg.inv(_square(matrix))[:2].tolist()
    return (tuple(first), tuple(second))


def found_box(box: Box, matrix: Matrix) -> Box:
    """Return the upright box around ``box`` of the page, where it lies in the frame."""
    corners = np.array(
        [(x, y, 1.0) for x in (box.x, box.right) for y in (box.y, box.bottom)], dtype=np.float64
    )
    places = corners @ np.array(matrix).T
    left, top = np.floor(places.min(axis=0) + 1e-6).astype(int).tolist()
    right, bottom = np.ceil(places.max(axis=0) - 1e-6).astype(int).tolist()
    return Box(left, top, right - left, bottom - top)


def skew(scan: Scan, degrees: float, border: int = 255) -> Scan:
    """Turn the page clockwise by a few degrees about its middle, on a canvas of the same size."""
    width, height = scan.size
    turn = radians(degrees)
    across, down = width / 2, height / 2
    matrix: Matrix = (
        (cos(turn), -sin(turn), across - across * cos(turn) + down * sin(turn)),
        (sin(turn), cos(turn), down - across * sin(turn) - down * cos(turn)),
    )
    pixels = _warp(scan.pixels, matrix, (width, height), border)
    moved = scan.noted(f"skew {degrees:+.2f}", pixels)
    return replace(moved, matrix=compose(matrix, scan.matrix), skew=scan.skew + degrees)


def turn(scan: Scan, rotation: int) -> Scan:
    """Lay the frame turned clockwise by 0, 90, 180 or 270 degrees."""
    if rotation == 0:
        return scan
    width, height = scan.size
    matrix: Matrix = {
        90: ((0.0, -1.0, float(height)), (1.0, 0.0, 0.0)),
        180: ((-1.0, 0.0, float(width)), (0.0, -1.0, float(height))),
        270: ((0.0, 1.0, 0.0), (-1.0, 0.0, float(width))),
    }[rotation]
    pixels = np.ascontiguousarray(np.rot90(scan.pixels, -(rotation // 90)))
    x_dpi, y_dpi = scan.dpi
    return replace(
        scan.noted(f"turned {rotation}", pixels),
        matrix=compose(matrix, scan.matrix),
        rotation=(scan.rotation + rotation) % 360,
        dpi=(y_dpi, x_dpi) if rotation in {90, 270} else scan.dpi,
    )


def resample(scan: Scan, x_dpi: float, y_dpi: float) -> Scan:
    """Return the frame at another resolution, which may differ across and down."""
    width, height = scan.size
    size = round(width * x_dpi / scan.dpi[0]), round(height * y_dpi / scan.dpi[1])
    across, down = size[0] / width, size[1] / height
    pixels = cv2.resize(scan.pixels, size, interpolation=cv2.INTER_AREA)
    scaled = replace(scan, pixels=_bytes(pixels), dpi=(x_dpi, y_dpi))
    return replace(scaled, matrix=compose(((across, 0.0, 0.0), (0.0, down, 0.0)), scan.matrix))


def shift(scan: Scan, across: float, down: float, scale: float, border: int = 255) -> Scan:
    """Move and scale the page on its canvas, as a copier does."""
    matrix: Matrix = ((scale, 0.0, across), (0.0, scale, down))
    pixels = _warp(scan.pixels, matrix, scan.size, border)
    return replace(scan, pixels=_bytes(pixels), matrix=compose(matrix, scan.matrix))


def bitonal(scan: Scan, threshold: int = 140) -> Scan:
    """Return the frame in pure black and white."""
    pixels = np.where(_grey(scan.pixels) < threshold, 0, 255)
    return replace(scan.noted("bitonal", pixels), bitonal=True)


def paper(scan: Scan, rng: Random) -> Scan:
    """Give the page the tone and grain of scanned paper."""
    noise = _noise(rng, scan.size, rng.uniform(2.0, 5.0))
    tone, ink = rng.randint(228, 250), rng.randint(18, 60)
    flat = cv2.GaussianBlur(scan.pixels, (0, 0), rng.uniform(0.5, 0.9)).astype(np.float32)
    pixels = ink + flat * ((tone - ink) / 255) + _spread(noise, flat)
    return scan.noted("paper", pixels)


def photocopy(scan: Scan, rng: Random, generations: int = 1) -> Scan:
    """Copy the page on a glass copier, several times over."""
    for _ in range(generations):
        scale = rng.uniform(0.985, 1.01)
        width, height = scan.size
        slack = (1 - scale) * width / 2, (1 - scale) * height / 2
        scan = shift(scan, slack[0] + rng.uniform(-9, 9), slack[1] + rng.uniform(-9, 9), scale)
        soft = cv2.GaussianBlur(_grey(scan.pixels), (0, 0), rng.uniform(0.9, 1.5))
        middle, slope = rng.uniform(135, 180), rng.uniform(14, 26)
        hard = 255 / (1 + np.exp((middle - soft.astype(np.float32)) / slope))
        scan = replace(scan, pixels=_bytes(hard + _noise(rng, scan.size, 6)))
        scan = specks(scan, rng, rng.randint(60, 260), note=False)
    return replace(scan, notes=(*scan.notes, f"photocopy x{generations}"))


def specks(scan: Scan, rng: Random, count: int, *, note: bool = True, large: int = 3) -> Scan:
    """Scatter dirt over the page."""
    pixels = scan.pixels.copy()
    width, height = scan.size
    for _ in range(count):
        place = rng.randrange(width), rng.randrange(height)
        cv2.circle(pixels, place, rng.choice((0, 0, 1, 1, large - 1)), _level(rng, 0, 90), -1)
    return scan.noted(f"specks {count}", pixels) if note else replace(scan, pixels=pixels)


def fax(scan: Scan, rng: Random, *, fine: bool) -> Scan:
    """Send the page by fax: 204 by 196 dots an inch, or 204 by 98, in pure black and white."""
    sent = resample(scan, 204, 196 if fine else 98)
    grey = _grey(sent.pixels).astype(np.float32) + _noise(rng, sent.size, 14)
    sent = replace(sent, pixels=_bytes(grey))
    sent = bitonal(sent, rng.randint(135, 165))
    sent = specks(sent, rng, rng.randint(10, 60), note=False, large=2)
    pixels = sent.pixels.copy()
    for _ in range(rng.randint(0, 3)):
        row = rng.randrange(sent.size[1])
        start = rng.randrange(sent.size[0])
        pixels[row, start : start + rng.randint(40, 600)] = rng.choice((0, 255))
    return sent.noted("fax fine" if fine else "fax standard", np.where(pixels < 128, 0, 255))


def borders(scan: Scan, rng: Random) -> Scan:
    """Leave the dark edges of a platen around the page."""
    pixels = scan.pixels.copy()
    width, height = scan.size
    for side in rng.sample(("left", "right", "top", "bottom"), rng.randint(1, 4)):
        deep = rng.randint(12, 90)
        corners = {
            "left": ((0, 0), (deep, 0), (deep // 2, height), (0, height)),
            "right": ((width - deep, 0), (width, 0), (width, height), (width - deep // 2, height)),
            "top": ((0, 0), (width, 0), (width, deep // 2), (0, deep)),
            "bottom": (
                (0, height - deep),
                (width, height - deep // 2),
                (width, height),
                (0, height),
            ),
        }[side]
        cv2.fillPoly(pixels, [np.array(corners, dtype=np.int32)], _level(rng, 8, 40))
    return scan.noted("borders", pixels)


def punch_holes(scan: Scan, rng: Random, ink: int = 25) -> Scan:
    """Punch two holes at the top or three at the left."""
    pixels, (width, height) = scan.pixels.copy(), scan.size
    if rng.random() < 0.5:
        places = [(width // 2 - round(0.162 * width), 95), (width // 2 + round(0.162 * width), 95)]
    else:
        places = [(95, round(height * part)) for part in (0.114, 0.5, 0.886)]
    for place in places:
        cv2.circle(pixels, place, 38, (ink, ink, ink), -1, cv2.LINE_AA)
    return scan.noted("punch holes", pixels)


def uneven_light(scan: Scan, rng: Random) -> Scan:
    """Let the light fall off to one side."""
    width, height = scan.size
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    tilt, bow = rng.uniform(-0.22, 0.22), rng.uniform(0.0, 0.2)
    light = 1 - np.abs(tilt) + tilt * across - bow * down**2 + rng.uniform(-0.1, 0.1) * down
    return scan.noted("uneven light", scan.pixels * _shaped(light, scan.pixels))


def faded(scan: Scan, rng: Random) -> Scan:
    """Let the ink fade towards the paper."""
    keep = rng.uniform(0.3, 0.5)
    return scan.noted("faded", 235 - (235 - scan.pixels.astype(np.float32)) * keep)


def stains(scan: Scan, rng: Random) -> Scan:
    """Spill coffee: rings and blots that darken paper and ink alike."""
    width, height = scan.size
    mask = np.zeros((height, width), dtype=np.uint8)
    for _ in range(rng.randint(1, 4)):
        place, round_ = (rng.randrange(width), rng.randrange(height)), rng.randint(90, 330)
        cv2.circle(mask, place, round_, rng.randint(20, 70), rng.choice((-1, 18)), cv2.LINE_AA)
    soft = 1 - cv2.GaussianBlur(mask, (0, 0), 9).astype(np.float32) / 255
    return scan.noted("stains", scan.pixels * _shaped(soft, scan.pixels))


def bleed_through(scan: Scan, other: Pixels, rng: Random) -> Scan:
    """Let the back of the sheet show through, mirrored and faint."""
    back = cv2.GaussianBlur(_grey(np.fliplr(other)), (0, 0), 2.5).astype(np.float32)
    ghost = 1 - (255 - back) / 255 * rng.uniform(0.14, 0.28)
    return scan.noted("bleed-through", scan.pixels * _shaped(ghost, scan.pixels))


def film(scan: Scan, rng: Random, dpi: int = 200) -> Scan:
    """Photograph the page on negative film and scan it: soft, grainy, scratched, dusty."""
    small = resample(replace(scan, pixels=_grey(scan.pixels)), dpi, dpi)
    soft = cv2.GaussianBlur(small.pixels, (0, 0), rng.uniform(0.5, 0.8)).astype(np.float32)
    shot = replace(small, pixels=_bytes(245 - soft * 0.88 + _noise(rng, small.size, 4)))
    shot = replace(shot, film=True, negative=True)
    return shot.noted("film", scratches(shot.pixels, rng))


def scratches(pixels: Pixels, rng: Random) -> Pixels:
    """Return negative film with hair scratches along its run and dust across it."""
    marked, (height, width) = pixels.copy(), pixels.shape[:2]
    for _ in range(rng.randint(1, 4)):
        x, drift = rng.randrange(width), rng.randint(-6, 6)
        start, end = sorted((rng.randrange(height), rng.randrange(height)))
        cv2.line(marked, (x, start), (x + drift, end), _level(rng, 150, 235), 1, cv2.LINE_AA)
    for _ in range(rng.randint(8, 40)):
        place = rng.randrange(width), rng.randrange(height)
        cv2.circle(marked, place, rng.choice((0, 1, 1, 2)), _level(rng, 0, 30), -1)
    return marked


def drift(pixels: Pixels, rng: Random) -> Pixels:
    """Return film whose density drifts slowly along its length."""
    length = pixels.shape[0]
    knots = np.array([rng.uniform(0.86, 1.06) for _ in range(max(3, length // 1500))])
    along = np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(knots)), knots)
    return _bytes(pixels * along[:, None].astype(np.float32))


Recipe = Callable[[Scan, Random], Scan]


def _lay(scan: Scan, rng: Random, spread: float = 0.7, border: int = 255) -> Scan:
    return skew(scan, max(-5.0, min(5.0, rng.gauss(0, spread))), border)


def _clean(scan: Scan, rng: Random) -> Scan:
    return paper(_lay(scan, rng), rng)


def _copy(scan: Scan, rng: Random) -> Scan:
    return photocopy(_lay(scan, rng, 1.0), rng, rng.choice((1, 1, 2, 3)))


def _border(scan: Scan, rng: Random) -> Scan:
    return borders(_lay(paper(scan, rng), rng, 1.5, border=24), rng)


RECIPES: dict[str, Recipe] = {
    "plain": lambda scan, rng: scan,
    "clean": _clean,
    "bitonal": lambda scan, rng: bitonal(_lay(scan, rng)),
    "copy": _copy,
    "fax": lambda scan, rng: fax(_lay(scan, rng), rng, fine=True),
    "fax-low": lambda scan, rng: fax(_lay(scan, rng), rng, fine=False),
    "specks": lambda scan, rng: specks(_clean(scan, rng), rng, rng.randint(300, 1500)),
    "border": _border,
    "holes": lambda scan, rng: punch_holes(_clean(scan, rng), rng),
    "light": lambda scan, rng: uneven_light(_clean(scan, rng), rng),
    "faded": lambda scan, rng: paper(faded(_lay(scan, rng), rng), rng),
    "stains": lambda scan, rng: stains(_clean(scan, rng), rng),
    "skewed": lambda scan, rng: skew(paper(scan, rng), rng.uniform(-5, 5)),
    "film": lambda scan, rng: film(_lay(scan, rng), rng),
}
"""Ways a page is spoiled, by the names that ``--mix`` takes."""


def _square(matrix: Matrix) -> NDArray[np.float64]:
    return np.array([*matrix, (0.0, 0.0, 1.0)], dtype=np.float64)


def _warp(pixels: Pixels, matrix: Matrix, size: tuple[int, int], border: int) -> Pixels:
    # OpenCV counts from pixel centres, our matrices from pixel edges.
    linear = np.array(matrix)[:, :2]
    move = np.array(matrix)[:, 2] + linear @ (0.5, 0.5) - 0.5
    affine = np.column_stack([linear, move])
    return _bytes(
        cv2.warpAffine(
            pixels, affine, size, flags=cv2.INTER_LINEAR, borderValue=(border, border, border)
        )
    )


def _grey(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 2 else _bytes(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def _bytes(pixels: NDArray[Any]) -> Pixels:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    clipped: Pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return clipped


def _noise(rng: Random, size: tuple[int, int], sigma: float) -> NDArray[np.float32]:
    grain = np.random.default_rng(rng.randrange(2**32)).standard_normal(
        (size[1], size[0]), dtype=np.float32
    )
    return grain * np.float32(sigma)


def _spread(noise: NDArray[np.float32], like: NDArray[np.generic]) -> NDArray[np.float32]:
    return noise if like.ndim == 2 else noise[:, :, None]


def _shaped(plane: NDArray[np.floating[Any]], like: Pixels) -> NDArray[np.floating[Any]]:
    return plane if like.ndim == 2 else plane[:, :, None]


def _level(rng: Random, low: int, high: int) -> tuple[int, int, int]:
    level = rng.randint(low, high)
    return level, level, level
