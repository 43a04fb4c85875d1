"""Handwriting and signatures drawn with a pen of our own, on forms and notes, with exact truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil, cos, floor, pi, sin
from random import Random

from capture.model import Box

from . import fonts
from .drawing import box_strokes
from .sheet import HEIGHT, WIDTH, Run, Sheet, Stroke

Point = tuple[float, float]
REPORTED = 1000
"""The first seed for figures; smaller ones are for building the detector."""
_LETTERS: tuple[tuple[Point, ...], ...] = (
    ((0, 0), (0.3, 0.9), (0.1, 1.0), (0.0, 0.3), (0.4, 0.0), (0.7, 0.3)),
    ((0, 0), (0.3, 0.6), (0.35, 2.0), (0.1, 2.1), (0.15, 0.4), (0.5, 0.0), (0.7, 0.2)),
    ((0, 0), (0.25, 1.0), (0.3, 0.1), (0.55, 1.0), (0.6, 0.1), (0.9, 0.3)),
    ((0, 0.2), (0.3, 0.9), (0.4, -0.9), (0.1, -1.0), (0.3, 0.0), (0.7, 0.4)),
    ((0, 0), (0.4, 0.7), (0.6, 1.0), (0.2, 0.9), (0.2, 0.1), (0.6, 0.0), (0.8, 0.4)),
    ((0, 0.1), (0.3, 1.0), (0.45, 0.1), (0.7, 1.0), (0.8, 0.1), (1.0, 0.9), (1.1, 0.1), (1.3, 0.3)),
)
"""Joined letters as points in heights of a small letter, up positive."""
SIGN_LABELS = (
    "Signature of patient", "Signature", "Physician's Signature", "Signed", "Attending Physician",
    "Witness", "Signature of nurse",
)  # fmt: skip
UNSEEN_LABELS = ("Authorized signature", "Signature of responsible party", "Patient signature")
"""Only on pages that are reported on."""
_FIELDS = ("Patient Name", "Address", "Diagnosis", "Allergies", "Next of Kin", "Ward", "Complaint")


@dataclass(slots=True)
class Desk:
    """A sheet being drawn, with where its handwriting stands."""

    rng: Random
    runs: list[Run] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    hands: list[Box] = field(default_factory=list)
    signatures: list[tuple[Box, bool]] = field(default_factory=list)
    line: int = 0

    def print_line(
        self, text: str, x: float, y: float, size: int = 46, face: str = "sans"
    ) -> float:
        """Set printed words with their baseline at ``y``; return where they end."""
        space = fonts.advance(face, size, " ")
        for word in text.split():
            self.runs.append(Run(word, x, y, face, size, self.line, self.line, printed=True))
            x += fonts.advance(face, size, word) + space
        self.line += 1
        return x

    def write(self, x: float, y: float, width: float, size: float) -> Box:
        """Write joined words by hand along a line up to ``width`` long; return their box."""
        slant, drift = self.rng.uniform(-0.1, 0.6), self.rng.uniform(-0.03, 0.03)
        points: list[Point] = []
        at = x
        while at < x + width - 3 * size:
            word = pen_word(self.rng, at, y + drift * (at - x), size, slant)
            self._ink(word)
            points += word
            at = max(one for one, _ in word) + self.rng.uniform(0.8, 1.6) * size
        return self._noted(points)

    def sign(self, x: float, y: float) -> Box:
        """Sign at ``x`` on a line at ``y``; return the box of the signature."""
        size = self.rng.uniform(22, 40)
        points: list[Point] = []
        for _ in range(self.rng.randint(1, 3)):
            start = max((one for one, _ in points), default=x) + self.rng.uniform(0, size)
            capital = loop(self.rng, start, y, size * self.rng.uniform(1.8, 3.2))
            rest = pen_word(self.rng, capital[-1][0], y, size, self.rng.uniform(0.1, 0.9))
            self._ink([*capital, *rest])
            points += [*capital, *rest]
        return self._noted(points)

    def _ink(self, points: Sequence[Point]) -> None:
        weight = self.rng.uniform(3.5, 6.5)
        for start in range(0, len(points) - 1, 6):
            part = tuple(points[start : start + 7])
            pressed = weight * (1 + 0.3 * sin(start / 9))
            self.strokes.append(Stroke(part, max(2, round(pressed)), printed=False))

    def _noted(self, points: Sequence[Point]) -> Box:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = floor(min(xs)), floor(min(ys))
        box = Box(left, top, ceil(max(xs)) - left, ceil(max(ys)) - top)
        self.hands.append(box)
        return box


def pen_word(rng: Random, x: float, y: float, size: float, slant: float) -> list[Point]:
    """Return the path of a pen through a joined word of two to nine letters."""
    knots: list[Point] = []
    at = 0.0
    for _ in range(rng.randint(2, 9)):
        grown = rng.uniform(0.75, 1.25)
        for across, up in rng.choice(_LETTERS):
            jitter = rng.gauss(0, 0.07)
            knots.append((at + across * grown + jitter, up * grown + rng.gauss(0, 0.07)))
        at = knots[-1][0] + rng.uniform(0.05, 0.3)
    return [(x + size * (a + slant * u), y - size * u) for a, u in spline(knots)]


def loop(rng: Random, x: float, y: float, size: float) -> list[Point]:
    """Return the sweep of a large first letter."""
    turns, lean = rng.uniform(0.8, 1.9), rng.uniform(0.0, 0.5)
    points = []
    for step in range(60):
        t = step / 59
        up = 0.5 + 0.5 * sin(2 * pi * turns * t - pi / 2)
        points.append(
            (x + size * (0.7 * t + 0.25 * cos(2 * pi * turns * t) + lean * up), y - size * up)
        )
    return points


def spline(knots: Sequence[Point], steps: int = 7) -> list[Point]:
    """Return a smooth path through ``knots`` (Catmull and Rom 1974)."""
    padded = [knots[0], *knots, knots[-1]]
    path: list[Point] = []
    for i in range(len(knots) - 1):
        a, b, c, d = padded[i : i + 4]
        path += [
            (_along(a[0], b[0], c[0], d[0], s / steps), _along(a[1], b[1], c[1], d[1], s / steps))
            for s in range(steps)
        ]
    return [*path, knots[-1]]


def _along(a: float, b: float, c: float, d: float, t: float) -> float:
    square = (2 * a - 5 * b + 4 * c - d) * t**2
    return 0.5 * (2 * b + (c - a) * t + square + (3 * b - 3 * c + d - a) * t**3)


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet with what on it is by hand."""

    kind: str
    sheet: Sheet
    hands: tuple[Box, ...]
    """Lines written by hand and signatures, in pixels of the sheet."""
    signatures: tuple[tuple[Box, bool], ...] = ()
    """Signature lines and whether they are signed."""


