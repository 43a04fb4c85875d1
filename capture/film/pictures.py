"""Pictures of film for people: thumbnails, and pieces of a strip with what was found on it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from capture.model import Box, FilmFrame, FilmSurvey, Pixels
from capture.ribbon.ribbon import Ribbon
from capture.scale import grey, resize

_QUALITY = 72
_FRAME, _UNSURE, _MARK, _DOUBT = (37, 99, 235), (217, 119, 6), (13, 148, 136), (220, 38, 38)
"""Blue, amber, teal and red, which people who see few colours still tell by their tone."""
_SURE = 0.6
_LABEL = 0.07
"""Height of a label, of the width of most frames."""
_LEAST_LINE = 2
_BLOCK = 4096
"""Lines that are read at once."""
LEVELS = {1: "S", 2: "M", 3: "L"}
"""Small, medium and large marks, as their level is written on a picture."""

Colour = tuple[int, int, int]
Pen = ImageDraw.ImageDraw


def thumbnail(pixels: Pixels, width: int, *, negative: bool) -> bytes:
    """Return a frame ``width`` pixels across as a JPEG, dark on light, tones spread for the eye."""
    small = resize(grey(pixels), min(1.0, width / pixels.shape[1]))
    return _jpeg(Image.fromarray(_spread(255 - small if negative else small, paper=True)))


def _spread(tones: Pixels, *, paper: bool = False) -> Pixels:
    low, usual, high = np.percentile(tones, (0.5, 50.0, 99.0))
    # Most of a page is paper, which is to be white; the film beside it may be lighter still.
    if paper and usual > (low + high) / 2:
        high = usual
    if high - low < 16:
        return tones
    spread = (tones.astype(np.float32) - low) * (255.0 / (high - low))
    return np.asarray(np.clip(spread, 0, 255), dtype=np.uint8)


def stretch_picture(
    ribbon: Ribbon, survey: FilmSurvey, start: int, stop: int, width: int = 320
) -> bytes:
    """Return lines ``start`` to ``stop`` of film as a JPEG with all that was found drawn on it.

    The film is ``width`` pixels across; SourceError where its lines are damaged.
    """
    start, stop = max(0, start), min(ribbon.length, stop)
    factor = min(1.0, width / ribbon.width)
    tones = _shrunk(ribbon, start, max(start + 1, stop), factor)
    return _drawn(tones, survey, factor, start)


def card_picture(card: Pixels, survey: FilmSurvey, width: int = 1600) -> bytes:
    """Return a whole card ``width`` pixels across as a JPEG with all that was found drawn on it."""
    tones = grey(card)
    factor = min(1.0, width / tones.shape[1])
    return _drawn(resize(tones, factor), survey, factor, 0)


def _shrunk(ribbon: Ribbon, start: int, stop: int, factor: float) -> Pixels:
    """Return a stretch of film made small, never more than a block of it in memory."""
    across = max(1, round(ribbon.width * factor))
    pieces = []
    for top, end in pairwise([*range(start, stop, _BLOCK), stop]):
        # Where a piece ends is rounded from the start, or a long stretch would slip.
        first, last = (round((line - start) * factor) for line in (top, end))
        size = (across, max(1, last - first))
        pieces.append(cv2.resize(ribbon.lines(top, end), size, interpolation=cv2.INTER_AREA))
    return np.asarray(np.concatenate(pieces), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is drawn on, and how film maps onto it."""

    pen: Pen
    factor: float
    start: int
    size: tuple[int, int]
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont
    line: int

    def box(self, box: Box) -> tuple[float, float, float, float]:
        """Return the corners of ``box`` on the picture."""
        top, end = (box.y - self.start) * self.factor, (box.bottom - self.start) * self.factor
        return box.x * self.factor, top, box.right * self.factor - 1, end - 1

    def shows(self, box: Box) -> bool:
        """Return whether any of ``box`` is on the picture."""
        _, top, _, end = self.box(box)
        return end >= 0 and top < self.size[1]


