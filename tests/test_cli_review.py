"""What records staff see and type when they decide on what waits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.archive import open_archive
from archive.verify import verify
from search import publish
from search.archive_text import ArchiveText
from search.settings import SearchSettings
from tests.desk.charts_in_review import ANN, BOB, CEL, Says, box_of

from .conftest import SAMPLES, chartroom, lines_of

WORDS = (ANN.mrn, BOB.mrn, CEL.mrn, ANN.first_name, BOB.last_name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive with two boxes in which most documents wait, and its index."""
    with open_archive(tmp_path / "archive", create=True) as archive:
        box_of(
            archive,
            [Says(ANN, bare=True)],
            [Says(BOB, bare=True), Says(failed=True)],
            [Says(ANN, number=BOB.mrn)],
            [Says(ANN, bare=True), Says(ANN)],
        )
        box_of(archive, [Says(CEL)], name="box-8")
        publish.rebuild(ArchiveText(archive), archive.home.index, SearchSettings())
    return tmp_path / "archive"


def waiting(home: Path, *options: str) -> list[dict[str, object]]:
    return lines_of(chartroom("review", "list", *options, "--home", home, "--json"))


def first(home: Path, *options: str) -> str:
    return str(waiting(home, *options)[0]["subject"])


def test_what_waits_comes_by_batch_and_reason_with_counts(home: Path) -> None:
    rows = waiting(home)
    assert [row["batch"] for row in rows] == ["box-7"] * 5 + ["box-8"]
    alone = "record number stands alone"
    assert [str(row["reason"]).startswith(alone) for row in rows[:4]] == [True] * 3 + [False]
    told = chartroom("review", "list", "--limit", "1", "--home", home)
    assert told.output.count("why:") == 1
    assert "     3  held: record number stands alone: no second identifier agrees" in told.output
    assert told.output.endswith("6 waiting\n")


def test_the_list_is_narrowed_by_batch_and_reason(home: Path) -> None:
    assert [row["batch"] for row in waiting(home, "--batch", "box-8")] == ["box-8"]
    (row,) = waiting(home, "--reason", "could not be READ")
    assert row["candidates"] == []
    assert len(waiting(home, "--limit", "2")) == 2
    assert chartroom("review", "list", "--batch", "no-such", "--home", home).exit_code == 5


def test_show_tells_why_whose_it_may_be_and_how_to_decide(home: Path) -> None:
    name = first(home, "--reason", "differs")
    told = chartroom("review", "show", name, "--home", home).output
    assert "why: name differs from the patient index" in told
    assert f"names {BOB.mrn} SAMPLEMAN, BOB by record number" in told
    assert f"names {ANN.mrn} TESTPERSON, ANN by name and birth date" in told
    assert f"mrn differs: {ANN.mrn}, read as {BOB.mrn}" in told
    assert "birth_date agrees: 1927-03-04" in told
    assert "chartroom page " in told
    (sheet,) = lines_of(chartroom("review", "show", name, "--home", home, "--json"))
    assert {"subject", "expect", "why", "pages", "values", "candidates", "commands"} <= set(sheet)
    for value in sheet["values"]:  # type: ignore[attr-defined]
        assert {"field", "value", "raw", "confidence", "rule", "page", "box"} == set(value)


def test_a_command_that_show_prints_decides_as_it_stands(home: Path) -> None:
    name = first(home)
    (sheet,) = lines_of(chartroom("review", "show", name, "--home", home, "--json"))
    commands = [str(command).split() for command in sheet["commands"]]  # type: ignore[attr-defined]
    (choose,) = [words for words in commands if "--candidate" in words]
    outcome = chartroom(*choose[1:])
    assert outcome.exit_code == 0, outcome.output
    assert f"{name}  decided: filed to" in outcome.output
    stale = chartroom(*choose[1:])
    assert (stale.exit_code, "has changed since you saw it" in stale.stderr) == (5, True)


def test_chart_and_search_follow_a_decision_at_once(home: Path) -> None:
    name = first(home, "--reason", "stands alone")
    (outcome,) = lines_of(
        chartroom(
            "review", "decide", name, "--mrn", "00-54321", "--despite", "--home", home, "--json"
        )
    )
    assert (outcome["state"], outcome["mrn"]) == ("filed", BOB.mrn)
    rows = lines_of(chartroom("chart", BOB.mrn, "--home", home, "--json"))
    assert name in [row["document"] for row in rows]
    hits = lines_of(chartroom("search", "--mrn", BOB.mrn, "--home", home, "--json"))
    assert name in [hit["document"] for hit in hits]
    undone = chartroom("review", "decide", name, "--undo", "--home", home)
    assert "taken back: held" in undone.output
    assert lines_of(chartroom("search", "--mrn", BOB.mrn, "--home", home, "--json")) == []


