"""Real scans: nothing breaks, and angles come out as they were measured by others."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture.enhance import prepare
from capture.intake import open_source
from capture.model import Digest, FrameState, PageImage
from capture.settings import CaptureSettings

DIGEST = Digest("0" * 64)
SETTINGS = CaptureSettings()


def pages_of(path: Path) -> list[PageImage]:
    with open_source(path, DIGEST) as source:
        numbers = range(1, source.frame_count + 1)
        return [prepare(source.frame(number), SETTINGS) for number in numbers]


def test_no_scan_breaks_or_seems_blank(shared_data: Path) -> None:
    paths = [*(shared_data / "scans_no_truth").iterdir(), *(shared_data / "ocr").glob("*.tif")]
    pages = [page for path in paths for page in pages_of(path)]
    assert len(pages) >= 20
    assert {page.state for page in pages} == {FrameState.PAGE}


@pytest.mark.slow
def test_large_film_frames_are_taken(shared_data: Path) -> None:
    for path in (shared_data / "microfilm").glob("*.jpg"):
        (page,) = pages_of(path)
        assert page.state is FrameState.PAGE
        assert abs(page.skew) < 1


def test_quarter_turns_of_a_scan_are_found(shared_data: Path) -> None:
    pages = pages_of(shared_data / "skew" / "ocrmypdf_cardinal.pdf")
    assert sorted(page.rotation for page in pages) == [0, 90, 180, 270]
    assert all(page.rotation_confidence > 0.5 for page in pages)


@pytest.mark.parametrize(
    ("name", "degrees"), [("ocrmypdf_skew.pdf", 1.865), ("ocrmypdf_rotated_skew.pdf", -2.79)]
)
def test_skew_of_a_scan_is_found(shared_data: Path, name: str, degrees: float) -> None:
    (page,) = pages_of(shared_data / "skew" / name)
    assert page.skew == pytest.approx(degrees, abs=0.2)
    assert page.bitonal


def test_scanned_pdf_is_taken_at_the_resolution_of_its_image(shared_data: Path) -> None:
    with open_source(shared_data / "skew" / "ocrmypdf_cardinal.pdf", DIGEST) as source:
        frame = source.frame(1)
    assert frame.pixels.shape == (3300, 2550)
    assert frame.dpi == (300.0, 300.0)
    assert not frame.born_digital
