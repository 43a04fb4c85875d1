"""What separator sheets and patch codes say of the documents that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from capture.barcode import is_separator, separator_fields
from capture.code_again import UNREAD
from capture.model import Barcode, FrameState, Step
from capture.patch_map import BATCH, IGNORE, PATCH
from ocr.model import OcrPage

from .doctypes import type_named
from .model import DocumentType, IndexValue, SequencePage

_CODE = re.compile(r"\bCHARTROOM\S{1,2}(?:type|mrn|batch)\b", re.IGNORECASE)
_PRINTED = (("DOCUMENT", "SEPARATOR"), ("SEPARATOR", "SHEET"))
"""Words that stand side by side on a sheet; each may be misread by one letter."""
_AROUND = ".,:;-|"
_MOST_WORDS = 40
"""Words of a sheet that says no more than that it is one, with some noise."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a separator sheet says of the documents that follow it."""

    values: tuple[IndexValue, ...] = ()
    type: DocumentType | None = None


def parts_documents(page: SequencePage) -> bool:
    """Return whether a document ends before this frame, whatever pages say of themselves.

    A dropped sheet is in no document. A page that is kept starts the next one.
    """
    return page.state is FrameState.SEPARATOR or starts_document(page)


def starts_document(page: SequencePage) -> bool:
    """Return whether this is a page on which a patch code says that a document starts."""
    return page.state is FrameState.PAGE and any(one != IGNORE for one in _meanings(page))


def sheet_after(before: Sheet, page: SequencePage) -> Sheet:
    """Return what holds from this frame on, where ``before`` held up to it.

    A sheet of ours says all that holds. A patch code for ``separator`` says nothing of the patient,
    so that no sheet whose barcode was lost hands on the patient before it; the type holds on.
    """
    if page.state is FrameState.SEPARATOR and is_separator(page.barcodes):
        return sheet_of(page)
    if BATCH in _meanings(page):
        return Sheet()
    if page.state is FrameState.SEPARATOR:
        return Sheet(type=before.type) if _meanings(page) else Sheet()
    return before


def _meanings(page: SequencePage) -> set[str]:
    return {code.meaning for code in page.barcodes if code.symbology == PATCH}


def sheet_of(page: SequencePage) -> Sheet:
    """Return what the sheet's barcode says; an empty sheet for a plain one."""
    if page.state is not FrameState.SEPARATOR:
        return Sheet()
    fields = separator_fields(page.barcodes)
    return Sheet(tuple(_values(fields, page)), _type(fields))


def is_sheet_by_words(words: OcrPage, codes: Iterable[Barcode], steps: Iterable[Step]) -> bool:
    """Return whether few words beside a code that was lost are those of a separator sheet.

    ``codes`` and ``steps`` are those of its page: what was read may be another text than was
    printed. Such a sheet parts documents, and tells nothing.
    """
    seen = any(code.symbology != PATCH for code in codes)
    seen = seen or any(step.name == UNREAD for step in steps)
    return seen and len(words.words) <= _MOST_WORDS and _says_separator(words)


def _says_separator(page: OcrPage) -> bool:
    texts = [word.text.upper().strip(_AROUND) for word in page.words]
    return bool(_CODE.search(page.text)) or any(
        all(Levenshtein.distance(*both) <= 1 for both in zip(pair, printed, strict=True))
        for pair in pairwise(texts)
        for printed in _PRINTED
    )


def _values(fields: Mapping[str, str], page: SequencePage) -> Iterator[IndexValue]:
    raw = fields.get("mrn", "").strip()
    digits = raw.replace("-", "")
    if digits.isdigit():
        box = next(code.box for code in page.barcodes if raw in code.text)
        yield IndexValue("mrn", digits, raw, page.frame, box, 0.99, "separator@1")


def _type(fields: Mapping[str, str]) -> DocumentType | None:
    entry = type_named(fields.get("type", ""))
    return DocumentType(entry.code, entry.name, 0.99, "separator@1") if entry else None
