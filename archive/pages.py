"""What became of each frame: its page image, its words, and what the page says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from capture.model import Barcode, Box, Digest, FrameRef, FrameState, Polarity, Step
from indexer.model import DocumentType, IndexValue, PageIndex, PageTraits
from ocr.codec import PlacedWord, dump, load, load_places, quality_of, quality_row
from ocr.model import OcrPage, Quality, Verdict

from . import schema
from .deliveries import FrameRow
from .records import PageRecord, Reading
from .statements import in_parts

_UNFIT = (Verdict.DOUBTFUL.value, Verdict.RESCAN.value)
"""Verdicts on pages that a person should see."""


def keep_page(connection: Connection, frame: FrameRow, page: PageRecord) -> None:
    """Keep the page of a frame, in place of an earlier version."""
    row = {
        "found": page.found.value,
        "image": page.image,
        "box": page.box.as_list(),
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "film": page.film,
        "polarity": page.polarity.value,
        "rotation": page.rotation,
        "rotation_confidence": page.rotation_confidence,
        "skew": page.skew,
        "skew_confidence": page.skew_confidence,
        "steps": [asdict(step) for step in page.steps],
        "barcodes": [_barcode_row(barcode) for barcode in page.barcodes],
    }
    added = upsert(schema.pages).values(frame_id=frame.id, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["frame_id"], set_=row))


def keep_reading(connection: Connection, frame: FrameRow, reading: Reading) -> None:
    """Keep what was read on a frame, in place of an earlier reading."""
    row = {
        "engine": reading.ocr.engine,
        "confidence": reading.ocr.confidence,
        "text": reading.ocr.text,
        "words": dump(reading.ocr),
        "page_index": _index_row(reading.index),
        "quality": quality_row(reading.ocr.quality) if reading.ocr.quality else None,
        "verdict": reading.ocr.quality.verdict.value if reading.ocr.quality else None,
        "handwritten": reading.ocr.mostly_handwritten,
    }
    added = upsert(schema.readings).values(frame_id=frame.id, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["frame_id"], set_=row))


def pages_of(connection: Connection, frames: Sequence[FrameRow]) -> dict[FrameRef, PageRecord]:
    """Return the pages that these frames have."""
    refs = {frame.id: frame for frame in frames}
    table = schema.pages
    found: dict[FrameRef, PageRecord] = {}
    for ids in in_parts(list(refs)):
        for row in connection.execute(select(table).where(table.c.frame_id.in_(ids))):
            frame = refs[row.frame_id]
            found[frame.ref] = _page(row, frame.reason)
    return found


def indexes_of(connection: Connection, frames: Sequence[FrameRow]) -> dict[FrameRef, PageIndex]:
    """Return what these frames say of themselves, for those that were read."""
    found = _of_readings(connection, frames, schema.readings.c.page_index)
    return {ref: _index(told, ref) for ref, told in found}


def texts_of(connection: Connection, frames: Sequence[FrameRow]) -> dict[FrameRef, str]:
    """Return the text of those of these frames that were read."""
    return dict(_of_readings(connection, frames, schema.readings.c.text))


def confidences_of(connection: Connection, frames: Sequence[FrameRow]) -> dict[FrameRef, float]:
    """Return the reading confidence of those of these frames that were read."""
    return dict(_of_readings(connection, frames, schema.readings.c.confidence))


def unfit_pages(connection: Connection, frames: Sequence[FrameRow]) -> dict[FrameRef, Quality]:
    """Return the quality of those of these frames that are doubtful or to be scanned again."""
    table = schema.readings
    unfit = table.c.verdict.in_(_UNFIT)
    return {
        ref: quality_of(told)
        for ref, told in _of_readings(connection, frames, table.c.quality, unfit)
    }


def _of_readings(
    connection: Connection,
    frames: Sequence[FrameRow],
    column: Column[Any],
    *conditions: ColumnElement[bool],
) -> Iterator[tuple[FrameRef, Any]]:
    refs = {frame.id: frame.ref for frame in frames}
    table = schema.readings
    for ids in in_parts(list(refs)):
        rows = connection.execute(
            select(table.c.frame_id, column).where(table.c.frame_id.in_(ids), *conditions)
        )
        yield from ((refs[frame_id], told) for frame_id, told in rows)


def words_of(connection: Connection, frame: FrameRow) -> OcrPage | None:
    """Return the words of a frame, or None when it was not read."""
    table = schema.readings
    words = connection.execute(
        select(table.c.words).where(table.c.frame_id == frame.id)
    ).scalar_one_or_none()
    return load(words, frame.ref) if words is not None else None


def badly_read() -> ColumnElement[bool]:
    """Return the condition on readings that say little: read badly, or mostly by hand."""
    return or_(schema.readings.c.verdict.in_(_UNFIT), schema.readings.c.handwritten)


def count_unreliable(connection: Connection, pages: Sequence[str]) -> int:
    """Return how many of these pages read badly, are mostly by hand, or were not read."""
    frames, readings = schema.frames, schema.readings
    return sum(
        connection.execute(
            select(func.count())
            .select_from(frames)
            .outerjoin(readings, readings.c.frame_id == frames.c.id)
            .where(frames.c.page.in_(part))
            .where(or_(readings.c.frame_id.is_(None), badly_read()))
        ).scalar_one()
        for part in in_parts(pages)
    )


def placed_words(connection: Connection, pages: Sequence[str]) -> dict[str, list[PlacedWord]]:
    """Return the words of those of these pages that were read, with their boxes, by page id."""
    frames, readings = schema.frames, schema.readings
    found: dict[str, list[PlacedWord]] = {}
    for part in in_parts(pages):
        rows = connection.execute(
            select(frames.c.page, readings.c.words)
            .join(readings, readings.c.frame_id == frames.c.id)
            .where(frames.c.page.in_(part))
        )
        found |= {page: load_places(words) for page, words in rows}
    return found


def _barcode_row(barcode: Barcode) -> dict[str, object]:
    return {
        "symbology": barcode.symbology,
        "text": barcode.text,
        "box": barcode.box.as_list(),
        "meaning": barcode.meaning,
    }


def _page(row: Row[Any], reason: str) -> PageRecord:
    return PageRecord(
        found=FrameState(row.found),
        reason=reason,
        image=Digest(row.image) if row.image else None,
        box=Box(*row.box),
        width=row.width,
        height=row.height,
        dpi=row.dpi,
        film=row.film,
        polarity=Polarity(row.polarity),
        rotation=row.rotation,
        rotation_confidence=row.rotation_confidence,
        skew=row.skew,
        skew_confidence=row.skew_confidence,
        steps=tuple(Step(**step) for step in row.steps),
        barcodes=tuple(
            Barcode(code["symbology"], code["text"], Box(*code["box"]), code.get("meaning", ""))
            for code in row.barcodes
        ),
    )


def _index_row(index: PageIndex) -> dict[str, object]:
    return {
        "type": asdict(index.type),
        "titled": index.titled,
        "traits": asdict(index.traits),
        "values": [value_row(value) for value in index.values],
    }


def value_row(value: IndexValue) -> dict[str, object]:
    """Return an index value as the catalogue writes it, without its frame."""
    return {
        "field": value.field,
        "value": value.value,
        "raw": value.raw,
        "box": value.box.as_list(),
        "confidence": value.confidence,
        "rule": value.rule,
    }


def _index(row: Mapping[str, Any], frame: FrameRef) -> PageIndex:
    return PageIndex(
        frame=frame,
        type=DocumentType(**row["type"]),
        values=tuple(value_of(value, frame) for value in row["values"]),
        titled=row["titled"],
        # What was read before pages had traits has none.
        traits=PageTraits(**row.get("traits", {})),
    )


def value_of(row: Mapping[str, Any], frame: FrameRef) -> IndexValue:
    """Return the index value that ``value_row`` wrote."""
    return IndexValue(frame=frame, **{**row, "box": Box(*row["box"])})
