"""A contact sheet shows every frame of a roll or card, read or not, and its account."""

from __future__ import annotations

from pathlib import Path

from archive import film
from archive.archive import Archive, open_archive
from desk.film_sheet import write_film_sheet
from tests.batch.scans import settings
from tests.batch.strips_of_film import convert_roll, strip_of, write_strip


def sheet_of(archive: Archive, out: Path) -> str:
    with archive.catalogue.read() as connection:
        roll = film.roll_named(connection, "0042")
    heard: list[tuple[int, int]] = []
    pages = write_film_sheet(
        archive, roll, settings(), out, told=lambda done, total: heard.append((done, total))
    )
    assert heard[-1] == (4, 4)
    return pages[0].read_text(encoding="utf-8")


def deliver(tmp_path: Path) -> Path:
    box = tmp_path / "box-7"
    box.mkdir()
    write_strip(box / "0042.tif", strip_of(1, 2, 3, 4))
    return box


def test_the_sheet_of_a_roll_that_was_read_shows_frames_film_and_account(tmp_path: Path) -> None:
    box = deliver(tmp_path)
    with open_archive(tmp_path / "archive", create=True) as archive:
        convert_roll(archive, box)
        shown = sheet_of(archive, tmp_path / "sheet")
    assert shown.count("data:image/jpeg;base64,") >= 4 + 1
    assert "Roll 0042" in shown
    assert all(f'id="frame-{number}"' in shown for number in (1, 2, 3, 4))


def test_film_that_waits_uncut_is_shown_too(tmp_path: Path) -> None:
    box = deliver(tmp_path)
    with open_archive(tmp_path / "archive", create=True) as archive:
        convert_roll(archive, box, deferred=True)
        shown = sheet_of(archive, tmp_path / "sheet")
    assert shown.count("data:image/jpeg;base64,") >= 4 + 1
    assert "waiting" in shown
