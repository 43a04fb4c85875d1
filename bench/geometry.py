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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import degrees, nan
from pathlib import Path
from random import Random

import cv2
import numpy as np

from batch.stages import read_upright
from capture.crop import crop_surround
from capture.enhance import prepare
from capture.ink import ink_mask, looked_at
from capture.model import Box, Digest, Frame, FrameRef, PageImage, Pixels
from capture.orient import find_lie
from capture.settings import CaptureSettings
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from . import degrade, fonts, results
from .charts import KINDS as DOCUMENTS
from .charts import house, paper, stay, suits
from .conditions import CONDITIONS
from .degrade import RECIPES, Scan
from .people import first_people
from .program import run
from .render import render
from .results import Result, Table, percent
from .sheet import HEIGHT, WIDTH, Run, Sheet

NAME = "geometry"
REPORTED = 7000
"""The first seed for figures; smaller ones are for building."""
_SETTINGS = CaptureSettings(barcodes=False)
_WIDE = CaptureSettings(barcodes=False, deskew_limit_degrees=45.0)
_LEVEL = 0.1
_DPI = (150, 200, 300, 400)
_PROSE = ("discharge_summary", "history_and_physical", "consultation", "imaging", "letter")
_FORMS = ("face_sheet", "consent", "insurance_form", "release_request", "orders")
_TABLES = ("laboratory", "medication_record", "anesthesia_record", "immunization")
Draw = Callable[[Random], Pixels]


def _document(names: Sequence[str], rng: Random) -> Sheet:
    """Return the first sheet of an invented document of one of these kinds."""
    person = rng.choice(first_people(rng.randrange(10**6), 8))
    condition = rng.choice([one for one in CONDITIONS if suits(one, person)] or CONDITIONS[:1])
    case = stay(person, condition, rng, house(rng))
    return paper(case, DOCUMENTS[rng.choice(names)], case.admitted, rng, "g").sheets[0]


def _words(rng: Random) -> list[str]:
    return [word for _ in range(6) for word in _document(_PROSE, rng).text.split()]


def _set(
    words: Sequence[str],
    face: str,
    size: int,
    lines: int,
    *,
    left: int = 300,
    right: int = 2300,
    top: int = 400,
) -> list[Run]:
    """Return words set in lines from the left margin to the right one."""
    runs: list[Run] = []
    x, line, space = float(left), 0, fonts.advance(face, size, "n")
    for word in words:
        wide = fonts.advance(face, size, word)
        if x + wide > right and x > left:
            x, line = float(left), line + 1
        if line >= lines:
            break
        runs.append(Run(word, x, top + line * size * 1.55, face, size, line, 0))
        x += wide + space
    return runs


def _shown(runs: Sequence[Run]) -> Pixels:
    return render(Sheet(tuple(runs), (), ()))


def _lines(
    rng: Random,
    faces: Sequence[str],
    sizes: tuple[int, int],
    lines: tuple[int, int],
    top: int = 400,
) -> Pixels:
    words = _words(rng)
    return _shown(_set(words, rng.choice(faces), rng.randint(*sizes), rng.randint(*lines), top=top))


def _capitals(rng: Random) -> Pixels:
    words = [word.upper() for word in _words(rng)]
    return _shown(_set(words, rng.choice(fonts.TYPED), rng.randint(38, 46), rng.randint(6, 40)))


def _two_columns(rng: Random) -> Pixels:
    face, size, count = rng.choice(fonts.PRINTED), rng.randint(32, 40), rng.randint(12, 44)
    words = _words(rng)
    left = _set(words, face, size, count, left=200, right=1180)
    return _shown(left + _set(words[len(left) :], face, size, count, left=1360, right=2340))


def _figures(rng: Random) -> Pixels:
    face, size = rng.choice((*fonts.TYPED, *fonts.PRINTED)), rng.randint(36, 46)
    ends = [540 + 330 * column for column in range(rng.randint(3, 6))]
    runs = []
    for line in range(rng.randint(8, 36)):
        for end in ends:
            figure = f"{rng.uniform(1, 400):.{rng.randint(0, 1)}f}"
            x = end - fonts.advance(face, size, figure)
            runs.append(Run(figure, x, 400 + line * size * 1.6, face, size, line, 0))
    return _shown(runs)


def _landscape(rng: Random) -> Pixels:
    drawn = _lines(rng, (*fonts.TYPED, *fonts.PRINTED), (30, 38), (6, 28), 200)
    return np.ascontiguousarray(drawn[: round(WIDTH * 8.5 / 11)])


