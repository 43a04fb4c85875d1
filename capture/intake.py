"""Here is a file: its kind told by content, its frames one by one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import numpy as np

from .errors import SourceError
from .fiche import find_card_frames
from .film import find_frames
from .model import Box, Digest, FilmFrame, Frame, FrameRef, Pixels, SourceKind, Step
from .pdf import PdfPages
from .picture import PictureFile
from .raster import Decoded
from .settings import CaptureSettings
from .sniff import HEAD_BYTES, sniff
from .tiff import TiffImages

_FILM = (SourceKind.ROLL, SourceKind.FICHE)
_LEAST_SURE = 0.75
"""Most frames clear on all sides: else only the technician can tell film from a long sheet."""
_DEFAULTS = CaptureSettings()


class _Images(Protocol):
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
class _Place:
    """Where a frame lies: an image of the file, and a part of it when it was cut."""

    image: int
    part: FilmFrame | None = None


class Source:
    """An opened source; a context manager that yields its frames, counted from 1."""

    def __init__(
        self, media: str, digest: Digest, images: _Images, file: IO[bytes], film: bool
    ) -> None:
        self.media = media
        """``tiff``, ``jpeg``, ``png``, ``jp2`` or ``pdf``."""
        self.film = film
        """Whether its frames are exposures on film."""
        self._digest = digest
        self._images = images
        self._file = file
        self._places = [_Place(number) for number in range(1, images.count + 1)]
        # Frames cut from one strip come one after the other, so its pixels are kept.
        self._strip: tuple[int, Decoded] | None = None

    @property
    def frame_count(self) -> int:
        """Frames in the source, those that cannot be decoded included."""
        return len(self._places)

    @property
    def paged(self) -> bool:
        """Whether one file holds several pages, through which a document may run."""
        return self.frame_count > 1

    def frame(self, number: int) -> Frame:
        """Return frame ``number``; SourceError when it cannot be decoded (others still can)."""
        if not 1 <= number <= self.frame_count:
            raise SourceError(f"the source has frames 1 to {self.frame_count}, not {number}")
        place = self._places[number - 1]
        decoded = self._decoded(place)
        height, width = decoded.pixels.shape[:2]
        part = place.part or FilmFrame(Box(0, 0, width, height))
        return Frame(
            ref=FrameRef(self._digest, number),
            pixels=_cut(decoded.pixels, part.box),
            box=part.box,
            dpi=decoded.dpi,
            bitonal=decoded.bitonal,
            film=self.film,
            born_digital=decoded.born_digital,
            title_strip=part.title_strip,
            cut=_cut_step(place.part),
        )

    def close(self) -> None:
        """Let go of the file."""
        self._strip = None
        self._images.close()
        self._file.close()

    def cut_film(self, kind: SourceKind, settings: CaptureSettings) -> None:
        """Cut the images that are strips or cards into their frames."""
        places: list[_Place] = []
        for number in range(1, self._images.count + 1):
            places += self._cut_image(number, kind, settings)
        self._places = places
        self.film = kind in _FILM or any(place.part for place in places)

    def _cut_image(self, number: int, kind: SourceKind, settings: CaptureSettings) -> list[_Place]:
        whole = _Place(number)
        if kind is not SourceKind.FICHE and not _is_long(self._images.size(number), settings):
            return [whole]
        try:
            pixels = self._decoded(_Place(number, FilmFrame(Box(0, 0, 1, 1)))).pixels
        except SourceError:
            return [whole]  # told when the frame is asked for
        parts = find_card_frames(pixels) if kind is SourceKind.FICHE else find_frames(pixels)
        if len(parts) < 2 or (kind is SourceKind.AUTO and _doubtful(parts)):
            return [whole]
        return [_Place(number, part) for part in parts]

    def _decoded(self, place: _Place) -> Decoded:
        if self._strip is not None and self._strip[0] == place.image:
            return self._strip[1]
        self._strip = None
        decoded = self._images.image(place.image)
        if place.part is not None:
            self._strip = (place.image, decoded)
        return decoded

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_source(
    path: Path,
    digest: Digest,
    *,
    kind: SourceKind = SourceKind.AUTO,
    settings: CaptureSettings = _DEFAULTS,
) -> Source:
    """Return the source at ``path``, opened; its limits are checked before anything is decoded.

    Raises:
        SourceError: empty, of a kind we do not read, encrypted, cut off, or too large.
    """
    file = _open_file(path)
    try:
        media = sniff(file.read(HEAD_BYTES))
        source = Source(media, digest, _images(path, file, media, settings), file, film=False)
        if kind not in (SourceKind.PAPER, SourceKind.PDF) and media != "pdf":
            source.cut_film(kind, settings)
    except BaseException:
        file.close()
        raise
    return source


def _open_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror}); check that it is there and readable"
        ) from error


def _images(path: Path, file: IO[bytes], media: str, settings: CaptureSettings) -> _Images:
    file.seek(0)
    if media == "zip":
        raise SourceError("a ZIP is no page; take in its members one by one")
    if media == "pdf":
        return PdfPages(path, settings)
    if media == "tiff":
        return TiffImages(file, settings)
    return PictureFile(file, media, settings)


def _is_long(size: tuple[int, int], settings: CaptureSettings) -> bool:
    length, width = max(size), min(size)
    return length >= settings.strip_length and length >= settings.strip_aspect * width


def _cut_step(part: FilmFrame | None) -> Step | None:
    return Step("cut", True, part.confidence, reason=part.reason) if part is not None else None


def _doubtful(parts: tuple[FilmFrame, ...]) -> bool:
    """Return whether this may as well be a long sheet of paper as a strip of film."""
    return float(np.median([part.confidence for part in parts])) < _LEAST_SURE


def _cut(pixels: Pixels, box: Box) -> Pixels:
    if box.width == pixels.shape[1] and box.height == pixels.shape[0]:
        return pixels
    return np.ascontiguousarray(pixels[box.y : box.bottom, box.x : box.right])
