"""Fiche, jackets and aperture cards with the truth of every frame, hole and title.

Made at low resolution, for hundreds of frames a second: they are for cutting, not for reading.
A card is drawn straight, worn, and then laid crooked on the glass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture.model import Box, Pixels

from . import fonts
from .card_families import DARK, Family
from .roll import NEGATIVE, POSITIVE

_INK = 0.75
"""Reflectance below which a place of a small page is ink."""

Points = NDArray[np.float32]
"""``(n, 2)``: across and down."""
Plane = NDArray[np.float32]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CardShot:
    """One exposure on a card: the upright box around it, and where its ink lies."""

    box: Box
    ink: Points
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A card as scanned, and what stands on it in the order of reading."""

    pixels: Pixels
    shots: tuple[CardShot, ...]
    title: CardShot | None
    text: str
    holes: tuple[Box, ...]
    """Places between two frames of a row that were never exposed."""


@dataclass(slots=True, eq=False)
class _Shot:
    row: int
    column: int
    corners: Points
    ink: Points


@dataclass(slots=True, eq=False)
class _Sheet:
    """A card or a strip while it is drawn."""

    tones: Plane
    shots: list[_Shot] = field(default_factory=list)
    holes: list[Points] = field(default_factory=list)
    title: _Shot | None = None

    def moved(self, matrix: Matrix) -> Iterator[_Shot]:
        """Yield the shots where ``matrix`` takes them."""
        for shot in self.shots:
            yield _Shot(
                shot.row, shot.column, _moved(shot.corners, matrix), _moved(shot.ink, matrix)
            )


def card(pages: Sequence[Pixels], family: Family, rng: Random) -> Card:
    """Return ``pages`` (all of one size, at the resolution of the scan), drawn from, on a card."""
    width = pages[0].shape[1]
    height = round(width * family.aspect)
    sized = [_sized(page, height) for page in pages]
    ground = float(rng.randint(*family.ground))
    text = _title_text(rng, family.rows * family.columns)
    draw = _jacket if family.jacket else _grid
    sheet = draw(sized, family, ground, rng)
    _add_title(sheet, family, text, rng, width, height)
    _wear(sheet.tones, family, rng, width, len(sheet.shots))
    return _scanned(sheet, family, text, rng, width)


def _sized(page: Pixels, height: int) -> Pixels:
    if page.shape[0] >= height:
        return page[:height]
    spare = height - page.shape[0]
    return np.vstack([page, np.full((spare, page.shape[1]), 255, np.uint8)])


def _title_text(rng: Random, frames: int) -> str:
    name = rng.choice(("SAMPLEWELL, NORA", "TESTPERSON, ALAN", "MOCKRIDGE, IDA"))
    count = rng.randint(1, 3)
    number = "-".join(f"{rng.randint(0, 99):02d}" for _ in range(3))
    return f"{name}   {number}   {rng.randint(1, count)} of {count}   {frames} FR"


def _head_room(family: Family, width: int, height: int) -> tuple[int, int]:
    """Return what the title takes at the left and on top."""
    room = round(family.title_height * height)
    if family.title == "left":
        return room, 0
    return 0, 0 if family.title == "none" else room


def _canvas(
    family: Family, ground: float, size: tuple[int, int], rng: Random, width: int
) -> tuple[Plane, tuple[int, int]]:
    """Return a card with room for ``size`` (across, down), and where that begins."""
    left, top, right, under = (round(rng.uniform(*family.border) * width) for _ in range(4))
    high, wide = top + size[1] + under, left + size[0] + right
    return np.full((high, wide), ground, np.float32), (left, top)


