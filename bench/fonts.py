"""Typefaces of the generated charts, by the Debian package that brings each one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from capture.errors import ToolError

PACKAGES = (
    "fonts-courier-prime",
    "fonts-crosextra-caladea",
    "fonts-crosextra-carlito",
    "fonts-dejavu-core",
    "fonts-dkg-handwriting",
    "fonts-femkeklaver",
    "fonts-freefont-ttf",
    "fonts-gnutypewriter",
    "fonts-liberation",
)
"""What ``apt-get install`` must be given before anything is generated."""

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FALLBACK = "CHARTROOM_BENCH_ANY_FONTS"
"""Set to 1, an absent face is drawn with a present one; seeds then give other pages."""


@dataclass(frozen=True, slots=True)
class Face:
    """One cut of a typeface."""

    package: str
    file: str


FACES = {
    "typewriter": Face("fonts-gnutypewriter", "GNUTypewriter.ttf"),
    "typewriter-bold": Face("fonts-gnutypewriter", "GNUTypewriter.ttf"),
    "courier": Face("fonts-courier-prime", "Courier Prime.otf"),
    "courier-bold": Face("fonts-courier-prime", "Courier Prime Bold.otf"),
    "freemono": Face("fonts-freefont-ttf", "FreeMonoBold.ttf"),
    "freemono-bold": Face("fonts-freefont-ttf", "FreeMonoBold.ttf"),
    "mono": Face("fonts-liberation", "LiberationMono-Regular.ttf"),
    "mono-bold": Face("fonts-liberation", "LiberationMono-Bold.ttf"),
    "printer": Face("fonts-dejavu-core", "DejaVuSansMono.ttf"),
    "printer-bold": Face("fonts-dejavu-core", "DejaVuSansMono-Bold.ttf"),
    "times": Face("fonts-liberation", "LiberationSerif-Regular.ttf"),
    "times-bold": Face("fonts-liberation", "LiberationSerif-Bold.ttf"),
    "caladea": Face("fonts-crosextra-caladea", "Caladea-Regular.ttf"),
    "caladea-bold": Face("fonts-crosextra-caladea", "Caladea-Bold.ttf"),
    "freeserif": Face("fonts-freefont-ttf", "FreeSerif.ttf"),
    "freeserif-bold": Face("fonts-freefont-ttf", "FreeSerifBold.ttf"),
    "sans": Face("fonts-liberation", "LiberationSans-Regular.ttf"),
    "sans-bold": Face("fonts-liberation", "LiberationSans-Bold.ttf"),
    "narrow": Face("fonts-liberation", "LiberationSansNarrow-Regular.ttf"),
    "narrow-bold": Face("fonts-liberation", "LiberationSansNarrow-Bold.ttf"),
    "carlito": Face("fonts-crosextra-carlito", "Carlito-Regular.ttf"),
    "carlito-bold": Face("fonts-crosextra-carlito", "Carlito-Bold.ttf"),
    "vera": Face("fonts-dejavu-core", "DejaVuSans.ttf"),
    "vera-bold": Face("fonts-dejavu-core", "DejaVuSans-Bold.ttf"),
    "hand": Face("fonts-dkg-handwriting", "dkg.ttf"),
    "hand-bold": Face("fonts-dkg-handwriting", "dkgBd.ttf"),
    "hand2": Face("fonts-femkeklaver", "femkeklaver.ttf"),
    "hand2-bold": Face("fonts-femkeklaver", "femkeklaver.ttf"),
}
"""Faces by the names that layouts use; every face has a ``-bold`` companion."""

TYPED = ("typewriter", "courier", "freemono", "mono")
PRINTED = ("times", "caladea", "freeserif", "sans", "carlito", "vera", "printer")
HANDS = ("hand", "hand2")


@lru_cache(maxsize=512)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return face ``name`` at ``size`` pixels per em; ToolError when it is not installed."""
    path = face_file(name)
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=65536)
def ink(name: str, size: int, text: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the ink of ``text`` set with its baseline at 0, 0."""
    left, top, right, bottom = font(name, size).getbbox(text, anchor="ls")
    return int(left), int(top), int(right), int(bottom)


@lru_cache(maxsize=65536)
def advance(name: str, size: int, text: str) -> float:
    """Return how far ``text`` carries the pen, in pixels."""
    return font(name, size).getlength(text)


@lru_cache(maxsize=64)
def face_file(name: str) -> Path:
    """Return the font file of a face; ToolError naming the packages when it is absent."""
    here = _installed()
    if (path := here.get(FACES[name].file)) is not None:
        return path
    if os.environ.get(FALLBACK) == "1":
        return _stand_in(here)
    packages = " ".join(missing_packages())
    raise ToolError(f"font {FACES[name].file} is absent: apt-get install {packages}")


def missing_packages() -> tuple[str, ...]:
    """Return the packages of which at least one face is absent."""
    here = _installed()
    return tuple(sorted({face.package for face in FACES.values() if face.file not in here}))


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    files = (path for folder in FOLDERS for path in folder.rglob("*.[ot]tf"))
    return {path.name: path for path in files}


def _stand_in(here: dict[str, Path]) -> Path:
    for face in FACES.values():
        if face.file in here:
            return here[face.file]
    raise ToolError(f"no known font is installed: apt-get install {' '.join(PACKAGES)}")
