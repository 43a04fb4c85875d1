"""A person's word files, holds and parts documents, and outlives whatever the machine does next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import decisions, deliveries, documents, outbox, pages
from archive.archive import Archive, open_archive
from archive.audit import broken_seals
from archive.deliveries import Batch, FrameRow
from archive.documents import DocumentRow
from archive.patients import import_patients
from archive.records import Reading
from archive.verify import verify
from batch.again import file_again
from batch.decided import MAY_FIT_NOW, NO_PATIENT
from capture.errors import ArchiveError, SettingsError
from desk.deciding import decide
from desk.review import Asked, waiting_list
from desk.subjects import subject_named, token_of
from desk.words import Order
from indexer.model import Patient
from indexer.settings import DEFAULT_SETTINGS
from ocr.model import OcrPage, Quality, Verdict
from tests.batch.scans import dump
from tests.desk.charts_in_review import (
    ANN,
    BOB,
    CEL,
    Says,
    assemble_all,
    box_of,
    page_index,
    say,
    states_of,
    unsay,
)

BARE = Says(ANN, bare=True)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A new archive."""
    with open_archive(tmp_path / "archive", create=True) as opened:
        yield opened


def frames_of(archive: Archive, batch: Batch) -> list[FrameRow]:
    with archive.catalogue.read() as connection:
        return deliveries.frames(connection, batch)


def documents_of(archive: Archive, batch: Batch) -> list[DocumentRow]:
    with archive.catalogue.read() as connection:
        return documents.documents_of_batch(connection, batch)


def document_of(archive: Archive, batch: Batch, place: int = 0) -> DocumentRow:
    return documents_of(archive, batch)[place]


def token(archive: Archive, name: str) -> str:
    with archive.catalogue.read() as connection:
        return token_of(connection, subject_named(connection, name))


def waits(archive: Archive, **asked: object) -> list[str]:
    with archive.catalogue.read() as connection:
        told = waiting_list(connection, Asked(**asked))  # type: ignore[arg-type]
        return [one.subject for one in told]


