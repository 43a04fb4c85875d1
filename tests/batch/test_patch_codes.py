"""A batch remembers what patch codes do in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from archive import deliveries
from archive.archive import Archive
from batch import runner
from batch.report import BatchReport, report_of
from batch.settings import Settings
from bench.separator_sheets import patch_sheet
from capture.errors import SettingsError
from capture.settings import CaptureSettings
from tests.batch.scans import retry, settings


def with_codes(patch_codes: str = CaptureSettings().patch_codes) -> Settings:
    return replace(settings(), capture=CaptureSettings(patch_codes=patch_codes))


def deliver(box: Path, *codes: str) -> None:
    pages = [Image.fromarray(patch_sheet(code, (0,), 3.0, 0.5)[::4, ::4]) for code in codes]
    pages[0].save(box / "pile.tif", save_all=True, append_images=pages[1:], dpi=(75, 75))


def convert(
    archive: Archive, box: Path, patch_codes: str | None = None, using: Settings | None = None
) -> BatchReport:
    order = runner.Order((box,), patch_codes=patch_codes)
    batch = runner.convert(archive, order, using or with_codes(), lambda _: None)
    with archive.catalogue.read() as connection:
        return report_of(connection, batch)


def remembered(archive: Archive) -> str | None:
    with archive.catalogue.read() as connection:
        return deliveries.batch_named(connection, "box-7").patch_codes


def test_the_map_of_the_settings_is_used_and_kept(archive: Archive, box: Path) -> None:
    deliver(box, "T", "2", "3")
    assert convert(archive, box).separator == 2
    assert remembered(archive) == "1=ignore,2=document,3=batch,4=ignore,6=ignore,T=separator"


def test_the_map_of_a_job_goes_before_that_of_the_settings(archive: Archive, box: Path) -> None:
    deliver(box, "T", "2", "3")
    assert convert(archive, box, "2=separator").separator == 1


def test_going_on_keeps_the_map_whatever_the_settings_say_by_then(
    archive: Archive, box: Path
) -> None:
    deliver(box, "T", "2", "3")
    first = convert(archive, box, "2=separator")
    later = with_codes("T=separator")
    again = convert(archive, box, using=later)
    assert (again.separator, again.frames) == (first.separator, first.frames)
    assert retry(archive, "box-7", later).separator == 1


def test_another_map_for_the_same_batch_is_refused(archive: Archive, box: Path) -> None:
    deliver(box, "T")
    convert(archive, box, "T=separator")
    assert convert(archive, box, "t = separator, 2=ignore").separator == 1
    with pytest.raises(SettingsError, match="opened with other meanings of patch codes"):
        convert(archive, box, "T=batch")


def test_no_code_does_anything_where_the_map_is_empty(archive: Archive, box: Path) -> None:
    deliver(box, "T", "3")
    assert convert(archive, box, "").separator == 0


def test_a_map_that_is_not_understood_opens_no_batch(archive: Archive, box: Path) -> None:
    deliver(box, "T")
    with pytest.raises(SettingsError, match="the codes are 1, 2, 3, 4, 6, T"):
        convert(archive, box, "5=document")
    with archive.catalogue.read() as connection:
        assert deliveries.find_batch(connection, "box-7") is None


def test_the_meaning_of_a_code_is_kept_with_its_page(archive: Archive, box: Path) -> None:
    from archive.pages import pages_of

    deliver(box, "2")
    convert(archive, box)
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        (page,) = pages_of(connection, deliveries.frames(connection, batch)).values()
    assert [(code.symbology, code.text, code.meaning) for code in page.barcodes] == [
        ("Patch", "2", "document")
    ]
