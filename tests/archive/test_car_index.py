"""A film index is taken as it comes, whole or not at all, and joined to rolls by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import car_index, deliveries
from archive.archive import Archive
from archive.car_index import CarFile, load_car, rows_of_roll
from archive.catalogue import Connection
from archive.film import FilmRoll
from capture.errors import SettingsError, SourceError
from indexer.car import CarRow
from tests.archive.test_film import keep, survey_of

HEAD = "roll,address,mrn,last_name,first_name,document_type,date\n"
ROW = "0042,3.12.5,0071234,TESTPERSON,ADA,Discharge summary,3/4/61\n"
TAKEN = CarRow("0042", (3, 12, 5), "0071234", "TESTPERSON", "ADA", "Discharge summary", "3/4/61")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "index.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rolls_called(connection: Connection, *names: str) -> list[FilmRoll]:
    deliveries.open_batch(connection, "box-7", origin=b"", kind="roll")
    return [keep(connection, [], survey_of(0), name=name) for name in names]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_encoding_and_separator_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    text = (HEAD + ROW.replace("ADA", "ZO\N{LATIN CAPITAL LETTER E WITH DIAERESIS}")).replace(
        ",", separator
    )
    (row,) = CarFile(written(tmp_path, text, encoding)).rows()
    assert row.first_name == "ZO\N{LATIN CAPITAL LETTER E WITH DIAERESIS}"
    assert (row.roll, row.address, row.mrn) == ("0042", (3, 12, 5), "0071234")


def test_heads_in_any_case_and_order_quoted_and_with_more_columns(tmp_path: Path) -> None:
    text = '"Last Name",OPERATOR,Address,ROLL, MRN \n"TESTPERSON, ADA",x,3-12-5,0042,"0071234"\n'
    (row,) = CarFile(written(tmp_path, text)).rows()
    assert row == CarRow("0042", (3, 12, 5), "0071234", "TESTPERSON", "ADA")


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    path = written(tmp_path, "REEL,FRAME,CHART NO\n42,17,0071234\n")
    names = {"roll": "reel", "address": "Frame", "mrn": "chart no"}
    (row,) = CarFile(path, names).rows()
    assert row == CarRow("42", (17,), "0071234")
    with pytest.raises(SourceError, match="missing: roll, address, mrn or last_name"):
        CarFile(path)
    with pytest.raises(SettingsError, match="no column 'reel'"):
        CarFile(path, {"reel": "roll"})
    with pytest.raises(SourceError, match="missing: date"):
        CarFile(path, {**names, "date": "filmed"})


def test_bad_lines_are_told_by_number_without_their_content(tmp_path: Path) -> None:
    bad = [
        ",3.1.1,0071234,TESTPERSON,ADA,,",
        "0042,nowhere,0071234,TESTPERSON,ADA,,",
        "0042,1.2.3.4.5,0071234,TESTPERSON,ADA,,",
        "0042,3.1.1,,,ADA,,",
        '0042,3.1.1,"0071234,TESTPERSON,ADA,,',
        "0042",
    ]
    file = CarFile(written(tmp_path, HEAD + ROW + "\n".join([*bad, "", ROW])))
    assert list(file.rows()) == [TAKEN, TAKEN]
    assert [line.line for line in file.bad] == [3, 4, 5, 6, 7, 8]
    assert not any(word in str(file.bad) for word in ("TESTPERSON", "0071234", "nowhere"))


def test_what_a_spreadsheet_made_of_numbers_is_undone(tmp_path: Path) -> None:
    text = HEAD + "42.0,17.0,71234.0,TESTPERSON,,,\n"
    (row,) = CarFile(written(tmp_path, text)).rows()
    assert (row.roll, row.address, row.mrn) == ("42", (17, 0), "71234")


def test_the_roll_may_stand_in_the_address(tmp_path: Path) -> None:
    (row,) = CarFile(written(tmp_path, HEAD + ROW.replace("3.12.5", "42.3.12.5"))).rows()
    assert row == TAKEN


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b"roll\n42\n"])
def test_what_is_no_index_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"index\.csv"):
        CarFile(path)
    with pytest.raises(SourceError, match="cannot be read"):
        CarFile(tmp_path / "nowhere.csv")


def test_loading_again_changes_nothing_and_updates_what_changed(archive: Archive) -> None:
    rows = [CarRow("42", (1, n), f"{71000 + n}") for n in range(1000)]
    other = CarRow("42", (1, 5), "99999")
    with archive.catalogue.write() as connection:
        assert load_car(connection, iter(rows)) == car_index.Loaded(1000, 1000, 0, 0)
        assert load_car(connection, iter(rows)) == car_index.Loaded(1000, 0, 0, 1000)
        assert load_car(connection, iter([other])) == car_index.Loaded(1, 0, 1, 0)
        (roll,) = rolls_called(connection, "roll-0042")
        assert rows_of_roll(connection, roll) == tuple(
            sorted([*rows[:5], other, *rows[6:]], key=lambda row: row.address)
        )


def test_two_rows_at_one_address_both_stay(archive: Archive) -> None:
    mother, child = CarRow("42", (1,), "71001"), CarRow("42", (1,), "71002")
    filling = [CarRow("43", (n,), "71003") for n in range(900)]
    with archive.catalogue.write() as connection:
        load_car(connection, iter([mother, *filling, child]))
        (roll,) = rolls_called(connection, "42")
        assert rows_of_roll(connection, roll) == (mother, child)


def test_rows_go_to_the_roll_they_name_and_to_no_other(archive: Archive) -> None:
    rows = {name: CarRow(name, (1,), "71001") for name in ("roll-0042", "ROLL-0043", "44", "A45")}
    with archive.catalogue.write() as connection:
        load_car(connection, iter(rows.values()))
        found = rolls_called(connection, "roll-0042", "roll-0043", "roll-0044", "roll-45", "B45")
        joined = [rows_of_roll(connection, roll) for roll in found]
        assert joined == [(rows["roll-0042"],), (rows["ROLL-0043"],), (rows["44"],), (), ()]
        assert car_index.rolls_not_here(connection) == 1


def test_a_number_that_two_rolls_have_joins_neither(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        load_car(connection, iter([CarRow("42", (1,), "71001")]))
        found = rolls_called(connection, "roll-0042", "reel-42")
        assert [rows_of_roll(connection, roll) for roll in found] == [(), ()]
        assert car_index.rolls_not_here(connection) == 1
