"""Verifying names each thing that is lost or altered, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.archive import Archive
from archive.verify import verify
from tests.archive.filed import deliver, file_all, filed


@pytest.fixture
def full(archive: Archive) -> Archive:
    """An archive with filed documents."""
    for batch in ("first", "second"):
        kept = deliver(archive, batch, sources=20, frames=5)
        with archive.catalogue.write() as connection:
            file_all(connection, kept, filed())
    return archive


def blobs(archive: Archive) -> list[Path]:
    return [archive.vault.path(digest) for digest in archive.vault.digests()]


def subjects(archive: Archive, *, quick: bool = False) -> list[str]:
    return sorted(fault.subject for fault in verify(archive, quick=quick).faults)


def test_a_whole_archive_gives_no_alarm(full: Archive) -> None:
    found = verify(full)
    assert (found.masters, found.images, found.orphans, found.faults) == (40, 200, 0, ())
    assert verify(full, quick=True).faults == ()


def test_each_flipped_bit_is_named_and_nothing_else(full: Archive) -> None:
    chance = random.Random(1)
    for _ in range(10):
        struck = chance.sample(blobs(full), 20)
        before = {path: path.read_bytes() for path in struck}
        for path, content in before.items():
            altered = bytearray(content)
            altered[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(altered)
        assert subjects(full) == sorted(path.name for path in struck)
        for path, content in before.items():
            path.write_bytes(content)
    assert subjects(full) == []


@pytest.mark.parametrize("quick", [False, True])
def test_each_lost_blob_is_named(full: Archive, quick: bool) -> None:
    lost = random.Random(2).sample(blobs(full), 7)
    for path in lost:
        path.unlink()
    assert subjects(full, quick=quick) == sorted(path.name for path in lost)


def test_a_blob_that_nothing_refers_to_is_no_fault(full: Archive) -> None:
    full.vault.put(b"left by a crash between file and row")
    assert verify(full).orphans == 1
    assert verify(full).faults == ()


UNBALANCED = {
    "set aside": "UPDATE frames SET state = 'blank' WHERE number = 2 AND source_id = 1",
    "in no document": "UPDATE frames SET document_id = NULL WHERE number = 2 AND source_id = 1",
    "altered": "UPDATE audit SET actor = 'somebody else' WHERE seq = 3",
}


@pytest.mark.parametrize("what", UNBALANCED)
def test_records_that_disagree_are_named(full: Archive, what: str) -> None:
    with full.catalogue.write() as connection:
        connection.execute(text(UNBALANCED[what]))
    (fault,) = verify(full).faults
    assert what in fault.what


def test_a_document_without_pages_is_named(full: Archive) -> None:
    with full.catalogue.write() as connection:
        connection.execute(
            text("UPDATE frames SET document_id = NULL, state = 'held' WHERE source_id = 1")
        )
    (fault,) = verify(full).faults
    assert "no pages" in fault.what
