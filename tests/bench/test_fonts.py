"""A missing typeface is told with what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import fonts
from capture.errors import ToolError


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fonts, "FOLDERS", (tmp_path,))
    fonts._installed.cache_clear()
    fonts.face_file.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def forget() -> object:
    yield
    fonts._installed.cache_clear()
    fonts.face_file.cache_clear()


def test_an_absent_face_names_every_package_that_is_missing(bare_machine: Path) -> None:
    assert not any(bare_machine.iterdir())
    with pytest.raises(ToolError, match=r"apt-get install fonts-courier-prime .*liberation"):
        fonts.face_file("times")


def test_another_face_stands_in_only_when_told(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = bare_machine / "DejaVuSans.ttf"
    present.touch()
    with pytest.raises(ToolError):
        fonts.face_file("times")
    monkeypatch.setenv(fonts.FALLBACK, "1")
    assert fonts.face_file("times") == present


def test_every_face_has_a_bold_companion_from_a_declared_package() -> None:
    for name, face in fonts.FACES.items():
        assert name.endswith("-bold") or f"{name}-bold" in fonts.FACES
        assert face.package in fonts.PACKAGES
