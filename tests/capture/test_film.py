"""Frames cut from strips and cards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bench.film_frames import doubted, pages_of, scored
from bench.roll import EASY, roll
from bench.roll_jobs import HARD_FILMS, HELD_OUT, reel
from capture.card.fiche import find_card_frames
from capture.enhance import prepare
from capture.errors import SourceError
from capture.film.frames import find_frames, survey_roll
from capture.intake import open_source
from capture.model import Box, Digest, Pixels, SourceKind
from capture.ribbon.ribbon import PixelRibbon
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
DIGEST = Digest("0" * 64)


@pytest.fixture(scope="module")
def rolled() -> list[Pixels]:
    """Pages to put on rolls."""
    return pages_of(5, 8)


def strip_of(page: Pixels, count: int, *, gap: int, surround: int) -> tuple[Pixels, list[Box]]:
    """A strip of ``count`` pages down a film, and where they lie."""
    height, width = page.shape
    length = count * (height + gap) + gap
    strip = np.full((length, width + 80), surround, np.uint8)
    boxes = []
    for n in range(count):
        top = gap + n * (height + gap)
        strip[top : top + height, 40 : 40 + width] = page
        boxes.append(Box(40, top, width, height))
    return strip, boxes


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    shared = max(0, wide) * max(0, high)
    return shared / (one.width * one.height + other.width * other.height - shared)


def holds(outer: Box, inner: Box) -> bool:
    return outer | inner == outer


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("lying", [False, True])
def test_every_page_lies_whole_in_one_frame(
    draw_page: DrawPage, negative: bool, lying: bool
) -> None:
    page = draw_page(width=480, height=620, size=12)
    strip, boxes = strip_of(page, 6, gap=40, surround=20)
    if negative:
        strip = 255 - strip
    if lying:
        strip = np.ascontiguousarray(strip.T)
        boxes = [Box(box.y, box.x, box.height, box.width) for box in boxes]
    frames = find_frames(strip)
    assert len(frames) == 6
    assert all(holds(frame.box, page) for frame, page in zip(frames, boxes, strict=True))


def test_writing_between_frames_is_in_a_frame(draw_page: DrawPage) -> None:
    strip, boxes = strip_of(draw_page(width=480, height=620, size=12), 5, gap=90, surround=10)
    note = Image.fromarray(strip)
    place = Box(60, boxes[1].bottom + 35, 160, 16)
    ImageDraw.Draw(note).text((place.x, place.y), "see also roll 12", 240)
    frames = find_frames(np.array(note))
    assert any(holds(frame.box, place) for frame in frames)
    assert len(frames) == 5


def test_dark_film_with_barely_lighter_pages_is_cut(draw_page: DrawPage) -> None:
    page = draw_page(width=480, height=620, size=12)
    negative = (28 + (255 - page) * 0.6).astype(np.uint8)
    strip, boxes = strip_of(negative, 5, gap=40, surround=10)
    grain = np.random.default_rng(1).normal(0, 2, strip.shape)
    frames = find_frames(np.clip(strip + grain, 0, 255).astype(np.uint8))
    assert all(overlap(f.box, box) > 0.9 for f, box in zip(frames, boxes, strict=True))
    assert all(holds(frame.box, box) for frame, box in zip(frames, boxes, strict=True))
    assert all(frame.confidence > 0.9 for frame in frames)


def test_scratches_through_the_gaps_join_no_frames(draw_page: DrawPage) -> None:
    strip, boxes = strip_of(draw_page(width=480, height=620, size=12), 5, gap=40, surround=10)
    for x in (100, 260, 264, 400):
        strip[:, x] = 240
    frames = find_frames(strip)
    assert len(frames) == 5
    assert all(holds(frame.box, box) for frame, box in zip(frames, boxes, strict=True))


def test_empty_leader_is_no_frame(draw_page: DrawPage) -> None:
    strip, _ = strip_of(draw_page(width=480, height=620, size=12), 4, gap=40, surround=10)
    leader = np.full((1500, strip.shape[1]), 10, np.uint8)
    frames = find_frames(np.vstack([leader, strip, leader]))
    assert len(frames) == 4
    assert frames[0].box.y > 1400


def test_blank_exposures_are_frames(draw_page: DrawPage) -> None:
    strip, boxes = strip_of(draw_page(width=480, height=620, size=12), 5, gap=40, surround=10)
    strip[boxes[2].y : boxes[2].bottom, boxes[2].x : boxes[2].right] = 255
    assert len(find_frames(strip)) == 5


def test_frames_that_touch_are_parted_with_less_confidence(draw_page: DrawPage) -> None:
    strip, boxes = strip_of(draw_page(width=480, height=620, size=12), 6, gap=40, surround=10)
    touching = np.vstack([strip[: boxes[2].bottom], strip[boxes[3].y :]])
    frames = find_frames(touching)
    assert len(frames) == 6
    assert [frame.confidence > 0.9 for frame in frames] == [True, True, False, False, True, True]
    assert abs(frames[2].box.bottom - boxes[2].bottom) < 40
    assert frames[2].box.bottom >= frames[3].box.y


@given(
    count=st.integers(2, 7),
    gap=st.integers(25, 200),
    surround=st.sampled_from((5, 60, 190, 215)),
    paper=st.sampled_from((35, 120, 250)),
    seed=st.integers(0, 1000),
)
@settings(max_examples=30, deadline=None)
def test_no_page_is_clipped_or_lost(
    count: int, gap: int, surround: int, paper: int, seed: int
) -> None:
    noise = np.random.default_rng(seed)
    page = np.full((400, 300), paper, np.uint8)
    page[40:360:14, 30:270] = noise.integers(0, 255, (len(range(40, 360, 14)), 240))
    strip, boxes = strip_of(page, count, gap=gap, surround=surround)
    grain = noise.normal(0, 2, strip.shape)
    frames = find_frames(np.clip(strip + grain, 0, 255).astype(np.uint8))
    assert len(frames) == count
    assert all(holds(frame.box, box) for frame, box in zip(frames, boxes, strict=True))


def test_pages_of_the_sample_strip_are_cut_closely() -> None:
    root = Path(__file__).parents[2] / "sample_scans"
    truth = json.loads((root / "truth" / "film-strip.tif.truth.json").read_text())
    with Image.open(root / "film-strip.tif") as image:
        frames = find_frames(np.array(image))
    boxes = [Box(*frame["box"]) for frame in truth["frames"]]
    assert all(overlap(f.box, box) > 0.9 for f, box in zip(frames, boxes, strict=True))
    assert all(holds(f.box, box) for f, box in zip(frames, boxes, strict=True))


def test_newspaper_on_film_loses_nothing(shared_data: Path) -> None:
    for path in sorted((shared_data / "microfilm").glob("*.jpg")):
        with Image.open(path) as image:
            page = np.array(image.convert("L"))
        (frame,) = find_frames(page)
        assert overlap(frame.box, Box(0, 0, page.shape[1], page.shape[0])) > 0.9


@pytest.mark.parametrize("name", ["negative, dark gaps", "positive, dark gaps", "long leaders"])
def test_frames_are_the_same_wherever_stretches_end(name: str, rolled: list[Pixels]) -> None:
    layout = next(one for one in EASY if one.name == name)
    film = PixelRibbon(roll(rolled * 5, layout, Random(9)).pixels)
    whole = survey_roll(film, 1000.0).frames
    near = 0.01 * film.width
    for stretch in (21.0, 30.5):
        frames = survey_roll(film, stretch).frames
        assert len(frames) == len(whole) == 40
        for one, other in zip(frames, whole, strict=True):
            sides = zip(one.box.as_list(), other.box.as_list(), strict=True)
            assert all(abs(here - there) <= 2 * near for here, there in sides)


class Damaged(PixelRibbon):
    """A ribbon that cannot be read from some line on."""

    def lines(self, start: int, stop: int) -> Pixels:
        if start > 6_000:
            raise SourceError("the strip is cut short")
        return super().lines(start, stop)


def test_frames_before_damage_are_found_and_the_end_is_doubted(rolled: list[Pixels]) -> None:
    film = Damaged(roll(rolled * 5, EASY[0], Random(9)).pixels)
    survey = survey_roll(film)
    assert len(survey.frames) > 5
    assert survey.doubts[-1].kind == "cut off"
    assert "cut short" in survey.doubts[-1].reason


@pytest.mark.parametrize("name", ["splices", "ends cut off", "holes"])
def test_what_is_wrong_with_a_roll_is_doubted_and_nothing_else(
    name: str, rolled: list[Pixels]
) -> None:
    film = next(one for one in HARD_FILMS if one.name == name)
    truth = reel(rolled, film, 24, Random(f"{name} 4"))
    survey = survey_roll(PixelRibbon(truth.pixels))
    cut = scored(truth, survey.frames) + doubted(truth, survey)
    assert cut.clipped == 0
    assert cut.recall >= 0.9
    assert cut.caught == cut.seeded
    assert cut.false <= 1


@pytest.mark.parametrize("name", ["long documents, light gaps", "held out: positive spreads, cine"])
def test_calm_lines_inside_a_frame_do_not_part_it(name: str, rolled: list[Pixels]) -> None:
    film = next(one for one in (*HARD_FILMS, *HELD_OUT) if one.name == name)
    truth = reel(rolled, film, 24, Random(f"{name} 2"))
    cut = scored(truth, survey_roll(PixelRibbon(truth.pixels)).frames)
    assert (cut.clipped, cut.recall, cut.precision) == (0, 1.0, 1.0)


def test_bare_film_where_jobs_change_is_no_frame(rolled: list[Pixels]) -> None:
    film = next(one for one in HARD_FILMS if one.name == "jobs of both polarities")
    truth = reel(rolled, film, 24, Random("jobs 1"))
    survey = survey_roll(PixelRibbon(truth.pixels))
    cut = scored(truth, survey.frames) + doubted(truth, survey)
    assert (cut.clipped, cut.recall, cut.precision) == (0, 1.0, 1.0)
    assert (cut.caught, cut.false) == (cut.seeded, 0)


def test_density_tells_the_tone_along_the_roll(rolled: list[Pixels]) -> None:
    pixels = roll(rolled, EASY[0], Random(2)).pixels
    survey = survey_roll(PixelRibbon(pixels))
    assert len(survey.density) == -(-len(pixels) // survey.density_step)
    first = pixels[: survey.density_step].mean()
    assert abs(survey.density[0] - first) <= 2


def test_strip_without_gaps_stays_whole() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (4000, 500)).astype(np.uint8)
    assert [frame.box for frame in find_frames(noise)] == [Box(0, 0, 500, 4000)]


def test_one_pixel_is_one_frame() -> None:
    assert [frame.box for frame in find_frames(np.zeros((1, 1), np.uint8))] == [Box(0, 0, 1, 1)]


def card_of(page: Pixels, title: Pixels) -> Pixels:
    """A fiche of two rows of five pages under a title strip."""
    height, width = page.shape
    card = np.full((title.shape[0] + 2 * height + 120, 5 * width + 180), 15, np.uint8)
    card[30 : 30 + title.shape[0], 30 : 30 + title.shape[1]] = title
    for row in range(2):
        for column in range(5):
            top = 60 + title.shape[0] + row * (height + 30)
            left = 30 + column * (width + 30)
            card[top : top + height, left : left + width] = page
    return card


def test_card_is_cut_into_title_and_rows(draw_page: DrawPage) -> None:
    page = draw_page(width=300, height=400, size=8)
    title = draw_page(("SAMPLEWELL  ANN   2 of 2",), width=1500, height=90, size=40)
    frames = find_card_frames(card_of(page, title))
    assert [frame.title_strip for frame in frames] == [True] + [False] * 10
    rows = [frame.box.y for frame in frames[1:]]
    assert rows == sorted(rows)
    assert all(frame.box.width >= 300 and frame.box.height >= 400 for frame in frames[1:])


def test_auto_takes_a_long_strip_for_film(draw_page: DrawPage, tmp_path: Path) -> None:
    strip, _ = strip_of(draw_page(width=480, height=620, size=12), 6, gap=40, surround=10)
    Image.fromarray(strip).save(tmp_path / "roll", "TIFF")
    with open_source(tmp_path / "roll", DIGEST) as source:
        assert (source.film, source.frame_count, source.paged) == (True, 6, True)
        frame = source.frame(2)
        box = frame.box
        assert frame.film
        assert np.array_equal(frame.pixels, strip[box.y : box.bottom, box.x : box.right])


def test_roll_delivered_frame_by_frame_is_film(draw_page: DrawPage, tmp_path: Path) -> None:
    page = Image.fromarray(draw_page(width=480, height=620, size=12))
    page.save(tmp_path / "roll", "TIFF", save_all=True, append_images=[page] * 2)
    with open_source(tmp_path / "roll", DIGEST, kind=SourceKind.ROLL) as source:
        assert (source.film, source.frame_count) == (True, 3)


def test_long_paper_without_gaps_is_one_page(tmp_path: Path) -> None:
    trace = np.random.default_rng(3).integers(0, 255, (500, 4000)).astype(np.uint8)
    Image.fromarray(trace).save(tmp_path / "ecg", "PNG")
    with open_source(tmp_path / "ecg", DIGEST) as source:
        assert (source.film, source.frame_count) == (False, 1)


def long_sheet(draw_page: DrawPage) -> Pixels:
    """Paper with blocks of text between wide blanks, no edges anywhere."""
    block = draw_page(width=600, height=1000, size=14)
    return np.vstack([block] * 4)


def test_long_sheet_with_blocks_of_text_is_film_only_when_told(
    draw_page: DrawPage, tmp_path: Path
) -> None:
    Image.fromarray(long_sheet(draw_page)).save(tmp_path / "sheet", "PNG")
    with open_source(tmp_path / "sheet", DIGEST) as source:
        assert (source.film, source.frame_count) == (False, 1)
    with open_source(tmp_path / "sheet", DIGEST, kind=SourceKind.ROLL) as source:
        assert (source.film, source.frame_count) == (True, 4)
        assert all(source.frame(n).cut is not None for n in range(1, 5))


def test_frame_tells_how_it_was_cut(draw_page: DrawPage, tmp_path: Path) -> None:
    strip, _ = strip_of(draw_page(width=480, height=620, size=12), 6, gap=40, surround=10)
    Image.fromarray(strip).save(tmp_path / "roll", "TIFF")
    with open_source(tmp_path / "roll", DIGEST) as source:
        page = prepare(source.frame(2), CaptureSettings())
    cut = page.steps[0]
    assert (cut.name, cut.applied, cut.reason) == ("cut", True, "clear on all sides")
    assert cut.confidence > 0.9
