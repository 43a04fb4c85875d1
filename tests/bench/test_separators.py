"""Separator sheets are what they say, part documents, and the measurement counts what happens."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench import separators
from bench.foreign_codes import FOREIGN, foreign_pages, parting
from bench.separator_sheets import LOOKS, PRINTED, scanned_sheet, scanned_sheets
from bench.separators import Outcome, by_look, by_symbology, outcome
from capture.enhance import prepare
from capture.settings import CaptureSettings


def test_a_sheet_hangs_on_seed_and_number_alone() -> None:
    one, other = scanned_sheet(7, 4), list(scanned_sheets(7, 2, start=3))[1]
    assert one.printed == other.printed
    assert np.array_equal(one.scan.pixels, other.scan.pixels)


def test_every_look_meets_every_code() -> None:
    cycle = len(LOOKS) * len(PRINTED)
    pairs = {
        (list(LOOKS)[n % len(LOOKS)], PRINTED[n // len(LOOKS) % len(PRINTED)]) for n in range(cycle)
    }
    assert len(pairs) == cycle


@pytest.mark.parametrize("look", range(len(LOOKS)), ids=list(LOOKS))
def test_sheets_of_every_look_part_documents(look: int) -> None:
    every = [outcome(scanned_sheet(1, look + len(LOOKS) * kind)) for kind in range(len(PRINTED))]
    assert [one.symbology for one in every] == list(PRINTED)
    assert all(one.parts and not one.wrong for one in every)


def test_pages_with_barcodes_of_others_part_nothing() -> None:
    for name, frame in foreign_pages(1, len(FOREIGN)):
        assert not parting(prepare(frame, CaptureSettings())), name


def test_tables_count_sheets_by_what_became_of_them() -> None:
    found = [
        Outcome(0, "QR Code", "film", True, False, True, False),
        Outcome(1, "QR Code", "film", False, True, False, False),
        Outcome(2, "QR Code", "film", False, False, False, False),
        Outcome(3, "Patch", "film", True, False, False, True),
    ]
    rows = {row[0]: row for row in by_symbology(found).rows}
    assert rows["QR Code"] == ("QR Code", 3, 1, 1, "66.67 %", 1, 1, 0)
    assert rows["all"][1:] == (4, 2, 1, "75.00 %", 1, 1, 1)
    looks = {row[0]: row for row in by_look(found).rows}
    assert looks["film"] == ("film", "0 / 0 / 0", "0 / 0 / 0", "1 / 2 / 3", "1 / 1 / 1")


def test_the_measurement_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separators, "DATA", tmp_path / "absent")
    few = ["--seed", "1", "--sheets", "2", "--pages", "1", "--workers", "1"]
    assert separators.main([*few, "--results", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / "separators.json").read_text())
    assert [table["title"] for table in kept["tables"]] == [
        "Separator sheets",
        "Separator sheets by look",
        "Pages that part nothing",
        "Cost of codes on ordinary pages",
    ]
