"""Image marks lie on a generated roll where its truth says, and are scored by it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from bench.blip_track import Marked, Track, Wear, marked
from bench.blip_tracks import HELD_OUT, TRACKS
from bench.film_blips import Count, film_for, one_roll
from bench.roll import EASY, roll
from capture.film.frames import survey_roll
from capture.model import Pixels
from capture.ribbon.ribbon import PixelRibbon

KODAK = next(track for track in TRACKS if track.name == "three levels")


def pages(count: int) -> list[Pixels]:
    page = np.full((220, 170), 235, np.uint8)
    page[30:190:9, 20:150] = 30
    return [page] * count


def laid(track: Track, seed: int = 3, count: int = 24) -> Marked:
    rng = Random(seed)
    film = roll(pages(count), film_for(track, EASY[0]), rng)
    return marked(film, track, rng)


def test_marks_are_light_on_dark_film_where_the_truth_says() -> None:
    ribbon = laid(replace(KODAK, wear=Wear()))
    for mark in ribbon.marks:
        box = mark.box
        inside = ribbon.pixels[box.y + 2 : box.bottom - 2, box.x + 2 : box.right - 2]
        assert np.median(inside) > 150
        assert np.median(ribbon.pixels[box.y - 6 : box.y - 3, box.x : box.right]) < 40


def test_addresses_count_marks_and_stand_still_where_one_is_left_out() -> None:
    ribbon = laid(replace(KODAK, presets=0, missing=2))
    assert ribbon.addresses[0] == (1, 0, 0)
    assert len(ribbon.unmarked) == 2
    for index in ribbon.unmarked:
        assert ribbon.addresses[index] == ribbon.addresses[index - 1]


def test_a_preset_shows_in_the_addresses() -> None:
    ribbon = laid(KODAK)
    assert len(ribbon.presets) == 2
    for index, address in ribbon.presets:
        assert ribbon.addresses[index] == address


@pytest.mark.parametrize("track", [TRACKS[0], KODAK], ids=lambda track: track.name)
def test_a_clear_track_is_read_whole(track: Track) -> None:
    count = one_roll(laid(track), track, Random(1))
    assert count.found == count.sized == count.marks == 24
    assert count.exact == count.frames
    assert count.caught == count.seeded
    assert count.false == 0


def test_a_track_without_marks_has_nothing_to_find() -> None:
    track = next(track for track in TRACKS if track.none)
    count = one_roll(laid(track), track, Random(1))
    assert (count.marks, count.false, count.doubts) == (0, 0, 0)


def test_counts_add_up() -> None:
    assert Count(marks=2, seconds=0.5) + Count(marks=3, seconds=1.0) == Count(marks=5, seconds=1.5)


def test_tracks_held_out_are_others() -> None:
    names = [track.name for track in (*TRACKS, *HELD_OUT)]
    assert len(set(names)) == len(names)
    built = [replace(track, name="") for track in TRACKS]
    assert not any(replace(track, name="") in built for track in HELD_OUT)


def large_pages(count: int) -> list[Pixels]:
    return [page.repeat(2, axis=0).repeat(2, axis=1) for page in pages(count)]


@pytest.mark.parametrize("name", ["negative, light gaps", "positive, dark gaps"])
def test_a_page_that_covers_a_part_of_its_mark_leaves_it_one(name: str) -> None:
    """Beside film that is hardly wider than its pages, a mark shows on the page as well."""
    layout = next(layout for layout in EASY if layout.name == name)
    rng = Random(5)
    narrow = replace(layout, width=1.16, shift=0.015)
    ribbon = marked(roll(large_pages(16), narrow, rng), KODAK, rng)
    survey = survey_roll(PixelRibbon(ribbon.pixels))
    assert len(survey.frames) == 16
    levels = [frame.blip.level if frame.blip else 0 for frame in survey.frames]
    assert levels == [mark.level for mark in ribbon.marks]
    assert survey.doubts == ()


@pytest.mark.parametrize("name", ["negative, light gaps", "positive, dark gaps"])
def test_all_marks_of_a_roll_work_against_its_unexposed_film(name: str) -> None:
    layout = next(layout for layout in EASY if layout.name == name)
    rng = Random(5)
    ribbon = marked(roll(large_pages(16), layout, rng), KODAK, rng)
    for mark in ribbon.marks:
        beside = ribbon.pixels[mark.box.y + 4 : mark.box.bottom - 4, mark.box.x + 4]
        assert beside.max() < 90 if "light gaps" in name else beside.min() > 150
