"""Imprints of plates and stamps at any angle: read, and nothing read where there is none.

``python -m bench.angled [--pages 3]``: pages of charts with an addressograph imprint at a random
angle, on free paper or over the form; and the same pages without it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from capture.model import PageImage, Pixels
from ocr.angled import slanted_words
from ocr.engine import OcrEngine
from ocr.looks import BLOCK
from ocr.model import Word
from ocr.prepare import prepare
from ocr.tesseract import TesserocrEngine

from . import fonts
from .people import Person, first_people
from .render import render
from .sheet import HEIGHT, WIDTH
from .tick_forms import chart_sheets

NAME = "angled"
LOOKS = ("clean", "bitonal", "copy", "fax", "light", "film")
COLUMNS = ("", "pages", "words of imprints", "read before", "read after", "false words", "ms CPU")


@dataclass(frozen=True, slots=True, eq=False)
class Imprint:
    """A page with an imprint and its words."""

    paper: Pixels
    words: tuple[str, ...]
    degrees: float


def lines_of(person: Person, rng: Random) -> tuple[str, ...]:
    """Return the lines of a plate."""
    name = f"{person.last_name}, {person.first_name}".upper()
    born = person.birth_date.strftime("%m/%d/%Y")
    rest = (f"{person.address}".upper(), f"{person.city} {person.state} {person.zip}".upper())
    lines = (name, f"MRN {person.mrn}", f"DOB {born} SEX {person.sex}", *rest)
    return lines[: rng.randint(3, 5)]


def imprinted(paper: Pixels, lines: Sequence[str], rng: Random, degrees: float) -> Imprint:
    """Return a page with a block of lines turned clockwise by ``degrees`` on it."""
    size = rng.choice((34, 38, 42, 46))
    face = fonts.font(rng.choice(("sans-bold", "mono-bold", "narrow-bold")), size)
    wide = round(max(face.getlength(line) for line in lines)) + 20
    block = Image.new("L", (wide, round(size * 1.35 * len(lines)) + 20), 255)
    draw = ImageDraw.Draw(block)
    for number, line in enumerate(lines):
        draw.text((10, 10 + number * size * 1.35), line, fill=0, font=face)
    turned = np.asarray(block.rotate(-degrees, Image.Resampling.BICUBIC, True, fillcolor=255))
    page = paper.copy()
    y, x = _place(page, turned.shape, rng)
    height, width = turned.shape
    spot = page[y : y + height, x : x + width]
    page[y : y + height, x : x + width] = np.minimum(spot, turned[: spot.shape[0], : spot.shape[1]])
    return Imprint(page, tuple(word for line in lines for word in line.split()), degrees)


def _place(page: Pixels, shape: tuple[int, ...], rng: Random) -> tuple[int, int]:
    """Return the place with the least ink of a few; clerks spare the text, but not the rules."""
    height, width = shape
    tries = [
        (rng.randrange(60, max(61, HEIGHT - height - 60)), rng.randrange(60, WIDTH - width - 60))
        for _ in range(60)
    ]
    return min(
        tries, key=lambda at: int((page[at[0] : at[0] + height, at[1] : at[1] + width] < 128).sum())
    )


def imprints(seed: int, pages: int) -> Iterator[tuple[Imprint, Pixels]]:
    """Yield pages with an imprint, and the same page without."""
    people = first_people(seed + 1, pages)
    for number, (one, person) in enumerate(zip(chart_sheets(seed), people, strict=False)):
        rng = Random(f"{seed} imprint {number}")
        degrees = rng.choice((rng.uniform(5, 85), -rng.uniform(5, 85), 90.0, -90.0, 180.0))
        paper = render(one.sheet)
        yield imprinted(paper, lines_of(person, rng), rng, degrees), paper


def with_slanted(
    engine: OcrEngine, page: PageImage
) -> tuple[tuple[Word, ...], tuple[Word, ...], float]:
    """Return the words of a page before and after, and the seconds that the search took."""
    before = engine.read(page).words
    ready = prepare(page)
    looked: list[float] = []

    def look(pixels: Pixels) -> str:
        start = time.process_time()
        assert isinstance(engine, TesserocrEngine)
        table = engine._table(pixels, BLOCK, 30.0)
        looked.append(time.process_time() - start)
        return table

    start = time.process_time()
    after = slanted_words(before, ready.pixels, ready.factor, look)
    return before, after, time.process_time() - start - sum(looked)


def read_of(words: Sequence[str], read: Sequence[Word]) -> int:
    """Return how many of ``words`` were read, each as often as it stands there."""
    found = Counter(word.text.strip(".,:;") for word in read)
    wanted = Counter(word.strip(".,:;") for word in words)
    return sum(min(count, found[word]) for word, count in wanted.items())
