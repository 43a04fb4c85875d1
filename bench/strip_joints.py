"""Measure how well strips of one roll are joined: ``python -m bench.strip_joints``.

Film is drawn with grain and dust of its own and scanned twice, as two strips: each scan has its
gain and offset, which drift along the strip, its noise and its dust, and lies beside the other.
A joint counts as exact when it is right to half a line and half a column, as beside when it is
right to one and a half, as wrong when it is further off. Strips that do not overlap follow each
other, or film is missing between them: any overlap found there is wrong. All is measured again on
strips that were compressed as JPEG each by itself, which leaves little of the grain.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import product
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Pixels
from capture.ribbon.joined import joints
from capture.ribbon.ribbon import PixelRibbon

from . import results
from .film_frames import pages_of
from .results import Result, Table

NAME = "strip_joints"
REPORTED = 3000
"""The first seed for figures; smaller ones are for building the joiner."""
KINDS = ("pages", "forms repeated", "sheets filmed again", "leaders alike")
LENGTHS = {"up to a third": (1 / 12, 1 / 3), "up to one": (1 / 3, 1), "up to four": (1, 4)}
"""Of an overlap, in widths of the film."""
_WIDTH = 600
_PAGES = 40
_EXPOSURES = 9
_QUALITY = 75
_PAPER_SHARE = 1.12
"""Width of the film by that of a sheet on it."""
_CLEAR, _DUST, _LIGHT = 10.0, 5.0, 245.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Two scans of one film, and how the second lies against the first."""

    before: Pixels
    after: Pixels
    overlap: float = 0.0
    """Lines that both show, with fractions; 0 for none."""
    shift: float = 0.0
    """Columns by which the second lies to the right."""


@dataclass(frozen=True, slots=True)
class Met:
    """How strips were joined."""

    joints: int = 0
    exact: int = 0
    beside: int = 0
    missed: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def __add__(self, other: Met) -> Met:
        return Met(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Met)))


def joined(strips: Strips) -> Met:
    """Return what the joiner says of two strips, against the truth."""
    ribbons = [PixelRibbon(strips.before), PixelRibbon(strips.after)]
    started = time.process_time()
    (joint,) = joints(ribbons)
    seconds = time.process_time() - started
    if not joint.proven:
        found = "missed" if strips.overlap else "exact"
        return Met(1, **{found: 1}, seconds=seconds)
    off = max(abs(joint.overlap - strips.overlap), abs(joint.shift - strips.shift))
    found = "wrong" if not strips.overlap or off > 1.5 else "beside" if off > 0.5 else "exact"
    return Met(1, **{found: 1}, seconds=seconds)


def exposures(kind: str, pages: Sequence[Pixels], rng: Random) -> list[Pixels]:
    """Return the sheets of a film in order, the place of the cut in their middle."""
    one = rng.choice(pages)
    if kind == "pages":
        return rng.choices(pages, k=_EXPOSURES)
    if kind == "sheets filmed again":
        return [one] * _EXPOSURES
    if kind == "forms repeated":
        return [_filled_in(one, rng.choice(pages), rng) for _ in range(_EXPOSURES)]
    half = _EXPOSURES // 2
    return [*rng.choices(pages, k=half), *[_leader(one)] * 2, *rng.choices(pages, k=half)]


def _filled_in(form: Pixels, other: Pixels, rng: Random) -> Pixels:
    """Return a form with a few lines of its own."""
    page, high = form.copy(), len(form) // 12
    top = rng.randrange(high, 5 * high)
    page[top : top + high] = np.minimum(page[top : top + high], other[top : top + high])
    return page


def _leader(notice: Pixels) -> Pixels:
    """Return clear film before and after a notice; on film it is as dark as all around."""
    blank = np.full_like(notice, 255)
    return np.concatenate([blank, notice, blank])


