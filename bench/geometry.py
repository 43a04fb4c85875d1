"""Measure how straight and which way up pages come out: ``python -m bench.geometry``.

Skew: generated pages turned by a known angle, with seeds that nothing was built on, beside
Tesseract on the same pixels. Errors are told of pages that are turned level or found level,
the others are left alone. Lie: pages in all four turns. Surround: what scanners and copiers leave
around a page, with every pixel of ink and of dark marked, so that what the crop takes is counted.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import degrees, nan
from pathlib import Path

import cv2

from batch.stages import read_upright
from capture.enhance import prepare
from capture.ink import ink_mask, looked_at
from capture.orient import find_lie
from capture.settings import CaptureSettings
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from . import geometry_real, results
from .degrade import RECIPES, Scan
from .geometry_pages import DPI, KINDS, LOOKS, WRITTEN, frame_of, lying, skewed
from .geometry_surround import SURROUNDS, crop_table, cropped
from .program import run
from .results import Result, Table, percent

NAME = "geometry"
REPORTED = 7000
"""The first seed for figures; smaller ones are for building."""
_SETTINGS = CaptureSettings(barcodes=False)
_WIDE = CaptureSettings(barcodes=False, deskew_limit_degrees=45.0)
_LEVEL = 0.1


@dataclass(frozen=True, slots=True)
class Turned:
    """What was found of one page."""

    kind: str
    look: str
    dpi: int
    seed: str
    truth: float
    found: float
    sure: bool
    applied: bool
    seconds: float
    """Of finding lie and skew."""

    @property
    def error(self) -> float:
        """Degrees."""
        return abs(self.found - self.truth)


def _deskewed(kind: str, look: str, dpi: int, seed: str, limit: float) -> Turned:
    scan = skewed(kind, look, dpi, seed, limit)
    settings = _WIDE if limit > 15 else _SETTINGS
    page = prepare(frame_of(scan), settings)
    seconds = _seconds(lambda: find_lie(ink_mask(looked_at(scan.pixels)[0]), limit or 15.0))
    sure = page.skew_confidence >= settings.deskew_confidence
    applied = any(step.name == "deskew" and step.applied for step in page.steps)
    return Turned(kind, look, dpi, seed, scan.skew, page.skew, sure, applied, seconds)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _skew_row(name: str, pages: Sequence[Turned]) -> tuple[results.Cell, ...]:
    sure = [one for one in pages if one.sure]
    errors = [one.error for one in sure]
    return (
        name,
        len(pages),
        len(pages) - len(sure),
        f"{sum(errors) / len(errors):.3f}" if sure else "-",
        percent(sum(error <= _LEVEL for error in errors) / len(errors) if sure else nan),
        f"{max(errors):.2f}" if sure else "-",
        sum(one.applied and not one.truth and abs(one.found) > _LEVEL for one in pages),
        f"{1000 * sum(one.seconds for one in pages) / len(pages):.0f}",
    )


def _skew_table(title: str, pages: Sequence[Turned]) -> Table:
    columns = (
        "pages",
        "count",
        "left alone",
        "mean error",
        "within 0.1",
        "worst",
        "level but turned",
        "CPU ms",
    )
    names = dict.fromkeys([one.kind for one in pages] + [one.look for one in pages])
    groups = {name: [one for one in pages if name in (one.kind, one.look)] for name in names}
    written = [one for one in pages if one.kind in WRITTEN]
    rows = [_skew_row(name, group) for name, group in groups.items()]
    return Table(title, columns, (*rows, _skew_row("all with print", written)))


def _skews(seed: int, each: int, limit: float) -> list[Turned]:
    cases = [
        (kind, look, DPI[(k + 2 * number + look_at) % 4], f"{seed + number}")
        for k, kind in enumerate(KINDS)
        for look_at, look in enumerate(LOOKS)
        for number in range(each)
    ]
    return [_deskewed(*case, limit) for case in cases]


_TOLD = re.compile(r"Deskew angle: (-?[\d.]+)")


def _peer(seed: int, pages: int) -> Table:
    """Return our skew beside that of ``tesseract --psm 2``, as OCRmyPDF asks for it."""
    ours, theirs, spent = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        for number in range(pages):
            case = WRITTEN[number % len(WRITTEN)], "bitonal", 300, f"{seed} peer {number}"
            one, scan = _deskewed(*case, 5.0), skewed(*case, 5.0)
            cv2.imwrite(str(path), scan.pixels)
            limit = {"OMP_THREAD_LIMIT": "1"}
            ran = run(["tesseract", path, "-", "--psm", "2"], allowed=(0, 1), environment=limit)
            told = _TOLD.search(ran.output + ran.errors)
            ours.append(one)
            theirs.append(abs(degrees(float(told[1])) - scan.skew) if told else nan)
            spent.append(ran.cpu_seconds)
    rows = (
        _peer_row("chartroom", [one.error for one in ours], [one.seconds for one in ours]),
        _peer_row("tesseract --psm 2, program and all", theirs, spent),
    )
    columns = ("by", "pages", "no answer", "median error", "within 0.1", "worst", "CPU ms")
    return Table("Skew up to 5 degrees beside Tesseract, bitonal, 300 dpi", columns, rows)


def _peer_row(name: str, errors: list[float], spent: list[float]) -> tuple[results.Cell, ...]:
    told = sorted(error for error in errors if error == error) or [nan]
    within = sum(error <= _LEVEL for error in errors) / len(errors)
    return (
        name,
        len(errors),
        sum(error != error for error in errors),
        f"{told[len(told) // 2]:.3f}",
        percent(within),
        f"{told[-1]:.2f}",
        f"{1000 * sum(spent) / len(spent):.0f}",
    )


@dataclass(frozen=True, slots=True)
class Lain:
    """How one page lay, and what was found."""

    kind: str
    look: str
    seed: str
    lay: int
    found: int
    """By capture alone."""
    sure: bool
    once_read: int


def _lies(seed: int, looks: Sequence[str], each: int, turns: int) -> list[Lain]:
    """Return how pages were found to lie by capture, and after every one was read."""
    engine = open_engine(OcrSettings(), isolated=False)
    cases = [
        (kind, look, f"{seed + number}")
        for kind in (*WRITTEN, "handwriting")
        for look in looks
        for number in range(each)
    ]
    pages = [
        _lain(engine, case, turn, scan)
        for at, case in enumerate(cases)
        for number, (turn, scan) in enumerate(lying(*case))
        if (number - at) % 4 < turns
    ]
    engine.close()
    return pages


def _lain(engine: OcrEngine, case: tuple[str, str, str], turn: int, scan: Scan) -> Lain:
    page = prepare(frame_of(scan), _SETTINGS)
    after = read_upright(engine, page)[0]
    sure = page.rotation_confidence >= 0.5
    return Lain(*case, turn, page.rotation, sure, after.rotation)


def _lie_table(pages: Sequence[Lain], turns: int) -> Table:
    names = list(dict.fromkeys([one.kind for one in pages] + [one.look for one in pages]))
    rows = [_lie_row(name, [o for o in pages if name in (o.kind, o.look)]) for name in names]
    rows.append(_lie_row("all with print", [one for one in pages if one.kind in WRITTEN]))
    columns = (
        "pages",
        "count",
        "right",
        "upside down",
        "on its side",
        "sure and wrong",
        "right once read",
    )
    note = f"Each page in {turns} of its four turns. Every page was read, sure or not."
    return Table("Lie", columns, tuple(rows), note)


def _lie_row(name: str, pages: Sequence[Lain]) -> tuple[results.Cell, ...]:
    off = [(one.found - one.lay) % 360 for one in pages]
    return (
        name,
        len(pages),
        percent(off.count(0) / len(pages)),
        off.count(180),
        off.count(90) + off.count(270),
        sum(one.sure and one.found != one.lay for one in pages),
        percent(sum(one.once_read == one.lay for one in pages) / len(pages)),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure skew, lie and surround and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--pages", type=int, default=3, help="pages of each kind and look")
    parser.add_argument("--looks", type=int, default=99, help="looks to lay pages in")
    parser.add_argument("--turns", type=int, default=4, help="turns to lay each page in")
    given = parser.parse_args(arguments)
    machine, seed, each = results.machine(), given.seed, given.pages
    looks = [look for look in RECIPES if look not in {"plain", "skewed"}][-given.looks :]
    turned = _skews(seed, each, 15.0)
    tables = [
        _skew_table("Skew, up to 15 degrees", turned),
        _skew_table("Level pages", _skews(seed + 1000, each, 0.0)),
        _skew_table("Skew, up to 45 degrees", _skews(seed + 2000, max(1, each // 2), 45.0)),
        _peer(seed, 6 * each),
        crop_table([cropped(name, f"{seed + n}") for name in SURROUNDS for n in range(4 * each)]),
        _lie_table(_lies(seed, looks, max(1, each // 3), given.turns), given.turns),
        *geometry_real.tables(),
    ]
    print("\n\n".join(map(results.markdown, tables)))
    command = f"python -m bench.{NAME} --seed {seed} --pages {each} --looks {len(looks)}"
    command += f" --turns {given.turns}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
