"""Codes that no reader sees at once are read from the mean of their bars, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from bench.capture_speed import frame_of
from bench.degrade import Scan, faded, fax, paper, resample, skew
from bench.write import payload, separator
from capture.barcode import read_barcodes
from capture.code_places import CodePlace, bar_places, square_places
from capture.enhance import prepare
from capture.model import Barcode, Box, FrameState, Pixels
from capture.settings import CaptureSettings
from capture.worn_code import bars_at, read_bars

DrawPage = Callable[..., Pixels]
TEXT = payload(mrn="0071234", code="18842-5")


def read_worn(pixels: Pixels, place: CodePlace) -> list[Barcode]:
    bands = bars_at(pixels, place)
    code = read_bars(bands, place.box) if bands is not None else None
    return [code] if code else []


def sheet(symbology: str = "Code 39") -> Scan:
    return Scan(separator(TEXT, symbology))


@pytest.mark.parametrize("degrees", [-5.4, -3.3, 0.4, 1.8, 5.2])
def test_a_slanted_code_from_a_fax_is_read_from_its_mean(degrees: float) -> None:
    faxed = fax(skew(sheet(), degrees), Random(5), fine=True)
    page = prepare(frame_of(faxed, colour=False), CaptureSettings())
    assert [code.text for code in page.barcodes] == [TEXT]
    assert page.state is FrameState.SEPARATOR


def test_the_first_look_alone_does_not_read_it() -> None:
    faxed = fax(skew(sheet(), -5.4), Random(5), fine=True)
    frame = frame_of(faxed, colour=False)
    page = prepare(frame, CaptureSettings(barcodes=False))
    assert read_barcodes(page.pixels, bitonal=True) == ()


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_fine_bars_of_a_faint_scan_are_read_however_they_lie(quarter: int) -> None:
    rng = Random(7)
    faint = paper(faded(resample(sheet(), 150, 150), rng), rng).pixels
    lying = np.ascontiguousarray(np.rot90(faint, quarter))
    (place,) = [place for place in bar_places(lying) if place.box.area > 50_000]
    assert place.kind == ("upright" if quarter % 2 else "level")
    (code,) = read_worn(lying, place)
    assert (code.text, code.box) == (TEXT, place.box)


def test_text_and_tables_are_read_as_nothing(draw_page: DrawPage) -> None:
    ruled = draw_page()
    ruled[200:1500, 100:1100:9] = 0
    for page in (draw_page(), ruled):
        assert [code for place in bar_places(page) for code in read_worn(page, place)] == []


def test_two_codes_in_one_place_that_disagree_tell_nothing() -> None:
    one, other = (
        separator(payload(mrn=mrn), "Code 128")[900:1280] for mrn in ("0071234", "0071235")
    )
    both = np.full((1000, 2550), 255, np.uint8)
    both[200:390], both[390:580] = one[:190], other[:190]
    place = CodePlace(Box(200, 200, 2150, 380), "level")
    assert read_worn(both, place) == []


def test_a_square_code_is_seen_as_one() -> None:
    found = square_places(sheet("QR Code").pixels)
    assert any(900 <= place.box.x <= 1500 and 850 <= place.box.y <= 1400 for place in found)


@pytest.mark.parametrize("shape", [(1, 1), (16, 5000), (5000, 16), (120, 120), (207, 301)])
@pytest.mark.parametrize("tone", [0, 255])
def test_pages_of_any_shape_are_taken(shape: tuple[int, int], tone: int) -> None:
    even = np.full(shape, tone, np.uint8)
    assert bar_places(even) == square_places(even) == []


def test_bars_of_others_are_read_once() -> None:
    scan = resample(Scan(separator("07-22-48 SPECIMEN", "Code 128")), 200, 200)
    page = prepare(frame_of(scan, colour=False), CaptureSettings())
    assert [code.text for code in page.barcodes] == ["07-22-48 SPECIMEN"]
    assert page.state is FrameState.PAGE
