"""The four indexes: headings whatever their spelling, counted once, and nothing that is sealed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from archive.archive import Archive, open_archive
from archive.catalogue import newest_schema
from archive.deliveries import set_frame_state
from archive.headings import heading_key, heading_words, is_called
from archive.register_choice import Asked, Register
from archive.register_gaps import undated_documents, unread_pages
from archive.registers import Answer, look_up
from archive.rights import ALL, Rights
from capture.errors import ArchiveError
from indexer.model import Candidate
from ocr.model import Verdict
from tests.archive.registered import ANN, BOB, PAPERS, Paper, box_of_papers

DISEASE = Asked(Register.DISEASE)
PATIENT = Asked(Register.PATIENT)


def looked_up(archive: Archive, asked: Asked, rights: Rights = ALL) -> Answer:
    with archive.catalogue.read() as connection:
        return look_up(connection, asked, rights)


def unread(archive: Archive, asked: Asked, rights: Rights = ALL) -> int:
    with archive.catalogue.read() as connection:
        return unread_pages(connection, asked, rights)


def test_neither_case_nor_punctuation_splits_a_heading(archive: Archive) -> None:
    box_of_papers(archive)
    found = looked_up(archive, DISEASE)
    told = [(one.text, one.kind, one.patients, one.documents) for one in found.headings]
    assert told == [
        ("540.9", "code", 1, 1),
        ("Acute appendicitis", "text", 2, 3),
        ("Old fracture", "text", 1, 1),
    ]
    appendicitis = found.headings[1]
    assert (appendicitis.first_date, appendicitis.last_date) == ("1961-03-04", "1965-01-02")


def test_what_a_document_says_twice_counts_once_in_the_sum(archive: Archive) -> None:
    box_of_papers(archive)
    found = looked_up(archive, DISEASE)
    assert (found.of_all, found.patients, found.documents, found.pages) == (3, 2, 4, 4)
    few = looked_up(archive, replace(DISEASE, limit=1))
    assert (len(few.headings), few.of_all, few.documents) == (1, 3, 4)


def test_held_documents_are_counted_and_listed_on_demand(archive: Archive) -> None:
    box_of_papers(archive)
    assert looked_up(archive, DISEASE).held == 1
    with_held = looked_up(archive, replace(DISEASE, held=True, entries=True))
    assert (with_held.held, with_held.documents) == (0, 5)
    appendicitis = with_held.headings[1]
    assert [line.state for line in appendicitis.lines].count("held") == 1
    assert appendicitis.patients == 2


def test_words_choose_headings_by_their_beginning_or_a_word(archive: Archive) -> None:
    box_of_papers(archive)
    for words in ("acute app", "APPENDICITIS", "appendicitis acute"):
        found = looked_up(archive, replace(DISEASE, words=words, entries=True))
        assert [one.text for one in found.headings] == ["Acute appendicitis"]
        assert [line.mrn for line in found.headings[0].lines] == [BOB.mrn, ANN.mrn, ANN.mrn]
        assert (found.documents, found.held) == (3, 1)
    assert looked_up(archive, replace(DISEASE, words="pendicitis")).headings == ()
    (code,) = looked_up(archive, replace(DISEASE, words="540")).headings
    assert code.text == "540.9"


def test_physicians_are_told_apart_by_their_part(archive: Archive) -> None:
    box_of_papers(archive)
    found = looked_up(archive, Asked(Register.PHYSICIAN))
    assert [(one.kind, one.documents) for one in found.headings] == [
        ("attending", 2),
        ("referring", 1),
    ]
    assert (found.documents, found.patients) == (2, 2)


def test_the_operation_index_has_codes_and_texts(archive: Archive) -> None:
    box_of_papers(archive)
    found = looked_up(archive, Asked(Register.OPERATION))
    assert [(one.text, one.kind) for one in found.headings] == [
        ("47.0", "code"),
        ("Appendectomy", "text"),
    ]


def test_patients_stand_under_their_present_name_and_former_ones_lead_there(
    archive: Archive,
) -> None:
    box_of_papers(archive)
    see, bob, ann = looked_up(archive, PATIENT).headings
    assert (see.text, see.kind, see.see, see.mrn) == (
        "MOCKMAIDEN, ANN", "see", "TESTPERSON, ANN", ANN.mrn,
    )  # fmt: skip
    assert (bob.text, bob.mrn, bob.birth_date, bob.documents) == (
        "SAMPLEMAN, BOB", BOB.mrn, BOB.birth_date, 1,
    )  # fmt: skip
    # A document that lies under a merged number is the survivor's.
    assert (ann.mrn, ann.documents, ann.patients) == (ANN.mrn, 3, 1)
    found = looked_up(archive, replace(PATIENT, words="mockmaiden"))
    assert [one.kind for one in found.headings] == ["see", "patient"]
    held = looked_up(archive, replace(PATIENT, held=True)).headings
    assert [(one.text, one.mrn) for one in held if one.kind == "held"] == [("SAMPLEMAN, ROB", "")]


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"date_from": "1961"}, 3),
        ({"date_from": "1961-03-05"}, 2),
        ({"date_to": "1963"}, 2),
        ({"date_from": "1963-07-31", "date_to": "1963-07-31"}, 1),
        ({"date_from": "1966"}, 0),
        ({"facility": "general hospital"}, 1),
        ({"facility": "elsewhere"}, 0),
        ({"type": "operative"}, 1),
        ({"type": "18842-5"}, 3),
        ({"batch": "box-7"}, 4),
    ],
)
def test_an_index_is_narrowed(archive: Archive, narrowed: dict[str, str], expected: int) -> None:
    box_of_papers(archive)
    assert looked_up(archive, replace(DISEASE, **narrowed)).documents == expected  # type: ignore[arg-type]


def test_a_batch_that_is_not_there_is_an_error(archive: Archive) -> None:
    with pytest.raises(ArchiveError):
        looked_up(archive, replace(DISEASE, batch="none"))


def test_documents_without_a_date_are_told_where_dates_were_asked_for(archive: Archive) -> None:
    box_of_papers(archive)
    with archive.catalogue.read() as connection:
        assert undated_documents(connection, DISEASE) == 0
        assert undated_documents(connection, replace(DISEASE, date_from="1961")) == 2


@pytest.mark.parametrize("register", list(Register))
@pytest.mark.parametrize("sealed", ["0012345", "00-12345", "0099999"])
def test_a_sealed_patient_is_nowhere(archive: Archive, register: Register, sealed: str) -> None:
    maybe = Paper("", (("mrn", ANN.mrn), ("diagnosis", "Secret")))
    likely = Paper(
        "", (("diagnosis", "Secret"),), candidates=(Candidate("0012345", 0.6, "name agrees"),)
    )
    box_of_papers(archive, (*PAPERS, maybe, likely))
    rights = Rights(hidden_mrns=frozenset({sealed}))
    asked = Asked(register, entries=True, held=True)
    found = looked_up(archive, asked, rights)
    told = repr(found)
    for secret in (ANN.mrn, "0099999", "TESTPERSON", "MOCKMAIDEN", "Secret", "fracture"):
        assert secret not in told
    # It is as if the charts had never been taken in, to the last count.
    with open_archive(archive.home.root.parent / "without", create=True) as other:
        box_of_papers(other, tuple(paper for paper in PAPERS if paper.mrn in (BOB.mrn, "")))
        without = looked_up(other, asked)
    assert [replace(one, lines=()) for one in found.headings] == [
        replace(one, lines=()) for one in without.headings
    ]
    assert (found.of_all, found.patients, found.documents, found.pages) == (
        without.of_all, without.patients, without.documents, without.pages,
    )  # fmt: skip
    assert looked_up(archive, replace(asked, held=False), rights).held <= 1


def test_rights_narrow_to_batches_patients_and_types(archive: Archive) -> None:
    box_of_papers(archive)
    box_of_papers(archive, (Paper(BOB.mrn, (("diagnosis", "Measles"),)),), name="box-8")
    only = looked_up(archive, DISEASE, Rights(batches=frozenset({"BOX-8"})))
    assert [one.text for one in only.headings] == ["Measles"]
    bobs = looked_up(archive, DISEASE, Rights(mrns=frozenset({"00-54321"})))
    assert (bobs.documents, bobs.held) == (2, 0)
    no_reports = looked_up(
        archive, Asked(Register.OPERATION), Rights(hidden_types=frozenset({"11504-8"}))
    )
    assert (no_reports.of_all, no_reports.documents) == (0, 0)
    nothing = looked_up(archive, PATIENT, Rights(mrns=frozenset()))
    assert (nothing.headings, nothing.held) == ((), 0)


def test_pages_that_no_index_can_rely_on_are_counted(archive: Archive) -> None:
    papers = (
        Paper(ANN.mrn, (("service_date", "1961-01-01"),), verdict=Verdict.DOUBTFUL),
        Paper(BOB.mrn, (("service_date", "1962-01-01"),), verdict=Verdict.GOOD),
        Paper(BOB.mrn, (), verdict=Verdict.RESCAN),
    )
    box_of_papers(archive, papers)
    assert unread(archive, DISEASE) == 2
    assert unread(archive, replace(DISEASE, date_from="1961")) == 1
    assert unread(archive, DISEASE, Rights(hidden_mrns=frozenset({ANN.mrn}))) == 1
    loose = box_of_papers(archive, (Paper(ANN.mrn, ()), Paper(ANN.mrn, ())), name="box-8")
    with archive.catalogue.write() as connection:
        connection.execute(
            text("UPDATE frames SET document_id = NULL WHERE id = :id"), {"id": loose.frames[1].id}
        )
        set_frame_state(connection, loose.frames[1], "quarantined", "test")
    assert unread(archive, DISEASE) == 3
    assert unread(archive, replace(DISEASE, date_from="1961")) == 2
    assert unread(archive, replace(DISEASE, batch="box-7")) == 2
    assert unread(archive, DISEASE, Rights(batches=frozenset({"box-7"}))) == 2
    assert unread(archive, DISEASE, Rights(mrns=frozenset({ANN.mrn}))) == 1


@given(st.text(max_size=20))
def test_a_heading_is_called_by_itself_and_folds_to_the_same_again(name: str) -> None:
    words = heading_words(name)
    assert heading_words(words) == words
    assert heading_key(words) == heading_key(name)
    if words:
        assert is_called(name, name)
        assert is_called(name, words.split()[-1])


def test_a_catalogue_of_before_gets_its_indexes_and_tables(tmp_path: Path) -> None:
    root = tmp_path / "old"
    with open_archive(root, create=True) as archive:
        box_of_papers(archive)
        path = archive.home.catalogue
    with closing(sqlite3.connect(path)) as old:
        for statement in (
            "DROP TABLE saved_pages",
            "DROP TABLE saved_searches",
            "DROP INDEX ix_index_values_field",
            "DROP INDEX ix_readings_verdict",
            "UPDATE alembic_version SET version_num = '0007'",
        ):
            old.execute(statement)
        old.commit()
    with open_archive(root) as archive:
        assert looked_up(archive, DISEASE).documents == 4
        with archive.catalogue.read() as connection:
            names = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert {
        "saved_pages",
        "saved_searches",
        "ix_index_values_field",
        "ix_readings_verdict",
    } <= names
    assert version == newest_schema()
