"""The MPI is loaded whole or not at all, and an old number leads to one person or to none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from archive.archive import Archive
from archive.patients import (
    COLUMNS,
    Imported,
    StoredIndex,
    count_patients,
    import_patients,
    read_patients,
)
from capture.errors import SourceError
from indexer.model import Patient

HEAD = "mrn,last_name,first_name,birth_date,aliases\n"


def load(archive: Archive, tmp_path: Path, content: str) -> Imported:
    path = tmp_path / "mpi.csv"
    path.write_text(content, encoding="utf-8")
    with archive.catalogue.write() as connection:
        return import_patients(connection, read_patients(path))


def by_mrn(archive: Archive, mrn: str) -> Patient | None:
    with archive.catalogue.read() as connection:
        return StoredIndex(connection).by_mrn(mrn)


def test_every_column_is_kept(archive: Archive, tmp_path: Path) -> None:
    cells = (
        '0012345,O\'Testperson,Ann,Rose,Jr,F,1927-03-04,999-12-3456,"1 Mock St, Apt 2",Sampleton,'
        'ZZ,00501,555-0100,"MRN 07-22-48; MOCKRIDGE, ANN ;MRN 000111"'
    )
    load(archive, tmp_path, f"{','.join(COLUMNS)}\n{cells}\n")
    assert by_mrn(archive, "0012345") == Patient(
        "0012345", "O'Testperson", "Ann", "1927-03-04", "Rose", "Jr", "F", "999-12-3456",
        "1 Mock St, Apt 2", "Sampleton", "ZZ", "00501", "555-0100",
        other_mrns=("000111", "07-22-48"), other_names=(("MOCKRIDGE", "ANN"),),
    )  # fmt: skip


def test_patients_are_found_by_day_and_by_every_name(archive: Archive, tmp_path: Path) -> None:
    load(
        archive,
        tmp_path,
        HEAD + '1,O\'Testperson,Ann,1927-03-04,"MOCKRIDGE, ANN"\n2,OTESTPERSON,Lee,1930-01-01,\n',
    )
    with archive.catalogue.read() as connection:
        index = StoredIndex(connection)
        assert [p.mrn for p in index.by_birth_date("1927-03-04")] == ["1"]
        assert [p.mrn for p in index.by_name("o testperson", "Alma")] == ["1"]
        assert [p.mrn for p in index.by_name("O'TESTPERSON", "l")] == ["2"]
        assert [p.mrn for p in index.by_name("Mockridge", "ANN")] == ["1"]
        assert index.by_name("Nobody", "Ann") == ()
        assert index.namesakes("OTestperson", "ann") == 1
        assert index.size() == 2


def test_patients_are_found_by_any_of_many_numbers(archive: Archive, tmp_path: Path) -> None:
    load(archive, tmp_path, HEAD + "1,A,Ann,1927-03-04,MRN 77\n2,B,Lee,1930-01-01,\n")
    with archive.catalogue.read() as connection:
        index = StoredIndex(connection)
        assert [p.mrn for p in index.by_numbers(["77", "1", "9"])] == ["1"]
        assert sorted(p.mrn for p in index.by_numbers(["77", "2"])) == ["1", "2"]
        assert index.by_numbers([]) == ()


def test_excel_files_with_a_byte_order_mark_are_read(archive: Archive, tmp_path: Path) -> None:
    assert load(archive, tmp_path, "\ufeff" + HEAD + "1,Testperson,Ann,1927-03-04,\n").new == 1


BAD_ROWS = {
    "mrn is empty": ",SECRETNAME,Ann,1927-03-04,",
    "last_name is empty": "90210777,,Ann,1927-03-04,",
    "birth_date is no day": "90210777,SECRETNAME,Ann,3/4/1927,",
    "birth_date is no day of": "90210777,SECRETNAME,Ann,1927-02-30,",
    "more cells than columns": "90210777,SECRETNAME,Ann,1927-03-04,,90210778",
    "an alias must be": "90210777,SECRETNAME,Ann,1927-03-04,90210778",
    "alias must be `MRN": '90210777,SECRETNAME,Ann,1927-03-04,", SECRETNAME"',
    "birth_date is empty": "90210777,SECRETNAME,Ann",
}


@pytest.mark.parametrize("reason", BAD_ROWS)
def test_one_bad_row_stops_all_and_names_its_line(
    archive: Archive, tmp_path: Path, reason: str
) -> None:
    good = "\n".join(f"{n},Testperson,Ann,1927-03-04," for n in range(1, 6001))
    with pytest.raises(SourceError, match=reason) as told:
        load(archive, tmp_path, f"{HEAD}{good}\n{BAD_ROWS[reason]}\n")
    assert "line 6002" in str(told.value)
    assert not any(part in str(told.value) for part in ("SECRETNAME", "90210777", "90210778"))
    with archive.catalogue.read() as connection:
        assert count_patients(connection) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "missing: mrn"),
        ("mrn,last_name\n", "missing: first_name, birth_date"),
        ("90210777,SECRETNAME,Ann,1927-03-04\n", "missing: mrn"),
        (HEAD.replace("aliases", "alias"), "unknown column 'alias'"),
        (HEAD.replace("aliases", "mrn"), "mrn is there twice"),
    ],
)
def test_a_wrong_head_line_is_told(
    archive: Archive, tmp_path: Path, content: str, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason) as told:
        load(archive, tmp_path, content)
    assert "SECRETNAME" not in str(told.value)


def test_a_file_that_is_no_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "mpi.csv").write_bytes(b"\xff\xfe\x00mrn")
    with pytest.raises(SourceError, match="UTF-8"):
        list(read_patients(tmp_path / "mpi.csv"))
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_patients(tmp_path / "missing.csv"))


def test_importing_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    rows = HEAD + "1,Testperson,Ann,1927-03-04,MRN 9;MRN 10;MRN 8\n2,Mockridge,Lee,1930-01-01,\n"
    assert load(archive, tmp_path, rows) == Imported(2, 2, 0)
    assert load(archive, tmp_path, rows) == Imported(2, 0, 0)


def test_a_later_row_replaces_an_earlier_one(archive: Archive, tmp_path: Path) -> None:
    load(archive, tmp_path, HEAD + '1,Testperson,Ann,1927-03-04,"MRN 9;OLD, NAME"\n')
    done = load(archive, tmp_path, HEAD + "1,Samplewell,Ann,1927-03-04,\n")
    assert done == Imported(1, 0, 1)
    patient = by_mrn(archive, "1")
    assert patient == Patient("1", "Samplewell", "Ann", "1927-03-04")
    assert by_mrn(archive, "9") is None
    with archive.catalogue.read() as connection:
        assert StoredIndex(connection).by_name("Old", "Ann") == ()


def test_an_old_number_that_led_to_two_people_leads_to_none(
    archive: Archive, tmp_path: Path
) -> None:
    load(
        archive,
        tmp_path,
        HEAD + "1,Testperson,Ann,1927-03-04,MRN 9\n2,Mockridge,Lee,1930-01-01,MRN 9;MRN 1\n",
    )
    assert by_mrn(archive, "9") is None
    assert by_mrn(archive, "1") is None  # Ann's own number, and one that Lee once had
    assert by_mrn(archive, "2") is not None


def test_a_merged_patient_leads_to_the_survivor(archive: Archive, tmp_path: Path) -> None:
    load(
        archive,
        tmp_path,
        HEAD + "1,Testperson,Ann,1927-03-04,MRN 7\n2,Testperson,Anne,1927-03-04,\n",
    )
    load(archive, tmp_path, HEAD + "2,Testperson,Anne,1927-03-04,MRN 1\n")
    survivor = by_mrn(archive, "2")
    assert survivor is not None
    assert by_mrn(archive, "1") == by_mrn(archive, "7") == survivor
    assert survivor.other_mrns == ("1", "7")
    with archive.catalogue.read() as connection:
        assert count_patients(connection) == 1


def test_a_hundred_thousand_patients_are_loaded_in_well_under_a_minute(
    archive: Archive, tmp_path: Path
) -> None:
    lines = (
        f"{n:07},Testperson{n % 997},Ann,{1900 + n % 99}-03-04,MRN A{n}" for n in range(100_000)
    )
    started = time.monotonic()
    assert load(archive, tmp_path, HEAD + "\n".join(lines)).new == 100_000
    assert time.monotonic() - started < 60
