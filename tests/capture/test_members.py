"""What a ZIP holds, weighed before it is unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from capture.errors import SourceError
from capture.members import members
from capture.settings import CaptureSettings

SETTINGS = CaptureSettings()


def pack(path: Path, *content: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content:
            archive.writestr(name, body)
    return path


def test_members_come_in_order_with_their_bytes(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("2.txt", b"two"), ("1.txt", b"one"))
    read = []
    for member in members(path, SETTINGS):
        with member.open() as stream:
            read.append((member.name, member.size, stream.read()))
    assert read == [(b"2.txt", 3, b"two"), (b"1.txt", 3, b"one")]


def test_names_are_bytes_as_stored(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("../é.tif", b"x"), ("-rf\n.tif", b"y"))
    assert [member.name for member in members(path, SETTINGS)] == [
        "../é.tif".encode(),
        b"-rf\n.tif",
    ]


def test_folders_and_litter_are_listed_but_skipped(tmp_path: Path) -> None:
    path = pack(
        tmp_path / "a.zip",
        ("scans/", b""),
        ("scans/1.tif", b"x"),
        ("__MACOSX/scans/._1.tif", b"x"),
        ("scans/.DS_Store", b"x"),
        ("scans/Thumbs.db", b"x"),
    )
    assert [bool(member.skipped) for member in members(path, SETTINGS)] == [
        True, False, True, True, True
    ]  # fmt: skip


def test_zip_inside_a_zip_is_not_unpacked(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("page.tif", b"x")
    (member,) = members(pack(tmp_path / "a.zip", ("in.zip", inner.getvalue())), SETTINGS)
    with pytest.raises(SourceError, match="ZIP inside a ZIP"), member.open():
        pass


def test_encrypted_member_is_told_and_others_go_on(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("locked.tif", b"x" * 40), ("open.tif", b"y"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1  # the flag in the central directory
    content[6] |= 1
    path.write_bytes(bytes(content))
    locked, free = members(path, SETTINGS)
    with pytest.raises(SourceError, match="encrypted"), locked.open():
        pass
    with free.open() as stream:
        assert stream.read() == b"y"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", *((str(n), b"") for n in range(11)))
    with pytest.raises(SourceError, match="more than 10 members"):
        list(members(path, CaptureSettings(max_zip_members=10)))


def test_large_member_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    (member,) = members(
        pack(tmp_path / "a.zip", ("1.tif", bytes(2000))), CaptureSettings(max_member_bytes=1000)
    )
    with pytest.raises(SourceError, match="max_member_bytes"), member.open():
        pass


def test_zip_made_to_burst_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", *((str(n), bytes(1 << 20)) for n in range(4)))
    content = bytearray(path.read_bytes())
    at = 0
    while (at := content.find(b"PK\1\2", at)) >= 0:
        content[at + 24 : at + 28] = (0x7FFFFFFF).to_bytes(4, "little")
        at += 4
    path.write_bytes(bytes(content))
    with pytest.raises(SourceError, match="made to burst"):
        list(members(path, SETTINGS))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_cut_off_zip_is_told(tmp_path: Path, kept: float) -> None:
    path = pack(tmp_path / "a.zip", *((f"{n}.tif", bytes(range(256))) for n in range(20)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(SourceError, match="damaged or cut off"):
        list(members(path, SETTINGS))


def test_damaged_member_is_told_as_it_is_read(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", ("1.tif", bytes(range(256)) * 40))
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(bytes(content))
    (member,) = members(path, SETTINGS)
    with pytest.raises(SourceError, match="damaged"), member.open() as stream:
        stream.read()
