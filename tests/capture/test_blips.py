"""Image marks found on a look at film, and given to the frames of a roll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.film.blips import Mark, Marking, blips_of, find_marks, marks_along
from capture.model import Box, FilmFrame, FilmLayout, Pixels

FILM, MARK = 12, 210


def film(length: int = 400, tone: int = FILM) -> Pixels:
    return np.full((length, 240), tone, np.uint8)


def softly_drawn(across: float, along: float, x: float, y: float) -> Pixels:
    """A mark at eight times the size, shrunk by area as a look is."""
    large = np.full((3200, 1920), FILM, np.uint8)
    left, top = round(8 * x), round(8 * y)
    large[top : top + round(8 * along), left : left + round(8 * across)] = MARK
    return np.asarray(cv2.resize(large, (240, 400), interpolation=cv2.INTER_AREA), np.uint8)


@given(
    across=st.floats(8, 32),
    along=st.floats(8, 32),
    x=st.floats(1, 20),
    y=st.floats(60, 300),
    flipped=st.booleans(),
    dark=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_a_mark_is_found_with_its_size_to_half_a_pixel(
    across: float, along: float, x: float, y: float, *, flipped: bool, dark: bool
) -> None:
    look = softly_drawn(across, along, x, y)
    look = look[:, ::-1] if flipped else look
    look = 255 - look if dark else look
    (mark,) = find_marks(np.ascontiguousarray(look))
    assert mark.across == pytest.approx(across, abs=0.5)
    assert mark.along == pytest.approx(along, abs=0.5)
    assert mark.middle[1] == pytest.approx(y + along / 2, abs=0.5)
    assert (mark.contrast > 0) != dark
    assert (mark.box.x > 120) == flipped


def test_a_round_hole_is_no_mark() -> None:
    look = film()
    cv2.circle(look, (14, 200), 9, 250, -1, cv2.LINE_AA)
    assert find_marks(look) == ()


def test_a_scratch_along_the_film_is_no_mark() -> None:
    look = film()
    look[:, 12:15] = MARK
    assert find_marks(look) == ()


def test_a_mark_that_the_end_of_the_look_cuts_is_left_to_the_next() -> None:
    look = film()
    look[380:, 5:20] = MARK
    assert find_marks(look) == ()


def test_a_scratch_through_a_mark_leaves_it_one() -> None:
    look = film()
    look[200:220, 5:25] = MARK
    look[:, 14] = FILM
    (mark,) = find_marks(look)
    assert mark.across == pytest.approx(20, abs=1)


def test_lines_of_writing_are_no_marks() -> None:
    look = np.full((400, 240), 235, np.uint8)
    for line in range(40, 360, 8):
        look[line : line + 4, 20:40] = 40
        look[line : line + 4, 43:66] = 40
    assert find_marks(look) == ()


@given(cut=st.integers(130, 600), seed=st.integers(0, 99))
@settings(max_examples=8, deadline=None)
def test_marks_are_the_same_wherever_the_film_is_cut_into_blocks(cut: int, seed: int) -> None:
    rng = Random(seed)
    look = film(900)
    for top in range(100, 800, 110):
        high, left = rng.randint(10, 30), rng.randint(2, 20)
        look[top : top + high, left : left + 20] = MARK
    blocks = ((at, look[at : at + cut]) for at in range(0, len(look), cut))
    assert [mark.box for mark in marks_along(blocks)] == [mark.box for mark in find_marks(look)]


def test_a_round_hole_at_any_size_is_no_mark() -> None:
    look = film(1800)
    for radius in range(6, 20):
        cv2.circle(look, (24, 120 * (radius - 5)), radius, 250, -1, cv2.LINE_AA)
    assert find_marks(look) == ()


def test_a_mark_that_touches_its_frame_is_found() -> None:
    look = film()
    look[60:340, 40:200] = MARK
    look[180:200, 18:40] = MARK
    (mark,) = find_marks(look)
    assert mark.across == pytest.approx(22, abs=1)


WIDTH, PITCH, LENGTH = 1000, 1300, 1200
SIZES = {1: (80, 60), 2: (80, 100), 3: (80, 165)}


def mark(middle: float, level: int = 1, *, right: bool = False, grow: float = 1.0) -> Mark:
    across, along = (grow * side for side in SIZES[level])
    left = WIDTH - 20 - across if right else 20.0
    box = Box(round(left), round(middle - along / 2), round(across), round(along))
    return Mark(box, across, along, (left + across / 2, middle), 180.0, 1.0)


def frames_at(tops: Iterable[float], lane: int = 1, left: int = 150) -> tuple[FilmFrame, ...]:
    return tuple(FilmFrame(Box(left, round(top), 700, LENGTH), lane=lane) for top in tops)


def spaced(count: int, seed: int = 1) -> list[float]:
    """Tops of frames with gaps of many widths."""
    rng, top, tops = Random(seed), 400.0, []
    for _ in range(count):
        tops.append(top)
        top += PITCH + rng.randint(0, 300)
    return tops


def given_to(
    marks: Sequence[Mark],
    frames: Sequence[FilmFrame],
    layout: FilmLayout = FilmLayout.SIMPLEX,
    end: int = 10**6,
) -> Marking:
    return blips_of(marks, frames, (WIDTH, end), layout)


def levels_of(marking: Marking) -> list[int | None]:
    return [frame.blip.level if frame.blip else None for frame in marking.frames]


@given(
    levels=st.lists(st.sampled_from([1, 1, 1, 2, 3]), min_size=20, max_size=60),
    offset=st.integers(-2500, 2500),
    seed=st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_every_frame_gets_its_own_mark_at_whatever_distance(
    levels: list[int], offset: int, seed: int
) -> None:
    levels = [3, 2, 1, *levels]
    tops = [top + 4000 for top in spaced(len(levels), seed)]
    marks = [mark(top + 600 + offset, one) for top, one in zip(tops, levels, strict=True)]
    marking = given_to(marks, frames_at(tops))
    middles = [f.blip.box.y + f.blip.box.height / 2 for f in marking.frames if f.blip]
    assert middles == pytest.approx([top + 600 + offset for top in tops], abs=1)
    assert marking.confidence > 0.9
    # A size that one mark has, smaller than all others, may be wear of the next.
    if levels.count(1) > 1:
        assert levels_of(marking) == levels


def test_sizes_are_told_though_all_marks_shrink_along_the_roll() -> None:
    levels = [3, 2, 1, 1, 1, 1, 2, 1, 1, 1] * 8
    tops = spaced(len(levels))
    marks = [
        mark(top + 600, one, grow=1.12 - 0.003 * at)
        for at, (top, one) in enumerate(zip(tops, levels, strict=True))
    ]
    assert levels_of(given_to(marks, frames_at(tops))) == levels


@pytest.mark.parametrize("rare", [1, 2, 3])
def test_a_size_that_only_two_marks_have_is_one_when_they_are_whole_and_alike(rare: int) -> None:
    usual = {1: [2, 2, 3], 2: [1, 1, 3], 3: [1, 1, 2]}[rare]
    levels = usual * 13
    levels[14] = levels[31] = rare
    tops = spaced(len(levels))
    marks = [mark(top + 600, one) for top, one in zip(tops, levels, strict=True)]
    marking = given_to(marks, frames_at(tops))
    assert levels_of(marking) == levels
    assert marking.doubts == ()


def test_few_low_marks_that_differ_or_are_faded_are_wear_of_the_next_size() -> None:
    levels = [2, 2, 3] * 13
    tops = spaced(len(levels))
    for worn in (
        {14: mark(tops[14] + 600, 1, grow=1.1), 31: mark(tops[31] + 600, 1)},
        {at: replace(mark(tops[at] + 600, 1), contrast=80.0) for at in (14, 31)},
    ):
        marks = [mark(top + 600, one) for top, one in zip(tops, levels, strict=True)]
        for at, low in worn.items():
            marks[at] = low
        marking = given_to(marks, frames_at(tops))
        assert set(levels_of(marking)) == {1, 2}
        assert [doubt.after for doubt in marking.doubts] == [14, 31]


def test_a_frame_without_a_mark_and_a_mark_without_a_frame_are_doubts() -> None:
    tops = spaced(30)
    marks = [mark(top + 600) for at, top in enumerate(tops) if at != 12]
    bare = mark(tops[20] - 40)
    marking = given_to([*marks, bare], frames_at(tops))
    assert [(one.kind, one.after) for one in marking.doubts] == [
        ("unmarked", 12),
        ("bare mark", 20),
    ]
    assert marking.frames[12].blip is None
    assert len(marking.blips) == 30


def test_evenly_spaced_frames_get_their_marks_by_the_ends_of_the_roll() -> None:
    tops = [3000 + PITCH * at for at in range(40)]
    late = [mark(top + 600 + PITCH) for top in tops]
    marking = given_to(late, frames_at(tops))
    assert marking.doubts == ()
    assert 0.3 < marking.confidence < 0.9
    assert marking.frames[0].blip is not None
    assert marking.frames[0].blip.box.y > tops[1]


def test_a_mark_beyond_the_end_of_the_film_is_no_reason_to_shift_all_others() -> None:
    tops = [3000 + PITCH * at for at in range(40)]
    late = [mark(top + 600 + PITCH) for top in tops[:-1]]
    marking = given_to(late, frames_at(tops), end=tops[-1] + LENGTH + 100)
    assert marking.frames[0].blip is not None
    assert [doubt.after for doubt in marking.doubts] == [39]


def test_sprocket_holes_are_no_marks() -> None:
    tops = spaced(30)
    holes = [mark(at, 2, right=True) for at in range(100, int(tops[-1]) + 2000, 476)]
    marking = given_to(holes, frames_at(tops))
    assert marking.blips == marking.doubts == ()
    assert marking.confidence == 0.0
    beside = given_to([*holes, *(mark(top + 600) for top in tops)], frames_at(tops))
    assert {blip.channel for blip in beside.blips} == {"A"}
    assert len(beside.blips) == 30


def test_film_without_marks_has_none_and_no_doubts() -> None:
    rng = Random(4)
    loose = [mark(rng.uniform(0, 40000), rng.choice([1, 2, 3])) for _ in range(12)]
    marking = given_to(loose, frames_at(spaced(30)))
    assert marking.blips == marking.doubts == ()


def test_of_marks_on_both_edges_the_higher_level_is_that_of_the_frame() -> None:
    tops = spaced(30)
    small = [mark(top + 600) for top in tops]
    medium = [mark(top + 600, 2, right=True) for top in tops[::5]]
    marking = given_to([*small, *medium], frames_at(tops))
    assert levels_of(marking) == [2 if at % 5 == 0 else 1 for at in range(30)]
    assert {frame.blip.channel for frame in marking.frames if frame.blip} == {"A", "B"}
    assert len(marking.blips) == 36


def test_front_and_back_of_duplex_film_have_one_mark() -> None:
    tops = spaced(20)
    pairs = zip(frames_at(tops, 1, 150), frames_at(tops, 2, 520), strict=True)
    frames = [frame for pair in pairs for frame in pair]
    marking = given_to([mark(top + 600) for top in tops], frames, FilmLayout.DUPLEX)
    assert all(
        front.blip is back.blip is not None
        for front, back in zip(marking.frames[::2], marking.frames[1::2], strict=True)
    )
    assert marking.doubts == ()


def test_duo_film_has_the_marks_of_each_half_along_its_own_edge() -> None:
    tops = spaced(20)
    down, up = frames_at(tops, 1, 120), frames_at([top + 150 for top in tops[::-1]], 2, 520)
    left = [mark(top + 600) for top in tops]
    right = [mark(top + 150 + 600, right=True) for at, top in enumerate(tops) if at != 15]
    marking = given_to([*left, *right], [*down, *up], FilmLayout.DUO)
    channels = [frame.blip.channel if frame.blip else "" for frame in marking.frames]
    assert channels == ["A"] * 20 + ["B"] * 4 + [""] + ["B"] * 15
    assert [(doubt.kind, doubt.after) for doubt in marking.doubts] == [("unmarked", 24)]


def test_a_second_job_on_the_roll_may_have_its_marks_elsewhere() -> None:
    tops = spaced(40)
    marks = [mark(top + (600 if at < 25 else 250)) for at, top in enumerate(tops)]
    marking = given_to(marks, frames_at(tops))
    assert all(frame.blip for frame in marking.frames)
    assert marking.doubts == ()


def test_marks_that_came_twice_count_once() -> None:
    tops = spaced(20)
    marks = [mark(top + 600) for top in tops]
    marking = given_to([*marks, *marks[5:9]], frames_at(tops))
    assert len(marking.blips) == 20
    assert marking.doubts == ()


def test_what_a_mark_covers_of_a_page_is_not_taken_in_its_place() -> None:
    tops = spaced(30)
    marks = [mark(top + 600 + (8 if at % 6 == 4 else 0)) for at, top in enumerate(tops)]
    inside = [
        replace(
            mark(top + 600),
            box=Box(105, round(top) + 570, 30, 60),
            middle=(120.0, top + 600),
            across=30.0,
            contrast=-25.0,
        )
        for top in tops[4::6]
    ]
    marking = given_to([*marks, *inside], frames_at(tops))
    assert all(frame.blip for frame in marking.frames)
    assert marking.doubts == ()


def ribbon_with(tops: list[float], levels: list[int], left_out: int | None = None) -> Pixels:
    """Film with marks beside its frames, and letters of the maker on one of them."""
    pixels = np.full((int(tops[-1]) + 3000, WIDTH), FILM, np.uint8)
    for at, (top, level) in enumerate(zip(tops, levels, strict=True)):
        across, along = SIZES[level]
        first = round(top + 600 - along / 2)
        if at != left_out:
            pixels[first : first + along, 20 : 20 + across] = MARK
    return pixels


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_mark_that_print_touches_is_seen_where_its_place_and_size_are_known(level: int) -> None:
    levels = [1, 2, 3] * 8
    tops = spaced(len(levels))
    hidden = 8 + level
    levels[hidden] = level
    pixels = ribbon_with(tops, levels)
    line = round(tops[hidden] + 600)
    for down in (-150, -20, 110):
        pixels[line + down : line + down + 14, 70:130] = MARK
    marks = [mark(top + 600, one) for top, one in zip(tops, levels, strict=True)]
    del marks[hidden]
    size = WIDTH, len(pixels)
    marking = blips_of(marks, frames_at(tops), size, lines=lambda a, b: pixels[a:b])
    assert levels_of(marking) == levels
    assert [(one.kind, one.after) for one in marking.doubts] == [("jump", hidden)]


def test_print_where_a_mark_is_left_out_is_none() -> None:
    levels = [1, 2, 3] * 8
    tops = spaced(len(levels))
    pixels = ribbon_with(tops, levels, left_out=9)
    line = round(tops[9] + 600)
    for down in (-40, 0, 40):
        cv2.putText(pixels, "HB", (20, line + down), cv2.FONT_HERSHEY_SIMPLEX, 1.2, MARK, 6)
    marks = [mark(top + 600, one) for top, one in zip(tops, levels, strict=True)]
    del marks[9]
    size = WIDTH, len(pixels)
    marking = blips_of(marks, frames_at(tops), size, lines=lambda a, b: pixels[a:b])
    assert marking.frames[9].blip is None
    assert [(one.kind, one.after) for one in marking.doubts] == [("unmarked", 9)]


def test_what_is_clearer_than_film_along_the_other_edge_of_dark_marks_is_none() -> None:
    tops = spaced(30)
    dark = [replace(mark(top + 600), contrast=-170.0) for top in tops]
    clearer = [replace(mark(top + 600, 2, right=True), contrast=52.0) for top in tops]
    marking = given_to([*dark, *clearer], frames_at(tops))
    assert {blip.channel for blip in marking.blips} == {"A"}
    assert len(marking.blips) == 30
