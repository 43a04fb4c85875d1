"""What scanners and copiers leave around a page, and what the crop takes of it.

Every pixel of ink and of dark is marked, so that both are counted once it is cropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from random import Random

import cv2
import numpy as np

from capture.crop import crop_surround
from capture.enhance import prepare
from capture.model import Pixels
from capture.settings import CaptureSettings

from . import degrade
from .degrade import Scan
from .geometry_pages import KINDS, WRITTEN, frame_of, shown
from .results import Table, percent
from .sheet import HEIGHT, WIDTH, Run

_SETTINGS = CaptureSettings(barcodes=False)
_LEVEL = 0.1
_INK, _DARK = 1, 2
"""Marks in the lowest bits of the blue and the green channel, which a grey look does not see."""


def _side_bars(dark: Pixels, rng: Random) -> None:
    for side in rng.sample(range(4), rng.randint(1, 4)):
        np.rot90(dark, side)[: rng.randint(15, 140)] = 255


def _wedges(dark: Pixels, rng: Random) -> None:
    """Darken the corners beside a sheet that lay askew."""
    height, width = dark.shape
    angle = rng.choice((-1, 1)) * rng.uniform(0.7, 3)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    sheet = np.full_like(dark, 255)
    dark[cv2.warpAffine(sheet, turn, (width, height), borderValue=(0,)) == 0] = 255


def _mount(dark: Pixels, rng: Random) -> None:
    """Darken all around, as film does."""
    height, width = dark.shape
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    inwards = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    places = [
        (x + across * rng.randint(40, 120), y + down * rng.randint(40, 120))
        for (x, y), (across, down) in zip(corners, inwards, strict=True)
    ]
    dark[:] = 255
    cv2.fillPoly(dark, [np.array(places, dtype=np.int32)], (0,))


def _torn(dark: Pixels, rng: Random) -> None:
    side = np.rot90(dark, rng.randrange(4))
    walk = np.cumsum([rng.gauss(0, 9) for _ in range(side.shape[1] // 6 + 1)])
    edge = np.interp(np.arange(side.shape[1]), np.arange(len(walk)) * 6, walk - walk.mean() + 80)
    side[np.arange(side.shape[0])[:, None] < np.clip(edge, 4, 200)[None]] = 255


def _holes(dark: Pixels, rng: Random) -> None:
    side = np.rot90(dark, rng.randrange(2))
    for part in {2: (0.4, 0.6), 3: (0.114, 0.5, 0.886), 5: (0.1, 0.3, 0.5, 0.7, 0.9)}[
        rng.choice((2, 3, 5))
    ]:
        centre, radius = (round(part * side.shape[0]), 100), rng.randint(34, 44)
        down, across = np.ogrid[: side.shape[0], : side.shape[1]]
        side[np.hypot(down - centre[0], across - centre[1]) < radius] = 255


def _staple(dark: Pixels, rng: Random) -> None:
    """Darken a staple and a folded corner."""
    x, y, turn = rng.randint(60, 200), rng.randint(60, 200), rng.uniform(0, 1.6)
    end = round(x + 130 * np.cos(turn)), round(y + 130 * np.sin(turn))
    cv2.line(dark, (x, y), end, (255,), rng.randint(6, 10))
    width, fold = dark.shape[1], rng.randint(100, 220)
    corner = np.array(((width - fold, 0), (width, 0), (width, fold)), dtype=np.int32)
    cv2.fillPoly(dark, [corner], (255,))


SURROUNDS: dict[str, Callable[[Pixels, Random], None]] = {
    "black bars": _side_bars,
    "black wedges": _wedges,
    "film mount": _mount,
    "torn edge": _torn,
    "punch holes": _holes,
    "staple, folded corner": _staple,
}
"""What lies around or on a sheet."""


@dataclass(frozen=True, slots=True)
class Cropped:
    """What became of one surrounded page."""

    surround: str
    seed: str
    ink_lost: int
    """Pixels."""
    dark_gone: float
    """Share of what is dark around the page."""
    skew_error: float
    right: bool
    """It is a page that stands upright or, at worst, is left as it lay."""


def surrounded(surround: str, seed: str) -> tuple[Pixels, float]:
    """Return a page in its surround with ink and dark marked, and its skew.

    Page numbers and notes stand a millimetre from the dark.
    """
    rng = Random(f"{surround} {seed}")
    drawn, dark = KINDS[rng.choice(WRITTEN)](rng), np.zeros((HEIGHT, WIDTH), np.uint8)
    turn = rng.uniform(-3, 3)
    scan = degrade.skew(Scan(drawn), turn)
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    page[: drawn.shape[0]] = 255 - scan.pixels
    SURROUNDS[surround](dark, rng)
    page = np.maximum(page, _edge_notes(dark, rng))
    page[dark > 0] = 0
    tones = np.maximum(15, 245 - 0.85 * page - 225.0 * (dark > 0)).astype(np.uint8)
    noise = np.random.default_rng(rng.randrange(2**32)).integers(-4, 5, tones.shape)
    tones = np.clip(tones + noise, 0, 255).astype(np.uint8)
    marked = cv2.cvtColor(tones & 254, cv2.COLOR_GRAY2RGB)
    marked[..., 2] |= (page > 128).astype(np.uint8)
    marked[..., 1] |= (dark > 0).astype(np.uint8)
    return marked, turn


def _edge_notes(dark: Pixels, rng: Random) -> Pixels:
    """Return the ink of a page number and a note, a millimetre from the edge of the paper."""
    ink = np.zeros_like(dark)
    clear = cv2.dilate(dark, np.ones((25, 25), np.uint8)) == 0
    clear[:12], clear[-12:], clear[:, :12], clear[:, -12:] = False, False, False, False
    for word in (f"- {rng.randint(2, 99)} -", "see over"):
        note = 255 - np.asarray(shown([Run(word, 20, 60, "sans", 40, 0, 0)]))[:80, :240]
        left, top, wide, high = cv2.boundingRect(note)
        note = note[top : top + high, left : left + wide]
        room = cv2.erode(clear.astype(np.uint8), np.ones((high, wide), np.uint8), anchor=(0, 0))
        rows, columns = np.nonzero(room)
        at = int(np.argmax(rows if rng.random() < 0.5 else columns))
        ink[rows[at] : rows[at] + high, columns[at] : columns[at] + wide] = note
    return ink


def cropped(surround: str, seed: str) -> Cropped:
    """Return what the crop and the whole recipe make of a surrounded page."""
    marked, turn = surrounded(surround, seed)
    shown, _ = crop_surround(marked)
    ink, left = (int(np.count_nonzero((one[..., 2] & 1) & ~one[..., 0])) for one in (marked, shown))
    dark, stays = (
        int(np.count_nonzero((one[..., 1] & 1) & ~one[..., 0])) for one in (marked, shown)
    )
    page = prepare(frame_of(Scan(np.ascontiguousarray(marked[..., 0]))), _SETTINGS)
    applied = page.skew_confidence >= _SETTINGS.deskew_confidence
    error = abs(page.skew - turn) if applied else nan
    right = page.state == "page" and page.rotation == 0
    return Cropped(surround, seed, ink - left, 1 - stays / max(1, dark), error, right)


def crop_table(pages: Sequence[Cropped]) -> Table:
    """Return the table of what was lost and what is left, by surround."""
    rows = []
    for name in SURROUNDS:
        group = [one for one in pages if one.surround == name]
        gone = sum(one.dark_gone for one in group) / len(group)
        off = sum(one.skew_error > _LEVEL for one in group)
        lost = sum(one.ink_lost > 0 for one in group)
        wrong = sum(not one.right for one in group)
        rows.append((name, len(group), lost, percent(gone), off, wrong))
    columns = ("surround", "pages", "ink lost", "dark gone", "skew off by 0.1", "turned or no page")
    return Table("Surround", columns, tuple(rows))
