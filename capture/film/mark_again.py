"""A second look for an image mark, where its place and its size are known from those around it.

Print of the maker, a scratch or a letter that touches a mark hides what it is, as long as nothing
is known of it. Where the frame tells its place and the roll its size, a rectangle shows by its
sides: they are sharp for most of their length, and it is filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .marks import Mark

_LOOK = 240
_ALONG, _ASIDE = 0.025, 0.016
"""Of the width: so far from its place along and across may a mark lie."""
_AROUND = 0.05
_FILLED, _FULL, _OVER = 0.9, 0.5, 1.6
"""Share of a mark that is as strong as it is, from half of that to what print on it adds."""
_SHARP = 0.5
_SIDES, _ENDS = 0.72, 0.4
"""Share of all four sides that is sharp, and of each end."""
_APART = 0.1
"""By so much is the best size better than the next: else no one can tell."""
_FAINTEST = 0.4
"""Of the contrast that marks have near by."""

_MARKED, _NEIGHBOURS = 0.5, 10
"""Share of the exposures before and after that have a mark, where one without is looked at."""
_LIKE = 7
"""Nearest marks of a size, by which the next is told."""

Floats = NDArray[np.float32]
Lines = Callable[[int, int], Pixels]
"""From which line of the ribbon to before which, over its whole width."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mark of one size should lie, in pixels of the ribbon."""

    left: float
    top: float
    across: float
    along: float
    contrast: float
    """What marks near by have."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A rectangle at a place on the look: how sharp its sides are, and how strong it is."""

    sharp: float
    left: int
    top: int
    strength: float
    filled: float


def rows_for(places: Sequence[Place], width: int) -> tuple[int, int]:
    """Return the first line and the one after the last that a look at ``places`` needs."""
    spare = (_ALONG + _AROUND) * width
    top = min(place.top for place in places) - spare
    end = max(place.top + place.along for place in places) + spare
    return max(0, int(top)), int(end) + 1


