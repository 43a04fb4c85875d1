"""Which way up a page lies, in quarter turns, as far as its lines and letters tell.

The axis is the one along which baselines pile up and letters stand close: within a line they
nearly touch, from line to line they do not, whatever columns of figures may pretend. Up and
down are told by ascenders, which outnumber descenders in Latin script (Bloomberg, Kopec and
Dasari 1995): two neighbours on one line that agree at the foot and differ at the head vote
for upright.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .deskew import NO_SKEW, Skew, find_skew, lower_edges, lower_edges_if_lying
from .ink import Marks, marks_of
from .model import Pixels

_UNDOING = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}
_AXIS_MARGIN = 0.8
_NEAR = 0.35  # of the usual size of a letter
_FEWEST_VOTES = 24
_SURE_VOTES = 80
_SURE_LEAD = 0.4
_LEAST_SCORE = 3.5  # standard deviations of a fair coin


@dataclass(frozen=True, slots=True)
class Lie:
    """How a page lies."""

    rotation: int
    """Turned clockwise by 0, 90, 180 or 270, as found."""
    confidence: float
    skew: Skew
    """Of the page once its rotation is undone."""


def find_lie(mask: Pixels, limit: float) -> Lie:
    """Return rotation and skew of an ink mask; rotation 0 when nothing tells."""
    marks = marks_of(mask)
    along = find_skew(lower_edges(marks), limit)
    across = find_skew(lower_edges_if_lying(marks), limit, fine=False)
    if along is NO_SKEW and across is NO_SKEW:
        return Lie(0, 0.0, NO_SKEW)
    if _lying(marks, along, across) <= _AXIS_MARGIN:
        return _upright(marks, 0, along)
    upright = marks_of(unturned(mask, 90))
    return _upright(upright, 90, find_skew(lower_edges(upright), limit))


def _lying(marks: Marks, along: Skew, across: Skew) -> float:
    """Return the evidence, as a logarithm of odds, that lines run up the page and not across."""
    beside, above = _joined(marks)
    piled = np.log((across.strength + 0.01) / (along.strength + 0.01))
    return float(piled + np.log((above + 1) / (beside + 1)))


def _joined(marks: Marks) -> tuple[int, int]:
    """Return how many letters stand close to another beside them, and above or below them."""
    chosen = marks.letters
    count = int(chosen.sum())
    if not count:
        return 0, 0
    size = float(np.median(np.maximum(marks.width, marks.height)[chosen]))
    reach = max(3, round(_NEAR * size)) | 1
    letters = marks.mask_of(chosen)
    beside = cv2.connectedComponents(cv2.dilate(letters, np.ones((1, reach), np.uint8)))[0]
    above = cv2.connectedComponents(cv2.dilate(letters, np.ones((reach, 1), np.uint8)))[0]
    return max(0, count - beside + 1), max(0, count - above + 1)


def _upright(marks: Marks, rotation: int, skew: Skew) -> Lie:
    """Return the lie along the known axis, the other way round when the letters say so."""
    lead = upright_lead(marks, skew.degrees)
    if lead < 0:
        return Lie(rotation + 180, -lead, skew)
    return Lie(rotation, lead, skew)


def unturned(pixels: Pixels, rotation: int) -> Pixels:
    """Return pixels that lie turned clockwise by ``rotation`` degrees upright."""
    if rotation % 360 == 0:
        return pixels
    return np.asarray(cv2.rotate(pixels, _UNDOING[rotation]), dtype=np.uint8)


def upright_lead(marks: Marks, degrees: float) -> float:
    """Return -1.0 (surely upside down) to 1.0 (surely upright); 0.0 when letters do not tell."""
    heads, feet, heights = _neighbours(marks, degrees)
    same_foot, same_head = np.abs(feet) <= 0.12 * heights, np.abs(heads) <= 0.12 * heights
    upright = int((same_foot & (np.abs(heads) > 0.2 * heights)).sum())
    upside_down = int((same_head & (np.abs(feet) > 0.2 * heights)).sum())
    votes = upright + upside_down
    if votes < _FEWEST_VOTES or abs(upright - upside_down) < _LEAST_SCORE * votes**0.5:
        return 0.0
    lead = (upright - upside_down) / votes
    return float(np.clip(lead / _SURE_LEAD, -1.0, 1.0) * min(1.0, votes / _SURE_VOTES))


def _neighbours(
    marks: Marks, degrees: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return how neighbours on a line differ at head and foot, and the taller one's height."""
    chosen = marks.letters
    if chosen.any():
        # Commas and quotation marks hang low or high whichever way the page lies.
        usual = float(np.median(marks.height[chosen]))
        chosen = chosen & (marks.height >= 0.6 * usual) & (marks.height <= 2.2 * usual)
    if int(chosen.sum()) < 2:
        none = np.zeros(0)
        return none, none, none
    x, y, width, height = (
        side[chosen].astype(np.float64) for side in (marks.x, marks.y, marks.width, marks.height)
    )
    line = _lines(marks.mask_of(marks.letters), float(np.median(height)))[
        (y + height / 2).astype(int), (x + width / 2).astype(int)
    ]
    order = np.lexsort((x, line))
    slope = np.tan(np.radians(degrees)) * (x + width / 2)
    head, foot = (y - slope)[order], (y + height - slope)[order]
    taller = np.maximum(height[order][:-1], height[order][1:])
    close = np.diff(line[order]) == 0
    close &= np.diff((x + width / 2)[order]) < 3 * taller
    return np.diff(head)[close], np.diff(foot)[close], taller[close]


def _lines(letters: Pixels, height: float) -> NDArray[np.int32]:
    """Return labels of runs of letters, each close to the next along its line."""
    reach = np.ones((1, max(3, round(1.5 * height))), np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(letters, reach), connectivity=8)
    return np.asarray(labels, dtype=np.int32)
