"""A film index files what its pages do not contradict, and holds what they do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import documents, film, film_account
from archive.archive import Archive
from archive.film_account import Witness
from batch.film_index import ALONE, roll_index
from batch.film_ledger import explain
from capture.model import Box, FilmDoubt
from indexer.car import CarRow
from indexer.car_values import DISAGREE, OUT_OF_PLACE, RULE, TWO_PATIENTS
from indexer.settings import IndexSettings
from tests.batch.filmed import (
    ADA,
    BERT,
    CARA,
    Shot,
    assemble,
    clear,
    fresh_name,
    index,
    numbered,
    row,
    take_in,
    unread,
)

LOST_MARK = FilmDoubt("unmarked", Box(0, 0, 9, 9), 2, "no mark where others have one")


def test_pages_that_name_nobody_are_filed_by_the_index_and_say_so(archive: Archive) -> None:
    take_in(archive, numbered(unread(5)))
    index(archive, row(1, whose=ADA, kind="Discharge summary"), row(4, whose=BERT))
    first, second = assemble(archive)
    assert [(one.state, one.mrn, len(one.pages)) for one in (first, second)] == [
        ("filed", ADA.mrn, 3),
        ("filed", BERT.mrn, 2),
    ]
    assert (first.rule, first.type_code, first.service_date) == (ALONE, "18842-5", "1961-03-04")
    assert first.reason.startswith("by the film index alone")
    assert first.patient_name == "TESTPERSON, ADA"


def test_what_the_index_gave_is_evidence_like_any_other(archive: Archive) -> None:
    take_in(archive, numbered(unread(1)))
    index(archive, CarRow("0042", (1,), "00-71-234", "Testperson", "Ada"))
    (document,) = assemble(archive)
    with archive.catalogue.read() as connection:
        kept = documents.values_of(connection, document)
    (number,) = [value for value in kept if value.field == "mrn"]
    assert (number.value, number.raw, number.rule) == (ADA.mrn, "00-71-234", RULE)
    assert (number.box, number.confidence) == (Box(0, 0, 1600, 1000), 0.9)


def test_a_page_and_the_index_together_are_two_witnesses(archive: Archive) -> None:
    take_in(archive, numbered([Shot(ADA, mrn=True), Shot(BERT, name=True)]))
    index(archive, row(1, whose=ADA), row(2, whose=BERT))
    first, second = assemble(archive)
    assert [(one.state, one.mrn) for one in (first, second)] == [
        ("filed", ADA.mrn),
        ("filed", BERT.mrn),
    ]
    assert ALONE not in (first.rule, second.rule)


@pytest.mark.parametrize(
    "shot",
    [
        Shot(BERT, mrn=True),
        Shot(BERT, name=True),
        Shot(BERT, birth=True),
        Shot(BERT, mrn=True, name=True, birth=True),
    ],
    ids=["number", "name", "birth date", "all"],
)
def test_a_page_that_names_another_patient_is_held(archive: Archive, shot: Shot) -> None:
    take_in(archive, numbered([shot]))
    index(archive, row(1, whose=ADA))
    (document,) = assemble(archive)
    assert (document.state, document.mrn) == ("held", None)
    assert DISAGREE in document.reason
    assert not any(word in document.reason for word in (ADA.mrn, BERT.mrn, "TESTPERSON"))
    with archive.catalogue.read() as connection:
        likely = documents.candidates_of(connection, document)
    assert ADA.mrn in [candidate.mrn for candidate in likely]


def test_one_page_that_contradicts_holds_its_whole_document(archive: Archive) -> None:
    first = Shot(ADA, mrn=True, name=True, titled="Discharge summary")
    take_in(archive, numbered([first, Shot(ADA, mrn=True, name=True), Shot(ADA, mrn=True)]))
    index(archive, row(1, whose=ADA), row(3, whose=BERT))
    for document in assemble(archive):
        if len(document.pages) == 3 or document.pages[0].endswith("-3"):
            assert (document.state, DISAGREE in document.reason) == ("held", True)


def test_the_index_alone_needs_the_patient_index(archive: Archive) -> None:
    take_in(archive, numbered(unread(2)))
    index(
        archive,
        CarRow("42", (1,), "0099999", "TESTPERSON", "ADA"),
        CarRow("42", (2,), ADA.mrn, "MOCKRIDGE", "BERT"),
    )
    unknown, misnamed = assemble(archive)
    assert (unknown.state, misnamed.state) == ("held", "held")
    assert "not in the patient index" in unknown.reason
    assert "name differs" in misnamed.reason


def test_a_row_without_number_or_without_name_files_nothing_alone(archive: Archive) -> None:
    take_in(archive, numbered(unread(2)))
    index(
        archive,
        CarRow("42", (1,), "", "TESTPERSON", "ADA"),
        CarRow("42", (2,), BERT.mrn),
    )
    assert [one.state for one in assemble(archive)] == ["held", "held"]


def test_two_patients_at_one_address_hold(archive: Archive) -> None:
    take_in(archive, numbered(unread(1)))
    index(archive, row(1, whose=ADA), row(1, whose=BERT))
    (document,) = assemble(archive)
    assert document.state == "held"
    assert TWO_PATIENTS in document.reason


def test_a_row_among_those_of_another_patient_files_nothing_alone(archive: Archive) -> None:
    take_in(archive, numbered(unread(5)))
    index(archive, *(row(n, whose=BERT if n == 3 else ADA) for n in range(1, 6)))
    found = assemble(archive)
    (held,) = [one for one in found if one.state == "held"]
    assert OUT_OF_PLACE in held.reason
    assert not any(one.mrn == BERT.mrn for one in found)


def test_a_document_that_begins_further_down_is_not_filed_by_the_row_before(
    archive: Archive,
) -> None:
    shots = [Shot(), Shot(titled="Discharge summary")]
    take_in(archive, numbered(shots))
    index(archive, row(1, whose=ADA))
    first, second = assemble(archive)
    assert (first.state, second.state) == ("filed", "held")


def test_frames_under_no_row_are_left_to_their_pages(archive: Archive) -> None:
    addresses = [(3, 1), (3, 2), (4, 0), (4, 1)]
    shots = [Shot(address=one) for one in addresses[:3]]
    shots.append(Shot(BERT, mrn=True, name=True, address=(4, 1)))
    take_in(archive, shots)
    index(archive, row(3, whose=ADA))
    found = assemble(archive)
    assert [(one.state, len(one.pages)) for one in found[:1]] == [("filed", 2)]
    assert not [one for one in found[1:] if one.mrn == ADA.mrn]


def test_behind_a_missing_mark_the_index_alone_files_nothing(archive: Archive) -> None:
    take_in(archive, numbered(unread(6)), doubts=[LOST_MARK])
    index(archive, row(1, whose=ADA), row(5, whose=BERT))
    states = [(one.state, one.mrn) for one in assemble(archive)]
    assert ("filed", BERT.mrn) not in states


def test_where_frames_may_be_lost_the_index_alone_files_nothing_until_it_is_explained(
    archive: Archive,
) -> None:
    roll = take_in(archive, numbered(unread(6)))
    index(archive, row(1, whose=ADA), row(4, whose=BERT))
    with archive.catalogue.write() as connection:
        film_account.keep_witness(connection, roll, Witness("label", 7))
    assert {one.state for one in assemble(archive)} == {"held"}
    with archive.catalogue.write() as connection:
        explain(connection, roll, "label-count", "the label counts the target", person="ada")
    assert {one.state for one in assemble(archive)} == {"filed"}


def test_an_index_that_goes_on_where_the_film_ends_files_nothing_alone(archive: Archive) -> None:
    roll = take_in(archive, numbered(unread(6)))
    index(archive, row(1, whose=ADA), row(4, whose=BERT), row(7, whose=CARA))
    assert {one.state for one in assemble(archive)} == {"held"}
    with archive.catalogue.write() as connection:
        explain(connection, roll, "index-7", "was never filmed, says the log", person="ada")
    assert {one.state for one in assemble(archive)} == {"filed"}


def test_where_pages_speak_against_the_index_it_names_none_that_names_nobody(
    archive: Archive,
) -> None:
    shots = [*clear(4, ADA), *clear(2, CARA), *unread(1), *clear(2, CARA), *clear(4, ADA)]
    take_in(archive, numbered(shots))
    rows = [row(n, whose=BERT if 5 <= n <= 9 else ADA) for n in range(1, 14)]
    index(archive, *rows)
    assert not any(one.mrn == BERT.mrn for one in assemble(archive))


def test_a_target_without_a_mark_puts_nothing_in_doubt(archive: Archive) -> None:
    shots = [Shot(state="technical", address=(0,)), *numbered(unread(2))]
    no_mark = FilmDoubt("unmarked", Box(0, 0, 9, 9), 0, "no mark where others have one")
    take_in(archive, shots, doubts=[no_mark])
    index(archive, row(1, whose=ADA))
    (document,) = assemble(archive)
    assert (document.state, document.mrn) == ("filed", ADA.mrn)


def test_on_film_without_marks_only_pages_that_agree_prove_the_count(archive: Archive) -> None:
    first = Shot(BERT, mrn=True, titled="Discharge summary")
    shots = [*unread(2), first, Shot(), Shot(BERT, mrn=True)]
    take_in(archive, shots, marked=False)
    index(archive, row(1, whose=ADA), row(3, whose=BERT))
    found = assemble(archive)
    assert [one.mrn for one in found if one.state == "filed"] == [BERT.mrn]
    assert [len(one.pages) for one in found if one.state == "filed"] == [3]


def shifted_roll(archive: Archive) -> list[Shot]:
    people = [ADA, BERT, CARA]
    truth = [people[n // 2 % 3] for n in range(40)]
    rows = [row(n + 1, whose=whose) for n, whose in enumerate(truth)]
    index(archive, *rows)
    seen = truth[:20] + truth[21:]
    return numbered([Shot(whose, mrn=True, name=True) for whose in seen])


def test_a_lost_frame_shows_as_an_index_out_of_step(archive: Archive) -> None:
    roll = take_in(archive, shifted_roll(archive))
    with archive.catalogue.read() as connection:
        (shift,) = roll_index(connection, roll, IndexSettings()).shifted
    assert shift.by == 1
    assert 21 <= shift.frame <= 23


def test_out_of_step_the_index_names_no_page_that_names_nobody(archive: Archive) -> None:
    shots = shifted_roll(archive)
    hidden = [place for place in range(24, 39) if place % 5 == 0]
    for place in hidden:
        shots[place] = Shot(shots[place].whose, address=shots[place].address)
    take_in(archive, shots)
    wrong = [
        one
        for one in assemble(archive)
        for page in one.pages
        if one.state == "filed" and one.mrn != shots[int(page.rsplit("-")[1]) - 1].whose.mrn  # type: ignore[union-attr]
    ]
    assert wrong == []


def test_a_roll_of_several_files_is_one_run(archive: Archive) -> None:
    roll = take_in(archive, numbered(unread(4)), files=2)
    index(archive, row(1, whose=ADA))
    (document,) = assemble(archive)
    assert len(document.pages) == 4
    with archive.catalogue.read() as connection:
        assert [e.frame.page for e in film.film_frames(connection, roll)] == list(document.pages)


def test_assembling_again_is_no_work_until_the_index_changes(archive: Archive) -> None:
    take_in(archive, numbered(unread(2)))
    (before,) = assemble(archive)
    index(archive, row(1, whose=ADA))
    (after,) = assemble(archive)
    assert (before.state, after.state) == ("held", "filed")
    with archive.catalogue.read() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM audit").scalar()
    assert assemble(archive) == [after]
    with archive.catalogue.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == rows


@st.composite
def indexed_rolls(draw: st.DrawFn) -> tuple[list[Shot], list[CarRow]]:
    """Rolls whose index misses rows, has wrong ones, or runs out of step."""
    people = [ADA, BERT, CARA]
    shots, rows = [], []
    slip = draw(st.integers(-2, 2))
    for _ in range(draw(st.integers(1, 8))):
        whose = draw(st.sampled_from(people))
        named = draw(st.sampled_from([whose, whose, whose, *people]))
        start = len(shots) + 1 + (slip if len(shots) > 4 else 0)
        if draw(st.booleans()) and start > 0:
            rows.append(row(start, whose=named))
        for _ in range(draw(st.integers(1, 4))):
            shown = {key: draw(st.booleans()) for key in ("mrn", "name", "birth")}
            shots.append(Shot(whose, **shown))
    return numbered(shots), rows


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=indexed_rolls())
def test_no_page_is_filed_against_what_it_says(
    archive: Archive, made: tuple[list[Shot], list[CarRow]]
) -> None:
    shots, rows = made
    name = fresh_name(archive)
    take_in(archive, shots, name=name, batch=name)
    index(archive, *(replace(row, roll=name) for row in rows))
    for document in assemble(archive, name):
        for page in document.pages if document.state == "filed" else ():
            shot = shots[int(page.rsplit("-")[1]) - 1]
            names_somebody = shot.mrn or shot.name or shot.birth
            assert shot.whose is not None
            assert not names_somebody or shot.whose.mrn == document.mrn
