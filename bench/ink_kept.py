"""Follow every component of ink through the recipe: ``python -m bench.ink_kept``.

Pages of fragile writing (`bench.ink_pages`), spoiled the way paper and film are, go through the
whole of `capture.enhance.prepare`. Each step is watched as it runs; the pixels of every component
of the truth are found again behind it by the step's own geometry. A component counts when the frame
shows it, told by the same frame without writing; it is lost when less than 30 % of its pixels are
still darker than the paper around them by a third of what they were. The first step behind which
that is so, lost it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Digest, Frame, FrameRef, Pixels
from capture.scale import grey

from . import degrade, results
from .degrade import Matrix, Recipe, Scan, compose
from .ink_pages import InkPage, ink_page
from .results import Result, Table
from .watched import Stage, watched

NAME = "ink_kept"
REPORTED = 5000
"""The first seed for figures; smaller ones are for mending."""
KEPT = 0.3
_SEEN, _FAINTEST = 0.5, 20.0
_DEPTH, _LEAST_DEPTH = 1 / 3, 8.0
_AROUND = 31
"""Pixels at 300 dpi of the window in which paper is measured."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A component that did not come through."""

    look: str
    seed: int
    kind: str
    step: str
    box: Box
    """On the page at 300 dpi."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the components of some pages."""

    seen: Counter[str] = field(default_factory=Counter)
    """By kind: those that can be seen in the frame as found."""
    lost: tuple[Loss, ...] = ()

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.seen + other.seen, self.lost + other.lost)


def _bitonal(dpi: int, threshold: int) -> Recipe:
    def spoil(scan: Scan, rng: Random) -> Scan:
        laid = degrade.skew(scan, rng.gauss(0, 0.7))
        return degrade.bitonal(degrade.resample(_plain(laid), dpi, dpi), threshold)

    return spoil


def _grey(dpi: int, *spoilers: Callable[[Scan, Random], Scan]) -> Recipe:
    def spoil(scan: Scan, rng: Random) -> Scan:
        scan = degrade.paper(degrade.skew(scan, rng.gauss(0, 0.7)), rng)
        for one in spoilers:
            scan = one(scan, rng)
        return degrade.resample(scan, dpi, dpi)

    return spoil


def _plain(scan: Scan) -> Scan:
    return scan.noted("grey", grey(scan.pixels))


def _border(scan: Scan, rng: Random) -> Scan:
    scan = degrade.skew(degrade.paper(scan, rng), rng.gauss(0, 1.2), border=24)
    framed = cv2.copyMakeBorder(
        scan.pixels, 90, 70, 60, 80, cv2.BORDER_CONSTANT, value=(22, 22, 22)
    )
    moved = compose(((1.0, 0.0, 60.0), (0.0, 1.0, 90.0)), scan.matrix)
    return Scan(np.asarray(framed, np.uint8), moved, scan.dpi, skew=scan.skew)


def _wedges(scan: Scan, rng: Random) -> Scan:
    """Leave dark wedges that lie over the outermost writing."""
    return degrade.borders(_grey(300)(scan, rng), rng)


def _copied(scan: Scan, rng: Random) -> Scan:
    laid = degrade.skew(_plain(scan), rng.gauss(0, 1.0))
    return degrade.photocopy(laid, rng, rng.choice((1, 1, 2)))


def _faxed(*, fine: bool) -> Recipe:
    return lambda scan, rng: degrade.fax(
        degrade.skew(_plain(scan), rng.gauss(0, 0.7)), rng, fine=fine
    )


def _turned(scan: Scan, rng: Random) -> Scan:
    return degrade.turn(_grey(200)(scan, rng), rng.choice((90, 180, 270)))


def _filmed(scan: Scan, rng: Random) -> Scan:
    return degrade.film(degrade.skew(scan, rng.gauss(0, 0.7)), rng)


def _worn_film(scan: Scan, rng: Random) -> Scan:
    """Film with scratches from end to end, through the writing, and more dust."""
    shot = _filmed(scan, rng)
    pixels, (width, height) = shot.pixels.copy(), shot.size
    for _ in range(rng.randint(3, 6)):
        x, wide = rng.randrange(20, width - 20), rng.choice((1, 1, 2))
        pixels[:, x : x + wide] = rng.randint(190, 245)
    for _ in range(rng.randint(100, 300)):
        place = rng.randrange(width), rng.randrange(height)
        cv2.circle(pixels, place, rng.choice((0, 0, 1, 1)), (rng.randint(150, 245),), -1)
    return shot.noted("worn", pixels)


