"""What a technician sees of film at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import deliveries
from archive.archive import Archive, open_archive
from archive.catalogue import now
from capture.model import Box, FilmDoubt
from tests.batch.filmed import ADA, BERT, Shot, assemble, clear, numbered, take_in

from .conftest import chartroom, lines_of

HOLE = FilmDoubt("hole", Box(0, 400, 200, 100), 2, "no edges there")
CAR = "ROLL;Address;mrn;last_name;first_name\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of an archive without a batch."""
    with open_archive(tmp_path / "archive", create=True) as opened:
        return opened.home.root


def with_roll(home: Path, *shots: Shot, doubts: tuple[FilmDoubt, ...] = (HOLE,)) -> Path:
    """Put a roll into the archive at ``home``, converted to its end."""
    with open_archive(home) as archive:
        take_in(archive, numbered(shots), doubts=doubts)
        assemble(archive)
        finish(archive)
    return home


def finish(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        deliveries.change_batch(connection, batch, state="finished", finished_at=now())


def car(folder: Path, *lines: str) -> Path:
    path = folder / "car.csv"
    path.write_text(CAR + "\n".join(lines))
    return path


def test_an_index_is_loaded_and_loading_again_changes_nothing(home: Path, tmp_path: Path) -> None:
    path = car(tmp_path, "42;1;0071234;TESTPERSON;ADA", "42;3;0082345;MOCKRIDGE;BERT")
    first = chartroom("film", "index", path, "--home", home)
    assert first.exit_code == 0
    assert "2 rows read: at 2 new addresses, 0 changed, 0 as before" in first.output
    assert "1 rolls of the index are not here" in first.output
    (again,) = lines_of(chartroom("film", "index", path, "--home", home, "--json"))
    assert again == {
        "rows": 2, "new": 0, "changed": 0, "same": 2, "bad": [], "rolls_not_here": 1, "batches": [],
    }  # fmt: skip


def test_lines_that_are_not_right_are_told_by_number_and_give_exit_4(
    home: Path, tmp_path: Path
) -> None:
    path = car(tmp_path, "42;1;0071234;TESTPERSON;ADA", "42;nowhere;0082345;MOCKRIDGE;BERT")
    outcome = chartroom("film", "index", path, "--home", home)
    assert outcome.exit_code == 4
    assert "line 3: address" in outcome.output
    assert "MOCKRIDGE" not in outcome.output
    assert "0082345" not in outcome.output


def test_columns_of_other_names_are_mapped(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text('REEL,FRAME NO,"CHART NO"\n42,1,0071234\n')
    named = ["--map", "roll=reel", "--map", "address=FRAME NO", "--map", "mrn=CHART NO"]
    assert chartroom("film", "index", path, *named, "--home", home).exit_code == 0
    unnamed = chartroom("film", "index", path, "--home", home)
    assert unnamed.exit_code == 3
    assert "missing: roll, address, mrn or last_name" in unnamed.stderr
    assert chartroom("film", "index", path, "--map", "roll", "--home", home).exit_code == 2
    assert chartroom("film", "index", path, "--map", "x=y", "--home", home).exit_code == 2


def test_the_account_of_a_roll_names_its_differences(home: Path) -> None:
    with_roll(home, *clear(3, ADA))
    shown = chartroom("film", "show", "42", "--home", home)
    assert shown.exit_code == 0
    for words in ("Roll roll-0042 of batch box-7", "3 frames", "3 pages", "hole-2", "marks: 3"):
        assert words in shown.output
    assert "1 differences to explain" in shown.output
    (told,) = lines_of(chartroom("film", "show", "roll-0042", "--home", home, "--json"))
    assert (told["frames"], told["pages"], told["unexplained"]) == (3, 3, 1)
    (difference,) = told["differences"]  # type: ignore[misc]
    assert difference["box"] == HOLE.box.as_list()


def test_every_frame_is_shown_with_its_address(home: Path) -> None:
    with_roll(home, *clear(2, ADA), Shot(state="blank"))
    shown = chartroom("film", "show", "42", "--frames", "--home", home)
    assert "roll-0042.3" in shown.output
    _, *frames = lines_of(chartroom("film", "show", "42", "--frames", "--json", "--home", home))
    assert [(frame["frame"], frame["state"]) for frame in frames][2] == (3, "blank")


def test_without_a_roll_all_rolls_are_listed(home: Path) -> None:
    with_roll(home, *clear(2, ADA))
    assert "roll-0042" in chartroom("film", "show", "--home", home).output
    (row,) = lines_of(chartroom("film", "show", "--home", home, "--json"))
    assert (row["roll"], row["batch"]) == ("roll-0042", "box-7")
    assert chartroom("film", "show", "--batch", "none", "--home", home).exit_code == 5


def test_a_roll_that_is_not_there_says_so(home: Path) -> None:
    for command in (("show", "9"), ("explain", "9", "hole-1", "words")):
        outcome = chartroom("film", *command, "--home", home)
        assert outcome.exit_code == 5
        assert "no roll '9'" in outcome.stderr


def test_a_batch_is_released_when_its_differences_are_explained(home: Path) -> None:
    with_roll(home, *clear(3, ADA))
    refused = chartroom("batch", "release", "box-7", "--home", home)
    assert refused.exit_code == 2
    assert "roll-0042 (1)" in refused.stderr
    assert "film show roll-0042" in refused.stderr
    shown = chartroom("batch", "show", "box-7", "--home", home)
    assert "Roll roll-0042: 1 differences to explain" in shown.output
    wrong = chartroom("film", "explain", "42", "hole-9", "words", "--home", home)
    assert (wrong.exit_code, "known: hole-2" in wrong.stderr) == (2, True)
    done = chartroom("film", "explain", "42", "hole-2", "empty film", "--home", home)
    assert (done.exit_code, "0 differences are left" in done.output) == (0, True)
    assert "explained by" in chartroom("film", "show", "42", "--home", home).output
    assert chartroom("batch", "release", "box-7", "--home", home).exit_code == 0
    assert chartroom("audit", "verify", "--home", home).exit_code == 0


def test_an_index_loaded_late_files_what_it_names_and_holds_what_it_contradicts(
    home: Path, tmp_path: Path
) -> None:
    with_roll(home, Shot(ADA), Shot(ADA), *clear(1, BERT), doubts=())
    path = car(tmp_path, "42;1;0071234;TESTPERSON;ADA", "42;3;0071234;TESTPERSON;ADA")
    loaded = chartroom("film", "index", path, "--home", home)
    assert (loaded.exit_code, "chartroom batch retry box-7" in loaded.output) == (0, True)
    with open_archive(home) as archive:
        assemble(archive)
    (document,) = lines_of(chartroom("chart", ADA.mrn, "--home", home, "--json"))
    assert (len(document["pages"]), document["rule"]) == (2, "car-index-alone@1")  # type: ignore[arg-type]
    waiting = chartroom("review", "list", "--home", home)
    assert "the film index and the page name different patients" in waiting.output
