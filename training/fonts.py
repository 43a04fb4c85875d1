"""Typefaces of the drawn lines, by the Debian package that brings each family.

The families of ``HELD_OUT`` are never drawn while training: what they show is how letters are
read that the network has not seen. The faces of ``bench.fonts`` that chartroom's own pages are
set in are among them, as far as others are near enough to learn from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from PIL import ImageFont

from capture.errors import ToolError

ROOTS = (Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts"))


@dataclass(frozen=True, slots=True)
class Family:
    """Cuts of one typeface that are used together."""

    name: str
    package: str
    pattern: str
    """Of its files, below one of ``ROOTS``."""
    weight: int = 1
    """How often it is drawn beside others."""
    typed: bool = False
    """A face of typewriters and line printers."""


# weight, t for typed, name, package, pattern of files
_TRAINED = """
3 t Liberation-Mono fonts-liberation truetype/liberation/LiberationMono-*.ttf
4 - Liberation-Sans fonts-liberation truetype/liberation/LiberationSans-*.ttf
2 - Liberation-Sans-Narrow fonts-liberation truetype/liberation/LiberationSansNarrow-*.ttf
4 - Liberation-Serif fonts-liberation truetype/liberation/LiberationSerif-*.ttf
4 t Courier-Prime fonts-courier-prime opentype/courier-prime/Courier*Prime*.otf
3 t Nimbus-Mono fonts-urw-base35 opentype/urw-base35/NimbusMonoPS-*.otf
2 - Nimbus-Roman fonts-urw-base35 opentype/urw-base35/NimbusRoman-*.otf
2 - Nimbus-Sans fonts-urw-base35 opentype/urw-base35/NimbusSans-*.otf
2 - Nimbus-Sans-Narrow fonts-urw-base35 opentype/urw-base35/NimbusSansNarrow-*.otf
2 - Bookman fonts-urw-base35 opentype/urw-base35/URWBookman-*.otf
2 - Century-Schoolbook fonts-urw-base35 opentype/urw-base35/C059-*.otf
1 - Avant-Garde fonts-urw-base35 opentype/urw-base35/URWGothic-*.otf
1 - Computer-Modern fonts-cmu truetype/cmu/cmun[rbt][mxi].ttf
1 - Computer-Modern-Sans fonts-cmu truetype/cmu/cmuns[sxi].ttf
2 t Computer-Modern-Typewriter fonts-cmu truetype/cmu/cmun[ti]*t*.ttf
1 - Computer-Modern-Concrete fonts-cmu truetype/cmu/cmuno*.ttf
1 - Computer-Modern-Bright fonts-cmu truetype/cmu/cmunb[ms][ro].ttf
1 t Latin-Modern-Mono fonts-lmodern opentype/public/lm/lmmono1*-*.otf
1 t Latin-Modern-Mono-Light fonts-lmodern opentype/public/lm/lmmonolt*.otf
1 - Tex-Gyre-Adventor fonts-texgyre opentype/public/tex-gyre/texgyreadventor-*.otf
1 - Tex-Gyre-Bonum fonts-texgyre opentype/public/tex-gyre/texgyrebonum-*.otf
2 - Tex-Gyre-Heros-Condensed fonts-texgyre opentype/public/tex-gyre/texgyreheroscn-*.otf
1 - Old-Standard fonts-oldstandard truetype/fonts-oldstandard/OldStandard-*.ttf
1 - Junicode fonts-junicode opentype/junicode/JunicodeTwoBeta-*Condensed.otf
1 - Libertine fonts-linuxlibertine opentype/linux-libertine/LinLibertine_R*.otf
1 t Libertine-Mono fonts-linuxlibertine opentype/linux-libertine/LinLibertine_M.otf
1 - Biolinum fonts-linuxlibertine opentype/linux-libertine/LinBiolinum_R*.otf
1 t OCR-A fonts-ocr-a truetype/ocr-a/OCRA*.ttf
2 t OCR-B fonts-ocr-b opentype/ocr-b/OCRB*.otf
1 t Inconsolata fonts-inconsolata truetype/inconsolata/Inconsolata.otf
1 t Noto-Mono fonts-noto-mono truetype/noto/Noto*Mono-*.ttf
3 t Tlwg-Typist fonts-tlwg-typist-ttf truetype/tlwg/TlwgTypist*.ttf
1 - Garamond fonts-ebgaramond opentype/ebgaramond/EBGaramond*.otf
1 - Lato fonts-lato truetype/lato/Lato-[BMRS]*.ttf
1 - Open-Sans fonts-open-sans truetype/open-sans/OpenSans-*.ttf
1 - Roboto fonts-roboto-unhinted truetype/roboto/unhinted/RobotoTTF/Roboto-*.ttf
1 - Roboto-Condensed fonts-roboto-unhinted truetype/roboto/unhinted/RobotoCondensed-*.ttf
1 - Roboto-Slab fonts-roboto-slab opentype/roboto/slab/*.otf
1 - Charis fonts-sil-charis truetype/charis/CharisSIL-*.ttf
1 - Andika fonts-sil-andika truetype/andika/Andika-*.ttf
1 - Cabin fonts-cabin opentype/cabin/Cabin-*.otf
1 - Cantarell fonts-cantarell opentype/cantarell/Cantarell-*.otf
1 - Arapey fonts-arapey opentype/arapey/*.otf
1 - Goudy fonts-goudybookletter opentype/sortsmill/*.otf
1 - Quattrocento fonts-quattrocento opentype/quattrocento/*.otf
1 - PT-Sans fonts-paratype truetype/paratype/PTS*.ttf
1 - PT-Serif fonts-paratype truetype/paratype/PTF*.ttf
1 t PT-Mono fonts-paratype truetype/paratype/PTM*.ttf
1 t Anonymous-Pro fonts-anonymous-pro truetype/anonymous-pro/*.ttf
1 t IBM-3270 fonts-3270 truetype/3270/*.ttf
2 t Compagnon fonts-compagnon opentype/compagnon/Compagnon-[BLMR]*.otf
1 t Fira-Code fonts-firacode truetype/firacode/*.ttf
1 - Go fonts-go fonts-go/Go-[BIMR]*.ttf
2 t Go-Mono fonts-go fonts-go/Go-Mono*.ttf
1 t JetBrains-Mono fonts-jetbrains-mono truetype/jetbrains-mono/JetBrainsMono-[BMR]*.ttf
1 t Mononoki fonts-mononoki truetype/mononoki/*.ttf
1 - DIN fonts-opendin truetype/opendin/*.ttf
1 t Osifont fonts-osifont truetype/osifont/*.ttf
1 - Routed-Gothic fonts-routed-gothic truetype/routed-gothic/*.ttf
1 - Accanthis fonts-adf-accanthis truetype/adf/Accanthis*.otf
1 - Baskervald fonts-adf-baskervald truetype/adf/Baskervald*.otf
1 - Berenis fonts-adf-berenis truetype/adf/Berenis*.otf
1 - Gillius fonts-adf-gillius truetype/adf/Gillius*.otf
1 - Romande fonts-adf-romande truetype/adf/Romande*.otf
1 - Tribun fonts-adf-tribun truetype/adf/Tribun*.otf
1 - Universalis fonts-adf-universalis truetype/adf/Universalis*.otf
1 - Didot fonts-gfs-didot opentype/didot/*.otf
1 - Artemisia fonts-gfs-artemisia opentype/artemisia/*.otf
1 - Neohellenic fonts-gfs-neohellenic opentype/neohellenic/*.otf
1 - Essays-1743 fonts-essays1743 truetype/essays1743/*.ttf
1 - Clear-Sans fonts-clear-sans truetype/clear-sans/ClearSans-[BMR]*.ttf
1 - Inter fonts-inter opentype/inter/Inter-[BMRS]*.otf
1 t League-Mono fonts-league-mono opentype/league-mono/LeagueMono-[BCMR]*.otf
1 - Vollkorn fonts-vollkorn truetype/vollkorn/Vollkorn-*.ttf
1 - Stix fonts-stix opentype/stix-word/STIX-*.otf
1 - Doulos fonts-sil-doulos truetype/doulos/*.ttf
1 - Dosis fonts-dosis opentype/dosis/Dosis-[BMRS]*.otf
1 - Averia fonts-averia-serif-gwf truetype/averia-gwf/AveriaSerif*.ttf
"""
_HELD_OUT = """
1 t FreeMono fonts-freefont-ttf truetype/freefont/FreeMono*.ttf
1 - FreeSerif fonts-freefont-ttf truetype/freefont/FreeSerif*.ttf
1 - FreeSans fonts-freefont-ttf truetype/freefont/FreeSans*.ttf
1 t GNU-Typewriter fonts-gnutypewriter truetype/gnutypewriter/*.ttf
1 t DejaVu-Mono fonts-dejavu-core truetype/dejavu/DejaVuSansMono*.ttf
1 - DejaVu-Sans fonts-dejavu-core truetype/dejavu/DejaVuSans[-.]*ttf
1 - Caladea fonts-crosextra-caladea truetype/crosextra/Caladea-*.ttf
1 - Carlito fonts-crosextra-carlito truetype/crosextra/Carlito-*.ttf
1 t Tlwg-Typewriter fonts-tlwg-typewriter-ttf truetype/tlwg/TlwgTypewriter*.ttf
1 t Hack fonts-hack truetype/hack/Hack-*.ttf
1 - Palatino fonts-urw-base35 opentype/urw-base35/P052-*.otf
1 - Gentium fonts-sil-gentium-basic truetype/gentium-basic/*.ttf
"""


def _families(table: str) -> Iterator[Family]:
    for line in table.strip().splitlines():
        weight, typed, name, package, pattern = line.split()
        yield Family(name, package, pattern, int(weight), typed == "t")


TRAINED = tuple(_families(_TRAINED))
HELD_OUT = tuple(_families(_HELD_OUT))
PACKAGES = ("wamerican", *sorted({one.package for one in (*TRAINED, *HELD_OUT)}))
"""What ``apt-get install`` must be given before a line is drawn; ``python -m training.fonts``."""


@lru_cache(maxsize=256)
def files(family: Family) -> tuple[str, ...]:
    """Return the font files of ``family``; ToolError when its package is not installed."""
    found = [str(path) for root in ROOTS for path in root.glob(family.pattern)]
    if not found:
        raise ToolError(f"no font of {family.name} is here: install {family.package}")
    return tuple(sorted(found))


def is_here(family: Family) -> bool:
    """Tell whether the package of ``family`` is installed."""
    return any(next(root.glob(family.pattern), None) for root in ROOTS)


@lru_cache(maxsize=4096)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the face of the file ``path`` at ``size`` pixels per em."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def lacks(path: str) -> frozenset[str]:
    """Return the characters of ``DRAWN`` that the file ``path`` draws as it draws unknown ones."""
    face = font(path, 24)
    unknown = face.getmask("\uffff")
    shape = (unknown.size, bytes(unknown))
    return frozenset(one for one in DRAWN if _shape(face, one) in (shape, ((0, 0), b"")))


def _shape(face: ImageFont.FreeTypeFont, character: str) -> tuple[tuple[int, int], bytes]:
    mask = face.getmask(character)
    return mask.size, bytes(mask)


DRAWN = "".join(map(chr, range(33, 127))) + "°½¼±µ§•\u201c\u201d\u2018\u2019\u2013\u2014"
"""Characters that a line may show; what stands for them in its truth is the text's affair."""


def drawn_family(rng: Random, families: tuple[Family, ...]) -> Family:
    """Return one of ``families``, often used ones more often."""
    return rng.choices(families, [one.weight for one in families])[0]


if __name__ == "__main__":
    print(*PACKAGES)
