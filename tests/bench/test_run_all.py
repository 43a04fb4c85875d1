"""One entry runs every measurement; what cannot be measured here says why and stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import compare_ocrmypdf, peer, real_pages, report, run_all
from capture.errors import SettingsError, ToolError


def test_without_its_programs_a_measurement_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="apt-get install ghostscript tesseract-ocr unpaper"):
        peer.installed(tmp_path / "ocrmypdf")
    assert run_all.measured(compare_ocrmypdf, ["--pages", "5"], tmp_path) == ToolError.exit_code
    assert "Not measured: OCRmyPDF needs" in report.results_of(tmp_path)["compare_ocrmypdf"]


def test_absent_material_is_no_failure(tmp_path: Path) -> None:
    absent = ["--data", str(tmp_path / "absent")]
    assert run_all.measured(real_pages, absent, tmp_path) == 0
    assert "Not measured: the folder" in report.results_of(tmp_path)["real_pages"]


def test_every_measurement_has_a_short_form() -> None:
    assert all(few for _, few in run_all.QUICK)
    assert len({one.NAME for one, _ in run_all.QUICK}) == len(run_all.QUICK)


class Refused:
    """A measurement that cannot be made as it was asked for."""

    NAME = "refused"

    def main(self, arguments: list[str] | None = None) -> int:
        raise SettingsError("choose another --seed")


def test_a_measurement_that_is_refused_stops_no_other(tmp_path: Path) -> None:
    assert run_all.measured(Refused(), [], tmp_path) == SettingsError.exit_code
    assert "Not measured: choose another" in report.results_of(tmp_path)["refused"]
