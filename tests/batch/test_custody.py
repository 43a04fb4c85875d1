"""The command as a person gives it: killed, interrupted, on a full disk, watched by readers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from archive.archive import open_archive
from archive.home import create_home
from archive.verify import verify
from bench import kill
from tests.batch.scans import rows, write_scan

ROOT = Path(__file__).parents[2]
SETTINGS = '[ocr]\nengine = "tests.batch.fake_engines:{engine}"\n[capture]\nbarcodes = false\n'
MOUNT, UMOUNT = shutil.which("mount") or "mount", shutil.which("umount") or "umount"
PLANTED = ("Zebediah", "Quillfeather", "90817263", "999-45-6789")
"""A name, a record number and a security number that nobody has."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return new_home(tmp_path / "archive")


def new_home(root: Path, engine: str = "good") -> Path:
    (create_home(root).root / "chartroom.toml").write_text(SETTINGS.format(engine=engine))
    return root


def start(*order: str | Path, home: Path, before: str = "") -> subprocess.Popen[str]:
    """Start the command; ``before`` is Python that runs in its process first."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\nimport chartroom; chartroom.main()", *map(str, order)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CHARTROOM_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(*order: str | Path, home: Path, before: str = "") -> tuple[int, str, str]:
    """Run the command to its end and return its exit code, results and log."""
    running = start(*order, home=home, before=before)
    told, log = running.communicate(timeout=120)
    return running.returncode, told, log


def workers_of(running: subprocess.Popen[str]) -> list[psutil.Process]:
    crew = psutil.Process(running.pid).children(recursive=True)
    return [process for process in crew if "spawn_main" in " ".join(process.cmdline())]


def wait_for_workers(running: subprocess.Popen[str]) -> list[psutil.Process]:
    for _ in range(600):
        if workers := workers_of(running):
            return workers
        time.sleep(0.05)
    raise AssertionError("no worker came")


def all_there(home: Path, frames: int) -> None:
    with open_archive(home) as archive:
        assert verify(archive).faults == ()
        assert rows(archive, "SELECT count(*) FROM frames WHERE state != 'pending'") == [(frames,)]


@pytest.mark.parametrize("moment", ["as workers start", "while a page hangs"])
def test_an_interrupt_ends_with_130_no_trace_and_no_worker(
    tmp_path: Path, box: Path, moment: str
) -> None:
    write_scan(box / "roll.tif", 1, 2, 3)
    home = new_home(tmp_path / "archive", "deadly")
    running = start("convert", box, "--workers", "2", home=home)
    workers = wait_for_workers(running)
    if moment == "while a page hangs":
        time.sleep(2.5)
    os.killpg(running.pid, signal.SIGINT)
    _, log = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted: give the same command again" in log
    assert "Traceback" not in log
    assert psutil.wait_procs(workers, timeout=5)[1] == []


def test_workers_end_with_a_master_that_is_killed_although_a_page_hangs(
    tmp_path: Path, box: Path
) -> None:
    write_scan(box / "roll.tif", 1, 2, 3)
    running = start("convert", box, home=new_home(tmp_path / "archive", "deadly"))
    workers = wait_for_workers(running)
    time.sleep(2.5)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert psutil.wait_procs(workers, timeout=5)[1] == []


CRASH = """
import os, signal, sys
from sqlalchemy import Engine, event
left = [{at}]
def die(*_):
    left[0] -= 1
    if not left[0]: os.kill(os.getpid(), signal.SIGKILL)
def heard(name, _):
    if name == "{what}": die()
