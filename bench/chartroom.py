"""The installed command: where it is, how it converts beside others, and how it may end."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.home import SETTINGS
from capture.errors import ToolError

from .peer import JOBS, STANDING_BACK
from .program import Ran, run

HELD = 4
"""Exit code of a conversion that leaves frames to a person."""


def chartroom() -> Path:
    """Return the installed command; ToolError when it is not installed here."""
    path = Path(sys.executable).with_name("chartroom")
    if not path.exists():
        raise ToolError("the command chartroom is not installed: pip install -e .")
    return path


def converted(folder: Path, batch: str, home: Path, *more: str, program: Path | None = None) -> Ran:
    """Return what it took to convert ``folder`` as ``batch``, beside others that are measured.

    ``more`` are further options, ``program`` another version than the installed one.
    """
    words: list[str | Path] = [*STANDING_BACK, program or chartroom(), "convert", folder]
    words += ["--batch", batch, "--home", home, "--json", "--workers", str(JOBS), *more]
    return run(words, allowed=(0, HELD))


def without_reader(home: Path) -> None:
    """Have the archive in ``home`` read with Tesseract alone."""
    (home / SETTINGS).write_text('[ocr]\nengine = "tesseract"\n', encoding="utf-8")