def _drawn(tones: Pixels, survey: FilmSurvey, factor: float, start: int) -> bytes:
    picture = Image.fromarray(_spread(tones)).convert("RGB")
    usual = float(np.median([frame.box.width for frame in survey.frames] or [survey.width]))
    type_size = round(max(11.0, min(picture.width / 22, _LABEL * usual * factor)))
    font = ImageFont.load_default(type_size)
    line = max(_LEAST_LINE, type_size // 8)
    sheet = _Sheet(ImageDraw.Draw(picture), factor, start, picture.size, font, line)
    for number, frame in enumerate(survey.frames, 1):
        if sheet.shows(frame.box):
            _frame(sheet, frame, number)
    for blip in survey.blips:
        if sheet.shows(blip.box):
            _marked(sheet, blip.box, _MARK, LEVELS.get(blip.level, str(blip.level)))
    for doubt in survey.doubts:
        if sheet.shows(doubt.box):
            _dashed(sheet, doubt.box, _DOUBT, doubt.kind)
    return _jpeg(picture)


def _frame(sheet: _Sheet, frame: FilmFrame, number: int) -> None:
    sure = frame.confidence >= _SURE
    label = "title" if frame.title_strip else f"{number}" if sure else f"{number}?"
    _outlined(sheet, frame.box, _FRAME if sure else _UNSURE, label)


def _outlined(sheet: _Sheet, box: Box, colour: Colour, label: str) -> None:
    """Draw a box with its label in the upper left corner."""
    left, top, right, end = _ordered(sheet.box(box))
    sheet.pen.rectangle((left, top, right, end), outline=colour, width=sheet.line)
    _labelled(sheet, (left, top, end), colour, label)


def _marked(sheet: _Sheet, box: Box, colour: Colour, label: str) -> None:
    """Draw a mark with its label below, where it hides no frame's number."""
    left, top, right, end = _ordered(sheet.box(box))
    sheet.pen.rectangle((left, top, right, end), outline=colour, width=sheet.line)
    _labelled(sheet, (left, end + 2, end + 100), colour, label)


def _dashed(sheet: _Sheet, box: Box, colour: Colour, label: str) -> None:
    """Draw a doubtful place with its label in the upper right corner."""
    corners = left, top, right, end = _ordered(sheet.box(box))
    _dashes(sheet, corners, colour)
    _labelled(sheet, (max(left, right - _wide(sheet, label)), top, end), colour, label)


def _ordered(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, end = box
    return left, top, max(left, right), max(top, end)


def _wide(sheet: _Sheet, label: str) -> float:
    return float(sheet.pen.textbbox((0, 0), label, font=sheet.font)[2]) + 6


def _labelled(sheet: _Sheet, at: tuple[float, float, float], colour: Colour, label: str) -> None:
    """Write a label at x, y, above the end; it stays on a picture that shows a part of a box."""
    x, y, end = at
    wide, high = _wide(sheet, label), sheet.pen.textbbox((0, 0), label, font=sheet.font)[3] + 4
    x = min(max(0.0, x), sheet.size[0] - wide)
    y = max(0.0, min(max(0.0, y), end - high, sheet.size[1] - high))
    sheet.pen.rectangle((x, y, x + wide, y + high), fill=colour)
    sheet.pen.text((x + 3, y + 1), label, fill=(255, 255, 255), font=sheet.font)


def _dashes(sheet: _Sheet, box: tuple[float, float, float, float], colour: Colour) -> None:
    left, top, right, end = box
    for line in _pieces((left, top), (right, top)) + _pieces((left, end), (right, end)):
        sheet.pen.line(line, fill=colour, width=sheet.line + 1)
    for line in _pieces((left, top), (left, end)) + _pieces((right, top), (right, end)):
        sheet.pen.line(line, fill=colour, width=sheet.line + 1)


def _pieces(
    start: tuple[float, float], stop: tuple[float, float], dash: float = 8.0
) -> list[tuple[float, float, float, float]]:
    """Return every other piece of a straight line."""
    long = max(abs(stop[0] - start[0]), abs(stop[1] - start[1]), 1.0)
    across, down = (stop[0] - start[0]) / long, (stop[1] - start[1]) / long
    cuts: Iterable[float] = np.arange(0.0, min(long, 20_000.0), 2 * dash)
    return [
        (
            start[0] + at * across,
            start[1] + at * down,
            start[0] + min(long, at + dash) * across,
            start[1] + min(long, at + dash) * down,
        )
        for at in map(float, cuts)
    ]


def _jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_QUALITY, optimize=True)
    return kept.getvalue()
