"""One page in the forms that scanners, readers, faxes and office programs leave it in.

Every form is legal and holds the page's own pixels, or those of it in black and white or as a
fax; nothing but the form differs from `plain` of the same pixels.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps

from . import odd_pdf
from .odd_containers import (
    LONG,
    RATIONAL,
    SHORT,
    Page,
    Tag,
    group4,
    interlaced_png,
    sample_bits,
    tiff,
)

_ORIENTATION = 0x0112
_PAPER = (255, 247, 217)
_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_T = Image.Transpose
_STORED = {2: _T.FLIP_LEFT_RIGHT, 3: _T.ROTATE_180, 4: _T.FLIP_TOP_BOTTOM, 5: _T.TRANSPOSE,
           6: _T.ROTATE_90, 7: _T.TRANSVERSE, 8: _T.ROTATE_270}  # fmt: skip
"""How a page must lie in the file for an orientation to bring it upright (TIFF 6.0, page 36)."""


Writer = Callable[[Page], bytes]


def _saved(page: Page, shown: Image.Image, kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    shown.save(held, kind, **{"dpi": page.dpi, **options})
    return held.getvalue()


def _grey(kind: str, **options: object) -> Writer:
    return lambda page: _saved(page, page.image, kind, **options)


def _tinted(kind: str, mode: str = "RGB", **options: object) -> Writer:
    return lambda page: _saved(page, page.tinted.convert(mode), kind, **options)


def _bits(kind: str, **options: object) -> Writer:
    return lambda page: _saved(page, page.bits, kind, **options)


def _toned(kind: str, depth: int, **options: object) -> Writer:
    return lambda page: _saved(page, _palette(page, depth), kind, **options)


def _palette(page: Page, bits: int) -> Image.Image:
    """Return the page in the tones of yellowed paper."""
    shown = Image.fromarray(page.levels(bits)).convert("L")
    shown.putpalette([tone * part // (2**bits - 1) for tone in range(2**bits) for part in _PAPER])
    return shown


def _turned(kind: str, orientation: int, **options: object) -> Writer:
    def write(page: Page) -> bytes:
        tags = Image.Exif()
        tags[_ORIENTATION] = orientation
        lying = page.image.transpose(_STORED[orientation])
        held = io.BytesIO()
        lying.save(held, kind, exif=tags, dpi=page.dpi, **options)
        return held.getvalue()

    return write


def _lab(page: Page) -> Image.Image:
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    changed = ImageCms.applyTransform(page.tinted, to_lab)
    assert changed is not None
    return changed


def _clear(page: Page) -> Image.Image:
    """Return black ink on paper that is not there."""
    return Image.merge("LA", (Image.new("L", page.image.size, 0), ImageOps.invert(page.image)))


def _tags(page: Page, bits: tuple[int, ...], photometric: int, **more: Tag) -> dict[int, Tag]:
    """Return the tags of a TIFF that holds its pixels deflated; ``more`` as ``t317=...``."""
    height, width = page.grey.shape
    tags: dict[int, Tag] = {
        256: (LONG, (width,)),
        257: (LONG, (height,)),
        258: (SHORT, bits),
        259: (SHORT, (8,)),
        262: (SHORT, (photometric,)),
        277: (SHORT, (len(bits),)),
        278: (LONG, (height,)),
        282: (RATIONAL, (page.dpi[0], 1)),
        283: (RATIONAL, (page.dpi[1], 1)),
        296: (SHORT, (2,)),
    }
    return tags | {int(name[1:]): tag for name, tag in more.items()}


def _deflated(tags: Mapping[int, Tag], raw: bytes) -> bytes:
    return tiff(tags, [zlib.compress(raw, 1)])


def _tiles(page: Page, *, big: bool = False, order: str = "<", side: int = 256) -> bytes:
    height, width = page.grey.shape
    padded = np.pad(page.grey, ((0, -height % side), (0, -width % side)), constant_values=255)
    cut = (
        padded[y : y + side, x : x + side]
        for y in range(0, height, side)
        for x in range(0, width, side)
    )
    tags = _tags(page, (8,), 1, t322=(LONG, (side,)), t323=(LONG, (side,)))
    chunks = [zlib.compress(tile.tobytes(), 1) for tile in cut]
    return tiff(tags, chunks, big=big, order=order, tiled=True)


def _strips(page: Page, rows: int = 7) -> bytes:
    height = page.grey.shape[0]
    chunks = [zlib.compress(page.grey[y : y + rows].tobytes(), 1) for y in range(0, height, rows)]
    return tiff(_tags(page, (8,), 1, t278=(LONG, (rows,))), chunks)


def _planes(page: Page) -> bytes:
    colours = np.asarray(page.tinted)
    chunks = [zlib.compress(colours[..., band].tobytes(), 1) for band in range(3)]
    return tiff(_tags(page, (8, 8, 8), 2, t284=(SHORT, (2,))), chunks)


def _few_tones(page: Page, bits: int, *, inverted: bool = False) -> bytes:
    levels = page.levels(bits)
    levels = 2**bits - 1 - levels if inverted else levels
    return _deflated(_tags(page, (bits,), int(not inverted)), sample_bits(levels, bits))


def _few_colours(page: Page, bits: int) -> bytes:
    ramp = np.linspace(0, 65535, 2**bits).astype(int)
    colours = np.concatenate([ramp, ramp * 97 // 100, ramp * 85 // 100]).tolist()
    tags = _tags(page, (bits,), 3, t320=(SHORT, colours))
    return _deflated(tags, sample_bits(page.levels(bits), bits))


def _deep(page: Page, *, inverted: bool = False, order: str = "<") -> bytes:
    deep = page.grey.astype(np.uint16) * 257
    deep = 65535 - deep if inverted else deep
    raw = deep.astype(order + "u2").tobytes()
    return tiff(_tags(page, (16,), int(not inverted)), [zlib.compress(raw, 1)], order=order)


def _deep_colours(page: Page) -> bytes:
    raw = (np.asarray(page.tinted).astype("<u2") * 257).tobytes()
    return _deflated(_tags(page, (16, 16, 16), 2), raw)


def _fractions(page: Page) -> bytes:
    raw = (page.grey / np.float32(255)).astype("<f4").tobytes()
    return _deflated(_tags(page, (32,), 1, t339=(SHORT, (3,))), raw)


def _see_through(page: Page, kind: int) -> bytes:
    """Return ink of full, paper of no opacity; ``kind`` 1: colours hold the opacity already."""
    opacity = (255 - page.grey)[..., None]
    ink = np.zeros((*page.grey.shape, 3), dtype=np.uint8)
    raw = np.concatenate([ink, opacity], axis=-1).tobytes()
    return _deflated(_tags(page, (8, 8, 8, 8), 2, t338=(SHORT, (kind,))), raw)


def _lsb_first(page: Page) -> bytes:
    tags = _tags(page, (1,), 0, t259=(SHORT, (4,)), t266=(SHORT, (2,)))
    return tiff(tags, [group4(page.bits).translate(_REVERSED)])


def _white_is_zero_g4(page: Page) -> bytes:
    return tiff(_tags(page, (1,), 0, t259=(SHORT, (4,))), [group4(page.bits)])


def _resolution(page: Page, unit: int, across: tuple[int, int], down: tuple[int, int]) -> bytes:
    tags = _tags(page, (8,), 1, t282=(RATIONAL, across), t283=(RATIONAL, down))
    return _deflated(tags | {296: (SHORT, (unit,))}, page.grey.tobytes())


def _silent(page: Page) -> bytes:
    tags = _tags(page, (8,), 1)
    return _deflated({tag: tags[tag] for tag in tags if tag < 282}, page.grey.tobytes())


def _deep_png(page: Page, *, colours: bool = False) -> bytes:
    shown = np.asarray(page.tinted)[..., ::-1] if colours else page.grey
    return cv2.imencode(".png", shown.astype(np.uint16) * 257)[1].tobytes()


def _opacity_png(page: Page) -> bytes:
    return _saved(page, _clear(page).convert("RGBA"), "PNG")


def _with_thumbnail(page: Page) -> bytes:
    small = page.image.reduce(8)
    held = io.BytesIO()
    small.encoderinfo = {"tiffinfo": {254: 1}}
    page.image.save(held, "TIFF", save_all=True, append_images=[small], dpi=page.dpi)
    return held.getvalue()


def _zipped(page: Page) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("page.tif", _grey("TIFF")(page))
    return held.getvalue()


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a page."""

    write: Writer
    of: str = "grey"
    """Which pixels it holds: ``grey``, ``bits``, ``fine`` (204 x 196) or ``fax`` (204 x 98)."""


