"""Whatever the program tesseract does wrong, the page is not taken for an empty one."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from capture.errors import ToolError
from ocr import tesseract_cli
from ocr.settings import OcrSettings
from ocr.tesseract_cli import PytesseractEngine

from .pages import blank_page, report_page

VERSION = 'if [ "$1" = --version ]; then echo "tesseract 5.3.0"; exit 0; fi\n'
HEADER = (
    "level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num"
    "\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n"
)
FAKES = {
    "crashes": ("kill -SEGV $$", "signal 11"),
    "ends with an error": ("echo broken >&2; exit 3", "code 3"),
    "hangs": ("exec sleep 60", "gave a page up after"),
    "writes nothing at all": ("exit 0", "left no result"),
    "writes an empty table": (': > "$2.tsv"', "wrote no table"),
    "writes only the head of the table": (f'printf "{HEADER}" > "$2.tsv"', "wrote no table"),
    "writes prose": ('printf "1\\tnot a table\\n" > "$2.tsv"', "is not its table"),
    "writes bytes": ('printf "\\377\\376\\001" > "$2.tsv"', "not text"),
    "is out of memory": ("kill -KILL $$", "signal 9"),
}


@pytest.fixture
def tessdata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with language files of the right name: the fakes never open them."""
    folder = tmp_path / "tessdata"
    folder.mkdir()
    for name in ("eng", "osd"):
        (folder / f"{name}.traineddata").touch()
    monkeypatch.setenv("TESSDATA_PREFIX", str(folder))
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tessdata: Path) -> Path:
    """Return where to write a program that stands first on PATH as tesseract."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return folder / "tesseract"


def seconds(how: str) -> float:
    """Return a short limit for a program that waits for it, a long one for the others."""
    return 0.4 if how == "hangs" else 20


def fake(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{VERSION}{body}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("how", FAKES)
def test_a_program_that_fails_is_an_error_that_says_how(program: Path, how: str) -> None:
    body, said = FAKES[how]
    fake(program, body)
    engine = PytesseractEngine(OcrSettings(page_seconds=seconds(how)))
    with pytest.raises(ToolError, match=said):
        engine.read(report_page(24))


@pytest.mark.parametrize("how", ["crashes", "hangs", "writes nothing at all"])
def test_an_orientation_that_fails_is_an_error_too(program: Path, how: str) -> None:
    body, said = FAKES[how]
    fake(program, body)
    with pytest.raises(ToolError, match=said):
        PytesseractEngine(OcrSettings(page_seconds=seconds(how))).orientation(report_page(24))


def test_an_orientation_that_is_none_is_an_error(program: Path) -> None:
    fake(program, 'echo hello > "$2.osd"')
    with pytest.raises(ToolError, match="no orientation"):
        PytesseractEngine(OcrSettings()).orientation(report_page(24))


def test_a_hanging_program_is_ended_when_the_time_of_the_page_is_over(program: Path) -> None:
    fake(program, "exec sleep 60")
    began = time.monotonic()
    with pytest.raises(ToolError):
        PytesseractEngine(OcrSettings(page_seconds=0.3)).read(report_page(24))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", FAKES)
def test_nothing_of_the_page_stays_in_the_temporary_folder(program: Path, how: str) -> None:
    fake(program, FAKES[how][0])
    with pytest.raises(ToolError):
        PytesseractEngine(OcrSettings(page_seconds=seconds(how))).read(report_page(24))
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_a_page_that_the_program_calls_wordless_is_an_answer(program: Path) -> None:
    row = "1\\t1\\t0\\t0\\t0\\t0\\t0\\t0\\t500\\t700\\t-1\\t\\n"
    fake(program, f'printf "{HEADER}{row}" > "$2.tsv"')
    assert PytesseractEngine(OcrSettings()).read(blank_page()).words == ()


def test_a_missing_program_names_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tessdata: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not tesseract_cli.available()
    with pytest.raises(ToolError, match="Debian package tesseract-ocr"):
        PytesseractEngine(OcrSettings())


def test_a_program_that_hangs_when_asked_for_its_version_is_not_available(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    with pytest.raises(ToolError, match="does not answer"):
        tesseract_cli.version(seconds=0.3)


@pytest.mark.parametrize("body", ["echo hello", "printf '\\377\\376'"])
def test_a_program_that_is_not_tesseract_is_not_taken_for_it(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    assert not tesseract_cli.available()


def test_a_program_that_goes_missing_between_pages_names_the_package(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(program, "exit 0")
    engine = PytesseractEngine(OcrSettings())
    monkeypatch.setenv("PATH", str(program.parent))
    program.unlink()
    with pytest.raises(ToolError, match="Debian package tesseract-ocr"):
        engine.read(report_page(24))
