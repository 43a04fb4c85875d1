"""Every file of a delivery is taken in, passed over or refused, and none is changed."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as cases
from hypothesis import strategies as st

from archive import deliveries
from archive.archive import Archive, open_archive
from archive.deliveries import Batch, shown
from archive.verify import verify
from batch.intake import Delivered, delivered_files, natural_order, take_in
from capture.errors import SourceError
from capture.settings import CaptureSettings
from tests.batch.scans import convert, draw, names, retry, rows, states, write_scan

LIMITS = CaptureSettings()


def opened(archive: Archive, name: str = "box-7") -> Batch:
    with archive.catalogue.write() as connection:
        return deliveries.open_batch(connection, name, origin=b"", kind="auto")


def take_all(archive: Archive, *paths: Path, batch: Batch | None = None) -> Batch:
    batch = batch or opened(archive)
    for file in delivered_files(paths):
        take_in(archive, batch, file, LIMITS)
    return batch


def sightings(archive: Archive) -> dict[bytes, tuple[str, str]]:
    found = rows(archive, "SELECT name, kind, reason FROM sightings")
    return {name: (kind, reason) for name, kind, reason in found}


def as_tiff(seed: int) -> bytes:
    out = io.BytesIO()
    draw(seed).save(out, "TIFF", compression="group4")
    return out.getvalue()


def test_files_come_in_the_order_a_person_counts(archive: Archive, box: Path) -> None:
    for number in (10, 9, 1, 100, 2):
        write_scan(box / f"p{number}.tif", number)
    write_scan(box / "p3/a.tif", 31)
    take_all(archive, box)
    assert names(archive) == [b"p1.tif", b"p2.tif", b"p3/a.tif", b"p9.tif", b"p10.tif", b"p100.tif"]


@given(st.lists(st.binary(max_size=12), unique=True))
def test_the_order_of_names_is_total(some: list[bytes]) -> None:
    assert sorted(some, key=natural_order) == sorted(reversed(some), key=natural_order)


def test_what_lies_beside_scans_is_passed_over(archive: Archive, box: Path) -> None:
    for name in ("truth.json", "notes.TXT", "md5.md5", ".DS_Store", "Thumbs.db", "._p1.tif"):
        (box / name).write_bytes(b"beside")
    write_scan(box / "p1.tif", 1)
    with zipfile.ZipFile(box / "letter.docx", "w") as office:
        office.writestr("[Content_Types].xml", "<Types/>")
        office.writestr("word/media/image1.tif", as_tiff(9))
    take_all(archive, box)
    assert names(archive) == [b"p1.tif"]
    assert {kind for kind, _ in sightings(archive).values()} == {"passed over"}
    assert len(sightings(archive)) == 7


def test_a_scan_named_like_a_sidecar_is_taken_by_its_content(archive: Archive, box: Path) -> None:
    write_scan(box / "page.txt", 1)
    with zipfile.ZipFile(box / "z.zip", "w") as pack:
        pack.writestr("inner.txt", as_tiff(2))
        pack.writestr("truly.txt", b"text")
    take_all(archive, box)
    assert names(archive) == [b"page.txt", b"z.zip", b"z.zip!inner.txt"]
    assert sightings(archive)[b"z.zip!truly.txt"][0] == "passed over"


def test_a_file_that_was_named_outright_is_never_passed_over(archive: Archive, box: Path) -> None:
    (box / "odd.json").write_bytes(b"{}")
    take_all(archive, box / "odd.json")
    assert names(archive) == [b"odd.json"]


def test_a_mistyped_path_says_so_and_leaves_no_batch(archive: Archive, box: Path) -> None:
    with pytest.raises(SourceError, match="there is no file or folder"):
        convert(archive, box / "missing")
    assert rows(archive, "SELECT * FROM batches") == []


def test_links_are_followed_to_files_but_never_into_folders(
    archive: Archive, box: Path, tmp_path: Path
) -> None:
    (box / "scan").symlink_to(write_scan(tmp_path / "elsewhere" / "p.tif", 1))
    (box / "folder").symlink_to(tmp_path / "elsewhere")
    (box / "loop").symlink_to(box)
    (box / "self").symlink_to("self")
    (box / "dangling").symlink_to("nowhere")
    take_all(archive, box)
    assert names(archive) == [b"scan"]
    assert {name: kind for name, (kind, _) in sightings(archive).items()} == dict.fromkeys(
        (b"folder", b"loop", b"self", b"dangling"), "refused"
    )


def test_a_pipe_is_refused_without_waiting_for_it(archive: Archive, box: Path) -> None:
    os.mkfifo(box / "pipe.tif")
    take_all(archive, box)
    assert sightings(archive)[b"pipe.tif"][0] == "refused"


@pytest.mark.parametrize("path", ["self", "self/p.tif"])
def test_a_link_to_itself_is_no_path_to_convert(archive: Archive, box: Path, path: str) -> None:
    (box / "self").symlink_to("self")
    with pytest.raises(SourceError, match="check the path"):
        convert(archive, box / path)


def test_folders_may_lie_deeper_than_calls_may(archive: Archive, box: Path) -> None:
    deepest = box
    for _ in range(1500):
        deepest /= "d"
        deepest.mkdir()
    (deepest / "p.tif").write_bytes(as_tiff(1))
    take_all(archive, box)
    (deepest / "p.tif").unlink()
    while deepest != box:  # by hand, since rmtree goes down by recursion
        deepest.rmdir()
        deepest = deepest.parent
    assert names(archive) == [b"d/" * 1500 + b"p.tif"]


def test_a_file_that_grows_while_it_is_taken_is_refused_until_it_is_whole(
    archive: Archive, box: Path
) -> None:
    growing = box / "p.tif"
    growing.write_bytes(as_tiff(1)[:200])
    batch = opened(archive)
    writer = os.open(growing, os.O_WRONLY | os.O_APPEND)

    class Growing(type(growing)):  # type: ignore[misc]  # a file that another program writes to
        def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
            os.write(writer, b"more")
            return super().stat(follow_symlinks=follow_symlinks)

    take_in(archive, batch, Delivered(Growing(growing), b"p.tif", False), LIMITS)
    os.close(writer)
    assert "still being written" in sightings(archive)[b"p.tif"][1]
    growing.write_bytes(as_tiff(1))
    take_all(archive, box, batch=batch)
    assert names(archive) == [b"p.tif"]
    assert sightings(archive) == {}


def test_a_page_that_came_late_takes_its_place(archive: Archive, box: Path) -> None:
    for number in (1, 2, 4):
        write_scan(box / f"p{number}.tif", number)
    with zipfile.ZipFile(box / "p3.zip", "w") as pack:
        pack.writestr("a.tif", as_tiff(31))
    convert(archive, box)
    write_scan(box / "p3.tif", 3)
    with zipfile.ZipFile(box / "p0.zip", "w") as pack:
        for seed in (10, 2):
            pack.writestr(f"m{seed}.tif", as_tiff(seed + 40))
    convert(archive, box)
    whole = [b"p0.zip", b"p0.zip!m2.tif", b"p0.zip!m10.tif", b"p1.tif", b"p2.tif", b"p3.tif"]
    assert names(archive) == [*whole, b"p3.zip", b"p3.zip!a.tif", b"p4.tif"]
    # The loose pages follow one another; what came packed stands alone.
    assert [len(pages) for pages in documents(archive)] == [2, 3, 1, 1]


def documents(archive: Archive) -> list[list[str]]:
    gathered: dict[str, list[str]] = {}
    query = (
        "SELECT f.document_id, f.page FROM frames f JOIN sources s ON s.id = f.source_id"
        " ORDER BY s.position, f.number"
    )
    for document, page in rows(archive, query):
        gathered.setdefault(document, []).append(page)
    return list(gathered.values())


def test_the_same_file_twice_is_one_source(archive: Archive, box: Path) -> None:
    write_scan(box / "a.tif", 1)
    write_scan(box / "b.tif", 1)
    batch = take_all(archive, box)
    assert names(archive) == [b"a.tif"]
    kind, reason = sightings(archive)[b"b.tif"]
    assert kind == "seen before"
    assert hashlib.sha256((box / "a.tif").read_bytes()).hexdigest()[:16] in reason
    before = rows(archive, "SELECT * FROM sources")
    take_all(archive, box, batch=batch)
    assert rows(archive, "SELECT * FROM sources") == before


def test_a_file_of_another_batch_was_seen_before(archive: Archive, box: Path) -> None:
    write_scan(box / "a.tif", 1)
    take_all(archive, box, batch=opened(archive, "first"))
    take_all(archive, box, batch=opened(archive, "second"))
    assert len(names(archive)) == 1
    assert sightings(archive)[b"a.tif"][0] == "seen before"


def test_each_empty_file_may_be_a_lost_page(archive: Archive, box: Path) -> None:
    for name in ("p1.tif", "p2.tif", "p3.tif"):
        (box / name).touch()
    report = convert(archive, box)
    assert (report.frames, report.quarantined, report.unaccounted) == (1, 1, 2)


def test_two_identical_blank_pages_inside_a_document_both_stay(archive: Archive, box: Path) -> None:
    write_scan(box / "chart.tif", 1, 0, 0, 2)
    report = convert(archive, box)
    assert states(archive) == ["held", "blank", "blank", "held"]
    assert (report.sources, report.frames, report.blank) == (1, 4, 2)


def make_zip(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("deep.tif", as_tiff(7))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("p2.tif", as_tiff(2))
        pack.writestr("p1.tif", as_tiff(1))
        pack.writestr("locked.tif", as_tiff(3))
        pack.writestr("broken.tif", as_tiff(4))
        pack.writestr("nested.zip", inner.getvalue())
        pack.writestr("../../escape.tif", as_tiff(5))
        pack.writestr("cut.tif", as_tiff(6)[:150])
        pack.writestr("__MACOSX/._p1.tif", b"litter")
    spoil(path)


def spoil(path: Path) -> None:
    """Mark locked.tif as encrypted and flip a bit in the bytes of broken.tif."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"locked.tif") - 46
    flags = struct.unpack_from("<H", content, entry + 8)[0]
    struct.pack_into("<H", content, entry + 8, flags | 1)
    content[content.index(b"broken.tif") + 40] ^= 0x10
    path.write_bytes(content)


