"""JPEG, PNG, JPEG 2000, BMP and GIF: files that hold one picture."""

from __future__ import annotations

import struct
from typing import IO

from PIL import Image

from .errors import SourceError
from .raster import (
    Decoded,
    bands_of,
    check_size,
    decode,
    decoding,
    known_dpi,
    open_image,
    quarter_turned,
)
from .settings import CaptureSettings

_CODESTREAM_END = b"\xff\xd9"


class PictureFile:
    """The one image of a picture file."""

    count = 1

    def __init__(self, file: IO[bytes], media: str, settings: CaptureSettings) -> None:
        if media == "jp2":
            _check_jp2(file)
            file.seek(0)
        self._media = media
        self._image = open_image(file, media)
        check_size(*self._image.size, bands_of(self._image), settings)
        if media == "gif":
            _check_still(self._image)

    def size(self, number: int) -> tuple[int, int]:
        """Return declared width and height."""
        return self._image.size

    def image(self, number: int) -> Decoded:
        """Return the decoded image; SourceError when it is damaged."""
        pixels, bitonal = decode(self._image, self._media)
        return Decoded(pixels, self._dpi(), bitonal)

    def _dpi(self) -> tuple[float, float] | None:
        """Return the resolution of the image as it is shown upright."""
        across, down = self._image.info.get("dpi", (None, None))
        # Asked after decoding: for PNG the tags may stand behind the pixels.
        if quarter_turned(self._image):
            across, down = down, across
        return known_dpi(across, down)

    def close(self) -> None:
        """Let go of the decoder."""
        self._image.close()


def _check_still(image: Image.Image) -> None:
    """Raise SourceError when more pictures follow: showing the first would lose the others."""
    with decoding("gif"):
        moving = bool(getattr(image, "is_animated", False))
        image.seek(0)
    if moving:
        raise SourceError("the GIF holds several pictures; deliver each as a file of its own")


def _check_jp2(file: IO[bytes]) -> None:
    """Raise SourceError when the codestream is cut off: the decoder would fill it up silently."""
    length = file.seek(0, 2)
    end = length if _is_codestream(file) else _codestream_end(file, length)
    file.seek(max(0, end - 64))
    if end > length or not file.read(64)[: 64 - max(0, length - end)].rstrip(b"\0").endswith(
        _CODESTREAM_END
    ):
        raise SourceError("the JPEG 2000 image is cut off; copy or scan it again")


def _is_codestream(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(2) == b"\xff\x4f"


def _codestream_end(file: IO[bytes], length: int) -> int:
    """Return where the ``jp2c`` box says it ends (ISO 15444-1, annex I)."""
    at = 0
    while at + 8 <= length:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        end = length if size == 0 else at + size
        if kind == b"jp2c":
            return end
        if size < 8:
            break
        at = end
    raise SourceError("the JPEG 2000 file is cut off before its image; copy or scan it again")
