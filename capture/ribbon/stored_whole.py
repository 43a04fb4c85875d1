"""Images that are decoded at once, for there is no way into the middle of them."""

from __future__ import annotations

import io
from typing import IO

import numpy as np
from PIL import Image

from capture.errors import SourceError
from capture.model import Pixels
from capture.raster import bands_of, decode, decoding, known_dpi, open_image
from capture.scale import grey

from .stored import WHOLE, LostLinesError

_JPEG2000 = WHOLE // 2
"""Pixels; its decoder takes four bytes and more for each."""
_ORIENTATION = 0x0112
_END_OF_JPEG = b"\xff\xd9"
_BLOCK_ROWS = 16
"""Rows of pixels that a JPEG packs together, at the most."""


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
            self._progressive = bool(image.info.get("progressive"))
            self._check(image)
        self._tones: Pixels | None = None
        self._good = self.height
        """Rows before the damage."""
        self._damage = ""

    def rows(self, start: int, stop: int) -> Pixels:
        """Return grey rows; LostLinesError where they are damaged."""
        tones = self._whole()
        if stop > self._good:
            raise LostLinesError(self._damage, self._good, self.height)
        return tones[start:stop]

    def columns(self, start: int, stop: int) -> Pixels:
        """Return grey columns; LostLinesError where they are damaged."""
        tones = self._whole()
        if self._good < self.height:
            raise LostLinesError(self._damage, 0, self.width)
        return tones[:, start:stop]

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
            try:
                self._tones = self._decoded(self._file)
            except SourceError as error:
                self._damage = str(error)
                self._tones, self._good = self._up_to_damage()
        return self._tones

    def _decoded(self, file: IO[bytes]) -> Pixels:
        file.seek(0)
        with open_image(file, self._media) as image:
            if self._as_grey:
                image.draft("L", image.size)
            with decoding(self._media):
                image.load()
            if image.mode == "L":
                return np.array(image, dtype=np.uint8)
            return grey(decode(_unturned(image), self._media)[0])

    def _up_to_damage(self) -> tuple[Pixels, int]:
        """Return what there is of a JPEG that is cut off, and how many rows of it are good."""
        if self._media != "jpeg" or self._progressive:
            raise LostLinesError(self._damage, 0, self.height)
        self._file.seek(0)
        try:
            tones = self._decoded(io.BytesIO(self._file.read() + _END_OF_JPEG))
        except SourceError as error:
            raise LostLinesError(self._damage, 0, self.height) from error
        # The decoder fills up what is missing with one tone.
        written = (tones != tones[-1, -1]).any(axis=1)
        last = int(np.flatnonzero(written)[-1]) if written.any() else 0
        return tones, max(0, last // _BLOCK_ROWS * _BLOCK_ROWS)


def _unturned(image: Image.Image) -> Image.Image:
    """Return an image without its orientation, which the ribbon sees to."""
    plain = image.copy()
    plain.getexif().pop(_ORIENTATION, None)
    return plain
