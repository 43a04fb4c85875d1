"""Kept results become the page of figures, and nothing else on it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report, results, run_all
from bench.results import Result, Table
from capture.errors import SettingsError


def kept(folder: Path) -> Path:
    table = Table("Speed", ("", "pages a minute"), (("ours|theirs", 41.5),), "In turns.")
    result = Result("speed", "python -m bench.speed", results.machine(), (table,), ("One PDF.",))
    return results.keep(result, folder)


def test_a_result_shows_its_command_its_machine_and_its_tables(tmp_path: Path) -> None:
    kept(tmp_path)
    text = report.results_of(tmp_path)["speed"]
    assert text.startswith("`python -m bench.speed`, ")
    assert " cores, " in text
    assert "**Speed**\n\nIn turns.\n\n|  | pages a minute |\n| --- | --- |\n" in text
    assert "| ours\\|theirs | 41.5 |" in text


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = "before\n<!-- speed: begin -->\nold \\1\n<!-- speed: end -->\nafter\n"
    once = report.replaced(page, "speed", "new \\g<0>")
    assert once == page.replace("old \\1", "new \\g<0>")
    assert report.replaced(once, "speed", "new \\g<0>") == once


def test_a_page_without_the_markers_is_refused() -> None:
    with pytest.raises(SettingsError, match="speed: begin"):
        report.replaced("nothing", "speed", "new")


def test_a_place_that_no_result_fills_says_how_it_is_filled() -> None:
    empty = "<!-- {0}: begin -->\n<!-- {0}: end -->\n"
    page = report.filled(empty.format("film") + empty.format("kill"), {"kill": "No page lost."})
    assert "begin -->\nNot measured yet: `python -m bench.film` makes" in page
    assert "begin -->\nNo page lost.\n<!-- kill: end" in page
    assert report.filled(page, {"film": "All cut."}).count("Not measured") == 0


def test_a_result_without_a_place_is_told() -> None:
    with pytest.raises(SettingsError, match="no markers for film"):
        report.filled("nothing", {"film": "All cut."})


def test_the_page_has_a_place_for_every_measurement() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    for one, _ in run_all.QUICK:
        assert f"of {one.NAME}" in report.replaced(page, one.NAME, f"figures of {one.NAME}")


def test_what_was_not_measured_says_why(tmp_path: Path) -> None:
    results.skipped("speed", "python -m bench.speed", "no paper", tmp_path)
    assert "Not measured: no paper" in report.results_of(tmp_path)["speed"]


def test_a_share_of_nothing_is_a_dash() -> None:
    assert results.percent(float("nan")) == "-"
    assert results.percent(0.1234, 2) == "12.34 %"