def test_a_person_files_what_rules_hold_and_the_word_is_an_index_value(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    held = document_of(archive, batch)
    assert held.state == "held"
    (outcome,) = say(archive, held.id, mrn="00-12345")
    assert (outcome.state, outcome.decided) == ("filed", ("patient",))
    row = document_of(archive, batch)
    assert (row.mrn, row.rule, row.confidence) == (ANN.mrn, "person:kim", 1.0)
    with archive.catalogue.read() as connection:
        (value,) = [v for v in documents.values_of(connection, row) if v.field == "mrn"]
        noted = {page for _, page in outbox.posted(connection, 0, 999)}
    assert (value.rule, value.confidence) == ("person:kim", 1.0)
    assert value.box.as_list() == [10, 10, 50, 8], "that of the number it confirms"
    assert set(row.pages) <= noted
    assert waits(archive) == []


def test_a_decision_stands_through_reassembly_and_reading_again(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    say(archive, document_of(archive, batch).id, mrn=ANN.mrn, type="18842-5")
    assemble_all(archive, batch)
    (frame,) = frames_of(archive, batch)
    with archive.catalogue.write() as connection:
        again = Reading(OcrPage(frame.ref, "fake 2", ()), page_index(frame.ref, Says()))
        pages.keep_reading(connection, frame, again)
        deliveries.set_frame_state(connection, frame, "pending")
    assemble_all(archive, batch)
    row = document_of(archive, batch)
    assert (row.state, row.mrn, row.type_name) == ("filed", ANN.mrn, "Discharge summary")


def test_taken_back_the_verdict_of_the_machine_returns(archive: Archive) -> None:
    batch = box_of(archive, [BARE], [Says(BOB)])
    before = documents_of(archive, batch)
    say(archive, before[0].id, mrn=ANN.mrn, type="18842-5", values=(("service_date", "1960"),))
    assert documents_of(archive, batch)[1] == before[1], "other documents stay as they are"
    unsay(archive, before[0].id)
    assert documents_of(archive, batch) == before
    with pytest.raises(SettingsError, match="nothing that a person decided stands"):
        unsay(archive, before[0].id)


def test_a_number_that_the_index_lacks_is_refused_and_not_repeated(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    with pytest.raises(SettingsError, match="no patient of the index") as told:
        say(archive, document_of(archive, batch).id, mrn="99887766")
    assert "99887766" not in str(told.value)
    assert document_of(archive, batch).state == "held"


def test_a_page_that_names_another_patient_asks_for_despite(archive: Archive) -> None:
    batch = box_of(archive, [Says(BOB)])
    name = document_of(archive, batch).id
    with pytest.raises(SettingsError, match=r"frame 1 names another patient .*--despite") as told:
        say(archive, name, mrn=ANN.mrn)
    assert not any(word in str(told.value) for word in (BOB.mrn, ANN.mrn, "SAMPLEMAN", "BOB"))
    assert document_of(archive, batch).mrn == BOB.mrn, "nothing of it was kept"
    say(archive, name, mrn=ANN.mrn, despite=True)
    assemble_all(archive, batch)
    assert document_of(archive, batch).mrn == ANN.mrn


def test_twins_are_told_apart_when_a_page_names_one_of_them(archive: Archive) -> None:
    one = replace(ANN, first_name="JANET")
    other = replace(ANN, mrn="0099999", first_name="JANE")
    batch = box_of(archive, [Says(one, number="5550000")], known=(one, other))
    name = document_of(archive, batch).id
    with pytest.raises(SettingsError, match="by name and birth date"):
        say(archive, name, mrn=other.mrn)
    say(archive, name, mrn=one.mrn)


def test_a_page_that_is_read_anew_as_anothers_goes_back_to_a_person(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    say(archive, document_of(archive, batch).id, mrn=ANN.mrn)
    (frame,) = frames_of(archive, batch)
    with archive.catalogue.write() as connection:
        read = Reading(OcrPage(frame.ref, "fake 2", ()), page_index(frame.ref, Says(BOB)))
        pages.keep_reading(connection, frame, read)
    assemble_all(archive, batch)
    row = document_of(archive, batch)
    assert (row.state, row.mrn) == ("held", None)
    assert "names another patient" in row.reason
    assert waits(archive) == [row.id]
    with pytest.raises(SettingsError, match="--despite"):
        say(archive, row.id, mrn=ANN.mrn)
    say(archive, row.id, mrn=ANN.mrn, despite=True)
    assert document_of(archive, batch).mrn == ANN.mrn


def test_a_page_that_joins_later_is_not_covered_by_the_decision(archive: Archive) -> None:
    batch = box_of(archive, [BARE, Says(ANN, bare=True)])
    first, second = documents_of(archive, batch)
    say(archive, first.id, mrn=ANN.mrn)
    say(archive, second.pages[0], on_page=("joins_previous",))
    (row,) = documents_of(archive, batch)
    assert (row.state, row.pages) == ("held", first.pages + second.pages)
    assert "frame 2 was not among the pages that a person decided on" in row.reason
    say(archive, row.id, mrn=ANN.mrn)
    assert document_of(archive, batch).state == "filed"
    say(
        archive,
        second.pages[0],
        on_page=("starts_here",),
        expected=(token(archive, second.pages[0]),),
    )
    assert [row.state for row in documents_of(archive, batch)] == ["filed", "filed"]


def test_pages_that_two_people_gave_to_two_patients_are_held_together(archive: Archive) -> None:
    batch = box_of(archive, [BARE, Says(titled=True)])
    first, second = documents_of(archive, batch)
    say(archive, first.id, mrn=ANN.mrn)
    say(archive, second.id, mrn=BOB.mrn)
    say(archive, second.pages[0], on_page=("joins_previous",))
    row = document_of(archive, batch)
    assert (row.state, row.mrn) == ("held", None)
    assert "people decided two patients" in row.reason


def test_boundaries_stand_through_reassembly_and_part_documents(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN, page_of="1/2"), Says(ANN, titled=False, page_of="2/2")])
    (whole,) = documents_of(archive, batch)
    say(archive, whole.pages[1], on_page=("starts_here",))
    assemble_all(archive, batch)
    assert [len(row.pages) for row in documents_of(archive, batch)] == [1, 1]
    unsay(archive, whole.pages[1])
    assert documents_of(archive, batch) == [whole]


def test_nothing_joins_before_the_beginning_of_a_file(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN)], [Says(ANN), Says(ANN)])
    third = document_of(archive, batch, 1)
    with pytest.raises(SettingsError, match="no page before it"):
        say(archive, third.pages[0], on_page=("joins_previous",))
    assert document_of(archive, batch, 1) == third


