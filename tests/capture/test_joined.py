"""Strips of one roll: joined where their pixels prove it, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.model import Pixels
from capture.ribbon.joined import SEAM, JoinedRibbon, Joint, JointKind, joints
from capture.ribbon.ribbon import PixelRibbon

WIDTH = 600
PAGE = 620
"""Lines of a page."""


@cache
def page(seed: int, lines: int = 22, form: int | None = None) -> Pixels:
    """A page of words as light marks on dark paper; ``form`` prints the same words on each."""
    paper = np.full((PAGE, WIDTH - 60), 40, np.uint8)
    if form is not None:
        _write(paper, Random(f"form {form}"), range(30, PAGE - 30, 40))
    _write(paper, Random(f"page {seed}"), range(50, 50 + 24 * lines, 24))
    return paper


def _write(paper: Pixels, rng: Random, rows: Sequence[int]) -> None:
    for row in rows:
        left = 30
        while left < paper.shape[1] - 80:
            word = "".join(rng.choices("aehilmnorstuvw", k=rng.randint(2, 7)))
            cv2.putText(paper, word, (left, row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 190, 1)
            left += 14 * len(word)


def roll(seed: int, pages: int = 6, form: int | None = None, lines: int = 22) -> Pixels:
    """Pages on dark film, each a little aside of the one before."""
    rng = Random(seed)
    parts = []
    for number in rng.sample(range(20), pages):
        gap = np.full((rng.randint(30, 60), WIDTH), 8, np.uint8)
        film = np.full((PAGE, WIDTH), 8, np.uint8)
        left = rng.randint(10, 50)
        film[:, left : left + WIDTH - 60] = page(number, lines, form)
        parts += [gap, film]
    film = np.concatenate(parts)
    grain = np.random.default_rng(seed).normal(0, 3, film.shape)
    return np.clip(film + 10 + np.rint(grain), 0, 255).astype(np.uint8)


def scanned(film: Pixels, seed: int, gain: float = 1.0, offset: float = 0.0) -> PixelRibbon:
    """A scan of a strip with noise, gain and offset of its own."""
    noise = np.random.default_rng(seed).normal(0, 3, film.shape)
    tones = gain * film.astype(np.float64) + offset + noise
    return PixelRibbon(np.clip(np.rint(tones), 0, 255).astype(np.uint8))


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    cut=st.integers(1500, 3000),
    overlap=st.integers(250, 1400),
    shift=st.integers(-20, 20),
    gain=st.floats(0.8, 1.2),
)
def test_strips_are_joined_to_the_line_where_they_overlap(
    seed: int, cut: int, overlap: int, shift: int, gain: float
) -> None:
    film = roll(seed)
    moved = np.roll(film, -shift, axis=1)
    strips = [scanned(film[:cut], seed), scanned(moved[cut - overlap :], seed + 1, gain, 5)]
    (joint,) = joints(strips)
    assert (joint.kind, joint.overlap, joint.shift) == (JointKind.OVERLAP, overlap, shift)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), form=st.none() | st.integers(0, 9), cut=st.integers(900, 3500))
def test_strips_that_follow_each_other_are_not_laid_over_each_other(
    seed: int, form: int | None, cut: int
) -> None:
    film = roll(seed, form=form, lines=22 if form is None else 3)
    (joint,) = joints([scanned(film[:cut], seed), scanned(film[cut:], seed + 1)])
    assert joint.overlap == 0
    assert not joint.proven


@pytest.mark.parametrize("seed", range(4))
def test_a_form_filmed_again_and_again_does_not_hide_the_overlap(seed: int) -> None:
    film = roll(seed, form=1, lines=3)
    strips = [scanned(film[:3000], 1), scanned(film[2200:], 2, 0.9)]
    (joint,) = joints(strips)
    assert (joint.kind, joint.overlap) == (JointKind.OVERLAP, 800)


def test_ruled_lines_prove_nothing() -> None:
    ruled = np.full((4000, WIDTH), 40, np.uint8)
    ruled[::25, 20:-20] = 190
    strips = [scanned(ruled[:2000], 1), scanned(ruled[2000:], 2)]
    assert not joints(strips)[0].proven


@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_filmed_twice_is_no_overlap(seed: int) -> None:
    gap = np.full((40, WIDTH - 60), 8, np.uint8)
    once = np.concatenate([gap, page(1)])
    rng = np.random.default_rng(seed)
    dust = rng.integers(0, 255, (2, 12, 2))
    exposures = []
    for specks in dust:
        film = once.copy()
        for down, across in specks * 2:
            film[down : down + 4, across : across + 4] = 250
        exposures.append(film)
    (joint,) = joints([scanned(one, seed + n) for n, one in enumerate(exposures)])
    assert not joint.proven


def test_leaders_that_look_alike_prove_nothing() -> None:
    leader = np.full((4000, WIDTH), 12, np.uint8)
    film = roll(5)
    strips = [
        scanned(np.concatenate([film, leader]), 1),
        scanned(np.concatenate([leader, roll(6)]), 2),
    ]
    assert joints(strips) == (SEAM,)


def test_a_frame_that_runs_over_the_end_is_told() -> None:
    film = roll(9)
    cut = 45 + PAGE + 45 + PAGE // 2
    strips = [scanned(film[:cut], 1), scanned(film[cut:], 2)]
    (joint,) = joints(strips)
    assert joint.kind is JointKind.FRAME
    assert joint.overlap == 0


@settings(max_examples=60, deadline=None)
@given(data=st.data(), length=st.integers(50, 400), width=st.integers(1, 30))
def test_a_cut_ribbon_joined_again_has_the_same_lines(
    data: st.DataObject, length: int, width: int
) -> None:
    film = np.random.default_rng(length).integers(0, 255, (length, width)).astype(np.uint8)
    cuts = sorted(data.draw(st.sets(st.integers(10, length - 10), max_size=4)))
    ends = [0, *cuts, length]
    overlaps = [data.draw(st.integers(0, min(9, at))) for at in cuts]
    firsts = [0, *(at - overlap for at, overlap in zip(cuts, overlaps, strict=True))]
    strips = [_Standing(film[first:end]) for first, end in zip(firsts, ends[1:], strict=True)]
    told = [Joint(JointKind.OVERLAP, overlap) for overlap in overlaps]
    joined = JoinedRibbon(strips, told)
    assert (joined.length, joined.width) == film.shape
    assert (joined.lines(0, length) == film).all()
    start = data.draw(st.integers(0, length - 1))
    stop = data.draw(st.integers(start + 1, length))
    assert (joined.lines(start, stop) == film[start:stop]).all()
    strip, first, last = joined.part_of(start, stop)
    top = joined.starts[strip]
    assert (strips[strip].lines(first, last) == film[top + first : top + last]).all()


class _Standing(PixelRibbon):
    """A ribbon that runs down however short it is."""

    def __init__(self, pixels: Pixels) -> None:
        super().__init__(np.zeros((pixels.shape[1] + 1, pixels.shape[1]), np.uint8))
        self._lines = pixels


def test_a_strip_that_lies_beside_the_one_before_keeps_its_columns() -> None:
    film = roll(3)
    strips = [PixelRibbon(film[:1500]), PixelRibbon(film[1500:, 10:])]
    joined = JoinedRibbon(strips, [Joint(JointKind.OVERLAP, 0, 10)])
    assert joined.width == WIDTH
    assert joined.lefts == (0, 10)
    assert (joined.lines(1400, 1600)[:, 10:] == film[1400:1600, 10:]).all()
