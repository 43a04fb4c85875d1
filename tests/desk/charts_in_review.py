"""A batch of pages that say who they are of, assembled and filed without reading pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive import deliveries, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow
from archive.patients import import_patients
from archive.records import Reading
from batch.assembly import assemble_run, runs
from capture.model import Box, FrameRef
from desk.deciding import Outcome, decide, take_back
from desk.words import Order
from indexer.model import DocumentType, IndexValue, PageIndex, Patient
from indexer.settings import DEFAULT_SETTINGS
from ocr.model import OcrPage, Word
from tests.archive import filed

ANN = Patient("0012345", "TESTPERSON", "ANN", "1927-03-04", sex="F")
BOB = Patient("0054321", "SAMPLEMAN", "BOB", "1931-12-24", sex="M")
CEL = Patient("0077777", "MOCKWELL", "CELIA", "1940-05-06", sex="F")

NOTE = DocumentType("11506-3", "Progress note", 0.9, "title@1")


@dataclass(frozen=True, slots=True)
class Says:
    """What one page says of itself."""

    patient: Patient | None = None
    number: str = ""
    """The record number it prints, where that is not the patient's own."""
    titled: bool = True
    page_of: str = ""
    bare: bool = False
    """Prints the number alone, without name and birth date: held."""
    failed: bool = False
    """Could not be read: it has its image and no words."""


def page_index(frame: FrameRef, says: Says) -> PageIndex:
    """Return what such a page says of itself."""
    told: dict[str, str] = {}
    if says.patient is not None:
        told["mrn"] = says.number or says.patient.mrn
        if not says.bare:
            told["patient_name"] = f"{says.patient.last_name}, {says.patient.first_name}"
            told["birth_date"] = says.patient.birth_date
    if says.page_of:
        told["page_of"] = says.page_of
    told["service_date"] = "1961-03-04"
    values = (
        IndexValue(field, text, text, frame, Box(10, 10 * n, 50, 8), 0.95, "label@1")
        for n, (field, text) in enumerate(told.items(), start=1)
    )
    return PageIndex(frame, NOTE, tuple(values), says.titled)


def box_of(
    archive: Archive, *sources: Sequence[Says], name: str = "box-7", known: Sequence[Patient] = ()
) -> Batch:
    """Keep a batch of ``sources``, file it by the index of ``known`` patients, and return it."""
    with archive.catalogue.write() as connection:
        import_patients(connection, known or (ANN, BOB))
        batch = deliveries.open_batch(connection, name, origin=b"", kind="auto")
    for number, said in enumerate(sources):
        content = b"master %d of %s" % (number, name.encode())
        for frame, says in zip(
            filed.add_source(archive, batch, content, len(said)), said, strict=True
        ):
            _keep(archive, frame, says)
    assemble_all(archive, batch)
    return batch


def _keep(archive: Archive, frame: FrameRow, says: Says) -> None:
    image = archive.vault.put(f"image {frame.page}".encode())
    words = OcrPage(frame.ref, "fake 1", (Word("NOTE", Box(1, 1, 9, 9), 0.9),))
    with archive.catalogue.write() as connection:
        pages.keep_page(connection, frame, filed.page(frame.ref.number, image))
        if says.failed:
            deliveries.set_frame_state(connection, frame, "held", "it could not be read: test")
        else:
            reading = Reading(words, page_index(frame.ref, says))
            pages.keep_reading(connection, frame, reading)


def assemble_all(archive: Archive, batch: Batch, *, anew: bool = True) -> None:
    """Assemble every run of a batch, as `batch retry` does."""
    with archive.catalogue.write() as connection:
        frames = deliveries.frames(connection, batch)
        for run in runs(deliveries.sources(connection, batch)):
            ids = {source.id for source in run.sources}
            members = [frame for frame in frames if frame.source_id in ids]
            assemble_run(connection, batch, run, members, DEFAULT_SETTINGS, anew=anew)


def say(archive: Archive, *names: str, person: str = "kim", **said: object) -> list[Outcome]:
    """Decide as a person would, in one transaction."""
    with archive.catalogue.write() as connection:
        order = Order(person=person, **said)  # type: ignore[arg-type]  # as tests write it
        return decide(connection, names, order, DEFAULT_SETTINGS)


def unsay(archive: Archive, *names: str, person: str = "kim") -> list[Outcome]:
    """Take decisions back, in one transaction."""
    with archive.catalogue.write() as connection:
        return take_back(connection, names, Order(person=person), DEFAULT_SETTINGS)


def states_of(connection: Connection, batch: Batch) -> list[str]:
    """Return the states of all frames in their order."""
    return [frame.state for frame in deliveries.frames(connection, batch)]
