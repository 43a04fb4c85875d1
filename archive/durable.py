"""Files that are whole or not there, whatever happens in between.

Write to a temporary name, fsync, rename, fsync the folder: after a crash a reader finds
the old file or the new one, never half of either.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from capture.errors import ArchiveError, BusyError

DRAFT = ".draft-"
"""Prefix of temporary names; a crash may leave such files, and sweeping removes them."""


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn a full disk into BusyError and other disk errors into ArchiveError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise BusyError(f"disk full while writing {what}; make room and run again") from error
        raise ArchiveError(f"cannot write {what}: {error.strerror}; check the archive") from error


@contextmanager
def durable_draft(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give an open temporary file in ``folder`` and its path; it is removed unless renamed."""
    handle, name = tempfile.mkstemp(prefix=DRAFT, dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream, draft
    finally:
        draft.unlink(missing_ok=True)


def sync(stream: BinaryIO) -> None:
    """Bring what was written to ``stream`` onto the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def rename_durably(draft: Path, path: Path) -> None:
    """Rename within one folder and bring the folder onto the disk."""
    draft.replace(path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and bring each new link of the way onto the disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in ``folder`` onto the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, in place of any earlier file, whole or not at all."""
    with durable_draft(path.parent) as (stream, draft):
        stream.write(content)
        sync(stream)
        rename_durably(draft, path)
