"""Pages of fragile writing with every component of its ink known: dots, dashes, pencil, margins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import pi, sin
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture.model import Pixels

from . import fonts
from .sheet import HEIGHT, WIDTH

MM = 300 / 25.4
_DARK = 128
_LEAST_INK = 4
"""Pixels at 300 dpi; a smaller component is an antialiased crumb of its letter."""
_DOT = 14
"""Pixels, both sides: no letter of eight-point type is as small."""

Colour = tuple[int, int, int]
BLACK: Colour = (25, 25, 25)
PAPERS: tuple[Colour, ...] = ((255, 225, 230), (255, 250, 205), (220, 235, 252), (228, 245, 225))
"""Pink, yellow, blue and green forms."""
PENS: tuple[Colour, ...] = ((190, 40, 50), (30, 60, 170), (20, 110, 60), (90, 75, 150))
"""Red, blue and green pen, and the violet of a carbon copy."""
SENTENCES = (
    "Temp. 38.2, pulse 74; hgb 11,5 - 0.5 mg i.v. q.i.d.: seen, noted (ill).",
    "Pt. quiet, afebrile; no c/o pain. B.P. 120/80, resp. 16, wt. 61,3 kg.",
    "Na 141.5; K 3,9; Cl 102.0; CO2 -2.5; glucose 99.1 mg/dl: in limits.",
    "Discussed w. family, i.e. son & wife; they will call Dr. Mockridge, if ill.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Ink of one kind."""

    kind: str
    ink: Pixels
    """255 where it is full."""
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The connected components of the ink of a page, each kind for itself."""

    kinds: tuple[str, ...]
    """Of each component."""
    x: NDArray[np.float64]
    """Middles of its pixels on the page at 300 dpi; so is ``y``."""
    y: NDArray[np.float64]
    owner: NDArray[np.intp]
    """Which component each pixel belongs to."""


@dataclass(frozen=True, slots=True, eq=False)
class InkPage:
    """A page as drawn at 300 dpi, and what was drawn."""

    pixels: Pixels
    ink: Pixels
    """255 where there is ink of any kind."""
    components: Components


def ink_page(seed: int, *, coloured: bool = False) -> InkPage:
    """Return a page of fragile writing, another one for every seed, in grey or RGB."""
    rng = Random(f"ink {seed}")
    size = rng.randint(36, 48)
    layers = [draw(rng, size) for draw in _KINDS]
    if coloured:
        layers = [
            replace(one, colour=rng.choice((BLACK, *PENS))) if one.colour == BLACK else one
            for one in layers
        ]
    paper = rng.choice(PAPERS) if coloured else (255, 255, 255)
    pixels = _printed(layers, paper)
    ink = np.maximum.reduce([layer.ink for layer in layers])
    whole = np.where(ink >= _DARK, 255, 0).astype(np.uint8)
    return InkPage(pixels if coloured else pixels[..., 0].copy(), whole, _components(layers))


def _printed(layers: list[Layer], paper: Colour) -> Pixels:
    page = np.full((HEIGHT, WIDTH, 3), paper, np.uint8)
    for layer in layers:
        rows, columns = np.nonzero(layer.ink)
        share = layer.ink[rows, columns, None] / np.float32(255)
        inked = np.array(paper) - share * (np.array(paper) - layer.colour)
        page[rows, columns] = np.minimum(page[rows, columns], inked.astype(np.uint8))
    return page


def _components(layers: list[Layer]) -> Components:
    kinds: list[str] = []
    places: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]] = []
    for layer in layers:
        mask = (layer.ink >= _DARK).astype(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        names = [_kind(layer.kind, stat) for stat in stats]
        names[0] = ""
        numbers = np.cumsum([bool(name) for name in names]) - 1 + len(kinds)
        y, x = np.nonzero(mask)
        owner = labels[y, x]
        kept = np.array([bool(name) for name in names])[owner]
        places.append((x[kept] + 0.5, y[kept] + 0.5, numbers[owner[kept]]))
        kinds += [name for name in names if name]
    x_, y_, owner_ = (np.concatenate(parts) for parts in zip(*places, strict=True))
    return Components(tuple(kinds), x_, y_, owner_.astype(np.intp))


def _kind(kind: str, stat: NDArray[np.int32]) -> str:
    """Return what a component is counted as; empty for a crumb."""
    _, _, width, height, area = (int(side) for side in stat)
    if area < _LEAST_INK:
        return ""
    if kind != "print":
        return kind
    if width >= 2 * height:
        return "dashes"
    return "points and i-dots" if max(width, height) <= _DOT else "letters"


Draw = Callable[[Random, int], Layer]


def _layer(kind: str, draw: Callable[[ImageDraw.ImageDraw], None], tone: int = 25) -> Layer:
    sheet = Image.new("L", (WIDTH, HEIGHT), 0)
    draw(ImageDraw.Draw(sheet))
    return Layer(kind, np.asarray(sheet), (tone, tone, tone))


def _text(
    pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, face: str, size: int
) -> None:
    pen.text(place, text, 255, font=fonts.font(face, size), anchor="ls")


def _print(rng: Random, size: int) -> Layer:
    face = rng.choice((*fonts.TYPED, *fonts.PRINTED))

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(22):
            _text(pen, (330, 420 + row * size * 1.6), rng.choice(SENTENCES), face, size)

    return _layer("print", draw)


def _figures(rng: Random, size: int) -> Layer:
    face = rng.choice(("mono", "printer", "sans", "courier"))

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(9):
            for column in range(5):
                sign, point = rng.choice(("-", "", "", "+")), rng.choice(".,.")
                figure = f"{sign}{rng.randint(0, 99)}{point}{rng.randint(0, 9)}"
                place = 360 + column * 330, 2060 + row * 62
                _text(pen, place, figure, face, round(size * 0.9))

    return _layer("print", draw)


def _rules(rng: Random, size: int) -> Layer:
    weight = rng.choice((2, 3, 4))

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(10):
            pen.line((330, 2016 + row * 62, 1980, 2016 + row * 62), 255, weight)
        for column in range(6):
            pen.line((330 + column * 330, 2016, 330 + column * 330, 2574), 255, weight)

    return _layer("rules", draw)


def _boxed(rng: Random, size: int) -> Layer:
    """Letters that sink into an underline and touch the sides of boxes."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for number in range(4):
            left = 330 + number * 430
            text = rng.choice(("Yes", "Fig. 5", "Type II", "No. 17"))
            _text(pen, (left + 3, 2702), text, "mono", size)
            pen.rectangle((left, 2704 - round(size * 0.72), left + 380, 2704), outline=255, width=3)
            _text(pen, (left, 2800), text, "times", size)
            pen.line((left, 2800, left + 300, 2800), 255, 3)

    return _layer("boxed and underlined", draw)


