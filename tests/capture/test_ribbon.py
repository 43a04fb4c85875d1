"""Ribbons of film: the same lines whatever the file and however they are asked for."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import decode, open_image
from capture.ribbon import inflated, stored_jp2, stored_png, stored_tiff
from capture.ribbon.ribbon import PixelRibbon, Ribbon, open_ribbon, shrunk, shrunk_size
from capture.ribbon.stored import LostLinesError
from capture.settings import CaptureSettings

SETTINGS = CaptureSettings()
MEDIA = {".tif": "tiff", ".png": "png", ".jpg": "jpeg", ".jp2": "jp2"}


def film(width: int, length: int, seed: int = 0) -> Pixels:
    """Grain, and frames of their own tone."""
    rng = np.random.default_rng(seed)
    tones = rng.integers(0, 90, (length, width))
    for top in range(width // 2, length - width, round(1.5 * width)):
        tones[top : top + width, width // 10 : width - width // 10] += 120
    return tones.astype(np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(20, 400),
    st.integers(1, 1500),
    st.integers(1, 500),
    st.integers(10, 260),
)
def test_a_ribbon_shrunk_in_blocks_is_the_ribbon_shrunk_at_once(
    width: int, length: int, block: int, columns: int
) -> None:
    ribbon = PixelRibbon(film(width, max(length, width)))
    size = shrunk_size(ribbon, columns)
    at_once = cv2.resize(ribbon.lines(0, ribbon.length), size, interpolation=cv2.INTER_AREA)
    pieces = list(shrunk(ribbon, columns, block))
    together = np.concatenate([lines for _, lines in pieces])
    starts = np.cumsum([0, *(len(lines) for _, lines in pieces[:-1])])
    assert [start for start, _ in pieces] == starts.tolist()
    assert together.shape == (size[1], size[0])
    assert np.abs(together.astype(int) - at_once.reshape(together.shape)).max() <= 1


def test_how_a_ribbon_is_shrunk_does_not_hang_on_the_block() -> None:
    ribbon = PixelRibbon(film(331, 4000))
    wholes = [
        np.concatenate([lines for _, lines in shrunk(ribbon, 97, block)])
        for block in (50, 1000, 9000)
    ]
    assert (wholes[0] == wholes[1]).all()
    assert (wholes[0] == wholes[2]).all()


def test_a_ribbon_that_is_narrow_enough_is_shrunk_to_itself() -> None:
    ribbon = PixelRibbon(film(90, 700))
    together = np.concatenate([lines for _, lines in shrunk(ribbon, 240, 128)])
    assert (together == ribbon.lines(0, 700)).all()


def test_film_that_runs_across_is_turned_to_run_down() -> None:
    pixels = film(80, 500)
    ribbon = PixelRibbon(np.ascontiguousarray(pixels.T))
    assert ribbon.lying
    assert (ribbon.width, ribbon.length) == (80, 500)
    assert (ribbon.lines(100, 140) == pixels[100:140]).all()


def at_once(path: Path) -> Ribbon:
    """The ribbon of a file as ordinary images are decoded."""
    with path.open("rb") as file:
        return PixelRibbon(decode(open_image(file, MEDIA[path.suffix]), MEDIA[path.suffix])[0])


def tags_and_data(
    pixels: Pixels, rows: int, tile: tuple[int, int] | None, packed: Callable[[bytes], bytes]
) -> tuple[dict[int, list[int]], list[bytes]]:
    """Tags of a grey TIFF, and its strips or tiles."""
    height, width = pixels.shape
    chunks, tags = [], {256: [width], 257: [height], 258: [8], 262: [1], 277: [1]}
    wide, high = tile or (width, rows)
    for top in range(0, height, high):
        for left in range(0, width, wide):
            part = pixels[top : top + high, left : left + wide]
            if tile:
                part = np.pad(part, ((0, high - part.shape[0]), (0, wide - part.shape[1])))
            chunks.append(packed(part.tobytes()))
    sizes = {325 if tile else 279: [len(chunk) for chunk in chunks]}
    return tags | sizes | ({322: [wide], 323: [high]} if tile else {278: [rows]}), chunks


def write_tiff(
    path: Path,
    pixels: Pixels,
    *,
    rows: int = 64,
    tile: tuple[int, int] | None = None,
    deflate: bool = False,
    order: str = "<",
    big: bool = False,
    in_front: bool = False,
) -> None:
    """Write a grey TIFF as the specification says, its directory behind the pixels or before."""
    packed = zlib.compress if deflate else bytes
    tags, chunks = tags_and_data(pixels, rows, tile, packed)
    tags |= {259: [8 if deflate else 1], 324 if tile else 273: [0] * len(chunks)}
    number, count, head = ("Q", "Q", 16) if big else ("I", "H", 8)
    size = struct.calcsize(f"{order}{count}") + len(tags) * (20 if big else 12) + (8 if big else 4)
    inline = 8 if big else 4
    tables = sum(len(v) * inline for v in tags.values() if len(v) > 1)
    at = head + (size + tables if in_front else 0)
    starts = [at + sum(map(len, chunks[:index])) for index in range(len(chunks))]
    tags[324 if tile else 273] = starts
    directory = head if in_front else at + sum(map(len, chunks))
    body, table = struct.pack(order + count, len(tags)), directory + size
    longer = b""
    for tag, values in sorted(tags.items()):
        raw = struct.pack(f"{order}{len(values)}{number}", *values)
        body += struct.pack(order + ("HHQ" if big else "HHI"), tag, 16 if big else 4, len(values))
        body += raw if len(values) == 1 else struct.pack(order + number, table + len(longer))
        longer += raw if len(values) > 1 else b""
    body += bytes(inline) + longer
    mark = b"II" if order == "<" else b"MM"
    start = struct.pack(order + "HHHQ", 43, 8, 0, directory) if big else b""
    start = start or struct.pack(order + "HI", 42, directory)
    parts = (body, *chunks) if in_front else (*chunks, body)
    path.write_bytes(b"".join((mark, start, *parts)))


def in_pieces(ribbon: Ribbon, cuts: tuple[int, ...] = (0, 1, 7, 500, 999, 1000)) -> Pixels:
    """All lines of a ribbon, asked for in unequal windows, some of them twice and backwards."""
    ribbon.lines(ribbon.length // 2, ribbon.length // 2 + 9)
    ends = (*cuts, ribbon.length)
    return np.concatenate([ribbon.lines(*ends[n : n + 2]) for n in range(len(ends) - 1)])


def assert_like_at_once(path: Path) -> None:
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        want = at_once(path)
        assert (ribbon.width, ribbon.length) == (want.width, want.length)
        assert ribbon.lying == want.lying
        assert (in_pieces(ribbon) == want.lines(0, want.length)).all()


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files of a megapixel be read in many bands, as files of gigapixels are."""
    monkeypatch.setattr(stored_tiff, "BAND", 40_000)
    monkeypatch.setattr(stored_tiff, "_HUGE_STRIP", 100_000)
    monkeypatch.setattr(stored_tiff, "WHOLE", 2_000_000)
    monkeypatch.setattr(stored_png, "BAND", 40_000)
    monkeypatch.setattr(stored_jp2, "BAND", 40_000)
    monkeypatch.setattr(inflated, "_APART", 100_000)


