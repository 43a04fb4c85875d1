"""Encoded pictures as PDF images, their compressed bytes untouched."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pikepdf

from capture.errors import ToolError

JPEG = b"\xff\xd8"
PNG = b"\x89PNG\r\n\x1a\n"
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers that no length follows."""
COLOURS = {1: "/DeviceGray", 3: "/DeviceRGB"}
PNG_CHANNELS = {0: 1, 2: 3, 3: 1}
"""By colour type: grey, RGB, palette; the types with transparency have no place in a page."""
PALETTE = 3


def image_stream(pdf: pikepdf.Pdf, image: bytes) -> pikepdf.Stream:
    """Return ``image`` as an image of ``pdf``; ToolError when it is no JPEG or PNG as we make."""
    try:
        if image.startswith(JPEG):
            return _jpeg(pdf, image)
        if image.startswith(PNG):
            return _png(pdf, image)
    except (struct.error, IndexError, KeyError) as error:
        raise ToolError("a page image is cut off or of a kind we do not make") from error
    raise ToolError("a page image is neither JPEG nor PNG: make the derivative again")


def _picture(
    pdf: pikepdf.Pdf, content: bytes, size: tuple[int, int], bits: int, colours: pikepdf.Object
) -> pikepdf.Stream:
    stream = pikepdf.Stream(pdf, content)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = size
    stream.BitsPerComponent, stream.ColorSpace = bits, colours
    return stream


def _jpeg(pdf: pikepdf.Pdf, image: bytes) -> pikepdf.Stream:
    bits, height, width, channels = _jpeg_frame(image)
    stream = _picture(pdf, image, (width, height), bits, pikepdf.Name(COLOURS[channels]))
    stream.Filter = pikepdf.Name.DCTDecode
    return stream


def _jpeg_frame(image: bytes) -> tuple[int, int, int, int]:
    """Return bits, height, width and channels as the start of frame says (ITU T.81, B.2.2)."""
    at = 2
    while True:
        marker = image[at + 1]
        if marker in START_OF_FRAME:
            bits, height, width, channels = struct.unpack_from(">BHHB", image, at + 4)
            return bits, height, width, channels
        at += 2 if marker in BARE else 2 + struct.unpack_from(">H", image, at + 2)[0]


def _png(pdf: pikepdf.Pdf, image: bytes) -> pikepdf.Stream:
    chunks = list(_chunks(image))
    width, height, bits, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if interlaced or kind not in PNG_CHANNELS:
        raise ToolError("a page image is an interlaced or transparent PNG: make it again without")
    palette = next((content for name, content in chunks if name == b"PLTE"), b"")
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    channels = PNG_CHANNELS[kind]
    stream = _picture(pdf, packed, (width, height), bits, _colours(kind, channels, palette))
    stream.Filter = pikepdf.Name.FlateDecode
    # PDF took its row predictors over from PNG, so the stream goes in as it is.
    stream.DecodeParms = pikepdf.Dictionary(
        Predictor=15, Colors=channels, BitsPerComponent=bits, Columns=width
    )
    return stream


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", image, at)
        yield name, image[at + 8 : at + 8 + length]
        at += length + 12


def _colours(kind: int, channels: int, palette: bytes) -> pikepdf.Object:
    if kind != PALETTE:
        return pikepdf.Name(COLOURS[channels])
    last = len(palette) // 3 - 1
    return pikepdf.Array(
        [pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, last, pikepdf.String(palette)]
    )
