"""Strips of film that cost little to read, and the conveyor as tests start it on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from archive.archive import Archive
from batch import runner
from batch.report import BatchReport, report_of
from capture.model import Pixels, SourceKind
from tests.batch.scans import draw, settings

GAP = 40


def strip_of(*seeds: int, scale: int = 2) -> Pixels:
    """Return negative film with a frame for each seed, one under another."""
    noise = np.random.default_rng(7)
    pages = [draw(seed).convert("L").resize((200 * scale, 260 * scale)) for seed in seeds]
    width = 200 * scale + 60
    parts = [np.full((3 * GAP, width), 12, np.uint8)]
    for page in pages:
        piece = np.full((page.height + GAP, width), 12, np.uint8)
        piece[: page.height, 30 : 30 + page.width] = 225 - np.asarray(page) // 255 * 190
        parts.append(piece)
    ribbon = np.vstack([*parts, np.full((2 * GAP, width), 12, np.uint8)])
    grain = noise.integers(0, 5, ribbon.shape, dtype=np.uint8)
    return np.asarray(ribbon + grain, np.uint8)


def write_strip(path: Path, pixels: Pixels) -> None:
    Image.fromarray(pixels).save(path, "TIFF", compression="tiff_deflate", dpi=(150, 150))


def convert_roll(
    archive: Archive, box: Path, kind: SourceKind = SourceKind.ROLL, *, deferred: bool = False
) -> BatchReport:
    order = runner.Order((box,), None, kind, deferred=deferred)
    batch = runner.convert(archive, order, settings(), lambda _: None)
    with archive.catalogue.read() as connection:
        return report_of(connection, batch)
