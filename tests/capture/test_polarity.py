"""Polarity is told by what looks like writing, whatever the light, the bands and the mount."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from capture.model import Pixels, Polarity
from capture.polarity import judge_polarity, make_positive

DrawPage = Callable[..., Pixels]
BOTH = [Polarity.NEGATIVE, Polarity.POSITIVE]


def filmed(page: Pixels, polarity: Polarity, *, ink: float = 150.0, grain: float = 4.0) -> Pixels:
    """The page on film, its ink ``ink`` grey levels off its paper."""
    cover = (255.0 - page) / 255
    tones = 40 + ink * cover if polarity is Polarity.NEGATIVE else 215 - ink * cover
    noise = np.random.default_rng(3).normal(0, grain, page.shape)
    return np.clip(tones + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def page(draw_page: DrawPage) -> Pixels:
    return draw_page(width=1700, height=2200, size=34)


@pytest.mark.parametrize("polarity", BOTH)
def test_lamps_that_light_half_of_the_frame_do_not_turn_it(
    page: Pixels, polarity: Polarity
) -> None:
    lamp = np.linspace(0.35, 1.15, page.shape[1])[None, :]
    film = np.clip(filmed(page, polarity) * lamp, 0, 255).astype(np.uint8)
    assert judge_polarity(film, film=True)[0] is polarity


@pytest.mark.parametrize("polarity", BOTH)
def test_bands_across_the_film_do_not_turn_it(page: Pixels, polarity: Polarity) -> None:
    bands = 1 + 0.25 * np.sin(np.arange(page.shape[0]) / 40)[:, None]
    film = np.clip(filmed(page, polarity) * bands, 0, 255).astype(np.uint8)
    assert judge_polarity(film, film=True)[0] is polarity


@pytest.mark.parametrize("polarity", BOTH)
@pytest.mark.parametrize("mount", [5, 250])
def test_the_tone_of_the_mount_does_not_turn_it(
    page: Pixels, polarity: Polarity, mount: int
) -> None:
    film = cv2.copyMakeBorder(
        filmed(page, polarity), 180, 180, 150, 150, cv2.BORDER_CONSTANT, value=(mount,)
    )
    assert judge_polarity(film, film=True)[0] is polarity


@pytest.mark.parametrize("polarity", BOTH)
def test_pale_and_grainy_writing_tells(page: Pixels, polarity: Polarity) -> None:
    film = filmed(page, polarity, ink=60, grain=9)
    assert judge_polarity(film, film=True)[0] is polarity


@pytest.mark.parametrize("polarity", BOTH)
def test_a_blank_exposure_is_told_by_its_tone(polarity: Polarity) -> None:
    film = filmed(np.full((2200, 1700), 255, np.uint8), polarity)
    assert judge_polarity(film, film=True)[0] is polarity


def test_a_negative_is_inverted_and_a_positive_is_left(page: Pixels) -> None:
    negative, positive = (filmed(page, polarity) for polarity in BOTH)
    turned, polarity, step = make_positive(negative, film=True)
    assert (polarity, step.applied) == (Polarity.NEGATIVE, True)
    assert np.array_equal(turned, 255 - negative)
    assert make_positive(positive, film=True)[0] is positive
