"""Barcodes and separator sheets."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from capture.barcode import is_separator, read_barcodes, separator_fields, with_check
from capture.deskew import level
from capture.enhance import prepare, turned
from capture.model import Barcode, Box, Frame, FrameState, Pixels
from capture.settings import CaptureSettings

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]
SHEET = "CHARTROOM|batch=B-17|type=18842-5|mrn=00412345"


def symbol(text: str, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode) -> Pixels:
    code = zxingcpp.create_barcode(text, kind)
    return np.array(code.to_image(scale=4), dtype=np.uint8).squeeze()


def sheet_with(page: Pixels, mark: Pixels, x: int, y: int) -> Pixels:
    sheet = page.copy()
    sheet[y : y + mark.shape[0], x : x + mark.shape[1]] = mark
    return sheet


def code(text: str) -> Barcode:
    return Barcode("QRCode", text, Box(0, 0, 1, 1))


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_separator_sheet_is_known_however_it_lies(
    draw_page: DrawPage, make_frame: MakeFrame, quarter: int
) -> None:
    sheet = sheet_with(draw_page(("SEPARATOR SHEET",)), symbol(SHEET), 500, 800)
    page = prepare(make_frame(np.ascontiguousarray(np.rot90(sheet, quarter))), CaptureSettings())
    assert page.state is FrameState.SEPARATOR
    assert separator_fields(page.barcodes) == {
        "batch": "B-17", "type": "18842-5", "mrn": "00412345"
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind", [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode], ids=str
)
def test_box_holds_the_symbol(draw_page: DrawPage, kind: zxingcpp.BarcodeFormat) -> None:
    mark = symbol("CHARTROOM|type=X", kind)
    (read,) = read_barcodes(sheet_with(draw_page(()), mark, 300, 900))
    assert 290 <= read.box.x <= 360
    assert 890 <= read.box.y <= 900 + mark.shape[0]
    assert read.box.right <= 310 + mark.shape[1]


def test_box_turns_with_the_page(draw_page: DrawPage, make_frame: MakeFrame) -> None:
    sheet = sheet_with(draw_page(), symbol("CHARTROOM"), 700, 1300)
    page = turned(prepare(make_frame(sheet), CaptureSettings()), 90)
    (moved,), (read,) = page.barcodes, read_barcodes(page.pixels)
    assert abs(moved.box.x - read.box.x) < 4
    assert abs(moved.box.y - read.box.y) < 4


@pytest.mark.parametrize("foreign", ["00412345", "CHARTROOMS|mrn=1", "X|CHARTROOM", ""])
def test_foreign_barcode_starts_nothing(foreign: str) -> None:
    assert not is_separator([code(foreign)])
    assert separator_fields([code(foreign)]) == {}


def test_codes_that_contradict_each_other_tell_nothing() -> None:
    below = Box(0, 500, 1, 1)
    codes = [code("CHARTROOM|mrn=1|type=A"), Barcode("QRCode", "CHARTROOM|mrn=2|type=A", below)]
    assert is_separator(codes)
    assert separator_fields(codes) == {"type": "A"}


def test_unknown_keys_and_empty_values_are_left_out() -> None:
    assert separator_fields([code("CHARTROOM|MRN=7|colour=red|type=|batch")]) == {"mrn": "7"}


def test_printed_codes_of_others_are_read(shared_data: Path) -> None:
    folder = shared_data / "barcodes"
    paths = [*folder.glob("zxing_code128*.png"), *folder.glob("zxing_code39*.png")]
    read = [bool(read_barcodes(np.array(Image.open(path).convert("L")))) for path in paths]
    assert sum(read) >= 0.75 * len(paths)


@pytest.mark.parametrize("bitonal", [False, True])
@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("degrees", [0.0, 4.0, -11.0, 90.0])
@pytest.mark.parametrize(
    "kind", [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode], ids=str
)
def test_codes_of_every_size_are_read_at_a_slant(
    draw_page: DrawPage,
    kind: zxingcpp.BarcodeFormat,
    degrees: float,
    scale: int,
    bitonal: bool,
) -> None:
    mark = np.array(zxingcpp.create_barcode("mrn=7", kind).to_image(scale=scale)).squeeze()
    if kind is zxingcpp.BarcodeFormat.Code128:
        mark = np.repeat(mark[:1], 160, axis=0)
    sheet = sheet_with(
        draw_page(width=1700, height=2200), np.full((1200, 1200), 255, np.uint8), 250, 700
    )
    slanted = level(np.pad(mark, 30, constant_values=255), degrees, bitonal=bitonal)
    sheet = sheet_with(sheet, slanted, 300, 750)
    assert [code.text for code in read_barcodes(sheet, bitonal=bitonal)] == ["mrn=7"]


def test_separator_in_a_negative_nobody_knew_of_is_read(draw_page: DrawPage) -> None:
    sheet = sheet_with(draw_page(()), symbol(SHEET), 500, 800)
    assert is_separator(read_barcodes(255 - sheet))


PAYLOADS = st.from_regex(r"CHARTROOM(\|(type|mrn|batch)=[A-Z0-9-]{1,9}){1,3}", fullmatch=True)


@given(PAYLOADS)
def test_a_check_changes_nothing_of_what_is_told(payload: str) -> None:
    checked = code(with_check(payload))
    assert is_separator([checked])
    assert separator_fields([checked]) == separator_fields([code(payload)])


@given(PAYLOADS, st.data())
def test_one_wrong_letter_in_a_checked_payload_tells_nothing(
    payload: str, data: st.DataObject
) -> None:
    checked = with_check(payload)
    at = data.draw(st.integers(len("CHARTROOM|"), len(checked) - 1))
    letter = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-=|"))
    misread = Barcode("Code39Ext", checked[:at] + letter + checked[at + 1 :], Box(0, 0, 1, 1))
    told = separator_fields([misread])
    right = separator_fields([code(payload)])
    # Another letter of the same check passes once in 1,296 times; it must be that rare.
    assume(zlib.crc32(misread.text.rpartition("|")[0].encode()) % 1296
           != zlib.crc32(payload.encode()) % 1296 or misread.text == checked)  # fmt: skip
    assert all(right.get(key) == value for key, value in told.items())


def test_of_all_wrong_numbers_the_check_lets_hardly_one_pass() -> None:
    checked = with_check("CHARTROOM|mrn=0071234")
    wrong = (checked.replace("0071234", f"{number:07}") for number in range(10_000))
    passed = [text for text in wrong if separator_fields([code(text)])]
    assert len(passed) <= 10_000 / 1296 * 3


def test_code_39_with_a_key_nobody_knows_tells_nothing() -> None:
    """Its check may have been misread as another key."""
    text = with_check("CHARTROOM|mrn=0071234").replace("|c=", "|e=")
    assert separator_fields([Barcode("Code39Ext", text, Box(0, 0, 1, 1))]) == {}
    assert separator_fields([code(text)]) == {"mrn": "0071234"}


def test_a_code_that_was_read_in_two_ways_tells_nothing_unless_its_check_holds() -> None:
    box = Box(100, 100, 900, 200)
    right, wrong = "CHARTROOM|mrn=0071234", "CHARTROOM|batch=B-7"
    read = [Barcode("Code128", text, box) for text in (right, wrong)]
    assert is_separator(read)
    assert separator_fields(read) == {}
    checked = [Barcode("Code128", with_check(right), box), *read[1:]]
    assert separator_fields(checked) == {"mrn": "0071234"}
