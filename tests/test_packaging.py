"""What we put into an environment that is not ours."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import ROOT

ROOMS = ("capture", "ocr", "indexer", "archive", "batch", "search", "desk")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in the wheel."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(out), str(ROOT)], check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    with zipfile.ZipFile(made) as packed:
        return packed.namelist()


@pytest.mark.slow
def test_wheel_claims_one_name(wheel: list[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"chartroom"}


@pytest.mark.slow
def test_wheel_holds_every_file_of_the_rooms(wheel: list[str]) -> None:
    shipped = {
        f"chartroom/rooms/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in Path(ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped <= set(wheel)
    assert {"chartroom/__init__.py", "chartroom/rooms/cli.py"} <= set(wheel)
