"""Write frames as the files that scanners, film readers and word processors leave behind."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, TiffImagePlugin
from reportlab import rl_config
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from capture.barcode import with_check
from capture.errors import SettingsError
from capture.model import Pixels

from . import fonts
from .degrade import Scan, bitonal, punch_holes
from .sheet import DPI, HEIGHT, WIDTH, Run, Sheet, Stroke

SYMBOLOGIES = {
    "Code 128": zxingcpp.BarcodeFormat.Code128,
    "Code 39": zxingcpp.BarcodeFormat.Code39Ext,
    "QR Code": zxingcpp.BarcodeFormat.QRCode,
}
"""Symbols a separator sheet may carry."""

_POINT = DPI / 72
_FINEST = 3
"""Pixels of the narrowest bar at 300 dpi: a quarter of a millimetre."""


def write_group4(path: Path, scans: Iterable[Scan]) -> None:
    """Write a multi-page Group 4 TIFF, one page in memory at a time."""
    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as out:
        for scan in scans:
            out.write(_group4(scan if scan.bitonal else bitonal(scan)))
            out.newFrame()


def _group4(scan: Scan) -> bytes:
    # Scanners write WhiteIsZero. Pillow would, too, but inverts pixel by pixel in Python.
    inverted = Image.fromarray(255 - scan.pixels).convert("1", dither=Image.Dither.NONE)
    packed = io.BytesIO()
    inverted.save(packed, "TIFF", compression="group4", dpi=scan.dpi, strip_size=2**24)
    return _white_is_zero(bytearray(packed.getvalue()))


def _white_is_zero(tiff: bytearray) -> bytes:
    """Return a little-endian TIFF of one page that says its zeros are white."""
    (directory,) = struct.unpack_from("<I", tiff, 4)
    (entries,) = struct.unpack_from("<H", tiff, directory)
    for entry in range(directory + 2, directory + 2 + 12 * entries, 12):
        if struct.unpack_from("<H", tiff, entry) == (TiffImagePlugin.PHOTOMETRIC_INTERPRETATION,):
            struct.pack_into("<H", tiff, entry + 8, 0)
    return bytes(tiff)


def write_grey_tiff(path: Path, scan: Scan, quality: int = 70) -> None:
    """Write one grey frame as a JPEG-compressed TIFF, as film scanners do."""
    Image.fromarray(scan.pixels).save(
        path, "TIFF", compression="jpeg", quality=quality, dpi=scan.dpi
    )


def write_jpeg(path: Path, scan: Scan, quality: int = 65) -> None:
    """Write a grey or colour JPEG."""
    dpi = round(scan.dpi[0]), round(scan.dpi[1])
    Image.fromarray(scan.pixels).save(path, "JPEG", quality=quality, dpi=dpi)


def write_png(path: Path, scan: Scan) -> None:
    """Write a PNG."""
    Image.fromarray(scan.pixels).save(path, "PNG", dpi=scan.dpi)


def write_jpeg2000(path: Path, scan: Scan, rate: float = 20) -> None:
    """Write a JPEG 2000 that takes about one ``rate``-th of the bare pixels; it tells no dpi."""
    Image.fromarray(scan.pixels).save(
        path, "JPEG2000", quality_mode="rates", quality_layers=[rate], irreversible=True
    )


def write_image_pdf(path: Path, scans: Iterable[Scan], quality: int = 60) -> None:
    """Write a PDF that holds a picture on each page and no text."""
    rl_config.useA85 = 0  # scanners store their JPEG as it is, not as ASCII
    canvas = Canvas(str(path), invariant=True)
    for scan in scans:
        width, height = (72 * n / d for n, d in zip(scan.size, scan.dpi, strict=True))
        canvas.setPageSize((width, height))
        canvas.drawImage(_jpeg_reader(scan, quality), 0, 0, width, height)
        canvas.showPage()
    canvas.save()


def _jpeg_reader(scan: Scan, quality: int) -> ImageReader:
    packed = io.BytesIO()
    Image.fromarray(scan.pixels).save(packed, "JPEG", quality=quality)
    packed.seek(0)
    return ImageReader(packed)


def write_born_digital_pdf(path: Path, sheets: Sequence[Sheet], title: str = "") -> None:
    """Write a PDF with real text, laid out as `render` would draw it."""
    canvas = Canvas(str(path), pagesize=letter, invariant=True)
    canvas.setTitle(title or "Document")
    for sheet in sheets:
        for stroke in sheet.strokes:
            _pdf_stroke(canvas, stroke)
        for run in sheet.runs:
            _pdf_run(canvas, run)
        canvas.showPage()
    canvas.save()


def _pdf_run(canvas: Canvas, run: Run) -> None:
    canvas.setFont(_pdf_face(run.face), run.size / _POINT)
    canvas.drawString(run.x / _POINT, (HEIGHT - run.baseline) / _POINT, f"{run.text} ")


def _pdf_face(name: str) -> str:
    # reportlab embeds TrueType outlines only; Liberation Mono has Courier's widths.
    file = fonts.face_file(name)
    if file.suffix.lower() != ".ttf":
        return _pdf_face("mono-bold" if name.endswith("-bold") else "mono")
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(file)))
    return name


def _pdf_stroke(canvas: Canvas, stroke: Stroke) -> None:
    canvas.setLineWidth(stroke.weight / _POINT)
    outline = canvas.beginPath()
    (x, y), *rest = ((x / _POINT, (HEIGHT - y) / _POINT) for x, y in stroke.points)
    outline.moveTo(x, y)
    for x, y in rest:
        outline.lineTo(x, y)
    canvas.drawPath(outline, stroke=1, fill=int(stroke.fill))


def write_zip(path: Path, members: Sequence[Path]) -> None:
    """Write a ZIP of files, the same bytes every time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for member in members:
            out.writestr(zipfile.ZipInfo(member.name), member.read_bytes())


