"""Keep bytes under the name of their own digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from capture.errors import CustodyError, SourceError
from capture.model import Digest

from .durable import DRAFT, disk_errors, durable_draft, make_folder, rename_durably, sync

_BLOCK = 1 << 20


class Vault:
    """A content-addressed store: what goes in is never changed or renamed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> Digest:
        """Store ``content`` durably and return its name; storing it twice is one copy.

        A copy that was altered on the disk is replaced.
        """
        digest = Digest(hashlib.sha256(content).hexdigest())
        path = self.path(digest)
        with disk_errors("the vault"):
            if self.intact(digest):
                return digest
            make_folder(path.parent)
            with durable_draft(path.parent) as (stream, draft):
                stream.write(content)
                sync(stream)
                rename_durably(draft, path)
        return digest

    def take(self, source: IO[bytes]) -> tuple[Digest, int]:
        """Store all of ``source``, read in blocks, and return its name and size in bytes.

        A copy that was altered on the disk is replaced.
        Raises SourceError when ``source`` cannot be read; the caller's file is not touched.
        """
        hasher, size = hashlib.sha256(), 0
        with disk_errors("the vault"):
            make_folder(self._root)
            with durable_draft(self._root) as (stream, draft):
                for block in _blocks(source):
                    stream.write(block)
                    hasher.update(block)
                    size += len(block)
                digest = Digest(hasher.hexdigest())
                path = self.path(digest)
                if not self.intact(digest):
                    sync(stream)
                    make_folder(path.parent)
                    rename_durably(draft, path)
        return digest, size

    def get(self, digest: Digest) -> bytes:
        """Return the bytes stored as ``digest``, checked against their name."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise CustodyError(f"the vault has no {digest}; run `chartroom verify`") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise CustodyError(f"vault bytes changed under {digest}; run `chartroom verify`")
        return content

    def holds(self, digest: Digest) -> bool:
        """Tell whether there is a file of this name; says nothing about its bytes."""
        return self.path(digest).is_file()

    def intact(self, digest: Digest) -> bool:
        """Tell whether the bytes under ``digest`` are there and still have that digest."""
        try:
            with self.path(digest).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == digest
        except OSError:
            return False

    def digests(self) -> Iterator[Digest]:
        """Yield the name of everything that is kept."""
        for path in sorted(self._root.glob("??/??/*")):
            if not path.name.startswith(DRAFT):
                yield Digest(path.name)

    def sweep(self) -> int:
        """Remove what crashes left half-written and return how many files that were.

        Only for the sole writer of the archive.
        """
        drafts = [*self._root.glob(f"{DRAFT}*"), *self._root.glob(f"??/??/{DRAFT}*")]
        for draft in drafts:
            draft.unlink(missing_ok=True)
        return len(drafts)

    def path(self, digest: Digest) -> Path:
        """Return where the bytes named ``digest`` are, or would be."""
        return self._root / digest[:2] / digest[2:4] / digest


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while True:
        try:
            block = source.read(_BLOCK)
        except OSError as error:
            raise SourceError(f"the file cannot be read: {error.strerror}") from error
        if not block:
            return
        yield block
