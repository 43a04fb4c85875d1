"""A laid-out page: where every word and line stands, before ink meets paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from capture.model import Box

from . import fonts

DPI = 300
WIDTH, HEIGHT = 2550, 3300
"""US letter at 300 dpi, in pixels."""


@dataclass(frozen=True, slots=True)
class Run:
    """One word as set."""

    text: str
    x: float
    baseline: float
    face: str
    size: int
    line: int
    block: int
    printed: bool = False
    mark: int = -1
    """Which mark of the sheet it belongs to; -1 for none."""

    @property
    def box(self) -> Box:
        """The ink of the word."""
        left, top, right, bottom = fonts.ink(self.face, self.size, self.text)
        x, y = round(self.x) + left, round(self.baseline) + top
        return Box(x, y, right - left, bottom - top)

    @property
    def handwritten(self) -> bool:
        """Whether it is set in a hand, which no OCR engine is expected to read."""
        return self.face.startswith(fonts.HANDS)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; a closed one is a frame or, filled, a bar."""

    points: tuple[tuple[float, float], ...]
    weight: int = 3
    fill: bool = False
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """An index value shown on the sheet."""

    field: str
    value: str
    raw: str
    box: Box


@dataclass(frozen=True, slots=True)
class Sheet:
    """One side of paper."""

    runs: tuple[Run, ...]
    strokes: tuple[Stroke, ...]
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """Words one space apart, lines one newline apart, blocks one blank line apart."""
        pieces: list[str] = []
        for before, run in zip((None, *self.runs), self.runs, strict=False):
            pieces.append(_gap(before, run) + run.text)
        return "".join(pieces)


def _gap(before: Run | None, run: Run) -> str:
    if before is None:
        return ""
    if before.block != run.block:
        return "\n\n"
    return " " if before.line == run.line else "\n"


def bounds(runs: tuple[Run, ...]) -> Box:
    """Return the smallest box that holds the ink of ``runs``."""
    return reduce(or_, (run.box for run in runs))
