"""What counts as writing, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from capture.blank import weigh_blank
from capture.deskew import level
from capture.enhance import prepare
from capture.model import Frame, FrameState, Pixels
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
DPI = 200
PAPER = (2200, 1700)


def grainy(page: Pixels, seed: int = 0) -> Pixels:
    """A page as a scanner gives it: paper a little grey, with grain."""
    grain = np.random.default_rng(seed).normal(0, 4, page.shape)
    return np.clip(page * 0.95 + grain, 0, 255).astype(np.uint8)


def empty() -> Pixels:
    return np.full(PAPER, 255, np.uint8)


def is_blank(page: Pixels) -> bool:
    return weigh_blank(page, DPI)[0]


@pytest.mark.parametrize("size", [22, 40])
@pytest.mark.parametrize("ink", [0, 150])
@pytest.mark.parametrize("line", ["page 3", "See reverse side.", "Samplewell", "7"])
def test_a_few_letters_are_writing(draw_page: DrawPage, line: str, ink: int, size: int) -> None:
    page = draw_page((line,), width=PAPER[1], height=PAPER[0], size=size, ink=ink)
    assert not is_blank(grainy(page))


@pytest.mark.parametrize("x", [300, 850, 1400])
def test_a_page_number_alone_is_writing(draw_page: DrawPage, x: int) -> None:
    page = empty()
    cv2.putText(page, "4", (x, 2080), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    assert not is_blank(grainy(page))


def test_a_signature_is_writing() -> None:
    page, x = empty(), np.arange(500, 1100)
    y = 1200 + 40 * np.sin(x / 25.0) + 20 * np.sin(x / 9.0)
    cv2.polylines(page, [np.stack([x, y], axis=1).astype(np.int32)], False, 60, 3, cv2.LINE_AA)
    assert not is_blank(grainy(page))


def test_a_photograph_is_no_blank_page() -> None:
    rows, columns = np.mgrid[: PAPER[0], : PAPER[1]]
    page = (127 + 100 * np.sin(rows / 300) * np.cos(columns / 260)).astype(np.uint8)
    assert not is_blank(page)


@pytest.mark.parametrize("paper", [255, 235, 180])
def test_empty_paper_is_blank(paper: int) -> None:
    assert is_blank(grainy(np.full(PAPER, paper, np.uint8)))


def test_punch_holes_and_staples_are_no_writing() -> None:
    page = empty()
    for y in (400, 1100, 1800):
        cv2.circle(page, (90, y), 26, 20, -1, cv2.LINE_AA)
    cv2.line(page, (80, 90), (165, 130), 40, 4, cv2.LINE_AA)
    assert is_blank(grainy(page))


def test_specks_are_no_writing() -> None:
    page = empty()
    for x, y in np.random.default_rng(4).integers(80, 1600, (60, 2)):
        cv2.circle(page, (int(x), int(y)), 1, 0, -1)
    assert is_blank(grainy(page))


def test_black_border_and_shadow_are_no_writing(make_frame: MakeFrame) -> None:
    page = cv2.copyMakeBorder(empty(), 60, 0, 45, 0, cv2.BORDER_CONSTANT, value=(5,))
    skewed = level(np.asarray(page), 0.7, bitonal=False)
    prepared = prepare(make_frame(grainy(skewed), dpi=(200.0, 200.0)), CaptureSettings())
    assert prepared.state is FrameState.BLANK
    assert prepared.reason


def test_what_shows_through_is_no_writing(draw_page: DrawPage) -> None:
    back = draw_page(width=PAPER[1], height=PAPER[0], size=34)[:, ::-1]
    seeping = cv2.GaussianBlur(np.ascontiguousarray(back), (0, 0), 2.5)
    page = 255 - (255 - seeping.astype(np.float32)) * 0.16
    assert is_blank(grainy(page.astype(np.uint8)))


@pytest.mark.parametrize("strength", [0.08, 0.15])
def test_very_pale_writing_is_not_blank(draw_page: DrawPage, strength: float) -> None:
    page = draw_page(width=PAPER[1], height=PAPER[0], size=34)
    assert not is_blank(grainy((235 - (235.0 - page) * strength).astype(np.uint8)))


@pytest.mark.parametrize("sigma", [4, 6])
def test_writing_out_of_focus_is_not_blank(draw_page: DrawPage, sigma: float) -> None:
    page = draw_page(width=PAPER[1], height=PAPER[0], size=34)
    assert not is_blank(grainy(np.asarray(cv2.GaussianBlur(page, (0, 0), sigma))))


def test_blank_exposure_on_film_is_blank(make_frame: MakeFrame) -> None:
    frame = make_frame(grainy(np.full(PAPER, 25, np.uint8)), film=True, dpi=(200.0, 200.0))
    assert prepare(frame, CaptureSettings()).state is FrameState.BLANK