def _pencil(rng: Random, size: int) -> Layer:
    tone = rng.randint(140, 195)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(5):
            place = rng.randint(150, 1500), rng.choice((300, 340, 2900, 2980, 3060))
            _text(pen, place, rng.choice(SENTENCES)[:28], rng.choice(fonts.HANDS), size + 14)

    return _layer("faint pencil", draw, tone)


def _hand_on_rules(rng: Random, size: int) -> Layer:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(4):
            text = rng.choice(SENTENCES)[:22]
            _text(pen, (rng.randint(340, 900), 2090 + 124 * row), text, "hand", size + 26)

    return _layer("hand across rules", draw, 60)


def _numbers_at_edge(rng: Random, size: int) -> Layer:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for x in (0.0, 0.5, 1.0):
            for y in (0.0, 1.0):
                inset = rng.uniform(2, 5) * MM
                across, down = ("l", "m", "r")[round(2 * x)], ("t", "b")[round(y)]
                place = (
                    inset + x * (WIDTH - 2 * inset),
                    inset + y * (HEIGHT - 2 * inset),
                )
                number = f"{rng.randint(1, 199)}"
                pen.text(place, number, 255, fonts.font("mono", size - 4), across + down)

    return _layer("numbers at the edge", draw, rng.choice((25, 60, 120)))


