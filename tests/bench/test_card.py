"""A made card shows its frames where its truth says."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from bench.card import card
from bench.card_families import FAMILIES, HELD_OUT, SHADES, Family
from bench.fiche_frames import Cut, ink_in, scored
from bench.film_frames import pages_of
from capture.model import FilmFrame, FilmLayout, FilmSurvey, Pixels


@pytest.fixture(scope="module")
def pages() -> list[Pixels]:
    return pages_of(3, 8, 16)


def small(family: Family) -> Family:
    return replace(family, rows=min(3, family.rows), columns=min(5, family.columns))


@pytest.mark.parametrize("family", [*FAMILIES, *SHADES, *HELD_OUT], ids=lambda family: family.name)
def test_frames_and_their_ink_lie_on_the_card(family: Family, pages: list[Pixels]) -> None:
    one = card(pages, small(family), Random(2))
    height, width = one.pixels.shape
    assert one.shots
    for shot in one.shots:
        assert shot.box.x >= -1
        assert shot.box.y >= -1
        assert shot.box.right <= width + 1
        assert shot.box.bottom <= height + 1
        assert ink_in(shot, shot.box) > 0.99


def test_a_card_is_the_same_for_the_same_seed(pages: list[Pixels]) -> None:
    first, second = (card(pages, small(FAMILIES[0]), Random(4)) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)


def test_ink_of_a_negative_is_lighter_than_its_paper(pages: list[Pixels]) -> None:
    one = card(pages, replace(small(FAMILIES[0]), degrees=(0, 0), dust=0, scratches=0), Random(4))
    shot = max(one.shots, key=lambda shot: len(shot.ink))
    box = shot.box
    frame = one.pixels[box.y : box.bottom, box.x : box.right]
    x, y = shot.ink.astype(int).T
    assert one.pixels[y, x].mean() > np.median(frame) + 15


def survey_of(boxes: list[FilmFrame]) -> FilmSurvey:
    return FilmSurvey(1, 1, FilmLayout.SIMPLEX, tuple(boxes))


def test_truth_itself_scores_full(pages: list[Pixels]) -> None:
    one = card(pages, small(FAMILIES[0]), Random(6))
    assert one.title is not None
    frames = [FilmFrame(one.title.box, True), *(FilmFrame(shot.box) for shot in one.shots)]
    cut = scored(one, survey_of(frames))
    count = len(one.shots)
    assert (cut.recall, cut.precision, cut.clipped, cut.apart) == (1.0, 1.0, 0, count)
    assert (cut.titles_found, cut.ordered) == (1, 1)


def test_lost_and_turned_frames_are_counted(pages: list[Pixels]) -> None:
    one = card(pages, small(FAMILIES[0]), Random(6))
    count = len(one.shots)
    lost = scored(one, survey_of([FilmFrame(shot.box) for shot in one.shots[1:]]))
    assert (lost.hits, lost.clipped) == (count - 1, 1)
    turned = scored(one, survey_of([FilmFrame(shot.box) for shot in reversed(one.shots)]))
    assert (turned.hits, turned.ordered) == (count, 0)


def test_scores_of_cards_add_up() -> None:
    total = Cut(1, 10, 9, 8) + Cut(1, 10, 11, 10)
    assert (total.cards, total.recall, total.precision) == (2, 0.9, 0.9)
