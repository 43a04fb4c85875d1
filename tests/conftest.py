"""An archive made of some of the sample scans, once for all tests that only look at it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from archive.archive import Archive, open_archive
from cli import cli

# How long an example takes says more of the machine's other work than of ours.
settings.register_profile("chartroom", deadline=None)
settings.load_profile("chartroom")

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_scans"
FEW = ("batch-with-separators.tif", "blank.jpg", "chart-grey-01-clean.jpg", "upside-down.tif")
FRAMES_OF_FEW = 15


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="write docs/cli.md anew instead of checking it"
    )


@pytest.fixture(autouse=True, scope="session")
def _own_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the list of known archives of whoever runs the tests out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.delenv("CHARTROOM_HOME", raising=False)
        yield


def chartroom(*args: str | Path) -> Result:
    """Run the command as a person would."""
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def lines_of(outcome: Result) -> list[dict[str, object]]:
    """The JSON Lines that a command printed."""
    return [json.loads(line) for line in outcome.stdout.splitlines()]


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few of the sample scans."""
    folder = tmp_path_factory.mktemp("delivery") / "box-17"
    folder.mkdir()
    for name in FEW:
        shutil.copy(SAMPLES / name, folder)
    return folder


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory, delivery: Path) -> Path:
    """The home of an archive that holds ``delivery`` as batch ``box-17``; not to be changed."""
    home = tmp_path_factory.mktemp("converted") / "archive"
    assert chartroom("patients", "import", SAMPLES / "mpi.csv", "--home", home).exit_code == 0
    outcome = chartroom("convert", delivery, "--home", home, "--json")
    assert outcome.exit_code in (0, 4), outcome.output
    return home


@pytest.fixture
def archive(converted: Path) -> Iterator[Archive]:
    """The converted archive, opened."""
    with open_archive(converted) as opened:
        yield opened
