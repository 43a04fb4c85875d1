"""A chart in the order that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.archive import Archive, open_archive
from archive.documents import replace_documents
from archive.patients import import_patients
from archive.same_sheets import keep_same_sheet
from capture.errors import SettingsError
from desk.charts import Chart, chart_of
from desk.review import waiting_list, with_candidates
from desk.settings import DeskSettings
from indexer.doctypes import ChartOrder
from indexer.model import Document, DocumentType, Patient
from tests.archive.filed import Kept, deliver, filed, held, value

ADA = Patient("0012345", "Testperson", "Ada", "1931-04-05", sex="F")
SUMMARY = DocumentType("18842-5", "Discharge summary", 0.97, "title@1")
NOTE = DocumentType("11506-3", "Progress note", 0.97, "title@1")
LETTER = DocumentType("51852-2", "Letter", 0.97, "title@1")
SHOWN = (
    (LETTER, {"service_date": "1961-05-20", "account": "V1", "admission_date": "1961-05-01"}),
    (NOTE, {"service_date": "1961-05-02", "account": "V1"}),
    (SUMMARY, {"service_date": "1961-05-09", "account": "V1"}),
    (SUMMARY, {"service_date": "1950-01-09"}),
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with open_archive(tmp_path / "archive", create=True) as opened:
        yield opened


def keep(archive: Archive) -> Kept:
    kept = deliver(archive, sources=1, frames=len(SHOWN))
    with archive.catalogue.write() as connection:
        import_patients(connection, [ADA])
        made = []
        for frame, (kind, told) in zip(kept.frames, SHOWN, strict=True):
            values = tuple(value(name, text, frame.ref) for name, text in told.items())
            made.append((Document((frame.ref,), kind, values, 0.95), filed(ADA.mrn)))
        replace_documents(connection, kept.batch, kept.frames, made)
    return kept


def shown(archive: Archive, order: ChartOrder) -> list[str | None]:
    with archive.catalogue.read() as connection:
        return [row.service_date for row in chart_of(connection, ADA.mrn, order).documents]


def test_a_chart_runs_by_section_by_date_or_stay_by_stay(small: Archive) -> None:
    keep(small)
    early, note, summary, letter = "1950-01-09", "1961-05-02", "1961-05-09", "1961-05-20"
    assert shown(small, ChartOrder.SOURCE) == [early, summary, note, letter]
    assert shown(small, ChartOrder.DATE) == [early, note, summary, letter]
    assert shown(small, ChartOrder.ENCOUNTER) == [early, summary, note, letter]


def test_no_order_loses_a_document(small: Archive) -> None:
    kept = keep(small)
    for order in ChartOrder:
        assert len(shown(small, order)) == len(kept.frames)


def test_a_sheet_scanned_twice_is_shown_in_the_chart_and_in_review(small: Archive) -> None:
    kept = keep(small)
    one, two = kept.frames[:2]
    with small.catalogue.write() as connection:
        keep_same_sheet(connection, two, one, 0.95)
        chart: Chart = chart_of(connection, ADA.mrn)
        row = next(row for row in chart.documents if two.page in row.pages)
        assert chart.same_as(row) == {two.page: [one.page]}
        replace_documents(
            connection, kept.batch, [two], [(Document((two.ref,), NOTE, (), 0.9), held())]
        )
        (waiting,) = with_candidates(connection, waiting_list(connection))
    assert waiting.same_as == (one.page,)


def test_an_order_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SettingsError, match="chart_order"):
        DeskSettings(chart_order="by weight")
