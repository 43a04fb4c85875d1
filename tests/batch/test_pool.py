"""One bad page costs one page: it is blamed alone, tried once more, and shown to a person."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker, spawn
from pathlib import Path

import psutil
import pytest

from archive.archive import Archive
from archive.deliveries import frame_of_page
from archive.pages import pages_of
from batch.pool import Pool
from batch.stages import PageJob, SourceRef, SurveyJob
from batch.worker import Failed
from capture.encode import decode
from capture.errors import ToolError
from capture.model import Digest, SourceKind
from tests.batch.fake_engines import DEADLY, GARBAGE, PLANTED, Fault, poisoned
from tests.batch.scans import convert, retry, rows, settings, states, write_scan


def carry_poison(archive: Archive, box: Path, engine: str, faults: int) -> list[tuple[str, str]]:
    """Convert a roll whose every other frame is poison; return states and reasons."""
    write_scan(box / "roll.tif", *range(1, 2 * faults + 2))
    report = convert(archive, box, using=settings(engine, seconds=3.0, memory_mb=400))
    assert report.frames == 2 * faults + 1
    assert report.unaccounted == 0
    return rows(archive, "SELECT state, reason FROM frames ORDER BY number")


@pytest.mark.parametrize(("engine", "faults"), [("deadly", DEADLY), ("garbage", GARBAGE)])
def test_a_poison_page_is_tried_twice_and_held_alone_with_its_image(
    engine: str,
    faults: dict[str, Fault],
    archive: Archive,
    box: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "readings"
    monkeypatch.setenv("FAKE_ENGINE_LOG", str(log))
    told = carry_poison(archive, box, engine, len(faults))
    bad = list(poisoned(faults.values()))
    for number, (state, reason) in enumerate(told, start=1):
        assert reason.startswith("it could not be read: ") == (number in bad), (number, reason)
        assert state == "held"
    readings = rows(archive, "SELECT f.number FROM readings JOIN frames f ON f.id = frame_id")
    assert {number for (number,) in readings} == set(range(1, len(told) + 1)) - set(bad)
    assert sorted(map(int, log.read_text().split())) == sorted(bad * 2)
    for number in bad:
        assert_shown(archive, number)


def assert_shown(archive: Archive, number: int) -> None:
    page = dict(rows(archive, "SELECT number, page FROM frames"))[number]
    with archive.catalogue.read() as connection:
        frame = frame_of_page(connection, page)
        kept = pages_of(connection, [frame])[frame.ref]
    assert kept.image is not None
    assert decode(archive.vault.get(kept.image)).shape == (kept.height, kept.width)


def test_no_reason_quotes_the_page(archive: Archive, box: Path) -> None:
    told = carry_poison(archive, box, "garbage", 1)
    assert "RuntimeError at fake_engines.py" in told[1][1]
    everything = str(rows(archive, "SELECT * FROM audit") + rows(archive, "SELECT * FROM work"))
    assert not any(part in everything + str(told) for part in PLANTED.split())


def test_a_held_page_is_read_when_the_engine_is_mended(archive: Archive, box: Path) -> None:
    carry_poison(archive, box, "garbage", 2)
    report = retry(archive, "box-7", settings("good"))
    assert (report.frames, report.unaccounted) == (5, 0)
    assert len(rows(archive, "SELECT 1 FROM readings")) == 5
    assert not any("could not" in why for (why,) in rows(archive, "SELECT reason FROM frames"))


@contextmanager
def workers_run_by(program: str) -> Iterator[None]:
    resource_tracker.ensure_running()
    spawn.set_executable(program)
    try:
        yield
    finally:
        spawn.set_executable(sys.executable)


def test_workers_that_never_begin_end_the_run_and_not_the_pages(
    archive: Archive, box: Path
) -> None:
    write_scan(box / "roll.tif", 1, 2)
    with workers_run_by("/bin/false"), pytest.raises(ToolError, match="3 workers in a row"):
        convert(archive, box)
    assert states(archive) == []
    assert convert(archive, box).frames == 2


def test_an_engine_that_kills_its_worker_when_opened_costs_pages_their_reading_only(
    archive: Archive, box: Path
) -> None:
    write_scan(box / "roll.tif", 1, 2)
    report = convert(archive, box, using=settings("dies_at_start"))
    assert states(archive) == ["held", "held"]
    assert report.unaccounted == 0


def test_what_a_library_prints_is_no_result(
    archive: Archive, box: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_scan(box / "roll.tif", 1)
    convert(archive, box, using=settings("chatters"))
    heard = capfd.readouterr()
    assert "chatter" not in heard.out
    assert "chatter" in heard.err


def test_a_pool_leaves_no_worker_behind(tmp_path: Path) -> None:
    scan = SourceRef(write_scan(tmp_path / "a.tif", 1), Digest("a" * 64), SourceKind.AUTO)
    before = set(psutil.Process().children(recursive=True))
    with Pool(settings(), None, workers=2) as pool:
        pool.submit(SurveyJob((scan,)))
        assert len(list(pool.results())) == 1
    left = [p for p in psutil.Process().children(recursive=True) if p not in before]
    assert not [p for p in left if "resource_tracker" not in " ".join(p.cmdline())]


def test_a_worker_killed_while_idle_costs_nothing(tmp_path: Path) -> None:
    scan = SourceRef(write_scan(tmp_path / "a.tif", 1), Digest("a" * 64), SourceKind.AUTO)
    with Pool(settings(), None, workers=1) as pool:
        pool.submit(SurveyJob((scan,)))
        list(pool.results())
        workers = [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]
        for worker in workers:
            os.kill(worker.pid, signal.SIGKILL)
        time.sleep(0.1)
        pool.submit(PageJob(scan, 1))
        (done,) = pool.results()
    assert not isinstance(done.outcome, Failed)
