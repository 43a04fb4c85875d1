"""The programs to be measured against, each in one place and allowed its best.

OCRmyPDF keeps an environment of its own. It runs Tesseract on one thread a job by itself as soon
as there are more pages than jobs. It writes the text only, which is all that is compared. Its own
caution about quarter turns (14) leaves most turned pages lying; on development seeds 2 turned
them all and no other (`CONFIDENT`). Plain Tesseract gets every page as a picture, with its
resolution, as a script of a few lines would give it.
"""

from __future__ import annotations

import shutil
import sys
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from capture.errors import SettingsError, ToolError
from capture.intake import open_source
from capture.model import Digest, Frame, SourceKind

from .delivery import Record
from .program import Ran, run

JOBS = 2
"""Pages that every program reads at a time."""
CONFIDENT = 2
"""Of OCRmyPDF's unit, from which it turns a page."""
FLAGS = ("--deskew", "--rotate-pages", "--rotate-pages-threshold", str(CONFIDENT))
SPEEDY = ("--output-type", "none", "--jobs", str(JOBS))
STANDING_BACK = ("nice", "-n", "5")
"""OCRmyPDF lowers its own priority by this; who is compared with it must stand back as far."""
_NEEDED = {"gs": "ghostscript", "tesseract": "tesseract-ocr"}
_NEEDED_TO_CLEAN = {"unpaper": "unpaper"}
# Pictures go in as they are, without another compression, so that all read the same pixels.
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
class Lot:
    """The generated pages of one look."""

    look: str
    folder: Path
    truth: Sequence[Record]
    """Of every frame, in the order of the files."""

    @property
    def files(self) -> list[Path]:
        """What a scanner would have left, in order."""
        return sorted((self.folder / "scans").iterdir())


@dataclass(frozen=True, slots=True)
class Reading:
    """What a program made of a lot, and what it cost."""

    run: Ran
    texts: tuple[str, ...]
    """Of each frame, in order."""


class Peer(Protocol):
    """A program that reads pages."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        ...

    @property
    def told(self) -> str:
        """Version and options, for who reads the figures."""
        ...

    def read(self, lot: Lot) -> Reading:
        """Return the text of every frame; what it takes to hand them over costs nothing."""
        ...


@dataclass(frozen=True, slots=True)
class OcrMyPdf:
    """An installed OCRmyPDF."""

    folder: Path
    more: tuple[str, ...] = ()
    """Options beside the usual ones."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        return " ".join(("OCRmyPDF", *self.more))

    @property
    def told(self) -> str:
        """Version and options."""
        version = run([self._bin("ocrmypdf"), "--version"]).output.strip()
        flags = " ".join((*FLAGS, *self.more, *SPEEDY))
        return f"OCRmyPDF {version}: `{flags} --sidecar`, one PDF a look."

    def read(self, lot: Lot) -> Reading:
        """Return the text of every frame of the PDF that the lot's pictures are bound to."""
        pdf, sidecar = lot.folder / "bound.pdf", lot.folder / "bound.txt"
        if not pdf.exists():
            run([self._bin("python"), "-c", _BIND, pdf, *lot.files])
        options: list[str | Path] = [*FLAGS, *self.more, *SPEEDY, "--sidecar", sidecar]
        ran = run([self._bin("ocrmypdf"), *options, pdf, "-"])
        return Reading(ran, sidecar_pages(sidecar.read_text(encoding="utf-8"), len(lot.truth)))

    def _bin(self, name: str) -> Path:
        return self.folder / "bin" / name


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The program on the path, on one thread a page, with no option set."""

    @property
    def name(self) -> str:
        """What the tables call it."""
        return "Tesseract"

    @property
    def told(self) -> str:
        """Version and options."""
        version = run(["tesseract", "--version"]).output.splitlines()[0]
        return f"Plain Tesseract: {version}, no options, {JOBS} pages at a time, one thread each."

    def read(self, lot: Lot) -> Reading:
        """Return the text of every frame, each read by a start of the program."""
        folder = lot.folder / "pictures"
        if not folder.exists():
            write_pictures(lot.files, folder)
        pictures = sorted(folder.glob("*.png"))
        names = folder / "names"
        names.write_text("".join(f"{picture}\n" for picture in pictures), encoding="utf-8")
        spread: list[str | Path] = ["xargs", "--arg-file", names, "-P", str(JOBS), "-I{}"]
        command = [*STANDING_BACK, *spread, "tesseract", "{}", "{}"]
        ran = run(command, environment={"OMP_THREAD_LIMIT": "1"})
        texts = (path.with_name(f"{path.name}.txt") for path in pictures)
        return Reading(ran, tuple(text.read_text(encoding="utf-8") for text in texts))


def write_pictures(files: Iterable[Path], folder: Path) -> None:
    """Write every frame of ``files`` as a PNG of its own, the pixels and resolution as they are."""
    folder.mkdir()
    for number, frame in enumerate(_frames(files), 1):
        picture = Image.fromarray(frame.pixels)
        picture = picture.convert("1", dither=Image.Dither.NONE) if frame.bitonal else picture
        # Tesseract makes its own estimate where it is told none.
        dpi = frame.dpi or (0, 0)
        picture.save(folder / f"{number:05}.png", compress_level=1, dpi=dpi)


def _frames(files: Iterable[Path]) -> Iterator[Frame]:
    for file in files:
        with open_source(file, Digest("0" * 64), kind=SourceKind.PAPER) as source:
            yield from map(source.frame, range(1, source.frame_count + 1))


def sidecar_pages(text: str, count: int) -> tuple[str, ...]:
    """Return the text of each of ``count`` pages of a sidecar file; SettingsError for others.

    A form feed stands between two pages; after the last one it may stand as well, and when the
    last page is blank only the count tells which of the two it is.
    """
    pages = text.split("\f")
    pages = pages[:-1] if len(pages) == count + 1 and not pages[-1] else pages
    if len(pages) != count:
        raise SettingsError(f"OCRmyPDF told of {len(pages)} pages, {count} were bound")
    return tuple(pages)


def installed(folder: Path, *, clean: bool = True, plain: bool = True) -> list[Peer]:
    """Return the programs to be measured against; OCRmyPDF is installed in ``folder`` when absent.

    Args:
        folder: where the environment of OCRmyPDF is.
        clean: measure OCRmyPDF with ``--clean``, too.
        plain: measure plain Tesseract, too.

    Raises:
        ToolError: a program that they need is missing or cannot be installed.
    """
    missing = _missing(_NEEDED | (_NEEDED_TO_CLEAN if clean else {}))
    if missing:
        raise ToolError(f"OCRmyPDF needs programs that are absent: apt-get install {missing}")
    if not (folder / "bin" / "ocrmypdf").exists():
        print(f"installing OCRmyPDF into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "ocrmypdf"])
    peers: list[Peer] = [OcrMyPdf(folder)]
    peers += [OcrMyPdf(folder, ("--clean",))] * clean
    return peers + [Tesseract()] * plain


def _missing(programs: Mapping[str, str]) -> str:
    return " ".join(package for name, package in programs.items() if not shutil.which(name))
