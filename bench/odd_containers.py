"""A page, and structures of files that Pillow does not write: TIFF, interlaced PNG, JBIG2, PDF.

Sources: TIFF 6.0 and the BigTIFF note of Adobe and Aware Systems; PNG (ISO 15948) for the seven
passes; JBIG2 (ITU-T T.88) with Group 4 (MMR) coded pixels; PDF 1.7 (ISO 32000-1).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops

from capture.model import Pixels

SHORT, LONG, RATIONAL, LONG8 = 3, 4, 5, 16
_CODES = {SHORT: "H", LONG: "I", RATIONAL: "I", LONG8: "Q"}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2))  # fmt: skip
"""First column, first row, step across, step down of each pass."""

Tag = tuple[int, Sequence[int]]
"""Type and values; a rational is two values."""

DPI = 200
_YELLOWED = np.array([1.0, 0.97, 0.85], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The pixels that a form holds."""

    grey: Pixels
    dpi: tuple[int, int] = (DPI, DPI)

    @property
    def image(self) -> Image.Image:
        """The page in grey."""
        return Image.fromarray(self.grey)

    @property
    def bits(self) -> Image.Image:
        """The page in black and white."""
        return self.image.convert("1", dither=Image.Dither.NONE)

    @property
    def tinted(self) -> Image.Image:
        """The page on yellowed paper."""
        return Image.fromarray((self.grey[..., None] * _YELLOWED).astype(np.uint8))

    def levels(self, bits: int) -> Pixels:
        """Return the page in ``2**bits`` tones, counted from black."""
        return np.asarray(np.rint(self.grey * ((2**bits - 1) / 255)), dtype=np.uint8)


def tiff(
    tags: Mapping[int, Tag],
    chunks: Sequence[bytes],
    *,
    order: str = "<",
    big: bool = False,
    tiled: bool = False,
) -> bytes:
    """Return a TIFF or BigTIFF of one image whose strips or tiles are ``chunks``."""
    head = 16 if big else 8
    kind, places = (LONG8 if big else LONG), list(_places(chunks, head))
    where = {(324 if tiled else 273): (kind, places)}
    sizes = {(325 if tiled else 279): (LONG, [len(chunk) for chunk in chunks])}
    body = b"".join(chunks)
    body += bytes(-len(body) % 8)
    start = head + len(body)
    directory = _directory({**tags, **where, **sizes}, start, order, big=big)
    mark = b"II" if order == "<" else b"MM"
    if big:
        return mark + struct.pack(order + "HHHQ", 43, 8, 0, start) + body + directory
    return mark + struct.pack(order + "HI", 42, start) + body + directory


def _places(chunks: Sequence[bytes], at: int) -> Iterator[int]:
    for chunk in chunks:
        yield at
        at += len(chunk)


def _directory(tags: Mapping[int, Tag], start: int, order: str, *, big: bool) -> bytes:
    count, offset, inline = ("Q", "Q", 8) if big else ("H", "I", 4)
    size = struct.calcsize(order + count) + len(tags) * (20 if big else 12)
    beyond = start + size + inline
    entries, outside = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        raw = struct.pack(f"{order}{len(values)}{_CODES[kind]}", *values)
        number = len(values) // 2 if kind == RATIONAL else len(values)
        entries += struct.pack(order + "HH" + offset, tag, kind, number)
        if len(raw) <= inline:
            entries += raw.ljust(inline, b"\0")
        else:
            entries += struct.pack(order + offset, beyond + len(outside))
            outside += raw + bytes(-len(raw) % 8)
    return struct.pack(order + count, len(tags)) + entries + bytes(inline) + outside


def interlaced_png(grey: Pixels) -> bytes:
    """Return a PNG whose rows come in the seven passes of Adam7; it tells no resolution."""
    height, width = grey.shape
    passes = (grey[row::down, column::across] for column, row, across, down in _ADAM7)
    rows = b"".join(b"\0" + row.tobytes() for part in passes if part.size for row in part)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_part(*part) for part in parts)


def _png_part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def group4(image: Image.Image) -> bytes:
    """Return the bare Group 4 code of a 1-bit picture, black as 1."""
    held = io.BytesIO()
    # Inverted here, because Pillow would do it pixel by pixel for white as zero.
    ImageChops.invert(image).save(held, "TIFF", compression="group4", strip_size=2**26)
    with Image.open(held) as shown:
        tags = shown.tag_v2  # type: ignore[attr-defined]  # only a TIFF has them, and it is one
        (place,), (size,) = tags[273], tags[279]
    return held.getvalue()[place : place + size]


def jbig2(image: Image.Image) -> bytes:
    """Return a 1-bit picture as the JBIG2 segments that a PDF embeds."""
    width, height = image.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + group4(image)
    parts = ((0, 48, page), (1, 38, region))
    return b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body for number, kind, body in parts
    )


def pdf(
    size: tuple[float, float],
    pictures: Sequence[tuple[str, bytes]],
    drawing: str,
    page: str = "",
) -> bytes:
    """Return a PDF of one page.

    Args:
        size: width and height of the page in points.
        pictures: keys of the dictionary and body of each image; they are named ``/I0``, ``/I1``.
        drawing: what the page draws.
        page: more keys of the page, such as ``/Rotate 90``.
    """
    names = " ".join(f"/I{place} {place + 5} 0 R" for place in range(len(pictures)))
    box = f"/MediaBox [0 0 {size[0]:.4f} {size[1]:.4f}]" if "/MediaBox" not in page else ""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {box} {page} /Contents 4 0 R"
        f" /Resources << /XObject << {names} >> >> >>".encode(),
        _stream("", drawing.encode()),
        *(_stream(f"/Type /XObject /Subtype /Image {keys}", body) for keys, body in pictures),
    ]
    return _pdf_file(objects)


def _stream(keys: str, body: bytes) -> bytes:
    return f"<< {keys} /Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream"


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return made + head + table + tail + b"startxref\n%d\n%%%%EOF\n" % len(made)


def sample_bits(values: Pixels, bits: int) -> bytes:
    """Return ``values`` below ``2**bits`` packed, every row filled up to a whole byte."""
    spread = np.unpackbits(values[..., None], axis=-1)[..., 8 - bits :]
    return np.packbits(spread.reshape(values.shape[0], -1), axis=-1).tobytes()