LOOKS: dict[str, tuple[Recipe, bool]] = {
    "clean grey, 300 dpi": (_grey(300), False),
    "clean grey, 200 dpi": (_grey(200), False),
    "clean grey, 150 dpi": (_grey(150), False),
    "coloured forms and pens, 200 dpi": (_grey(200), True),
    "coloured forms in bad light, 300 dpi": (_grey(300, degrade.uneven_light), True),
    "uneven light": (_grey(200, degrade.uneven_light), False),
    "stains": (_grey(200, degrade.stains), False),
    "specks": (_grey(300, lambda scan, rng: degrade.specks(scan, rng, 900)), False),
    "punch holes": (_grey(300, degrade.punch_holes), False),
    "dark surround": (_border, False),
    "dark wedges over the margin": (_wedges, False),
    "photocopy, grey": (_copied, False),
    "black and white, 200 dpi": (_bitonal(200, 140), False),
    "black and white, light, 300 dpi": (_bitonal(300, 205), False),
    "black and white of colour, 400 dpi": (_bitonal(400, 180), True),
    "fax, fine": (_faxed(fine=True), False),
    "fax, standard": (_faxed(fine=False), False),
    "turned by quarters": (_turned, False),
    "film": (_filmed, False),
    "film, worn": (_worn_film, False),
}
"""Ways the pages are spoiled, and whether they are drawn in colour."""


def followed(
    page: InkPage, shown: NDArray[np.float64], stages: Sequence[Stage], look: str, seed: int
) -> Kept:
    """Return which components of a page came through ``stages``.

    The first of them is the frame as found, dark on light; ``shown`` is by how much each pixel of
    ink darkens it.
    """
    parts, count = page.components, len(page.components.kinds)
    size = np.bincount(parts.owner, minlength=count)
    usual = np.bincount(parts.owner, shown, count) / size
    least = np.maximum(_DEPTH * usual, _LEAST_DEPTH)[parts.owner]

    def share(depths: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(parts.owner, depths >= least, count) / size)

    coarsest = _scale(stages[0].matrix)
    behind = [(stage.step, share(_depths(page, stage, coarsest)) >= KEPT) for stage in stages]
    seen = (share(shown) >= _SEEN) & (usual >= _FAINTEST) & behind[0][1]
    steps = _blamed(seen & ~behind[-1][1], behind)
    lost = tuple(
        Loss(look, seed, parts.kinds[at], step, _extent(page, at)) for at, step in steps.items()
    )
    return Kept(Counter(parts.kinds[at] for at in np.flatnonzero(seen)), lost)


def _blamed(
    gone: NDArray[np.bool_], behind: Sequence[tuple[str, NDArray[np.bool_]]]
) -> dict[int, str]:
    return {
        int(at): next(step for step, kept in behind if not kept[at]) for at in np.flatnonzero(gone)
    }


def _depths(page: InkPage, stage: Stage, coarsest: float) -> NDArray[np.float64]:
    """Return by how much the place of every pixel of ink is darker than the paper around it.

    ``coarsest`` is the scale of the frame as found, whose pixels the strokes were rounded to.
    """
    tones = grey(stage.pixels)
    darker = _paper(page, stage, tones) - tones
    if ((tones > 0) & (tones < 255)).any():
        return _at(page, stage.matrix, darker)
    # The strokes of black and white are rounded to whole pixels: half of one is no loss.
    half = 0.5 * max(1.0, _scale(stage.matrix) / coarsest)
    near = (_shifted(stage.matrix, x, y) for x in (-half, 0, half) for y in (-half, 0, half))
    deepest: NDArray[np.float64] = np.max([_at(page, one, darker) for one in near], axis=0)
    return deepest


def _scale(matrix: Matrix) -> float:
    """Return pixels of the stage per pixel of the page, in the coarser direction."""
    return float(np.linalg.norm(np.array(matrix)[:, :2], axis=1).min())


def _shifted(matrix: Matrix, across: float, down: float) -> Matrix:
    return compose(((1.0, 0.0, across), (0.0, 1.0, down)), matrix)


