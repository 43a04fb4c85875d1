"""A square code is read although a line was drawn through it."""

from __future__ import annotations

import numpy as np
import pytest

from bench.capture_speed import frame_of
from bench.degrade import Scan, bitonal, resample, turn
from bench.write import payload, separator
from capture.barcode import read_barcodes
from capture.code_again import UNREAD
from capture.enhance import prepare
from capture.mended_code import read_mended
from capture.model import Box, FrameState, PageImage
from capture.settings import CaptureSettings

TEXT = payload(code="11504-8")


def crossed(rows: slice, tone: int, rotation: int) -> PageImage:
    scan = bitonal(resample(Scan(separator(TEXT, "QR Code")), 204, 204))
    pixels = scan.pixels.copy()
    pixels[rows] = tone
    lying = turn(Scan(pixels, dpi=scan.dpi, bitonal=True), rotation)
    return prepare(frame_of(lying, colour=False), CaptureSettings())


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("tone", [0, 255])
@pytest.mark.parametrize("at", [655, 665, 715])
def test_a_line_through_its_corners_is_closed(at: int, tone: int, rotation: int) -> None:
    page = crossed(slice(at, at + 2), tone, rotation)
    assert page.state is FrameState.SEPARATOR
    assert [code.text for code in page.barcodes] == [TEXT]


def test_what_cannot_be_mended_is_said_to_be_unread() -> None:
    page = crossed(slice(650, 690), 255, 0)
    assert page.barcodes == ()
    assert [step.applied for step in page.steps if step.name == UNREAD] == [False]


def test_the_box_is_that_of_the_place() -> None:
    pixels = separator(TEXT, "QR Code")
    (whole,) = read_barcodes(pixels)
    box = Box(whole.box.x - 20, whole.box.y - 20, whole.box.width + 40, whole.box.height + 40)
    (code,) = read_mended(pixels, box)
    assert (code.text, code.box) == (TEXT, box)


def test_noise_is_no_code() -> None:
    noise = np.random.default_rng(3).integers(0, 2, (300, 300), dtype=np.uint8) * 255
    assert read_mended(noise.astype(np.uint8), Box(0, 0, 300, 300)) == ()