def plain(page: Page) -> bytes:
    """Return the form that all others must read like."""
    return _saved(page, page.image, "PNG")


_TIFF: dict[str, Writer] = {
    "raw": _grey("TIFF"),
    "strips of 7 rows": _strips,
    "LZW": _grey("TIFF", compression="tiff_lzw"),
    "LZW, predictor": _grey("TIFF", compression="tiff_lzw", tiffinfo={317: 2}),
    "deflate": _grey("TIFF", compression="tiff_adobe_deflate"),
    "old deflate": _grey("TIFF", compression="tiff_deflate"),
    "PackBits": _grey("TIFF", compression="packbits"),
    "JPEG": _grey("TIFF", compression="jpeg", quality=90),
    "JPEG, YCbCr": _tinted("TIFF", compression="jpeg", quality=90),
    "zstd": _grey("TIFF", compression="zstd"),
    "LZMA": _grey("TIFF", compression="lzma"),
    "tiled": _tiles,
    "tiled, 16 a side": partial(_tiles, side=16),
    "BigTIFF": _grey("TIFF", big_tiff=True),
    "BigTIFF, tiled": partial(_tiles, big=True),
    "tiled, big-endian": partial(_tiles, order=">"),
    "white is zero": partial(_few_tones, bits=8, inverted=True),
    "2 bits": partial(_few_tones, bits=2),
    "4 bits": partial(_few_tones, bits=4),
    "4 bits, white is zero": partial(_few_tones, bits=4, inverted=True),
    "16 bits": _deep,
    "16 bits, big-endian": partial(_deep, order=">"),
    "16 bits, white is zero": partial(_deep, inverted=True),
    "16 bits, RGB": _deep_colours,
    "fractions of 32 bits": _fractions,
    "palette of 2": partial(_few_colours, bits=1),
    "palette of 16": partial(_few_colours, bits=4),
    "palette of 256": partial(_few_colours, bits=8),
    "RGB": _tinted("TIFF"),
    "RGB, planes apart": _planes,
    "CMYK": _tinted("TIFF", "CMYK"),
    "LAB": lambda page: _saved(page, _lab(page), "TIFF"),
    "opacity": partial(_see_through, kind=2),
    "opacity, held by colours": partial(_see_through, kind=1),
    "no resolution": _silent,
    "1 x 1 dpi": partial(_resolution, unit=2, across=(1, 1), down=(1, 1)),
    "resolution without unit": partial(_resolution, unit=1, across=(200, 1), down=(200, 1)),
    "dots a centimetre": partial(_resolution, unit=3, across=(7874, 100), down=(7874, 100)),
    "thumbnail behind": _with_thumbnail,
}
_PALE = {"palette of 2", "2 bits"}
_BILEVEL: dict[str, Writer] = {
    "1 bit": _bits("TIFF"),
    "1 bit, LZW": _bits("TIFF", compression="tiff_lzw"),
    "Group 4": _bits("TIFF", compression="group4"),
    "Group 4, strips": _bits("TIFF", compression="group4", strip_size=4096),
    "Group 4, white is zero": _white_is_zero_g4,
    "Group 4, low bit first": _lsb_first,
    "Group 3": _bits("TIFF", compression="group3"),
    "Group 3, two-dimensional": _bits("TIFF", compression="group3", tiffinfo={292: 1}),
    "modified Huffman": _bits("TIFF", compression="tiff_ccitt"),
}
_JPEG: dict[str, Writer] = {
    "grey": _grey("JPEG", quality=90),
    "colour": _tinted("JPEG", quality=90),
    "colour, halved": _tinted("JPEG", quality=90, subsampling="4:2:0"),
    "RGB kept": _tinted("JPEG", quality=90, keep_rgb=True, dpi=(0, 0)),
    "CMYK, inverted (Adobe)": _tinted("JPEG", "CMYK", quality=90),
    "progressive": _grey("JPEG", quality=90, progressive=True),
    "restart marks": _grey("JPEG", quality=90, restart_marker_rows=1),
    "quality 30": _grey("JPEG", quality=30),
}
_PNG: dict[str, Writer] = {
    "2 bits": _toned("PNG", 2, bits=2),
    "16 bits": _deep_png,
    "16 bits, colour": partial(_deep_png, colours=True),
    "palette of 16": _toned("PNG", 4, bits=4),
    "palette of 256": _toned("PNG", 8),
    "colour": _tinted("PNG"),
    "opacity": _opacity_png,
    "opacity, grey": lambda page: _saved(page, _clear(page), "PNG"),
    "interlaced": lambda page: interlaced_png(page.grey),
}
_OTHERS: dict[str, Writer] = {
    "BMP, grey": _grey("BMP"),
    "BMP, colour": _tinted("BMP"),
    "GIF": _grey("GIF"),
    "GIF, colour": _toned("GIF", 8),
    "JPEG 2000": _grey("JPEG2000"),
    "JPEG 2000, colour": _tinted("JPEG2000"),
    "JPEG 2000, bare codestream": _grey("JPEG2000", no_jp2=True),
    "JPEG 2000, lossy": _tinted("JPEG2000", irreversible=True, quality_layers=[15]),
    "ZIP of a TIFF": _zipped,
}
_PDF: dict[str, Writer] = {
    "grey": odd_pdf.grey,
    "JPEG": partial(odd_pdf.picture, kind="JPEG", keys="/Filter /DCTDecode"),
    "JPEG 2000": partial(odd_pdf.picture, kind="JPEG2000", keys="/Filter /JPXDecode"),
    "CMYK": odd_pdf.cmyk,
    "palette of 16": odd_pdf.palette,
    "inverted by /Decode": odd_pdf.inverted,
    "mirrored by its matrix": odd_pdf.mirrored,
    "/Rotate 90": partial(odd_pdf.rotated, turn=90),
    "/Rotate 180": partial(odd_pdf.rotated, turn=180),
    "/Rotate 270": partial(odd_pdf.rotated, turn=270),
    "/CropBox": odd_pdf.cropped,
    "/UserUnit": partial(odd_pdf.grey, more="/UserUnit 2"),
    "five bands": odd_pdf.pieces,
}
_PDF_BILEVEL: dict[str, Writer] = {
    "Group 4": odd_pdf.fax,
    "stencil": odd_pdf.stencil,
    "JBIG2": odd_pdf.jbig2_coded,
    "writing over coarse paper": odd_pdf.layers,
}


