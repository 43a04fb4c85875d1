"""Open the engine that the settings and the machine allow."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from capture.errors import SettingsError, ToolError

from . import line_model, tesseract, tesseract_cli
from .engine import OcrEngine
from .line_engine import LineReader, ReaderFirst
from .settings import OcrSettings
from .tessdata import tessdata_folder

Factory = Callable[[OcrSettings], OcrEngine]
Tesseract = tesseract.TesserocrEngine | tesseract_cli.PytesseractEngine
OURS: dict[str, Callable[[OcrSettings], Tesseract]] = {
    "tesserocr": tesseract.TesserocrEngine,
    "pytesseract": tesseract_cli.PytesseractEngine,
}
NAMES = ("auto", "reader", "tesseract", *OURS)
"""What ``ocr.engine`` may say beside ``module:factory``."""
READS = "eng"
"""The one language that the line reader was trained on."""
READING = "reading@6"
"""Changes whenever one engine can give other words, or more beside them, for the same page."""
INSTALL = "install the Debian packages tesseract-ocr and tesseract-ocr-eng"


def open_engine(settings: OcrSettings, *, isolated: bool = False) -> OcrEngine:
    """Return an engine as ``settings`` ask; ToolError when what it needs is not on this machine.

    ``isolated`` reads in a program of its own with a time limit, for a page that killed a worker
    before; an engine of the site's own is asked all the same.
    """
    if ":" in settings.engine:
        return _foreign(settings.engine)(settings)
    if settings.engine not in NAMES:
        raise SettingsError(
            f"ocr.engine is {settings.engine!r}: say {', '.join(NAMES)} or module:factory"
        )
    name = "pytesseract" if isolated else settings.engine
    if name in OURS:
        return OURS[name](settings)
    if name == "reader" or (name == "auto" and _reader_suits(settings)):
        return _reader_first(settings)
    return _tesseract(settings)


def _reader_suits(settings: OcrSettings) -> bool:
    """Tell whether the line reader is here, reads the language, and has Tesseract behind it."""
    behind = tesseract.available() or tesseract_cli.available()
    return line_model.available() and settings.language == READS and behind


def _tesseract(settings: OcrSettings) -> Tesseract:
    tessdata_folder(settings.language)
    if tesseract.available():
        return tesseract.TesserocrEngine(settings)
    if tesseract_cli.available():
        return tesseract_cli.PytesseractEngine(settings)
    raise ToolError(f"no OCR engine is here: {INSTALL}")


def _reader_first(settings: OcrSettings) -> OcrEngine:
    """Return the line reader with Tesseract behind it, or alone where there is none."""
    if not line_model.available():
        raise ToolError(line_model.MISSING)
    if settings.language != READS:
        raise SettingsError(
            f"the line reader reads {READS!r} only, and ocr.language is {settings.language!r}: "
            "set ocr.engine to tesseract"
        )
    try:
        behind = _tesseract(settings)
    except ToolError:
        return LineReader()
    return ReaderFirst(behind, behind.look, settings.page_seconds)


def _foreign(engine: str) -> Factory:
    module, _, factory = engine.partition(":")
    try:
        made = getattr(importlib.import_module(module), factory)
    except (ImportError, AttributeError) as error:
        raise ToolError(f"ocr.engine {engine!r} cannot be imported: {error}") from error
    if not callable(made):
        raise SettingsError(f"ocr.engine {engine!r} is nothing that can be called")
    return made  # type: ignore[no-any-return]  # the site's module is known only at run time