if "{what}" == "commit": event.listen(Engine, "commit", die)
elif "{what}" == "statement": event.listen(Engine, "after_cursor_execute", die)
else: sys.addaudithook(heard)
"""
POINTS = {
    "before a blob has its name": ("os.rename", (2, 5)),
    "before a row that follows its blob is kept": ("commit", (3, 9, 17)),
    "in the middle of a transaction": ("statement", (30, 101, 163)),
}


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_a_named_point_loses_nothing_and_doubles_nothing(
    tmp_path: Path, box: Path, point: str
) -> None:
    write_scan(box / "roll.tif", 1, 0, 2)
    for number in range(4):
        write_scan(box / f"p{number}.tif", 10 + number)
    calm = new_home(tmp_path / "calm")
    assert run("convert", box, home=calm)[0] == 4
    what, counts = POINTS[point]
    for at in counts:
        home = new_home(tmp_path / f"{what}-{at}")
        crash = CRASH.format(at=at, what=what)
        assert run("convert", box, home=home, before=crash)[0] == -signal.SIGKILL, at
        assert run("convert", box, home=home)[0] == 4
        all_there(home, 7)
        with open_archive(home) as archive, open_archive(calm) as undisturbed:
            assert kill.content_of(archive) == kill.content_of(undisturbed)


@pytest.mark.slow
def test_a_handful_of_random_kills_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    made = kill.rounds(tmp_path, kills=5, frames=40, seed=random.randrange(99), real=False)
    assert len(made) == 5


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for 1.5 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = [MOUNT, "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield disk
    subprocess.run([UMOUNT, str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk_stops_with_75_and_goes_on_when_there_is_room(
    small_disk: Path, box: Path
) -> None:
    for number in range(40):
        write_scan(box / f"p{number}.tif", *range(50 * number + 1, 50 * number + 6))
    home = new_home(small_disk / "archive")
    code, _, log = run("convert", box, home=home)
    assert code == 75, log
    assert "disk full" in log
    assert "Traceback" not in log
    with open_archive(home) as archive:
        assert [f for f in verify(archive).faults if "page" not in f.subject] == []
    subprocess.run([MOUNT, "-o", "remount,size=200m", str(small_disk)], check=True)
    code, told, log = run("convert", box, "--json", home=home)
    assert code == 4, log
    assert json.loads(told)["unaccounted"] == 0
    all_there(home, 200)


def test_nothing_planted_comes_out(tmp_path: Path, box: Path) -> None:
    write_scan(box / "roll.tif", *range(1, 9))
    (box / "broken.tif").write_bytes(b"II*\0" + " ".join(PLANTED).encode())
    (box / "broken.pdf").write_bytes(b"%PDF-1.4 " + " ".join(PLANTED).encode())
    home = new_home(tmp_path / "archive", "planted")
    mpi = tmp_path / "mpi.csv"
    head = "mrn,last_name,first_name,birth_date,ssn\n"
    mpi.write_text(f"{head}{PLANTED[2]},{PLANTED[1]},{PLANTED[0]},1927-03-04,{PLANTED[3]}\n")
    heard = [str(run("patients", "import", mpi, home=home))]
    running = start("-v", "convert", box, "--workers", "2", home=home)
    seen: set[str] = set()
    watcher = threading.Thread(target=watch_names, args=(running, home, seen))
    watcher.start()
    heard += running.communicate(timeout=120)
    watcher.join()
    mpi.write_text(f"{head}{PLANTED[2]},{PLANTED[1]},{PLANTED[0]},4/3/27,{PLANTED[3]}\n")
    heard += [str(run("patients", "import", mpi, home=home)), *seen]
    assert running.returncode == 4
    with open_archive(home) as archive:
        assert PLANTED[2] in str(rows(archive, "SELECT text FROM readings"))
        kept = ("SELECT * FROM audit", "SELECT * FROM work", "SELECT reason FROM frames")
        heard += [str(rows(archive, query)) for query in kept]
    everything = "\n".join(heard).casefold()
    assert [word for word in PLANTED if word.casefold() in everything] == []
    assert len(seen) > 3


def watch_names(running: subprocess.Popen[Any], home: Path, seen: set[str]) -> None:
    """Gather process titles and names of files while a command runs."""
    while running.poll() is None:
        try:
            family = [psutil.Process(running.pid), *workers_of(running)]
            seen.update(" ".join(process.cmdline()) for process in family)
            seen.update(file.path for process in family for file in process.open_files())
        except psutil.Error:
            continue
        seen.update(str(path) for path in home.glob("vault/.*"))
        seen.update(str(path) for path in Path("/tmp").glob("*chartroom*"))  # noqa: S108  (looked at)
        time.sleep(0.02)


@pytest.mark.slow
def test_readers_are_never_locked_out_by_a_load(home: Path, box: Path) -> None:
    for number in range(30):
        write_scan(box / f"p{number}.tif", *range(10 * number + 1, 10 * number + 5))
    assert run("convert", box / "p0.tif", "--batch", "first", home=home)[0] == 4
    running = start("convert", box, home=home)
    reads, slowest = 0, 0.0
    orders = (
        ["batch", "list", "--json"],
        ["search", "resting", "--json"],
        ["batch", "show", "first"],
    )
    while running.poll() is None:
        began = time.monotonic()
        code, told, log = run(*orders[reads % 3], home=home)
        slowest = max(slowest, time.monotonic() - began)
        assert (code, "locked" in log) == (0, False), log
        assert told
        reads += 1
    running.communicate()
    assert reads >= 3
    assert slowest < 20
    all_there(home, 120)
