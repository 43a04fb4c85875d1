"""An archive is known by its sentinel, and nothing is ever written beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.durable import DRAFT
from archive.home import SENTINEL, SETTINGS, create_home, open_home, read_settings, sole_writer
from capture.errors import ArchiveError, BusyError, SettingsError

ROOT = Path(__file__).parents[2]


def test_a_new_archive_is_found_again(tmp_path: Path) -> None:
    made = create_home(tmp_path / "a")
    assert open_home(tmp_path / "a") == made
    assert create_home(tmp_path / "a") == made


def test_two_archives_never_have_one_id(tmp_path: Path) -> None:
    assert create_home(tmp_path / "a").id != create_home(tmp_path / "b").id


def test_no_archive_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="`chartroom convert` makes a new one"):
        open_home(tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ArchiveError, match="not empty and no archive"):
        create_home(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_place_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="is a file"):
        create_home(tmp_path / "file")


def test_the_empty_folder_of_a_known_archive_is_refused(tmp_path: Path) -> None:
    home = create_home(tmp_path / "mount")
    home.root.rename(tmp_path / "away")
    home.root.mkdir()
    with pytest.raises(ArchiveError, match="mount its disk"):
        create_home(home.root)
    assert list(home.root.iterdir()) == []


def test_a_removed_archive_may_be_begun_anew(tmp_path: Path) -> None:
    home = create_home(tmp_path / "a")
    home.root.rename(tmp_path / "away")
    assert create_home(home.root).id != home.id


def test_a_beginning_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    for folder in ("vault", "index", "lost+found"):
        (tmp_path / "a" / folder).mkdir(parents=True)
    (tmp_path / "a" / f"{DRAFT}x1").write_bytes(b"half")
    (tmp_path / "a" / SETTINGS).write_text("[batch]\nworkers = 3\n")
    home = create_home(tmp_path / "a")
    assert home.section("batch") == {"workers": 3}


def test_masters_without_a_sentinel_are_not_built_upon(tmp_path: Path) -> None:
    (tmp_path / "vault" / "ab").mkdir(parents=True)
    with pytest.raises(ArchiveError, match="no archive"):
        create_home(tmp_path)


@pytest.mark.parametrize("content", ["", "null", "[]", "{}", '{"format": 1}', "\udc80"])
def test_a_damaged_sentinel_is_told(tmp_path: Path, content: str) -> None:
    home = create_home(tmp_path / "a")
    (home.root / SENTINEL).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArchiveError, match="damaged"):
        open_home(home.root)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    home = create_home(tmp_path / "a")
    (home.root / SENTINEL).write_text(json.dumps({"format": 2, "id": home.id}))
    with pytest.raises(ArchiveError, match="format 2, this chartroom knows 1"):
        create_home(home.root)


def test_only_one_writes(tmp_path: Path) -> None:
    home = create_home(tmp_path / "a")
    with sole_writer(home), pytest.raises(BusyError, match="another chartroom"), sole_writer(home):
        pytest.fail("two writers")
    with sole_writer(home):
        pass


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    home = create_home(tmp_path / "a")
    dies = (
        "import os, signal, sys; from pathlib import Path\n"
        "from archive.home import open_home, sole_writer\n"
        "with sole_writer(open_home(Path(sys.argv[1]))): os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", dies, home.root], cwd=ROOT, check=False)
    assert died.returncode == -9
    with sole_writer(home):
        pass


def test_settings_name_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS
    path.write_text("[ocr\n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(path)
    path.write_text("[orc]\n")
    with pytest.raises(SettingsError, match=r"no section \[orc\]"):
        read_settings(path)
