"""Images that are decoded at once, for there is no way into the middle of them."""

from __future__ import annotations

from typing import IO

import numpy as np
from PIL import Image

from .errors import SourceError
from .model import Pixels
from .raster import bands_of, decode, decoding, known_dpi, open_image
from .scale import grey
from .stored import WHOLE, LostLinesError

_JPEG2000 = WHOLE // 2
"""Pixels; its decoder takes four bytes and more for each."""
_ORIENTATION = 0x0112


class StoredWhole:
    """An image that is held whole from the first look at it on."""

    def __init__(self, file: IO[bytes], media: str) -> None:
        self._file = file
        self._media = media
        file.seek(0)
        with open_image(file, media) as image:
            self.width, self.height = image.size
            with decoding(media):
                self.orientation = int(image.getexif().get(_ORIENTATION, 1))
            self.dpi = known_dpi(*image.info.get("dpi", (0, 0)))
            self._check(image)
        self._tones: Pixels | None = None
        self._read = 0

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows; LostLinesError where they are damaged."""
        return self._whole()[start:stop]

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns; LostLinesError where they are damaged."""
        return self._whole()[:, start:stop]

    def close(self) -> None:
        """Let go of the file."""
        self._tones = None
        self._file.close()

    def _check(self, image: Image.Image) -> None:
        most = _JPEG2000 if self._media == "jp2" else WHOLE
        samples = self.width * self.height * bands_of(image)
        # A JPEG too large for its colours is still read as grey.
        self._as_grey = self._media == "jpeg" and samples > most
        if (self.width * self.height if self._as_grey else samples) > most:
            raise SourceError(
                f"the {self._media} has {self.width} x {self.height} pixels, which cannot be read"
                " in windows; convert it to a TIFF with strips or tiles"
            )

    def _whole(self) -> Pixels:
        if self._tones is None:
            self._file.seek(0)
            with open_image(self._file, self._media) as image:
                if self._as_grey:
                    image.draft("L", image.size)
                self._tones = self._decoded(image)
        return self._tones

    def _decoded(self, image: Image.Image) -> Pixels:
        try:
            with decoding(self._media):
                image.load()
        except SourceError as error:
            raise LostLinesError(str(error), 0, self.height) from error
        if image.mode == "L":
            return np.array(image, dtype=np.uint8)
        return grey(decode(_unturned(image), self._media)[0])


def _unturned(image: Image.Image) -> Image.Image:
    """Return an image without its orientation, which the ribbon sees to."""
    plain = image.copy()
    plain.getexif().pop(_ORIENTATION, None)
    return plain
