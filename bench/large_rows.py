"""Rows of the catalogue for the pages of a large archive, a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

from ocr.codec import quality_row

from .large_pages import (
    PAGES_OF_BATCH,
    PAGES_OF_BLOCK,
    PAGES_OF_SOURCE,
    TrueDocument,
    TruePage,
    documents,
    page_name,
    source_content,
    source_digest,
    true_page,
)
from .quick_misread import (
    ENGINE,
    HEIGHT,
    WIDTH,
    Misreader,
    Row,
    confidence_of,
    misreader,
    quality_of,
    text_of,
    words_blob,
)

AT = "2001-01-01T00:00:00.000Z"
_BOX = json.dumps([0, 0, WIDTH, HEIGHT])
_PLACE = json.dumps([220, 180, 600, 34])
_REASON = "the name or the number on a page is in doubt"
_RULE = "read@1"

Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pages of a large archive, from ``first`` up to and without ``end``."""

    seed: int
    rate: float
    image: str
    """Digest of the picture that all pages share."""
    first: int
    """A multiple of a block of pages."""
    end: int


def chunk_rows(chunk: Chunk) -> Mapping[str, Rows]:
    """Return the rows of a chunk by table, in the order in which they may be inserted."""
    seed, rate = chunk.seed, chunk.rate
    reader = _reader(rate)
    kept = [
        _Kept(one, _noise(seed, rate, f"document {one.first}"), reader) for one in _documents(chunk)
    ]
    pages = [true_page(seed, number) for number in range(chunk.first, chunk.end)]
    return {
        "batches": list(_batches(chunk)),
        "sources": list(_sources(chunk)),
        "documents": [one.document_row(seed) for one in kept],
        "frames": [_frame(page) for page in pages],
        "pages": [_page(page, chunk.image) for page in pages],
        "readings": [_reading(page, rate) for page in pages],
        "index_values": [row for one in kept for row in one.value_rows(seed)],
        "candidates": [one.candidate_row(seed) for one in kept if one.true.held],
    }


@lru_cache(maxsize=1)
def _reader(rate: float) -> Misreader:
    return misreader(rate)


def read_rows(rate: float, page: TruePage) -> list[Row]:
    """Return the words of a page as they are read in an archive of this rate."""
    return _reader(rate).read(page.placed, _noise_of_page(rate, page))


def _noise_of_page(rate: float, page: TruePage) -> Random:
    return _noise(page.seed, rate, f"page {page.number}")


def _noise(seed: int, rate: float, what: str) -> Random:
    return Random(f"large noise {seed} {rate:g} {what}")


