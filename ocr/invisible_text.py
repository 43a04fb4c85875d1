"""Words as PDF text that takes room but leaves no mark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pikepdf

from .model import OcrPage, Word

ADVANCE = 500
"""Width of every glyph in thousandths of its size: any will do, the words are fitted."""
CODES = 255
"""Glyphs a font: a simple font has one byte a code, and 0 is left out."""
GLYPH = b"%d 0 0 0 %d 1000 d1\n" % (ADVANCE, ADVANCE)
TO_UNICODE = """\
/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<00> <FF>
endcodespacerange
{ranges}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
CMAP_BLOCK = 100
"""Entries one bfchar section may hold."""


class InvisibleText:
    """The text layer of one PDF page: its content, then the fonts that the content asks for.

    The fonts are Type 3 with an empty glyph and a ToUnicode map, so that every character of
    Unicode can be laid down without embedding a typeface.
    """

    def __init__(self, scale: float, height: float) -> None:
        self._scale = scale
        """Points per pixel of the page."""
        self._height = height
        """Of the page in points."""
        self._codes: dict[str, int] = {}

    def content(self, page: OcrPage) -> bytes:
        """Return the content stream that lays down the words of ``page`` in reading order."""
        if not page.words:
            return b""
        shown = [self._shown(word, after) for word, after in _with_next(page.words)]
        return "".join(["BT 3 Tr\n", *shown, "ET\n"]).encode("ascii")

    def fonts(self, pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
        """Return the font resources for all content made so far."""
        fonts = pikepdf.Dictionary()
        signs = list(self._codes)
        for number, start in enumerate(range(0, len(signs), CODES)):
            fonts[f"/F{number}"] = _font(pdf, signs[start : start + CODES])
        return fonts

    def _shown(self, word: Word, after: Word | None) -> str:
        """Return ``word`` fitted to its box, and the space that leads to the word ``after``."""
        box = word.box
        size = box.height * self._scale
        bottom = self._height - box.bottom * self._scale
        end = box.right if after is None else max(box.right + 1, after.box.x)
        text = self._run(word.text, box.x * self._scale, bottom, box.width * self._scale, size)
        gap = (end - box.right) * self._scale
        return (
            text
            if after is None
            else text + self._run(" ", box.right * self._scale, bottom, gap, size)
        )

    def _run(self, text: str, x: float, y: float, width: float, size: float) -> str:
        if not text:
            return ""
        stretch = 100 * width / (len(text) * size * ADVANCE / 1000)
        place = f"1 0 0 1 {x:.3f} {y:.3f} Tm {stretch:.4f} Tz\n"
        return place + "".join(
            f"/F{font} {size:.3f} Tf <{codes}> Tj\n" for font, codes in self._coded(text)
        )

    def _coded(self, text: str) -> list[tuple[int, str]]:
        """Return ``text`` as runs of one font each, codes in hex."""
        runs: list[tuple[int, str]] = []
        for sign in text:
            font, code = divmod(self._codes.setdefault(sign, len(self._codes)), CODES)
            if runs and runs[-1][0] == font:
                runs[-1] = (font, f"{runs[-1][1]}{code + 1:02X}")
            else:
                runs.append((font, f"{code + 1:02X}"))
        return runs


def _with_next(words: Sequence[Word]) -> list[tuple[Word, Word | None]]:
    """Return each word with the next one of its line, None at the line's end."""
    pairs = [(word, after if after.line == word.line else None) for word, after in pairwise(words)]
    return [*pairs, (words[-1], None)]


def _font(pdf: pikepdf.Pdf, signs: Sequence[str]) -> pikepdf.Object:
    names = [f"/g{code}" for code in range(1, len(signs) + 1)]
    glyph = pdf.make_stream(GLYPH)
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, ADVANCE, 1000],
            FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            FirstChar=1,
            LastChar=len(signs),
            Widths=[ADVANCE] * len(signs),
            Resources=pikepdf.Dictionary(),
            CharProcs=pikepdf.Dictionary({name: glyph for name in names}),
            Encoding=pikepdf.Dictionary(
                Type=pikepdf.Name.Encoding,
                Differences=[1, *(pikepdf.Name(name) for name in names)],
            ),
            ToUnicode=pdf.make_stream(_to_unicode(signs)),
        )
    )


def _to_unicode(signs: Sequence[str]) -> bytes:
    lines = [f"<{code:02X}> <{_utf16(sign)}>" for code, sign in enumerate(signs, 1)]
    blocks = [lines[start : start + CMAP_BLOCK] for start in range(0, len(lines), CMAP_BLOCK)]
    ranges = "".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks
    )
    return TO_UNICODE.format(ranges=ranges).encode("ascii")


def _utf16(sign: str) -> str:
    return sign.encode("utf-16-be", "replace").hex().upper()
