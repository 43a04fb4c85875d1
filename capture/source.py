"""A file that was opened: its images, and the frames that lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import numpy as np

from .errors import SourceError
from .film.reduction import reduction_step, true_dpi
from .film.roll import Roll, cut_frame, cut_step, open_roll
from .model import Box, Digest, FilmFrame, Frame, FrameRef, Pixels
from .raster import Decoded
from .ribbon.ribbon import Ribbon
from .settings import CaptureSettings


class Images(Protocol):
    """A file that holds one or more images."""

    @property
    def count(self) -> int:
        """Images in the file."""
        ...

    def size(self, number: int) -> tuple[int, int]:
        """Declared width and height of one image."""
        ...

    def image(self, number: int) -> Decoded:
        """One image, decoded."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame lies: an image of the file, a part of a card, or a part of a roll."""

    image: int
    part: FilmFrame | None = None
    roll: Roll | None = None
    """The roll whose lines ``part`` counts; None for a card, which is decoded whole."""
    film: bool = False
    usual: tuple[int, int] | None = None
    """Width and height of most frames of its roll or card, which tell the reduction."""


class Source:
    """An opened source; a context manager that yields its frames, counted from 1."""

    def __init__(
        self,
        path: Path,
        media: str,
        digest: Digest,
        images: Images,
        file: IO[bytes],
        settings: CaptureSettings,
    ) -> None:
        self.path = path
        self.media = media
        """``tiff``, ``jpeg``, ``png``, ``jp2`` or ``pdf``."""
        self.digest = digest
        self.images = images
        self.places: Sequence[Place] = [Place(n) for n in range(1, images.count + 1)]
        """Where its frames lie, in their order: each image whole, unless it was cut."""
        self._file = file
        self._settings = settings
        # Frames come one after the other, so the card or roll they are on is kept open.
        self._card: tuple[int, Decoded] | None = None
        self._ribbon: tuple[Roll, Ribbon] | None = None

    @property
    def film(self) -> bool:
        """Whether any of its frames is an exposure on film."""
        return any(place.film for place in self.places)

    @property
    def frame_count(self) -> int:
        """Frames in the source, those that cannot be decoded included."""
        return len(self.places)

    @property
    def paged(self) -> bool:
        """Whether one file holds several pages, through which a document may run."""
        return self.frame_count > 1

    def frame(self, number: int) -> Frame:
        """Return frame ``number``; SourceError when it cannot be decoded (others still can)."""
        if not 1 <= number <= self.frame_count:
            raise SourceError(f"the source has frames 1 to {self.frame_count}, not {number}")
        return self.frame_at(number, self.places[number - 1])

    def frame_at(self, number: int, place: Place) -> Frame:
        """Return what lies at ``place`` as frame ``number``."""
        ref = FrameRef(self.digest, number)
        if place.roll is not None and place.part is not None:
            frame = cut_frame(self._roll(place.roll), place.part, ref)
            return self._true_sized(frame, place)
        decoded = self.decoded(place.image, keep=place.part is not None)
        height, width = decoded.pixels.shape[:2]
        part = place.part or FilmFrame(Box(0, 0, width, height))
        frame = Frame(
            ref=ref,
            pixels=_cut(decoded.pixels, part.box),
            box=part.box,
            dpi=decoded.dpi,
            bitonal=decoded.bitonal,
            film=place.film,
            born_digital=decoded.born_digital,
            title_strip=part.title_strip,
            cut=cut_step(part) if place.part else None,
        )
        return self._true_sized(frame, place)

    def decoded(self, image: int, *, keep: bool) -> Decoded:
        """Return one whole image; ``keep`` it for the next call, as one that more is cut from."""
        if self._card is not None and self._card[0] == image:
            return self._card[1]
        self._card = None
        decoded = self.images.image(image)
        if keep:
            self._card = (image, decoded)
        return decoded

    def _true_sized(self, frame: Frame, place: Place) -> Frame:
        """Return a frame of film with the resolution of the page on it."""
        if not place.film:
            return frame
        told = max(frame.dpi) if frame.dpi else None
        reduction = self._settings.reduction or None
        width, height = place.usual or (frame.box.width, frame.box.height)
        size = true_dpi(told, reduction, width, height)
        dpi = (size.dpi, size.dpi) if size.dpi else None
        return replace(frame, dpi=dpi, reduction=reduction_step(size))

    def close(self) -> None:
        """Let go of the file."""
        self._card = None
        if self._ribbon is not None:
            self._ribbon[1].close()
        self.images.close()
        self._file.close()

    def _roll(self, roll: Roll) -> Ribbon:
        if self._ribbon is not None and self._ribbon[0] == roll:
            return self._ribbon[1]
        if self._ribbon is not None:
            self._ribbon[1].close()
            self._ribbon = None
        ribbon = open_roll(roll, self._settings)
        self._ribbon = (roll, ribbon)
        return ribbon

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _cut(pixels: Pixels, box: Box) -> Pixels:
    if box.width == pixels.shape[1] and box.height == pixels.shape[0]:
        return pixels
    return np.ascontiguousarray(pixels[box.y : box.bottom, box.x : box.right])
