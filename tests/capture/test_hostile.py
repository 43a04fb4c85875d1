"""Files that are damaged, lie about themselves, or are made to hurt."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from capture.errors import SourceError
from capture.intake import Source, open_source
from capture.model import Digest
from capture.settings import CaptureSettings
from capture.sniff import sniff

DIGEST = Digest("0" * 64)
MEBIBYTE = 1 << 20


def noise(width: int = 300, height: int = 400) -> Image.Image:
    tones = np.random.default_rng(1).integers(0, 255, (height, width)).astype(np.uint8)
    return Image.fromarray(tones)


def as_bytes(image: Image.Image, image_format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def tiff(entries: list[tuple[int, int, int, int]], tail: bytes = b"", after: int = 0) -> bytes:
    """A TIFF with its directory in front: entries of tag, type, count, value."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + struct.pack("<I", after) + tail


def g4_with_directory_in_front() -> bytes:
    """A Group 4 TIFF whose strip is last, as many scanners write it."""
    whole = as_bytes(noise(1000, 1400).convert("1"), "TIFF", compression="group4", strip_size=10**6)
    with Image.open(io.BytesIO(whole)) as image:
        tags = image.tag_v2
        (start,), (size,) = tags[273], tags[279]
    strip = whole[start : start + size]
    offset = 8 + 2 + 9 * 12 + 4
    entries = [
        (256, 4, 1, 1000), (257, 4, 1, 1400), (258, 3, 1, 1), (259, 3, 1, 4), (262, 3, 1, 0),
        (273, 4, 1, offset), (277, 3, 1, 1), (278, 4, 1, 1400), (279, 4, 1, size),
    ]  # fmt: skip
    return tiff(entries, strip)


def every_frame(source: Source) -> None:
    with source:
        for number in range(1, source.frame_count + 1):
            source.frame(number)


def read_all(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    every_frame(open_source(path, DIGEST))


WHOLE = {
    "tiff-raw": as_bytes(noise(), "TIFF"),
    "tiff-lzw": as_bytes(noise(), "TIFF", compression="tiff_lzw"),
    "tiff-g4": g4_with_directory_in_front(),
    "jpeg": as_bytes(noise(), "JPEG"),
    "jpeg-progressive": as_bytes(noise(), "JPEG", progressive=True),
    "png": as_bytes(noise(), "PNG"),
    "jp2": as_bytes(noise(), "JPEG2000"),
    "bmp": as_bytes(noise(), "BMP"),
    "gif": as_bytes(noise(), "GIF"),
    "pdf": as_bytes(noise(), "PDF"),
}


@pytest.mark.parametrize("form", WHOLE)
def test_whole_files_are_read(form: str, tmp_path: Path) -> None:
    read_all(tmp_path / "whole", WHOLE[form])


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("form", WHOLE)
def test_cut_off_files_are_never_half_a_page(form: str, kept: float, tmp_path: Path) -> None:
    content = WHOLE[form]
    with pytest.raises(SourceError):
        read_all(tmp_path / "cut", content[: int(len(content) * kept)])


def test_frames_before_the_cut_are_still_read(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    out = io.BytesIO()
    noise().save(out, "TIFF", save_all=True, append_images=[noise(200, 100)] * 3)
    path.write_bytes(out.getvalue()[: int(len(out.getvalue()) * 0.9)])
    with open_source(path, DIGEST) as source:
        assert source.frame(1).pixels.shape == (400, 300)
        with pytest.raises(SourceError, match="cut off"):
            source.frame(source.frame_count)


def test_damage_inside_a_group_4_strip_is_heard(tmp_path: Path) -> None:
    content = bytearray(WHOLE["tiff-g4"])
    content[5000:5400] = np.random.default_rng(2).bytes(400)
    with pytest.raises(SourceError, match="decoder says 'Fax4Decode"):
        read_all(tmp_path / "damaged", bytes(content))


def test_decoder_does_not_write_on_our_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    test_damage_inside_a_group_4_strip_is_heard(tmp_path)
    assert capfd.readouterr().err == ""


def test_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="empty"):
        read_all(tmp_path / "empty.tif", b"")


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(tmp_path / "absent.tif", DIGEST)


@pytest.mark.parametrize(
    ("head", "seems"),
    [
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"BM, a note of a person\n" * 9, "plain text"),
        (b"hello, this is a note\n" * 9, "plain text"),
        (b"<html><body>", "HTML"),
        (bytes(128) + b"DICM", "DICOM"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (bytes(600), "zero bytes"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x93\xfe\x01\x02" * 20, "unknown bytes"),
    ],
)
def test_foreign_kinds_are_named(head: bytes, seems: str) -> None:
    with pytest.raises(SourceError, match=seems):
        sniff(head)


def declared(width: int, height: int) -> bytes:
    return tiff(
        [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 1), (259, 3, 1, 4),
            (262, 3, 1, 0), (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 100),
        ],
        bytes(65000),
    )  # fmt: skip


def png_declared(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(100_000))
    magic = b"\x89PNG\r\n\x1a\n"
    return magic + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def million_images() -> bytes:
    entry = struct.pack("<HHHII", 1, 256, 4, 1, 1)
    each = len(entry) + 4
    chain = (entry + struct.pack("<I", 8 + each * (n + 1)) for n in range(1_000_000))
    return b"II*\0" + struct.pack("<I", 8) + b"".join(chain)


def circle() -> bytes:
    return tiff([(256, 4, 1, 10), (257, 4, 1, 10)], after=8)


def pdf(*objects: bytes, root: bytes = b"1 0 R") -> bytes:
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    at = len(out)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    trailer = b"trailer\n<< /Size %d /Root %s >>\nstartxref\n%d\n%%%%EOF\n"
    return out + trailer % (size, root, at)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def pdf_of_page(media_box: bytes, count: bytes = b"1") -> bytes:
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count %s >>" % count
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] >>" % media_box
    return pdf(CATALOG, pages, page)


