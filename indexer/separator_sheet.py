"""What a separator sheet says of the documents that follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from capture.barcode import separator_fields
from capture.model import FrameState

from .doctypes import type_named
from .model import DocumentType, IndexValue, SequencePage


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a separator sheet says of the documents that follow it."""

    values: tuple[IndexValue, ...] = ()
    type: DocumentType | None = None


def sheet_of(page: SequencePage) -> Sheet:
    """Return what the sheet's barcode says; an empty sheet for a plain one."""
    if page.state is not FrameState.SEPARATOR:
        return Sheet()
    fields = separator_fields(page.barcodes)
    return Sheet(tuple(_values(fields, page)), _type(fields))


def _values(fields: Mapping[str, str], page: SequencePage) -> Iterator[IndexValue]:
    raw = fields.get("mrn", "").strip()
    digits = raw.replace("-", "")
    if digits.isdigit():
        box = next(code.box for code in page.barcodes if raw in code.text)
        yield IndexValue("mrn", digits, raw, page.frame, box, 0.99, "separator@1")


def _type(fields: Mapping[str, str]) -> DocumentType | None:
    entry = type_named(fields.get("type", ""))
    return DocumentType(entry.code, entry.name, 0.99, "separator@1") if entry else None
