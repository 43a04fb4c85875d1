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
_LITTER = frozenset((b".DS_Store", b"Thumbs.db", b"desktop.ini"))
_NUMBERS = re.compile(rb"(\d+)")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that was found in a delivery."""

    path: Path
    name: bytes
    """Its path below the folder that was given, or its own name."""
    asked_for: bool
    """The person named this very file, so it is not passed over for its kind."""


def delivered_files(paths: Iterable[Path]) -> Iterator[Delivered]:
    """Yield the files at and below ``paths``, those with numbers in numerical order.

    Raises SourceError for a path that does not exist.
    """
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        elif path.exists():
            yield Delivered(path, os.fsencode(path.name), asked_for=True)
        else:
            raise SourceError(f"there is no file or folder {_plain(path)}; check the path")


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
            if not file.asked_for and _is_sidecar(file.name, head):
                _note(archive, batch, file, "passed over", "not a scan")
                return None
            digest, size = _take(archive, file, stream)
    except OSError as error:
        _note(archive, batch, file, "refused", f"it cannot be read: {error.strerror}")
        return None
    except SourceError as error:
        _note(archive, batch, file, "refused", str(error))
        return None
    source = _enter(archive, batch, digest, size, file.name, None)
    if source is not None and head.startswith(b"PK\x03\x04"):
        unpack(archive, batch, source, settings)
    return source


def unpack(archive: Archive, batch: Batch, container: Source, settings: CaptureSettings) -> None:
    """Take in the members of a ZIP, each as a source of its own; run again it goes on."""
    try:
        found = 0
        for member in members(archive.vault.path(container.digest), settings):
            if not member.skipped:
                _take_member(archive, batch, container, member)
                found += 1
        if not found:
            raise SourceError("the ZIP holds no files")
    except SourceError as error:
        with archive.catalogue.write() as connection:
            deliveries.quarantine_source(connection, container, str(error))
        return
    with archive.catalogue.write() as connection:
        deliveries.mark_container(connection, container)


def _take_member(archive: Archive, batch: Batch, container: Source, member: Member) -> None:
    name = container.name + b"!" + member.name
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(member.open())
            if _is_sidecar(member.name, b""):
                with archive.catalogue.write() as connection:
                    deliveries.add_sighting(
                        connection, batch, name, kind="passed over", reason="not a scan"
                    )
                return
            digest, size = archive.vault.take(stream)
        except SourceError as error:
            # The container is kept, so nothing is lost; the member counts as a frame set aside.
            _enter_refused(archive, batch, name, container, str(error))
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
                deliveries.add_sighting(
                    connection,
                    batch,
                    name,
                    kind="seen before",
                    reason=f"same bytes as source {digest[:16]}",
                    source=known,
                )
            return None
        deliveries.forget_sighting(connection, batch, name)
        source = deliveries.add_source(
            connection, batch, digest=digest, size=size, name=name, container=container
        )
        audit.record(connection, "received", digest[:16], bytes=size)
        return source


def _enter_refused(
    archive: Archive, batch: Batch, name: bytes, container: Source, reason: str
) -> None:
    # Its own bytes cannot be had, so a digest of where it lies stands for them.
    digest = Digest(hashlib.sha256(container.digest.encode() + b"!" + name).hexdigest())
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
    if not archive.vault.holds(digest):
        stream.seek(0)
        digest, _ = archive.vault.take(stream)
    after = file.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError("it is still being written; run again when it is complete")
    return digest, after.st_size


def _note(archive: Archive, batch: Batch, file: Delivered, kind: str, reason: str) -> None:
    with archive.catalogue.write() as connection:
        deliveries.add_sighting(connection, batch, file.name, kind=kind, reason=reason)


def _below(folder: Path) -> Iterator[Delivered]:
    try:
        entries = sorted(folder.iterdir(), key=lambda path: natural_order(os.fsencode(path.name)))
    except OSError:
        # Taking it in will fail and say so: a folder that cannot be looked into is no empty one.
        yield Delivered(folder, b"", asked_for=False)
        return
    for entry in entries:
        name = os.fsencode(entry.name)
        if entry.is_dir() and not entry.is_symlink():
            for inner in _below(entry):
                yield Delivered(inner.path, name + b"/" + inner.name, asked_for=False)
        else:
            yield Delivered(entry, name, asked_for=False)


def natural_order(name: bytes) -> list[tuple[int, bytes]]:
    """Return a sorting key that puts ``page2`` before ``page10``."""
    parts = _NUMBERS.split(name)
    return [(int(part), b"") if part.isdigit() else (0, part.lower()) for part in parts if part]


def _is_sidecar(name: bytes, head: bytes) -> bool:
    """Tell whether a file lies beside scans without being one, by name and content."""
    own_name = name.rpartition(b"/")[2]
    litter = own_name in _LITTER or own_name.startswith(b"._")
    if not litter and _ending(own_name) not in _SIDECARS:
        return False
    try:
        sniff(head)
    except SourceError:
        return True
    return False


def _ending(name: bytes) -> bytes:
    stem, dot, ending = name.rpartition(b".")
    return dot + ending.lower() if stem else b""


def _plain(path: Path) -> str:
    return deliveries.shown(os.fsencode(path))