def _signatures(rng: Random, size: int) -> Layer:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for left, top in ((60, 1400), (2280, 700), (1500, 3130), (2300, 2500)):
            tall, phase = rng.uniform(20, 60), rng.uniform(0, 6)
            points = [
                (left + t * 1.9, top + tall * sin(t / 9 + phase) * sin(t / 31) - t / 6)
                for t in range(110)
            ]
            pen.line(points, 255, rng.choice((2, 3, 4)))

    return _layer("signatures in margins", draw, rng.randint(40, 110))


def _ticks(rng: Random, size: int) -> Layer:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(14):
            x, y = rng.choice((90, 170, 2300, 2400)), rng.randint(300, 3000)
            if rng.random() < 0.5:
                _text(pen, (x, y), rng.choice("xoil1I/-.,"), "mono", size)
            else:
                pen.line(((x, y - 12), (x + 10, y), (x + 34, y - 40)), 255, rng.choice((2, 3)))

    return _layer("ticks and lone letters", draw, rng.randint(25, 100))


def _superscripts(rng: Random, size: int) -> Layer:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for column in range(8):
            text = rng.choice(("10", "m", "cm", "NB", "g/l"))
            _text(pen, (330 + 220 * column, 1990), text, "times", size)
            wide = fonts.advance("times", size, text)
            _text(pen, (330 + 220 * column + wide + 2, 1972), rng.choice("123*-"), "times", 22)

    return _layer("superscripts", draw)


def _leaders(rng: Random, size: int) -> Layer:
    radius = rng.choice((1.5, 2.0, 2.5))

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(3):
            for x in range(1200, 2200, rng.choice((14, 20, 28))):
                _dot(pen, x, 2860 + 55 * row, radius)

    return _layer("dotted leaders", draw, 40)


def _dot(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), 255)


def _dot_matrix(rng: Random, size: int) -> Layer:
    """Print of pins that do not touch, from a ribbon that is nearly worn out."""
    face = fonts.font("printer", 11)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for row in range(3):
            small = Image.new("L", (260, 14), 0)
            ImageDraw.Draw(small).text((0, 11), rng.choice(SENTENCES)[:32], 255, face, "ls")
            for y, x in zip(*np.nonzero(np.asarray(small) > 110), strict=True):
                _dot(pen, 330 + 5.0 * int(x), 120 + 58 * row + 4.4 * int(y), 1.3)

    return _layer("dot matrix", draw, rng.randint(50, 120))


def _beside_holes(rng: Random, size: int) -> Layer:
    """Words around the three places of a punch at the left and the two at the top."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for part in (0.114, 0.5, 0.886):
            y = round(HEIGHT * part)
            _text(pen, (146, y + 10), "seen", "hand", size)
            _text(pen, (62, y + 84), "R. i.", "hand2", size)
        for side in (-1, 1):
            _text(pen, (WIDTH / 2 + side * 0.162 * WIDTH + 50, 100), "cf. 3", "hand", size)

    return _layer("beside punch holes", draw, rng.randint(40, 110))


def _waves(rng: Random, size: int) -> Layer:
    """Thin traces, as of a pen recorder."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        points = [(330 + t, 3200 + 18 * sin(t / 14 * pi)) for t in range(0, 700, 2)]
        pen.line(points, 255, 2)

    return _layer("thin traces", draw, 70)


_KINDS: tuple[Draw, ...] = (
    _print,
    _figures,
    _rules,
    _boxed,
    _pencil,
    _hand_on_rules,
    _numbers_at_edge,
    _signatures,
    _ticks,
    _superscripts,
    _leaders,
    _dot_matrix,
    _beside_holes,
    _waves,
)
