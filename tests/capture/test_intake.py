"""One page in every legal form, and what its source says of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from capture.errors import SourceError
from capture.intake import open_source
from capture.model import Digest, Frame, Pixels, SourceKind
from capture.settings import CaptureSettings

DIGEST = Digest("0" * 64)
Save = Callable[[Image.Image, Path], None]


def first_frame(path: Path) -> Frame:
    with open_source(path, DIGEST) as source:
        return source.frame(1)


def saved(image_format: str, mode: str = "L", **options: object) -> Save:
    def save(page: Image.Image, path: Path) -> None:
        page.convert(mode).save(path, image_format, **options)

    return save


def sixteen_bits(page: Image.Image, path: Path) -> None:
    Image.fromarray(np.asarray(page).astype(np.uint16) * 257).save(path, "TIFF")


def sixteen_bit_png(page: Image.Image, path: Path) -> None:
    Image.fromarray(np.asarray(page).astype(np.uint16) * 257).save(path, "PNG")


def sixteen_bits_white_is_zero(page: Image.Image, path: Path) -> None:
    deep = 65535 - np.asarray(page).astype(np.uint16) * 257
    Image.fromarray(deep).save(path, "TIFF", tiffinfo={262: 0})


def white_is_zero(page: Image.Image, path: Path) -> None:
    # Pillow inverts as it saves, so the bytes and the tag agree.
    page.save(path, "TIFF", tiffinfo={262: 0})


def clear_paper(page: Image.Image, path: Path) -> None:
    ink = Image.new("RGBA", page.size, (0, 0, 0, 0))
    ink.putalpha(Image.fromarray(255 - np.asarray(page)))
    ink.save(path, "PNG")


def transparent_palette(page: Image.Image, path: Path) -> None:
    colours = page.quantize(16)
    colours.save(path, "PNG", transparency=int(np.asarray(colours)[0, 0]))


def exif_turned(page: Image.Image, path: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    page.transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", quality=95, exif=tags)


def tiff_turned(compression: str) -> Save:
    def save(page: Image.Image, path: Path) -> None:
        lying = page.transpose(Image.Transpose.ROTATE_180)
        lying.save(path, "TIFF", compression=compression, tiffinfo={274: 3})

    return save


def tiled(page: Image.Image, path: Path) -> None:
    page.save(path, "TIFF", compression="tiff_lzw", tile=(256, 256), tiffinfo={322: 256, 323: 256})


FORMS = {
    "plain-tiff": saved("TIFF"),
    "g4": saved("TIFF", "1", compression="group4"),
    "g3": saved("TIFF", "1", compression="group3"),
    "lzw": saved("TIFF", compression="tiff_lzw"),
    "deflate": saved("TIFF", compression="tiff_adobe_deflate"),
    "packbits": saved("TIFF", compression="packbits"),
    "jpeg-in-tiff": saved("TIFF", compression="jpeg", quality=95),
    "colour-jpeg-in-tiff": saved("TIFF", "RGB", compression="jpeg", quality=95),
    "big-tiff": saved("TIFF", big_tiff=True),
    "cmyk-tiff": saved("TIFF", "CMYK"),
    "palette-tiff": saved("TIFF", "P"),
    "rgb-tiff": saved("TIFF", "RGB"),
    "tiled-tiff": tiled,
    "16-bit-tiff": sixteen_bits,
    "16-bit-white-is-zero": sixteen_bits_white_is_zero,
    "white-is-zero": white_is_zero,
    "turned-g4": lambda page, path: tiff_turned("group4")(page.convert("1"), path),
    "turned-raw": tiff_turned("raw"),
    "png": saved("PNG"),
    "1-bit-png": saved("PNG", "1"),
    "palette-png": saved("PNG", "P"),
    "16-bit-png": sixteen_bit_png,
    "clear-png": clear_paper,
    "transparent-palette": transparent_palette,
    "jpeg": saved("JPEG", quality=95),
    "colour-jpeg": saved("JPEG", "RGB", quality=95),
    "progressive-jpeg": saved("JPEG", quality=95, progressive=True),
    "cmyk-jpeg": saved("JPEG", "CMYK", quality=95),
    "exif-turned": exif_turned,
    "jpeg-2000": saved("JPEG2000"),
    "colour-jpeg-2000": saved("JPEG2000", "RGB"),
}


@pytest.fixture(scope="module")
def page(draw_page: Callable[..., Pixels]) -> Image.Image:
    return Image.fromarray(
        draw_page(width=640, height=500, size=20, lines=("Samplewell, Ann",) * 9)
    )


@pytest.mark.parametrize("form", FORMS)
def test_one_page_looks_alike_in_every_form(form: str, page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    FORMS[form](page, path)
    pixels = first_frame(path).pixels
    plain = np.asarray(page).astype(int)
    assert pixels.dtype == np.uint8
    assert pixels.shape[:2] == plain.shape
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    assert np.abs(grey - plain).mean() < 4


@pytest.mark.parametrize(
    ("given", "known"),
    [
        pytest.param((300, 300), (300.0, 300.0), id="square"),
        pytest.param((204, 98), (204.0, 98.0), id="fax"),
        pytest.param((1, 1), None, id="one-by-one"),
        pytest.param((0, 0), None, id="nought"),
        pytest.param((200, 1), None, id="half-absurd"),
        pytest.param(None, None, id="absent"),
    ],
)
@pytest.mark.parametrize("image_format", ["TIFF", "JPEG", "PNG"])
def test_resolution_is_what_the_source_can_mean(
    image_format: str,
    given: tuple[int, int] | None,
    known: tuple[float, float] | None,
    page: Image.Image,
    tmp_path: Path,
) -> None:
    path = tmp_path / "page"
    page.save(path, image_format, **({"dpi": given} if given else {}))
    assert first_frame(path).dpi == known


def test_centimetres_become_inches(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[296], tags[282], tags[283] = 3, 118.11, 118.11
    page.save(path, "TIFF", tiffinfo=tags)
    assert first_frame(path).dpi == (300.0, 300.0)


def test_resolution_turns_with_the_page(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    tags = Image.Exif()
    tags[0x0112] = 6
    page.save(path, "JPEG", dpi=(204, 98), exif=tags)
    assert first_frame(path).dpi == (98.0, 204.0)


def test_pages_of_a_tiff_are_its_frames(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "pages"
    others = [page.resize((100 + n, 80)).convert("1") for n in range(3)]
    page.save(path, "TIFF", save_all=True, append_images=others)
    with open_source(path, DIGEST) as source:
        assert (source.media, source.frame_count, source.paged) == ("tiff", 4, True)
        widths = [source.frame(number).pixels.shape[1] for number in (4, 1, 3, 2)]
        assert widths == [102, 640, 101, 100]
        assert [source.frame(number).bitonal for number in (1, 2)] == [False, True]


def test_a_single_picture_is_no_paged_source(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    page.save(path, "PNG")
    with open_source(path, DIGEST) as source:
        assert not source.paged
        assert not source.film
        with pytest.raises(SourceError, match="frames 1 to 1"):
            source.frame(2)


def test_a_small_copy_beside_a_page_is_not_a_page(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    small = page.resize((64, 50))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    page.save(path, "TIFF", save_all=True, append_images=[small])
    with open_source(path, DIGEST) as source:
        assert source.frame_count == 1


def test_paper_kind_leaves_a_long_page_whole(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "long"
    page.resize((400, 4000)).save(path, "PNG")
    with open_source(path, DIGEST, kind=SourceKind.PAPER) as source:
        assert (source.frame_count, source.film) == (1, False)


def test_name_of_the_file_says_nothing(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    page.save(path, "PNG")
    with open_source(path, DIGEST) as source:
        assert source.media == "png"


def test_limits_are_settings(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    page.save(path, "PNG")
    with pytest.raises(SourceError, match="max_samples"):
        open_source(path, DIGEST, settings=CaptureSettings(max_samples=1000))


def test_source_is_never_changed(page: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "page"
    page.save(path, "TIFF")
    path.chmod(0o444)
    before = path.read_bytes()
    first_frame(path)
    assert path.read_bytes() == before
    assert io.BytesIO(before).read(2) == b"II"
