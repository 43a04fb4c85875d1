"""Separator sheets as scanners leave them: printed codes and patch codes, spoiled and turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from capture.errors import SettingsError
from capture.model import Pixels

from . import fonts, write
from .degrade import (
    Scan,
    bitonal,
    borders,
    faded,
    fax,
    film,
    paper,
    photocopy,
    resample,
    skew,
    specks,
    turn,
)
from .sheet import DPI, HEIGHT, WIDTH

PATCHES = {"1": "WWNN", "2": "WNNW", "3": "WNWN", "4": "NWWN", "6": "NNWW", "T": "NWNW"}
"""Bars of the patch codes from the leading edge, wide and narrow."""
PRINTED = (*write.SYMBOLOGIES, "Patch")
_WIDE, _NARROW = round(0.20 * DPI), round(0.08 * DPI)
_TYPES = ("18842-5", "11504-8", "11506-3", "34117-2", "11488-4", "59284-0")
_DPIS = (150, 200, 200, 240, 300, 300)
_PLATEN = 24


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on a separator sheet."""

    symbology: str
    text: str
    """Payload of a barcode, or the patch code."""
    edges: tuple[int, ...] = (0,)
    """Edges of the sheet, from the top clockwise, that a patch code stands at."""


@dataclass(frozen=True, slots=True, eq=False)
class ScannedSheet:
    """A sheet as it was found."""

    number: int
    printed: Printed
    look: str
    dpi: int
    scan: Scan


Look = Callable[[Scan, Random, int], Scan]


def _at(scan: Scan, dpi: int) -> Scan:
    return resample(scan, dpi, dpi)


def _copied(scan: Scan, rng: Random, dpi: int) -> Scan:
    copied = _at(photocopy(scan, rng, 2), dpi)
    return bitonal(copied) if rng.random() < 0.5 else copied


def _bordered(scan: Scan, rng: Random, dpi: int) -> Scan:
    return borders(paper(_at(scan, dpi), rng), rng)


LOOKS: dict[str, Look] = {
    "clean": lambda scan, rng, dpi: paper(_at(scan, dpi), rng),
    "bitonal": lambda scan, rng, dpi: bitonal(paper(_at(scan, dpi), rng), rng.randint(110, 180)),
    "copy of a copy": _copied,
    "fax fine": lambda scan, rng, dpi: fax(scan, rng, fine=True),
    "fax coarse": lambda scan, rng, dpi: fax(scan, rng, fine=False),
    "film": lambda scan, rng, dpi: film(scan, rng, min(dpi, 200)),
    "specks": lambda scan, rng, dpi: specks(
        paper(_at(scan, dpi), rng), rng, rng.randint(300, 1500)
    ),
    "border": _bordered,
    "faint": lambda scan, rng, dpi: paper(faded(_at(scan, dpi), rng), rng),
}
"""Ways a sheet is spoiled."""


def scanned_sheets(seed: int, many: int, start: int = 0) -> Iterator[ScannedSheet]:
    """Yield ``many`` sheets from number ``start`` on; each hangs on seed and number alone."""
    for number in range(start, start + many):
        yield scanned_sheet(seed, number)


def scanned_sheet(seed: int, number: int) -> ScannedSheet:
    """Return one sheet: every look meets every kind of code in turn."""
    rng = Random(f"{seed} separator {number}")
    look = list(LOOKS)[number % len(LOOKS)]
    printed = _printed(PRINTED[number // len(LOOKS) % len(PRINTED)], rng)
    border = _PLATEN if look == "border" else 255
    scan = skew(Scan(drawn(printed, rng)), _slant(rng), border)
    rotation, dpi = rng.choice((0, 90, 180, 270)), rng.choice(_DPIS)
    if look.startswith("fax"):
        # A fax machine takes a sheet one way only.
        scan = LOOKS[look](turn(scan, rng.choice((0, 180))), rng, dpi)
    else:
        scan = turn(LOOKS[look](scan, rng, dpi), rotation)
    return ScannedSheet(number, printed, look, dpi, scan)


def _slant(rng: Random) -> float:
    return rng.uniform(-6, 6) if rng.random() < 0.5 else rng.gauss(0, 1)


def _printed(symbology: str, rng: Random) -> Printed:
    if symbology == "Patch":
        edges = rng.choice(((0,), (0, 2), (0, 1, 2, 3), (1, 3)))
        return Printed("Patch", rng.choice("23T"), edges)
    while True:
        keys = rng.sample(("code", "mrn", "batch"), rng.randint(1, 3))
        told = {
            "code": rng.choice(_TYPES),
            "mrn": f"{rng.randrange(10**7):07}",
            "batch": f"B-{rng.randrange(1000)}",
        }
        text = write.payload(**{key: told[key] for key in keys}, checked=rng.random() < 0.5)
        if _fits(text, symbology):
            return Printed(symbology, text)


def _fits(text: str, symbology: str) -> bool:
    try:
        write.separator(text, symbology)
    except SettingsError:
        return False
    return True


def drawn(printed: Printed, rng: Random) -> Pixels:
    """Return the sheet as printed at 300 dpi, ``(3300, 2550)``."""
    if printed.symbology != "Patch":
        return write.separator(printed.text, printed.symbology)
    return patch_sheet(printed.text, printed.edges, rng.uniform(2.0, 6.0), rng.uniform(0.3, 1.2))


def patch_sheet(code: str, edges: tuple[int, ...], length: float, margin: float) -> Pixels:
    """Return a patch sheet with bars ``length`` inches long, ``margin`` inches from each edge.

    The bars are read from the edge inward, so that the sheet may be fed with any edge first.
    """
    sheet = Image.new("L", (WIDTH, HEIGHT), 255)
    pen = ImageDraw.Draw(sheet)
    for row, text in enumerate(("PATCH SHEET", f"Patch {code}", "Do not remove")):
        face = fonts.font("sans-bold", 90 if row else 120)
        pen.text((WIDTH / 2, HEIGHT / 2 + 160 * row - 200), text, fill=0, font=face, anchor="ma")
    pixels = np.array(sheet)
    for edge in edges:
        turned = np.rot90(pixels, edge)
        _draw_bars(turned, code, round(length * DPI), round(margin * DPI))
    return np.ascontiguousarray(pixels)


def _draw_bars(sheet: Pixels, code: str, length: int, at: int) -> None:
    """Draw the bars along the top edge of ``sheet``, which may be a view of a turned one."""
    left = (sheet.shape[1] - length) // 2
    for bar in PATCHES[code]:
        thick = _WIDE if bar == "W" else _NARROW
        sheet[at : at + thick, left : left + length] = 0
        at += thick + _NARROW
