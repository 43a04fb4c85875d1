"""Lanes of a roll, and the order of the frames on them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench.film_frames import overlap, pages_of
from bench.roll_jobs import EASY_FILMS, Film, Reel, reel
from capture.film.frames import survey_roll
from capture.film.lanes import in_order, layout_of, with_missing_halves
from capture.model import Box, FilmFrame, FilmLayout, Pixels
from capture.ribbon.ribbon import PixelRibbon

BY_NAME = {film.name: film for film in EASY_FILMS}


@pytest.fixture(scope="module")
def pages() -> list[Pixels]:
    return pages_of(7, 8)


def surveyed(film: Film, pages: list[Pixels]) -> tuple[Reel, tuple[FilmFrame, ...], FilmLayout]:
    truth = reel(pages, film, 16, Random(f"{film.name} 11"))
    survey = survey_roll(PixelRibbon(truth.pixels))
    return truth, survey.frames, survey.layout


@pytest.mark.parametrize("name", ["duplex", "duplex, light gaps", "duo", "duo, positive"])
def test_lanes_are_told_and_frames_come_in_the_order_of_exposure(
    name: str, pages: list[Pixels]
) -> None:
    truth, frames, layout = surveyed(BY_NAME[name], pages)
    assert layout is truth.layout
    assert [frame.lane for frame in frames] == [shot.lane for shot in truth.shots]
    assert all(
        overlap(frame.box, shot.box) > 0.9 for frame, shot in zip(frames, truth.shots, strict=True)
    )


@pytest.mark.parametrize("name", ["book spreads", "all landscape", "landscape among portrait"])
def test_spreads_and_landscape_pages_have_one_lane(name: str, pages: list[Pixels]) -> None:
    truth, frames, layout = surveyed(BY_NAME[name], pages)
    assert layout is FilmLayout.SIMPLEX
    assert len(frames) == len(truth.shots)


def test_half_without_an_image_is_a_frame_where_film_is_duplex(pages: list[Pixels]) -> None:
    truth, frames, layout = surveyed(BY_NAME["duplex, some backs missing"], pages)
    assert layout is FilmLayout.DUPLEX
    assert len(frames) == len(truth.shots)
    assert any(not shot.ink.any() for shot in truth.shots)


def frame(x: int, y: int, lane: int, height: int = 130) -> FilmFrame:
    return FilmFrame(Box(x, y, 100, height), lane=lane)


def test_duo_goes_down_one_lane_and_up_the_other() -> None:
    frames = [frame(0, 0, 1), frame(120, 70, 2), frame(0, 150, 1), frame(120, 230, 2)]
    assert layout_of(frames) is FilmLayout.DUO
    order = [one.box.y for one in in_order(frames, FilmLayout.DUO)]
    assert order == [0, 150, 230, 70]


def test_back_follows_its_front_though_it_begins_above_it() -> None:
    frames = [frame(0, 4, 1), frame(120, 0, 2), frame(0, 150, 1), frame(120, 152, 2)]
    assert layout_of(frames) is FilmLayout.DUPLEX
    assert [one.lane for one in in_order(frames, FilmLayout.DUPLEX)] == [1, 2, 1, 2]


def test_missing_half_lies_where_the_others_of_its_lane_do() -> None:
    frames = [frame(0, 0, 1), frame(120, 0, 2), frame(0, 150, 1)]
    added = [one for one in with_missing_halves(frames) if one not in frames]
    assert [(one.box, one.lane) for one in added] == [(Box(120, 150, 100, 130), 2)]
    assert added[0].confidence < 0.5


def test_film_without_frames_has_one_lane() -> None:
    assert layout_of([]) is FilmLayout.SIMPLEX
    assert in_order([], FilmLayout.SIMPLEX) == ()
    grain = np.random.default_rng(1).normal(40, 2, (2000, 300)).astype(np.uint8)
    assert survey_roll(PixelRibbon(grain)).layout is FilmLayout.SIMPLEX
