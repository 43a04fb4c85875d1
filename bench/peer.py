"""OCRmyPDF, the program to be measured against, in an environment of its own."""

from __future__ import annotations

import shutil
import sys
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.errors import ToolError

from .program import Ran, run

FLAGS = ("--deskew", "--rotate-pages", "--jobs", "2")
NICENESS = 5
"""OCRmyPDF lowers its own priority by this; who is compared with it must stand back as far."""
_PROGRAMS = {"gs": "ghostscript", "tesseract": "tesseract-ocr"}
# Pictures go in as they are, without another compression, so that both read the same pixels.
_BIND = """
import io, sys
import img2pdf, pikepdf
bound = pikepdf.new()
opened = []
for path in sys.argv[2:]:
    whole = path if path.endswith(".pdf") else io.BytesIO(img2pdf.convert(path))
    opened.append(pikepdf.open(whole))
    bound.pages.extend(opened[-1].pages)
bound.save(sys.argv[1])
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """An installed OCRmyPDF."""

    folder: Path

    @property
    def version(self) -> str:
        """Its number."""
        return run([self._bin("ocrmypdf"), "--version"]).output.strip()

    def bind(self, files: Iterable[Path], out: Path) -> None:
        """Write one PDF of the pictures in ``files``, in their order."""
        run([self._bin("python"), "-c", _BIND, out, *files])

    def read(self, pdf: Path, out: Path, count: int) -> tuple[Ran, list[str]]:
        """Return what reading a PDF of ``count`` pages cost and the text of each."""
        sidecar = out.with_suffix(".txt")
        ran = run([self._bin("ocrmypdf"), *FLAGS, "--sidecar", sidecar, pdf, out])
        return ran, sidecar_pages(sidecar.read_text(encoding="utf-8"), count)

    def _bin(self, name: str) -> Path:
        return self.folder / "bin" / name


def sidecar_pages(text: str, count: int) -> list[str]:
    """Return the text of each of ``count`` pages of a sidecar file.

    A form feed stands between two pages; after the last one it may stand as well, and when the
    last page is blank only the count tells which of the two it is.
    """
    pages = text.split("\f")
    return pages[:-1] if len(pages) == count + 1 and not pages[-1] else pages


def installed(folder: Path) -> Peer:
    """Return OCRmyPDF from ``folder``, installed there now when it is not yet.

    Raises ToolError when a program that it needs is missing or it cannot be installed.
    """
    missing = _missing(_PROGRAMS)
    if missing:
        raise ToolError(f"OCRmyPDF needs programs that are absent: apt-get install {missing}")
    if not (folder / "bin" / "ocrmypdf").exists():
        print(f"installing OCRmyPDF into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "ocrmypdf"])
    return Peer(folder)


def _missing(programs: dict[str, str]) -> str:
    absent: Sequence[str] = [
        package for name, package in programs.items() if not shutil.which(name)
    ]
    return " ".join(absent)
