"""A small box of charts with diagnoses, operations and physicians, filed without reading."""

from __future__ import annotations

from dataclasses import dataclass

from archive import deliveries, pages
from archive.archive import Archive
from archive.documents import replace_documents
from archive.patients import import_patients
from archive.records import Reading
from capture.model import Box
from indexer.model import Candidate, Document, DocumentType, Filing, Patient
from ocr.model import OcrPage, Quality, Verdict, Word
from tests.archive.filed import Kept, deliver, filed, held, reading, value

ANN = Patient(
    "0012345", "Testperson", "Ann", "1927-03-04", sex="F",
    other_names=(("Mockmaiden", "Ann"),), other_mrns=("0099999",),
)  # fmt: skip
BOB = Patient("0054321", "Sampleman", "Bob", "1931-12-24", sex="M")

SUMMARY = DocumentType("18842-5", "Discharge summary", 0.97, "title@1")
REPORT = DocumentType("11504-8", "Operative report", 0.97, "title@1")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of one page, and what it says."""

    mrn: str
    """Whose it is; empty for one that is held."""
    says: tuple[tuple[str, str], ...]
    kind: DocumentType = SUMMARY
    candidates: tuple[Candidate, ...] = ()
    verdict: Verdict | None = None
    text: str = "NOTE"
    confidence: float = 0.9


PAPERS = (
    Paper(
        ANN.mrn,
        (("service_date", "1961-03-04"), ("diagnosis", "Acute appendicitis"),
         ("diagnosis_code", "540.9"), ("attending", "MOCKWELL, J"),
         ("facility", "Samplewell General Hospital")),
    ),
    Paper(
        BOB.mrn,
        (("service_date", "1963-07"), ("diagnosis", "ACUTE APPENDICITIS."),
         ("attending", "Mockwell, J."), ("referring", "MOCKWELL, J")),
    ),
    Paper(
        ANN.mrn,
        (("service_date", "1965-01-02"), ("diagnosis", "Acute appendicitis"),
         ("procedure", "Appendectomy"), ("procedure_code", "47.0")),
        kind=REPORT,
    ),
    Paper("0099999", (("diagnosis", "Old fracture"),)),
    Paper("", (("diagnosis", "acute appendicitis"), ("patient_name", "SAMPLEMAN, ROB"))),
)  # fmt: skip


def box_of_papers(
    archive: Archive, papers: tuple[Paper, ...] = PAPERS, name: str = "box-7"
) -> Kept:
    """Keep ``papers``, one frame each, and file those that are somebody's."""
    kept = deliver(archive, name, sources=1, frames=len(papers))
    with archive.catalogue.write() as connection:
        import_patients(connection, [ANN, BOB])
        made = []
        for frame, paper in zip(kept.frames, papers, strict=True):
            values = tuple(
                value(field, text, frame.ref, paper.confidence) for field, text in paper.says
            )
            filing: Filing = filed(paper.mrn) if paper.mrn else held(*paper.candidates)
            made.append((Document((frame.ref,), paper.kind, values, 0.95), filing))
            words = tuple(
                Word(word, Box(60 * n, 1, 50, 9), 0.9) for n, word in enumerate(paper.text.split())
            )
            quality = Quality(paper.verdict, 0.2, 1.0, 0.5, 0, "") if paper.verdict else None
            read = OcrPage(frame.ref, "fake 1", words, quality=quality)
            pages.keep_reading(connection, frame, Reading(read, reading(frame.ref).index))
        replace_documents(connection, kept.batch, kept.frames, made)
        frames = deliveries.frames(connection, kept.batch)
    return Kept(kept.batch, frames)
