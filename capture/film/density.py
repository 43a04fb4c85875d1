"""What a frame of film says of its filming: resolution where there is a chart, density, focus.

Density is told as grey levels of the scan. True optical density needs a scanner that was
calibrated with a step tablet of known densities; nothing here pretends to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.ink import LOOK_LENGTH
from capture.model import PageImage, Pixels
from capture.quality import appearance, sight_of
from capture.scale import grey

from .target import patterns_of

_FEWEST = 2
"""Patterns of one size that must be resolved: one alone may be a lucky row of dust."""
_ALIKE = 1.08
_MM_PER_INCH = 25.4
_CENTRE = 0.15


@dataclass(frozen=True, slots=True)
class FilmQuality:
    """How well a frame was filmed and scanned; None for what it does not show."""

    background: int
    """Grey level of its background as it was scanned, 0 to 255: no calibrated density."""
    contrast: int
    """Grey levels between background and ink."""
    focus: float | None
    """Pixels over which the edge of a letter rises; 1.0 is a knife's edge."""
    pixels_a_pair: float | None = None
    """Pixels of the finest line pair that is still seen as lines; None without a chart."""
    pairs_on_page: float | None = None
    """Line pairs to the millimetre of the page; None when its resolution is not known."""
    pairs_on_film: float | None = None
    """The same on the film, which is what a filming standard asks for."""


def film_quality(
    found: Pixels, page: PageImage, *, page_dpi: float | None = None, reduction: float | None = None
) -> FilmQuality:
    """Return what a frame shows of its quality.

    ``found`` is the frame as cut from its film, ``page`` the same prepared. ``page_dpi`` is its
    true resolution and ``reduction`` that of the roll (`capture.film.reduction`), None when
    unknown: then lines are told in pixels only.
    """
    background, contrast = _tones(found)
    finest = finest_pattern(page.pixels)
    looks = appearance(sight_of(page))
    if finest is None:
        return FilmQuality(background, contrast, looks.edge_width)
    on_page = page_dpi / _MM_PER_INCH / finest if page_dpi else None
    on_film = on_page * reduction if on_page and reduction else None
    return FilmQuality(
        background,
        contrast,
        looks.edge_width,
        round(finest, 2),
        None if on_page is None else round(on_page, 2),
        None if on_film is None else round(on_film, 1),
    )


def finest_pattern(pixels: Pixels) -> float | None:
    """Return pixels a line pair of the finest pattern of a chart that is resolved; None without.

    All bars of a pattern must stand apart, and a second pattern as fine must as well.
    """
    found = patterns_of(pixels, max(LOOK_LENGTH, *pixels.shape[:2]))
    pitches = sorted(pattern.pitch for pattern in found if pattern.square)
    for at, pitch in enumerate(pitches):
        if len([other for other in pitches[at:] if other <= _ALIKE * pitch]) >= _FEWEST:
            return pitch
    return None


def _tones(found: Pixels) -> tuple[int, int]:
    """Return the tone of the background of a frame's middle, and how far ink is from it."""
    tones = grey(found)
    top, left = (int(side * _CENTRE) for side in tones.shape)
    middle = tones[top : tones.shape[0] - top, left : tones.shape[1] - left]
    low, usual, high = (int(tone) for tone in np.percentile(middle, (0.5, 50, 99.5)))
    return usual, max(usual - low, high - usual)
