"""A separator sheet whose code is lost is known by its words."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from batch.inspection import Inspected, inspect_files
from batch.settings import Settings
from bench.write import payload, separator
from capture.model import SourceKind


def inspected(tmp_path: Path, grown: int) -> Inspected:
    """A sheet as a copier leaves it whose bars grow into their gaps by ``grown`` pixels."""
    pixels = separator(payload(mrn="0071234", code="18842-5"), "Code 39").copy()
    bars = pixels[900:1280]
    pixels[900:1280] = cv2.erode(bars, np.ones((1, grown), np.uint8))
    path = tmp_path / "sheet.png"
    Image.fromarray(pixels[::2, ::2]).save(path, dpi=(150, 150))
    (frame,) = inspect_files([path], Settings(), kind=SourceKind.PAPER, workers=1)
    return frame


def test_it_parts_documents_and_tells_nothing(tmp_path: Path) -> None:
    told = inspected(tmp_path, 5).as_json()
    assert told["state"] == "separator"
    assert told["reason"] == "a separator sheet by its words: its code could not be read"
    assert "barcodes" not in told


def test_one_whose_code_is_read_needs_no_words(tmp_path: Path) -> None:
    told = inspected(tmp_path, 1).as_json()
    assert (told["state"], told["reason"]) == ("separator", "a separator sheet")
