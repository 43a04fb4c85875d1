"""What charts, backgrounds and edges say of how film was made."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture.enhance import prepare
from capture.film.density import film_quality, finest_pattern
from capture.model import Frame, Pixels
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
PITCHES = (20, 16, 12, 10, 8, 6, 5, 4)


def chart() -> Pixels:
    """Two microcopy charts with patterns of 20 to 4 pixels a line pair."""
    page = Image.new("L", (1275, 1650), 255)
    pen = ImageDraw.Draw(page)
    for x in (100, 700):
        y = 150
        for pitch in PITCHES:
            side = round(4.5 * pitch)
            for n in range(5):
                at, bar = n * pitch, pitch // 2 - 1
                pen.rectangle((x + at, y, x + at + bar, y + side), fill=0)
                left = x + side + 20
                pen.rectangle((left, y + at, left + side, y + at + bar), fill=0)
            y += side + 16
    return np.array(page)


def blurred(page: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), dtype=np.uint8)


def test_finest_pattern_that_stands_as_lines_is_found() -> None:
    finest = finest_pattern(chart())
    assert finest is not None
    assert finest <= 6.5


def test_bad_focus_resolves_coarser_patterns_only() -> None:
    finest = [finest_pattern(blurred(chart(), sigma)) for sigma in (0.5, 2.0, 3.5)]
    known = [pitch for pitch in finest if pitch is not None]
    assert known == sorted(known)
    assert known[-1] > known[0] + 1


def test_page_without_a_chart_resolves_nothing(draw_page: DrawPage) -> None:
    assert finest_pattern(draw_page()) is None


def test_lines_to_the_millimetre_follow_resolution_and_reduction(make_frame: MakeFrame) -> None:
    found = 255 - chart()
    page = prepare(make_frame(found, film=True), CaptureSettings())
    told = film_quality(found, page, page_dpi=150, reduction=24)
    assert told.pixels_a_pair is not None
    assert told.pairs_on_page == pytest.approx(150 / 25.4 / told.pixels_a_pair, abs=0.01)
    assert told.pairs_on_film == pytest.approx(24 * 150 / 25.4 / told.pixels_a_pair, abs=0.3)
    alone = film_quality(found, page)
    assert (alone.pairs_on_page, alone.pairs_on_film) == (None, None)
    assert alone.pixels_a_pair == told.pixels_a_pair


@pytest.mark.parametrize(("paper", "ink"), [(40, 200), (90, 160), (220, 30)])
def test_background_and_contrast_are_those_of_the_scan(
    draw_page: DrawPage, make_frame: MakeFrame, paper: int, ink: int
) -> None:
    found = (ink + (paper - ink) * (draw_page() / 255.0)).astype(np.uint8)
    told = film_quality(found, prepare(make_frame(found, film=True), CaptureSettings()))
    assert told.background == pytest.approx(paper, abs=2)
    assert told.contrast == pytest.approx(abs(ink - paper), abs=4)


def test_focus_is_worse_the_softer_the_letters(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    edges = []
    for sigma in (0.4, 1.5, 2.5):
        found = blurred(draw_page(size=34), sigma)
        page = prepare(make_frame(found, film=True), CaptureSettings())
        edges.append(film_quality(found, page).focus)
    known = [edge for edge in edges if edge is not None]
    assert len(known) == 3
    assert known == sorted(known)


def test_frame_without_letters_has_no_focus(make_frame: MakeFrame) -> None:
    found = np.full((600, 500), 180, dtype=np.uint8)
    told = film_quality(found, prepare(make_frame(found, film=True), CaptureSettings()))
    assert told.focus is None
    assert (told.background, told.contrast) == (180, 0)
