"""Imprints of plates and stamps at any angle: read, and nothing read where there is none.

``python -m bench.angled [--pages 3]``: pages of charts with an addressograph imprint at a random
angle, on free paper or over the form; and the same pages without it.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median

import numpy as np
from PIL import Image, ImageDraw

from capture.model import Box, PageImage, Pixels
from ocr.angled import slanted_words
from ocr.model import Word
from ocr.prepare import prepare
from ocr.settings import OcrSettings
from ocr.sight import BLOCK
from ocr.tesseract import TesserocrEngine
from ocr.tsv import words_of_tsv

from . import fonts, results
from .people import Person, first_people
from .render import render
from .results import Table
from .sheet import HEIGHT, WIDTH
from .tick_forms import REPORTED, chart_sheets, scanned_paper

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
    return min(tries, key=lambda at: _ink_in(page, Box(at[1], at[0], width, height)))


def _ink_in(page: Pixels, box: Box) -> int:
    return int(np.count_nonzero(page[box.y : box.bottom, box.x : box.right] < 128))


def imprints(seed: int, pages: int) -> Iterator[tuple[Imprint, Pixels]]:
    """Yield pages with an imprint, and the same page without."""
    people = first_people(seed + 1, pages)
    for number, (one, person) in enumerate(zip(chart_sheets(seed), people, strict=False)):
        rng = Random(f"{seed} imprint {number}")
        degrees = rng.choice((rng.uniform(5, 85), -rng.uniform(5, 85), 90.0, -90.0, 180.0))
        paper = render(one.sheet)
        yield imprinted(paper, lines_of(person, rng), rng, degrees), paper


@dataclass(slots=True)
class Tally:
    """What was counted of one look."""

    pages: int = 0
    words: int = 0
    before: int = 0
    after: int = 0
    false: int = 0
    seconds: list[float] = field(default_factory=list)

    def row(self, name: str) -> tuple[results.Cell, ...]:
        """Return the figures as a row of a table."""
        read = (self.before, self.after)
        shares = (results.percent(n / self.words) if self.words else "-" for n in read)
        spent = f"{1000 * median(self.seconds):.1f}"
        return (name, self.pages, self.words, *shares, self.false, spent)


class Reader:
    """Reads pages level, and then what stands on them at an angle."""

    def __init__(self) -> None:
        self.engine = TesserocrEngine(OcrSettings())
        self._looking = 0.0

    def read(self, page: PageImage, tally: Tally) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        """Return the words before and after; count the time of the search without the looks."""
        before = self.engine.read(page).words
        ready = prepare(page)
        self._looking, start = 0.0, time.process_time()
        after = slanted_words(before, ready.pixels, ready.factor, self._look)
        tally.seconds.append(time.process_time() - start - self._looking)
        tally.pages += 1
        return before, after

    def _look(self, pixels: Pixels) -> tuple[Word, ...]:
        start = time.process_time()
        table = self.engine.look(pixels, BLOCK, 30.0)
        self._looking += time.process_time() - start
        height, width = pixels.shape
        return words_of_tsv(table, 1.0, width, height)


def read_of(words: Sequence[str], read: Sequence[Word]) -> int:
    """Return how many of ``words`` were read, each as often as it stands there."""
    found = Counter(word.text.strip(".,:;") for word in read)
    wanted = Counter(word.strip(".,:;") for word in words)
    return sum(min(count, found[word]) for word, count in wanted.items())


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    command = results.parser(NAME, __doc__)
    command.add_argument("--pages", type=int, default=5, help="pages of every look")
    command.add_argument("--seed", type=int, default=REPORTED)
    chosen = command.parse_args(arguments)
    machine, reader = results.machine(), Reader()
    tallies = {look: Tally() for look in (*LOOKS, "without an imprint")}
    pages = imprints(chosen.seed, chosen.pages * len(LOOKS))
    for number, (imprint, paper) in enumerate(pages):
        look = LOOKS[number % len(LOOKS)]
        _count(reader, tallies[look], imprint, look, Random(f"{chosen.seed} look {number}"))
        rng = Random(f"{chosen.seed} bare {number}")
        bare = tallies["without an imprint"]
        before, after = reader.read(scanned_paper(paper, look, rng), bare)
        bare.false += len(set(after) - set(before))
    table = Table("Imprints at an angle", COLUMNS, tuple(t.row(n) for n, t in tallies.items()))
    print(results.markdown(table))
    said = shlex.join(["python", "-m", f"bench.{NAME}", *(arguments or sys.argv[1:])])
    told = (f"Seed {chosen.seed}; thresholds were chosen on seeds below {REPORTED}.",)
    results.keep(results.Result(NAME, said, machine, (table,), told), chosen.results)
    return 0


def _count(reader: Reader, tally: Tally, imprint: Imprint, look: str, rng: Random) -> None:
    before, after = reader.read(scanned_paper(imprint.paper, look, rng), tally)
    tally.words += len(imprint.words)
    tally.before += read_of(imprint.words, before)
    tally.after += read_of(imprint.words, after)


if __name__ == "__main__":
    sys.exit(main())