@pytest.mark.parametrize("state", ["blank", "technical", "separator"])
def test_a_page_of_a_document_may_be_set_aside_and_comes_back(archive: Archive, state: str) -> None:
    batch = box_of(archive, [Says(ANN, page_of="1/2"), Says(ANN, titled=False, page_of="2/2")])
    (whole,) = documents_of(archive, batch)
    say(archive, whole.pages[1], on_page=(state,))
    assemble_all(archive, batch)
    with archive.catalogue.read() as connection:
        assert states_of(connection, batch)[1] == state
    assert document_of(archive, batch).pages == whole.pages[:1]
    assert verify(archive, quick=True).faults == ()
    unsay(archive, whole.pages[1])
    assert documents_of(archive, batch) == [whole]


def test_a_frame_that_could_not_be_read_is_filed_by_who_has_seen_it(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN), Says(failed=True), Says(ANN)])
    page = frames_of(archive, batch)[1].page
    (outcome,) = say(archive, page, mrn=BOB.mrn)
    assert (outcome.state, outcome.document and outcome.document.pages) == ("filed", (page,))
    assemble_all(archive, batch)
    assert [row.mrn for row in documents_of(archive, batch)] == [ANN.mrn, BOB.mrn, ANN.mrn]
    assert verify(archive, quick=True).faults == ()
    unsay(archive, f"d-{page}")
    frame = frames_of(archive, batch)[1]
    assert (frame.state, frame.reason) == ("held", "it could not be read: test")
    assert frame.document_id is None


def test_the_state_of_an_unread_frame_comes_back_after_two_decisions(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN), Says(failed=True)])
    before = frames_of(archive, batch)
    say(archive, before[1].page, on_page=("blank",))
    expected = (token(archive, before[1].page),)
    say(archive, before[1].page, on_page=("technical",), expected=expected)
    assert frames_of(archive, batch)[1].state == "technical"
    unsay(archive, before[1].page)
    assert frames_of(archive, batch) == before


def test_a_quarantined_file_without_an_image_can_only_be_seen(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN)])
    with archive.catalogue.write() as connection:
        digest = archive.vault.put(b"no scan")
        source = deliveries.add_source(connection, batch, digest=digest, size=7, name=b"x.tif")
        deliveries.quarantine_source(connection, source, "the file is cut off")
    page = frames_of(archive, batch)[1].page
    assert waits(archive) == [page]
    for said in ({"mrn": ANN.mrn}, {"on_page": ("blank",)}):
        with pytest.raises(SettingsError, match="no image"):
            say(archive, page, **said)
    say(archive, page, on_page=("seen",))
    assert waits(archive) == []
    assert frames_of(archive, batch)[1].state == "quarantined"
    with archive.catalogue.write() as connection:
        (frame,) = deliveries.frames_of_pages(connection, [page])
        deliveries.set_frame_state(connection, frame, "quarantined", "the file is empty")
    assert waits(archive) == [page], "for another reason it waits again"


