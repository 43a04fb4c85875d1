"""Pages that part nothing: ordinary ones, ones with barcodes of others, and real files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import zxingcpp
from PIL import Image

from capture.barcode import is_separator, read_barcodes
from capture.enhance import prepare
from capture.errors import ChartroomError
from capture.intake import open_source
from capture.model import Barcode, Digest, Frame, PageImage, Pixels, SourceKind
from capture.patch_map import PATCH
from capture.settings import CaptureSettings

from .capture_speed import KINDS, frame_of, pages
from .degrade import RECIPES, Scan
from .render import render

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDERS = ("scans_no_truth", "forms", "ocr", "medical_forms", "skew", "binarize", "microfilm")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf"})
FOREIGN = {
    "Code 128": (zxingcpp.BarcodeFormat.Code128, "07-22-4812345"),
    "Code 39": (zxingcpp.BarcodeFormat.Code39, "MR0071234"),
    "Interleaved 2 of 5": (zxingcpp.BarcodeFormat.ITF, "00712345678905"),
    "Codabar": (zxingcpp.BarcodeFormat.Codabar, "A3000071234B"),
    "EAN-13": (zxingcpp.BarcodeFormat.EAN13, "4006381333931"),
    "QR Code": (zxingcpp.BarcodeFormat.QRCode, "LAB|mrn=0071234|type=11502-2"),
    "PDF417": (zxingcpp.BarcodeFormat.PDF417, "SPECIMEN 0071234"),
    "Data Matrix": (zxingcpp.BarcodeFormat.DataMatrix, "010034928100"),
}
"""Codes that forms, labels and wristbands carry, and what they say here."""


def parting(page: PageImage) -> bool:
    """Return whether the page would part documents, or carries any patch code."""
    patch = any(code.symbology == PATCH for code in page.barcodes)
    return patch or is_separator(page.barcodes)


def foreign_pages(seed: int, many: int) -> Iterator[tuple[str, Frame]]:
    """Yield pages of charts with one barcode of somebody else on each, in every kind of scan."""
    looks = list(KINDS.values())
    for number, leaf in enumerate(islice(pages(seed), many)):
        rng = Random(f"{seed} foreign {number}")
        name = list(FOREIGN)[number % len(FOREIGN)]
        page = _labelled(render(leaf.sheet), name, rng)
        scan = RECIPES[looks[number // len(FOREIGN) % len(looks)]](Scan(page), rng)
        yield name, frame_of(scan, colour=False)


def _labelled(page: Pixels, name: str, rng: Random) -> Pixels:
    kind, text = FOREIGN[name]
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind))
    modules = np.array(drawn, dtype=np.uint8)
    label = np.kron(modules, np.ones((4, 4), np.uint8))
    label = np.pad(np.rot90(label, rng.randrange(4)), 30, constant_values=255)
    height, width = label.shape
    y, x = rng.randrange(page.shape[0] - height), rng.randrange(page.shape[1] - width)
    labelled = page.copy()
    labelled[y : y + height, x : x + width] = (
        label if page.ndim == 2 else np.repeat(label[..., None], 3, axis=2)
    )
    return labelled


def real_frames(folder: Path) -> Iterator[Frame]:
    """Yield the first frame of every file in a folder of pages that can be opened."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            yield from _first_frame(path)


def _first_frame(path: Path) -> Iterator[Frame]:
    nobody = Digest("0" * 64)
    try:
        with open_source(path, nobody, kind=SourceKind.PAPER, settings=CaptureSettings()) as source:
            yield source.frame(1)
    except ChartroomError as error:
        print(f"{path.name}: {error}", file=sys.stderr)


def counted(frames: Iterable[Frame]) -> tuple[int, int]:
    """Return how many frames there are, and how many of them would part documents."""
    parted = [parting(prepare(frame, CaptureSettings())) for frame in frames]
    return len(parted), sum(parted)


def known_codes(folder: Path) -> Iterator[tuple[str, str, tuple[Barcode, ...]]]:
    """Yield the kind of each picture of a barcode, its text, and what is read of it."""
    for path in sorted(folder.glob("*.png")):
        told = path.with_suffix(".txt")
        kind = path.stem.removeprefix("zxing_").split("-")[0]
        pixels = np.array(Image.open(path).convert("L"))
        if told.exists():
            yield kind, told.read_text(encoding="utf-8").strip(), read_barcodes(pixels)