def mark_at(lines: Pixels, start: int, places: Sequence[Place]) -> Mark | None:
    """Return the mark that lies at one of ``places``, one for each size; None when none does.

    ``lines`` are those of the ribbon from ``start`` on, over its whole width.
    """
    scale = lines.shape[1] / _LOOK
    size = _LOOK, max(1, round(lines.shape[0] / scale))
    look = cv2.resize(lines, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    found = []
    for place in places:
        matches = list(_matches(look, place, scale, start))
        if matches:
            found.append((max(matches, key=lambda match: match.sharp), place))
    found.sort(key=lambda one: -one[0].sharp)
    if not found or (len(found) > 1 and found[0][0].sharp < found[1][0].sharp + _APART):
        return None
    match, place = found[0]
    left, top = match.left * scale, start + match.top * scale
    box = Box(round(left), round(top), round(place.across), round(place.along))
    middle = left + place.across / 2, top + place.along / 2
    contrast = match.strength if place.contrast > 0 else -match.strength
    return Mark(box, place.across, place.along, middle, contrast, match.filled)


def _matches(look: Floats, place: Place, scale: float, start: int) -> Iterator[_Match]:
    """Yield the rectangles of the size of ``place`` near it that may be its mark."""
    wide, high = max(4, round(place.across / scale)), max(4, round(place.along / scale))
    left, top = round(place.left / scale), round((place.top - start) / scale)
    far, aside = round(_ALONG * _LOOK), round(_ASIDE * _LOOK)
    over = look if place.contrast > 0 else 255 - look
    for y in range(max(2, top - far), min(len(look) - high - 2, top + far) + 1):
        for x in range(max(0, left - aside), min(_LOOK - wide, left + aside) + 1):
            match = _match(over, (x, y, wide, high), abs(place.contrast))
            if match is not None:
                yield match


def _match(over: Floats, box: tuple[int, int, int, int], contrast: float) -> _Match | None:
    x, y, wide, high = box
    spare = round(_AROUND * _LOOK)
    around = over[max(0, y - spare) : y + high + spare, max(0, x - spare) : x + wide + spare]
    film = float(np.percentile(around, 20))
    inside = over[y + 1 : y + high - 1, x + 1 : x + wide - 1] - film
    strength = float(np.median(inside))
    if strength < _FAINTEST * contrast:
        return None
    filled = float(((inside > _FULL * strength) & (inside < _OVER * strength)).mean())
    if filled < _FILLED:
        return None
    ends = [
        _sharpness(over[y + 1, x : x + wide], over[y - 2, x : x + wide], strength),
        _sharpness(over[y + high - 2, x : x + wide], over[y + high + 1, x : x + wide], strength),
    ]
    sides = list(_sides(over, box, strength))
    if min(ends) < _ENDS:
        return None
    sharp = float(np.mean([*ends, *sides]))
    return _Match(sharp, x, y, strength, filled) if sharp >= _SIDES else None


def _sides(over: Floats, box: tuple[int, int, int, int], strength: float) -> Iterator[float]:
    """Yield how sharp the sides are that lie on the film."""
    x, y, wide, high = box
    rows = slice(y, y + high)
    if x >= 2:
        yield _sharpness(over[rows, x + 1], over[rows, x - 2], strength)
    if x + wide + 1 < over.shape[1]:
        yield _sharpness(over[rows, x + wide - 2], over[rows, x + wide + 1], strength)


def _sharpness(inner: Floats, outer: Floats, strength: float) -> float:
    """Return the share of a side along which the tone falls off."""
    return float((inner - outer > _SHARP * strength).mean())


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the marks along one edge of the film."""

    marks: tuple[Mark, ...]
    boxes: tuple[Box, ...]
    """Of the exposures."""
    pairs: dict[int, int]
    """Index of an exposure to that of its mark."""
    levels: dict[int, int]
    """Index of an exposure to the level of its mark."""
    width: int
    right: bool

    def hidden(self, lines: Lines) -> Iterator[tuple[int, Mark]]:
        """Yield marks that were not seen at first, with the exposure that each belongs to."""
        for exposure in range(len(self.boxes)):
            last = min(len(self.boxes), exposure + _NEIGHBOURS + 1)
            around = range(max(0, exposure - _NEIGHBOURS), last)
            near = sum(at in self.pairs for at in around)
            if exposure in self.pairs or near < _MARKED * (len(around) - 1):
                continue
            places = [self._place(exposure, level) for level in sorted({*self.levels.values()})]
            start, stop = rows_for(places, self.width)
            seen = lines(start, stop)
            mark = mark_at(seen, start, places) if len(seen) > self.width * _AROUND else None
            if mark is not None:
                yield exposure, mark

    def _place(self, exposure: int, level: int) -> Place:
        """Return where the mark of an exposure lies, if it is of ``level``."""
        alike = sorted(
            (at for at, own in self.levels.items() if own == level),
            key=lambda at: abs(at - exposure),
        )[:_LIKE]
        marks = [self.marks[self.pairs[at]] for at in alike]
        across = float(np.median([mark.across for mark in marks]))
        along = float(np.median([mark.along for mark in marks]))
        inset = float(np.median([self._inset(mark) for mark in marks]))
        left = self.width - inset - across if self.right else inset
        middle = self._middle(exposure, alike, marks)
        contrast = float(np.median([mark.contrast for mark in marks]))
        return Place(left, middle - along / 2, across, along, contrast)

    def _inset(self, mark: Mark) -> float:
        x, half = mark.middle[0], mark.across / 2
        return self.width - x - half if self.right else x - half

    def _middle(self, exposure: int, alike: Sequence[int], marks: Sequence[Mark]) -> float:
        """Return the line of a mark, told from the point of frames that is most exactly off it."""
        lines = np.array([mark.middle[1] for mark in marks])
        ends = np.array([(self.boxes[at].y, self.boxes[at].bottom) for at in alike])
        own = self.boxes[exposure]
        best = []
        for share in (0.5, 0.0, 1.0):
            off = lines - (1 - share) * ends[:, 0] - share * ends[:, 1]
            usual = float(np.median(off))
            line = (1 - share) * own.y + share * own.bottom + usual
            best.append((float(np.abs(off - usual).mean()), line))
        return min(best)[1]
