"""A BigTIFF whose high bytes come first is read like any other TIFF, though no decoder knows it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from capture.errors import SourceError
from capture.intake import open_source
from capture.model import Digest, Frame, Pixels

DIGEST = Digest("0" * 64)
BITS, COMPRESSION, STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 258, 259, 273, 279, 324, 325
NUMBERS = {1: "B", 3: "H", 4: "I", 7: "B", 16: "Q"}
RATIONAL, LONG8 = 5, 16


def high_bytes_first(content: bytes) -> bytes:
    """Return a TIFF as a BigTIFF with its high bytes first; packed 16-bit tones are not swapped."""
    made = bytearray(b"MM" + struct.pack(">HHHQ", 43, 8, 0, 0))
    link = 8
    with Image.open(io.BytesIO(content)) as image:
        for number in range(image.n_frames):
            image.seek(number)
            entries = _entries(image.tag_v2, content, made)
            made += bytes(-len(made) % 8)
            struct.pack_into(">Q", made, link, len(made))
            made += struct.pack(">Q", len(entries)) + b"".join(entries)
            link = len(made)
            made += bytes(8)
    return bytes(made)


def _entries(
    tags: TiffImagePlugin.ImageFileDirectory_v2, content: bytes, made: bytearray
) -> list[bytes]:
    """Return the directory, and write to ``made`` what it points to."""
    starts, sizes = (TILES, TILE_BYTES) if TILES in tags else (STRIPS, STRIP_BYTES)
    places = []
    for start, size in zip(_tuple(tags[starts]), _tuple(tags[sizes]), strict=True):
        places.append(len(made))
        chunk = content[start : start + size]
        deep = _tuple(tags.get(BITS, 1))[0] == 16 and tags.get(COMPRESSION, 1) == 1
        made += np.frombuffer(chunk, "<u2").astype(">u2").tobytes() if deep else chunk
    entries = []
    for tag in sorted(tags):
        kind = LONG8 if tag == starts else tags.tagtype[tag]
        raw, count = _packed(kind, places if tag == starts else tags[tag])
        if len(raw) > 8:
            made += bytes(-len(made) % 8)
            raw, longer = struct.pack(">Q", len(made)), raw
            made += longer
        entries.append(struct.pack(">HHQ", tag, kind, count) + raw.ljust(8, b"\0"))
    return entries


def _tuple(value: object) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, (tuple, list, bytes)) else (value,)  # type: ignore[return-value]  # numbers of a tag


def _packed(kind: int, value: object) -> tuple[bytes, int]:
    if kind == 2:
        raw = str(value).encode("ascii") + b"\0"
        return raw, len(raw)
    values = _tuple(value)
    if kind == RATIONAL:
        halves = [half for one in values for half in (one.numerator, one.denominator)]
        return struct.pack(f">{len(halves)}I", *halves), len(values)
    return struct.pack(f">{len(values)}{NUMBERS[kind]}", *values), len(values)


def saved(page: Image.Image, mode: str = "L", **options: object) -> bytes:
    made = io.BytesIO()
    page.convert(mode).save(made, "TIFF", **options)
    return made.getvalue()


def sixteen_bits(page: Image.Image, **options: object) -> bytes:
    made = io.BytesIO()
    Image.fromarray(np.asarray(page).astype(np.uint16) * 257).save(made, "TIFF", **options)
    return made.getvalue()


STRIPES = {278: 64}
FORMS: dict[str, Callable[[Image.Image], bytes]] = {
    "plain": lambda page: saved(page, dpi=(300, 300)),
    "plain in strips": lambda page: saved(page, tiffinfo=STRIPES, dpi=(204, 98)),
    "white is zero": lambda page: saved(page, tiffinfo={262: 0}),
    "black and white": lambda page: saved(page, "1"),
    "group 4": lambda page: saved(page, "1", compression="group4", tiffinfo=STRIPES),
    "group 3": lambda page: saved(page, "1", compression="group3"),
    "LZW": lambda page: saved(page, compression="tiff_lzw", tiffinfo=STRIPES),
    "LZW with differences": lambda page: saved(page, compression="tiff_lzw", tiffinfo={317: 2}),
    "deflate": lambda page: saved(page, compression="tiff_adobe_deflate"),
    "PackBits": lambda page: saved(page, compression="packbits"),
    "JPEG": lambda page: saved(page, compression="jpeg", quality=95),
    "colour JPEG": lambda page: saved(page, "RGB", compression="jpeg", quality=95),
    "colour": lambda page: saved(page, "RGB", tiffinfo=STRIPES),
    "CMYK": lambda page: saved(page, "CMYK"),
    "palette": lambda page: saved(page, "P"),
    "tiles": lambda page: saved(page, compression="tiff_lzw", tiffinfo={322: 256, 323: 256}),
    "16 bits": sixteen_bits,
    "16 bits, white is zero": lambda page: sixteen_bits(page, tiffinfo={262: 0}),
    "upside down": lambda page: saved(page, tiffinfo={274: 3}),
    "lying": lambda page: saved(page, "1", compression="group4", tiffinfo={274: 6}, dpi=(204, 98)),
}


@pytest.fixture(scope="module")
def page(draw_page: Callable[..., Pixels]) -> Image.Image:
    drawn = draw_page(width=640, height=500, size=20, lines=("Samplewell, Ann",) * 9)
    return Image.fromarray(drawn)


def frames(path: Path, content: bytes) -> list[Frame]:
    path.write_bytes(content)
    with open_source(path, DIGEST) as source:
        return [source.frame(number) for number in range(1, source.frame_count + 1)]


@pytest.mark.parametrize("form", FORMS)
def test_a_page_looks_the_same_as_with_its_low_bytes_first(
    form: str, page: Image.Image, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    content = FORMS[form](page)
    (known,) = frames(tmp_path / "known", content)
    (read,) = frames(tmp_path / "read", high_bytes_first(content))
    assert np.array_equal(read.pixels, known.pixels)
    assert (read.dpi, read.bitonal) == (known.dpi, known.bitonal)
    assert capfd.readouterr().err == ""


def test_all_pages_are_read_in_any_order(page: Image.Image, tmp_path: Path) -> None:
    others = [page.resize((100 + number, 80)).convert("1") for number in range(3)]
    path = tmp_path / "pages"
    path.write_bytes(high_bytes_first(saved(page, save_all=True, append_images=others)))
    with open_source(path, DIGEST) as source:
        widths = [source.frame(number).pixels.shape[1] for number in (4, 1, 3, 2)]
    assert widths == [102, 640, 101, 100]


def test_a_page_that_is_cut_off_is_told_and_its_neighbour_is_read(
    page: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "pages"
    content = saved(page, save_all=True, append_images=[page.resize((320, 250))])
    path.write_bytes(high_bytes_first(content)[:-40])
    with open_source(path, DIGEST) as source:
        assert source.frame(1).pixels.shape == (500, 640)
        with pytest.raises(SourceError, match="cut off"):
            source.frame(2)


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_told_and_nothing_is_printed(
    seed: int, page: Image.Image, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(seed)
    content = saved(page, compression="tiff_adobe_deflate", tiffinfo=STRIPES)
    damaged = bytearray(high_bytes_first(content))
    for place in rng.integers(16, len(damaged), 40):
        damaged[place] = rng.integers(256)
    with pytest.raises(SourceError, match="scan"):
        frames(tmp_path / "page", bytes(damaged))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_chain_that_leads_beyond_all_files_is_told(
    order: str, page: Image.Image, tmp_path: Path
) -> None:
    plain = saved(page, big_tiff=True)
    content = bytearray(high_bytes_first(plain) if order == ">" else plain)
    struct.pack_into(order + "Q", content, 8, 2**63 + 5)
    with pytest.raises(SourceError, match="cut off before its first image"):
        frames(tmp_path / "page", bytes(content))


def test_an_absurd_orientation_costs_no_page(page: Image.Image, tmp_path: Path) -> None:
    content = bytearray(high_bytes_first(saved(page, tiffinfo={274: 3})))
    entry = content.index(struct.pack(">HHQ", 274, 3, 1))
    content[entry : entry + 20] = struct.pack(">HHQQ", 274, LONG8, 1, 2**60)
    (frame,) = frames(tmp_path / "page", bytes(content))
    assert np.array_equal(frame.pixels, np.asarray(page))
