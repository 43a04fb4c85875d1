"""Tesseract inside our own process (tesserocr): the fast way."""

from __future__ import annotations

import os
from pathlib import Path

from capture.errors import ToolError
from capture.model import PageImage, Pixels

from .engine import Turn
from .looks import read_page
from .model import OcrPage
from .prepare import prepare
from .settings import OcrSettings
from .sight import AUTOMATIC
from .tessdata import ORIENTATION, tessdata_folder
from .turn import UNKNOWN, turn_of_osd

# Read once, when the library loads: with one worker a core, threads of its own only cost.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
try:
    import tesserocr
except ImportError:  # a platform without the wheel reads through the program instead
    tesserocr = None
else:
    # Its notes on odd boxes go to stderr, which belongs to the progress display.
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)

QUIET = {"debug_file": os.devnull}
RESOLUTION = 200
"""Told to Tesseract with every page, whose letters `prepare` has made that large."""


def available() -> bool:
    """Tell whether the library is here; its language data is another question."""
    return tesserocr is not None


def version() -> str:
    """Return the version of the Tesseract inside; ToolError when it is not installed."""
    if tesserocr is None:
        raise ToolError("tesserocr is not installed: pip install tesserocr, or use pytesseract")
    return str(tesserocr.tesseract_version()).split()[1]


class TesserocrEngine:
    """Reads pages with one Tesseract kept open; a crash of it is a crash of the worker."""

    def __init__(self, settings: OcrSettings) -> None:
        self._name = f"tesseract {version()}"
        self._folder = tessdata_folder(settings.language)
        self._seconds = settings.page_seconds
        self._reader = _open(self._folder, settings.language, AUTOMATIC)
        self._compass: tesserocr.PyTessBaseAPI | None = None

    @property
    def name(self) -> str:
        """Name and version."""
        return self._name

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of ``page``; ToolError when it fails or takes too long."""
        return read_page(page, self._name, self.look, self._seconds)

    def orientation(self, page: PageImage) -> Turn:
        """Return how ``page`` lies; confidence 0.0 where there is too little text."""
        if self._compass is None:
            self._compass = _open(self._folder, ORIENTATION, tesserocr.PSM.OSD_ONLY)
        _show(self._compass, prepare(page).pixels)
        try:
            found = self._compass.DetectOrientationScript()
        finally:
            self._compass.Clear()
        return turn_of_osd(found["orient_deg"], found["orient_conf"]) if found else UNKNOWN

    def close(self) -> None:
        """Let go of the models."""
        for api in (self._reader, self._compass):
            if api is not None:
                api.End()
        self._compass = None

    def look(self, pixels: Pixels, mode: int, seconds: float) -> str:
        """Return Tesseract's table (TSV) of grey ``pixels`` in a page segmentation mode."""
        try:
            self._reader.SetPageSegMode(mode)
            _show(self._reader, pixels)
            if not self._reader.Recognize(max(1, round(seconds * 1000))):
                raise ToolError(
                    f"tesseract gave a page up after {self._seconds:g} seconds: "
                    "look at the page, or raise ocr.page_seconds"
                )
            return str(self._reader.GetTSVText(0))
        except RuntimeError as error:
            raise ToolError(
                f"tesseract failed on a page ({error}): read it in isolation"
            ) from error
        finally:
            self._reader.Clear()


def _open(folder: Path, language: str, layout: int) -> tesserocr.PyTessBaseAPI:
    try:
        return tesserocr.PyTessBaseAPI(path=str(folder), lang=language, psm=layout, variables=QUIET)
    except RuntimeError as error:
        raise ToolError(
            f"tesseract cannot open its data for {language} ({error}): install it anew"
        ) from error


def _show(api: tesserocr.PyTessBaseAPI, pixels: Pixels) -> None:
    height, width = pixels.shape
    api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
    api.SetSourceResolution(RESOLUTION)
