"""A roll in an archive as capture and reading leave it, without a picture being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive import car_index, deliveries, documents, film, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch
from archive.documents import DocumentRow
from archive.film import FilmPart, FilmRoll
from archive.patients import import_patients
from archive.records import PageRecord, Reading
from batch.assembly import assemble_run, runs
from capture.model import (
    Blip,
    Box,
    FilmDoubt,
    FilmFrame,
    FilmLayout,
    FilmSurvey,
    FrameRef,
    FrameState,
    Polarity,
)
from indexer.car import CarRow
from indexer.doctypes import UNCLASSIFIED
from indexer.model import DocumentType, IndexValue, PageIndex, Patient
from indexer.read import page_from_text
from indexer.settings import IndexSettings
from ocr.model import OcrPage, Word

ADA = Patient("0071234", "Testperson", "Ada", "1931-03-04")
BERT = Patient("0082345", "Mockridge", "Bert", "1940-01-02")
CARA = Patient("0093456", "Samplewell", "Cara", "1950-05-06")
NOTHING_TOLD = DocumentType(UNCLASSIFIED, "Unclassified note", 0.2, "none@1")


@dataclass(frozen=True, slots=True)
class Shot:
    """One exposure: whose page it is, and what of that can be read on it."""

    whose: Patient | None = None
    mrn: bool = False
    name: bool = False
    birth: bool = False
    state: str = "pending"
    titled: str = ""
    address: tuple[int, ...] = ()
    unmarked: bool = False
    title: str = ""
    """What stands on it, when it is the title strip of a card."""


def unread(count: int, whose: Patient | None = None) -> list[Shot]:
    return [Shot(whose)] * count


def clear(count: int, whose: Patient) -> list[Shot]:
    return [Shot(whose, mrn=True, name=True)] * count


def numbered(shots: Sequence[Shot]) -> list[Shot]:
    """Give the shots the addresses of film with one level of marks."""
    return [replace(shot, address=(n,)) for n, shot in enumerate(shots, start=1)]


def fresh_name(archive: Archive) -> str:
    """Return a name for a batch and roll that the archive does not have."""
    with archive.catalogue.read() as connection:
        return f"roll-{len(deliveries.batches(connection)) + 1000}"


def take_in(
    archive: Archive,
    shots: Sequence[Shot],
    *,
    name: str = "roll-0042",
    batch: str = "box-7",
    files: int = 1,
    doubts: Sequence[FilmDoubt] = (),
    kind: str = "roll",
    marked: bool = True,
    more_marks: Sequence[Blip] = (),
) -> FilmRoll:
    """Keep a roll with its frames, surveyed and read."""
    refs: list[FrameRef] = []
    parts: list[FilmPart] = []
    per_file = -(-len(shots) // files)
    with archive.catalogue.write() as connection:
        import_patients(connection, [ADA, BERT, CARA])
        opened = deliveries.find_batch(connection, batch) or deliveries.open_batch(
            connection, batch, origin=b"", kind="roll"
        )
        for n in range(files):
            count = min(per_file, len(shots) - n * per_file)
            digest = archive.vault.put(f"{name} {n}".encode())
            source = deliveries.add_source(
                connection, opened, digest=digest, size=9, name=f"{name}-{n}.tif".encode()
            )
            deliveries.survey_source(
                connection, source, media="tiff", film=True, paged=True, count=count
            )
            refs += [FrameRef(digest, number) for number in range(1, count + 1)]
            parts.append(FilmPart(source.id, start=n * per_file * 120))
        survey = _survey(shots, doubts, marked=marked)
        survey = replace(survey, blips=(*survey.blips, *more_marks))
        roll = film.keep_survey(
            connection, opened, name,
            kind=kind, parts=parts, survey=survey, refs=refs,
        )  # fmt: skip
        for shot, entry in zip(shots, film.film_frames(connection, roll), strict=True):
            _keep(connection, entry.frame, shot)
    return roll


def index(archive: Archive, *rows: CarRow) -> None:
    with archive.catalogue.write() as connection:
        car_index.load_car(connection, iter(rows))


def row(*address: int, whose: Patient, kind: str = "", roll: str = "42", mrn: str = "") -> CarRow:
    last, first = whose.last_name.upper(), whose.first_name.upper()
    return CarRow(roll, address, mrn or whose.mrn, last, first, kind, "3/4/61")


def assemble(archive: Archive, batch: str = "box-7") -> list[DocumentRow]:
    """File what was read, and return the documents in the order of the film."""
    with archive.catalogue.write() as connection:
        opened = deliveries.batch_named(connection, batch)
        _assemble(connection, opened)
        return documents.documents_of_batch(connection, opened)


def _assemble(connection: Connection, batch: Batch) -> None:
    frames = deliveries.frames(connection, batch)
    joined = film.joined_sources(connection, batch)
    for run in runs(deliveries.sources(connection, batch), joined):
        ids = {source.id for source in run.sources}
        members = [frame for frame in frames if frame.source_id in ids]
        assemble_run(connection, batch, run, members, IndexSettings())


def _survey(shots: Sequence[Shot], doubts: Sequence[FilmDoubt], *, marked: bool) -> FilmSurvey:
    frames = tuple(
        FilmFrame(
            Box(20, 120 * n, 160, 100),
            title_strip=bool(shot.title),
            confidence=0.9,
            blip=Blip(Box(2, 120 * n, 8, 8), 1, "A") if marked and not shot.unmarked else None,
            address=shot.address if marked else (),
        )
        for n, shot in enumerate(shots, start=1)
    )
    blips = tuple(frame.blip for frame in frames if frame.blip)
    return FilmSurvey(200, 120 * len(shots) + 200, FilmLayout.SIMPLEX, frames, blips, tuple(doubts))


def _keep(connection: Connection, frame: deliveries.FrameRow, shot: Shot) -> None:
    ordinary = shot.state in ("pending", "filed", "held")
    found = FrameState.PAGE if ordinary else FrameState(shot.state)
    record = PageRecord(
        found=found, reason="", image=None, box=Box(0, 0, 160, 100), width=1600, height=1000,
        dpi=200, film=True, polarity=Polarity.NEGATIVE, rotation=0, rotation_confidence=0.9,
        skew=0.0, skew_confidence=0.9, steps=(), barcodes=(),
    )  # fmt: skip
    pages.keep_page(connection, frame, record)
    deliveries.set_frame_state(connection, frame, shot.state)
    if shot.title:
        text = page_from_text(shot.title, frame.ref)
        told = PageIndex(frame.ref, NOTHING_TOLD, ())
        pages.keep_reading(connection, frame, Reading(text, told))
    elif ordinary:
        words = (Word("words", Box(1, 1, 9, 9), 0.9),)
        kind = (
            DocumentType("18842-5", shot.titled, 0.95, "title@1") if shot.titled else NOTHING_TOLD
        )
        told = PageIndex(frame.ref, kind, tuple(_values(shot, frame.ref)), titled=bool(shot.titled))
        pages.keep_reading(connection, frame, Reading(OcrPage(frame.ref, "fake 1", words), told))


def _values(shot: Shot, ref: FrameRef) -> list[IndexValue]:
    if shot.whose is None:
        return []
    name = f"{shot.whose.last_name}, {shot.whose.first_name}".upper()
    said = {
        "mrn": shot.whose.mrn if shot.mrn else "",
        "patient_name": name if shot.name else "",
        "birth_date": shot.whose.birth_date if shot.birth else "",
    }
    return [
        IndexValue(field, value, value, ref, Box(1, 2, 3, 4), 0.9, "label@1")
        for field, value in said.items()
        if value
    ]
