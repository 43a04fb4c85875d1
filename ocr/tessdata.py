"""Where Tesseract's language files lie on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from capture.errors import ToolError

USUAL_PLACES = (
    Path("/usr/share/tesseract-ocr/5/tessdata"),
    Path("/usr/share/tesseract-ocr/4.00/tessdata"),
    Path("/usr/share/tessdata"),
    Path("/usr/local/share/tessdata"),
    Path("/opt/homebrew/share/tessdata"),
)
ORIENTATION = "osd"
"""The language file with which Tesseract tells how a page lies."""


def tessdata_folder(language: str) -> Path:
    """Return the folder that holds ``language`` and the orientation data; ToolError when none does.

    ``TESSDATA_PREFIX`` is asked first, and alone when it is set.
    """
    wanted = (*language.split("+"), ORIENTATION)
    for folder in _places():
        if not _lacking(folder, wanted):
            return folder
    raise ToolError(_advice(wanted))


def _places() -> tuple[Path, ...]:
    prefix = os.environ.get("TESSDATA_PREFIX")
    if not prefix:
        return USUAL_PLACES
    return (Path(prefix), Path(prefix) / "tessdata")


def _lacking(folder: Path, languages: Iterable[str]) -> list[str]:
    return [name for name in languages if not (folder / f"{name}.traineddata").is_file()]


def _advice(wanted: tuple[str, ...]) -> str:
    lacking = min((_lacking(folder, wanted) for folder in _places()), key=len)
    packages = " ".join(f"tesseract-ocr-{name.replace('_', '-').lower()}" for name in lacking)
    return (
        f"Tesseract has no data for {', '.join(lacking)}: install {packages} (Debian, Ubuntu), "
        "or set TESSDATA_PREFIX to the folder that holds the .traineddata files"
    )
