"""One page of a PDF as a reader of its text likes it: alone, upright, nothing hidden."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pikepdf

from capture.errors import ToolError

INVISIBLE = (3, 7)
"""Text rendering modes that leave no mark (PDF 32000-1, 9.3.6)."""
SHOWS_TEXT = ("Tj", "TJ", "'", '"')
EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")
NAMELESS = re.compile(r"/(?!uni|u[0-9A-F]{4}|afii|SF)[A-Za-z]{1,6}[0-9]+$")
"""Glyph names such as ``/g17`` that number a shape and do not name a letter."""
NOTHING = pikepdf.Dictionary()
DEEPEST = 12
"""Forms inside forms; deeper than this only a trap goes."""

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def plain_page(path: Path, number: int) -> bytes:
    """Return a PDF of page ``number`` of the PDF at ``path`` alone, as one sees it.

    What is typed into form fields is text of the page, invisible text is gone, /Rotate is
    carried out and the visible box begins at 0, 0. ToolError when a font does not say what its
    letters are.
    """
    with pikepdf.open(path) as whole, pikepdf.new() as single:
        if "/Annots" in whole.pages[number - 1]:
            whole.generate_appearance_streams()
            whole.flatten_annotations("screen")
        single.pages.append(whole.pages[number - 1])
        _check_fonts(single.pages[0])
        _drop_hidden(single.pages[0])
        _set_upright(single, single.pages[0])
        alone = io.BytesIO()
        single.save(alone)
        return alone.getvalue()


def _set_upright(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Move the rotation and the visible box of ``page`` into its content."""
    x, y, right, top = _visible_box(page)
    turn = int(page.get("/Rotate", 0)) % 360
    matrix = {
        90: (0, -1, 1, 0, -y, right),
        180: (-1, 0, 0, -1, right, top),
        270: (0, 1, -1, 0, top, -x),
    }.get(turn, (1, 0, 0, 1, -x, -y))
    moved = " ".join(f"{number:f}" for number in matrix)
    page.contents_add(pdf.make_stream(f"q {moved} cm\n".encode("ascii")), prepend=True)
    page.contents_add(pdf.make_stream(b"\nQ"))
    size = (top - y, right - x) if turn in (90, 270) else (right - x, top - y)
    for key in ("/Rotate", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        if key in page:
            del page[key]
    page.MediaBox = [0, 0, *size]


def _visible_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of what a viewer shows."""
    media, crop = (_upright(box) for box in (page.mediabox, page.cropbox))
    x, y = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (x, y, right, top) if x < right and y < top else media


def _upright(box: pikepdf.Object) -> tuple[float, float, float, float]:
    a, b, c, d = (float(side) for side in box)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _drop_hidden(page: pikepdf.Page) -> None:
    page.contents_coalesce()
    if "/Contents" in page:
        _clean(page.Contents)
    for form in _forms(page.obj, DEEPEST):
        _clean(form)


def _forms(drawing: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    """Yield the form XObjects that ``drawing`` draws, and those that they draw."""
    drawn = drawing.get("/Resources", NOTHING).get("/XObject", NOTHING)
    for _, inner in drawn.items() if depth else ():
        if inner.get("/Subtype") == "/Form":
            yield inner
            yield from _forms(inner, depth - 1)


def _check_fonts(page: pikepdf.Page) -> None:
    for drawing in (page.obj, *_forms(page.obj, DEEPEST)):
        fonts = drawing.get("/Resources", NOTHING).get("/Font", NOTHING)
        if any(_guesswork(font) for _, font in fonts.items()):
            raise ToolError("a font of the PDF page has no Unicode: read its picture instead")


def _guesswork(font: pikepdf.Object) -> bool:
    """Tell whether the codes of ``font`` say nothing of their letters: a reader would guess."""
    if "/ToUnicode" in font or font.get("/Subtype") == "/Type0":
        return False
    encoding = font.get("/Encoding")
    if encoding is None:
        return any(key in font.get("/FontDescriptor", NOTHING) for key in EMBEDDED)
    if not isinstance(encoding, pikepdf.Dictionary):
        return False
    return any(NAMELESS.match(str(name)) for name in encoding.get("/Differences", ()))


def _clean(stream: pikepdf.Object) -> None:
    if b"Tr" not in stream.read_bytes():
        return
    kept = list(_shown(pikepdf.parse_content_stream(stream)))
    stream.write(pikepdf.unparse_content_stream(kept))


def _shown(instructions: Iterable[Instruction]) -> Iterator[Instruction]:
    mode, saved = 0, [0]
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator == "q":
            saved.append(mode)
        elif operator == "Q" and saved:
            mode = saved.pop()
        elif operator == "Tr":
            mode = int(instruction.operands[0])
        if not (operator in SHOWS_TEXT and mode in INVISIBLE):
            yield instruction