def test_what_has_no_patient_is_parked_until_the_index_has_one_who_fits(archive: Archive) -> None:
    batch = box_of(archive, [Says(CEL)])
    name = document_of(archive, batch).id
    say(archive, name, no_patient=True)
    assert (document_of(archive, batch).reason, waits(archive)) == (NO_PATIENT, [])
    assert waits(archive, parked=True) == [name]
    again_with(archive, batch, Patient("0088888", "NOBODY", "ELSE", "1950-01-01"))
    assert waits(archive) == [], "a patient who does not fit brings nothing back"
    again_with(archive, batch, CEL)
    row = document_of(archive, batch)
    assert (row.state, row.reason, waits(archive)) == ("held", MAY_FIT_NOW, [name])
    say(archive, name, candidate=1, expected=(token(archive, name),))
    assert document_of(archive, batch).mrn == CEL.mrn


def test_a_patient_who_may_fit_and_does_not_is_asked_about_once(archive: Archive) -> None:
    batch = box_of(archive, [Says(CEL)])
    name = document_of(archive, batch).id
    say(archive, name, no_patient=True)
    again_with(archive, batch, replace(CEL, mrn="0066666"))
    assert waits(archive) == [name]
    say(archive, name, no_patient=True)
    assert waits(archive) == []
    assemble_all(archive, batch)
    assert waits(archive) == []


def again_with(archive: Archive, batch: Batch, *patients: Patient) -> None:
    with archive.catalogue.write() as connection:
        import_patients(connection, patients)
    file_again(archive, [batch], DEFAULT_SETTINGS)


def test_a_document_taken_from_a_patient_never_returns_to_them_by_itself(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN)])
    say(archive, document_of(archive, batch).id, no_patient=True)
    assemble_all(archive, batch)
    row = document_of(archive, batch)
    assert (row.state, row.mrn, row.reason) == ("held", None, NO_PATIENT)


def test_held_documents_are_filed_again_after_an_import_and_released_ones_too(
    archive: Archive,
) -> None:
    batch = box_of(archive, [Says(CEL)], [Says(ANN)])
    with archive.catalogue.write() as connection:
        deliveries.change_batch(connection, batch, state="released")
        import_patients(connection, [CEL])
    done = file_again(archive, [batch], DEFAULT_SETTINGS)
    assert (done.waited, done.filed) == (1, 1)
    assert [row.mrn for row in documents_of(archive, batch)] == [CEL.mrn, ANN.mrn]
    assert file_again(archive, [batch], DEFAULT_SETTINGS).waited == 0


def test_a_merge_takes_the_document_of_a_decision_with_it(archive: Archive) -> None:
    batch = box_of(archive, [Says(bare=True)])
    say(archive, document_of(archive, batch).id, mrn=BOB.mrn)
    with archive.catalogue.write() as connection:
        import_patients(connection, [replace(ANN, other_mrns=(BOB.mrn,))])
    assemble_all(archive, batch)
    row = document_of(archive, batch)
    assert (row.state, row.mrn) == ("filed", ANN.mrn)


def test_a_corrected_value_takes_the_place_of_the_machines(archive: Archive) -> None:
    wrong = replace(ANN, birth_date="1972-03-04")
    batch = box_of(archive, [Says(wrong)])
    held = document_of(archive, batch)
    assert "birth date differs" in held.reason
    say(archive, held.id, values=(("birth_date", "1927-03-04"),))
    row = document_of(archive, batch)
    assert (row.state, row.mrn) == ("filed", ANN.mrn)
    with archive.catalogue.read() as connection:
        values = documents.values_of(connection, row)
        told = [(v.value, v.raw, v.rule) for v in values if v.field == "birth_date"]
    assert told == [("1927-03-04", "1972-03-04", "person:kim")]


