"""Put the ink of a sheet on paper: grey pixels at 300 dpi."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from capture.model import Pixels

from . import fonts
from .sheet import HEIGHT, WIDTH, Sheet, Stroke

Ink = tuple[int, int, int]
BLACK: Ink = (0, 0, 0)
WHITE: Ink = (255, 255, 255)


def render(sheet: Sheet, *, ink: int = 0, paper: int = 255) -> Pixels:
    """Return the sheet as ``(3300, 2550)`` grey ``uint8``, ink dark."""
    picture = Image.new("L", (WIDTH, HEIGHT), paper)
    _draw(sheet, picture, ink, ink)
    return np.asarray(picture)


def render_colour(sheet: Sheet, *, printed: Ink, typed: Ink, paper: Ink) -> Pixels:
    """Return the sheet as ``(3300, 2550, 3)`` RGB, the printed form in its own colour."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), paper)
    _draw(sheet, picture, printed, typed)
    return np.asarray(picture)


def _draw(sheet: Sheet, picture: Image.Image, printed: Ink | int, typed: Ink | int) -> None:
    pen = ImageDraw.Draw(picture)
    for stroke in sheet.strokes:
        _stroke(pen, stroke, printed if stroke.printed else typed)
    for run in sheet.runs:
        pen.text(
            (round(run.x), round(run.baseline)),
            run.text,
            fill=printed if run.printed else typed,
            font=fonts.font(run.face, run.size),
            anchor="ls",
        )


def _stroke(pen: ImageDraw.ImageDraw, stroke: Stroke, colour: Ink | int) -> None:
    points: Sequence[tuple[float, float]] = stroke.points
    if stroke.fill:
        pen.polygon(list(points), fill=colour)
    else:
        pen.line(list(points), fill=colour, width=stroke.weight, joint="curve")
