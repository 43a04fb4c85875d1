"""What the TIFF decoder says of a damaged file reaches the person, and not a terminal."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.odd_containers import SHORT, Tag, tiff
from capture.complaints import attentive
from capture.errors import SourceError
from capture.intake import open_source
from capture.model import Digest, Pixels, SourceKind
from capture.ribbon.ribbon import open_ribbon
from capture.settings import CaptureSettings

WIDTH, HEIGHT, ROWS = 400, 1600, 200
ORIENTATION, PLANES, RESOLUTION_UNIT, INK_NAMES, INKS = 274, 284, 296, 333, 334


@pytest.fixture(scope="module")
def tones() -> Pixels:
    """A piece of film that is taller than wide, with grain."""
    grain = np.random.default_rng(1).integers(0, 60, (HEIGHT, WIDTH))
    return (np.linspace(60, 190, HEIGHT)[:, None] + grain).astype(np.uint8)


def lzw(tones: Pixels, tags: dict[int, Tag] | None = None) -> bytes:
    """Return a TIFF of LZW strips, with more tags than it needs."""
    strips = [_strip(tones[top : top + ROWS]) for top in range(0, HEIGHT, ROWS)]
    plain = {256: WIDTH, 257: HEIGHT, 258: 8, 259: 5, 262: 1, 277: 1, 278: ROWS}
    return tiff({tag: (SHORT, (value,)) for tag, value in plain.items()} | (tags or {}), strips)


def _strip(tones: Pixels) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(tones).save(packed, "TIFF", compression="tiff_lzw", tiffinfo={278: ROWS})
    with Image.open(packed) as image:
        (start,), (size,) = image.tag_v2[273], image.tag_v2[279]
    return packed.getvalue()[start : start + size]


def with_unknown_code(content: bytes) -> bytes:
    """Return a file in whose fourth strip LZW uses a code that is not in its table yet."""
    with Image.open(io.BytesIO(content)) as image:
        start = image.tag_v2[273][3]
    # A clear code, a tone, and then the code 0xFFF that nothing has entered.
    return content[:start] + b"\x80\x1f\xff\xff\xff" + content[start + 5 :]


def shown(path: Path) -> Pixels:
    with open_source(path, Digest("0" * 64), kind=SourceKind.PAPER) as source:
        return source.frame(1).pixels


def test_an_lzw_code_that_is_not_in_the_table_is_told_of_the_page(
    tones: Pixels, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page"
    path.write_bytes(with_unknown_code(lzw(tones)))
    with pytest.raises(SourceError, match="scan"):
        shown(path)
    assert capfd.readouterr().err == ""


def test_a_strip_with_a_damaged_lzw_code_is_lost_and_its_neighbours_are_not(
    tones: Pixels, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "roll"
    path.write_bytes(with_unknown_code(lzw(tones)))
    ribbon = open_ribbon(path, CaptureSettings())
    with pytest.raises(SourceError):
        ribbon.lines(0, HEIGHT)
    assert np.array_equal(ribbon.lines(0, 3 * ROWS), tones[: 3 * ROWS])
    assert np.array_equal(ribbon.lines(4 * ROWS, HEIGHT), tones[4 * ROWS :])
    ribbon.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("planes", [0, 9])
def test_a_damaged_tag_that_pixels_depend_on_is_told(
    planes: int, tones: Pixels, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page"
    path.write_bytes(lzw(tones, {PLANES: (SHORT, (planes,))}))
    with pytest.raises(SourceError, match="scan"):
        shown(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("tag", "values"),
    [(ORIENTATION, (0,)), (ORIENTATION, (9,)), (RESOLUTION_UNIT, (0,)), (INKS, (9,)),
     (INK_NAMES, ())],
)  # fmt: skip
def test_a_damaged_tag_that_no_pixel_depends_on_costs_no_page(
    tag: int,
    values: tuple[int, ...],
    tones: Pixels,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "page"
    path.write_bytes(lzw(tones, {tag: (SHORT, values)}))
    assert np.array_equal(shown(path), tones)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "line",
    [
        "tempfile.tif: Using code not yet in table.",
        '_TIFFVSetField: tempfile.tif: Bad value 9 for "PlanarConfiguration" tag.',
        "_TIFFGetStrileOffsetOrByteCountValue: Inconsistent directory count.",
        'MissingRequired: TIFF directory is missing required "StripOffsets" field.',
        'PredictorSetup: "Predictor" value 9 not supported.',
    ],
)
def test_complaints_raise_even_where_the_decoder_reports_success(
    line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError, match="copy or scan it again"), attentive():
        os.write(2, f"{line}\n".encode())
    assert capfd.readouterr().err == ""


def test_what_others_say_meanwhile_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    with attentive():
        os.write(2, b"progress: 12 of 40 frames\n")
    assert capfd.readouterr().err == "progress: 12 of 40 frames\n"
