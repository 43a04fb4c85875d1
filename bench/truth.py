"""What is true of one frame, and how it is written beside the file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture.model import Box

from .degrade import Scan, found_box
from .sheet import DPI, HEIGHT, WIDTH, Run, Sheet


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a page belongs."""

    document: str
    code: str
    name: str
    patient: str
    """The MRN of the patient it is about."""
    chart: str
    """The MRN of the chart it was found in; another one for a misfiled page."""
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """Everything true of one frame of a source file."""

    source: str
    frame: int
    state: str
    scan: Scan
    size: tuple[int, int]
    """Width and height of the frame as found, in pixels."""
    sheet: Sheet | None = None
    belonging: Belonging | None = None
    box: Box | None = None
    """Where the frame lies on a strip."""
    barcodes: tuple[tuple[str, str], ...] = ()


def as_json(truth: FrameTruth) -> dict[str, Any]:
    """Return the record of a frame; README.md of sample_scans explains the keys."""
    scan = truth.scan
    record: dict[str, Any] = {
        "source": truth.source,
        "frame": truth.frame,
        "state": truth.state,
        "box": truth.box.as_list() if truth.box else [0, 0, *truth.size],
        "film": scan.film,
        "polarity": "negative" if scan.negative else "positive",
        "rotation": scan.rotation,
        "skew": round(scan.skew, 3),
        "width": truth.size[0],
        "height": truth.size[1],
        "dpi": [round(scan.dpi[0], 2), round(scan.dpi[1], 2)],
        "page": {"dpi": DPI, "width": WIDTH, "height": HEIGHT},
        "matrix": [[round(value, 6) for value in row] for row in scan.matrix],
        "degradations": list(scan.notes),
        "barcodes": [{"symbology": kind, "text": text} for kind, text in truth.barcodes],
    }
    return record | _whose(truth.belonging) | _said(truth.sheet, scan)


def _whose(belonging: Belonging | None) -> dict[str, Any]:
    if belonging is None:
        return {"type": None, "document": None, "patient": None, "chart": None, "boundary": False}
    return {
        "type": {"code": belonging.code, "name": belonging.name},
        "document": belonging.document,
        "patient": belonging.patient,
        "chart": belonging.chart,
        "page_number": belonging.number,
        "page_count": belonging.count,
        "boundary": belonging.number == 1,
    }


def _said(sheet: Sheet | None, scan: Scan) -> dict[str, Any]:
    if sheet is None:
        return {"text": "", "words": [], "values": []}
    words = [_word(run, scan) for run in sheet.runs]
    values = [
        {
            "field": mark.field,
            "value": mark.value,
            "raw": mark.raw,
            "box": mark.box.as_list(),
            "found": found_box(mark.box, scan.matrix).as_list(),
        }
        for mark in sheet.marks
        if mark.field
    ]
    return {"text": sheet.text, "words": words, "values": values}


def _word(run: Run, scan: Scan) -> dict[str, Any]:
    word = {
        "text": run.text,
        "box": run.box.as_list(),
        "found": found_box(run.box, scan.matrix).as_list(),
        "line": run.line,
        "block": run.block,
    }
    return word | {"hand": True} if run.handwritten else word


def write_truth(folder: Path, name: str, records: Iterable[dict[str, Any]]) -> None:
    """Write ``<name>.truth.json`` into ``folder``, a frame a line."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(record, separators=(",", ":")) for record in records)
    path = folder / f"{name}.truth.json"
    path.write_text(f'{{"file": {json.dumps(name)}, "frames": [\n{lines}\n]}}\n', encoding="utf-8")
