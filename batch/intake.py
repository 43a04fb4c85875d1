"""Take the files of a delivery into the vault, each accounted for, none altered."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from archive import audit, deliveries
from archive.archive import Archive
from archive.deliveries import Batch, Source
from capture.errors import SourceError
from capture.members import Member, members
from capture.model import Digest
from capture.settings import CaptureSettings
from capture.sniff import HEAD_BYTES, sniff

_SIDECARS = frozenset(
    b".txt .json .jsonl .csv .tsv .xml .md .rst .html .htm .log .ini .yaml .yml .toml .sha256 "
    b".md5 .hocr .xlsx .docx".split()
)
_OFFICE = frozenset((b".docx", b".xlsx"))
_LITTER = frozenset((b".DS_Store", b"Thumbs.db", b"desktop.ini"))
_EMPTY = "the file is empty; copy or scan it again"
_NUMBERS = re.compile(rb"(\d+)")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that was found in a delivery."""

    path: Path
    name: bytes
    """Its path below the folder that was given, or its own name.

    The folder's own name leads when several folders were given, so that they stay apart.
    """
    asked_for: bool
    """The person named this very file, so it is not passed over for its kind."""


def delivered_files(paths: Iterable[Path]) -> Iterator[Delivered]:
    """Yield the files at and below ``paths``, those with numbers in numerical order.

    Raises SourceError for a path that does not exist.
    """
    given = [(path, _is_folder(path)) for path in paths]
    several = sum(is_folder for _, is_folder in given) > 1
    for path, is_folder in given:
        if is_folder:
            yield from _below(path, os.fsencode(path.name) if several else b"")
        else:
            yield Delivered(path, os.fsencode(path.name), asked_for=True)


def take_in(
    archive: Archive, batch: Batch, file: Delivered, settings: CaptureSettings
) -> Source | None:
    """Bring one file into the vault and the catalogue.

    Returns the new source, or None when the file gives none: seen before, passed over as no
    scan, or refused because it is still being written or cannot be read; each is noted.
    """
    try:
        if not file.path.is_file():
            raise SourceError("it is no file, or a folder that may not be looked into")
        with file.path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            if not file.asked_for and is_sidecar(file.name, head):
                _note(archive, batch, file.name, "passed over", "not a scan")
                return None
            digest, size = _take(archive, file, stream)
    except OSError as error:
        _note(archive, batch, file.name, "refused", f"it cannot be read: {error.strerror}")
        return None
    except SourceError as error:
        _note(archive, batch, file.name, "refused", str(error))
        return None
    source = _enter(archive, batch, digest, size, file.name, None)
    if source is not None and is_zip(head):
        unpack(archive, batch, source, settings)
    return source


def unpack(archive: Archive, batch: Batch, container: Source, settings: CaptureSettings) -> None:
    """Take in the members of a ZIP, each as a source of its own; run again it goes on."""
    try:
        found = in_page_order(members(archive.vault.path(container.digest), settings))
        for place, member in found:
            _take_member(archive, batch, container, member, place)
        if not found:
            raise SourceError("the ZIP holds no files")
    except SourceError as error:
        with archive.catalogue.write() as connection:
            deliveries.quarantine_source(connection, container, str(error))
        return
    with archive.catalogue.write() as connection:
        deliveries.mark_container(connection, container)


def in_page_order(found: Iterable[Member]) -> list[tuple[int, Member]]:
    """Return the members that are files, each with its place in the ZIP, in order of names.

    A ZIP lists its members in whatever order its maker met them.
    """
    files = [(place, member) for place, member in enumerate(found) if not member.skipped]
    return sorted(files, key=lambda one: [natural_order(part) for part in one[1].name.split(b"/")])


def _take_member(
    archive: Archive, batch: Batch, container: Source, member: Member, place: int
) -> None:
    name = container.name + b"!" + member.name
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(member.open())
            if is_sidecar(member.name, stream.read(HEAD_BYTES)):
                _note(archive, batch, name, "passed over", "not a scan")
                return
            stream.seek(0)
            digest, size = archive.vault.take(stream)
        except SourceError as error:
            # The container is kept, so nothing is lost; the member counts as a frame set aside.
            _enter_refused(archive, batch, name, container, place, str(error))
            return
    _enter(archive, batch, digest, size, name, container)