def _grid(pages: list[Pixels], family: Family, ground: float, rng: Random) -> _Sheet:
    height, width = pages[0].shape
    across, down = width * (1 + family.gaps[0]), height + width * family.gaps[1]
    beside, above = _head_room(family, width, height)
    spare = round(width * (family.drift + 0.1))
    size = (
        beside + round(family.columns * across) + 2 * spare,
        above + round(family.rows * down) + round(0.1 * width),
    )
    if family.aperture:
        size = round(1.2 * width) + size[0], size[1]
    tones, (left, top) = _canvas(family, ground, size, rng, width)
    sheet = _Sheet(tones)
    left, top = left + beside + spare, top + above + round(0.05 * width)
    if family.aperture:
        left += round(1.2 * width)
    for row in range(family.rows):
        offset = rng.uniform(-family.drift, family.drift) * width
        flipped = rng.random() < family.polarities
        ends = _row_ends(family, row, rng)
        before = -1e9
        for column in range(*ends):
            x = left + offset + column * across + rng.uniform(-1, 1) * family.jitter * width
            y = top + row * down + rng.uniform(-1, 1) * family.jitter * width
            if rng.random() < family.touch and x - before < 0.3 * width:
                x = before
            x, y = max(x, before), round(y)
            inner = ends[0] < column < ends[1] - 1
            if inner and rng.random() < family.missing:
                sheet.holes.append(_corners(round(x), y, width, height))
                continue
            page = rng.choice(pages)
            shot, cover = _exposure(page, family, ground, rng, flipped)
            _lay(sheet, shot, cover, page, (round(x), y), (row + 1, column + 1))
            before = round(x) + width
    return sheet


