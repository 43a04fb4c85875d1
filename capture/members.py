"""The members of a ZIP, each weighed before it is unpacked."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import SourceError
from .settings import CaptureSettings
from .sniff import HEAD_BYTES

_JUNK_FOLDERS = (b"__MACOSX",)
_JUNK_NAMES = (b".DS_Store", b"Thumbs.db", b"thumbs.db", b"desktop.ini", b"Desktop.ini")
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LARGE = 1_000_000_000
# A central directory entry has 46 bytes, a name and extras; this allows long ones.
_ENTRY_BYTES = 1024
_END_RECORD, _END_RECORD_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a ZIP; ``open`` yields its bytes."""

    name: bytes
    """As stored; never a path of ours."""
    size: int
    """Unpacked bytes, as declared and enforced."""
    skipped: str
    """Why there is nothing to take: a folder, or litter of an operating system; else empty."""
    refused: str
    """Why it cannot be opened; else empty."""
    _zip: zipfile.ZipFile
    _entry: zipfile.ZipInfo

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Yield the unpacked bytes as a stream; SourceError when refused, damaged or a ZIP."""
        if self.refused:
            raise SourceError(self.refused)
        with _zip_errors(), self._zip.open(self._entry) as peek:
            if peek.read(HEAD_BYTES).startswith(_ZIP):
                raise SourceError("a ZIP inside a ZIP is not unpacked; deliver it on its own")
        with _zip_errors(), self._zip.open(self._entry) as stream:
            yield stream


def members(path: Path, settings: CaptureSettings) -> Iterator[Member]:
    """Yield the members of the ZIP at ``path`` in stored order, those that are skipped included.

    Raises:
        SourceError: damaged, too many members, or packed to burst.
    """
    _check_directory(path, settings)
    with _zip_errors():
        archive = zipfile.ZipFile(path)
    # Never closed by hand: members outlive this loop, and the last to go lets go of the file.
    entries = archive.infolist()
    _check_ratio(entries, path.stat().st_size, settings)
    for entry in entries:
        name = _stored_name(entry)
        refused = _refusal(entry, settings)
        yield Member(name, entry.file_size, _litter(name), refused, archive, entry)


@contextmanager
def _zip_errors() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise SourceError("the ZIP is damaged or cut off; copy it again") from error
    except (NotImplementedError, RuntimeError) as error:
        raise SourceError(
            "the ZIP is packed in a way we do not know; pack it as Deflate"
        ) from error


def _check_directory(path: Path, settings: CaptureSettings) -> None:
    """Raise SourceError when the list of members alone is too long to read."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _END_RECORD_SIZE - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) - at < _END_RECORD_SIZE:
        raise SourceError("the ZIP is damaged or cut off; copy it again")
    listed = int.from_bytes(tail[at + 10 : at + 12], "little")
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    # All ones mean that the true figures stand in the ZIP64 record; the file bounds them.
    size = min(size, length)
    too_many = listed != 0xFFFF and listed > settings.max_zip_members
    if too_many or size > settings.max_zip_members * _ENTRY_BYTES:
        raise SourceError(_too_many(settings))


def _too_many(settings: CaptureSettings) -> str:
    return (
        f"the ZIP holds more than {settings.max_zip_members} members;"
        " split it, or raise [capture] max_zip_members"
    )


def _check_ratio(entries: list[zipfile.ZipInfo], packed: int, settings: CaptureSettings) -> None:
    if len(entries) > settings.max_zip_members:
        raise SourceError(_too_many(settings))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _LARGE and unpacked > packed * settings.max_zip_ratio:
        raise SourceError(
            f"the ZIP unpacks to {unpacked} bytes, over {settings.max_zip_ratio} times its size;"
            " it looks made to burst, unpack it by hand if you trust it"
        )


def _stored_name(entry: zipfile.ZipInfo) -> bytes:
    # zipfile decodes names; these two undo exactly what it did.
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437")


def _litter(name: bytes) -> str:
    parts = name.split(b"/")
    if name.endswith(b"/"):
        return "a folder"
    if parts[0] in _JUNK_FOLDERS or parts[-1] in _JUNK_NAMES or parts[-1].startswith(b"._"):
        return "litter of an operating system"
    return ""


def _refusal(entry: zipfile.ZipInfo, settings: CaptureSettings) -> str:
    if entry.flag_bits & _ENCRYPTED:
        return "the member is encrypted; deliver it without a password"
    if entry.file_size > settings.max_member_bytes:
        return (
            f"the member unpacks to {entry.file_size} bytes, over the limit of"
            f" {settings.max_member_bytes}; raise [capture] max_member_bytes if you trust it"
        )
    return ""