def pdf_with_huge_image() -> bytes:
    packed = zlib.compress(bytes(100_000))
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 90000 /Height 90000 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    ) % (len(packed), packed)
    draw = b"q 600 0 0 780 0 0 cm /I Do Q"
    return pdf(
        CATALOG,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /XObject << /I 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw),
        image,
    )


BOMBS = {
    "900-megapixel-tiff": lambda: declared(30_000, 30_000),
    "widest-tiff": lambda: declared(2**32 - 1, 2**32 - 1),
    "million-image-tiff": million_images,
    "circle-tiff": circle,
    "4-gigapixel-png": lambda: png_declared(65_000, 65_000),
    "pdf-of-999999999-pages": lambda: pdf_of_page(b"0 0 612 792", b"999999999"),
    "pdf-page-of-a-million-inches": lambda: pdf_of_page(b"0 0 72000000 72000000"),
    "pdf-with-8-gigapixel-image": pdf_with_huge_image,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_fast_and_small(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[bomb]())
    before, began = psutil.Process().memory_info().rss, time.perf_counter()
    with pytest.raises(SourceError):
        every_frame(open_source(path, DIGEST))
    assert time.perf_counter() - began < 5
    assert psutil.Process().memory_info().rss - before < 300 * MEBIBYTE


def test_pdf_whose_pages_are_each_other_is_survived(tmp_path: Path) -> None:
    looping = pdf(
        CATALOG,
        b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 2 >>",
    )
    with pytest.raises(SourceError):
        read_all(tmp_path / "loop", looping)


@given(st.binary(min_size=0, max_size=200), st.sampled_from(sorted(WHOLE)), st.integers(0, 400))
@settings(max_examples=120, deadline=None)
def test_scribbled_files_fail_only_in_our_words(
    tmp_path_factory: pytest.TempPathFactory, scribble: bytes, form: str, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "scribbled"
    content = bytearray(WHOLE[form])
    content[at : at + len(scribble)] = scribble
    path.write_bytes(bytes(content))
    told = reason_of(path, CaptureSettings(max_samples=20_000_000))
    assert "scribbled" not in told  # no file name in it: that may be a patient's


def reason_of(path: Path, limits: CaptureSettings) -> str:
    """Why the source cannot be read; empty when it can."""
    try:
        every_frame(open_source(path, DIGEST, settings=limits))
    except SourceError as error:
        return str(error)
    return ""
