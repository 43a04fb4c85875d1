"""An archive of its own for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.archive import Archive, open_archive


@pytest.fixture(autouse=True)
def _own_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A new archive."""
    with open_archive(tmp_path / "archive", create=True) as opened:
        yield opened


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An empty folder for a delivery."""
    folder = tmp_path / "box-7"
    folder.mkdir()
    return folder


@pytest.fixture
def as_nobody(tmp_path: Path) -> Callable[[Callable[[], None]], None]:
    """Run a function without root's right to read everything."""
    if os.geteuid() != 0:
        return lambda work: work()

    def run(work: Callable[[], None]) -> None:
        # Capabilities are dropped with the effective user; the archive stays writable.
        for path in (tmp_path, *tmp_path.parents):
            if path.is_relative_to(tempfile.gettempdir()):
                path.chmod(0o755)
        for path in (tmp_path / "archive", *(tmp_path / "archive").rglob("*")):
            os.chown(path, 65534, 65534)
        os.seteuid(65534)
        try:
            work()
        finally:
            os.seteuid(0)

    return run
