"""A batch goes on where it was, balances, and is never done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as cases
from hypothesis import strategies as st
from PIL import ImageFilter

from archive import deliveries, documents
from archive.archive import Archive
from archive.patients import import_patients
from archive.verify import verify
from batch import runner
from batch.assembly import runs
from batch.progress import Progress
from batch.report import BatchReport, report_of, troubles_of
from batch.settings import Settings
from capture.errors import SettingsError
from capture.model import Digest, SourceKind
from indexer.model import Patient
from tests.batch.fake_engines import ANN
from tests.batch.scans import convert, draw, dump, names, retry, rows, settings, states, write_scan

STATES = ("filed", "held", "quarantined", "blank", "separator", "technical")


def balance(report: BatchReport) -> None:
    assert sum(getattr(report, state) for state in STATES) == report.frames
    assert report.unaccounted == report.expected - report.frames


def deliver(box: Path) -> None:
    write_scan(box / "roll.tif", 1, 2, 0, 3)
    for number in (1, 2, 3):
        write_scan(box / "loose" / f"p{number}.tif", 10 + number)
    (box / "broken.tif").write_bytes(b"II*\0 and nothing more")
    (box / "truth.json").write_text("{}")


def test_a_page_to_be_scanned_again_holds_its_document_and_says_which(
    archive: Archive, box: Path
) -> None:
    draw(1).convert("L").filter(ImageFilter.GaussianBlur(1.6)).save(box / "soft.png")
    with archive.catalogue.write() as connection:
        import_patients(connection, [Patient(*ANN)])
    assert convert(archive, box, using=settings("unsure")).held == 1
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        (trouble,) = troubles_of(connection, batch)
    assert "frame 1: out of focus" in trouble.reason
    assert "scan it again" in trouble.reason


def test_every_frame_ends_in_one_state(archive: Archive, box: Path) -> None:
    deliver(box)
    report = convert(archive, box)
    balance(report)
    assert (report.sources, report.frames, report.quarantined, report.blank) == (5, 8, 1, 1)
    assert not report.complete
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        assert batch.state == "finished"
        told = {trouble.name for trouble in troubles_of(connection, batch)}
    assert told == {"roll.tif", "broken.tif", "loose/p1.tif", "loose/p2.tif", "loose/p3.tif"}
    assert verify(archive).faults == ()


def test_running_again_is_a_no_op(archive: Archive, box: Path) -> None:
    deliver(box)
    first = convert(archive, box)
    before = dump(archive, without=("batches", "sightings"))
    again = convert(archive, box)
    assert dump(archive, without=("batches", "sightings")) == before
    assert (again.frames, again.documents) == (first.frames, first.documents)


class KilledError(Exception):
    """Stands for the end of the process between two frames."""


@pytest.mark.parametrize("step", ["taking in", "surveying", "reading", "filing"])
def test_a_run_that_was_cut_off_goes_on_where_it_was(
    archive: Archive, box: Path, tmp_path: Path, step: str
) -> None:
    deliver(box)
    seen = 0

    def cut(progress: Progress) -> None:
        nonlocal seen
        seen += progress.step == step
        if seen == 2:
            raise KilledError

    with pytest.raises(KilledError):
        runner.convert(archive, runner.Order((box,)), settings(), cut)
    read_before = len(rows(archive, "SELECT 1 FROM readings"))
    report = convert(archive, box)
    balance(report)
    assert (report.sources, report.frames, report.blank) == (5, 8, 1)
    assert len(rows(archive, "SELECT 1 FROM work WHERE stage = 'index'")) == 7
    assert len(rows(archive, "SELECT 1 FROM readings")) == 6 >= read_before
    assert verify(archive).faults == ()


def test_pages_that_were_read_are_not_read_again(
    archive: Archive, box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scan(box / "roll.tif", 1, 2, 3)
    convert(archive, box)
    monkeypatch.setenv("FAKE_ENGINE_LOG", str(tmp_path / "log"))
    convert(archive, box, using=settings("garbage"))
    assert not (tmp_path / "log").exists()


def test_a_later_mpi_files_what_was_held(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1, 2)
    before = convert(archive, box, using=settings("ann"))
    assert (before.filed, before.held) == (0, 2)
    with archive.catalogue.write() as connection:
        import_patients(connection, [Patient(*ANN)])
    after = retry(archive, "box-7", settings("ann"))
    assert (after.filed, after.held, after.unaccounted) == (2, 0, 0)
    with archive.catalogue.read() as connection:
        assert len(documents.documents_of_patient(connection, ANN[0])) == after.documents
    assert verify(archive).faults == ()


def test_a_lost_page_image_is_made_again(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1, 2)
    convert(archive, box)
    lost, altered = (Digest(image) for (image,) in rows(archive, "SELECT image FROM pages"))
    archive.vault.path(lost).unlink()
    archive.vault.path(altered).write_bytes(b"altered")
    assert {fault.subject for fault in verify(archive).faults} == {lost, altered}
    retry(archive, "box-7")
    assert verify(archive).faults == ()


def test_an_altered_master_is_mended_by_delivering_it_again(archive: Archive, box: Path) -> None:
    write_scan(box / "p.tif", 1)
    convert(archive, box)
    ((digest,),) = rows(archive, "SELECT digest FROM sources")
    path = archive.vault.path(Digest(digest))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    convert(archive, box)
    assert verify(archive).faults == ()
    assert len(names(archive)) == 1


def test_a_wrong_count_keeps_the_batch_from_balancing(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1, 2)
    short = convert(archive, box, expected=3)
    assert (short.expected, short.unaccounted, short.complete) == (3, 1, False)
    surplus = convert(archive, box, expected=1)
    assert surplus.unaccounted == -1
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        report = report_of(connection, batch)
        with pytest.raises(SettingsError, match="does not balance"):
            runner.release(connection, batch, report, with_held=True)


def test_a_released_batch_takes_nothing_more(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1)
    convert(archive, box)
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        report = report_of(connection, batch)
        with pytest.raises(SettingsError, match=r"1 frames of batch .* wait"):
            runner.release(connection, batch, report)
        runner.release(connection, batch, report, with_held=True)
    write_scan(box / "more.tif", 2)
    for again in (lambda: convert(archive, box), lambda: retry(archive, "box-7")):
        with pytest.raises(SettingsError, match="is released"):
            again()
    assert len(names(archive)) == 1


def test_a_batch_keeps_to_its_kind_of_source(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1)
    convert(archive, box)
    with pytest.raises(SettingsError, match="opened with --source auto"):
        runner.convert(
            archive, runner.Order((box,), kind=SourceKind.ROLL), settings(), lambda _: None
        )


def test_two_folders_of_one_name_are_two_batches(archive: Archive, tmp_path: Path) -> None:
    for place in ("monday", "tuesday"):
        write_scan(tmp_path / place / "box-7" / "p.tif", len(place))
        convert(archive, tmp_path / place / "box-7")
    convert(archive, tmp_path / "monday" / "box-7")
    assert rows(archive, "SELECT name FROM batches") == [("box-7",), ("box-7-2",)]


def test_pages_of_two_folders_never_share_a_document(archive: Archive, tmp_path: Path) -> None:
    for folder in ("left", "right"):
        write_scan(tmp_path / folder / "p1.tif", len(folder))
    report = convert(archive, tmp_path / "left", tmp_path / "right")
    assert names(archive) == [b"left/p1.tif", b"right/p1.tif"]
    assert report.documents == 2


def source(number: int, paged: bool, state: str, folder: bytes) -> deliveries.Source:
    name = folder + b"/%d.tif" % number
    digest = Digest(f"{number:064}")
    return deliveries.Source(number, 1, None, number, digest, name, state, "", "tiff", False, paged)


several = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["surveyed", "quarantined"]), st.binary(max_size=1))
)


@given(several)
def test_runs_hold_every_source_once_in_order(some: list[tuple[bool, str, bytes]]) -> None:
    every = [source(number, *one) for number, one in enumerate(some)]
    found = [run.sources for run in runs(every)]
    assert [one for run in found for one in run] == every
    for run in found:
        alone = run[0].paged or run[0].state != "surveyed"
        assert len(run) == 1 or not alone
        assert len({one.name.rpartition(b"/")[0] for one in run}) == 1


@cases(max_examples=50)
@given(st.dictionaries(st.sampled_from(STATES), st.integers(0, 99)), st.integers(0, 600))
def test_the_verdict_is_complete_only_when_nothing_waits(
    counts: dict[str, int], expected: int
) -> None:
    every = dict.fromkeys(STATES, 0) | counts
    frames = sum(every.values())
    report = BatchReport(
        batch="b", sources=1, frames=frames, **every, expected=expected,
        unaccounted=expected - frames, documents=0, seconds=1.0, pages_per_minute=1.0,
    )  # fmt: skip
    waits = every["held"] or every["quarantined"] or expected != frames
    assert report.complete == (not waits)


def test_settings_that_change_a_page_have_a_version_of_their_own() -> None:
    plain = Settings()
    assert plain.with_workers(7).version("ocr") == plain.version("ocr")
    assert settings("good").version("ocr") != settings("garbage").version("ocr")


def test_states_are_told_in_the_order_of_delivery(archive: Archive, box: Path) -> None:
    write_scan(box / "p1.tif", 0)
    write_scan(box / "p2.tif", 5)
    convert(archive, box)
    assert states(archive) == ["blank", "held"]
