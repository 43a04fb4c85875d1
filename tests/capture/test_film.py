"""Frames cut from strips and cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture.fiche import find_card_frames
from capture.film import find_frames
from capture.intake import open_source
from capture.model import Box, Digest, Pixels, SourceKind

DrawPage = Callable[..., Pixels]
DIGEST = Digest("0" * 64)


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
