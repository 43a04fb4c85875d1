"""Film in a batch: rolls and cards are surveyed once, joined, kept uncut, and never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from archive import deliveries, film
from archive.archive import Archive
from archive.film import FilmRoll, RollFrame
from batch.film import places_of
from batch.on_demand import frames_asked_for, read_frames
from batch.strips import roll_name
from capture.errors import SettingsError
from capture.model import FilmLayout
from tests.batch.scans import draw, rows, settings, states
from tests.batch.strips_of_film import convert_roll, strip_of, write_strip


def the_roll(archive: Archive, name: str) -> tuple[FilmRoll, list[RollFrame]]:
    with archive.catalogue.read() as connection:
        roll = film.roll_named(connection, name)
        return roll, film.film_frames(connection, roll)


def test_a_roll_is_surveyed_once_and_every_frame_of_it_is_read(archive: Archive, box: Path) -> None:
    write_strip(box / "0042.tif", strip_of(1, 2, 3, 4))
    report = convert_roll(archive, box)
    roll, frames = the_roll(archive, "42")
    assert (report.frames, report.unaccounted) == (4, 0)
    assert (roll.name, roll.kind, roll.layout) == ("0042", "roll", FilmLayout.SIMPLEX)
    assert [one.position for one in frames] == [1, 2, 3, 4]
    assert all(one.frame.state == "held" for one in frames)
    tops = [one.found.box.y for one in frames]
    assert tops == sorted(tops)
    boxes = rows(archive, "SELECT box FROM pages ORDER BY frame_id")
    assert len(boxes) == 4


def test_film_that_waits_is_kept_uncut_and_a_frame_is_read_when_asked_for(
    archive: Archive, box: Path
) -> None:
    write_strip(box / "0042.tif", strip_of(1, 2, 3))
    report = convert_roll(archive, box, deferred=True)
    assert (report.frames, report.unaccounted) == (3, 3)
    assert rows(archive, "SELECT * FROM pages") == []
    roll, frames = the_roll(archive, "0042")
    assert roll.deferred
    (row,) = read_frames(archive, roll, [frames[1]], settings())
    assert row.ref.number == 2
    assert len(rows(archive, "SELECT * FROM pages")) == 1
    assert read_frames(archive, roll, [frames[1]], settings()) == [row]
    report = convert_roll(archive, box)
    assert (report.frames, report.unaccounted) == (3, 0)
    assert not the_roll(archive, "0042")[0].deferred


def test_frames_are_asked_for_by_position_and_what_is_not_there_is_told(
    archive: Archive, box: Path
) -> None:
    write_strip(box / "0042.tif", strip_of(1, 2, 3, 4))
    convert_roll(archive, box, deferred=True)
    roll, _ = the_roll(archive, "0042")
    with archive.catalogue.read() as connection:
        asked = frames_asked_for(connection, roll, ["2-3", "1"])
        assert [frame.position for frame in asked] == [1, 2, 3]
        with pytest.raises(SettingsError, match="has no frame '9'"):
            frames_asked_for(connection, roll, ["9"])


def test_strips_that_overlap_are_one_roll_and_no_frame_is_there_twice(
    archive: Archive, box: Path
) -> None:
    whole = strip_of(1, 2, 3, 4, 5)
    middle = len(whole) // 2
    write_strip(box / "0042-1.tif", whole[: middle + 150])
    write_strip(box / "0042-2.tif", whole[middle - 150 :])
    report = convert_roll(archive, box)
    roll, frames = the_roll(archive, "0042")
    assert report.frames == 5
    assert [one.position for one in frames] == [1, 2, 3, 4, 5]
    assert len(roll.parts) == 2
    assert roll.length == len(whole)


def test_a_strip_of_a_roll_that_nothing_joins_to_the_last_is_doubted_and_not_left_out(
    archive: Archive, box: Path
) -> None:
    whole = strip_of(1, 2, 3, 4, 5)
    middle = len(whole) // 2
    write_strip(box / "0042-1.tif", whole[: middle + 150])
    write_strip(box / "0042-2.tif", whole[middle - 150 :])
    write_strip(box / "0042-3.tif", strip_of(6, 7))
    report = convert_roll(archive, box)
    roll, frames = the_roll(archive, "0042")
    assert report.frames == len(frames) == 7
    assert [doubt.kind for doubt in roll.doubts if "strips join" in doubt.reason] == ["cut off"]


def test_a_strip_that_cannot_be_read_takes_no_other_with_it(archive: Archive, box: Path) -> None:
    write_strip(box / "0042-1.tif", strip_of(1, 2, 3))
    (box / "0042-2.tif").write_bytes(b"II*\0 and nothing more")
    report = convert_roll(archive, box)
    assert (report.frames, report.quarantined) == (4, 1)


def test_lines_that_are_lost_leave_the_rest_of_the_roll_and_a_doubt(
    archive: Archive, box: Path
) -> None:
    path = box / "0042.tif"
    pixels = strip_of(1, 2, 3, 4, 5, 6)
    Image.fromarray(pixels).save(
        path, "TIFF", compression="tiff_deflate", dpi=(150, 150), strip_size=40 * pixels.shape[1]
    )
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 60] = bytes(60)
    path.write_bytes(content)
    report = convert_roll(archive, box)
    roll, frames = the_roll(archive, "0042")
    assert report.frames == len(frames) >= 5
    assert any(doubt.kind == "hole" and "cannot be read" in doubt.reason for doubt in roll.doubts)
    assert states(archive).count("held") >= 4


def test_rolls_of_one_name_in_two_folders_stay_apart(archive: Archive, box: Path) -> None:
    for folder, seeds in (("a", (1, 2, 3)), ("b", (4, 5))):
        (box / folder).mkdir()
        write_strip(box / folder / "0042.tif", strip_of(*seeds))
    convert_roll(archive, box)
    with archive.catalogue.read() as connection:
        found = {
            roll.name: len(film.film_frames(connection, roll)) for roll in film.rolls(connection)
        }
    assert found == {"0042": 3, "0042 (2)": 2}


def test_frames_that_come_one_to_a_file_are_film_though_no_roll(
    archive: Archive, box: Path
) -> None:
    for number in (1, 2):
        draw(number).convert("L").save(box / f"{number}.png", dpi=(150, 150))
    convert_roll(archive, box)
    assert rows(archive, "SELECT DISTINCT film FROM pages") == [(1,)]
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        places = places_of(connection, archive.vault, batch, deliveries.frames(connection, batch))
    assert {place.film for place in places.values()} == {True}


@pytest.mark.parametrize(
    ("names", "image", "name"),
    [
        ([b"box/0042.tif"], None, "0042"),
        ([b"0042.tif"], 3, "0042#3"),
        ([b"r/0042-1.tif", b"r/0042-2.tif"], None, "0042"),
        ([b"roll-17/1.tif", b"roll-17/2.tif"], None, "roll-17"),
    ],
)
def test_a_roll_is_called_as_its_files_are(
    names: list[bytes], image: int | None, name: str
) -> None:
    assert roll_name(names, image) == name
