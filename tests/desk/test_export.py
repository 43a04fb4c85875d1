"""Hand-over files: every page in them, nothing dangerous in them."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.archive import Archive
from capture.errors import ArchiveError
from desk import export
from desk.export_pdf import export_pdf
from desk.tables import harmless
from tests.conftest import FRAMES_OF_FEW, chartroom


@pytest.fixture
def chosen(archive: Archive) -> export.Selection:
    with archive.catalogue.read() as connection:
        return export.select_batch(connection, "box-17")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_hold_every_frame_and_document(
    archive: Archive, chosen: export.Selection, tmp_path: Path
) -> None:
    with archive.catalogue.read() as connection:
        pages, documents = export.export_csv(connection, chosen, tmp_path)
    page_rows, document_rows = rows_of(pages), rows_of(documents)
    assert tuple(page_rows[0]) == export.PAGE_COLUMNS
    assert tuple(document_rows[0]) == export.DOCUMENT_COLUMNS
    assert len(page_rows) == FRAMES_OF_FEW
    told = {row["document"] for row in page_rows if row["document"]}
    assert told == {row["document"] for row in document_rows}
    assert sum(int(row["pages"]) for row in document_rows) == sum(
        bool(row["document"]) for row in page_rows
    )


def test_text_files_are_named_by_source_and_frame(
    archive: Archive, chosen: export.Selection, tmp_path: Path
) -> None:
    with archive.catalogue.read() as connection:
        written = export.export_text(connection, chosen, tmp_path)
    assert len(written) == FRAMES_OF_FEW
    assert tmp_path / "upside-down.tif-1.txt" in written
    assert "CONSENT" in (tmp_path / "upside-down.tif-1.txt").read_text().upper()


def test_a_document_becomes_a_pdf_that_can_be_searched(
    archive: Archive, chosen: export.Selection, tmp_path: Path
) -> None:
    with archive.catalogue.read() as connection:
        written = export_pdf(archive, connection, chosen, tmp_path)
    assert {path.stem for path in written} >= {row.id for row in chosen.documents}
    pages = 0
    for path in written:
        with pdfplumber.open(path) as pdf:
            pages += len(pdf.pages)
    assert pages == FRAMES_OF_FEW
    (turned,) = (s for s in chosen.sources.values() if s.shown == "upside-down.tif")
    (consent,) = (row for row in chosen.documents if row.pages == (f"{turned.digest[:16]}-1",))
    with pdfplumber.open(tmp_path / f"{consent.id}.pdf") as pdf:
        assert "authorize" in pdf.pages[0].extract_text()


@pytest.mark.parametrize(
    ("form", "ending"), [("hocr", ".hocr"), ("alto", ".xml")], ids=["hocr", "alto"]
)
def test_markup_is_written_for_each_page_that_was_read(
    form: str, ending: str, converted: Path, tmp_path: Path
) -> None:
    outcome = chartroom("export", form, "--batch", "box-17", "--out", tmp_path, "--home", converted)
    assert outcome.exit_code == 0
    assert "authorize" in (tmp_path / f"upside-down.tif-1{ending}").read_text()
    for path in tmp_path.iterdir():
        ElementTree.parse(path)  # noqa: S314  (we wrote it just now)


def test_a_chart_is_exported_in_chart_order(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        batch = export.select_batch(connection, "box-17")
        filed = next(row for row in batch.documents if row.mrn)
        chart = export.select_chart(connection, str(filed.mrn))
    assert filed.id in {row.id for row in chart.documents}
    assert [frame.page for frame in chart.frames] == [
        page for row in chart.documents for page in row.pages
    ]


def test_an_unknown_document_is_told(archive: Archive) -> None:
    with archive.catalogue.read() as connection, pytest.raises(ArchiveError, match="no document"):
        export.select_document(connection, "d-nothing-1")


@given(st.text())
def test_no_cell_is_a_formula_to_a_spreadsheet(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_stay_numbers(number: float) -> None:
    assert harmless(number) == str(number)
