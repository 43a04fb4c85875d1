"""Forms with tick boxes of many makes and marks, with exact truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

import cv2
import numpy as np

from capture.light import flatten
from capture.model import Box, Digest, FrameRef, FrameState, PageImage, Pixels, Polarity

from . import fonts
from .charts import chart, house
from .degrade import RECIPES, Scan, inverse
from .drawing import box_strokes
from .people import first_people
from .render import render
from .sheet import HEIGHT, WIDTH, Run, Sheet, Stroke

REPORTED = 30_000
"""The first seed for figures; smaller ones are for building the detector."""
_LABELS = (
    "Recovered", "Improved", "Not improved", "Died", "Yes", "No", "Married", "Single", "Widowed",
    "Divorced", "Routine", "Urgent", "Emergency", "Private", "Semi-private", "Ward", "Alert",
    "Confused", "Oriented", "Drowsy", "Good", "Fair", "Poor", "Other", "Omit", "Delivered",
    "Discharged", "Quiet", "Inpatient", "Outpatient", "Dentures", "Glasses", "None", "Diabetes",
    "Hypertension", "Odor", "Open", "Draining", "Ostomy", "0-5 days", "10 mg", "Obstetrics",
)  # fmt: skip
_QUESTIONS = (
    "Result:", "Condition:", "Marital status", "Accommodation", "Mental state", "Wound",
    "History of", "Priority", "Appliances", "On discharge:",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A tick box with its label."""

    box: Box
    ticked: bool
    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """A sheet with the truth of its tick boxes."""

    sheet: Sheet
    choices: tuple[Choice, ...]


@dataclass(slots=True)
class _Pen:
    """A sheet being filled from the top."""

    rng: Random
    face: str
    size: int
    y: float = 300.0
    line: int = 0
    runs: list[Run] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def words(self, text: str, x: float) -> float:
        """Set words at the height of the pen; return where they end."""
        for word in text.split():
            self.runs.append(Run(word, x, self.y, self.face, self.size, self.line, 0, True))
            x += fonts.advance(self.face, self.size, word + " ")
        return x - fonts.advance(self.face, self.size, " ")

    def down(self, lines: float = 1.0) -> None:
        """Go to the next line."""
        self.y += lines * self.size * 1.5
        self.line += 1


@dataclass(frozen=True, slots=True)
class _Make:
    """How the boxes of one form are drawn."""

    side: float
    weight: int
    gap: float
    drop: float
    """How far a box hangs below the base line."""
    marks: tuple[str, ...]


def _make(rng: Random, size: int) -> _Make:
    marks = tuple(rng.sample(("cross", "large cross", "check", "filled", "scribble", "typed"), 2))
    side = size * rng.uniform(0.62, 1.05)
    return _Make(
        side, rng.choice((2, 3, 3, 4, 5)), rng.uniform(0.3, 0.8), rng.uniform(0, 0.12), marks
    )


def ticked_form(rng: Random) -> Ticked:
    """Return a form of questions with tick boxes, and of fields that only look like them."""
    face = rng.choice(("sans", "times", "carlito", "vera", "courier", "mono"))
    pen = _Pen(rng, face, rng.choice((36, 40, 44, 48)))
    make = _make(rng, pen.size)
    pen.words("Placeholder General Hospital Nursing Assessment", 225)
    pen.down(2)
    for question in rng.sample(_QUESTIONS, rng.randint(4, 8)):
        _ask(pen, make, question)
        rng.choice((_comb, _letters, _table, _nothing))(pen)
    return Ticked(Sheet(tuple(pen.runs), tuple(pen.strokes), ()), tuple(pen.choices))


def _ask(pen: _Pen, make: _Make, question: str) -> None:
    labels = pen.rng.sample(_LABELS, pen.rng.randint(2, 5))
    way = pen.rng.choice(("row", "row", "list", "after"))
    x = pen.words(question, 225) + pen.size
    for label in labels:
        if way == "list" or x > WIDTH - 700:
            pen.down()
            x = 300.0
        x = _after(pen, make, label, x) if way == "after" else _before(pen, make, label, x)
        x += pen.size * pen.rng.uniform(1.2, 2.5)
    pen.down(1.3)


def _before(pen: _Pen, make: _Make, label: str, x: float) -> float:
    _box(pen, make, label, x)
    return pen.words(label, x + make.side + make.gap * pen.size)


def _after(pen: _Pen, make: _Make, label: str, x: float) -> float:
    end = pen.words(label, x) + make.gap * pen.size
    _box(pen, make, label, end)
    return end + make.side


def _box(pen: _Pen, make: _Make, label: str, x: float) -> None:
    rng, side = pen.rng, make.side
    top = pen.y - side + make.drop * pen.size
    pen.strokes += box_strokes(x, top, side, side, make.weight)
    ticked = rng.random() < 0.4
    mark = rng.choice(make.marks) if ticked else ""
    if ticked:
        _mark(pen, mark, x, top, side)
    pen.choices.append(
        Choice(Box(round(x), round(top), round(side), round(side)), ticked, label, mark)
    )


