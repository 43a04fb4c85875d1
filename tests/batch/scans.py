"""Small scans that cost little to read, and the conveyor as tests start it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import text

from archive.archive import Archive
from batch import runner
from batch.report import BatchReport, report_of
from batch.settings import BatchSettings, Settings
from capture.settings import CaptureSettings
from ocr.settings import OcrSettings

WIDTH, HEIGHT = 200, 260


def draw(seed: int) -> Image.Image:
    """Return a small bitonal page of figures; seed 0 gives a blank one."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    pen, chance = ImageDraw.Draw(image), random.Random(seed)
    for y in range(20, HEIGHT - 30, 16) if seed else ():
        pen.text((15, y), f"note {seed} {chance.random():.12f}", 0)
    return image.convert("1")


def write_scan(path: Path, *seeds: int) -> Path:
    """Write a Group 4 TIFF with one frame for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *rest = [draw(seed) for seed in seeds]
    form = {"compression": "group4", "dpi": (75, 75)}
    first.save(path, "TIFF", save_all=True, append_images=rest, **form)
    return path


def settings(engine: str = "good", *, seconds: float = 60.0, memory_mb: int = 1024) -> Settings:
    """Return settings with one worker and a fake engine."""
    return Settings(
        capture=CaptureSettings(barcodes=False),
        ocr=OcrSettings(f"tests.batch.fake_engines:{engine}", "eng", seconds, memory_mb),
        batch=BatchSettings(workers=1, grace_seconds=0.0),
    )


def convert(
    archive: Archive,
    *paths: Path,
    using: Settings | None = None,
    name: str | None = None,
    expected: int | None = None,
) -> BatchReport:
    """Carry a delivery through and return its account."""
    order = runner.Order(paths, name, expected=expected)
    batch = runner.convert(archive, order, using or settings(), lambda _: None)
    with archive.catalogue.read() as connection:
        return report_of(connection, batch)


def retry(archive: Archive, name: str, using: Settings | None = None) -> BatchReport:
    """Try a batch again and return its account."""
    from archive.deliveries import batch_named

    with archive.catalogue.read() as connection:
        batch = batch_named(connection, name)
    batch = runner.retry(archive, batch, using or settings(), lambda _: None)
    with archive.catalogue.read() as connection:
        return report_of(connection, batch)


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    """Return what the catalogue answers to a plain query."""
    with archive.catalogue.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def states(archive: Archive) -> list[str]:
    """Return the states of all frames in the order of delivery."""
    query = (
        "SELECT f.state FROM frames f JOIN sources s ON s.id = f.source_id"
        " ORDER BY s.batch_id, s.position, f.number"
    )
    return [state for (state,) in rows(archive, query)]


def names(archive: Archive) -> list[bytes]:
    """Return the names of all sources in the order of delivery."""
    return [name for (name,) in rows(archive, "SELECT name FROM sources ORDER BY position")]


def dump(archive: Archive, *, without: Iterable[str] = ("batches",)) -> dict[str, list[Any]]:
    """Return every row of every table, but for those ``without``."""
    tables = rows(archive, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return {
        table: sorted(rows(archive, f"SELECT * FROM {table}"), key=repr)  # noqa: S608  (our tables)
        for (table,) in tables
        if table not in without
    }