def test_each_member_of_a_zip_is_accounted_for(archive: Archive, box: Path) -> None:
    make_zip(box / "scans.zip")
    report = convert(archive, box)
    query = "SELECT name, state, reason FROM sources ORDER BY position"
    told = {name: (state, reason) for name, state, reason in rows(archive, query)}
    lead = b"scans.zip!"
    assert told.pop(b"scans.zip") == ("container", "")
    good = {lead + name for name in (b"p1.tif", b"p2.tif", b"../../escape.tif")}
    assert {name for name, (state, _) in told.items() if state == "surveyed"} >= good
    assert "encrypted" in told[lead + b"locked.tif"][1]
    assert "damaged" in told[lead + b"broken.tif"][1]
    assert "ZIP inside a ZIP" in told[lead + b"nested.zip"][1]
    assert (report.frames, report.unaccounted) == (7, 0)
    assert report.quarantined == 4
    assert verify(archive).faults == ()


def test_members_come_in_the_order_of_their_names(archive: Archive, box: Path) -> None:
    with zipfile.ZipFile(box / "scans.zip", "w") as pack:
        for seed in (10, 1, 2):
            pack.writestr(f"p{seed}.tif", as_tiff(seed))
    take_all(archive, box)
    assert names(archive)[1:] == [b"scans.zip!p1.tif", b"scans.zip!p2.tif", b"scans.zip!p10.tif"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_may_hold_one_name_twice(archive: Archive, box: Path) -> None:
    with zipfile.ZipFile(box / "scans.zip", "w") as pack:
        for content in (b"PK\x03\x04 one", b"PK\x03\x04 two"):
            pack.writestr("p.zip", content)
    assert convert(archive, box).quarantined == 2


@pytest.mark.parametrize("content", [b"PK\x05\x06" + bytes(18), b"PK\x03\x04 cut off"])
def test_a_zip_without_files_is_set_aside_and_may_be_tried_again(
    archive: Archive, box: Path, content: bytes
) -> None:
    (box / "scans.zip").write_bytes(content)
    for report in (convert(archive, box), retry(archive, "box-7")):
        assert (report.frames, report.quarantined, report.unaccounted) == (1, 1, 0)
        ((reason,),) = rows(archive, "SELECT reason FROM sources")
        assert "ZIP" in reason
        assert "one by one" not in reason


def test_a_folder_that_may_not_be_looked_into_is_shown(
    archive: Archive, box: Path, as_nobody: Callable[[Callable[[], None]], None]
) -> None:
    write_scan(box / "open.tif", 1)
    write_scan(box / "shut/p.tif", 2)
    write_scan(box / "no-entry/p.tif", 3)
    (box / "shut").chmod(0o000)
    (box / "no-entry").chmod(0o644)
    (box / "open.tif").chmod(0o644)
    write_scan(box / "private.tif", 4).chmod(0o000)

    def look() -> None:
        batch = opened(archive)
        with_root = [file for file in delivered_files([box])]
        for file in with_root:
            take_in(archive, batch, file, LIMITS)

    as_nobody(look)
    assert names(archive) == [b"open.tif"]
    assert set(sightings(archive)) == {b"shut", b"no-entry/p.tif", b"private.tif"}


# A name may be any bytes but / and NUL, up to 255 of them.
strange = st.one_of(
    st.binary(min_size=1, max_size=255),
    st.sampled_from([b"-rf", b"--home", b"a\nb.tif", b"\x1b[2J.tif", b"..tif", b"\xff\xfe", b" "]),
    st.text(min_size=1, max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")[:255]),
).filter(lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b".."))


@cases(max_examples=20, deadline=None)
@given(st.lists(strange, min_size=1, max_size=100, unique=True))
def test_no_name_leads_anywhere(strange_names: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as root:
        box, home = Path(root, "box"), Path(root, "home")
        box.mkdir()
        for number, name in enumerate(strange_names):
            Path(os.fsdecode(os.fsencode(box) + b"/" + name)).write_bytes(b"II*\0 %d" % number)
        delivered = snapshot(box)
        with open_archive(home, create=True) as archive:
            take_all(archive, box)
            # However names are mixed, each file is a source or was passed over with its name.
            seen = {*names(archive), *sightings(archive)}
        assert seen == {os.fsencode(name) for name in delivered}
        assert snapshot(box) == delivered
        assert sorted(path.name for path in Path(root).iterdir()) == ["box", "home"]
        blobs = [path for path in (home / "vault").rglob("*") if path.is_file()]
        assert all(set(path.name) <= set("0123456789abcdef") for path in blobs)
        assert all(shown(name).isprintable() for name in seen)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
