"""Every command of docs/indexes.md runs, and prints what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from archive.archive import open_archive
from search import publish
from search.archive_text import ArchiveText
from search.settings import SearchSettings
from tests.archive.registered import box_of_papers
from tests.conftest import ROOT, chartroom

DOC = (ROOT / "docs" / "indexes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", DOC, re.MULTILINE | re.DOTALL)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with open_archive(tmp_path / "archive", create=True) as archive:
        box_of_papers(archive)
        publish.rebuild(ArchiveText(archive), archive.home.index, SearchSettings())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "archive"


def test_every_command_runs_in_this_order(home: Path) -> None:
    lines = [line for block in BLOCKS for line in block.splitlines() if line.startswith("chart")]
    assert len(lines) >= 13
    for line in lines:
        _, *words = shlex.split(re.split(r" {3,}", line)[0])
        outcome = chartroom(*words, "--home", home)
        assert outcome.exit_code == 0, (line, outcome.output)


def test_an_index_prints_what_the_page_shows(home: Path) -> None:
    shown = [part for block in BLOCKS for part in block.split("$ ")[1:]]
    assert len(shown) == 2
    for part in shown:
        command, _, printed = part.partition("\n")
        assert chartroom(*shlex.split(command)[1:], "--home", home).stdout == printed
