"""Where frames part that touch."""

from __future__ import annotations

import numpy as np

from capture.film.strip import density_of
from capture.film.touching import cuts_in
from capture.model import Box, Pixels


def page(tone: int, lines: int) -> Pixels:
    """A page of 240 by 312 with lines of text to a margin on all sides."""
    drawn = np.full((312, 240), tone, np.uint8)
    for n in range(lines):
        drawn[24 + 8 * n : 28 + 8 * n, 24 : 216 : 2 + n % 3] = 230
    return drawn


def test_pages_of_other_tones_part_where_the_tone_steps() -> None:
    strip = np.vstack([page(tone, 32) for tone in (40, 60, 45, 70)])
    cuts = cuts_in(density_of(strip), Box(0, 0, 240, len(strip)), None)
    assert len(cuts) == 3
    assert all(abs(cut.line - 312 * n) <= 4 for n, cut in enumerate(cuts, 1))
    assert all(cut.sure >= 0.7 for cut in cuts)


def test_pages_of_one_tone_part_between_their_writing() -> None:
    strip = np.vstack([page(40, lines) for lines in (32, 30, 20, 32)])
    cuts = cuts_in(density_of(strip), Box(0, 0, 240, len(strip)), 312.0)
    assert len(cuts) == 3
    assert all(abs(cut.line - 312 * n) < 60 for n, cut in enumerate(cuts, 1))
    assert all(0.2 < cut.sure < 0.7 for cut in cuts)


def test_one_page_is_not_parted() -> None:
    assert cuts_in(density_of(page(40, 32)), Box(0, 0, 240, 312), 312.0) == []