def _mark(pen: _Pen, mark: str, x: float, y: float, side: float) -> None:
    rng = pen.rng

    def at(across: float, down: float) -> tuple[float, float]:
        shake = side * 0.08
        return (
            x + across * side + rng.uniform(-shake, shake),
            y + down * side + rng.uniform(-shake, shake),
        )

    if mark == "typed":
        width = fonts.advance("mono", round(side), "X")
        pen.runs.append(
            Run("X", x + (side - width) / 2, y + side * 0.85, "mono", round(side), pen.line, 0)
        )
        return
    lines: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
        "cross": ((at(0.1, 0.1), at(0.9, 0.9)), (at(0.9, 0.1), at(0.1, 0.9))),
        "large cross": ((at(-0.2, -0.2), at(1.2, 1.15)), (at(1.15, -0.25), at(-0.2, 1.1))),
        "check": ((at(0.1, 0.5), at(0.4, 0.9), at(1.3, -0.5)),),
        "filled": (tuple(at(0.1 + 0.8 * (n % 2), 0.1 + n * 0.05) for n in range(17)),),
        "scribble": (tuple(at(rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.1)) for _ in range(9)),),
    }
    weight = rng.choice((4, 5, 6))
    pen.strokes += [Stroke(points, weight, printed=False) for points in lines[mark]]


def _comb(pen: _Pen) -> None:
    """Set cells for single figures, joined or apart, some with figures in them."""
    side, apart = pen.size * pen.rng.uniform(0.9, 1.2), pen.rng.choice((0.0, 0.0, 0.15))
    x = pen.words(pen.rng.choice(("Account No.", "Code", "Zip")), 225) + pen.size
    for _ in range(pen.rng.randint(3, 9)):
        pen.strokes += box_strokes(x, pen.y - side * 0.85, side, side)
        if pen.rng.random() < 0.7:
            figure = str(pen.rng.randint(0, 9))
            pen.runs.append(
                Run(figure, x + side * 0.25, pen.y - 2, pen.face, pen.size, pen.line, 0)
            )
        x += side * (1 + apart)
    pen.down(1.5)


def _letters(pen: _Pen) -> None:
    """Set words whose first letters are round or square."""
    words = [
        "OD", "DOD", "QUOD", "O.D.", "OB/GYN", "0", "00", "100", "D", "O", "Q", "B", "E", "H",
        "DOOR", "ODD", "8", "B0B", "HEEL", "EH",
    ]  # fmt: skip
    pen.words(" ".join(pen.rng.sample(words, 12)), 225)
    pen.down()


def _table(pen: _Pen) -> None:
    """Set a grid of cells, high and low."""
    side = pen.size * pen.rng.uniform(0.9, 1.8)
    across = pen.rng.randint(3, 12)
    for row in range(3):
        for column in range(across):
            pen.strokes += box_strokes(225 + column * side, pen.y + row * side, side, side)
    pen.y += 3 * side
    pen.down(1.5)


def _nothing(pen: _Pen) -> None:
    pen.down(0.2)


def chart_sheets(seed: int) -> Iterator[Ticked]:
    """Yield pages of invented charts with the tick boxes they happen to have."""
    rng = Random(f"ticks {seed}")
    where = house(rng, development=seed < REPORTED)
    papers = chain.from_iterable(chart(one, rng, "c", where) for one in first_people(seed, 60))
    for sheet in chain.from_iterable(one.sheets for one in papers):
        yield Ticked(sheet, _drawn(sheet))


def _drawn(sheet: Sheet) -> tuple[Choice, ...]:
    boxes = []
    for number, stroke in enumerate(sheet.strokes):
        if len(stroke.points) != 5 or stroke.fill:
            continue
        (x, y), (right, bottom) = stroke.points[0], stroke.points[2]
        if abs((right - x) - (bottom - y)) < 1 and right - x < 60:
            rest = sheet.strokes[number + 1 : number + 2]
            ticked = bool(rest) and not rest[0].printed and len(rest[0].points) == 2
            box = Box(round(x), round(y), round(right - x), round(bottom - y))
            boxes.append(Choice(box, ticked, "", "large cross" if ticked else ""))
    return tuple(boxes)


def scanned(sheet: Sheet, look: str, rng: Random) -> PageImage:
    """Return a sheet as scanned, laid level again as capture leaves it, at 200 dpi or so."""
    return scanned_paper(render(sheet), look, rng)


def scanned_paper(paper: Pixels, look: str, rng: Random) -> PageImage:
    """Return a page of letter paper at 300 dpi as scanned and laid level again."""
    scan = RECIPES[look](Scan(paper), rng)
    pixels = 255 - scan.pixels if scan.negative else scan.pixels
    part = min(1.0, 200 / 300 if not scan.bitonal else scan.dpi[0] / 300)
    back = np.array(inverse(scan.matrix)) * part
    size = round(WIDTH * part), round(HEIGHT * part)
    level = cv2.warpAffine(pixels, back, size, flags=cv2.INTER_AREA, borderValue=(255, 255, 255))
    flat, _ = flatten(np.asarray(level, dtype=np.uint8))
    return _page(flat, scan.bitonal)


def _page(pixels: Pixels, bitonal: bool) -> PageImage:
    height, width = pixels.shape[:2]
    return PageImage(
        FrameRef(Digest("0" * 64), 1), FrameState.PAGE, pixels, Box(0, 0, width, height), 200,
        False, Polarity.POSITIVE, 0, 1.0, 0.0, 1.0, (), bitonal,
    )  # fmt: skip
