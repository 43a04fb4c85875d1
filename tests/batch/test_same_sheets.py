"""Sheets of paper that were scanned twice are linked; both pages stay where they are."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from archive.archive import Archive
from archive.deliveries import batch_named, frames
from archive.same_sheets import same_sheets

from .scans import convert, retry

WORDS = [
    "patient", "resting", "quietly", "denies", "pain", "dressing", "dry", "intact", "temperature",
    "pulse", "respirations", "ambulated", "hallway", "tolerating", "regular", "diet", "physician",
    "notified", "laboratory", "orders", "given",
]  # fmt: skip
FONT = ImageFont.load_default(size=26)


def draw(seed: int, turn: float = 0.0) -> Image.Image:
    image = Image.new("L", (1275, 1650), 255)
    pen, chance = ImageDraw.Draw(image), random.Random(seed)
    for y in range(120, 1450, chance.choice((44, 48, 52))):
        line = " ".join(chance.choices(WORDS, k=chance.randint(2, 9)))
        pen.text((105, y), line, 0, font=FONT)
    return image.rotate(turn, Image.Resampling.BICUBIC, fillcolor=255)


def scan(path: Path, *images: Image.Image) -> Path:
    first, *rest = images
    first.save(path, "TIFF", save_all=True, append_images=rest, dpi=(150, 150))
    return path


def linked(archive: Archive) -> dict[int, set[int]]:
    with archive.catalogue.read() as connection:
        kept = frames(connection, batch_named(connection, "box-7"))
        numbers = {frame.page: frame.ref.number for frame in kept}
        found = same_sheets(connection, list(numbers))
    return {numbers[page]: {numbers[of] for of in others} for page, others in found.items()}


def test_a_sheet_scanned_twice_is_linked_and_both_pages_stay(archive: Archive, box: Path) -> None:
    scan(box / "a.tif", draw(1), draw(2), draw(1, turn=0.6))
    report = convert(archive, box, name="box-7")
    assert report.frames == 3
    assert linked(archive) == {1: {3}, 3: {1}}


def test_other_sheets_with_the_same_words_read_are_not_linked(archive: Archive, box: Path) -> None:
    scan(box / "a.tif", draw(1), draw(2), draw(3))
    convert(archive, box, name="box-7")
    assert not linked(archive)


def test_looking_again_finds_the_same(archive: Archive, box: Path) -> None:
    scan(box / "a.tif", draw(1), draw(1, turn=0.6))
    convert(archive, box, name="box-7")
    before = linked(archive)
    retry(archive, "box-7")
    assert linked(archive) == before == {1: {2}, 2: {1}}
