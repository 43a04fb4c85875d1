"""A PDF page without the text that is there but not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pikepdf

INVISIBLE = (3, 7)
"""Text rendering modes that leave no mark (PDF 32000-1, 9.3.6)."""
SHOWS_TEXT = ("Tj", "TJ", "'", '"')
DEEPEST = 12
"""Forms inside forms; deeper than this only a trap goes."""

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


def without_hidden_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take the invisible text out of ``page`` of ``pdf`` and of the forms that it draws."""
    page.contents_coalesce()
    if "/Contents" in page:
        _clean(page.Contents)
    _clean_forms(page.get("/Resources", pikepdf.Dictionary()), DEEPEST)


def _clean_forms(resources: pikepdf.Object, depth: int) -> None:
    drawn = resources.get("/XObject", pikepdf.Dictionary())
    forms = [drawing for _, drawing in drawn.items() if drawing.get("/Subtype") == "/Form"]
    for form in forms if depth else []:
        _clean(form)
        _clean_forms(form.get("/Resources", pikepdf.Dictionary()), depth - 1)


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