def _documents(chunk: Chunk) -> Iterator[TrueDocument]:
    blocks = range(chunk.first // PAGES_OF_BLOCK, -(-chunk.end // PAGES_OF_BLOCK))
    for block in blocks:
        yield from (one for one in documents(chunk.seed, block) if one.first < chunk.end)


def _firsts(chunk: Chunk, each: int) -> range:
    """Return the pages of a chunk with which a new unit of ``each`` pages begins."""
    return range(-(-chunk.first // each) * each, chunk.end, each)


def _batches(chunk: Chunk) -> Iterator[dict[str, Any]]:
    for first in _firsts(chunk, PAGES_OF_BATCH):
        number = first // PAGES_OF_BATCH + 1
        yield {
            "id": number, "name": f"box-{number:04}", "origin": b"", "kind": "auto",
            "state": "finished", "opened_at": AT, "finished_at": AT, "seconds": 0.0,
        }  # fmt: skip


def _sources(chunk: Chunk) -> Iterator[dict[str, Any]]:
    for first in _firsts(chunk, PAGES_OF_SOURCE):
        number = first // PAGES_OF_SOURCE + 1
        yield {
            "id": number, "batch_id": first // PAGES_OF_BATCH + 1, "position": number,
            "digest": source_digest(chunk.seed, first),
            "size": len(source_content(chunk.seed, first)),
            "name": f"roll-{number:04}.tif".encode(), "state": "surveyed", "reason": "",
            "media": "tiff", "film": False, "paged": True,
        }  # fmt: skip


def _document_id(seed: int, document: TrueDocument) -> str:
    return f"d-{page_name(seed, document.first)}"


def _frame(page: TruePage) -> dict[str, Any]:
    document = page.document
    return {
        "id": page.number + 1,
        "source_id": page.number // PAGES_OF_SOURCE + 1,
        "number": page.number % PAGES_OF_SOURCE + 1,
        "page": page.page_id,
        "state": "held" if document.held else "filed",
        "reason": _REASON if document.held else "",
        "document_id": _document_id(page.seed, document),
        "sequence": page.number - document.first + 1,
    }


def _page(page: TruePage, image: str) -> dict[str, Any]:
    return {
        "frame_id": page.number + 1, "found": "page", "image": image, "box": _BOX,
        "width": WIDTH, "height": HEIGHT, "dpi": 300, "film": False, "polarity": "positive",
        "rotation": 0, "rotation_confidence": 1.0, "skew": 0.0, "skew_confidence": 1.0,
        "steps": "[]", "barcodes": "[]",
    }  # fmt: skip


def _reading(page: TruePage, rate: float) -> dict[str, Any]:
    rng = _noise_of_page(rate, page)
    rows = _reader(rate).read(page.placed, rng)
    quality = quality_of(rate, rng)
    return {
        "frame_id": page.number + 1,
        "engine": ENGINE,
        "confidence": confidence_of(rows),
        "text": text_of(rows),
        "words": words_blob(rows, quality, by_hand=page.by_hand),
        "page_index": _page_index(page),
        "quality": json.dumps(quality_row(quality)),
        "verdict": quality.verdict.value,
        "handwritten": page.by_hand,
    }


def _page_index(page: TruePage) -> str:
    entry = page.document.type
    told = {"code": entry.code, "name": entry.name, "confidence": 0.9, "rule": _RULE}
    titled = page.number == page.document.first
    return json.dumps({"type": told, "titled": titled, "traits": {}, "values": []})


class _Kept:
    """A document as the archive keeps it."""

    def __init__(self, true: TrueDocument, rng: Random, reader: Misreader) -> None:
        self.true = true
        self._values = {field: reader.spoiled(told, rng) for field, told in _told(true)}
        self._sure = round(rng.uniform(0.8, 0.99), 3)

    def document_row(self, seed: int) -> dict[str, Any]:
        """Return the row of the document; the patient of a held one is as it was read."""
        true, held = self.true, self.true.held
        return {
            "id": _document_id(seed, true),
            "batch_id": true.first // PAGES_OF_BATCH + 1,
            "type_code": true.type.code,
            "type_name": true.type.name,
            "type_confidence": self._sure,
            "state": "held" if held else "filed",
            "mrn": None if held else true.patient.mrn,
            "patient_name": self._values["patient_name"] if held else true.patient_name,
            "birth_date": self._values["birth_date"] if held else true.patient.birth_date,
            "service_date": true.day.isoformat(),
            "reason": _REASON if held else "",
            "rule": "number and name agree@1",
            "confidence": 0.4 if held else self._sure,
            "boundary_confidence": self._sure,
        }

    def value_rows(self, seed: int) -> Iterator[dict[str, Any]]:
        """Yield the index values of the document, each as it was read."""
        for field, value in self._values.items():
            if value:
                yield {
                    "document_id": _document_id(seed, self.true),
                    "frame_id": self.true.first + 1, "field": field, "value": value, "raw": value,
                    "box": _PLACE, "confidence": self._sure, "rule": _RULE,
                }  # fmt: skip

    def candidate_row(self, seed: int) -> dict[str, Any]:
        """Return the row of the patient whom the document may belong to."""
        return {
            "document_id": _document_id(seed, self.true), "rank": 1,
            "mrn": self.true.patient.mrn, "score": 0.8, "reason": "name agrees",
        }  # fmt: skip


def _told(document: TrueDocument) -> Sequence[tuple[str, str]]:
    return (
        ("mrn", document.patient.mrn),
        ("patient_name", document.patient_name),
        ("birth_date", document.patient.birth_date),
        ("service_date", document.day.isoformat()),
        ("attending", document.attending),
        ("facility", document.facility),
        ("diagnosis", document.diagnosis),
        ("procedure", document.procedure),
    )
