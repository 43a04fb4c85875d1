"""Pages and documents come back as they were kept, and are replaced whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive import deliveries, documents, outbox, pages
from archive.archive import Archive
from archive.findings import every_page, findings
from archive.patients import import_patients
from capture.errors import ArchiveError
from indexer.model import Candidate, Patient
from tests.archive.filed import deliver, document, file_all, filed, held, page, reading, value

ANN = Patient("0012345", "Testperson", "Ann", "1927-03-04", "Rose", "Jr")


def test_a_page_comes_back_as_it_was_kept(archive: Archive) -> None:
    kept = deliver(archive)
    with archive.catalogue.read() as connection:
        found = pages.pages_of(connection, kept.frames)
        indexes = pages.indexes_of(connection, kept.frames)
        for frame in kept.frames:
            image = found[frame.ref].image
            assert found[frame.ref] == page(frame.ref.number, image)
            assert indexes[frame.ref] == reading(frame.ref).index
            assert pages.words_of(connection, frame) == reading(frame.ref).ocr


def test_documents_carry_their_pages_in_order_and_their_evidence(archive: Archive) -> None:
    kept = deliver(archive)
    first = kept.frames[0].ref
    evidence = (value("mrn", "0012345", first), value("birth_date", "1901-01-01", first))
    made = document(*kept.frames[:2], values=evidence)
    with archive.catalogue.write() as connection:
        import_patients(connection, [ANN])
        documents.replace_documents(connection, kept.batch, kept.frames[:3], [(made, filed())])
    with archive.catalogue.read() as connection:
        (row,) = documents.documents_of_patient(connection, "0012345")
        assert row.pages == tuple(frame.page for frame in kept.frames[:2])
        assert (row.patient_name, row.birth_date) == ("TESTPERSON, ANN ROSE JR", "1927-03-04")
        assert documents.values_of(connection, row) == list(evidence)
        assert documents.document_named(connection, row.id) == row


def test_making_documents_anew_leaves_none_of_the_old(archive: Archive) -> None:
    kept = deliver(archive)
    with archive.catalogue.write() as connection:
        file_all(connection, kept, held(Candidate("0012345", 0.7, "name agrees")))
        (first, _) = documents.documents_of_batch(connection, kept.batch)
        assert [one.mrn for one in documents.candidates_of(connection, first)] == ["0012345"]
        one = document(*kept.frames)
        documents.replace_documents(connection, kept.batch, kept.frames, [(one, filed())])
    with archive.catalogue.read() as connection:
        (row,) = documents.documents_of_batch(connection, kept.batch)
        assert len(row.pages) == 6
        assert documents.candidates_of(connection, row) == []
        assert documents.held_documents(connection) == []
        frames = deliveries.frames(connection, kept.batch)
        assert [frame.sequence for frame in frames] == [1, 2, 3, 4, 5, 6]
        assert {frame.state for frame in frames} == {"filed"}


def test_a_held_document_belongs_to_nobody(archive: Archive) -> None:
    kept = deliver(archive)
    with archive.catalogue.write() as connection:
        file_all(connection, kept, held())
        assert documents.documents_of_patient(connection, "0012345") == []
        assert {row.mrn for row in documents.held_documents(connection)} == {None}


def test_the_date_of_a_document_is_never_the_birth_date(archive: Archive) -> None:
    first = deliver(archive).frames[0].ref
    born = value("birth_date", "1927-03-04", first)
    assert documents.document_date([born]) is None
    told = [born, value("signed_date", "1961-05-01", first), value("admission_date", "1961", first)]
    assert documents.document_date(told) == "1961"
    misread = value("service_date", "1927-03-04", first)
    assert documents.document_date([born, misread]) is None
    assert documents.document_date([misread, *told]) == "1961"


def test_a_date_that_was_hardly_read_comes_after_a_sure_one(archive: Archive) -> None:
    first = deliver(archive).frames[0].ref
    doubted = replace(value("service_date", "1981-05-01", first), confidence=0.3)
    assert documents.document_date([doubted]) == "1981-05-01"
    sure = value("discharge_date", "1961-05-12", first)
    assert documents.document_date([doubted, sure]) == "1961-05-12"


def test_the_index_hears_of_each_page_that_came_to_a_state(archive: Archive) -> None:
    kept = deliver(archive)
    with archive.catalogue.write() as connection:
        assert list(every_page(connection)) == []
        file_all(connection, kept, filed())
        told = {page for _, page in outbox.posted(connection, 0, 99)}
        assert told == set(every_page(connection)) == {frame.page for frame in kept.frames}
        found = findings(connection, sorted(told))
        assert {one.text for one in found} == {"PROGRESS NOTE"}
        assert {one.mrn for one in found} == {"0012345"}


def test_what_is_not_there_is_said(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        for look in (documents.document_named, deliveries.frame_of_page, deliveries.batch_named):
            with pytest.raises(ArchiveError, match=r"there is no .* nothing|no batch 'nothing'"):
                look(connection, "nothing")
