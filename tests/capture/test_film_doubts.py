"""Doubts about the count of frames."""

from __future__ import annotations

from collections.abc import Sequence

from capture.film.doubts import doubts_about
from capture.model import Box, FilmFrame

WIDTH, LENGTH = 110, 10_000


def film(tops: Sequence[int], height: int = 130, lane: int = 1) -> list[FilmFrame]:
    return [FilmFrame(Box(5, top, 100, height), lane=lane) for top in tops]


def kinds(frames: Sequence[FilmFrame], length: int = LENGTH) -> list[tuple[str, int]]:
    return [(doubt.kind, doubt.after) for doubt in doubts_about(frames, WIDTH, length)]


def test_even_film_raises_no_doubt() -> None:
    assert kinds(film(range(100, 5000, 140))) == []


def test_bare_film_as_long_as_a_frame_is_a_hole() -> None:
    frames = film([100, 240, 380, 660, 800])
    (hole,) = doubts_about(frames, WIDTH, LENGTH)
    assert (hole.kind, hole.after) == ("hole", 3)
    assert (hole.box.y, hole.box.bottom) == (510, 660)


def test_wide_gaps_are_no_holes_where_all_are_wide() -> None:
    assert kinds(film(range(100, 5000, 250))) == []


def test_frame_twice_as_long_as_its_neighbours_is_doubted() -> None:
    frames = film([100, 240, 380])
    frames += film([520], height=270) + film([800, 940, 1080])
    assert kinds(frames) == [("double", 3)]


def test_portrait_pages_among_landscape_ones_are_not_doubted() -> None:
    frames: list[FilmFrame] = []
    for at, top in enumerate(range(100, 5000, 140)):
        frames += film([top], height=130 if at % 4 == 0 else 75)
    assert kinds(frames) == []


def test_frame_at_either_end_of_the_scan_may_be_cut_off() -> None:
    frames = film([0, 140, 280])
    assert kinds(frames, length=410) == [("cut off", 0), ("cut off", 2)]


def test_splice_is_shown_after_the_frame_before_it() -> None:
    (doubt,) = doubts_about(film([100, 240, 380]), WIDTH, LENGTH, [Box(0, 371, WIDTH, 4)])
    assert (doubt.kind, doubt.after) == ("splice", 2)


def test_damaged_scan_is_doubted_at_its_end() -> None:
    doubts = doubts_about(film([100, 240]), WIDTH, LENGTH, damage="strip 7 is cut short")
    assert [(doubt.kind, doubt.after) for doubt in doubts] == [("cut off", 2)]
    assert "strip 7 is cut short" in doubts[0].reason


def test_lanes_are_doubted_each_by_its_own_frames() -> None:
    left = film([100, 240, 380, 520, 660])
    right = [FilmFrame(Box(120, top, 100, 130), lane=2) for top in (660, 520, 380, 100)]
    assert [kind for kind, _ in kinds([*left, *right])] == ["hole"]
