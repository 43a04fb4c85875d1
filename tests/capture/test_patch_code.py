"""Patch codes are read on a sheet however it lies, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.separator_sheets import PATCHES, patch_sheet
from capture.deskew import level
from capture.enhance import prepare
from capture.model import Frame, FrameState, Pixels
from capture.patch_code import read_patch_codes
from capture.patch_map import CODES, USUAL, patch_map
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
MEANINGS = patch_map(USUAL)
EDGES = st.sets(st.integers(0, 3), min_size=1).map(lambda edges: tuple(sorted(edges)))


def sheet(code: str, edges: tuple[int, ...] = (0,), *, dpi: int = 100) -> Pixels:
    drawn = patch_sheet(code, edges, 3.0, 0.5)
    size = (round(drawn.shape[1] * dpi / 300), round(drawn.shape[0] * dpi / 300))
    return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def texts(pixels: Pixels) -> set[str]:
    return {code.text for code in read_patch_codes(pixels, MEANINGS)}


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CODES), EDGES, st.integers(0, 3), st.sampled_from((75, 100, 150, 200)))
def test_any_code_at_any_edge_is_read_whichever_edge_was_fed_first(
    code: str, edges: tuple[int, ...], turns: int, dpi: int
) -> None:
    turned = np.ascontiguousarray(np.rot90(sheet(code, edges, dpi=dpi), turns))
    found = read_patch_codes(turned, MEANINGS)
    assert {one.text for one in found} == {code}
    assert len(found) == len(edges)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("degrees", [-9.0, -4.0, 3.0, 8.0])
def test_a_sheet_may_lie_askew(code: str, degrees: float) -> None:
    assert texts(level(sheet(code, (0, 1), dpi=150), degrees, bitonal=False)) == {code}


def test_a_code_in_the_middle_may_be_one_or_its_reverse() -> None:
    middle = np.full((1100, 850), 255, np.uint8)
    middle[500:600, 100:700] = sheet("T")[40:140, 125:725]
    assert texts(middle) == {"3", "T"}


def test_the_box_holds_the_bars() -> None:
    (code,) = read_patch_codes(sheet("2"), MEANINGS)
    assert (code.box.y, code.box.bottom) == pytest.approx((50, 130), abs=4)
    assert (code.box.x, code.box.right) == pytest.approx((275, 575), abs=8)
    assert (code.symbology, code.meaning) == ("Patch", "document")


def test_bars_that_a_copier_let_grow_and_a_scratch_crosses_are_read() -> None:
    worn = sheet("T", dpi=200)
    worn = np.asarray(cv2.erode(worn, np.ones((7, 7), np.uint8)), dtype=np.uint8)
    worn[:, 700:704], worn[:, 900:903] = 255, 0
    assert texts(worn) == {"T"}


def spoiled() -> Iterator[Pixels]:
    one = sheet("T")
    three = one.copy()
    three[50:71] = 255
    yield three
    five = one.copy()
    five[137:145, 275:575] = 0
    yield five
    boxed = one.copy()
    boxed[38:46, 275:575] = 0
    yield boxed
    short = one.copy()
    short[:, 320:] = 255
    yield short
    alike = np.full_like(one, 255)
    for bar in range(4):
        alike[50 + 16 * bar : 58 + 16 * bar, 275:575] = 0
    yield alike


@pytest.mark.parametrize("number", range(5))
def test_bars_that_are_no_code_are_none(number: int) -> None:
    assert texts(list(spoiled())[number]) == set()


@pytest.mark.parametrize("code", ["Code39", "Code128", "ITF", "Codabar", "PDF417"])
@pytest.mark.parametrize("scale", [2, 6, 14])
def test_barcodes_are_no_patch_codes(draw_page: DrawPage, code: str, scale: int) -> None:
    kind = getattr(zxingcpp.BarcodeFormat, code)
    text = "A123456B" if code == "Codabar" else "123456"
    bars = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=scale)).squeeze()
    bars = np.repeat(bars, 3, axis=0)
    page = draw_page((), width=max(1275, bars.shape[1] + 200), height=max(1650, 200 + len(bars)))
    page[100 : 100 + bars.shape[0], 100 : 100 + bars.shape[1]] = bars
    for turns in range(4):
        assert texts(np.ascontiguousarray(np.rot90(page, turns))) == set()


def test_text_and_tables_are_no_patch_codes(draw_page: DrawPage) -> None:
    page = draw_page()
    for line in range(300, 1500, 40):
        page[line : line + (20 if line % 80 else 8), 100:1100] = 0
    assert texts(draw_page()) == set()
    assert texts(page) == set()


@pytest.mark.parametrize(
    ("code", "state"),
    [("T", "separator"), ("3", "separator"), ("2", "page"), ("1", "page"), ("4", "page")],
)
def test_the_map_says_which_sheet_is_dropped(make_frame: MakeFrame, code: str, state: str) -> None:
    page = prepare(make_frame(sheet(code, dpi=150)), CaptureSettings())
    assert page.state.value == state
    assert {one.meaning for one in page.barcodes} == {MEANINGS[code]}


def test_another_map_means_something_else(make_frame: MakeFrame) -> None:
    frame = make_frame(sheet("2", dpi=150))
    page = prepare(frame, CaptureSettings(patch_codes="2=batch"))
    assert page.state is FrameState.SEPARATOR
    kept = prepare(make_frame(sheet("T", dpi=150)), CaptureSettings(patch_codes=""))
    assert kept.state is FrameState.PAGE


def test_every_code_has_two_wide_bars_of_four() -> None:
    assert tuple(PATCHES) == CODES
    assert all(sorted(bars) == ["N", "N", "W", "W"] for bars in PATCHES.values())


@pytest.mark.parametrize("shape", [(1, 1), (30, 2000), (2000, 30), (80, 80), (81, 81)])
@pytest.mark.parametrize("tone", [0, 255])
def test_pages_of_any_shape_are_taken(shape: tuple[int, int], tone: int) -> None:
    assert texts(np.full(shape, tone, np.uint8)) == set()


@pytest.mark.parametrize("bars", range(6))
def test_a_page_with_hardly_any_ink_has_no_code(bars: int) -> None:
    page = np.full((800, 600), 255, np.uint8)
    for bar in range(bars):
        page[100 + 60 * bar : 130 + 60 * bar, 8:10] = 0
    assert read_patch_codes(page, dict.fromkeys("1234", "document")) == ()