def _row_ends(family: Family, row: int, rng: Random) -> tuple[int, int]:
    first, last = 0, family.columns
    if family.columns < 3:
        return first, last
    if rng.random() < family.short or (row == family.rows - 1 and rng.random() < 0.5):
        lost = rng.randint(1, family.columns - 2)
        at = rng.choice((0, 0, lost, lost // 2))
        first, last = at, family.columns - (lost - at)
    return first, last


def _exposure(
    page: Pixels, family: Family, ground: float, rng: Random, flipped: bool
) -> tuple[Plane, NDArray[np.bool_] | None]:
    if rng.random() < family.blank:
        page = np.full_like(page, 255)
    paper, ink = _tones(family, ground, rng, flipped)
    tones = (ink + (paper - ink) * (page.astype(np.float32) / 255)).astype(np.float32)
    return tones, None


def _tones(family: Family, ground: float, rng: Random, flipped: bool) -> tuple[float, float]:
    if family.near is not None:
        return ground + family.near, float(rng.randint(*family.ink))
    pair = (family.paper, family.ink)
    if flipped:
        pair = POSITIVE if pair == NEGATIVE else NEGATIVE
    paper, ink = float(rng.randint(*pair[0])), float(rng.randint(*pair[1]))
    if family.uneven:
        low, high = min(paper, ink), max(paper, ink)
        low = max(ground + 10 if ground < 60 else 20, low * rng.uniform(0.8, 1.8))
        high *= rng.uniform(0.75, 1.05)
        paper, ink = (low, high) if paper < ink else (high, low)
    return paper, ink


def _lay(
    sheet: _Sheet,
    tones: Plane,
    cover: NDArray[np.bool_] | None,
    page: Pixels,
    place: tuple[int, int],
    at: tuple[int, int],
) -> None:
    x, y = place
    high, wide = tones.shape
    sheet.tones[y : y + high, x : x + wide] = tones
    down, across = np.nonzero(page < 255 * _INK) if np.ptp(tones) > 1 else ((), ())
    ink = np.stack([np.add(across, x + 0.5), np.add(down, y + 0.5)], axis=1).astype(np.float32)
    sheet.shots.append(_Shot(*at, _corners(x, y, wide, high), ink))


def _corners(x: float, y: float, width: float, height: float) -> Points:
    right, bottom = x + width, y + height
    return np.array([(x, y), (right, y), (right, bottom), (x, bottom)], np.float32)


def _jacket(pages: list[Pixels], family: Family, ground: float, rng: Random) -> _Sheet:
    """Return strips of film of different makes pushed into the channels of a jacket."""
    height, width = pages[0].shape
    channel = round(1.35 * height)
    _, above = _head_room(family, width, height)
    long = round(family.columns * 1.12 * width)
    size = long + round(0.3 * width), above + family.rows * channel + round(0.2 * width)
    tones, (left, top) = _canvas(family, ground, size, rng, width)
    sheet = _Sheet(tones)
    rib = ground * rng.choice((0.6, 0.8))
    for row in range(family.rows + 1):
        y = top + above + row * channel
        thick = max(2, round(0.03 * width))
        sheet.tones[y - thick : y, left // 2 : sheet.tones.shape[1] - left // 2] = rib
    for row in range(family.rows):
        _fill_channel(sheet, pages, family, rng, row, (left, top + above + row * channel), long)
    return sheet


def _fill_channel(
    sheet: _Sheet,
    pages: list[Pixels],
    family: Family,
    rng: Random,
    row: int,
    place: tuple[int, int],
    long: int,
) -> None:
    left, top = place
    height, width = pages[0].shape
    channel = round(1.35 * height)
    x, end = left + round(rng.uniform(0, 0.5) * width), left + long
    column = 0
    if rng.random() < family.short:
        end -= round(rng.uniform(0.2, 0.7) * long)
    while end - x > 1.3 * width:
        room = min(end - x, round(rng.uniform(3, 14) * width))
        strip = _strip(pages, family, rng, (row + 1, column), room)
        angle = rng.uniform(-family.crooked, family.crooked) * min(1.0, 6 * width / room)
        slack = channel - strip.tones.shape[0] - round(0.05 * width)
        y = top + max(2, slack // 2 + rng.randint(-slack // 4, slack // 4))
        matrix = _turn((strip.tones.shape[1] / 2, strip.tones.shape[0] / 2), angle)
        matrix[:, 2] += x, y
        size = sheet.tones.shape[1], sheet.tones.shape[0]
        cv2.warpAffine(
            strip.tones, matrix, size, dst=sheet.tones, borderMode=cv2.BORDER_TRANSPARENT
        )
        moved = list(strip.moved(matrix))
        sheet.shots += moved
        column += len(moved)
        x += room + round(rng.uniform(0.05, 0.3) * width)


def _strip(
    pages: list[Pixels], family: Family, rng: Random, at: tuple[int, int], room: int
) -> _Sheet:
    """Return a strip of film of the length ``room``, cut off a roll between two frames."""
    height, width = pages[0].shape
    size = rng.uniform(0.85, 1.0)
    across, down = round(width * size), round(height * size)
    high = round(1.22 * height)
    flipped = rng.random() < family.polarities
    base = float(rng.randint(*(DARK if rng.random() < 0.7 or not flipped else (90, 130))))
    strip = _Sheet(np.full((high, room), base, np.float32))
    gap = rng.uniform(0.04, 0.14)
    x = round(rng.uniform(0.03, 0.15) * width)
    column = at[1]
    while x + across <= room - 2:
        page = _shrunk(rng.choice(pages), (across, down))
        tones, cover = _exposure(page, family, base, rng, flipped)
        column += 1
        _lay(strip, tones, cover, page, (x, (high - down) // 2), (at[0], column))
        x += across + (0 if rng.random() < family.touch else round(gap * width))
    return strip


def _shrunk(page: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _add_title(
    sheet: _Sheet, family: Family, text: str, rng: Random, width: int, height: int
) -> None:
    if family.title == "none":
        return
    room = round(family.title_height * height)
    first = min(shot.corners[:, 1].min() for shot in sheet.shots)
    start = min(shot.corners[:, 0].min() for shot in sheet.shots)
    long = sheet.tones.shape[0 if family.title == "left" else 1]
    strip, ink = _title_strip(text, (round(0.9 * long), round(0.85 * room)), family, rng)
    if family.title == "left":
        strip, ink = np.ascontiguousarray(np.rot90(strip)), np.ascontiguousarray(np.rot90(ink))
        edge = start - family.drift * width
        x, y = round(max(2, edge - strip.shape[1] - 0.04 * width)), round(0.05 * long)
    else:
        x, y = round(0.05 * long), round(max(2, first - strip.shape[0] - 0.06 * width))
    high, wide = ink.shape[:2]
    part = sheet.tones[y : y + high, x : x + wide]
    light = 250.0 if family.printed or part.mean() < 120 else 20.0
    part[:] = (
        strip[: part.shape[0], : part.shape[1]]
        if family.printed
        else np.where(ink[: part.shape[0], : part.shape[1]], light, part)
    )
    down, across = np.nonzero(ink)
    points = np.stack([across + x + 0.5, down + y + 0.5], axis=1).astype(np.float32)
    sheet.title = _Shot(0, 0, _corners(x, y, wide, high), points)


def _title_strip(
    text: str, size: tuple[int, int], family: Family, rng: Random
) -> tuple[Plane, NDArray[np.bool_]]:
    picture = Image.new("L", size, 0)
    face = fonts.font(
        rng.choice(("sans-bold", "courier-bold", "narrow-bold")), round(size[1] * 0.6)
    )
    pen = ImageDraw.Draw(picture)
    while pen.textlength(text, font=face) > 0.96 * size[0]:
        face = fonts.font("narrow-bold", round(face.size * 0.9))
    pen.text((size[0] * 0.02, size[1] / 2), text, fill=255, font=face, anchor="lm")
    cover = np.asarray(picture, dtype=np.float32) / 255
    paper, ink = float(rng.randint(205, 245)), float(rng.randint(10, 60))
    return (paper + (ink - paper) * cover).astype(np.float32), cover > 0.5


def _wear(tones: Plane, family: Family, rng: Random, width: int, count: int) -> None:
    high, wide = tones.shape
    for _ in range(family.tapes):
        x, y = rng.randrange(wide), rng.randrange(high)
        long, thick = round(rng.uniform(1, 4) * width), round(rng.uniform(0.15, 0.4) * width)
        across, down = (long, thick) if rng.random() < 0.6 else (thick, long)
        tones[y : y + down, x : x + across] *= np.float32(rng.uniform(0.7, 0.9))
    noise = np.random.default_rng(rng.randrange(2**32))
    knots = noise.uniform(1 - family.across, 1 + family.across, (3, 3)).astype(np.float32)
    tones *= cv2.resize(knots, (wide, high), interpolation=cv2.INTER_LINEAR)
    for _ in range(family.scratches):
        x, y = rng.randrange(wide), rng.randrange(high)
        end = x + rng.randint(-3 * width, 3 * width), y + rng.randint(-3 * width, 3 * width)
        cv2.line(tones, (x, y), end, rng.choice((10.0, 235.0)), 1, cv2.LINE_AA)
    for _ in range(round(family.dust * count)):
        place = rng.randrange(wide), rng.randrange(high)
        cv2.circle(tones, place, rng.choice((0, 0, 1)), rng.choice((4.0, 8.0, 240.0)), -1)


def _scanned(sheet: _Sheet, family: Family, text: str, rng: Random, width: int) -> Card:
    """Return the card as it lay on the glass, with grain."""
    high, wide = sheet.tones.shape
    beside = float(rng.randint(*family.surround)) if family.surround else 0.0
    if family.surround and family.corner:
        cut = round(0.4 * width)
        points = np.array([(wide, 0), (wide - cut, 0), (wide, cut)], np.int32)
        cv2.fillPoly(sheet.tones, [points], beside)
        for _ in range(2):
            x = rng.randrange(wide - cut)
            sheet.tones[high - round(0.06 * width) :, x : x + round(0.15 * width)] = beside
    angle = rng.uniform(*family.degrees) + (180.0 if family.title == "bottom" else 0.0)
    matrix = _turn((wide / 2, high / 2), angle)
    edge = round(rng.uniform(0.05, 0.3) * width) if family.surround else 0
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(wide * cos + high * sin) + 2 * edge, int(high * cos + wide * sin) + 2 * edge
    if family.surround is None:
        size = wide, high
    matrix[:, 2] += (size[0] - wide) / 2, (size[1] - high) / 2
    mode = cv2.BORDER_CONSTANT if family.surround else cv2.BORDER_REPLICATE
    film = cv2.warpAffine(sheet.tones, matrix, size, borderMode=mode, borderValue=beside)
    noise = np.random.default_rng(rng.randrange(2**32))
    film = film + noise.standard_normal(film.shape, dtype=np.float32) * np.float32(family.grain)
    shots = tuple(_seen(shot) for shot in sheet.moved(matrix))
    title = None
    if sheet.title is not None:
        mark = sheet.title
        title = _seen(_Shot(0, 0, _moved(mark.corners, matrix), _moved(mark.ink, matrix)))
    holes = tuple(_around(_moved(hole, matrix)) for hole in sheet.holes)
    return Card(np.clip(film, 0, 255).astype(np.uint8), shots, title, text, holes)


def _turn(middle: tuple[float, float], degrees: float) -> Matrix:
    return np.asarray(cv2.getRotationMatrix2D(middle, degrees, 1.0), dtype=np.float64)


def _moved(points: Points, matrix: Matrix) -> Points:
    if not len(points):
        return points.reshape(0, 2)
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)


def _seen(shot: _Shot) -> CardShot:
    return CardShot(_around(shot.corners), shot.ink, shot.row, shot.column)


def _around(points: Points) -> Box:
    left, top = (int(np.floor(v + 0.01)) for v in points.min(axis=0))
    right, bottom = (int(np.ceil(v - 0.01)) for v in points.max(axis=0))
    return Box(left, top, right - left, bottom - top)
