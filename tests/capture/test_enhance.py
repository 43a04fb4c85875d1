"""The recipe: what it may do to a page, and what it must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from capture.deskew import level
from capture.encode import decode, encode, to_png
from capture.enhance import prepare, turned
from capture.errors import CustodyError
from capture.ink import ink_mask
from capture.model import Box, Digest, Frame, FrameRef, FrameState, PageImage, Pixels, Polarity
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
SETTINGS = CaptureSettings()


def applied(page: PageImage) -> set[str]:
    return {step.name for step in page.steps if step.applied}


def ink(pixels: Pixels) -> int:
    return int(np.count_nonzero(ink_mask(pixels if pixels.ndim == 2 else pixels[..., 1])))


@pytest.mark.parametrize("degrees", [-14.0, -6.3, -1.2, -0.4, 0.3, 0.9, 4.7, 13.1])
def test_skew_is_found_within_a_fifth_of_a_degree(
    draw_page: DrawPage, make_frame: MakeFrame, degrees: float
) -> None:
    skewed = level(draw_page(), -degrees, bitonal=False)
    page = prepare(make_frame(skewed), SETTINGS)
    assert page.skew == pytest.approx(degrees, abs=0.2)
    assert page.skew_confidence > 0.8
    again = prepare(make_frame(page.pixels), SETTINGS)
    assert again.skew == pytest.approx(0, abs=0.1)


def test_level_page_is_left_as_it_is(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = draw_page()
    prepared = prepare(make_frame(page), SETTINGS)
    assert np.array_equal(prepared.pixels, page)
    assert applied(prepared) == set()
    assert prepared.state is FrameState.PAGE


def test_text_running_downhill_to_the_right_is_positive(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page()
    shift = cv2.getRotationMatrix2D((0, 0), 0, 1.0)
    shift[1, 0] = np.tan(np.radians(3))
    downhill = cv2.warpAffine(page, shift, page.shape[::-1], borderValue=(255,))
    assert prepare(make_frame(np.asarray(downhill)), SETTINGS).skew == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_lie_is_found_and_undone(draw_page: DrawPage, make_frame: MakeFrame, rotation: int) -> None:
    page = draw_page()
    lying = np.ascontiguousarray(np.rot90(page, k=-rotation // 90))
    prepared = prepare(make_frame(lying), SETTINGS)
    assert prepared.rotation == rotation
    assert prepared.rotation_confidence > 0.5
    assert np.array_equal(prepared.pixels, page)


@pytest.mark.parametrize("rotation", [0, 180])
def test_capitals_alone_tell_up_from_down(
    draw_page: DrawPage, make_frame: MakeFrame, rotation: int
) -> None:
    page = draw_page(("NO KNOWN ALLERGIES", "HOME WITH FAMILY") * 12)
    lying = np.ascontiguousarray(np.rot90(page, k=-rotation // 90))
    prepared = prepare(make_frame(lying), SETTINGS)
    assert prepared.rotation == rotation
    assert np.array_equal(prepared.pixels, page)


def test_columns_of_figures_do_not_lay_a_page_on_its_side(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page(tuple(f"{n}      {n * 7}      {n * 31 % 100}" for n in range(10, 45)))
    assert prepare(make_frame(page), SETTINGS).rotation == 0


@pytest.mark.parametrize("film", [False, True])
def test_negative_becomes_dark_on_light(
    draw_page: DrawPage, make_frame: MakeFrame, film: bool
) -> None:
    page = draw_page()
    prepared = prepare(make_frame(255 - page, film=film), SETTINGS)
    assert prepared.polarity is Polarity.NEGATIVE
    assert np.array_equal(prepared.pixels, page)


def test_page_in_a_dark_mount_is_positive_and_cut_out(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page()
    mounted = cv2.copyMakeBorder(page, 300, 300, 300, 300, cv2.BORDER_CONSTANT, value=(10,))
    prepared = prepare(make_frame(np.asarray(mounted), film=True), SETTINGS)
    assert prepared.polarity is Polarity.POSITIVE
    assert "crop" in applied(prepared)
    assert abs(prepared.width - page.shape[1]) < 20
    assert ink(prepared.pixels) == pytest.approx(ink(page), rel=0.02)


def test_crop_keeps_writing_that_stands_in_the_dark(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page()
    label = 255 - draw_page(("Roll 42 Samplewell County",), width=page.shape[1], height=200)
    both = np.vstack([page, label])
    prepared = prepare(make_frame(both), SETTINGS)
    assert "crop" not in applied(prepared)
    assert prepared.height == both.shape[0]


def test_light_letters_in_a_band_at_the_edge_are_kept(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page()
    page[500:580, :700] = 255 - draw_page(("MEDICATION ALLERGIES",), width=700, height=80)
    prepared = prepare(make_frame(page), SETTINGS)
    assert np.array_equal(prepared.pixels[500:580, :700], page[500:580, :700])


def test_uneven_light_is_evened(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = draw_page()
    lamp = np.linspace(0.45, 1.0, page.shape[1])[None, :]
    prepared = prepare(make_frame((page * lamp).astype(np.uint8)), SETTINGS)
    assert "flatten" in applied(prepared)
    assert float(np.median(prepared.pixels[:, :100])) > 245
    assert ink(prepared.pixels) == pytest.approx(ink(page), rel=0.1)


def test_fax_gets_square_pixels(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = draw_page(width=1734, height=2244, size=34)
    fax = np.where(page[::2] < 128, 0, 255).astype(np.uint8)
    prepared = prepare(make_frame(fax, dpi=(204.0, 102.0), bitonal=True), SETTINGS)
    assert prepared.pixels.shape == page.shape
    assert prepared.dpi == 204
    assert set(np.unique(prepared.pixels)) == {0, 255}


def test_bitonal_stays_bitonal_when_it_is_turned(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    skewed = np.where(level(draw_page(), 2.0, bitonal=False) < 128, 0, 255).astype(np.uint8)
    prepared = prepare(make_frame(skewed, bitonal=True), SETTINGS)
    assert "deskew" in applied(prepared)
    assert prepared.bitonal
    assert set(np.unique(prepared.pixels)) == {0, 255}


def test_scratch_and_dust_go_from_film_and_ink_stays(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page(width=1700, height=2200, size=34)
    dirty = page.copy()
    dirty[:, 800:802] = 30
    for x, y in np.random.default_rng(5).integers(20, 1600, (80, 2)):
        dirty[y, x] = 0
    prepared = prepare(make_frame(dirty, film=True, dpi=(200.0, 200.0)), SETTINGS)
    assert {"destripe", "despeckle"} <= applied(prepared)
    assert ink(prepared.pixels) == pytest.approx(ink(page), rel=0.01)
    assert (prepared.pixels[20:200, 800:802] > 200).all()


def test_form_rules_are_no_scratches(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = draw_page()
    page[60:-60, 640:642] = 0
    prepared = prepare(make_frame(page, film=True), SETTINGS)
    assert "destripe" not in applied(prepared)


@pytest.mark.parametrize(
    ("size", "dpi"), [((2550, 3300), 300), ((1700, 2200), 200), ((1654, 2339), 200)]
)
def test_resolution_is_told_by_the_size_of_paper(
    draw_page: DrawPage, make_frame: MakeFrame, size: tuple[int, int], dpi: int
) -> None:
    page = draw_page(width=size[0], height=size[1], size=dpi // 6)
    assert prepare(make_frame(page, dpi=None), SETTINGS).dpi == dpi
    assert prepare(make_frame(page, dpi=(72.0, 72.0)), SETTINGS).dpi == dpi


def test_resolution_is_told_by_letters_when_paper_does_not(
    draw_page: DrawPage, make_frame: MakeFrame
) -> None:
    page = draw_page(width=1900, height=2150, size=34)
    assert prepare(make_frame(page, dpi=None), SETTINGS).dpi == pytest.approx(200, abs=60)


def test_born_digital_page_keeps_its_geometry(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    skewed = level(draw_page(), 3.0, bitonal=False)
    prepared = prepare(make_frame(skewed, born_digital=True), SETTINGS)
    assert prepared.pixels is skewed
    assert (prepared.rotation, prepared.skew) == (0, 0.0)


def test_title_strip_is_technical(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    title = draw_page(("2 of 2  SAMPLEWELL",), width=1500, height=120, size=40)
    prepared = prepare(make_frame(title, film=True, title_strip=True), SETTINGS)
    assert prepared.state is FrameState.TECHNICAL
    assert prepared.reason


tones = st.integers(0, 255)
shapes = st.one_of(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)),
)


@given(arrays.arrays(np.uint8, shapes, elements=tones), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_legal_image_is_taken(pixels: Pixels, film: bool) -> None:
    box = Box(0, 0, pixels.shape[1], pixels.shape[0])
    frame = Frame(FrameRef(Digest("0" * 64), 1), pixels, box, None, film=film)
    page = prepare(frame, SETTINGS)
    assert page.dpi > 0
    assert page.pixels.dtype == np.uint8
    assert decode(encode(page)).shape == page.pixels.shape


@pytest.mark.parametrize("shape", [(1, 5000), (5000, 1), (3, 9000), (1, 1)])
def test_threads_and_points_are_taken(shape: tuple[int, int], make_frame: MakeFrame) -> None:
    for tone in (0, 128, 255):
        assert prepare(make_frame(np.full(shape, tone, np.uint8)), SETTINGS).steps


@given(st.sampled_from([90, 180, 270]))
@settings(max_examples=3, deadline=None)
def test_four_turns_are_none(make_frame: MakeFrame, draw_page: DrawPage, rotation: int) -> None:
    start = prepare(make_frame(draw_page(width=300, height=200)), SETTINGS)
    page = start
    for _ in range(4):
        page = turned(page, rotation)
    assert np.array_equal(page.pixels, start.pixels)
    assert page.rotation == start.rotation


def test_turning_undoes_a_clockwise_turn(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    page = prepare(make_frame(draw_page()), SETTINGS)
    clockwise = turned(page, 270)
    assert np.array_equal(clockwise.pixels, np.rot90(page.pixels, k=-1))
    assert np.array_equal(turned(clockwise, 90).pixels, page.pixels)


def test_only_quarters_turn(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    with pytest.raises(ValueError, match="quarters"):
        turned(prepare(make_frame(draw_page()), SETTINGS), 45)


def test_bitonal_page_is_kept_without_loss(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    pixels = np.where(draw_page() < 128, 0, 255).astype(np.uint8)
    kept = encode(prepare(make_frame(pixels, bitonal=True), SETTINGS))
    assert kept.startswith(b"\x89PNG")
    assert np.array_equal(decode(kept), pixels)
    assert to_png(kept) == kept


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_one_bit_of_any_width_comes_back(height: int, width: int, seed: int) -> None:
    white = np.random.default_rng(seed).random((height, width)) < 0.5
    pixels = np.where(white, 255, 0).astype(np.uint8)
    frame = Frame(FrameRef(Digest("0" * 64), 1), pixels, Box(0, 0, width, height), None)
    page = replace(prepare(frame, SETTINGS), pixels=pixels, bitonal=True)
    assert np.array_equal(decode(encode(page)), pixels)


@pytest.mark.parametrize("colour", [False, True])
def test_grey_and_colour_are_kept_closely(
    draw_page: DrawPage, make_frame: MakeFrame, colour: bool
) -> None:
    pixels = draw_page()
    if colour:
        pixels = np.dstack([pixels, pixels, 255 - pixels // 8])
    kept = encode(prepare(make_frame(pixels), SETTINGS))
    assert kept.startswith(b"\xff\xd8")
    assert np.abs(decode(kept).astype(int) - pixels).mean() < 5
    assert to_png(kept).startswith(b"\x89PNG")


def test_damaged_derivative_is_a_matter_of_custody() -> None:
    with pytest.raises(CustodyError):
        decode(b"\xff\xd8\xff garbage")
    with pytest.raises(CustodyError):
        to_png(b"nothing")


@pytest.mark.parametrize("rotation", [0, 180])
def test_figures_with_a_few_words_are_told_by_their_margin(
    draw_page: DrawPage, make_frame: MakeFrame, rotation: int
) -> None:
    lines = tuple(f"RESULT {3 * n} {'M' * (n * 5 % 13)} {'held' * (n % 2)}" for n in range(14))
    lying = np.ascontiguousarray(np.rot90(draw_page(lines), k=-rotation // 90))
    prepared = prepare(make_frame(lying), SETTINGS)
    assert (prepared.rotation, prepared.rotation_confidence >= 0.5) == (rotation, True)


@pytest.mark.parametrize("rotation", [0, 180])
def test_a_column_flush_at_the_right_turns_no_page(
    draw_page: DrawPage, make_frame: MakeFrame, rotation: int
) -> None:
    lines = tuple(f"{'7' * (n * 5 % 7 + 3):>14}" for n in range(30))
    sheet = draw_page(())
    for row, line in enumerate(lines):
        drawn = draw_page((line.strip(),), width=600, height=36, size=25)
        ink_columns = np.flatnonzero((drawn < 128).any(axis=0))
        end = int(ink_columns[-1]) + 1
        sheet[100 + 36 * row : 136 + 36 * row, 900 - end : 900] = drawn[:, :end]
    lying = np.ascontiguousarray(np.rot90(sheet, k=-rotation // 90))
    prepared = prepare(make_frame(lying), SETTINGS)
    assert (prepared.rotation, prepared.rotation_confidence < 0.5) == (0, True)
