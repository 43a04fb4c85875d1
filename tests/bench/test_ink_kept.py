"""Ink is followed exactly through every step, and a loss is seen where it happens."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench import degrade
from bench.degrade import Scan
from bench.ink_kept import LOOKS, followed, frame_of, measured
from bench.ink_pages import InkPage, ink_page
from bench.watched import Stage, watched

MOST_LOST_OF_A_FAX = 1
"""A known fault: of some 2,400 marks, one dot of dot-matrix print beside another may be lost."""
SEEDS = Random("fast ink").sample(range(1000), 2)


@pytest.fixture(scope="module")
def page() -> InkPage:
    return ink_page(3)


@pytest.mark.parametrize(
    "look",
    [
        "coloured forms and pens, 200 dpi",
        "dark surround",
        "turned by quarters",
    ],
)
def test_no_component_of_ink_is_lost(look: str) -> None:
    kept = measured(look, SEEDS[0])
    assert kept.seen.total() > 2000
    assert kept.lost == ()


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_no_component_of_ink_is_lost_whatever_the_page_went_through(look: str) -> None:
    kept = measured(look, SEEDS[1])
    # What a copy or a fax lost is not seen, so fewer are followed there.
    assert kept.seen.total() > 1500
    assert len(kept.lost) <= (MOST_LOST_OF_A_FAX if look == "fax, fine" else 0)


def test_many_kinds_of_fragile_writing_are_drawn(page: InkPage) -> None:
    kinds = set(page.components.kinds)
    assert {"points and i-dots", "dashes", "faint pencil", "dotted leaders", "dot matrix"} <= kinds
    assert len(kinds) > 12
    assert len(page.components.kinds) > 2500


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_places_of_the_page_are_known_behind_every_step(page: InkPage, rotation: int) -> None:
    framed = np.pad(page.pixels, ((80, 50), (40, 90)), constant_values=20)
    scan = Scan(framed, ((1.0, 0.0, 40.0), (0.0, 1.0, 80.0)))
    scan = degrade.turn(degrade.skew(scan, 1.3, border=20), rotation)
    made, stages = watched(frame_of(scan), scan.matrix)
    assert {"crop_surround", "level"} <= {stage.step for stage in stages}
    parts, affine = page.components, np.array(stages[-1].matrix)
    x, y = np.floor(affine[:, :2] @ np.stack([parts.x, parts.y]) + affine[:, 2:]).astype(int)
    assert np.mean(made.pixels[y, x] < 200) > 0.97


def test_a_step_that_wipes_a_mark_away_is_named_with_it(page: InkPage) -> None:
    parts = page.components
    victim = parts.kinds.index("numbers at the edge")
    x, y = (side[parts.owner == victim].astype(int) for side in (parts.x, parts.y))
    wiped = page.pixels.copy()
    wiped[y.min() : y.max() + 1, x.min() : x.max() + 1] = 255
    stages = [
        Stage(step, pixels, degrade.IDENTITY)
        for step, pixels in (("found", page.pixels), ("keep", page.pixels), ("wipe", wiped))
    ]
    shown = 255.0 - page.pixels[parts.y.astype(int), parts.x.astype(int)]
    (loss,) = followed(page, shown, stages, "plain", 3).lost
    assert (loss.kind, loss.step) == ("numbers at the edge", "wipe")
    assert (loss.box.x, loss.box.y) == (x.min(), y.min())
