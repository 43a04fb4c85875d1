"""Skew and lie of real pages that lie beside the checkout in ``../shared/data``: for the report.

Their truth is coarse: whole degrees, or the slope of word boxes that people drew, which holds to
half a degree. Nothing is built on single files of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from math import nan
from pathlib import Path

from capture.enhance import prepare
from capture.intake import open_source
from capture.model import Digest, PageImage
from capture.settings import CaptureSettings

from .real_pages import DATA
from .results import Cell, Table, percent

_SETTINGS = CaptureSettings(barcodes=False)
_NEAR = 0.5
_BOXES_AGREE = 1.0
"""Degrees that word boxes of one form may differ by for their slope to be a truth."""
_TURNS = {"180": 180, "90 CCW (L)": 270}


def tables() -> list[Table]:
    """Return the table of real pages; empty but for the reason when they are not there."""
    columns = ("pages", "count", "left alone", "mean error", f"within {_NEAR:g}", "worst", "right")
    folder, title = DATA / "skew", "Real pages"
    if not folder.is_dir():
        return [Table(title, columns, (), "Not measured: no real pages lie beside the checkout.")]
    told = _told(folder / "angles.tsv")
    rows = (
        _row("scans, to whole degrees", _skews(folder, told)),
        _row("forms (FUNSD), by word boxes", _skews(DATA / "forms", _forms(folder))),
        _lies(folder, told),
    )
    note = "Forms of which the word boxes agree to a degree; right: of pages in quarter turns."
    return [Table(title, columns, rows, note)]


def _told(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _forms(folder: Path) -> list[dict[str, str]]:
    """Return forms of which the word boxes agree, as the other list has its files."""
    return [
        {"file": f"{one['forms_id']}.png", "angle_deg": one["angle_deg_from_word_boxes"]}
        for one in _told(folder / "funsd_angles.tsv")
        if float(one["mad_deg"]) <= _BOXES_AGREE
    ]


def _pages(path: Path) -> Iterator[PageImage]:
    with open_source(path, Digest("0" * 64)) as source:
        for number in range(1, source.frame_count + 1):
            yield prepare(source.frame(number), _SETTINGS)


def _skews(folder: Path, told: Sequence[dict[str, str]]) -> list[tuple[float, PageImage]]:
    """Return pages with the skew that they are said to have."""
    return [
        (float(one["angle_deg"]), page)
        for one in told
        if one.get("kind", "skew") == "skew" and _is_number(one["angle_deg"])
        for page in _pages(folder / one["file"])
    ]


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def _row(name: str, pages: Sequence[tuple[float, PageImage]]) -> tuple[Cell, ...]:
    sure = [one for one in pages if one[1].skew_confidence >= _SETTINGS.deskew_confidence]
    errors = [abs(page.skew - truth) for truth, page in sure] or [nan]
    near = percent(sum(error <= _NEAR for error in errors) / len(errors)) if sure else percent(nan)
    mean = f"{sum(errors) / len(errors):.2f}"
    return (name, len(pages), len(pages) - len(sure), mean, near, f"{max(errors):.2f}", "-")


def _lies(folder: Path, told: Sequence[dict[str, str]]) -> tuple[Cell, ...]:
    found = [
        (page.rotation, truth)
        for one in told
        if one["kind"] == "orientation"
        for page, truth in zip(_pages(folder / one["file"]), _lays(one), strict=True)
    ]
    right = percent(sum(rotation == truth for rotation, truth in found) / len(found))
    return ("scans in quarter turns", len(found), 0, "-", "-", "-", right)


def _lays(one: dict[str, str]) -> tuple[int, ...]:
    if one["angle_deg"] in _TURNS:
        return (_TURNS[one["angle_deg"]],)
    return (0, 90, 180, 270)
