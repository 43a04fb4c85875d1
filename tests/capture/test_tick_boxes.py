"""Small drawn squares are found with their state; letters, cells and combs are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from capture.model import Box, Pixels
from capture.tick_boxes import Tick, find_tick_boxes, without_tick_boxes

LETTER = 18.0
WHITE = 255


def blank() -> Image.Image:
    return Image.new("L", (700, 400), WHITE)


def square(draw: ImageDraw.ImageDraw, x: int, y: int, side: int = 28, weight: int = 2) -> Box:
    draw.rectangle((x, y, x + side - 1, y + side - 1), outline=0, width=weight)
    return Box(x, y, side, side)


def text(draw: ImageDraw.ImageDraw, x: int, y: int, words: str, size: int = 30) -> None:
    draw.text((x, y), words, fill=0, font=ImageFont.load_default(size=size))


def found(picture: Image.Image) -> list[tuple[Tick, Box]]:
    return [(one.tick, one.box) for one in find_tick_boxes(np.array(picture), LETTER)]


def near(one: Box, other: Box) -> bool:
    return max(abs(a - b) for a, b in zip(one.as_list(), other.as_list(), strict=True)) <= 2


def only(picture: Image.Image, box: Box) -> Tick:
    ((tick, at),) = found(picture)
    assert near(at, box)
    return tick


@given(
    side=st.integers(20, 44),
    weight=st.integers(2, 4),
    x=st.integers(60, 560),
    y=st.integers(60, 300),
)
def test_an_empty_square_of_any_usual_size_is_found_wherever_it_stands(
    side: int, weight: int, x: int, y: int
) -> None:
    picture = blank()
    box = square(ImageDraw.Draw(picture), x, y, side, weight)
    assert only(picture, box) is Tick.EMPTY


MARKS: dict[str, list[tuple[tuple[int, int], ...]]] = {
    "cross": [((4, 4), (24, 24)), ((24, 4), (4, 24))],
    "cross beyond the box": [((-5, -5), (33, 32)), ((33, -6), (-5, 32))],
    "check": [((4, 14), (11, 23), (34, -12))],
    "one stroke": [((5, 24), (23, 4))],
}


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_of_a_pen_ticks_a_box(mark: str) -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    box = square(draw, 200, 100)
    for points in MARKS[mark]:
        draw.line([(200 + x, 100 + y) for x, y in points], fill=0, width=3)
    assert only(picture, box) is Tick.TICKED


def test_a_speck_in_a_box_does_not_tick_it() -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    box = square(draw, 200, 100, 32)
    draw.rectangle((214, 114, 216, 116), fill=0)
    assert only(picture, box) is Tick.EMPTY


def test_a_blackened_box_is_ticked_among_others_and_a_bullet_alone_is_none() -> None:
    alone = blank()
    ImageDraw.Draw(alone).rectangle((200, 100, 227, 127), fill=0)
    assert found(alone) == []
    among = alone.copy()
    square(ImageDraw.Draw(among), 400, 100)
    assert [tick for tick, _ in found(among)] == [Tick.TICKED, Tick.EMPTY]


@pytest.mark.parametrize("size", [24, 28, 34, 44])
def test_letters_and_figures_are_no_tick_boxes(size: int) -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    for row, words in enumerate(
        ("ODD DOOR 0 00 8 B", "QUOD O.D. H E Z N M", "HEEL UNION II FE TO")
    ):
        text(draw, 40, 40 + 80 * row, words, size)
    assert found(picture) == []


@pytest.mark.parametrize("gap", [0, 4])
def test_cells_for_figures_are_no_tick_boxes(gap: int) -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    for number in range(6):
        square(draw, 100 + number * (30 + gap), 100, 31 if gap == 0 else 30)
        text(draw, 107 + number * (30 + gap), 99, str(number), 26)
    assert found(picture) == []


def test_the_cells_of_a_table_are_no_tick_boxes() -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        for column in range(8):
            square(draw, 100 + 35 * column, 60 + 35 * row, 36)
    assert found(picture) == []


def test_a_page_of_corners_only_and_an_empty_page_have_none() -> None:
    grid = np.full((600, 600), WHITE, np.uint8)
    grid[::6] = grid[:, ::6] = 0
    assert find_tick_boxes(grid, LETTER) == ()
    assert find_tick_boxes(np.full((40, 30), WHITE, np.uint8), LETTER) == ()


def inked(pixels: Pixels) -> int:
    return int(np.count_nonzero(pixels < 128))


def test_a_hidden_box_takes_its_tick_along_and_leaves_the_label() -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    text(draw, 260, 100, "Improved")
    label = np.array(picture)
    box = square(draw, 200, 100)
    for points in MARKS["cross beyond the box"]:
        draw.line([(200 + x, 100 + y) for x, y in points], fill=0, width=3)
    clean = without_tick_boxes(np.array(picture), [box])
    assert np.array_equal(clean < 128, label < 128)


def test_a_letter_that_stands_free_in_a_hidden_box_stays() -> None:
    picture = blank()
    draw = ImageDraw.Draw(picture)
    box = square(draw, 200, 100, 40)
    frame = inked(np.array(picture))
    text(draw, 210, 102, "M", 26)
    drawn = np.array(picture)
    assert inked(without_tick_boxes(drawn, [box])) == inked(drawn) - frame


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (3, 2), (40, 17)])
def test_a_scrap_of_a_page_has_none(shape: tuple[int, int]) -> None:
    assert find_tick_boxes(np.zeros(shape, np.uint8), 18.0) == ()