def payload(*, code: str = "", mrn: str = "", batch: str = "", checked: bool = False) -> str:
    """Return what a separator's barcode says: ``CHARTROOM|type=18842-5|mrn=0071234``.

    ``checked`` adds the check at its end that sheets need not have.
    """
    known = {"batch": batch, "type": code, "mrn": mrn}
    told = "|".join(["CHARTROOM", *(f"{key}={value}" for key, value in known.items() if value)])
    return with_check(told) if checked else told


def separator(text: str, symbology: str = "Code 128") -> Pixels:
    """Return a separator sheet, ``(3300, 2550)``, whose barcode says ``text``.

    Raises SettingsError for an unknown symbology or a text too long to survive a copier.
    """
    if symbology not in SYMBOLOGIES:
        raise SettingsError(f"no symbology {symbology!r}: choose from {', '.join(SYMBOLOGIES)}")
    sheet = Image.new("L", (WIDTH, HEIGHT), 255)
    symbol = _enlarged(_modules(text, symbology), symbology)
    sheet.paste(symbol, ((WIDTH - symbol.width) // 2, 900))
    _caption(sheet, "DOCUMENT SEPARATOR", 520, 110)
    _caption(sheet, "Do not remove - scan with the chart", 680, 56)
    _caption(sheet, text, 900 + symbol.height + 90, 60)
    return np.asarray(sheet)


def _modules(text: str, symbology: str) -> Pixels:
    try:
        made = zxingcpp.create_barcode(text, SYMBOLOGIES[symbology])
    except ValueError as error:
        raise SettingsError(f"{symbology} cannot hold this text: {error}") from error
    return np.array(zxingcpp.write_barcode_to_image(made), dtype=np.uint8)


def _enlarged(modules: Pixels, symbology: str) -> Image.Image:
    scale = min(14 if symbology == "QR Code" else 6, (WIDTH - 300) // modules.shape[1])
    if scale < _FINEST:
        raise SettingsError(f"text too long for {symbology}: give fewer keys, or use a QR Code")
    tall = scale if symbology == "QR Code" else max(1, 380 // modules.shape[0])
    return Image.fromarray(np.kron(modules, np.ones((tall, scale), dtype=np.uint8)))


def _caption(sheet: Image.Image, text: str, y: int, size: int) -> None:
    face = fonts.font("sans-bold", size)
    ImageDraw.Draw(sheet).text((WIDTH / 2, y), text, fill=0, font=face, anchor="ma")


def blank(rng: Random, *, holes: bool = True) -> Pixels:
    """Return the empty back of a sheet, ``(3300, 2550)``, perhaps with punch holes."""
    scan = Scan(np.full((HEIGHT, WIDTH), rng.randint(238, 252), dtype=np.uint8))
    return punch_holes(scan, rng).pixels if holes else scan.pixels
