"""Writing that a reading passed over: lines of letters outside every box of a word.

Tesseract's layout analysis drops clean words now and then, most of all short ones beside a label
of a form, and is sure of the rest. The letters are there to be counted, and can be read alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from capture.letters import letter_boxes
from capture.model import Box, Pixels

SHORTEST, TALLEST = 0.5, 2.5
"""Letters beside the usual height of the page's letters; the rest is dust, rules and titles."""
NARROWEST = 1.25
"""Usual letter heights across; a shorter run is as likely a mark of a pen or the rest of a rule.
Two figures are that wide. Letters are not counted, for on copies they grow together."""
MOST_MISSED = 2000
"""Letters; a page with more outside its words is not print, and was read for what it is."""
SPACE = 1.5
"""Letter heights between two letters from which they stand on two lines of their own."""
ALIKE = (0.6, 1.7)
"""Heights of the letters of one line beside their median."""
LEVEL = 0.25
"""Letter heights by which the feet of letters on one baseline differ."""
LIKE_A_LINE = 0.7
"""Share of the letters of a run that must be alike, and level; descenders are not."""
EDGE = 2
"""Pixels by which the ink of a word may stand out of its box."""
MARGIN = 0.5
"""Letter heights of paper shown around a line."""

Letters = Sequence[Box]


def missed_lines(pixels: Pixels, read: Iterable[Box], height: float) -> tuple[Box, ...]:
    """Return where lines of letters stand in grey ``pixels`` that no box of ``read`` covers.

    ``height`` is that of the page's usual letters.
    """
    boxes = letter_boxes(pixels, map(_with_edges, read))
    left = boxes[(boxes[:, 3] >= SHORTEST * height) & (boxes[:, 3] <= TALLEST * height)]
    if len(left) > MOST_MISSED:
        return ()
    letters = [Box(*map(int, box)) for box in left]
    runs = [run for row in _rows(letters) for run in _runs(row, SPACE * height)]
    return tuple(_extent(run) for run in runs if _is_line(run, NARROWEST * height))


def shown_alone(pixels: Pixels, lines: Iterable[Box]) -> Pixels:
    """Return ``pixels`` with nothing but ``lines`` and a little paper around each of them."""
    alone = np.full_like(pixels, 255)
    for line in lines:
        spare = round(MARGIN * line.height)
        rows = slice(max(0, line.y - spare), line.bottom + spare)
        columns = slice(max(0, line.x - spare), line.right + spare)
        alone[rows, columns] = pixels[rows, columns]
    return alone


def _with_edges(box: Box) -> Box:
    return Box(box.x - EDGE, box.y - EDGE, box.width + 2 * EDGE, box.height + 2 * EDGE)


def _rows(letters: Letters) -> list[list[Box]]:
    rows: list[list[Box]] = []
    for box in sorted(letters, key=lambda box: (2 * box.y + box.height, box.x)):
        if rows and box.row_overlap(rows[-1][-1]) >= 0.5:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box.x) for row in rows]


def _runs(row: list[Box], space: float) -> list[list[Box]]:
    """Return ``row`` cut wherever the next letter stands more than ``space`` pixels away."""
    runs = [row[:1]]
    for before, box in pairwise(row):
        if box.x - before.right > space:
            runs.append([])
        runs[-1].append(box)
    return runs


def _is_line(run: Letters, narrowest: float) -> bool:
    if run[-1].right - run[0].x < narrowest:
        return False
    height = median(box.height for box in run)
    foot = median(box.bottom for box in run)
    alike = sum(ALIKE[0] <= box.height / height <= ALIKE[1] for box in run)
    level = sum(abs(box.bottom - foot) <= LEVEL * height for box in run)
    return min(alike, level) >= LIKE_A_LINE * len(run)


def _extent(run: Letters) -> Box:
    box = run[0]
    for letter in run[1:]:
        box |= letter
    return box
