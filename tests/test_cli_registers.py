"""What records staff see of the four indexes and of saved searches."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.archive import open_archive
from archive.verify import verify
from search import publish
from search.archive_text import ArchiveText
from search.settings import SearchSettings
from tests.archive.registered import ANN, BOB, PAPERS, Paper, box_of_papers

from .conftest import ROOT, chartroom, lines_of

PROGRAM = str(Path(sys.executable).with_name("chartroom"))
SECRETS = ("appendicitis", ANN.mrn, BOB.mrn, "TESTPERSON", "Testperson")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive with a box of charts, and its index."""
    with open_archive(tmp_path / "archive", create=True) as archive:
        formula = Paper(BOB.mrn, (("diagnosis", "=1+1 appendicitis"),), text="appendicitis")
        box_of_papers(archive, (*PAPERS, formula))
        publish.rebuild(ArchiveText(archive), archive.home.index, SearchSettings())
    return tmp_path / "archive"


def audit_of(home: Path) -> str:
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        assert not verify(archive, quick=True).faults
        rows = connection.exec_driver_sql("SELECT action, subject, detail FROM audit").all()
    return "\n".join(map(str, rows))


def test_headings_come_with_counts_and_what_is_not_listed(home: Path) -> None:
    told = chartroom("index", "disease", "--home", home)
    assert told.exit_code == 0
    assert (
        "Acute appendicitis  text  2 patients, 3 documents, 3 pages  1961-03-04 to 1965-01-02\n"
        in told.stdout
    )
    assert told.stdout.endswith("4 headings: 2 patients, 5 documents, 5 pages\n")
    assert "note: and 1 held documents not listed" in told.stderr
    dated = chartroom("index", "disease", "--from", "1963", "--home", home)
    assert "note: 3 documents without a date are in no span of time" in dated.stderr


def test_words_list_the_documents_under_their_headings(home: Path) -> None:
    told = chartroom("index", "patient", "mockmaiden", "--home", home).stdout
    assert f"MOCKMAIDEN, ANN  see TESTPERSON, ANN  {ANN.mrn}  {ANN.birth_date}\n" in told
    assert f"    {ANN.mrn}  TESTPERSON, ANN  Discharge summary  1961-03-04  d-" in told
    rows = lines_of(
        chartroom("index", "disease", "acute", "appendicitis", "--home", home, "--json")
    )
    assert [row["mrn"] for row in rows] == [BOB.mrn, ANN.mrn, ANN.mrn]
    assert rows[0]["heading"] == "Acute appendicitis"
    held = lines_of(
        chartroom("index", "disease", "acute", "--held", "--entries", "--home", home, "--json")
    )
    assert "held" in [row["state"] for row in held]


def test_a_table_has_a_fixed_header_and_no_formula(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "diseases.csv"
    assert chartroom("index", "disease", "--csv", path, "--home", home).exit_code == 0
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert lines[0] == (
        "index,heading,kind,see,mrn,birth_date,patients,documents,pages,first_date,last_date"
    )
    assert "disease,'=1+1 appendicitis,text,,,,1,1,1,," in lines
    printed = chartroom("index", "disease", "--entries", "--csv", "-", "--home", home).stdout
    header, *rows = csv.reader(io.StringIO(printed))
    assert ",".join(header) == (
        "index,heading,kind,see,mrn,patient_name,birth_date,type_code,type_name,date,document,"
        "pages,state,batch,confidence"
    )
    assert len(rows) == 6
    assert {len(row) for row in rows} == {len(header)}
    patients = chartroom("index", "patient", "--entries", "--csv", "-", "--home", home).stdout
    assert {len(row) for row in csv.reader(io.StringIO(patients))} == {len(header)}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("disease", "--csv", "-", "--json"), 2),
        (("disease", "--from", "soon"), 2),
        (("disease", "..."), 2),
        (("disease", "--facility", "-"), 2),
        (("moon",), 2),
        (("disease", "--batch", "none"), 5),
        (("disease", "--csv", "no/such/folder/x.csv"), 5),
        (("disease", "--csv", "/dev/null"), 5),
    ],
)
def test_what_cannot_be_shown_says_so(home: Path, options: tuple[str, ...], code: int) -> None:
    assert chartroom("index", *options, "--home", home).exit_code == code