def _enter(
    archive: Archive,
    batch: Batch,
    digest: Digest,
    size: int,
    name: bytes,
    container: Source | None,
) -> Source | None:
    with archive.catalogue.write() as connection:
        known = deliveries.source_with(connection, digest)
        if known is not None:
            if (known.batch_id, known.name) != (batch.id, name):
                # Empty files are alike, but each may stand for a page that was not copied.
                kind = "seen before" if size else "refused"
                reason = f"same bytes as source {digest[:16]}" if size else _EMPTY
                deliveries.add_sighting(
                    connection, batch, name, kind=kind, reason=reason, source=known
                )
            return None
        deliveries.forget_sighting(connection, batch, name)
        source = deliveries.add_source(
            connection, batch, digest=digest, size=size, name=name, container=container
        )
        audit.record(connection, "received", digest[:16], bytes=size)
        return source


def _enter_refused(
    archive: Archive, batch: Batch, name: bytes, container: Source, place: int, reason: str
) -> None:
    # Its own bytes cannot be had, so a digest of where it lies stands for them; the place as
    # well as the name, since a ZIP may hold one name twice.
    lies = b"%s!%d!%s" % (container.digest.encode(), place, name)
    digest = Digest(hashlib.sha256(lies).hexdigest())
    with archive.catalogue.write() as connection:
        if deliveries.source_with(connection, digest) is None:
            source = deliveries.add_source(
                connection, batch, digest=digest, size=0, name=name, container=container
            )
            deliveries.quarantine_source(connection, source, reason)


def _take(archive: Archive, file: Delivered, stream: BufferedReader) -> tuple[Digest, int]:
    before = os.fstat(stream.fileno())
    stream.seek(0)
    digest = Digest(hashlib.file_digest(stream, "sha256").hexdigest())
    if not archive.vault.intact(digest):
        stream.seek(0)
        digest, _ = archive.vault.take(stream)
    after = file.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError("it is still being written; run again when it is complete")
    return digest, after.st_size


def _note(archive: Archive, batch: Batch, name: bytes, kind: str, reason: str) -> None:
    with archive.catalogue.write() as connection:
        deliveries.add_sighting(connection, batch, name, kind=kind, reason=reason)


def _is_folder(path: Path) -> bool:
    try:
        if path.is_dir():
            return True
        path.stat()
    except OSError as error:
        raise SourceError(
            f"there is no file or folder {_plain(path)} ({error.strerror}); check the path"
        ) from error
    return False


def _below(folder: Path, name: bytes) -> Iterator[Delivered]:
    # Not by recursion: folders may lie deeper than Python calls may.
    waiting = [(folder, name, True)]
    while waiting:
        path, name, is_folder = waiting.pop()
        if not is_folder:
            yield Delivered(path, name, asked_for=False)
            continue
        try:
            inside = _entries(path, name)
        except OSError:
            # Taking it in will fail and say so: a folder that cannot be seen is no empty one.
            yield Delivered(path, name or os.fsencode(path.name), asked_for=False)
            continue
        waiting += reversed(inside)


def _entries(folder: Path, name: bytes) -> list[tuple[Path, bytes, bool]]:
    with os.scandir(folder) as found:
        inside = {os.fsencode(one.name): one.is_dir(follow_symlinks=False) for one in found}
    lead = name + b"/" if name else b""
    ordered = sorted(inside, key=natural_order)
    return [(folder / os.fsdecode(own), lead + own, inside[own]) for own in ordered]


def natural_order(name: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return a sorting key that puts ``page2`` before ``page10``; no two names have one key."""
    parts = _NUMBERS.split(name)
    key = [(int(part), b"") if part.isdigit() else (0, part.lower()) for part in parts if part]
    return key, name


def is_zip(head: bytes) -> bool:
    """Tell whether a file that begins with ``head`` is a ZIP, an empty one included."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_sidecar(name: bytes, head: bytes) -> bool:
    """Tell whether a file lies beside scans without being one, by name and content."""
    own_name = name.rpartition(b"/")[2]
    litter = own_name in _LITTER or own_name.startswith(b"._")
    if not litter and _ending(own_name) not in _SIDECARS:
        return False
    try:
        media = sniff(head)
    except SourceError:
        return True
    # An office document is a ZIP of its own parts, none of them a page.
    return media == "zip" and _ending(own_name) in _OFFICE


def _ending(name: bytes) -> bytes:
    stem, dot, ending = name.rpartition(b".")
    return dot + ending.lower() if stem else b""


def _plain(path: Path) -> str:
    return deliveries.shown(os.fsencode(path))
