"""Pages drawn for measuring skew and lie: kinds of documents, and looks that keep their angle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

import cv2
import numpy as np

from capture.model import Box, Digest, Frame, FrameRef, Pixels

from . import degrade, fonts
from .charts import KINDS as DOCUMENTS
from .charts import house, paper, stay, suits
from .conditions import CONDITIONS
from .degrade import RECIPES, Scan
from .people import first_people
from .render import render
from .sheet import HEIGHT, WIDTH, Run, Sheet

DPI = (150, 200, 300, 400)
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


def shown(runs: Sequence[Run]) -> Pixels:
    """Return words on a white sheet."""
    return render(Sheet(tuple(runs), (), ()))


def _lines(
    rng: Random,
    faces: Sequence[str],
    sizes: tuple[int, int],
    lines: tuple[int, int],
    top: int = 400,
) -> Pixels:
    words = _words(rng)
    return shown(_set(words, rng.choice(faces), rng.randint(*sizes), rng.randint(*lines), top=top))


def _capitals(rng: Random) -> Pixels:
    words = [word.upper() for word in _words(rng)]
    return shown(_set(words, rng.choice(fonts.TYPED), rng.randint(38, 46), rng.randint(6, 40)))


def _two_columns(rng: Random) -> Pixels:
    face, size, count = rng.choice(fonts.PRINTED), rng.randint(32, 40), rng.randint(12, 44)
    words = _words(rng)
    left = _set(words, face, size, count, left=200, right=1180)
    return shown(left + _set(words[len(left) :], face, size, count, left=1360, right=2340))


def _figures(rng: Random) -> Pixels:
    face, size = rng.choice((*fonts.TYPED, *fonts.PRINTED)), rng.randint(36, 46)
    ends = [540 + 330 * column for column in range(rng.randint(3, 6))]
    runs = []
    for line in range(rng.randint(8, 36)):
        for end in ends:
            figure = f"{rng.uniform(1, 400):.{rng.randint(0, 1)}f}"
            x = end - fonts.advance(face, size, figure)
            runs.append(Run(figure, x, 400 + line * size * 1.6, face, size, line, 0))
    return shown(runs)


def _landscape(rng: Random) -> Pixels:
    drawn = _lines(rng, (*fonts.TYPED, *fonts.PRINTED), (30, 38), (6, 28), 200)
    return np.ascontiguousarray(drawn[: round(WIDTH * 8.5 / 11)])


def _letterhead(rng: Random) -> Pixels:
    """Return a letter under a large round emblem and a rule."""
    name = shown(_set(("Specimen", "Hospital"), "times-bold", 80, 1, left=800, top=300))
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
WRITTEN = [kind for kind in KINDS if kind not in {"handwriting", "picture", "blank"}]
"""Kinds in print; each page has twenty words or more."""
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


def skewed(kind: str, look: str, dpi: int, seed: str, limit: float) -> Scan:
    """Return a page turned by up to ``limit`` degrees, spoiled afterwards."""
    rng = Random(f"{kind} {look} {dpi} {seed}")
    turn = rng.uniform(-limit, limit)
    scan = degrade.skew(Scan(KINDS[kind](rng)), turn) if limit else Scan(KINDS[kind](rng))
    return LOOKS[look](degrade.resample(scan, dpi, dpi), rng)


def lying(kind: str, look: str, seed: str) -> Iterator[tuple[int, Scan]]:
    """Yield a page in each of its four turns, with that turn."""
    rng = Random(f"{seed} lie {kind} {look}")
    scan = RECIPES[look](Scan(KINDS[kind](rng)), rng)
    if not look.startswith(("fax", "film")):
        dpi = rng.choice(DPI)
        scan = degrade.resample(scan, dpi, dpi)
    for turn in (0, 90, 180, 270):
        yield turn, degrade.turn(scan, turn)
