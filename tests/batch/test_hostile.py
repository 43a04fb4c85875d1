"""A folder of hostile files costs nothing but those files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import hostile


@pytest.mark.slow
def test_every_hostile_file_is_accounted_for_and_the_good_ones_are_read(tmp_path: Path) -> None:
    hostile.write_folder(tmp_path / "delivery")
    outcome = hostile.convert(tmp_path / "delivery", tmp_path / "archive")
    assert hostile.faults(outcome, tmp_path / "delivery") == []
    assert not (tmp_path / "escape.tif").exists()
    fate_of = {fate.name: fate for fate in outcome.fates}
    for bad in ("bomb-900-megapixels.tif", "loop.tif", "locked.pdf", "bomb.zip", "cut.jpg"):
        assert "quarantined" in fate_of[bad].frames
    assert outcome.report["frames"] + outcome.report["unaccounted"] == outcome.report["expected"]
