"""The engine is the one that the settings ask for and the machine can run."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from capture.errors import SettingsError, ToolError
from ocr import line_model, tesseract, tesseract_cli
from ocr.engines import open_engine
from ocr.line_engine import ReaderFirst
from ocr.settings import OcrSettings
from ocr.tessdata import tessdata_folder
from ocr.tesseract import TesserocrEngine
from ocr.tesseract_cli import PytesseractEngine

needs_both = pytest.mark.skipif(
    not (tesseract.available() and tesseract_cli.available()), reason="needs both engines"
)


needs_reader = pytest.mark.skipif(not line_model.available(), reason="needs ONNX Runtime")


@needs_both
def test_tesseract_is_the_library_when_it_is_there() -> None:
    assert isinstance(open_engine(OcrSettings(engine="tesseract")), TesserocrEngine)


@needs_both
@needs_reader
def test_auto_is_the_reader_first_for_the_language_it_was_trained_on() -> None:
    assert isinstance(open_engine(OcrSettings()), ReaderFirst)


@needs_both
def test_without_onnx_runtime_auto_is_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert isinstance(open_engine(OcrSettings()), TesserocrEngine)
    with pytest.raises(ToolError, match="ONNX Runtime"):
        open_engine(OcrSettings(engine="reader"))


@needs_reader
def test_the_reader_refuses_a_language_it_does_not_know() -> None:
    with pytest.raises(SettingsError, match=r"set ocr\.engine to tesseract"):
        open_engine(OcrSettings(engine="reader", language="deu"))


@needs_both
def test_isolated_reading_is_done_by_the_program() -> None:
    assert isinstance(open_engine(OcrSettings(), isolated=True), PytesseractEngine)
    engine = open_engine(OcrSettings(engine="tesserocr"), isolated=True)
    assert isinstance(engine, PytesseractEngine)


@dataclass(frozen=True, slots=True)
class SiteEngine:
    settings: OcrSettings


@pytest.fixture
def site_module(monkeypatch: pytest.MonkeyPatch) -> str:
    module = ModuleType("lakeside_reader")
    module.__dict__.update(make=SiteEngine, LIMIT=3)
    monkeypatch.setitem(sys.modules, "lakeside_reader", module)
    return "lakeside_reader"


def test_an_engine_of_the_site_gets_the_settings(site_module: str) -> None:
    asked = OcrSettings(engine=f"{site_module}:make", language="deu")
    engine = open_engine(asked)
    assert isinstance(engine, SiteEngine)
    assert engine.settings == asked


@pytest.mark.parametrize("name", ["lakeside_reader:missing", "no_such_module:make"])
def test_an_engine_that_cannot_be_imported_is_a_missing_tool(site_module: str, name: str) -> None:
    with pytest.raises(ToolError, match="cannot be imported"):
        open_engine(OcrSettings(engine=name))


@pytest.mark.parametrize("name", ["abbyy", "", "lakeside_reader:LIMIT"])
def test_an_engine_that_nobody_knows_is_a_wrong_setting(site_module: str, name: str) -> None:
    with pytest.raises(SettingsError):
        open_engine(OcrSettings(engine=name))


@pytest.mark.parametrize("engine", ["auto", "tesserocr", "pytesseract"])
def test_a_language_without_data_names_its_package(engine: str) -> None:
    with pytest.raises(ToolError, match="tesseract-ocr-xyz-tra "):
        open_engine(OcrSettings(engine=engine, language="eng+xyz_tra"))


def test_tessdata_prefix_is_asked_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(ToolError, match="tesseract-ocr-eng tesseract-ocr-osd"):
        tessdata_folder("eng")
    for name in ("eng", "osd"):
        (tmp_path / f"{name}.traineddata").touch()
    assert tessdata_folder("eng") == tmp_path


def test_data_that_is_damaged_is_a_tool_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not tesseract.available():
        pytest.skip("tesserocr is not on this machine")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    for name in ("eng", "osd"):
        (tmp_path / f"{name}.traineddata").write_bytes(b"not a model")
    with pytest.raises(ToolError, match="install it anew"):
        TesserocrEngine(OcrSettings())


def test_a_page_over_its_time_is_given_up_by_the_library() -> None:
    if not tesseract.available():
        pytest.skip("tesserocr is not on this machine")
    from .pages import report_page

    engine = TesserocrEngine(OcrSettings(page_seconds=0.001))
    with pytest.raises(ToolError, match="gave a page up"):
        engine.read(report_page())
