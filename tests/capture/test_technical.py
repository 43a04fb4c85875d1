"""Charts, grey scales and film without a page, and the pages that are none of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from bench.technical_pages import BARE, FREQUENCIES, bare_film
from capture.film.target import is_target, patterns_of
from capture.film.technical import bare_film as called
from capture.film.technical import is_grey_scale, technical_reason
from capture.model import Pixels

DrawPage = Callable[..., Pixels]
NAMES = {
    "clear": "clear film",
    "dark": "dark film",
    "fogged": "fogged film",
    "struck": "film struck by light",
    "splice": "a splice",
}


def charts(count: int = 5, askew: float = 0.0) -> Pixels:
    """Microcopy charts: square patterns of five bars, upright and lying, 4 to 16 pixels a pair."""
    page = Image.new("L", (1700, 2200), 255)
    pen = ImageDraw.Draw(page)
    for number in range(count):
        x, y = 150 + 700 * (number % 2), 150 + 600 * (number // 2)
        for pitch in (16, 14, 12, 10, 8, 7, 6, 5):
            side = round(4.5 * pitch)
            for n in range(5):
                at = n * pitch
                pen.rectangle((x + at, y, x + at + pitch // 2 - 1, y + side), fill=0)
                left = x + side + 20
                pen.rectangle((left, y + at, left + side, y + at + pitch // 2 - 1), fill=0)
            y += side + 14
    return np.asarray(_turned(np.array(page), askew))


def wedge(steps: int = 10) -> Pixels:
    page = Image.new("L", (850, 1100), 250)
    pen = ImageDraw.Draw(page)
    for n in range(steps):
        tone = 245 - 230 * n // (steps - 1)
        pen.rectangle((75 + 70 * n, 400, 144 + 70 * n, 700), fill=tone)
    return np.array(page)


def _turned(page: Pixels, degrees: float) -> Pixels:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(page, matrix, (width, height), borderValue=(255,))
    return np.asarray(turned, dtype=np.uint8)


@pytest.mark.parametrize("askew", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_microcopy_charts_are_a_target(askew: float, turns: int) -> None:
    assert is_target(np.ascontiguousarray(np.rot90(charts(askew=askew), turns)))


def test_patterns_tell_their_pitch_and_way() -> None:
    found = [pattern for pattern in patterns_of(charts(), 3300) if pattern.square]
    assert {round(pattern.pitch) for pattern in found} >= {16, 14, 12, 10, 8, 7, 6}
    assert {pattern.lying for pattern in found} == {True, False}
    first = min(found, key=lambda pattern: (pattern.box.y, pattern.box.x))
    assert (first.box.x, first.box.y) == (150, 150)


def test_charts_on_a_page_full_of_text_are_no_target(draw_page: DrawPage) -> None:
    page = draw_page(width=1700, height=2200)
    assert not is_target(np.minimum(page, charts(1)))


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("turns", [0, 1])
def test_grey_scale_is_technical(negative: bool, turns: int) -> None:
    page = np.ascontiguousarray(np.rot90(wedge(), turns))
    found = 255 - page if negative else page
    assert is_grey_scale(found, page)
    assert technical_reason(found, page) == "a grey scale"


def test_grey_scale_beside_a_photograph_is_a_page() -> None:
    page = wedge()
    noise = np.random.default_rng(1).uniform(30, 220, (12, 20)).astype(np.float32)
    page[750:1080, 40:810] = cv2.resize(noise, (770, 330), interpolation=cv2.INTER_CUBIC).clip(
        0, 255
    )
    page[40:380, 40:810] = cv2.resize(noise, (770, 340), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    assert not is_grey_scale(page, page)


def test_grey_scale_with_a_report_is_a_page(draw_page: DrawPage) -> None:
    page = np.minimum(wedge(), draw_page(width=850, height=1100, size=16))
    assert not is_grey_scale(page, page)


@pytest.mark.parametrize("kind", BARE)
def test_film_without_a_page_is_told_by_its_tone(kind: str) -> None:
    named = [called(bare_film(kind, Random(f"{kind} {seed}"))) for seed in range(8)]
    likely = {NAMES[kind], "film struck by light"} if kind == "fogged" else {NAMES[kind]}
    # A joint with tape and scratches over it is as often left to a person.
    assert sum(name in likely for name in named) >= (3 if kind == "splice" else 6)
    assert set(named) <= likely | {""}


@pytest.mark.parametrize("tone", [12, 120, 235])
@pytest.mark.parametrize("text", [("Pulse 72.",), ("3-4-61",), ("see back",)])
def test_a_few_words_on_even_film_are_no_bare_film(
    draw_page: DrawPage, tone: int, text: tuple[str, ...]
) -> None:
    drawn = draw_page(text).astype(np.int16)
    contrast = 60 if tone < 128 else -60
    film = np.clip(tone + (255 - drawn) * contrast / 255, 0, 255).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, 3, film.shape)
    worn = np.clip(film + noise, 0, 255).astype(np.uint8)
    assert called(worn) == ""
    assert technical_reason(worn, draw_page(text)) == ""


def test_sheet_whose_edges_show_is_no_bare_film() -> None:
    frame = np.full((1100, 850), 20, dtype=np.uint8)
    frame[60:1040, 50:800] = 90
    assert called(frame) == ""


def test_exposure_that_meets_the_next_one_is_no_splice() -> None:
    """Only one edge crosses the film: the end of an empty sheet, near the end of the frame."""
    frame = np.full((1100, 850), 90, dtype=np.uint8)
    frame[1040:] = 10
    assert called(frame) == ""


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (300, 5), (20, 20)])
def test_smallest_frames_are_pages(shape: tuple[int, int]) -> None:
    frame = np.full(shape, 200, dtype=np.uint8)
    assert technical_reason(frame, frame) == ""


def test_chart_of_the_generator_covers_what_a_camera_resolves() -> None:
    assert FREQUENCIES[0] == 1.0
    assert FREQUENCIES[-1] == 10.0


@pytest.mark.slow
def test_no_real_page_is_technical(shared_data: Path) -> None:
    looked = 0
    for folder in ("forms", "medical_forms", "scans_no_truth", "microfilm", "ocr"):
        for path in sorted((shared_data / folder).glob("*.[jpt][pni]*")):
            with Image.open(path) as image:
                page = np.array(image.convert("L"))
            assert not is_grey_scale(page, page), path.name
            assert not is_target(page), path.name
            if folder != "scans_no_truth":
                assert called(page) == "", path.name
            looked += 1
    assert looked > 50
