"""Pictures of film for people."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from capture.film.pictures import card_picture, stretch_picture, thumbnail
from capture.model import Blip, Box, FilmDoubt, FilmFrame, FilmLayout, FilmSurvey, Pixels
from capture.ribbon.ribbon import PixelRibbon

BLUE, AMBER, TEAL, RED = (37, 99, 235), (217, 119, 6), (13, 148, 136), (220, 38, 38)


def film(length: int = 3000, width: int = 640) -> Pixels:
    strip = np.full((length, width), 15, dtype=np.uint8)
    for top in range(100, length - 700, 800):
        strip[top : top + 700, 60 : width - 60] = 120
    return strip


SURVEY = FilmSurvey(
    640,
    3000,
    FilmLayout.SIMPLEX,
    (
        FilmFrame(Box(60, 100, 520, 700), confidence=0.95),
        FilmFrame(Box(60, 900, 520, 700), confidence=0.4),
        FilmFrame(Box(60, 1700, 520, 700), confidence=0.9),
    ),
    (Blip(Box(4, 110, 40, 60), 2, "A"),),
    (FilmDoubt("hole", Box(40, 2420, 560, 500), 3, "as wide as a frame"),),
)


def opened(content: bytes) -> Pixels:
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "JPEG"
        return np.array(picture.convert("RGB"))


def has(picture: Pixels, colour: tuple[int, int, int]) -> bool:
    off = np.abs(picture.astype(int) - colour).sum(axis=2)
    return int((off < 70).sum()) > 20


def test_thumbnail_is_dark_on_light_and_as_wide_as_asked() -> None:
    page = np.full((1100, 850), 40, dtype=np.uint8)
    page[200:260, 100:700] = 210
    shown = opened(thumbnail(page, 170, negative=True))
    assert shown.shape == (220, 170, 3)
    assert shown[10, 10].min() > 200
    assert shown[46, 80].max() < 60


def test_thumbnail_of_even_film_is_no_noise() -> None:
    shown = opened(thumbnail(np.full((400, 300), 90, dtype=np.uint8), 100, negative=False))
    assert int(shown.max()) - int(shown.min()) < 8


def test_thumbnail_is_never_enlarged() -> None:
    assert opened(thumbnail(np.zeros((20, 30), dtype=np.uint8), 200, negative=False)).shape[1] == 30


def test_stretch_shows_frames_marks_and_doubts_in_their_colours() -> None:
    shown = opened(stretch_picture(PixelRibbon(film()), SURVEY, 0, 3000, 320))
    assert shown.shape == (1500, 320, 3)
    for colour in (BLUE, AMBER, TEAL, RED):
        assert has(shown, colour), colour


def test_stretch_shows_only_what_lies_on_it() -> None:
    shown = opened(stretch_picture(PixelRibbon(film()), SURVEY, 0, 850, 320))
    assert shown.shape[0] == 425
    assert has(shown, BLUE)
    assert not has(shown, RED)
    assert not has(shown, AMBER)


def test_boxes_lie_where_the_frames_do() -> None:
    shown = opened(stretch_picture(PixelRibbon(film()), SURVEY, 1650, 2450, 320))
    edge = shown[25 + 2 : 25 + 340, 30:32].reshape(-1, 3).astype(int)
    assert (np.abs(edge - BLUE).sum(axis=1) < 120).mean() > 0.8


@pytest.mark.parametrize(("start", "stop"), [(-500, 200), (2900, 9000), (500, 500)])
def test_stretch_past_the_ends_of_film_is_cut_there(start: int, stop: int) -> None:
    shown = opened(stretch_picture(PixelRibbon(film()), SURVEY, start, stop, 64))
    assert 1 <= shown.shape[0] <= 300


def test_film_is_read_in_blocks_whatever_the_length_of_a_stretch() -> None:
    asked: list[int] = []

    class Watched(PixelRibbon):
        def lines(self, start: int, stop: int) -> Pixels:
            asked.append(stop - start)
            return super().lines(start, stop)

    shown = opened(stretch_picture(Watched(film(20_000)), SURVEY, 0, 20_000, 64))
    assert shown.shape == (2000, 64, 3)
    assert max(asked) <= 4096


def test_card_is_drawn_whole() -> None:
    card = np.full((850, 1200), 200, dtype=np.uint8)
    frames = tuple(
        FilmFrame(Box(50 + 280 * n, 200, 240, 300), confidence=0.9, row=1, column=n + 1)
        for n in range(4)
    )
    title = FilmFrame(Box(20, 10, 1100, 120), title_strip=True, confidence=0.9)
    survey = FilmSurvey(1200, 850, FilmLayout.SIMPLEX, (title, *frames))
    shown = opened(card_picture(card, survey, 600))
    assert shown.shape == (425, 600, 3)
    assert has(shown, BLUE)
