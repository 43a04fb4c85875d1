"""Look whether this machine and this archive are fit for work."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.archive import open_archive
from archive.home import SENTINEL
from archive.patients import count_patients
from batch.settings import settings_of
from capture.errors import ArchiveError, ChartroomError, ToolError
from capture.settings import load_section
from ocr import line_model, tesseract, tesseract_cli
from ocr.settings import OcrSettings
from ocr.tessdata import tessdata_folder
from search.archive_text import ArchiveText
from search.publish import IndexState, status
from search.settings import SearchSettings

_LEAST_FREE = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    """What was found, and when it is not ok what to do."""
    exit_code: int = 1


def examine(root: Path) -> list[Check]:
    """Return every check of this machine, and of the archive at ``root`` where there is one."""
    found = [_python(), _check("tesserocr", _tesserocr), _check("tesseract", _tesseract)]
    found += [_check("language data", _language_data), _check("line reader", _line_reader)]
    if not (root / SENTINEL).exists():
        return [*found, Check("archive", True, f"none at {root} yet; `convert` makes one")]
    return [*found, *_archive_checks(root)]


def _python() -> Check:
    ok = sys.version_info >= (3, 11)
    return Check("python", ok, platform.python_version() + ("" if ok else "; 3.11 is needed"))


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except ChartroomError as error:
        return Check(name, False, str(error), error.exit_code)


def _tesserocr() -> str:
    if tesseract.available():
        return tesseract.version()
    return "not installed; pages are read with the program tesseract, which is slower"


def _tesseract() -> str:
    if not tesseract_cli.available():
        raise ToolError("not installed; install the Debian package tesseract-ocr")
    return tesseract_cli.version()


def _line_reader() -> str:
    if not line_model.available():
        return "not installed; pages are read by Tesseract alone: pip install onnxruntime"
    return f"trained on {line_model.LineModel().version} lines"


def _language_data() -> str:
    return str(tessdata_folder(OcrSettings().language))


def _archive_checks(root: Path) -> Iterator[Check]:
    try:
        with open_archive(root) as archive:
            settings_of(archive.home)
            search = load_section(archive.home.section("search"), SearchSettings, "search")
            with archive.catalogue.read() as connection:
                people = count_patients(connection)
            yield Check("archive", True, f"{root}, {people} patients in the MPI")
            yield _disk(root)
            index = status(ArchiveText(archive), archive.home.index, search)
            ready = index.state is IndexState.READY
            advice = "" if ready else "; run `chartroom reindex`"
            yield Check(
                "search index",
                ready,
                f"{index.engine}, {index.state.value}, {index.pages} pages, "
                f"{index.behind} changes behind{advice}",
                ArchiveError.exit_code,
            )
    except ChartroomError as error:
        yield Check("archive", False, str(error), error.exit_code)


def _disk(root: Path) -> Check:
    free = shutil.disk_usage(root).free
    ok = free > _LEAST_FREE
    return Check("disk", ok, f"{free >> 30} GiB free" + ("" if ok else "; make room"), 75)
