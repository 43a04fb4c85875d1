"""Pages of falling quality with exact truth: out of focus, coarse, pale, grainy, cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from random import Random

import cv2
import numpy as np

from capture.model import Box, Digest, Frame, FrameRef

from .charts import chart
from .degrade import RECIPES, Recipe, Scan, bitonal, paper, resample
from .people import first_people
from .render import render
from .sheet import Run, Sheet

Spoil = Callable[[Scan, Random], Scan]


@dataclass(frozen=True, slots=True, eq=False)
class Spoiled:
    """One page as it will be found."""

    look: str
    sheet: Sheet
    scan: Scan
    name: str

    @property
    def frame(self) -> Frame:
        """The frame that capture is given."""
        width, height = self.scan.size
        digest = Digest(hashlib.sha256(self.name.encode()).hexdigest())
        return Frame(
            FrameRef(digest, 1),
            self.scan.pixels,
            Box(0, 0, width, height),
            self.scan.dpi,
            bitonal=self.scan.bitonal,
            film=self.scan.film,
        )

    @property
    def printed(self) -> list[Run]:
        """Words that an engine is expected to read, whole in the frame."""
        return [run for run in self.sheet.runs if not run.handwritten]


def out_of_focus(scan: Scan, rng: Random) -> Scan:
    """Scan the page with the lens out of focus, a little or badly."""
    sigma = rng.uniform(1.5, 9.0)
    soft = np.asarray(cv2.GaussianBlur(scan.pixels, (0, 0), sigma), dtype=np.uint8)
    return resample(
        paper(replace(scan, pixels=soft), rng).noted(f"blur {sigma:.1f}", soft), 200, 200
    )


def coarse(scan: Scan, rng: Random) -> Scan:
    """Scan the page with too few dots an inch."""
    dpi = rng.uniform(45, 130)
    return resample(paper(scan, rng), dpi, dpi)


def pale(scan: Scan, rng: Random) -> Scan:
    """Leave hardly more ink than grain."""
    keep = rng.uniform(0.06, 0.3)
    faint = 235 - (235 - scan.pixels.astype(np.float32)) * keep
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, rng.uniform(4, 12), faint.shape)
    return resample(scan.noted("pale", faint + noise), 200, 200)


def grainy(scan: Scan, rng: Random) -> Scan:
    """Threshold a noisy scan: strokes break and grow hairs."""
    sent = resample(scan, 200, 200)
    noise = np.random.default_rng(rng.randrange(2**32)).normal(
        0, rng.uniform(25, 110), sent.pixels.shape
    )
    return bitonal(sent.noted("grain", sent.pixels + noise), rng.randint(70, 170))


def cut_off(scan: Scan, rng: Random) -> Scan:
    """Lay the page half off the glass: its text is cut at the left or the right."""
    laid = RECIPES["clean"](scan, rng)
    width = laid.size[0]
    side = rng.choice(("left", "right"))
    part = round(width * rng.uniform(0.16, 0.3))
    pixels = laid.pixels[:, part:] if side == "left" else laid.pixels[:, : width - part]
    return resample(laid.noted(f"cut {side}", np.ascontiguousarray(pixels)), 200, 200)


def _at_200(recipe: Recipe) -> Spoil:
    def spoiled(scan: Scan, rng: Random) -> Scan:
        found = recipe(scan, rng)
        return found if found.bitonal or found.film else resample(found, 200, 200)

    return spoiled


STANDARD = ("clean", "bitonal", "copy", "fax", "faded", "light", "stains", "film", "fax-low")
FALLING: dict[str, Spoil] = {
    "out of focus": out_of_focus,
    "coarse": coarse,
    "pale": pale,
    "grainy": grainy,
    "cut off": cut_off,
}
LOOKS: dict[str, Spoil] = {name: _at_200(RECIPES[name]) for name in STANDARD} | FALLING
"""Ways a page is spoiled; those of ``STANDARD`` mostly stay easy to read."""


def sheets_of(seed: int) -> Iterator[Sheet]:
    """Yield the sheets of invented charts, others for every seed."""
    rng = Random(f"page quality {seed}")
    people = first_people(seed, 60)
    papers = chain.from_iterable(chart(one, rng, "c") for one in people)
    return chain.from_iterable(one.sheets for one in papers)


def spoiled_pages(seed: int, each: int, looks: tuple[str, ...] = tuple(LOOKS)) -> Iterator[Spoiled]:
    """Yield ``each`` pages of every look, each another page."""
    sheets = sheets_of(seed)
    for number in range(each):
        for look in looks:
            sheet = next(sheets)
            name = f"{seed} {look} {number}"
            yield Spoiled(look, sheet, LOOKS[look](Scan(render(sheet)), Random(name)), name)
