"""TIFF and BigTIFF: the chain of images is walked and weighed before anything is decoded.

The decoder fills up what is missing from a cut-off Group 4 strip without a word, so the
strips that each directory promises are compared with the bytes that are there (TIFF 6.0).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from PIL import Image

from .complaints import attentive
from .errors import SourceError
from .raster import Decoded, check_size, decode, decoding, known_dpi, open_image
from .ribbon.tiff_chunks import Chunks, divided
from .ribbon.tiff_tags import STRIP_ROWS, TILE_HEIGHT, TILE_WIDTH, read_tags, small_tiff
from .settings import CaptureSettings

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIPS, ORIENTATION, BANDS, STRIP_BYTES, X_DPI, Y_DPI = 273, 274, 277, 279, 282, 283
UNIT, TILES, TILE_BYTES = 296, 324, 325
_WANTED = {SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, STRIPS, ORIENTATION, BANDS,
           STRIP_BYTES, X_DPI, Y_DPI, UNIT, TILES, TILE_BYTES}  # fmt: skip
_TYPES = {1: "B", 3: "H", 4: "I", 5: "II", 16: "Q", 13: "I", 18: "Q"}
_INCH, _CENTIMETRE = 2, 3
_TURNS = range(1, 9)
_LAST_LYING = 4  # orientations 5 to 8 exchange across and down
_WHITE_IS_ZERO = 0
_DEEP = 16
_MAX_VALUES = 4_000_000
_UNKNOWN = b"MM\0+"
"""A BigTIFF whose high bytes come first: legal, and no decoder of ours knows it."""

Tags = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How this file writes its numbers: byte order, classic or BigTIFF."""

    order: str
    big: bool

    def unpack(self, form: str, raw: bytes) -> tuple[int, ...]:
        return struct.unpack(self.order + form, raw)


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file as its directory declares it."""

    index: int
    """Position in the chain, from 0."""
    tags: Tags
    damage: str = ""
    """Why it cannot be decoded; empty when its bytes are all there."""

    def one(self, tag: int, default: int = 0) -> int:
        """Return the first value of ``tag``."""
        values = self.tags.get(tag, ())
        return values[0] if values else default

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as stored, in pixels."""
        return self.one(WIDTH), self.one(HEIGHT)

    @property
    def bands(self) -> int:
        """Bytes that one pixel takes when decoded."""
        return max(self.one(BANDS, 1), 1) * max(1, self.one(BITS, 1) // 8)


class TiffImages:
    """The images of a TIFF file, in the order of its chain."""

    def __init__(self, file: IO[bytes], settings: CaptureSettings) -> None:
        self._settings = settings
        self._directories = _pages(read_directories(file, settings))
        file.seek(0)
        self._unknown = file.read(len(_UNKNOWN)) == _UNKNOWN
        file.seek(0)
        self._image: Image.Image | None = None
        self._file = file

    @property
    def count(self) -> int:
        """Images in the file, those that are damaged included."""
        return len(self._directories)

    def size(self, number: int) -> tuple[int, int]:
        """Return declared width and height of image ``number``, from 1."""
        return self._directories[number - 1].size

    def image(self, number: int) -> Decoded:
        """Return image ``number`` decoded; SourceError when it is damaged or too large."""
        directory = self._directories[number - 1]
        if directory.damage:
            raise SourceError(directory.damage)
        check_size(*directory.size, directory.bands, self._settings)
        image = self._opened(number)
        deep = image.mode.startswith("I;16")
        with attentive():
            pixels, bitonal = decode(image, "tiff")
        if deep and directory.one(PHOTOMETRIC, 1) == _WHITE_IS_ZERO:
            # Pillow inverts white-is-zero for 1 to 8 bits only.
            pixels = 255 - pixels
        return Decoded(pixels, _dpi(directory), bitonal)

    def close(self) -> None:
        """Let go of the decoder."""
        if self._image is not None:
            self._image.close()

    def _opened(self, number: int) -> Image.Image:
        """Return image ``number`` in the decoder, not decoded yet."""
        if self._unknown:
            self.close()
            content = _classic(self._file, number, self._settings.max_frames)
            self._image = open_image(io.BytesIO(content), "tiff")
        elif self._image is None:
            self._image = open_image(self._file, "tiff")
        with decoding("tiff"):
            self._image.seek(0 if self._unknown else self._directories[number - 1].index)
        return self._image


def _classic(file: IO[bytes], number: int, most: int) -> bytes:
    """Return image ``number`` as a classic TIFF of its own, its pixels packed as they are."""
    tags = read_tags(file, number, most)
    name = f"image {number} of the TIFF"
    grid = divided(tags, name)
    bits = max(1, tags.one(BANDS, 1)) * max(8, tags.one(BITS, 1))
    chunks = Chunks(tags, grid, name, row_bytes=-(-grid.width * bits // 8)).packed(
        0, grid.across * grid.down * grid.planes, grid.width * grid.height * bits // 8
    )
    size = {tag: tags.one(tag) for tag in (WIDTH, HEIGHT)}
    turned = tags.one(ORIENTATION, 1)
    size |= {ORIENTATION: turned if turned in _TURNS else 1}
    if tags.one(BITS, 1) == _DEEP and tags.one(PHOTOMETRIC, 1) == _WHITE_IS_ZERO:
        # Pillow knows this only with low bytes first; whoever asked inverts deep tones anyway.
        size |= {PHOTOMETRIC: 1}
    if grid.tiled:
        size |= {TILE_WIDTH: grid.width, TILE_HEIGHT: grid.height}
    else:
        size |= {STRIP_ROWS: grid.height}
    return small_tiff(tags, size, chunks, grid.tiled)


def _dpi(directory: Directory) -> tuple[float, float] | None:
    """Return the resolution of an image as it is shown upright."""
    unit = directory.one(UNIT, _INCH)
    if unit not in (_INCH, _CENTIMETRE):
        return None
    per = 2.54 if unit == _CENTIMETRE else 1.0
    across, down = (_ratio(directory.tags.get(tag, ())) * per for tag in (X_DPI, Y_DPI))
    if directory.one(ORIENTATION, 1) > _LAST_LYING:
        across, down = down, across
    return known_dpi(across, down)


def _ratio(values: tuple[int, ...]) -> float:
    return values[0] / values[1] if len(values) > 1 and values[1] else 0.0


def read_directories(file: IO[bytes], settings: CaptureSettings) -> list[Directory]:
    """Return every directory of the chain; one that breaks off ends it with a damaged entry.

    Raises:
        SourceError: no image at all, a chain that loops, or more images than allowed.
    """
    length = file.seek(0, 2)
    layout, offset = _header(file)
    directories: list[Directory] = []
    seen: set[int] = set()
    while offset:
        if offset in seen:
            raise SourceError("the TIFF's chain of images runs in a circle; scan it again")
        if len(seen) >= settings.max_frames:
            raise SourceError(
                f"the TIFF holds more than {settings.max_frames} images;"
                " split it, or raise [capture] max_frames"
            )
        seen.add(offset)
        directory, offset = _directory(file, layout, offset, len(directories), length)
        directories.append(directory)
    if not directories or (len(directories) == 1 and not directories[0].tags):
        raise SourceError("the TIFF is cut off before its first image; copy or scan it again")
    return directories


def _header(file: IO[bytes]) -> tuple[_Layout, int]:
    file.seek(0)
    head = file.read(16)
    layout = _Layout("<" if head[:2] == b"II" else ">", head[2:4] in (b"+\0", b"\0+"))
    span = slice(8, 16) if layout.big else slice(4, 8)
    if len(head) < span.stop:
        raise SourceError("the TIFF is cut off in its header; copy or scan it again")
    return layout, layout.unpack("Q" if layout.big else "I", head[span])[0]


def _directory(
    file: IO[bytes], layout: _Layout, offset: int, index: int, length: int
) -> tuple[Directory, int]:
    """Return the directory at ``offset`` and where the next one stands (0: no more)."""
    count_form, entry_size, next_form = ("Q", 20, "Q") if layout.big else ("H", 12, "I")
    broken = Directory(
        index, {}, f"the TIFF is cut off at image {index + 1} of its chain; copy or scan it again"
    )
    if offset >= length:
        return broken, 0
    try:
        (count,) = layout.unpack(count_form, _read(file, offset, struct.calcsize(count_form)))
        start = offset + struct.calcsize(count_form)
        if count > 65535 or start + count * entry_size > length:
            return broken, 0
        body = _read(file, start, count * entry_size)
        end = start + len(body)
        (after,) = layout.unpack(next_form, _read(file, end, struct.calcsize(next_form)))
        tags = _tags(file, layout, body, length)
    except (struct.error, OSError, OverflowError):
        return broken, 0
    return Directory(index, tags, _damage(tags, index, length)), after


def _read(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _tags(file: IO[bytes], layout: _Layout, body: bytes, length: int) -> dict[int, tuple[int, ...]]:
    entry_form, size, inline = ("HHQ", 20, 8) if layout.big else ("HHI", 12, 4)
    tags = {}
    for start in range(0, len(body), size):
        entry = body[start : start + size]
        tag, kind, count = layout.unpack(entry_form, entry[: size - inline])
        if tag not in _WANTED or kind not in _TYPES or count > _MAX_VALUES:
            continue
        form = f"{count * len(_TYPES[kind])}{_TYPES[kind][0]}"
        raw = entry[size - inline :]
        wide = struct.calcsize(layout.order + form)
        if wide > inline:
            (at,) = layout.unpack("Q" if layout.big else "I", raw)
            if at + wide > length:
                continue
            raw = _read(file, at, wide)
        tags[tag] = layout.unpack(form, raw[:wide])
    return tags


def _damage(tags: Tags, index: int, length: int) -> str:
    """Say what is missing of an image; empty when its bytes are all there."""
    name = f"image {index + 1} of the TIFF"
    if not tags.get(WIDTH) or not tags.get(HEIGHT):
        return f"{name} does not say how large it is; scan it again"
    tiled = TILES in tags
    starts = tags.get(TILES if tiled else STRIPS, ())
    sizes = tags.get(TILE_BYTES if tiled else STRIP_BYTES, ())
    if not starts or (sizes and len(sizes) != len(starts)):
        return f"{name} does not say where its pixels are; copy or scan it again"
    if any(start >= length for start in starts):
        return f"{name} is cut off; copy or scan it again"
    if any(start + size > length for start, size in zip(starts, sizes, strict=False)):
        return f"{name} is cut off; copy or scan it again"
    return ""


def _pages(directories: list[Directory]) -> list[Directory]:
    """Return the directories that are pages; a smaller picture of a page is not one."""
    largest = max(directory.size[0] for directory in directories)
    return [
        directory
        for directory in directories
        if not (directory.one(SUBFILE) & 0b101 and directory.size[0] < largest)
    ] or directories
