"""The directory of one image in a TIFF, its long tables left in the file, and small TIFFs of it.

A roll may have millions of strips: where they stand is looked up when they are read. A piece of
the image is decoded as a TIFF of its own that holds the same tags and the strips of that piece.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from capture.errors import SourceError

from .stored import bytes_at

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIPS, ORIENTATION, BANDS, STRIP_ROWS, STRIP_BYTES = 273, 274, 277, 278, 279
X_DPI, Y_DPI, PLANES, UNIT = 282, 283, 284, 296
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES = 322, 323, 324, 325
_FILL, _T4, _T6, PREDICTOR, _COLORS, _INKS, _EXTRA, _FORMAT = (
    266,
    292,
    293,
    317,
    320,
    332,
    338,
    339,
)
_JPEG_TABLES, _LUMA, _SUBSAMPLING, _POSITIONING, _REFERENCE = 347, 529, 530, 531, 532
_COPIED = (BITS, COMPRESSION, PHOTOMETRIC, _FILL, BANDS, PLANES, _T4, _T6, PREDICTOR, _COLORS,
           _INKS, _EXTRA, _FORMAT, _JPEG_TABLES, _LUMA, _SUBSAMPLING, _POSITIONING,
           _REFERENCE)  # fmt: skip
_TYPES = {
    1: "u1", 2: "u1", 3: "u2", 4: "u4", 5: "u4", 6: "i1", 7: "u1", 8: "i2", 9: "i4", 10: "i4",
    11: "f4", 12: "f8", 13: "u4", 16: "u8", 17: "i8", 18: "u8",
}  # fmt: skip
_PAIRS = (5, 10)
_LONG = 4
_MOST_COPIED = 1 << 20
_MOST_TAGS = 65535


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    count: int
    """Numbers, a fraction being two."""
    at: int
    """Where the first stands in the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """One directory of a TIFF or BigTIFF."""

    file: IO[bytes]
    order: str
    """``<`` or ``>``, as numpy and struct write it."""
    entries: dict[int, _Entry]

    def __contains__(self, tag: int) -> bool:
        return tag in self.entries

    def count(self, tag: int) -> int:
        """Return how many numbers a tag has; 0 when it is not there."""
        return self.entries[tag].count if tag in self.entries else 0

    def numbers(self, tag: int, start: int, stop: int) -> NDArray[np.int64]:
        """Return some numbers of a tag; fewer where the file is cut off, or has no such tag."""
        if tag not in self.entries:
            return np.zeros(0, np.int64)
        entry = self.entries[tag]
        form = np.dtype(self.order + _TYPES[entry.kind])
        stop = min(stop, entry.count)
        raw = bytes_at(self.file, entry.at + start * form.itemsize, (stop - start) * form.itemsize)
        return np.frombuffer(raw[: len(raw) // form.itemsize * form.itemsize], form).astype(
            np.int64
        )

    def one(self, tag: int, default: int = 0) -> int:
        """Return the first number of a tag."""
        found = self.numbers(tag, 0, 1).tolist() if self.count(tag) else []
        return int(found[0]) if found else default

    def ratio(self, tag: int) -> float:
        """Return the fraction a tag holds; 0.0 for none."""
        found = self.numbers(tag, 0, 2).tolist() if self.count(tag) > 1 else []
        return float(found[0] / found[1]) if len(found) > 1 and found[1] else 0.0


def read_tags(file: IO[bytes], image: int, max_images: int) -> Tags:
    """Return the directory of image ``image``, from 1, smaller pictures of a page not counted.

    Raises:
        SourceError: there is no such image, or the chain of directories loops or breaks off.
    """
    head = bytes_at(file, 0, 16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    if len(head) < (16 if big else 8):
        raise SourceError("the TIFF is cut off in its header; copy or scan it again")
    offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    found: list[Tags] = []
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < max_images:
        seen.add(offset)
        tags, offset = _directory(file, order, big, offset)
        if tags is None:
            break
        found.append(tags)
    pages = _pages(found)
    if not 1 <= image <= len(pages):
        raise SourceError(f"the TIFF is cut off before image {image}; copy or scan it again")
    return pages[image - 1]


def _pages(found: list[Tags]) -> list[Tags]:
    """Return what is no smaller picture of another image."""
    largest = max((tags.one(WIDTH) for tags in found), default=0)
    return [
        tags for tags in found if not (tags.one(SUBFILE) & 0b101 and tags.one(WIDTH) < largest)
    ] or found


def _directory(file: IO[bytes], order: str, big: bool, offset: int) -> tuple[Tags | None, int]:
    count_form, size, next_form = ("Q", 20, "Q") if big else ("H", 12, "I")
    wide = struct.calcsize(order + count_form)
    raw = bytes_at(file, offset, wide)
    if len(raw) < wide:
        return None, 0
    (count,) = struct.unpack(order + count_form, raw)
    start = offset + wide
    body = bytes_at(file, start, min(count, _MOST_TAGS) * size)
    if count > _MOST_TAGS or len(body) < count * size:
        return None, 0
    entries = {}
    for place in range(0, len(body), size):
        tag, entry = _entry(order, big, body[place : place + size], start + place)
        if entry is not None:
            entries[tag] = entry
    after = bytes_at(file, start + len(body), struct.calcsize(order + next_form))
    complete = len(after) == struct.calcsize(order + next_form)
    return Tags(file, order, entries), struct.unpack(order + next_form, after)[0] if complete else 0


def _entry(order: str, big: bool, raw: bytes, at: int) -> tuple[int, _Entry | None]:
    tag, kind, count = struct.unpack(order + ("HHQ" if big else "HHI"), raw[: 12 if big else 8])
    if kind not in _TYPES:
        return tag, None
    numbers = count * (2 if kind in _PAIRS else 1)
    inline = raw[12:] if big else raw[8:]
    if numbers * int(_TYPES[kind][1]) <= len(inline):
        return tag, _Entry(kind, numbers, at + len(raw) - len(inline))
    return tag, _Entry(kind, numbers, struct.unpack(order + ("Q" if big else "I"), inline)[0])


def small_tiff(tags: Tags, changed: dict[int, int], chunks: Sequence[bytes], tiled: bool) -> bytes:
    """Return a TIFF of ``chunks`` (strips or tiles) with the tags of a larger one, some changed."""
    order = tags.order
    values: dict[int, tuple[int, int, bytes]] = {
        tag: _copied(tags, tag) for tag in _COPIED if tag in tags and tag not in changed
    }
    for tag, number in changed.items():
        values[tag] = (_LONG, 1, struct.pack(order + "I", number))
    lengths = np.array([len(chunk) for chunk in chunks], dtype=np.int64)
    values[TILE_BYTES if tiled else STRIP_BYTES] = (_LONG, len(chunks), _longs(order, lengths))
    starts = np.cumsum(lengths) - lengths
    places = TILES if tiled else STRIPS
    values[places] = (_LONG, len(chunks), bytes(4 * len(chunks)))
    table = 8 + 2 + 12 * len(values) + 4
    data = table + sum(len(raw) + len(raw) % 2 for _, _, raw in values.values() if len(raw) > 4)
    values[places] = (_LONG, len(chunks), _longs(order, starts + data))
    head = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8)
    return b"".join((head, *_written(order, values, table), *chunks))


def _longs(order: str, numbers: NDArray[np.int64]) -> bytes:
    return numbers.astype(order + "u4").tobytes()


def _copied(tags: Tags, tag: int) -> tuple[int, int, bytes]:
    entry = tags.entries[tag]
    size = entry.count * int(_TYPES[entry.kind][1])
    if size > _MOST_COPIED:
        raise SourceError("the TIFF has a table that no image needs; copy or scan it again")
    count = entry.count // 2 if entry.kind in _PAIRS else entry.count
    return entry.kind, count, bytes_at(tags.file, entry.at, size)


def _written(order: str, values: dict[int, tuple[int, int, bytes]], table: int) -> list[bytes]:
    """Return the directory and what does not fit into it."""
    entries, longer = [struct.pack(order + "H", len(values))], []
    for tag, (kind, count, raw) in sorted(values.items()):
        entry = struct.pack(order + "HHI", tag, kind, count)
        if len(raw) <= 4:
            entries.append(entry + raw.ljust(4, b"\0"))
            continue
        entries.append(entry + struct.pack(order + "I", table))
        longer.append(raw + bytes(len(raw) % 2))
        table += len(raw) + len(raw) % 2
    return [*entries, bytes(4), *longer]
