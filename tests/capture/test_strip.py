"""The density of film: what is unexposed, and what stands out from it."""

from __future__ import annotations

import numpy as np
import pytest

from capture.film.readings import best_reading
from capture.film.strip import density_of
from capture.model import Box, Pixels

PAGE = (240, 320)


def film(gap: float, paper: float, *, along: float = 0.0, across: float = 0.0) -> Pixels:
    """Six plain pages on film 300 wide whose density drifts."""
    strip = np.full((6 * 360 + 40, 300), float(gap))
    for n in range(6):
        strip[40 + n * 360 : 40 + n * 360 + PAGE[1], 30 : 30 + PAGE[0]] = paper
    strip *= 1 + along * np.sin(np.linspace(0, 5, strip.shape[0]))[:, None]
    strip *= 1 - across * np.linspace(-1, 1, 300) ** 2
    strip += np.random.default_rng(7).normal(0, 1.5, strip.shape)
    return np.clip(strip, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("gap", "paper"), [(10, 24), (200, 40), (12, 220), (250, 225), (90, 105)])
def test_frames_stand_out_whatever_their_tone(gap: float, paper: float) -> None:
    exposed = best_reading(density_of(film(gap, paper)))
    assert exposed is not None
    assert len(exposed.solids) == 6
    assert exposed.quality > 0.9


def test_drift_is_followed() -> None:
    exposed = best_reading(density_of(film(190, 60, along=0.15, across=0.15)))
    assert exposed is not None
    assert len(exposed.solids) == 6


def test_solids_lie_where_the_pages_do() -> None:
    exposed = best_reading(density_of(film(10, 40)))
    assert exposed is not None
    scale = 300 / 240
    for n, solid in enumerate(exposed.solids):
        page = Box(30, 40 + n * 360, *PAGE)
        assert abs(solid.y * scale - page.y) < 4
        assert abs(solid.bottom * scale - page.bottom) < 4
        assert abs(solid.x * scale - page.x) < 4


def test_plain_film_has_no_frames() -> None:
    grain = np.random.default_rng(7).normal(40, 2, (3000, 300))
    exposed = best_reading(density_of(grain.astype(np.uint8)))
    assert exposed is None or exposed.quality < 0.5
