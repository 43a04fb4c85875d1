"""Write a ribbon of film into one file as it is made, however long it gets (BigTIFF, JPEG)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from capture.model import Pixels

_ROWS = 512
_JPEG, _BLACK_IS_ZERO, _INCH = 7, 1, 2
_SHORT, _LONG, _RATIONAL, _LONG8 = 3, 4, 5, 16


def write_ribbon(path: Path, pieces: Iterable[Pixels], *, dpi: int, quality: int = 75) -> int:
    """Write grey pieces of one width one under another; return how many lines they have."""
    with path.open("wb") as file:
        file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
        offsets: list[int] = []
        sizes: list[int] = []
        width = length = 0
        for strip in _strips(pieces):
            packed = _packed(strip, quality)
            offsets.append(file.tell())
            sizes.append(file.write(packed))
            width, length = strip.shape[1], length + strip.shape[0]
        _directory(file, (width, length), dpi, offsets, sizes)
    return length


def _strips(pieces: Iterable[Pixels]) -> Iterator[Pixels]:
    """Yield all lines again in strips of equal height, the last one shorter."""
    rest: Pixels | None = None
    for piece in pieces:
        rest = piece if rest is None else np.vstack([rest, piece])
        while len(rest) >= _ROWS:
            yield rest[:_ROWS]
            rest = rest[_ROWS:]
    if rest is not None and len(rest):
        yield rest


def _packed(strip: Pixels, quality: int) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(strip)).save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def _directory(
    file: IO[bytes], size: tuple[int, int], dpi: int, offsets: list[int], sizes: list[int]
) -> None:
    where = file.tell()
    file.write(struct.pack(f"<{len(offsets)}Q", *offsets))
    counts = file.tell()
    file.write(struct.pack(f"<{len(sizes)}Q", *sizes))
    entries = [
        (256, _LONG, 1, struct.pack("<I4x", size[0])),
        (257, _LONG, 1, struct.pack("<I4x", size[1])),
        (258, _SHORT, 1, struct.pack("<H6x", 8)),
        (259, _SHORT, 1, struct.pack("<H6x", _JPEG)),
        (262, _SHORT, 1, struct.pack("<H6x", _BLACK_IS_ZERO)),
        _where(273, offsets, where),
        (277, _SHORT, 1, struct.pack("<H6x", 1)),
        (278, _LONG, 1, struct.pack("<I4x", _ROWS)),
        _where(279, sizes, counts),
        (282, _RATIONAL, 1, struct.pack("<II", dpi, 1)),
        (283, _RATIONAL, 1, struct.pack("<II", dpi, 1)),
        (296, _SHORT, 1, struct.pack("<H6x", _INCH)),
    ]
    directory = file.tell()
    file.write(struct.pack("<Q", len(entries)))
    for tag, kind, count, value in entries:
        file.write(struct.pack("<HHQ", tag, kind, count) + value)
    file.write(struct.pack("<Q", 0))
    file.seek(8)
    file.write(struct.pack("<Q", directory))


def _where(tag: int, values: list[int], where: int) -> tuple[int, int, int, bytes]:
    return tag, _LONG8, len(values), struct.pack("<Q", values[0] if len(values) == 1 else where)
