"""What a person at the terminal sees, and what scripts rely on."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from archive.archive import open_archive
from archive.home import open_home, sole_writer
from capture import errors
from capture.errors import ChartroomError
from cli import cli

from .conftest import FEW, FRAMES_OF_FEW, SAMPLES, chartroom, lines_of

BATCH_KEYS = [
    "batch",
    "sources",
    "frames",
    "filed",
    "held",
    "quarantined",
    "blank",
    "separator",
    "technical",
    "expected",
    "unaccounted",
    "documents",
    "seconds",
    "pages_per_minute",
]
STATES = ("filed", "held", "quarantined", "blank", "separator", "technical")


def every_command(group: click.Group = cli, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)
        else:
            yield (*path, name)


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    outcome = chartroom(*command, "--help")
    assert outcome.exit_code == 0
    assert "Example:" in outcome.output
    assert f"chartroom {command[0]}" in outcome.output


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_a_bad_word_gives_one_clear_line_and_usage_code(command: tuple[str, ...]) -> None:
    outcome = chartroom(*command, "--no-such-option")
    assert outcome.exit_code == 2
    assert outcome.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in outcome.output


def test_an_unknown_command_names_itself() -> None:
    outcome = chartroom("konvert")
    assert outcome.exit_code == 2
    assert "konvert" in outcome.stderr


def test_each_error_of_ours_has_its_own_code() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ChartroomError)
    ]
    assert sorted(kind.exit_code for kind in kinds) == [1, 2, 3, 5, 7, 8, 75]


def test_convert_prints_one_line_of_counts_that_balance(converted: Path, delivery: Path) -> None:
    outcome = chartroom("convert", delivery, "--home", converted, "--json")
    (report,) = lines_of(outcome)
    assert list(report) == BATCH_KEYS
    assert report["sources"] == len(FEW)
    assert report["frames"] == sum(int(str(report[state])) for state in STATES) == FRAMES_OF_FEW
    assert (report["separator"], report["unaccounted"]) == (3, 0)
    assert outcome.exit_code == (0 if report["held"] == report["quarantined"] == 0 else 4)


def test_the_batch_report_tells_what_waits_and_why(converted: Path) -> None:
    shown = chartroom("batch", "show", "box-17", "--home", converted)
    assert shown.exit_code == 0
    assert "all 15 expected frames are accounted for" in shown.output
    (listed,) = lines_of(chartroom("batch", "list", "--home", converted, "--json"))
    assert (listed["batch"], listed["state"]) == ("box-17", "finished")


def test_a_surplus_or_lack_against_expectation_is_exit_4(
    tmp_path: Path, converted: Path, delivery: Path
) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    for announced, difference in ((FRAMES_OF_FEW + 1, 1), (FRAMES_OF_FEW - 1, -1)):
        outcome = chartroom(
            "convert", delivery, "--home", home, "--json", "--expect", str(announced)
        )
        (report,) = lines_of(outcome)
        assert (report["unaccounted"], outcome.exit_code) == (difference, 4)
    refused = chartroom("batch", "release", "box-17", "--home", home)
    assert refused.exit_code == 2
    assert "does not balance" in refused.stderr


def test_search_finds_phrases_with_boxes_on_the_page(converted: Path) -> None:
    hits = lines_of(chartroom("search", "discharge", "--home", converted, "--json"))
    assert hits
    for hit in hits:
        assert list(hit) == [
            "page", "document", "mrn", "patient", "type",
            "date", "score", "snippet", "boxes", "matched",
        ]  # fmt: skip
        assert len(hit["boxes"]) == len(hit["matched"]) > 0  # type: ignore[arg-type]


def test_a_misspelt_word_is_found_and_the_hit_says_why(converted: Path) -> None:
    hits = lines_of(chartroom("search", "dischrage", "--home", converted, "--json"))
    assert {
        "asked": "dischrage", "found": "discharge", "how": "similar spelling", "where": "page",
    } in [why for hit in hits for why in hit["why"]]  # type: ignore[attr-defined]  # fmt: skip
    shown = chartroom("search", "dischrage", "--home", converted)
    assert "-- similar words:" in shown.stdout
    assert "dischrage: discharge (similar spelling)" in shown.stdout
    exact = chartroom("search", "dischrage", "--exact", "--home", converted)
    assert exact.stdout == "0 of 0 pages\n"


def test_hits_are_put_together_by_document_and_counted_by_facet(converted: Path) -> None:
    found = chartroom(
        "search", "discharge", "--home", converted, "--group", "document", "--facets", "--json"
    )
    groups = [line for line in lines_of(found) if "document" in line]
    counts = [line for line in lines_of(found) if "facet" in line]
    assert groups
    assert all(group["pages"] >= len(group["hits"]) > 0 for group in groups)  # type: ignore[operator, arg-type]
    assert {"type", "year"} <= {str(line["facet"]) for line in counts}
    shown = chartroom("search", "discharge", "--home", converted, "--group", "chart", "--facets")
    assert "pages)" in shown.stdout
    assert "type: " in shown.stdout


def test_a_site_adds_words_that_mean_the_same(tmp_path: Path, converted: Path) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    assert lines_of(chartroom("search", "zettelkasten", "--home", home, "--json")) == []
    (home / "synonyms.toml").write_text('[[group]]\nterms = ["discharge", "zettelkasten"]\n')
    (hit, *_) = lines_of(chartroom("search", "zettelkasten", "--home", home, "--json"))
    assert "means the same" in str(hit["why"])
    (home / "synonyms.toml").write_text("[[group]\n")
    bad = chartroom("search", "zettelkasten", "--home", home)
    assert (bad.exit_code, "synonyms.toml" in bad.stderr) == (2, True)


def test_a_search_is_audited_without_its_words(tmp_path: Path, converted: Path) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    chartroom("search", "dischrage", "--patient", "Draftwick", "--home", home)
    with closing(sqlite3.connect(open_home(home).catalogue)) as connection:
        rows = connection.execute("SELECT action, detail FROM audit ORDER BY seq").fetchall()
    action, detail = rows[-1]
    assert (action, set(json.loads(detail))) == ("searched", {"pages", "similar", "shown"})


def test_search_with_a_filter_alone_and_with_nothing(converted: Path) -> None:
    filed = lines_of(chartroom("search", "--state", "filed", "--home", converted, "--json"))
    assert filed
    nothing = chartroom("search", "--home", converted)
    assert nothing.exit_code == 0
    assert "type a word" in nothing.stderr


def test_bad_query_syntax_is_taken_literally_with_a_note(converted: Path) -> None:
    outcome = chartroom("search", '((("discharge', "--home", converted)
    assert outcome.exit_code == 0
    assert "note:" in outcome.stderr


def test_a_chart_is_found_by_number_with_or_without_hyphens(converted: Path) -> None:
    (hit, *_) = lines_of(chartroom("search", "--state", "filed", "--home", converted, "--json"))
    mrn = str(hit["mrn"])
    rows = lines_of(chartroom("chart", mrn, "--home", converted, "--json"))
    assert hit["document"] in [row["document"] for row in rows]
    hyphened = "-".join((mrn[:2], mrn[2:4], mrn[4:]))
    assert lines_of(chartroom("chart", hyphened, "--home", converted, "--json")) == rows


def test_an_unknown_number_is_not_repeated_in_the_error(converted: Path) -> None:
    outcome = chartroom("chart", "99887766", "--home", converted)
    assert outcome.exit_code == 5
    assert "99887766" not in outcome.stderr


def test_page_shows_state_text_and_image(converted: Path, tmp_path: Path) -> None:
    (hit, *_) = lines_of(chartroom("search", "discharge", "--home", converted, "--json"))
    page = str(hit["page"])
    assert "discharge" in chartroom("page", page, "--text", "--home", converted).output.lower()
    out = tmp_path / "page.png"
    assert chartroom("page", page, "--out", out, "--home", converted).exit_code == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert chartroom("page", "no-such-page-1", "--home", converted).exit_code == 5


def test_inspect_follows_the_contract(delivery: Path) -> None:
    (frame,) = lines_of(chartroom("inspect", delivery / "upside-down.tif", "--json"))
    assert frame["source"] == "upside-down.tif"
    assert (frame["frame"], frame["state"], frame["rotation"]) == (1, "page", 180)
    assert {"box", "film", "polarity", "skew", "skew_confidence", "width", "height"} <= set(frame)
    assert {"dpi", "steps", "engine", "confidence", "text", "words", "seconds"} <= set(frame)
    assert set(frame["type"]) == {"code", "name", "confidence"}  # type: ignore[arg-type]
    for value in frame["values"]:  # type: ignore[attr-defined]
        assert set(value) == {"field", "value", "raw", "box", "confidence", "rule"}


def test_inspect_takes_a_text_file_as_one_page(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("DISCHARGE SUMMARY\n\nPatient: TESTPERSON, ADA\nMRN: 0071234\n")
    (frame,) = lines_of(chartroom("inspect", page, "--json"))
    found = {value["field"]: value["value"] for value in frame["values"]}  # type: ignore[attr-defined]
    assert frame["type"]["code"] == "18842-5"  # type: ignore[index]
    assert (found["mrn"], found["patient_name"]) == ("0071234", "TESTPERSON, ADA")


def test_inspect_of_what_is_no_scan_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    outcome = chartroom("inspect", tmp_path / "empty.tif", "--json")
    (frame,) = lines_of(outcome)
    assert (frame["state"], outcome.exit_code) == ("quarantined", 3)
    assert "empty" in str(frame["reason"])


def test_a_path_that_is_not_there_is_exit_3(tmp_path: Path) -> None:
    for command in ("convert", "inspect"):
        home = ["--home", tmp_path / "archive"] if command == "convert" else []
        outcome = chartroom(command, tmp_path / "nowhere", *home)
        assert outcome.exit_code == 3
        assert "nowhere" in outcome.stderr


def test_bad_files_are_quarantined_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(SAMPLES / "upside-down.tif", folder)
    (folder / "empty.tif").touch()
    (folder / "words.tif").write_text("this is no picture")
    cut = (SAMPLES / "photocopy.tif").read_bytes()
    (folder / "cut.tif").write_bytes(cut[: len(cut) // 2])
    outcome = chartroom("convert", folder, "--home", tmp_path / "archive", "--json")
    (report,) = lines_of(outcome)
    assert outcome.exit_code == 4
    assert (report["sources"], report["quarantined"], report["unaccounted"]) == (4, 3, 0)


@pytest.mark.parametrize(
    "command",
    [
        ("batch", "list"),
        ("search", "x"),
        ("verify",),
        ("reindex",),
        ("review", "list"),
        ("chart", "0071234"),
    ],
    ids=" ".join,
)
def test_without_an_archive_a_command_says_so(command: tuple[str, ...], tmp_path: Path) -> None:
    outcome = chartroom(*command, "--home", tmp_path / "nowhere")
    assert outcome.exit_code == 5
    assert "no archive at" in outcome.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_setting_with_a_slip_names_the_nearest_right_one(
    tmp_path: Path, converted: Path, delivery: Path
) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    (home / "chartroom.toml").write_text('[ocr]\nlangauge = "eng"\n')
    outcome = chartroom("convert", delivery, "--home", home)
    assert outcome.exit_code == 2
    assert "language" in outcome.stderr
    (home / "chartroom.toml").write_text('[orc]\nlanguage = "eng"\n')
    assert chartroom("convert", delivery, "--home", home).exit_code == 2


def test_a_language_that_is_not_installed_is_exit_7(
    tmp_path: Path, converted: Path, delivery: Path
) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    (home / "chartroom.toml").write_text('[ocr]\nlanguage = "tlh"\n')
    outcome = chartroom("convert", delivery, "--home", home)
    assert outcome.exit_code == 7
    assert "tlh" in outcome.stderr


def test_a_lost_blob_is_exit_8_and_named(tmp_path: Path, converted: Path) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    assert chartroom("verify", "--home", home).exit_code == 0
    victim = next(path for path in sorted((home / "vault").glob("??/??/*")))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o600)
    victim.write_bytes(bytes(content))
    outcome = chartroom("verify", "--home", home)
    assert outcome.exit_code == 8
    assert victim.name in outcome.output
    assert chartroom("verify", "--quick", "--home", home).exit_code == 0


def test_an_altered_audit_row_is_exit_8(tmp_path: Path, converted: Path) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    assert chartroom("audit", "verify", "--home", home).exit_code == 0
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
    outcome = chartroom("audit", "verify", "--home", home)
    assert (outcome.exit_code, "row 2" in outcome.stderr) == (8, True)
    assert chartroom("verify", "--home", home).exit_code == 8


def test_an_archive_in_use_is_exit_75(converted: Path, delivery: Path) -> None:
    with sole_writer(open_home(converted)):
        outcome = chartroom("convert", delivery, "--home", converted)
    assert outcome.exit_code == 75
    assert "run again" in outcome.stderr


def test_an_interrupt_is_exit_130_and_the_next_run_goes_on(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("chartroom"))
    command = [program, "convert", str(SAMPLES / "chart-group4.tif")]
    command += ["--home", str(tmp_path / "archive")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        _wait_for_a_page(tmp_path / "archive" / "catalogue.db")
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in told
    with open_archive(tmp_path / "archive") as archive, archive.catalogue.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM frames").scalar() == 12


def _wait_for_a_page(catalogue: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if catalogue.exists() and _pages_in(catalogue):
            return
        time.sleep(0.05)
    pytest.fail("no page was read within a minute")


def _pages_in(catalogue: Path) -> int:
    connection = sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM pages").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # the tables are still being made
    finally:
        connection.close()


def test_reindex_and_doctor_leave_a_fit_archive(tmp_path: Path, converted: Path) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    shutil.rmtree(home / "index")
    lost = chartroom("search", "discharge", "--home", home)
    assert (lost.exit_code, "reindex" in lost.stderr) == (5, True)
    assert chartroom("doctor", "--home", home).exit_code == 5
    assert chartroom("reindex", "--home", home).exit_code == 0
    assert chartroom("doctor", "--home", home).exit_code == 0
    again = lines_of(chartroom("search", "discharge", "--home", home, "--json"))
    first = lines_of(chartroom("search", "discharge", "--home", converted, "--json"))
    assert again == first


def test_a_released_batch_takes_nothing_more(
    tmp_path: Path, converted: Path, delivery: Path
) -> None:
    home = shutil.copytree(converted, tmp_path / "copy")
    assert chartroom("batch", "release", "box-17", "--with-held", "--home", home).exit_code == 0
    outcome = chartroom("convert", delivery, "--home", home)
    assert outcome.exit_code == 2
    assert "released" in outcome.stderr


@pytest.mark.parametrize("command", ["serve", "watch", "backup", "restore"])
def test_what_is_not_built_says_so(command: str) -> None:
    outcome = chartroom(command, "x")
    assert outcome.exit_code == 2
    assert "not built yet" in outcome.stderr
