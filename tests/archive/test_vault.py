"""What goes into the vault comes out the same, whatever happens in between."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.durable import DRAFT, write_durably
from archive.vault import Vault
from capture.errors import CustodyError, SourceError
from capture.model import Digest


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_every_content_is_kept_once_under_its_own_digest(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as root:
        vault = Vault(Path(root))
        told = [vault.put(content) for content in contents]
        taken = [vault.take(io.BytesIO(content)) for content in contents]
        assert taken == [(digest, len(c)) for digest, c in zip(told, contents, strict=True)]
        assert [vault.get(digest) for digest in told] == contents
        assert told == [hashlib.sha256(content).hexdigest() for content in contents]
        assert list(vault.digests()) == sorted(set(told))
        files = [path for path in Path(root).rglob("*") if path.is_file()]
        assert len(files) == len(set(contents))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.data())
def test_any_flipped_bit_is_seen_and_mended_by_putting_it_again(
    content: bytes, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as root:
        vault = Vault(Path(root))
        digest = vault.put(content)
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        altered = bytearray(content)
        altered[bit // 8] ^= 1 << bit % 8
        vault.path(digest).write_bytes(altered)
        assert not vault.intact(digest)
        with pytest.raises(CustodyError, match="changed"):
            vault.get(digest)
        again = data.draw(st.sampled_from(["put", "take"]))
        vault.put(content) if again == "put" else vault.take(io.BytesIO(content))
        assert vault.get(digest) == content


def test_a_lost_blob_is_named(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    digest = vault.put(b"content")
    vault.path(digest).unlink()
    assert not vault.holds(digest)
    with pytest.raises(CustodyError, match=digest):
        vault.get(digest)


def test_a_source_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(10)

    vault = Vault(tmp_path)
    with pytest.raises(SourceError, match="Input/output error"):
        vault.take(Torn(b"x" * 100))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_sweeping_removes_drafts_and_nothing_else(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    digest = vault.put(b"content")
    for folder in (tmp_path, vault.path(digest).parent):
        (folder / f"{DRAFT}left").write_bytes(b"half")
    assert list(vault.digests()) == [digest]
    assert vault.sweep() == 2
    assert vault.get(digest) == b"content"
    assert vault.sweep() == 0


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path, old, new = tmp_path / "file", b"old" * 99, b"new" * 99
    write_durably(path, old)
    for _ in range(20):
        child = os.fork()
        if not child:
            while True:
                write_durably(path, new)
                write_durably(path, old)
        os.sched_yield()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert path.read_bytes() in (old, new)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")
    with pytest.raises(TypeError):
        write_durably(path, "no bytes")  # type: ignore[arg-type]  # a fault in the middle
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_names_are_never_paths(tmp_path: Path) -> None:
    assert Vault(tmp_path).path(Digest("ab" * 32)) == tmp_path / "ab" / "ab" / ("ab" * 32)