def form(rng: Random, sentences: Sequence[str], labels: Sequence[str], *, filled: bool) -> Written:
    """Return a form with fields, some print, and one to three signature lines."""
    desk = Desk(rng)
    y = _head(desk)
    for name in rng.sample(_FIELDS, rng.randint(3, 6)):
        start = desk.print_line(f"{name}:", 225, y) + 10
        end = rng.uniform(1400, 2300)
        desk.strokes.append(Stroke(((start, y + 8), (end, y + 8)), 3))
        if filled and rng.random() < 0.8:
            desk.write(start + 20, y - 4, end - start - 60, rng.uniform(20, 32))
        y += 130
    y = _prose(desk, sentences, y + 40)
    for label in rng.sample(list(labels), min(len(labels), rng.randint(1, 3))):
        y = _signature(desk, label, y + 190)
    return Written("form", _sheet(desk), tuple(desk.hands), tuple(desk.signatures))


def _signature(desk: Desk, label: str, y: float) -> float:
    rng, signed = desk.rng, desk.rng.random() < 0.5
    way = rng.choice(("under", "under", "beside", "cross", "above"))
    left, length = 225.0, rng.uniform(700, 1100)
    if way == "beside":
        left = desk.print_line(f"{label}:", left, y) + 12
    elif way == "cross":
        left = desk.print_line("X", left, y) + 4
    desk.strokes.append(Stroke(((left, y + 6), (left + length, y + 6)), rng.choice((2, 3, 4))))
    if way in ("under", "cross"):
        desk.print_line(label, left, y + 60, 38)
    elif way == "above":
        desk.print_line(label, left, y - 120, 38)
    box = Box(round(left), round(y - 70), round(length), 80)
    if signed:
        desk.sign(left + rng.uniform(20, 120), y - rng.uniform(0, 14))
    desk.signatures.append((box, signed))
    if rng.random() < 0.5 and left + length < 1700:
        start = desk.print_line("Date:", left + length + 80, y) + 8
        desk.strokes.append(Stroke(((start, y + 6), (start + 320, y + 6)), 3))
    return y + 60


