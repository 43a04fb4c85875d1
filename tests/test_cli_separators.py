"""What patch codes do can be said for one job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bench.separator_sheets import patch_sheet
from cli import cli


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.png"
    Image.fromarray(patch_sheet("6", (0,), 3.0, 0.5)[::3, ::3]).save(path, dpi=(100, 100))
    return path


def test_inspect_takes_the_map_of_one_job(scan: Path) -> None:
    asked = ["inspect", str(scan), "--json", "--workers", "1", "--patch-codes", "6=batch"]
    result = CliRunner().invoke(cli, asked)
    assert result.exit_code == 0, result.output
    frame = json.loads(result.stdout)
    assert (frame["state"], frame["barcodes"]) == ("separator", ["6"])


@pytest.mark.parametrize("command", ["inspect", "convert"])
def test_a_map_that_is_not_understood_is_one_line_and_exit_code_2(
    scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("CHARTROOM_HOME", str(tmp_path / "archive"))
    result = CliRunner().invoke(cli, [command, str(scan), "--patch-codes", "5=document"])
    assert result.exit_code == 2
    assert "the codes are 1, 2, 3, 4, 6, T" in result.stderr
    assert "Traceback" not in result.output
