"""Open the engine that the settings and the machine allow."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from capture.errors import SettingsError, ToolError

from . import tesseract, tesseract_cli
from .engine import OcrEngine
from .settings import OcrSettings
from .tessdata import tessdata_folder

Factory = Callable[[OcrSettings], OcrEngine]
OURS: dict[str, Factory] = {
    "tesserocr": tesseract.TesserocrEngine,
    "pytesseract": tesseract_cli.PytesseractEngine,
}
READING = "reading@2"
"""Changes whenever one engine can give other words, or more beside them, for the same page."""
INSTALL = "install the Debian packages tesseract-ocr and tesseract-ocr-eng"


def open_engine(settings: OcrSettings, *, isolated: bool = False) -> OcrEngine:
    """Return an engine as ``settings`` ask; ToolError when what it needs is not on this machine.

    ``isolated`` reads in a program of its own with a time limit, for a page that killed a worker
    before; an engine of the site's own is asked all the same.
    """
    if ":" in settings.engine:
        return _foreign(settings.engine)(settings)
    if settings.engine not in (*OURS, "auto"):
        raise SettingsError(
            f"ocr.engine is {settings.engine!r}: say auto, tesserocr, pytesseract or module:factory"
        )
    name = "pytesseract" if isolated else settings.engine
    return _usual(settings) if name == "auto" else OURS[name](settings)


def _usual(settings: OcrSettings) -> OcrEngine:
    tessdata_folder(settings.language)
    if tesseract.available():
        return tesseract.TesserocrEngine(settings)
    if tesseract_cli.available():
        return tesseract_cli.PytesseractEngine(settings)
    raise ToolError(f"no OCR engine is here: {INSTALL}")


def _foreign(engine: str) -> Factory:
    module, _, factory = engine.partition(":")
    try:
        made = getattr(importlib.import_module(module), factory)
    except (ImportError, AttributeError) as error:
        raise ToolError(f"ocr.engine {engine!r} cannot be imported: {error}") from error
    if not callable(made):
        raise SettingsError(f"ocr.engine {engine!r} is nothing that can be called")
    return made  # type: ignore[no-any-return]  # the site's module is known only at run time
