"""What people decided outlives `convert`, `batch retry` and engines that fail again."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import deliveries, documents
from archive.archive import Archive
from archive.patients import import_patients
from archive.verify import verify
from capture.errors import SettingsError
from desk.deciding import decide, take_back
from desk.review import waiting_list
from desk.words import Order
from indexer.model import Patient
from indexer.settings import DEFAULT_SETTINGS
from tests.batch.fake_engines import ANN
from tests.batch.scans import convert, dump, retry, rows, settings, states, write_scan


def say(archive: Archive, name: str, **said: object) -> None:
    with archive.catalogue.write() as connection:
        order = Order(person="kim", **said)  # type: ignore[arg-type]  # as tests write it
        decide(connection, [name], order, DEFAULT_SETTINGS)


def unsay(archive: Archive, name: str) -> None:
    with archive.catalogue.write() as connection:
        take_back(connection, [name], Order(person="kim"), DEFAULT_SETTINGS)


def know_ann(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        import_patients(connection, [Patient(*ANN)])


def page_named(archive: Archive, place: int) -> str:
    order = "SELECT f.page FROM frames f JOIN sources s ON s.id = f.source_id"
    found = rows(archive, f"{order} ORDER BY s.batch_id, s.position, f.number")
    return str(found[place][0])


def test_a_filed_document_stays_filed_when_its_batch_is_tried_again(
    archive: Archive, box: Path
) -> None:
    write_scan(box / "roll.tif", 1, 2)
    know_ann(archive)
    assert convert(archive, box).held == 2
    name = f"d-{page_named(archive, 0)}"
    with archive.catalogue.read() as connection:
        pages = documents.document_named(connection, name).pages
    say(archive, name, mrn=ANN[0])
    assert states(archive)[: len(pages)] == ["filed"] * len(pages)
    before = dump(archive, without=("batches", "sightings"))
    convert(archive, box)
    assert dump(archive, without=("batches", "sightings")) == before
    retry(archive, "box-7")
    retry(archive, "box-7", using=settings("unsure"))
    assert states(archive)[: len(pages)] == ["filed"] * len(pages)
    with archive.catalogue.read() as connection:
        assert documents.document_named(connection, name).rule == "person:kim"


def test_a_frame_that_no_engine_reads_stays_what_a_person_said(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1, 2, 3)
    convert(archive, box, using=settings("garbage"))
    assert states(archive)[1] == "held"
    page = page_named(archive, 1)
    say(archive, page, on_page=("technical",))
    retry(archive, "box-7", using=settings("garbage"))
    assert states(archive)[1] == "technical"
    retry(archive, "box-7", using=settings("good"))
    assert states(archive)[1] == "technical"
    unsay(archive, page)
    assert states(archive) == ["held", "held", "held"]
    assert verify(archive, quick=True).faults == ()


def test_an_unread_page_filed_by_a_person_stays_so_when_it_fails_again(
    archive: Archive, box: Path
) -> None:
    write_scan(box / "roll.tif", 1, 2, 3)
    know_ann(archive)
    convert(archive, box, using=settings("garbage"))
    say(archive, page_named(archive, 1), mrn=ANN[0])
    retry(archive, "box-7", using=settings("garbage"))
    assert states(archive)[1] == "filed"
    assert verify(archive, quick=True).faults == ()


def test_a_broken_file_that_was_seen_stays_off_the_list_when_tried_again(
    archive: Archive, box: Path
) -> None:
    write_scan(box / "a.tif", 1)
    (box / "broken.tif").write_bytes(b"II*\0 and nothing more")
    convert(archive, box)
    say(archive, page_named(archive, 1), on_page=("seen",))
    retry(archive, "box-7")
    assert states(archive)[1] == "quarantined"
    with archive.catalogue.read() as connection:
        assert [one.state for one in waiting_list(connection)] == ["held"]


def test_a_batch_is_released_once_people_have_decided(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1)
    know_ann(archive)
    assert not convert(archive, box).complete
    say(archive, f"d-{page_named(archive, 0)}", mrn=ANN[0])
    report = convert(archive, box)
    assert (report.filed, report.complete) == (1, True)


def test_a_page_that_is_still_being_read_is_not_decided_on(archive: Archive, box: Path) -> None:
    write_scan(box / "roll.tif", 1)
    convert(archive, box)
    with archive.catalogue.write() as connection:
        (frame,) = deliveries.frames(connection, deliveries.batch_named(connection, "box-7"))
        deliveries.set_frame_state(connection, frame, "pending")
    with pytest.raises(SettingsError, match="still being read"):
        say(archive, frame.page, on_page=("blank",))
