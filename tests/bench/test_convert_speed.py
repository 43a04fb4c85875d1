"""Two versions are timed on the same batches, and their times become ratios."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bench import convert_speed
from bench.convert_speed import ALONE, BEFORE, NOW, Batch, Timed
from bench.program import Ran
from capture.errors import ToolError

OURS = Ran(0, '{"event": "progress"}\n{"frames": 30}\n', "", 10.0, 6.0, 0)


def timed(name: str, times: float) -> Timed:
    slower = replace(OURS, seconds=times * 10.0, cpu_seconds=times * 12.0)
    runs = {NOW: OURS, ALONE: OURS, BEFORE: slower}
    return Timed(Batch(name, Path("scans")), runs)


def test_what_others_took_is_told_in_times_of_what_we_took() -> None:
    table = convert_speed.table([timed("clean", 1.5), timed("fax", 2.5)])
    assert table.rows[0] == ("clean", 30, "180", "0.20", "1.00", "1.00", "1.50", "3.00")
    assert table.rows[-1] == ("all", 60, "180", "0.20", "1.00", "1.00", "2.00", "4.00")


def test_real_pages_are_a_batch_where_they_are(tmp_path: Path) -> None:
    assert list(convert_speed.real_batch(tmp_path / "absent", tmp_path / "real")) == []
    (tmp_path / "data" / "ocr").mkdir(parents=True)
    (tmp_path / "data" / "ocr" / "page.gt.txt").write_text("Sodium 140")
    (tmp_path / "data" / "ocr" / "page.png").write_bytes(b"a scan")
    (batch,) = convert_speed.real_batch(tmp_path / "data", tmp_path / "real")
    assert [path.name for path in batch.folder.iterdir()] == ["page.png"]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_version_that_the_history_does_not_hold_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="git"):
        convert_speed.installed("0" * 40, tmp_path)