def note(rng: Random) -> Written:
    """Return a whole note by hand, on plain or ruled paper, under a printed head or none."""
    desk = Desk(rng)
    y = _head(desk) if rng.random() < 0.7 else 400.0
    ruled, step = rng.random() < 0.5, rng.uniform(100, 150)
    size = rng.uniform(24, 38)
    while y < HEIGHT - 400:
        if ruled:
            desk.strokes.append(Stroke(((225, y + 8), (WIDTH - 225, y + 8)), 2))
        if rng.random() < 0.9:
            desk.write(240, y, rng.uniform(900, 2050), size)
        y += step
    return Written("note", _sheet(desk), tuple(desk.hands))


def annotated(rng: Random, sheet: Sheet) -> Written:
    """Return a typed sheet with a note in its margin or at its foot."""
    desk = Desk(rng)
    floor = max((run.baseline for run in sheet.runs), default=400.0) + 160
    low = min(floor, HEIGHT - 330)
    lines = rng.randint(1, 3)
    free = low + 120 * lines < HEIGHT - 60
    for number in range(lines if free else 1):
        y = low + 120 * number if free else 130
        desk.write(rng.uniform(240, 700), y, rng.uniform(600, 1300), rng.uniform(22, 34))
    return Written(
        "annotated",
        Sheet(sheet.runs, (*sheet.strokes, *desk.strokes), sheet.marks),
        tuple(desk.hands),
    )


def stamped(rng: Random, sheet: Sheet) -> Written:
    """Return a typed sheet with a stamp, a logo, ticks and dirt, and nothing written by hand."""
    desk = Desk(rng)
    x, y = rng.uniform(1300, 1800), HEIGHT - 330
    desk.strokes += box_strokes(x, y, 520, 170, 8)
    desk.print_line(rng.choice(("RECEIVED", "COPY", "FILED")), x + 60, y + 110, 84, "sans-bold")
    middle = rng.uniform(300, 1000)
    for radius in (70, 95):
        ring = tuple(
            (middle + radius * cos(a * pi / 20), y + 80 + radius * sin(a * pi / 20))
            for a in range(41)
        )
        desk.strokes.append(Stroke(ring, 9))
    for _ in range(rng.randint(1, 5)):
        tick = rng.uniform(100, 2400), rng.uniform(100, 3200)
        ends = (tick, (tick[0] + 14, tick[1] + 22), (tick[0] + 48, tick[1] - 34))
        desk.strokes.append(Stroke(ends, 5, printed=False))
    marks = (*sheet.strokes, *desk.strokes)
    return Written("stamped", Sheet((*sheet.runs, *desk.runs), marks, sheet.marks), ())


def _head(desk: Desk) -> float:
    desk.print_line("Placeholder General Hospital", 800, 260, 62, "sans-bold")
    title = desk.rng.choice(("NURSING RECORD", "CONSENT FORM", "PROGRESS NOTES", "HISTORY"))
    desk.print_line(title, 950, 360, 54, "sans-bold")
    return 520.0


def _prose(desk: Desk, sentences: Sequence[str], y: float) -> float:
    for sentence in sentences:
        words = sentence.split()
        for start in range(0, len(words), 11):
            desk.print_line(" ".join(words[start : start + 11]), 225, y, 44, "times")
            y += 62
    return y


def _sheet(desk: Desk) -> Sheet:
    return Sheet(tuple(desk.runs), tuple(desk.strokes), ())


Writer = Callable[[Random], Written]