def _letterhead(rng: Random) -> Pixels:
    """Return a letter under a large round emblem and a rule."""
    name = _shown(_set(("Specimen", "Hospital"), "times-bold", 80, 1, left=800, top=300))
    pixels = np.minimum(name, _lines(rng, fonts.PRINTED, (36, 44), (4, 24), 900))
    x, y = rng.randint(400, 560), rng.randint(220, 420)
    cv2.circle(pixels, (x, y), 150, (0,), -1, cv2.LINE_AA)
    cv2.ellipse(pixels, (x, y), (110, 50), rng.randint(0, 90), 0, 360, (255,), 14)
    cv2.line(pixels, (300, 640), (2250, 640), (0,), 6)
    return pixels


def _picture(rng: Random) -> Pixels:
    """Return a photograph on a page: soft shapes and grain, no letters."""
    noise = np.random.default_rng(rng.randrange(2**32))
    coarse, fine = (
        cv2.resize(noise.random(size, np.float32), (1900, 2300), interpolation=cv2.INTER_CUBIC)
        for size in ((11, 9), (90, 70))
    )
    pixels = np.full((HEIGHT, WIDTH), 255, np.uint8)
    pixels[400:2700, 320:2220] = np.clip(30 + 160 * coarse + 50 * fine, 0, 255)
    return pixels


KINDS: dict[str, Draw] = {
    "prose": lambda rng: render(_document(_PROSE, rng)),
    "form": lambda rng: render(_document(_FORMS, rng)),
    "table": lambda rng: render(_document(_TABLES, rng)),
    "capitals": _capitals,
    "figures only": _figures,
    "two columns": _two_columns,
    "landscape": _landscape,
    "letterhead": _letterhead,
    "three lines": lambda rng: _lines(rng, fonts.TYPED, (36, 48), (3, 3), rng.randint(300, 2200)),
    "handwriting": lambda rng: _lines(rng, fonts.HANDS, (64, 92), (6, 16)),
    "picture": _picture,
    "blank": lambda rng: np.full((HEIGHT, WIDTH), rng.randint(253, 255), np.uint8),
}
"""Kinds of pages, drawn at 300 dpi in black on white."""
_WRITTEN = [kind for kind in KINDS if kind not in {"handwriting", "picture", "blank"}]
LOOKS: dict[str, Callable[[Scan, Random], Scan]] = {
    "clean": degrade.paper,
    "bitonal": lambda scan, rng: degrade.bitonal(scan),
    "copy": degrade.photocopy,
    "fax": lambda scan, rng: degrade.fax(scan, rng, fine=rng.random() < 0.5),
}
"""Looks that leave the angle of a page as it was."""


def frame_of(scan: Scan) -> Frame:
    """Return a scan as intake would hand it on."""
    box = Box(0, 0, *scan.size)
    ref = FrameRef(Digest("0" * 64), 1)
    return Frame(ref, scan.pixels, box, scan.dpi, bitonal=scan.bitonal, film=scan.film)


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


def skewed(kind: str, look: str, dpi: int, seed: str, limit: float) -> Scan:
    """Return a page turned by up to ``limit`` degrees, spoiled afterwards."""
    rng = Random(f"{kind} {look} {dpi} {seed}")
    turn = rng.uniform(-limit, limit)
    scan = degrade.skew(Scan(KINDS[kind](rng)), turn) if limit else Scan(KINDS[kind](rng))
    return LOOKS[look](degrade.resample(scan, dpi, dpi), rng)


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
    drawn, dark = KINDS[rng.choice(_WRITTEN)](rng), np.zeros((HEIGHT, WIDTH), np.uint8)
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
        note = 255 - np.asarray(_shown([Run(word, 20, 60, "sans", 40, 0, 0)]))[:80, :240]
        left, top, wide, high = cv2.boundingRect(note)
        note = note[top : top + high, left : left + wide]
        room = cv2.erode(clear.astype(np.uint8), np.ones((high, wide), np.uint8), anchor=(0, 0))
        rows, columns = np.nonzero(room)
        at = int(np.argmax(rows if rng.random() < 0.5 else columns))
        ink[rows[at] : rows[at] + high, columns[at] : columns[at] + wide] = note
    return ink


def _cropped(surround: str, seed: str) -> Cropped:
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