def _forms() -> Iterator[tuple[str, Form]]:
    for family, forms, of in (
        ("TIFF", _TIFF, "grey"),
        ("TIFF", _BILEVEL, "bits"),
        ("JPEG", _JPEG, "grey"),
        ("PNG", _PNG, "grey"),
        ("PDF", _PDF, "grey"),
        ("PDF", _PDF_BILEVEL, "bits"),
    ):
        for name, write in forms.items():
            yield f"{family}: {name}", Form(write, "bits" if name in _PALE else of)
    for name, write in _OTHERS.items():
        yield name, Form(write)
    for orientation in _STORED:
        yield f"TIFF: orientation {orientation}", Form(_turned("TIFF", orientation))
        yield f"JPEG: orientation {orientation}", Form(_turned("JPEG", orientation, quality=90))
    yield "PNG: 1 bit", Form(_bits("PNG"), "bits")
    yield "BMP, 1 bit", Form(_bits("BMP"), "bits")
    yield "PNG: orientation 6", Form(_turned("PNG", 6))
    yield "fax 204 x 196, Group 3", Form(_bits("TIFF", compression="group3"), "fine")
    yield "fax 204 x 98, Group 3", Form(_bits("TIFF", compression="group3"), "fax")
    yield "fax 204 x 98, PDF", Form(odd_pdf.fax, "fax")


FORMS = dict(_forms())
"""Every form by its name."""
