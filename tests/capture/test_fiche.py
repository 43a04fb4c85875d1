"""Cards: every frame has a box that holds it, whatever the grid, the mount and the wear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from bench.card import Card, card
from bench.card_families import FAMILIES, SHADES, Family
from bench.fiche_frames import scored
from bench.film_frames import pages_of
from capture.card.fiche import find_card_frames, survey_card
from capture.card.look import look_at
from capture.model import Box, FilmLayout, Pixels

BY_NAME = {family.name: family for family in FAMILIES}
SHADED = {family.name: family for family in SHADES}
QUICK = (
    "60 frames, crooked card",
    "60 frames, tapes",
    "jacket, dark strips",
)


@pytest.fixture(scope="module")
def pages() -> list[Pixels]:
    return pages_of(5, 12, 20)


def made(pages: list[Pixels], family: Family, seed: int = 501) -> Card:
    return card(pages, family, Random(f"{family.name} {seed}"))


def known_to_fail(families: Sequence[Family], *names: str) -> list[object]:
    """Return families as parameters, some of them known to be cut badly still."""
    bad = pytest.mark.xfail(reason="cut too small still: docs/benchmarks.md has the figures")
    return [
        pytest.param(one, id=one.name, marks=(bad,) if one.name in names else ())
        for one in families
    ]


@pytest.mark.parametrize("name", QUICK)
def test_every_frame_of_a_card_is_found_and_none_is_clipped(name: str, pages: list[Pixels]) -> None:
    one = made(pages, BY_NAME[name])
    cut = scored(one, survey_card(one.pixels))
    assert cut.recall >= (0.9 if "tapes" in name else 0.98)
    assert cut.precision >= (0.9 if "tapes" in name else 0.98)
    assert cut.frames == cut.shots
    assert cut.clipped == 0
    assert cut.titles_found == 1
    assert cut.ordered == 1


@pytest.mark.slow
@pytest.mark.parametrize("family", known_to_fail(FAMILIES, "jacket, mixed strips"))
def test_no_family_of_cards_loses_a_frame(family: Family, pages: list[Pixels]) -> None:
    one = made(pages, family, 502)
    cut = scored(one, survey_card(one.pixels))
    assert cut.recall >= (0.97 if family.easy else 0.85)
    assert cut.clipped <= (0 if family.easy else 4)


def test_frames_carry_row_and_column_of_their_place(pages: list[Pixels]) -> None:
    family = replace(BY_NAME["98 frames, clear gaps"], rows=3, columns=5, short=0.0)
    one = made(pages, family, 507)
    assert [shot.row for shot in one.shots[:10]] == [1] * 5 + [2] * 5
    frames = [frame for frame in find_card_frames(one.pixels) if not frame.title_strip]
    places = [(frame.row, frame.column) for frame in frames]
    assert places == [(shot.row, shot.column) for shot in one.shots]


def test_a_hole_inside_a_row_is_a_doubt_and_no_frame(pages: list[Pixels]) -> None:
    family = replace(BY_NAME["60 frames, crooked card"], missing=0.08, short=0.0, blank=0.0)
    one = made(pages, family, 503)
    assert one.holes
    survey = survey_card(one.pixels)
    holes = [doubt for doubt in survey.doubts if doubt.kind == "hole"]
    assert len(holes) == len(one.holes)
    assert all(any(hole.overlap(doubt.box) > 0.7 for doubt in holes) for hole in one.holes)
    frames = [frame for frame in survey.frames if not frame.title_strip]
    assert len(frames) == len(one.shots)
    for doubt in holes:
        before = survey.frames[doubt.after - 1].box
        assert before.right <= doubt.box.x + 0.2 * doubt.box.width


def test_an_exposed_blank_frame_is_a_frame(pages: list[Pixels]) -> None:
    family = replace(BY_NAME["98 frames, clear gaps"], rows=3, columns=6, blank=0.5, short=0.0)
    one = made(pages, family)
    assert any(not len(shot.ink) for shot in one.shots)
    cut = scored(one, survey_card(one.pixels))
    assert (cut.recall, cut.precision) == (1.0, 1.0)


@pytest.mark.parametrize("degrees", [-1.7, 0.6, 2.0])
def test_angle_of_a_card_on_the_glass_is_found(degrees: float, pages: list[Pixels]) -> None:
    family = replace(
        BY_NAME["60 frames, crooked card"], rows=4, columns=7, degrees=(degrees, degrees)
    )
    assert look_at(made(pages, family).pixels).angle == pytest.approx(-degrees, abs=0.08)


def test_box_on_the_card_holds_the_box_of_the_look(pages: list[Pixels]) -> None:
    family = replace(BY_NAME["60 frames, crooked card"], rows=4, columns=7, degrees=(1.5, 1.5))
    pixels = made(pages, family).pixels
    look = look_at(pixels)
    box = Box(look.shape[1] // 2, look.shape[0] // 2, 60, 40)
    there = look.on_card(box, (pixels.shape[1], pixels.shape[0]))
    corners = np.array([(box.x, box.y, 1), (box.right, box.y, 1), (box.x, box.bottom, 1)])
    matrix = np.vstack([look.matrix, (0, 0, 1)])
    back = corners @ np.linalg.inv(matrix).T
    assert (back[:, 0] >= there.x).all()
    assert (back[:, 1] >= there.y).all()
    assert (back[:, 0] <= there.right).all()
    assert (back[:, 1] <= there.bottom).all()


def test_colour_and_grey_of_a_card_give_the_same_frames(pages: list[Pixels]) -> None:
    family = replace(BY_NAME["98 frames, clear gaps"], rows=2, columns=5)
    pixels = made(pages, family).pixels
    assert find_card_frames(np.dstack([pixels] * 3)) == find_card_frames(pixels)


@pytest.mark.parametrize("shape", [(1, 1), (20, 400), (600, 900)])
def test_even_film_is_one_frame_that_nobody_is_sure_of(shape: tuple[int, int]) -> None:
    survey = survey_card(np.full(shape, 40, np.uint8))
    (frame,) = survey.frames
    assert frame.box == Box(0, 0, shape[1], shape[0])
    assert frame.confidence == 0.0
    assert (survey.layout, survey.doubts) == (FilmLayout.SIMPLEX, ())


def test_noise_is_kept_whole() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (500, 800)).astype(np.uint8)
    frames = find_card_frames(noise)
    whole = frames[0].box
    for frame in frames[1:]:
        whole |= frame.box
    assert whole.area >= 0.9 * noise.size


@pytest.mark.parametrize("name", ["20 frames, all touch"])
def test_frames_that_do_not_stand_out_are_told_by_their_writing(
    name: str, pages: list[Pixels]
) -> None:
    one = made(pages, SHADED[name])
    survey = survey_card(one.pixels)
    cut = scored(one, survey)
    assert cut.clipped == 0
    assert cut.apart >= 0.9 * cut.shots
    assert cut.titles_found == 1
    frames = [frame for frame in survey.frames if not frame.title_strip]
    assert all("by its writing" in frame.reason for frame in frames)
    assert max(frame.confidence for frame in frames) <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize(
    "family",
    known_to_fail(SHADES, "28 frames, positive, paper as ground", "84 frames, all touch"),
)
def test_no_frame_is_lost_where_paper_has_the_tone_of_the_ground(
    family: Family, pages: list[Pixels]
) -> None:
    one = made(pages, family, 502)
    cut = scored(one, survey_card(one.pixels))
    assert cut.clipped <= 2
    assert cut.apart >= 0.9 * cut.shots


def test_a_single_page_is_no_card_of_many() -> None:
    (page,) = pages_of(7, 1, 120)
    for pixels in (page, np.pad(20 + (255 - page) // 2, 60, constant_values=20)):
        assert len(find_card_frames(pixels.astype(np.uint8))) <= 2
