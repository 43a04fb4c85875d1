"""One page as PDFs of pictures, in the ways that scanners and converters place them."""

from __future__ import annotations

import io
import zlib
from itertools import pairwise

import numpy as np
from PIL import Image

from capture.model import Pixels

from .odd_containers import DPI, Page, group4, jbig2, pdf, sample_bits


def _whole(
    page: Page,
    keys: str,
    body: bytes,
    *,
    more: str = "",
    lying: bool = False,
    drawing: str = "q {w:.4f} 0 0 {h:.4f} 0 0 cm /I0 Do Q",
) -> bytes:
    """Return the page as the only picture of a PDF; ``lying``: for /Rotate by a quarter."""
    height, width = page.grey.shape
    w, h = 72 * width / page.dpi[0], 72 * height / page.dpi[1]
    size = f"/Width {width} /Height {height} "
    if lying:
        w, h, size = h, w, f"/Width {height} /Height {width} "
    return pdf((w, h), [(size + keys, body)], drawing.format(w=w, h=h), more)


_GREY = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
_INK = 140
_PAPER_TONE = 255
_FAX = "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {} /Rows {} >>"


def _coloured(page: Page, kind: str) -> bytes:
    held = io.BytesIO()
    page.tinted.save(held, kind)
    return held.getvalue()


def _flat(values: Pixels) -> bytes:
    return zlib.compress(np.ascontiguousarray(values).tobytes(), 1)


def grey(page: Page, more: str = "") -> bytes:
    """Return the page deflated."""
    return _whole(page, _GREY, _flat(page.grey), more=more)


def rotated(page: Page, turn: int) -> bytes:
    """Return the page lying, with the /Rotate that brings it upright."""
    # /Rotate turns clockwise, so the picture lies turned as far the other way.
    lying = np.rot90(page.grey, turn // 90)
    more, quarter = f"/Rotate {turn}", turn != 180
    return _whole(page, _GREY, _flat(lying), more=more, lying=quarter)


def cropped(page: Page) -> bytes:
    """Return a sheet with a black margin that the crop box leaves out."""
    height, width = page.grey.shape
    w, h = 72 * width / DPI, 72 * height / DPI
    boxes = f"/MediaBox [0 0 {w + 72:.4f} {h + 72:.4f}] /CropBox [36 36 {w + 36:.4f} {h + 36:.4f}]"
    black = f"0 0 {w + 72:.4f} {h + 72:.4f} re f"
    drawing = f"{black} q {w:.4f} 0 0 {h:.4f} 36 36 cm /I0 Do Q"
    keys = f"/Width {width} /Height {height} {_GREY}"
    return pdf((w, h), [(keys, _flat(page.grey))], drawing, boxes)


def pieces(page: Page, pieces: int = 5) -> bytes:
    """Return a page whose picture comes in bands, one below the other."""
    height, width = page.grey.shape
    edges = [height * place // pieces for place in range(pieces + 1)]
    bands = list(pairwise(edges))
    pictures = [
        (f"/Width {width} /Height {end - start} {_GREY}", _flat(page.grey[start:end]))
        for start, end in bands
    ]
    point = 72 / DPI
    drawing = " ".join(
        f"q {width * point:.4f} 0 0 {(end - start) * point:.4f} 0 {(height - end) * point:.4f} cm"
        f" /I{place} Do Q"
        for place, (start, end) in enumerate(bands)
    )
    return pdf((width * point, height * point), pictures, drawing)


def fax(page: Page, keys: str = "/ColorSpace /DeviceGray") -> bytes:
    """Return the page in Group 4."""
    height, width = page.grey.shape
    filters = _FAX.format(width, height)
    return _whole(page, f"{keys} /BitsPerComponent 1 {filters}", group4(page.bits))


def stencil(page: Page) -> bytes:
    """Return the page as a mask through which black is painted."""
    # Decoded black is 0, which a stencil paints.
    return fax(page, "/ImageMask true")


def jbig2_coded(page: Page) -> bytes:
    """Return the page in JBIG2."""
    keys = "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode"
    return _whole(page, keys, jbig2(page.bits))


def inverted(page: Page) -> bytes:
    """Return a negative that /Decode turns round."""
    return _whole(page, _GREY + " /Decode [1 0]", _flat(255 - page.grey))


def palette(page: Page) -> bytes:
    """Return the page in sixteen tones of a palette."""
    colours = "".join(f"{tone:02x}{tone * 97 // 100:02x}{tone * 85 // 100:02x}" for tone in
                      range(0, 256, 17))  # fmt: skip
    keys = f"/ColorSpace [/Indexed /DeviceRGB 15 <{colours}>] /BitsPerComponent 4"
    packed = zlib.compress(sample_bits(page.levels(4), 4), 1)
    return _whole(page, keys + " /Filter /FlateDecode", packed)


def cmyk(page: Page) -> bytes:
    """Return the page in four inks."""
    inks = np.asarray(page.tinted.convert("CMYK"))
    keys = "/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Filter /FlateDecode"
    return _whole(page, keys, _flat(inks))


def picture(page: Page, kind: str, keys: str) -> bytes:
    """Return the page in colour, coded by Pillow."""
    return _whole(page, f"/ColorSpace /DeviceRGB /BitsPerComponent 8 {keys}", _coloured(page, kind))


def mirrored(page: Page) -> bytes:
    """Return the page upside down, with the matrix that turns it round."""
    drawing = "q {w:.4f} 0 0 -{h:.4f} 0 {h:.4f} cm /I0 Do Q"
    return _whole(page, _GREY, _flat(page.grey[::-1]), drawing=drawing)


def layers(page: Page) -> bytes:
    """Return paper at a quarter of the resolution, and over it the writing as a fine stencil."""
    height, width = page.grey.shape
    ink = page.grey < _INK
    paper = Image.new("L", (width // 4, height // 4), _PAPER_TONE)
    coarse = f"/Width {paper.width} /Height {paper.height} {_GREY}"
    fine = f"/Width {width} /Height {height} /ImageMask true /BitsPerComponent 1"
    writing = group4(Image.fromarray(~ink))
    pictures = [
        (coarse, _flat(np.asarray(paper))),
        (f"{fine} {_FAX.format(width, height)}", writing),
    ]
    w, h = 72 * width / DPI, 72 * height / DPI
    place = f"q {w:.4f} 0 0 {h:.4f} 0 0 cm"
    return pdf((w, h), pictures, f"{place} /I0 Do Q {place} /I1 Do Q")