def test_several_documents_of_one_patient_are_decided_in_one_command(home: Path) -> None:
    alone = [row for row in waiting(home) if str(row["reason"]).startswith("record number stands")]
    names = [str(row["subject"]) for row in alone if row["candidates"][0]["mrn"] == ANN.mrn]  # type: ignore[index]
    assert len(names) == 2
    outcome = chartroom(
        "review", "decide", *names, "--mrn", ANN.mrn, "--by", "Kim R", "--home", home
    )
    assert outcome.output.count("decided: filed to") == 2
    told = chartroom("review", "show", names[0], "--home", home).output
    assert f"decided: patient {ANN.mrn} by Kim R at 20" in told


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [(["--mrn", "99887766"], 2, "no patient of the index"),
     (["--mrn", BOB.mrn], 2, "names another patient than the one"),
     (["--candidate", "1"], 2, "--expect"),
     (["--candidate", "1", "--expect", "x"], 5, "has changed"),
     (["--type", "no such form"], 2, "no document type"),
     (["--value", "birth_date=3/4/61"], 2, "1961-03-04"),
     (["--value", "birth_date"], 2, "FIELD=VALUE"),
     (["--undo"], 2, "nothing that a person decided"),
     (["--undo", "--mrn", ANN.mrn], 2, "stands alone"),
     (["--by", " ", "--mrn", ANN.mrn], 2, "--by needs a name"),
     ([], 2, "say what you decide")],
)  # fmt: skip
def test_a_refusal_is_one_line_that_names_no_patient(
    home: Path, said: list[str], code: int, why: str
) -> None:
    name = first(home, "--reason", "stands alone")
    outcome = chartroom("review", "decide", name, *said, "--home", home)
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert why in outcome.stderr
    assert not any(word in outcome.stderr for word in (*WORDS, "99887766", "3/4/61"))
    assert first(home, "--reason", "stands alone") == name, "nothing was kept"


def test_what_is_not_there_is_told(home: Path) -> None:
    for command in (["show"], ["decide", "--blank"]):
        outcome = chartroom("review", *command, "d-no-such-1", "--home", home)
        assert (outcome.exit_code, "there is no document" in outcome.stderr) == (5, True)


def test_parked_documents_leave_the_list_and_can_be_shown(home: Path) -> None:
    name = first(home, "--batch", "box-8")
    decided = chartroom("review", "decide", name, "--no-patient", "--home", home)
    assert "no such patient in the patient index, says a person" in decided.output
    assert waiting(home, "--batch", "box-8") == []
    assert first(home, "--batch", "box-8", "--parked") == name
    assert "held, no patient" in chartroom("review", "show", name, "--home", home).output


def test_an_import_says_how_to_file_what_it_allows(home: Path, tmp_path: Path) -> None:
    mpi = tmp_path / "mpi.csv"
    mpi.write_text(
        "mrn,last_name,first_name,birth_date\n"
        f"{CEL.mrn},{CEL.last_name},{CEL.first_name},{CEL.birth_date}\n"
    )
    told = chartroom("patients", "import", mpi, "--home", home)
    assert "5 documents are held; to file what they allow: chartroom review again" in told.output
    again = chartroom("review", "again", "--home", home)
    assert "1 of 5 held pages are filed now" in again.output
    assert "documents are held" not in chartroom("patients", "import", mpi, "--home", home).output
    (row,) = lines_of(chartroom("chart", CEL.mrn, "--home", home, "--json"))
    assert row["batch"] == "box-8"


def test_a_decision_does_not_wait_for_an_index_in_use(home: Path) -> None:
    name = first(home, "--reason", "stands alone")
    with publish._only_writer(home / "index"):
        outcome = chartroom("review", "decide", name, "--no-patient", "--home", home)
    assert (outcome.exit_code, "another chartroom" in outcome.stderr) == (0, True)
    shutil.rmtree(home / "index")
    undone = chartroom("review", "decide", name, "--undo", "--home", home)
    assert undone.exit_code == 0
    assert not (home / "index").exists(), "building it anew is left to `reindex`"


def test_a_document_of_real_scans_goes_to_another_chart_and_back(
    converted: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    (hit, *_) = lines_of(chartroom("search", "--state", "filed", "--home", home, "--json"))
    others = [line.split(",")[0] for line in (SAMPLES / "mpi.csv").read_text().splitlines()[1:]]
    mrn = next(other for other in others if other != hit["mrn"])
    decide = ["review", "decide", str(hit["document"]), "--home", home]
    refused = chartroom(*decide, "--mrn", mrn)
    assert (refused.exit_code, "names another patient" in refused.stderr) == (2, True)
    assert chartroom(*decide, "--mrn", mrn, "--despite").exit_code == 0
    rows = lines_of(chartroom("chart", mrn, "--home", home, "--json"))
    assert hit["document"] in [row["document"] for row in rows]
    assert chartroom(*decide, "--undo").exit_code == 0
    (first, *_) = lines_of(chartroom("search", "--state", "filed", "--home", home, "--json"))
    assert first["mrn"] == hit["mrn"]
    assert chartroom("audit", "verify", "--home", home).exit_code == 0
    with open_archive(home) as archive:
        assert verify(archive).faults == ()
