"""Resolution targets on film, and what must never be taken for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture.enhance import prepare
from capture.film.target import is_target
from capture.model import Frame, FrameState, Pixels
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
PAGES = ("ocr", "forms", "medical_forms", "scans_no_truth", "binarize", "barcodes", "microfilm")


def blank_page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("L", (1200, 1500), 255)
    return page, ImageDraw.Draw(page)


def bars(widths: tuple[int, ...], count: int = 9, long: int = 80) -> Pixels:
    """Groups of bars as wide as their spaces, one group in a row."""
    page, pen = blank_page()
    for row, wide in enumerate(widths):
        top = 200 + row * 150
        for n in range(count):
            left = 150 + 2 * wide * n
            pen.rectangle((left, top, left + wide - 1, top + long), fill=0)
    return np.array(page)


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_bars_in_falling_widths_are_a_target(turns: int) -> None:
    assert is_target(np.ascontiguousarray(np.rot90(bars((20, 16, 12, 8, 4)), turns)))


@pytest.mark.parametrize(
    "widths", [(16,), (16, 16, 16, 16), (16, 15, 14)], ids=["one group", "one width", "no range"]
)
def test_bars_that_do_not_fall_are_no_target(widths: tuple[int, ...]) -> None:
    assert not is_target(bars(widths))


def test_groups_of_few_bars_are_no_target() -> None:
    assert not is_target(bars((20, 16, 12, 8), count=4))


def test_bars_on_a_page_of_text_are_no_target(draw_page: DrawPage) -> None:
    page = draw_page(width=1200, height=1500)
    assert not is_target(np.minimum(page, bars((16, 12, 8, 6, 4))))


def test_ruled_table_is_no_target() -> None:
    page, pen = blank_page()
    for n in range(30):
        pen.line((100, 200 + 40 * n, 1100, 200 + 40 * n), fill=0, width=3)
    for n in range(11):
        pen.line((100 + 100 * n, 200, 100 + 100 * n, 1360), fill=0, width=3)
    assert not is_target(np.array(page))


def test_bar_chart_is_no_target() -> None:
    page, pen = blank_page()
    for n, high in enumerate((300, 420, 180, 510, 90, 260, 340, 150, 480)):
        pen.rectangle((150 + 90 * n, 900 - high, 195 + 90 * n, 900), fill=0)
    assert not is_target(np.array(page))


def test_target_is_a_technical_frame_on_film_only(make_frame: MakeFrame) -> None:
    page = bars((20, 16, 12, 8, 4))
    settings = CaptureSettings()
    shown = prepare(make_frame(page, film=True), settings)
    assert (shown.state, shown.reason) == (FrameState.TECHNICAL, "a resolution target")
    assert prepare(make_frame(page), settings).state is not FrameState.TECHNICAL


def test_page_of_text_on_film_is_a_page(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = prepare(make_frame(255 - draw_page(), film=True), CaptureSettings())
    assert page.state is FrameState.PAGE


@pytest.mark.slow
def test_no_real_page_is_called_a_target(shared_data: Path) -> None:
    looked = 0
    for folder in PAGES:
        for path in sorted((shared_data / folder).glob("*.[jpt][pni]*")):
            with Image.open(path) as image:
                page = np.array(image.convert("L"))
            assert not is_target(page), path.name
            assert not is_target(255 - page), path.name
            looked += 1
    assert looked > 50