@pytest.mark.parametrize(
    ("field", "text"),
    [("birth_date", "1961-13-01"), ("birth_date", "3/4/61"), ("sex", "9"), ("ssn", "12"),
     ("patient_name", "Ann Testperson"), ("mrn", "0012345"), ("colour", "red"), ("diagnosis", "")],
)  # fmt: skip
def test_a_value_must_have_the_form_of_its_field(archive: Archive, field: str, text: str) -> None:
    batch = box_of(archive, [BARE])
    with pytest.raises(SettingsError) as told:
        say(archive, document_of(archive, batch).id, values=((field, text),))
    assert not text or text not in str(told.value)


def test_several_documents_are_decided_alike_or_not_at_all(archive: Archive) -> None:
    batch = box_of(archive, [BARE], [BARE], [Says(BOB)])
    names = [row.id for row in documents_of(archive, batch)]
    with pytest.raises(SettingsError, match="names another patient"):
        say(archive, *names, mrn=ANN.mrn)
    assert [row.state for row in documents_of(archive, batch)] == ["held", "held", "filed"]
    assert len(say(archive, *names[:2], mrn=ANN.mrn)) == 2
    assert [row.mrn for row in documents_of(archive, batch)] == [ANN.mrn, ANN.mrn, BOB.mrn]


def test_what_somebody_else_decided_meanwhile_is_not_overwritten(archive: Archive) -> None:
    batch = box_of(archive, [Says()])
    name = document_of(archive, batch).id
    seen = token(archive, name)
    say(archive, name, mrn=ANN.mrn, person="lee")
    with pytest.raises(ArchiveError, match="has changed since you saw it: lee last decided"):
        say(archive, name, mrn=BOB.mrn, expected=(seen,))
    with pytest.raises(ArchiveError, match="decided otherwise by lee at 20"):
        say(archive, name, mrn=BOB.mrn)
    (again,) = say(archive, name, mrn=ANN.mrn)
    assert again.decided == (), "the same once more changes nothing"
    say(archive, name, mrn=BOB.mrn, expected=(token(archive, name),))
    assert document_of(archive, batch).mrn == BOB.mrn


def test_a_candidate_is_only_taken_by_the_list_that_was_shown(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    name = document_of(archive, batch).id
    with pytest.raises(SettingsError, match="needs the --expect"):
        say(archive, name, candidate=1)
    seen = token(archive, name)
    with archive.catalogue.write() as connection:
        import_patients(connection, [replace(ANN, mrn="0000001", other_mrns=(ANN.mrn,))])
    assemble_all(archive, batch)
    with pytest.raises(ArchiveError, match="has changed"):
        say(archive, name, candidate=1, expected=(seen,))


@pytest.mark.parametrize(
    ("said", "why"),
    [({}, "say what you decide"),
     ({"mrn": "0012345", "no_patient": True}, "only one of"),
     ({"on_page": ("blank", "technical")}, "one thing of a page"),
     ({"on_page": ("blank",)}, "say which page"),
     ({"type": "no such type"}, "no document type"),
     ({"mrn": "0012345", "expected": ("x",)}, "has changed"),
     ({"mrn": "0012345", "expected": ("x", "y")}, "once for each")],
)  # fmt: skip
def test_what_cannot_be_said_is_refused(
    archive: Archive, said: dict[str, object], why: str
) -> None:
    both = [Says(ANN, page_of="1/2"), Says(ANN, titled=False, page_of="2/2")]
    batch = box_of(archive, both)
    with pytest.raises((SettingsError, ArchiveError), match=why):
        say(archive, document_of(archive, batch).id, **said)


def test_a_page_inside_a_document_is_decided_with_it(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN, page_of="1/2"), Says(ANN, titled=False, page_of="2/2")])
    second = frames_of(archive, batch)[1].page
    with pytest.raises(SettingsError, match=r"is in document d-.*--starts-here"):
        say(archive, second, mrn=BOB.mrn)