def test_viewing_is_audited_without_words(home: Path) -> None:
    chartroom("index", "disease", "appendicitis", "--home", home)
    chartroom("saved", "add", "appendicitis 1961", "appendicitis", "--home", home)
    for command in ("run", "forget"):
        assert chartroom("saved", command, "appendicitis 1961", "--home", home).exit_code == 0
    told = audit_of(home)
    assert "index viewed" in told
    assert "disease index" in told
    assert "saved search 1" in told
    assert not [secret for secret in SECRETS if secret in told]


def test_a_saved_search_is_added_listed_run_and_forgotten(home: Path) -> None:
    added = chartroom("saved", "add", "appendix", "appendicitis", "--from", "1961", "--home", home)
    assert (added.exit_code, "chartroom saved run appendix" in added.stdout) == (0, True)
    twice = chartroom("saved", "add", "appendix", "other", "--home", home)
    assert (twice.exit_code, "name of its own" in twice.stderr) == (2, True)
    assert chartroom("saved", "add", "nothing", "--home", home).exit_code == 2
    (kept,) = lines_of(chartroom("saved", "list", "--home", home, "--json"))
    assert (kept["query"], kept["filters"]) == ("appendicitis", {"date_from": "1961"})
    assert "never run" in chartroom("saved", "list", "--home", home).stdout
    rows = lines_of(chartroom("saved", "run", "appendix", "--home", home, "--json"))
    assert [row["change"] for row in rows] == ["new"] * 3
    again = chartroom("saved", "run", "appendix", "--home", home)
    assert again.stdout == (
        "0 new documents, 0 with more pages, 0 filed otherwise; 3 match in all; "
        "0 told before no longer match\n"
    )
    every = lines_of(chartroom("saved", "run", "appendix", "--all", "--home", home, "--json"))
    assert [row["change"] for row in every] == ["known"] * 3
    assert chartroom("saved", "forget", "appendix", "--home", home).exit_code == 0
    for command in ("run", "forget"):
        assert chartroom("saved", command, "appendix", "--home", home).exit_code == 5


def test_looking_at_all_notes_nothing(home: Path) -> None:
    chartroom("saved", "add", "appendix", "appendicitis", "--home", home)
    for _ in range(2):
        rows = lines_of(chartroom("saved", "run", "appendix", "--all", "--home", home, "--json"))
        assert {row["change"] for row in rows} == {"new"}


def test_a_table_that_cannot_be_written_loses_no_case(home: Path, tmp_path: Path) -> None:
    chartroom("saved", "add", "appendix", "appendicitis", "--home", home)
    nowhere = tmp_path / "no" / "cases.csv"
    assert chartroom("saved", "run", "appendix", "--csv", nowhere, "--home", home).exit_code == 5
    older = tmp_path / "older.csv"
    older.write_text("last week's cases")
    assert chartroom("saved", "run", "appendix", "--csv", older, "--home", home).exit_code == 5
    assert older.read_text() == "last week's cases"
    fresh = tmp_path / "cases.csv"
    assert chartroom("saved", "run", "appendix", "--csv", fresh, "--home", home).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(fresh.read_text("utf-8"))))
    assert [row["change"] for row in rows] == ["new"] * len(rows) != []
    empty = chartroom("saved", "run", "appendix", "--csv", "-", "--home", home).stdout
    assert len(empty.splitlines()) == 1


@pytest.mark.parametrize("form", ["--json", "--csv=-", "--all"])
def test_a_pipe_that_breaks_or_a_full_disk_loses_no_case(home: Path, form: str) -> None:
    chartroom("saved", "add", "appendix", "appendicitis", "--home", home)
    command = [PROGRAM, "saved", "run", "appendix", "--home", str(home)]
    command += [form] if form != "--all" else []
    reading, writing = os.pipe()
    os.close(reading)
    try:
        broken = subprocess.run(
            command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    finally:
        os.close(writing)
    assert broken.returncode == 1
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (75, False), done.stderr
    rows = lines_of(chartroom("saved", "run", "appendix", "--home", home, "--json"))
    assert {row["change"] for row in rows} == {"new"}


def test_a_lost_index_is_said(home: Path) -> None:
    chartroom("saved", "add", "appendix", "appendicitis", "--home", home)
    for path in (home / "index").iterdir():
        if path.is_file():
            path.unlink()
    lost = chartroom("saved", "run", "appendix", "--home", home)
    assert (lost.exit_code, "reindex" in lost.stderr) == (5, True)
    assert not [secret for secret in SECRETS if secret in lost.stderr]
