"""Every page of the sample scans, against what is true of it; film has tests of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capture.enhance import prepare
from capture.intake import Source, open_source
from capture.model import Digest, FrameState, PageImage
from capture.settings import CaptureSettings

SAMPLES = Path(__file__).parents[2] / "sample_scans"
SETTINGS = CaptureSettings()
FILES = sorted(
    path.name.removesuffix(".truth.json")
    for path in (SAMPLES / "truth").glob("*.truth.json")
    if not path.name.startswith("film")
)
SURE = 0.5


@cache
def pages_of(name: str) -> list[tuple[PageImage, dict[str, Any]]]:
    truth = json.loads((SAMPLES / "truth" / f"{name}.truth.json").read_text(encoding="utf-8"))
    with open_source(SAMPLES / name, Digest("0" * 64), settings=SETTINGS) as source:
        assert source.frame_count == len(truth["frames"])
        return [(_found(source, told["frame"]), told) for told in truth["frames"]]


def _found(source: Source, number: int) -> PageImage:
    # The pixels are let go: what was found is kept for all tests, and these are many pages.
    page = prepare(source.frame(number), SETTINGS)
    return replace(page, pixels=np.zeros((1, 1), np.uint8))


@pytest.mark.parametrize("name", FILES)
def test_sample_pages_are_what_they_are_and_lie_as_they_lie(name: str) -> None:
    for page, told in pages_of(name):
        assert page.state == told["state"]
        assert page.polarity == told["polarity"]
        assert page.rotation == told["rotation"]
        assert [code.text for code in page.barcodes] == [code["text"] for code in told["barcodes"]]


@pytest.mark.parametrize("name", FILES)
def test_skew_of_sample_pages_is_found_closely(name: str) -> None:
    for page, told in pages_of(name):
        if page.state is FrameState.PAGE and page.skew_confidence >= SETTINGS.deskew_confidence:
            assert page.skew == pytest.approx(told["skew"], abs=0.3)


def test_nearly_every_sample_page_tells_which_way_up_it_lies() -> None:
    pages = [page for name in FILES for page, _ in pages_of(name)]
    written = [page for page in pages if page.state is FrameState.PAGE]
    sure = [page for page in written if page.rotation_confidence >= SURE]
    assert len(sure) >= 0.9 * len(written)
