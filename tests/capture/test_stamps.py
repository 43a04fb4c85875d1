"""Blocks of letters at an angle are found and turned level; read text, rules and dust are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from capture.model import Box, Pixels
from capture.stamps import Slanted, slanted_blocks, turned_level

LETTER = 18.0
PLATE = ("TESTPERSON, ADA", "MRN 0042671", "DOB 03/04/1927 F", "12 BLUEPRINT AVE")


def plate() -> Image.Image:
    picture = Image.new("L", (380, 190), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(PLATE):
        draw.text((10, 10 + 42 * number), line, fill=0, font=ImageFont.load_default(size=30))
    return picture


def page_with(degrees: float) -> tuple[Pixels, Box]:
    """Return a page with a plate turned clockwise, and where it lies."""
    page = Image.new("L", (1200, 900), 255)
    turned = plate().rotate(-degrees, Image.Resampling.BICUBIC, True, fillcolor=255)
    page.paste(turned, (500, 300))
    return np.array(page), Box(500, 300, turned.width, turned.height)


@pytest.mark.parametrize("degrees", [8, 25, 45, 70, 85, -12, -40, -60, -88, 90])
def test_a_plate_is_found_with_its_angle(degrees: float) -> None:
    pixels, at = page_with(degrees)
    (block,) = slanted_blocks(pixels, (), LETTER)
    assert min(abs(block.degrees - degrees), abs(abs(block.degrees - degrees) - 180)) < 1.5
    assert block.box.x >= at.x - 30
    assert block.box.right <= at.right + 30
    assert block.letters >= 30


def test_a_level_block_that_nobody_read_may_lie_upside_down() -> None:
    pixels, _ = page_with(180)
    assert [block.degrees for block in slanted_blocks(pixels, (), LETTER)] == [0.0]


def test_a_block_under_words_that_were_read_is_left_alone() -> None:
    pixels, at = page_with(30)
    assert slanted_blocks(pixels, [at], LETTER) == ()


def test_rules_specks_and_an_empty_page_hold_no_block() -> None:
    page = np.full((900, 1200), 255, np.uint8)
    assert slanted_blocks(page, (), LETTER) == ()
    assert slanted_blocks(page[:5, :5], (), LETTER) == ()
    page[::60] = 0
    page[:, ::200] = 0
    for x, y in np.random.default_rng(3).integers(20, 880, (400, 2)):
        page[y : y + 2, x : x + 2] = 0
    assert slanted_blocks(page, (), LETTER) == ()


@given(st.floats(-90, 90), st.booleans())
def test_a_box_in_a_turned_block_is_brought_back_to_where_its_ink_stands(
    degrees: float, over: bool
) -> None:
    page = np.full((400, 500), 255, np.uint8)
    page[190:210, 240:270] = 0
    turned = turned_level(page, Slanted(Box(150, 120, 220, 160), degrees, 20), LETTER, over=over)
    y, x = np.nonzero(turned.pixels < 128)
    inked = Box(int(x.min()), int(y.min()), int(np.ptp(x)) + 1, int(np.ptp(y)) + 1)
    back = turned.on_page(inked)
    assert max(back.x - 242, back.y - 192, 268 - back.right, 208 - back.bottom) <= 0
    assert abs(back.x + back.width / 2 - 255) < 3
    assert abs(back.y + back.height / 2 - 200) < 3
