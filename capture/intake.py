"""Here is a file: its kind told by content, its frames one by one."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from .errors import SourceError
from .film.survey import survey_film
from .model import Digest, SourceKind
from .pdf import PdfPages
from .picture import PictureFile
from .settings import CaptureSettings
from .sniff import HEAD_BYTES, sniff
from .source import Images, Source
from .tiff import TiffImages

_DEFAULTS = CaptureSettings()


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
        images = _images(path, file, media, settings)
        source = Source(path, media, digest, images, file, settings)
        if may_be_film(source, kind):
            survey_film([source], kind, settings)
    except BaseException:
        file.close()
        raise
    return source


def may_be_film(source: Source, kind: SourceKind) -> bool:
    """Return whether film is looked for on ``source`` when the technician calls it ``kind``."""
    return kind not in (SourceKind.PAPER, SourceKind.PDF) and source.media != "pdf"


def _open_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(
            f"the file cannot be opened ({error.strerror}); check that it is there and readable"
        ) from error


def _images(path: Path, file: IO[bytes], media: str, settings: CaptureSettings) -> Images:
    file.seek(0)
    if media == "zip":
        raise SourceError("a ZIP is no page; take in its members one by one")
    if media == "pdf":
        return PdfPages(path, settings)
    if media == "tiff":
        return TiffImages(file, settings)
    return PictureFile(file, media, settings)
