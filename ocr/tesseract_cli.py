"""Tesseract as a program of its own (pytesseract): slower, but its death is not ours."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytesseract

from capture.errors import ToolError
from capture.model import PageImage, Pixels

from .engine import Turn
from .looks import read_page
from .model import OcrPage
from .prepare import prepare
from .settings import OcrSettings
from .tessdata import ORIENTATION, tessdata_folder
from .turn import UNKNOWN, turn_of_osd

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

INSTALL = "install the Debian package tesseract-ocr, and see that tesseract is on PATH"
RESOLUTION = 200
TOO_POOR = "Too few characters"
"""What the program says of a page whose letters do not tell how it lies."""


def available() -> bool:
    """Tell whether the program is here and answers."""
    try:
        version()
    except ToolError:
        return False
    return True


def version(seconds: float = 20.0) -> str:
    """Return the version of the program; ToolError when it is missing or does not answer."""
    # pytesseract asks too, but without a limit of time.
    asked = [pytesseract.pytesseract.tesseract_cmd, "--version"]
    try:
        ran = subprocess.run(asked, capture_output=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"the program tesseract does not answer: {INSTALL}") from error
    said = re.match(rb"tesseract v?(\d[.\w]*)", ran.stdout or ran.stderr)
    if said is None:
        raise ToolError(f"the program tesseract is another one: {INSTALL}")
    return said[1].decode("ascii")


class PytesseractEngine:
    """Reads each page with a new run of the program, killed when it takes too long."""

    def __init__(self, settings: OcrSettings) -> None:
        self._name = f"tesseract {version()}"
        self._language = settings.language
        self._seconds = settings.page_seconds
        self._data = f"--tessdata-dir {shlex.quote(str(tessdata_folder(settings.language)))}"

    @property
    def name(self) -> str:
        """Name and version."""
        return self._name

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of ``page``; ToolError when the program fails or takes too long."""
        return read_page(page, self._name, self.look, self._seconds)

    def orientation(self, page: PageImage) -> Turn:
        """Return how ``page`` lies; confidence 0.0 where there is too little text."""
        ask = partial(pytesseract.image_to_osd, timeout=self._seconds)
        try:
            report = self._run(ask, prepare(page).pixels, ORIENTATION, "")
        except _TextPoorError:
            return UNKNOWN
        return _turn(report)

    def close(self) -> None:
        """Nothing stays open between pages."""

    def look(self, pixels: Pixels, mode: int, seconds: float) -> str:
        """Return Tesseract's table (TSV) of grey ``pixels`` in a page segmentation mode."""
        ask = partial(pytesseract.image_to_data, timeout=seconds)
        return self._run(ask, pixels, self._language, f"--psm {mode}")

    def _run(self, ask: Callable[..., str], pixels: Pixels, language: str, config: str) -> str:
        config = f"{config} --dpi {RESOLUTION} {self._data}"
        with tempfile.TemporaryDirectory(prefix="chartroom-") as folder:
            picture = Path(folder) / "page.pgm"
            picture.write_bytes(_portable_greymap(pixels))
            try:
                return ask(str(picture), lang=language, config=config)
            except (OSError, RuntimeError, UnicodeDecodeError) as error:
                raise self._verdict(error) from error

    def _verdict(self, error: Exception) -> ToolError:
        """Return what ``error`` of pytesseract means for the person who has to act."""
        if isinstance(error, pytesseract.TesseractNotFoundError):
            return ToolError(f"the program tesseract is missing: {INSTALL}")
        if isinstance(error, pytesseract.TesseractError):
            return _failure(error.status, error.message)
        if isinstance(error, UnicodeDecodeError):
            return ToolError("tesseract wrote something that is not text: check the program")
        if isinstance(error, OSError):
            return ToolError(f"tesseract left no result ({error.strerror}): run it again")
        return ToolError(
            f"tesseract gave a page up after {self._seconds:g} seconds: "
            "look at the page, or raise ocr.page_seconds"
        )


class _TextPoorError(ToolError):
    """A page with too few letters to tell how it lies: no failure, an answer."""


def _failure(status: int, message: str) -> ToolError:
    if TOO_POOR in message:
        return _TextPoorError(message)
    how = f"signal {-status}" if status < 0 else f"code {status}"
    return ToolError(f"tesseract ended with {how} on a page: look at the page, or run it again")


def _turn(report: str) -> Turn:
    degrees = re.search(r"^Orientation in degrees: (\d+)$", report, re.MULTILINE)
    margin = re.search(r"^Orientation confidence: (-?[\d.]+)$", report, re.MULTILINE)
    if degrees is None or margin is None:
        raise ToolError("tesseract wrote something that is no orientation: check the program")
    return turn_of_osd(int(degrees[1]), float(margin[1]))


def _portable_greymap(pixels: Pixels) -> bytes:
    """Return ``pixels`` as a PGM, which costs no time; packing a PNG costs a tenth of reading."""
    height, width = pixels.shape
    return b"P5 %d %d 255\n" % (width, height) + pixels.tobytes()