def _at(page: InkPage, matrix: Matrix, tones: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the tone at every pixel of ink; 0.0 where it lies outside."""
    height, width = tones.shape
    parts, affine = page.components, np.array(matrix)
    places = affine[:, :2] @ np.stack([parts.x, parts.y]) + affine[:, 2:]
    x, y = np.floor(places).astype(np.intp)
    within = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    return np.asarray(np.where(within, tones[y, x], 0.0), np.float64)


def _paper(page: InkPage, stage: Stage, tones: Pixels) -> NDArray[np.float64]:
    """Return the mean tone around every pixel of what is known to be paper."""
    height, width = tones.shape
    inked = cv2.dilate(page.ink, np.ones((7, 7), np.uint8))
    affine = np.array(stage.matrix)
    affine[:, 2] += affine[:, :2] @ np.array((0.5, 0.5)) - 0.5
    moved = cv2.warpAffine(inked, affine, (width, height), borderValue=(255,))
    bare = (moved < 64).astype(np.float32)
    span = round(_AROUND * np.hypot(*affine[:, 0])) | 1
    weight = cv2.blur(bare, (span, span))
    total = cv2.blur(tones * bare, (span, span))
    paper: NDArray[np.float64] = np.asarray(total / np.maximum(weight, 1e-3), np.float64)
    return paper


def _extent(page: InkPage, at: int) -> Box:
    own = page.components.owner == at
    x, y = page.components.x[own], page.components.y[own]
    left, top = int(x.min()), int(y.min())
    return Box(left, top, int(x.max()) + 1 - left, int(y.max()) + 1 - top)


def measured(look: str, seed: int) -> Kept:
    """Return what became of the ink of one page with this look."""
    spoil, coloured = LOOKS[look]
    page = ink_page(seed, coloured=coloured)
    bare = np.full_like(page.pixels, 255)
    bare[:] = page.pixels[page.ink == 0].max(axis=0)
    scan, unwritten = (spoil(Scan(one), Random(f"{look} {seed}")) for one in (page.pixels, bare))
    darkened = grey(unwritten.pixels).astype(np.float64) - grey(scan.pixels)
    shown = _at(page, scan.matrix, -darkened if scan.negative else darkened)
    _, (found, *stages) = watched(frame_of(scan), scan.matrix)
    if scan.negative:
        found = replace(found, pixels=np.asarray(255 - found.pixels, np.uint8))
    return followed(page, shown, (found, *stages), look, seed)


def frame_of(scan: Scan) -> Frame:
    """Return a scan as intake would hand it on."""
    width, height = scan.size
    return Frame(
        ref=FrameRef(Digest("0" * 64), 1),
        pixels=np.ascontiguousarray(scan.pixels),
        box=Box(0, 0, width, height),
        dpi=scan.dpi,
        bitonal=scan.bitonal,
        film=scan.film,
    )


def _tables(by_look: dict[str, Kept]) -> tuple[Table, Table]:
    total = sum(by_look.values(), Kept())
    looks = tuple(
        (look, kept.seen.total(), len(kept.lost), _steps(kept.lost))
        for look, kept in (*by_look.items(), ("all", total))
    )
    lost = Counter(loss.kind for loss in total.lost)
    kinds = tuple((kind, count, lost[kind]) for kind, count in total.seen.most_common())
    return (
        Table("Ink by look", ("look", "components seen in the scan", "lost", "by"), looks),
        Table("Ink by kind", ("kind", "components seen in the scan", "lost"), kinds),
    )


def _steps(lost: Iterable[Loss]) -> str:
    counts = Counter(loss.step for loss in lost)
    return ", ".join(f"{step} {count}" for step, count in counts.most_common()) or "-"


def main(arguments: list[str] | None = None) -> int:
    """Measure every look and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--pages", type=int, default=4, help="pages of each look")
    given = parser.parse_args(arguments)
    machine = results.machine()
    seeds = range(given.seed, given.seed + given.pages)
    by_look: dict[str, Kept] = {}
    for look in LOOKS:
        by_look[look] = sum((measured(look, seed) for seed in seeds), Kept())
        kept = by_look[look]
        print(f"{look}: {len(kept.lost)} of {kept.seen.total()} {_steps(kept.lost)}", flush=True)
    command = f"python -m bench.{NAME} --seed {given.seed} --pages {given.pages}"
    failures = tuple(
        {"look": x.look, "seed": x.seed, "kind": x.kind, "step": x.step, "box": x.box.as_list()}
        for kept in by_look.values()
        for x in kept.lost
    )
    tables = _tables(by_look)
    results.keep(Result(NAME, command, machine, tables, (), failures), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
