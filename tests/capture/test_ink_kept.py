"""No step may lose writing: at the edge of the page, beside it, faint, or on dirty film."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from capture.crop import crop_surround
from capture.deskew import level
from capture.despeckle import despeckle, destripe
from capture.enhance import prepare
from capture.light import flatten
from capture.model import Frame, PageImage, Pixels
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
SETTINGS = CaptureSettings(barcodes=False)
DARK = 15
PENCIL = 190
PLACES = ["top left", "top right", "bottom left", "bottom right"]


def written(page: Pixels, text: str, x: int, y: int, ink: int, *, scale: float = 0.9) -> Pixels:
    """The page with one more line by hand; its foot stands at ``y``."""
    font = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
    drawn = page.copy()
    cv2.putText(drawn, text, (x, y), font, scale, (ink,), 2, cv2.LINE_AA)
    return np.minimum(page, drawn)


def corner(page: Pixels, place: str, inset: int) -> tuple[int, int]:
    height, width = page.shape
    y = inset + 30 if "top" in place else height - inset - 10
    return (inset if "left" in place else width - inset - 50), y


def mark(pixels: Pixels, faint: int) -> int:
    """How many pixels are darker than the paper by at least ``faint``."""
    return int(np.count_nonzero(pixels < np.percentile(pixels, 90) - faint))


def applied(page: PageImage) -> set[str]:
    return {step.name for step in page.steps if step.applied}


@pytest.mark.parametrize("ink", [20, 150, PENCIL])
@pytest.mark.parametrize("inset", [6, 30])
@pytest.mark.parametrize("place", PLACES)
def test_page_number_at_the_edge_stays_as_it_is(
    draw_page: DrawPage, make_frame: MakeFrame, place: str, inset: int, ink: int
) -> None:
    page = draw_page()
    numbered = written(page, "17", *corner(page, place, inset), ink)
    assert mark(numbered, 30) > mark(page, 30) + 100
    assert np.array_equal(prepare(make_frame(numbered), SETTINGS).pixels, numbered)


@pytest.mark.parametrize("ink", [20, PENCIL])
@pytest.mark.parametrize("place", PLACES)
def test_crop_keeps_what_is_written_close_to_a_dark_border(
    draw_page: DrawPage, ink: int, place: str
) -> None:
    page = draw_page()
    noted = written(page, "17", *corner(page, place, 20), ink)
    cropped = [
        crop_surround(cv2.copyMakeBorder(one, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(DARK,)))
        for one in (page, noted)
    ]
    assert all(step.applied for _, step in cropped)
    kept = mark(cropped[1][0], 30) - mark(cropped[0][0], 30)
    assert kept >= 0.97 * (mark(noted, 30) - mark(page, 30))


def test_crop_keeps_a_slip_of_paper_beside_the_page(draw_page: DrawPage) -> None:
    platen = np.full((1800, 1900), DARK, np.uint8)
    platen[60:1710, 60:1335] = draw_page()
    slip = draw_page(("Telephone Dr Mockridge", "before noon"), width=400, height=160)
    platen[500:660, 1400:1800] = slip
    cropped, step = crop_surround(platen)
    assert step.applied
    assert mark(cropped, 100) >= 0.99 * (mark(draw_page(), 100) + mark(slip, 100))


def test_crop_lets_an_empty_glint_beside_the_page_go(draw_page: DrawPage) -> None:
    platen = np.full((1800, 1900), DARK, np.uint8)
    platen[60:1710, 60:1335] = draw_page()
    platen[500:560, 1700:1800] = 240
    cropped, step = crop_surround(platen)
    assert step.applied
    assert cropped.shape[1] < 1300


@pytest.mark.parametrize("degrees", [-3.0, 2.0])
def test_turning_level_keeps_the_writing_in_the_corners(
    draw_page: DrawPage, make_frame: MakeFrame, degrees: float
) -> None:
    page = draw_page()
    for place in PLACES:
        page = written(page, "17", *corner(page, place, 6), 20)
    prepared = prepare(make_frame(level(page, degrees, bitonal=False)), SETTINGS)
    assert "deskew" in applied(prepared)
    darkness = [float((255 - pixels.astype(np.int64)).sum()) for pixels in (prepared.pixels, page)]
    assert darkness[0] == pytest.approx(darkness[1], rel=0.02)


@pytest.mark.parametrize("lamp", [(0.5, 1.0), (1.0, 0.6)])
def test_evening_the_light_keeps_pencil_apart_from_paper(
    draw_page: DrawPage, lamp: tuple[float, float]
) -> None:
    page = np.minimum(draw_page(), 245)
    noted = written(page, "seen, no change", 200, 1560, PENCIL)
    light = np.linspace(*lamp, page.shape[1])[None, :]
    (plain, _), (evened, step) = (flatten((one * light).astype(np.uint8)) for one in (page, noted))
    assert step.applied
    pencil = noted < page - 20
    depth = plain[pencil].astype(int) - evened[pencil]
    assert np.median(depth) >= 0.9 * np.median(page[pencil].astype(int) - noted[pencil])


def test_faint_stroke_broken_into_specks_is_no_dust(draw_page: DrawPage) -> None:
    page = draw_page(width=1700, height=2200, size=34)
    noted = page.copy()
    for x in range(300, 900, 7):
        y = 2000 + round(20 * np.sin(x / 40))
        noted[y : y + 2, x : x + 2] = 60
    cleaned, _ = despeckle(noted)
    ends = 2 * 4
    assert mark(cleaned, 100) >= mark(noted, 100) - ends


def test_only_the_column_of_a_scratch_is_mended(draw_page: DrawPage) -> None:
    page = draw_page()
    scratched = page.copy()
    scratched[:, 400] = np.minimum(scratched[:, 400], 60)
    mended, step = destripe(scratched)
    assert step.applied
    assert np.array_equal(np.delete(mended, 400, axis=1), np.delete(page, 400, axis=1))
    assert mark(mended, 100) >= 0.998 * mark(page, 100)
