"""A strip shows its pages where its truth says, darkly."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench.charts import Paper
from bench.degrade import Scan, found_box
from bench.film import strip
from bench.film_frames import Cut, measured, overlap, pages_of, scored
from bench.render import render
from bench.roll import EASY, HARD, LAYOUTS, Layout, roll
from capture.model import Box, FilmFrame, Pixels


def test_words_stand_light_on_dark_where_the_truth_says(papers: tuple[Paper, ...]) -> None:
    sheets = [paper.sheets[0] for paper in papers[:3]]
    ribbon = strip([Scan(render(sheet)) for sheet in sheets], Random(5), dpi=150)
    pixels = ribbon.scan.pixels.astype(float)
    assert [shot.state for shot in ribbon.exposures] == ["technical", "page", "page", "page"]
    for shot, sheet in zip(ribbon.exposures[1:], sheets, strict=True):
        box = shot.box
        frame = pixels[box.y : box.bottom, box.x : box.right]
        dark = np.median(frame)
        assert dark < 100
        for run in sheet.runs:
            place = found_box(run.box, shot.scan.matrix)
            patch = pixels[place.y : place.bottom, place.x : place.right]
            assert patch.max() > dark + 30, run.text


def test_frames_follow_each_other_without_touching(papers: tuple[Paper, ...]) -> None:
    pages = [Scan(render(paper.sheets[0])) for paper in papers[:2]]
    ribbon = strip(pages, Random(1), dpi=100, target=False)
    first, second = (shot.box for shot in ribbon.exposures)
    assert first.bottom < second.y
    assert second.bottom < ribbon.scan.size[1]


@pytest.fixture(scope="module")
def small_pages() -> list[Pixels]:
    return pages_of(3, 12)


def named(layout: Layout) -> str:
    return layout.name


@pytest.mark.parametrize("layout", LAYOUTS, ids=named)
def test_exposures_lie_on_the_roll_in_order_with_their_ink(
    layout: Layout, small_pages: list[Pixels]
) -> None:
    ribbon = roll(small_pages[:5], layout, Random(1))
    height, width = ribbon.pixels.shape
    assert len(ribbon.shots) == 5
    for shot in ribbon.shots:
        box = shot.box
        assert shot.ink.shape == (box.height, box.width)
        assert box.x >= 0
        assert box.right <= width
        assert box.bottom <= height
    tops = [shot.box.y for shot in ribbon.shots]
    assert tops == sorted(tops)


def test_roll_is_the_same_for_the_same_seed(small_pages: list[Pixels]) -> None:
    first, second = (roll(small_pages[:3], HARD[-1], Random(8)) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)


def test_truth_itself_scores_full(small_pages: list[Pixels]) -> None:
    ribbon = roll(small_pages[:4], EASY[0], Random(2))
    cut = scored(ribbon, [FilmFrame(shot.box) for shot in ribbon.shots])
    assert (cut.recall, cut.precision, cut.clipped, cut.apart) == (1.0, 1.0, 0, 4)


def test_half_a_page_is_clipped_and_not_found(small_pages: list[Pixels]) -> None:
    ribbon = roll(small_pages[:1], EASY[0], Random(2))
    box = ribbon.shots[0].box
    half = Box(box.x, box.y, box.width, box.height // 2)
    assert overlap(box, half) == pytest.approx(0.5, abs=0.01)
    assert scored(ribbon, [FilmFrame(half)]) == Cut(1, 1, 0, 1, 0)


def test_two_pages_in_one_box_are_not_apart(small_pages: list[Pixels]) -> None:
    ribbon = roll(small_pages[:2], EASY[0], Random(2))
    both = ribbon.shots[0].box | ribbon.shots[1].box
    cut = scored(ribbon, [FilmFrame(both)])
    assert (cut.clipped, cut.apart) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("layout", EASY, ids=named)
def test_easy_film_is_cut_without_loss(layout: Layout, small_pages: list[Pixels]) -> None:
    cut = measured(layout, range(20, 22), small_pages, 20)
    assert cut.recall >= 0.97
    assert cut.precision >= 0.97
    assert cut.clipped == 0
