"""Addresses of frames as a reader counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import SettingsError, SourceError
from capture.film.address import Address, Counting, address_text, addressed, jumps, parse_address
from capture.model import Blip, Box, FilmFrame

SMALL, MEDIUM, LARGE = 1, 2, 3
PITCH = 300


def blip(at: int, level: int, channel: str = "A") -> Blip:
    return Blip(Box(5, at * PITCH + 100, 20, 12 * level), level, channel)


def film(*levels: int | None, channel: str = "A") -> tuple[FilmFrame, ...]:
    """Frames down a film, each with a mark of a level; None without."""
    return tuple(
        FilmFrame(Box(60, at * PITCH, 180, 280), blip=blip(at, level, channel) if level else None)
        for at, level in enumerate(levels)
    )


def addresses(frames: tuple[FilmFrame, ...], counting: Counting | None = None) -> list[Address]:
    return [frame.address for frame in addressed(frames, counting or Counting())]


def test_three_levels_count_as_kodak_has_it() -> None:
    frames = film(LARGE, MEDIUM, SMALL, SMALL, MEDIUM, SMALL, LARGE, SMALL)
    assert addresses(frames) == [
        (1, 0, 0),
        (1, 1, 0),
        (1, 1, 1),
        (1, 1, 2),
        (1, 2, 0),
        (1, 2, 1),
        (2, 0, 0),
        (2, 0, 1),
    ]


def test_one_level_is_a_running_number_from_where_the_counter_stood() -> None:
    assert addresses(film(SMALL, SMALL, SMALL)) == [(1,), (2,), (3,)]
    assert addresses(film(SMALL, SMALL), Counting(start=(999,))) == [(1000,), (1001,)]


def test_a_medium_mark_may_be_counted_as_the_first_small_one() -> None:
    frames = film(MEDIUM, SMALL, MEDIUM)
    assert addresses(frames, Counting(small_with_medium=True)) == [(1, 1), (1, 2), (2, 1)]


def test_a_large_mark_may_be_counted_as_the_first_medium_one() -> None:
    frames = film(LARGE, SMALL, MEDIUM)
    counting = Counting(medium_with_large=True)
    assert addresses(frames, counting) == [(1, 1, 0), (1, 1, 1), (1, 2, 0)]
    both = Counting(medium_with_large=True, small_with_medium=True)
    assert addresses(frames, both)[0] == (1, 1, 1)


def test_two_sizes_may_be_large_and_small() -> None:
    frames = film(MEDIUM, SMALL, MEDIUM)
    counting = Counting(levels=3, counted_as=(1, 3, 3))
    assert addresses(frames, counting) == [(1, 0, 0), (1, 0, 1), (2, 0, 0)]


def test_a_size_that_is_not_counted_leaves_the_counter() -> None:
    counting = Counting(levels=1, counted_as=(1, 0, 0))
    assert addresses(film(SMALL, MEDIUM, SMALL), counting) == [(1,), (1,), (2,)]


def test_a_frame_without_a_mark_has_the_address_before_it() -> None:
    assert addresses(film(MEDIUM, SMALL, None, SMALL)) == [(1, 0), (1, 1), (1, 1), (1, 2)]


def test_film_without_marks_has_no_addresses() -> None:
    assert addresses(film(None, None)) == [(), ()]


def test_a_mark_without_a_frame_is_counted_as_readers_do() -> None:
    frames = film(SMALL, SMALL, None, SMALL)
    lost = Blip(Box(5, 2 * PITCH - 60, 20, 12), SMALL, "A")
    blips = (*(frame.blip for frame in frames if frame.blip), lost)
    assert [frame.address for frame in addressed(frames, Counting(), blips)] == [
        (1,),
        (2,),
        (3,),
        (4,),
    ]
    alone = addressed(frames, Counting(count_bare=False), blips)
    assert [frame.address for frame in alone] == [(1,), (2,), (2,), (3,)]


def test_marks_on_both_edges_of_one_exposure_count_once() -> None:
    frames = film(SMALL, SMALL, SMALL)
    left = [frame.blip for frame in frames if frame.blip]
    right = [Blip(Box(215, mark.box.y, 20, 12), SMALL, "B") for mark in left]
    assert [frame.address for frame in addressed(frames, Counting(), (*left, *right))] == [
        (1,),
        (2,),
        (3,),
    ]


def test_front_and_back_of_one_exposure_have_one_address() -> None:
    front, back = film(SMALL)[0], film(SMALL)[0]
    assert addresses((front, back, film(None, SMALL)[1])) == [(1,), (1,), (2,)]


def test_marks_of_the_other_channel_are_not_counted_when_one_is_named() -> None:
    frames = (*film(SMALL, SMALL), film(None, None, SMALL, channel="B")[2])
    assert addresses(frames, Counting(channel="A")) == [(1,), (2,), (2,)]


def test_duo_film_counts_down_one_half_and_back_up_the_other() -> None:
    down = film(SMALL, SMALL)
    up = tuple(
        FilmFrame(Box(160, at * PITCH, 80, 280), lane=2, blip=blip(at, SMALL, "B")) for at in (1, 0)
    )
    bare = Blip(Box(215, PITCH + 20, 20, 12), SMALL, "B")
    found = addressed((*down, *up), Counting(), (bare,))
    assert [frame.address for frame in found] == [(1,), (2,), (3,), (5,)]


def test_a_counter_that_was_set_by_hand_goes_on_from_there_and_is_shown() -> None:
    counting = Counting(presets=((3, (7, 0)),))
    frames = addressed(film(MEDIUM, SMALL, SMALL, SMALL), counting)
    assert [frame.address for frame in frames] == [(1, 0), (1, 1), (7, 0), (7, 1)]
    (doubt,) = jumps(frames, counting)
    assert (doubt.kind, doubt.after) == ("jump", 2)
    assert "7.0" in doubt.reason


def test_a_roll_that_begins_in_a_batch_is_shown() -> None:
    (doubt,) = jumps(film(SMALL, MEDIUM, SMALL), Counting())
    assert (doubt.kind, doubt.after) == ("jump", 0)
    assert jumps(film(SMALL, MEDIUM, SMALL), Counting(start=(4, 17))) == ()


def test_a_size_left_out_once_that_comes_in_turn_everywhere_else_is_shown() -> None:
    levels = [LARGE, MEDIUM, SMALL] * 11 + [LARGE, SMALL] + [LARGE, MEDIUM, SMALL] * 4
    (doubt,) = jumps(film(*levels), Counting())
    assert (doubt.kind, doubt.after) == ("jump", 34)


def test_film_on_which_large_marks_are_always_followed_by_small_ones_has_no_jumps() -> None:
    assert jumps(film(*[LARGE, SMALL, MEDIUM, SMALL] * 12), Counting()) == ()


@given(st.lists(st.sampled_from([SMALL, MEDIUM, LARGE]), min_size=1, max_size=60))
def test_addresses_only_ever_grow(levels: list[int]) -> None:
    found = addresses(film(*levels), Counting(levels=3))
    assert found == sorted(set(found))


@given(
    st.from_regex(r"[0-9]{1,6}", fullmatch=True),
    st.lists(st.integers(0, 9999), min_size=1, max_size=3).map(tuple),
)
def test_an_address_reads_as_it_was_written(roll: str, address: Address) -> None:
    assert parse_address(address_text(roll, address), len(address)) == (roll, address)


@pytest.mark.parametrize(
    "text",
    ["0042.3.12.5", "0042 3 12 5", "0042-03-012-0005", " 0042 . 3 . 12 . 5 ", "0042/3/12/5"],
)
def test_dots_spaces_dashes_and_leading_zeros_do_not_matter(text: str) -> None:
    assert parse_address(text) == ("0042", (3, 12, 5))


@pytest.mark.parametrize(
    ("text", "levels", "expected"),
    [
        ("3.12.5", 0, ("", (3, 12, 5))),
        ("3.12", 0, ("", (3, 12))),
        ("1047", 0, ("", (1047,))),
        ("42.1047", 1, ("42", (1047,))),
        ("MR 42: 3.12", 2, ("MR 42", (3, 12))),
        ("MR42.3.12.5", 0, ("MR42", (3, 12, 5))),
        ("1967-42.3.12.5", 3, ("1967-42", (3, 12, 5))),
    ],
)
def test_an_address_may_name_its_roll_or_not(
    text: str, levels: int, expected: tuple[str, Address]
) -> None:
    assert parse_address(text, levels) == expected


@pytest.mark.parametrize(("text", "levels"), [("", 0), ("roll", 0), ("3.x", 2), ("12.5", 3)])
def test_what_is_no_address_is_refused_and_not_repeated(text: str, levels: int) -> None:
    with pytest.raises(SourceError) as refused:
        parse_address(text, levels)
    assert "0042.3.12.5" in str(refused.value)


def test_settings_that_no_film_has_are_refused() -> None:
    with pytest.raises(SettingsError):
        Counting(levels=4)
    with pytest.raises(SettingsError):
        Counting(channel="C")