def _skew_row(name: str, pages: Sequence[Turned]) -> tuple[results.Cell, ...]:
    sure = [one for one in pages if one.sure]
    errors = [one.error for one in sure] or [nan]
    return (
        name,
        len(pages),
        len(pages) - len(sure),
        f"{sum(errors) / len(errors):.3f}",
        percent(sum(error <= _LEVEL for error in errors) / len(errors) if sure else nan),
        f"{max(errors):.2f}",
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
    written = [one for one in pages if one.kind in _WRITTEN]
    rows = [_skew_row(name, group) for name, group in groups.items()]
    return Table(title, columns, (*rows, _skew_row("all with print", written)))


def _skews(seed: int, each: int, limit: float) -> list[Turned]:
    cases = [
        (kind, look, _DPI[(k + 2 * number + look_at) % 4], f"{seed + number}")
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
            case = _WRITTEN[number % len(_WRITTEN)], "bitonal", 300, f"{seed} peer {number}"
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
    sure: bool


def lying(kind: str, look: str, seed: str) -> Iterator[tuple[int, PageImage]]:
    """Yield a page prepared from each of its four turns, with that turn."""
    rng = Random(f"{seed} lie {kind} {look}")
    scan = RECIPES[look](Scan(KINDS[kind](rng)), rng)
    if not look.startswith(("fax", "film")):
        dpi = rng.choice(_DPI)
        scan = degrade.resample(scan, dpi, dpi)
    for turn in (0, 90, 180, 270):
        yield turn, prepare(frame_of(degrade.turn(scan, turn)), _SETTINGS)


def _lies(seed: int, looks: Sequence[str], each: int) -> tuple[list[Lain], list[Lain]]:
    """Return how pages were found to lie by capture, and once they were read."""
    captured, read = [], []
    engine = open_engine(OcrSettings(), isolated=False)
    for kind in (*_WRITTEN, "handwriting"):
        for look in looks:
            for number in range(each):
                for turn, page in lying(kind, look, f"{seed + number}"):
                    sure = page.rotation_confidence >= 0.5
                    said = kind, look, f"{seed + number}", turn
                    captured.append(Lain(*said, page.rotation, sure))
                    # Reading takes seconds: that it leaves what capture is sure of is assumed.
                    after = page if sure else read_upright(engine, page)[0]
                    read.append(Lain(*said, after.rotation, sure))
    engine.close()
    return captured, read


def _lie_table(captured: Sequence[Lain], read: Sequence[Lain]) -> Table:
    names = list(dict.fromkeys([o.kind for o in captured] + [o.look for o in captured]))
    rows = [_lie_row(name, captured, read, {name}) for name in names]
    rows.append(_lie_row("all with print", captured, read, set(_WRITTEN)))
    columns = (
        "pages",
        "count",
        "right",
        "upside down",
        "on its side",
        "sure and wrong",
        "right once read",
    )
    note = (
        "Pages of which capture is sure are not read for the last column:"
        " that reading leaves them is assumed."
    )
    return Table("Lie, each page in four turns", columns, tuple(rows), note)


def _lie_row(
    name: str, captured: Sequence[Lain], read: Sequence[Lain], of: set[str]
) -> tuple[results.Cell, ...]:
    pages = [one for one in captured if of & {one.kind, one.look}]
    after = [one for one in read if of & {one.kind, one.look}]
    off = [(one.found - one.lay) % 360 for one in pages]
    return (
        name,
        len(pages),
        percent(off.count(0) / len(pages)),
        off.count(180),
        off.count(90) + off.count(270),
        sum(one.sure and one.found != one.lay for one in pages),
        percent(sum(one.found == one.lay for one in after) / len(after)),
    )


def _crop_table(pages: Sequence[Cropped]) -> Table:
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


def main(arguments: list[str] | None = None) -> int:
    """Measure skew, lie and surround and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--pages", type=int, default=3, help="pages of each kind and look")
    parser.add_argument("--looks", type=int, default=12, help="looks to lay pages in")
    given = parser.parse_args(arguments)
    machine, seed, each = results.machine(), given.seed, given.pages
    looks = [look for look in RECIPES if look not in {"plain", "skewed"}][-given.looks :]
    turned = _skews(seed, each, 15.0)
    tables = [
        _skew_table("Skew, up to 15 degrees", turned),
        _skew_table("Level pages", _skews(seed + 1000, each, 0.0)),
        _skew_table("Skew, up to 45 degrees", _skews(seed + 2000, max(1, each // 2), 45.0)),
        _peer(seed, 6 * each),
        _crop_table([_cropped(name, f"{seed + n}") for name in SURROUNDS for n in range(4 * each)]),
        _lie_table(*_lies(seed, looks, max(1, each // 3))),
    ]
    print("\n\n".join(map(results.markdown, tables)))
    command = f"python -m bench.{NAME} --seed {seed} --pages {each} --looks {len(looks)}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