def test_what_people_decided_is_told_for_training(archive: Archive) -> None:
    batch = box_of(archive, [BARE], [Says(BOB)])
    first, second = documents_of(archive, batch)
    say(archive, first.id, mrn=ANN.mrn, values=(("service_date", "1962"),))
    say(archive, second.id, type="Discharge summary")
    with archive.catalogue.read() as connection:
        one, two = decisions.decided(connection)
    assert (one.mrn, one.type_code, one.corrected) == (ANN.mrn, None, {"service_date": "1962"})
    assert (two.mrn, two.type_code) == (None, "18842-5")
    assert {v.field for v in two.machine} >= {"mrn", "patient_name", "birth_date"}
    assert [ref.number for ref in two.frames] == [1]
    unsay(archive, first.id)
    with archive.catalogue.read() as connection:
        assert [found.type_code for found in decisions.decided(connection)] == ["18842-5"]


def test_the_trail_tells_who_decided_and_names_no_patient(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    name = document_of(archive, batch).id
    say(archive, name, mrn=ANN.mrn, person="lee", note="TESTPERSON is her aunt")
    unsay(archive, name, person="kim")
    with archive.catalogue.read() as connection:
        rows = [row for row in connection.exec_driver_sql("SELECT * FROM audit").mappings()]
        assert broken_seals(connection) == []
    told = {(row["action"], row["actor"], row["subject"]) for row in rows}
    assert {("decided", "lee", name), ("decision taken back", "kim", name)} <= told
    assert not any(ANN.mrn in str(row) or "TESTPERSON" in str(row) for row in rows)


def test_a_doubtful_page_that_was_looked_at_is_off_the_list(archive: Archive) -> None:
    batch = box_of(archive, [Says(ANN)])
    (frame,) = frames_of(archive, batch)
    with pytest.raises(SettingsError, match="--seen is for"):
        say(archive, frame.page, on_page=("seen",))
    doubtful = Quality(Verdict.DOUBTFUL, 0.1, None, None, 0, "pale")
    with archive.catalogue.write() as connection:
        read = Reading(OcrPage(frame.ref, "x", (), quality=doubtful), page_index(frame.ref, Says()))
        pages.keep_reading(connection, frame, read)
    assert waits(archive) == [frame.page]
    say(archive, frame.page, on_page=("seen",))
    assert (waits(archive), document_of(archive, batch).state) == ([], "filed")
    unsay(archive, frame.page)
    assert waits(archive) == [frame.page]


def test_a_candidate_beyond_those_shown_is_refused(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    name = document_of(archive, batch).id
    with pytest.raises(SettingsError, match="has 1 candidates"):
        say(archive, name, candidate=9, expected=(token(archive, name),))


def test_taking_back_that_a_page_is_blank_leaves_whose_it_is(archive: Archive) -> None:
    batch = box_of(archive, [Says(bare=True), Says(titled=False)])
    (whole,) = documents_of(archive, batch)
    say(archive, whole.id, mrn=ANN.mrn)
    say(archive, whole.pages[1], on_page=("blank",))
    unsay(archive, whole.pages[1])
    row = document_of(archive, batch)
    assert (row.pages, row.state, row.mrn) == (whole.pages, "filed", ANN.mrn)


class CutError(Exception):
    """Stands for the end of the process before the transaction is kept."""


def test_a_decision_that_is_cut_off_leaves_nothing(archive: Archive) -> None:
    batch = box_of(archive, [BARE])
    before = dump(archive, without=())
    order = Order(person="kim", mrn=ANN.mrn)
    name = document_of(archive, batch).id

    def cut_off() -> None:
        with archive.catalogue.write() as connection:
            decide(connection, [name], order, DEFAULT_SETTINGS)
            raise CutError

    with pytest.raises(CutError):
        cut_off()
    assert dump(archive, without=()) == before