GREY = film(211, 3000)
COLOUR = np.stack([GREY, GREY // 2, 255 - GREY], axis=-1)
PILLOW = {
    "strips without packing": ("tif", GREY, {}),
    "LZW": ("tif", GREY, {"compression": "tiff_lzw"}),
    "deflate": ("tif", GREY, {"compression": "tiff_adobe_deflate"}),
    "PackBits": ("tif", GREY, {"compression": "packbits"}),
    "JPEG strips": ("tif", GREY, {"compression": "jpeg", "strip_size": 211 * 64}),
    "LZW with differences": ("tif", GREY, {"compression": "tiff_lzw", "tiffinfo": {317: 2}}),
    "one strip of deflate": (
        "tif", GREY, {"compression": "tiff_adobe_deflate", "strip_size": 10**7}
    ),
    "one strip with differences": (
        "tif",
        GREY,
        {"compression": "tiff_adobe_deflate", "strip_size": 10**7, "tiffinfo": {317: 2}},
    ),
    "one strip of LZW": ("tif", GREY, {"compression": "tiff_lzw", "strip_size": 10**7}),
    "Group 4": ("tif", GREY > 100, {"compression": "group4", "strip_size": 27 * 100}),
    "Group 4 in one strip": ("tif", GREY > 100, {"compression": "group4", "strip_size": 10**6}),
    "1 bit": ("tif", GREY > 100, {}),
    "16 bits": ("tif", GREY.astype(np.uint16) * 257, {"compression": "tiff_lzw"}),
    "16 bits without packing": ("tif", GREY.astype(np.uint16) * 257, {}),
    "colour": ("tif", COLOUR, {"compression": "tiff_lzw"}),
    "colour without packing": ("tif", COLOUR, {}),
    "colour in JPEG strips": ("tif", COLOUR, {"compression": "jpeg", "strip_size": 211 * 3 * 64}),
    "PNG": ("png", GREY, {}),
    "PNG of 1 bit": ("png", GREY > 100, {}),
    "PNG of 16 bits": ("png", GREY.astype(np.uint16) * 257, {}),
    "PNG in colour": ("png", COLOUR, {}),
    "PNG with transparency": ("png", np.dstack([COLOUR, 255 - GREY]), {}),
    "JPEG": ("jpg", GREY, {}),
    "JPEG in colour": ("jpg", COLOUR, {}),
    "JPEG 2000": ("jp2", GREY, {}),
    "JPEG 2000 in tiles": ("jp2", GREY, {"tile_size": (128, 96)}),
    "JPEG 2000 in tiles, coarse": (
        "jp2", GREY, {"tile_size": (100, 64), "irreversible": True, "quality_layers": [20]}
    ),
    "JPEG 2000 in tiles that begin outside": (
        "jp2", GREY, {"tile_size": (128, 96), "offset": (40, 50), "tile_offset": (10, 20)}
    ),
    "JPEG 2000 in tiles, colour": ("jp2", COLOUR, {"tile_size": (128, 96)}),
    "JPEG 2000 in tiles, 16 bits": (
        "jp2", GREY.astype(np.uint16) * 257, {"tile_size": (128, 96)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PILLOW)
def test_windows_have_the_tones_of_the_image_decoded_at_once(name: str, tmp_path: Path) -> None:
    ending, pixels, options = PILLOW[name]
    Image.fromarray(pixels).save(tmp_path / f"film.{ending}", **options)
    assert_like_at_once(tmp_path / f"film.{ending}")


@pytest.mark.parametrize("name", ["LZW", "deflate", "strips without packing", "PNG", "JPEG"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_film_lies_as_its_file_says(name: str, orientation: int, tmp_path: Path) -> None:
    ending, pixels, options = PILLOW[name]
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[274] = orientation
    image.save(tmp_path / f"film.{ending}", exif=exif, **options)
    assert_like_at_once(tmp_path / f"film.{ending}")


@pytest.mark.parametrize(
    "name",
    [
        "LZW",
        "deflate",
        "strips without packing",
        "PNG",
        "JPEG",
        "JPEG 2000 in tiles",
        "JPEG 2000 in tiles that begin outside",
    ],
)
def test_film_across_a_file_is_turned(name: str, tmp_path: Path) -> None:
    ending, pixels, options = PILLOW[name]
    Image.fromarray(np.ascontiguousarray(pixels.T)).save(tmp_path / f"film.{ending}", **options)
    assert_like_at_once(tmp_path / f"film.{ending}")


@settings(max_examples=40, deadline=None)
@given(
    pixels=st.builds(film, st.integers(16, 90), st.integers(100, 700)),
    turned=st.booleans(),
    rows=st.sampled_from([1, 3, 64, 10**6]),
    tile=st.sampled_from([None, (16, 16), (64, 32)]),
    deflate=st.booleans(),
    order=st.sampled_from("<>"),
    big=st.booleans(),
    in_front=st.booleans(),
)
def test_a_tiff_is_read_however_it_is_laid_out(
    tmp_path_factory: pytest.TempPathFactory, pixels: Pixels, turned: bool, **layout: object
) -> None:
    path = tmp_path_factory.mktemp("layout") / "film.tif"
    write_tiff(path, np.ascontiguousarray(pixels.T) if turned else pixels, **layout)
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        assert ribbon.lying == turned
        assert (in_pieces(ribbon, (0, 5, 99)) == pixels).all()


def test_a_tiff_of_several_images_gives_the_one_that_is_asked_for(tmp_path: Path) -> None:
    images = [Image.fromarray(film(50, 300, seed)) for seed in range(3)]
    images[0].save(tmp_path / "rolls.tif", save_all=True, append_images=images[1:])
    for number, image in enumerate(images, start=1):
        with closing(open_ribbon(tmp_path / "rolls.tif", SETTINGS, number)) as ribbon:
            assert (ribbon.lines(0, 300) == np.asarray(image)).all()
    with pytest.raises(SourceError, match="image 4"):
        open_ribbon(tmp_path / "rolls.tif", SETTINGS, 4)


def test_the_resolution_is_told_across_and_along(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "film.tif", dpi=(4800, 4700))
    Image.fromarray(GREY.T.copy()).save(tmp_path / "lying.tif", dpi=(4800, 4700))
    for name, told in (("film", (4800, 4700)), ("lying", (4700, 4800))):
        with closing(open_ribbon(tmp_path / f"{name}.tif", SETTINGS)) as ribbon:
            assert ribbon.dpi == told


def test_nothing_before_a_cut_is_lost(tmp_path: Path) -> None:
    whole = tmp_path / "whole.tif"
    for deflate, rows in ((False, 64), (True, 64), (False, 10**6), (True, 10**6)):
        write_tiff(whole, GREY, deflate=deflate, rows=rows, in_front=True)
        content = whole.read_bytes()
        cut = tmp_path / "cut.tif"
        cut.write_bytes(content[: len(content) * 3 // 5])
        with closing(open_ribbon(cut, SETTINGS)) as ribbon:
            assert ribbon.length == 3000
            with pytest.raises(LostLinesError, match="cut off") as lost:
                ribbon.lines(0, 3000)
            first = lost.value.start
            assert first >= 1650
            assert lost.value.stop == 3000
            assert (ribbon.lines(0, first) == GREY[:first]).all()
            with pytest.raises(SourceError):
                ribbon.lines(first, first + 1)


def test_what_lies_behind_a_damaged_strip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "film.tif"
    write_tiff(path, GREY, deflate=True, rows=100, in_front=True)
    content = bytearray(path.read_bytes())
    strip = content.index(zlib.compress(GREY[1500:1600].tobytes()))
    content[strip : strip + 40] = bytes(40)
    path.write_bytes(content)
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError) as lost:
            ribbon.lines(0, 3000)
        first, last = lost.value.start, lost.value.stop
        assert (first, last) == (1500, 1600)
        assert (ribbon.lines(0, first) == GREY[:first]).all()
        assert (ribbon.lines(last, 3000) == GREY[last:]).all()


def test_a_png_is_read_up_to_where_it_is_cut_off(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "film.png")
    content = (tmp_path / "film.png").read_bytes()
    (tmp_path / "film.png").write_bytes(content[: len(content) // 2])
    with closing(open_ribbon(tmp_path / "film.png", SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError, match="cut off") as lost:
            ribbon.lines(0, 3000)
        first = lost.value.start
        assert first > 1200
        assert (ribbon.lines(0, first) == GREY[:first]).all()


@pytest.mark.parametrize("rows", [1, 3, 50, 1000])
@pytest.mark.parametrize("predictor", [1, 2])
def test_rows_too_long_to_be_held_are_unpacked_side_by_side(
    rows: int, predictor: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_tiff, "WHOLE", 500_000)
    image = Image.fromarray(np.ascontiguousarray(GREY.T))
    image.save(
        tmp_path / "film.tif",
        compression="tiff_adobe_deflate",
        strip_size=3000 * rows,
        tiffinfo={317: predictor},
    )
    with closing(open_ribbon(tmp_path / "film.tif", SETTINGS)) as ribbon:
        assert (in_pieces(ribbon) == GREY).all()
        assert (ribbon.lines(40, 50) == GREY[40:50]).all()


@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_a_jpeg_is_read_up_to_where_it_is_cut_off(pixels: Pixels, tmp_path: Path) -> None:
    Image.fromarray(pixels).save(tmp_path / "film.jpg")
    whole = at_once(tmp_path / "film.jpg")
    content = (tmp_path / "film.jpg").read_bytes()
    (tmp_path / "film.jpg").write_bytes(content[: len(content) // 2])
    with closing(open_ribbon(tmp_path / "film.jpg", SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError) as lost:
            ribbon.lines(0, 3000)
        assert 1200 < lost.value.start < lost.value.stop == 3000
        assert (ribbon.lines(0, lost.value.start) == whole.lines(0, lost.value.start)).all()


def test_a_jpeg_2000_is_read_up_to_the_tiles_that_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "film.jp2"
    Image.fromarray(GREY).save(path, tile_size=(128, 96))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError, match="cut off") as lost:
            ribbon.lines(0, 3000)
        assert lost.value.start > 1200
        assert (ribbon.lines(0, lost.value.start) == GREY[: lost.value.start]).all()


@pytest.mark.parametrize("name", ["JPEG 2000", "JPEG"])
def test_a_file_without_its_first_pixels_is_lost_whole(name: str, tmp_path: Path) -> None:
    ending, pixels, options = PILLOW[name]
    path = tmp_path / f"film.{ending}"
    options = options | ({"progressive": True} if name == "JPEG" else {})
    Image.fromarray(pixels).save(path, **options)
    path.write_bytes(path.read_bytes()[:5000])
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError) as lost:
            ribbon.lines(0, 10)
        assert (lost.value.start, lost.value.stop) == (0, 3000)


@pytest.mark.parametrize("deflate", [False, True])
def test_film_across_a_file_is_held_by_stretches(deflate: bool, tmp_path: Path) -> None:
    tall = np.zeros((3_000_000, 20), np.uint8)
    write_tiff(tmp_path / "film.tif", np.ascontiguousarray(tall.T), rows=1, deflate=deflate)
    tracemalloc.start()
    with closing(open_ribbon(tmp_path / "film.tif", SETTINGS)) as ribbon:
        ribbon.lines(10, 20)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_of_any_kind_is_told_as_such(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damage") / "film"
    content = bytearray(data.draw(st.sampled_from(small_files())))
    places = st.integers(0, min(len(content) - 1, 500)) | st.integers(-300, -1)
    for place in data.draw(st.lists(places, max_size=4)):
        content[max(place, -len(content))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    with contextlib.suppress(SourceError), closing(open_ribbon(path, SETTINGS)) as ribbon:
        middle = ribbon.length // 2
        ribbon.lines(middle, middle + 9)


@cache
def small_files() -> list[bytes]:
    """A file of each kind, with a little film on it."""
    made = []
    for ending, pixels, options in PILLOW.values():
        out = io.BytesIO()
        kind = {"tif": "TIFF", "png": "PNG", "jpg": "JPEG", "jp2": "JPEG2000"}[ending]
        Image.fromarray(np.ascontiguousarray(pixels[:300, :60])).save(out, kind, **options)
        made.append(out.getvalue())
    return made


def test_film_across_a_file_that_would_take_days_is_refused(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 30_000_000, 2_000, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + head + bytes(4)
    (tmp_path / "film.png").write_bytes(png + struct.pack(">I4s", 0, b"IDAT") + bytes(4))
    with pytest.raises(SourceError, match="TIFF with tiles"):
        open_ribbon(tmp_path / "film.png", SETTINGS)


def test_a_strip_too_large_to_unpack_is_refused_with_what_to_do(tmp_path: Path) -> None:
    tall = np.zeros((30_000, 90), np.uint8)
    Image.fromarray(tall).save(tmp_path / "film.tif", compression="tiff_lzw", strip_size=10**8)
    with pytest.raises(SourceError, match="convert it to a TIFF with strips"):
        open_ribbon(tmp_path / "film.tif", SETTINGS)


def test_reading_damaged_film_says_nothing_on_the_side(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "film.tif"
    Image.fromarray(GREY > 100).save(path, compression="group4", strip_size=27 * 100)
    content = bytearray(path.read_bytes())
    with Image.open(path) as image:
        start = image.tag_v2[273][5]
    content[start + 2 : start + 42] = b"\xa5" * 40
    path.write_bytes(content)
    with closing(open_ribbon(path, SETTINGS)) as ribbon:
        with pytest.raises(LostLinesError) as lost:
            ribbon.lines(0, 3000)
        assert (lost.value.start, lost.value.stop) == (500, 600)
    assert capfd.readouterr() == ("", "")


def test_a_ribbon_beyond_all_film_is_refused(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + head + bytes(4)
    (tmp_path / "film.png").write_bytes(png + struct.pack(">I4s", 0, b"IDAT") + bytes(4))
    with pytest.raises(SourceError, match="more than any film"):
        open_ribbon(tmp_path / "film.png", SETTINGS)