def film(sheets: Sequence[Pixels], width: int, rng: Random) -> Floats:
    """Return a film of ``sheets`` with its grain, dust and scratches.

    A rotary camera lays each a little askew and as far apart as they were fed, a planetary one
    lays all of them straight and equally far apart.
    """
    rotary = rng.random() < 0.5
    even = rng.randint(width // 30, width // 10)
    parts = []
    for sheet in sheets:
        gap = rng.randint(width // 30, width // 10) if rotary else even
        parts.append(np.full((gap, width), _CLEAR, np.float32))
        parts.append(_filmed(sheet, width, rng, askew=rotary))
    drawn = np.concatenate(parts)
    grains = np.random.default_rng(rng.getrandbits(32))
    drawn += grains.normal(0, 2, drawn.shape).astype(np.float32)
    _specks(drawn, 12 * len(sheets), 5, (_DUST, _LIGHT), rng)
    for column in rng.sample(range(width - 2), 3):
        drawn[:, column : column + 2] += 60
    return drawn


def _filmed(sheet: Pixels, width: int, rng: Random, askew: bool) -> Floats:
    """Return one exposure: light paper that a camera has laid somewhere near the middle."""
    high, wide = sheet.shape
    turn = rng.uniform(-0.5, 0.5) if askew else 0.0
    move = cv2.getRotationMatrix2D((wide / 2, high / 2), turn, 1)
    aside = rng.uniform(-width / 60, width / 60) if askew else 0.0
    move[0, 2] += (width - wide) / 2 + aside
    move[1, 2] += 2 + rng.uniform(-0.5, 0.5)
    tones = 200 - sheet.astype(np.float32) * 0.65
    size = width, high + 4
    moved = cv2.warpAffine(tones, move, size, borderMode=cv2.BORDER_CONSTANT, borderValue=_CLEAR)
    return np.asarray(moved, dtype=np.float32)


def _specks(drawn: Floats, count: int, largest: int, tones: Sequence[float], rng: Random) -> None:
    for _ in range(count):
        top, left = rng.randrange(drawn.shape[0]), rng.randrange(drawn.shape[1])
        high, wide = rng.randrange(1, largest), rng.randrange(1, largest)
        drawn[top : top + high, left : left + wide] = rng.choice(tones)


def scanned(drawn: Floats, rng: Random, rough: bool) -> Pixels:
    """Return a scan with noise and dust; a ``rough`` one with a tone of its own, which drifts."""
    noise = np.random.default_rng(rng.getrandbits(32))
    tones = drawn + noise.normal(0, rng.uniform(2, 5), drawn.shape).astype(np.float32)
    if rough:
        along = np.linspace(0, rng.uniform(1, 6), len(tones), dtype=np.float32)[:, None]
        gain = rng.uniform(0.8, 1.2) + 0.05 * np.sin(along + rng.uniform(0, 6))
        tones = tones * gain + rng.uniform(-8, 8) + 5 * np.sin(along + rng.uniform(0, 6))
    _specks(tones, 8, 12, (20.0,), rng)
    return np.clip(np.rint(tones), 0, 255).astype(np.uint8)


def strips_of(kind: str, length: str, pages: Sequence[Pixels], width: int, seed: int) -> Strips:
    """Return two strips of a film; ``length`` is one of :data:`LENGTHS`, or empty for none."""
    rng = Random(f"{kind} {seed}")
    aside = width // 40
    drawn = film(exposures(kind, pages, rng), width + 2 * aside, rng)
    rng = Random(f"{kind} {length} {seed}")
    least, most = LENGTHS.get(length, (0, 0))
    shared = rng.randint(round(least * width), round(most * width))
    lost = 0 if length or rng.random() < 0.5 else rng.randint(1, width)
    end = len(drawn) // 2 + rng.randint(-width // 2, width // 2) + shared // 2
    shift = rng.randint(-aside, aside)
    before = drawn[:end, aside : aside + width]
    after = drawn[end - shared + lost :, aside + shift : aside + shift + width]
    part = rng.choice((0.0, 0.5))
    truth = (shared + part, shift - part) if shared else (0.0, 0.0)
    return Strips(scanned(before, rng, False), scanned(_moved(after, part), rng, True), *truth)


def _moved(drawn: Floats, part: float) -> Floats:
    """Return film that lies ``part`` of a pixel further down and to the right."""
    if not part:
        return drawn
    move = np.array([[1, 0, part], [0, 1, part]], dtype=np.float32)
    size = drawn.shape[::-1]
    moved = cv2.warpAffine(drawn, move, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def compressed(strips: Strips) -> Strips:
    """Return the same strips as a scanner delivers them that compresses each by itself."""
    before, after = (_jpeg(one) for one in (strips.before, strips.after))
    return Strips(before, after, strips.overlap, strips.shift)


def _jpeg(strip: Pixels) -> Pixels:
    _, packed = cv2.imencode(".jpg", strip, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Case:
    """Two strips that are joined, and what the tables tell apart."""

    kind: str
    length: str
    packing: str
    seed: int = 0


def measured(seeds: Iterable[int], pages: Sequence[Pixels], width: int) -> dict[Case, Met]:
    """Return how the strips of every kind of film were joined, one film of each a seed.

    The length of the overlap changes from seed to seed.
    """
    met: dict[Case, Met] = {}
    for seed in seeds:
        for kind in KINDS:
            for length in ("", tuple(LENGTHS)[seed % len(LENGTHS)]):
                strips = strips_of(kind, length, pages, width, seed)
                for packing, one in (("none", strips), ("JPEG", compressed(strips))):
                    met[Case(kind, length, packing, seed)] = joined(one)
    return met


_COLUMNS = "compressed", "joints", "exact", "one line beside", "missed", "wrong", "CPU-s a joint"
_APART = "compressed", "joints", "rightly apart", "wrongly joined", "CPU-s a joint"


def _together(met: Met) -> tuple[results.Cell, ...]:
    seconds = f"{met.seconds / max(1, met.joints):.2f}"
    return met.joints, met.exact, met.beside, met.missed, met.wrong, seconds


def _apart(met: Met) -> tuple[results.Cell, ...]:
    return met.joints, met.exact, met.wrong, f"{met.seconds / max(1, met.joints):.2f}"


def tables(met: dict[Case, Met]) -> list[Table]:
    """Return strips without and with an overlap by the kind of film, and by the overlap."""

    def total(packing: str, lengths: Iterable[str], kinds: Iterable[str] = KINDS) -> Met:
        wanted = set(product(kinds, lengths, [packing]))
        found = (met[one] for one in met if (one.kind, one.length, one.packing) in wanted)
        return sum(found, Met())

    packings = "none", "JPEG"
    films = [(kind, (kind,)) for kind in KINDS] + [("all", KINDS)]
    apart = [
        (name, packing, *_apart(total(packing, [""], kinds)))
        for packing in packings
        for name, kinds in films
    ]
    together = [
        (name, packing, *_together(total(packing, LENGTHS, kinds)))
        for packing in packings
        for name, kinds in films
    ]
    lengths = [
        (length, packing, *_together(total(packing, [length])))
        for packing in packings
        for length in LENGTHS
    ]
    return [
        Table("Strips that do not overlap", ("film", *_APART), tuple(apart)),
        Table("Strips that overlap", ("film", *_COLUMNS), tuple(together)),
        Table("Overlaps by their length", ("widths of the film", *_COLUMNS), tuple(lengths)),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Join strips of every kind of film and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--films", type=int, default=30, help="films of each kind")
    parser.add_argument("--width", type=int, default=_WIDTH, help="pixels across the film")
    given = parser.parse_args(arguments)
    machine = results.machine()
    pages = pages_of(given.seed, _PAGES, round(given.width / _PAPER_SHARE / 8.5))
    met = measured(range(given.seed, given.seed + given.films), pages, given.width)
    made = tables(met)
    print("\n\n".join(map(results.markdown, made)), flush=True)
    command = f"python -m bench.{NAME} --seed {given.seed} --films {given.films}"
    if given.width != _WIDTH:
        command += f" --width {given.width}"
    wrong = tuple(asdict(case) for case in met if met[case].wrong)
    results.keep(Result(NAME, command, machine, tuple(made), failures=wrong), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
