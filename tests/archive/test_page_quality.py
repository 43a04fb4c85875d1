"""The catalogue keeps how well a page reads and finds what a person should see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from archive import deliveries, pages
from archive.archive import Archive
from archive.deliveries import FrameRow, set_frame_state
from archive.findings import findings
from ocr.model import Quality, Verdict
from tests.archive.filed import add_source, reading

GOOD = Quality(Verdict.GOOD, 0.01, 1.5, 0.8, 0)


def kept(archive: Archive, verdict: Verdict, *, handwritten: bool = False) -> FrameRow:
    with archive.catalogue.write() as connection:
        batch = deliveries.open_batch(connection, "box", origin=b"", kind="auto")
    (frame,) = add_source(archive, batch, b"a master", 1)
    found = reading(frame.ref)
    quality = replace(GOOD, verdict=verdict, reason="" if verdict is Verdict.GOOD else "why")
    seen = replace(found.ocr, quality=quality, mostly_handwritten=handwritten)
    with archive.catalogue.write() as connection:
        pages.keep_reading(connection, frame, replace(found, ocr=seen))
    return frame


@pytest.mark.parametrize("verdict", [Verdict.DOUBTFUL, Verdict.RESCAN])
def test_pages_that_a_person_should_see_are_found(archive: Archive, verdict: Verdict) -> None:
    frame = kept(archive, verdict)
    with archive.catalogue.read() as connection:
        (quality,) = pages.unfit_pages(connection, [frame]).values()
        words = pages.words_of(connection, frame)
    assert (quality.verdict, quality.reason) == (verdict, "why")
    assert words is not None
    assert words.quality == quality


def test_a_good_page_is_not_among_them(archive: Archive) -> None:
    frame = kept(archive, Verdict.GOOD)
    with archive.catalogue.read() as connection:
        assert pages.unfit_pages(connection, [frame]) == {}


@pytest.mark.parametrize("handwritten", [True, False])
def test_a_page_by_hand_is_known_as_one(archive: Archive, handwritten: bool) -> None:
    frame = kept(archive, Verdict.GOOD, handwritten=handwritten)
    with archive.catalogue.write() as connection:
        set_frame_state(connection, frame, "technical")
        (found,) = findings(connection, [frame.page])
    assert (found.is_read, found.verdict, found.handwritten) == (True, "good", handwritten)


def test_a_reading_kept_before_quality_was_told_is_neither(archive: Archive) -> None:
    frame = kept(archive, Verdict.RESCAN)
    with archive.catalogue.write() as connection:
        connection.execute(text("UPDATE readings SET quality = NULL, verdict = NULL"))
        assert pages.unfit_pages(connection, [frame]) == {}


@pytest.mark.parametrize(
    ("verdict", "handwritten", "count"),
    [(Verdict.GOOD, False, 0), (Verdict.GOOD, True, 1), (Verdict.DOUBTFUL, False, 1)],
)
def test_pages_that_a_search_may_miss_are_counted(
    archive: Archive, verdict: Verdict, handwritten: bool, count: int
) -> None:
    frame = kept(archive, verdict, handwritten=handwritten)
    with archive.catalogue.read() as connection:
        assert pages.count_unreliable(connection, [frame.page]) == count
        assert pages.count_unreliable(connection, []) == 0


def test_a_page_that_was_not_read_is_counted_as_well(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        batch = deliveries.open_batch(connection, "box", origin=b"", kind="auto")
    (frame,) = add_source(archive, batch, b"a master", 1)
    with archive.catalogue.read() as connection:
        assert pages.count_unreliable(connection, [frame.page]) == 1
