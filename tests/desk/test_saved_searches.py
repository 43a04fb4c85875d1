"""A case is told once, never lost, and nothing that is sealed is told at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.archive import Archive, open_archive
from archive.documents import replace_documents
from archive.saved_searches import saved_named
from capture.errors import ArchiveError, BusyError, SettingsError
from desk.saved_searches import COLUMNS, Run, case_row, forget, note, run, save
from indexer.model import Document
from search import publish
from search.access import EVERYTHING, Access
from search.archive_text import ArchiveText
from search.model import Filters
from search.service import Manner
from search.settings import SearchSettings
from tests.archive.filed import Kept, filed, held
from tests.archive.registered import ANN, BOB, SUMMARY, Paper, box_of_papers

SETTINGS = SearchSettings()
CASES = (
    Paper(ANN.mrn, (("service_date", "1961-03-04"),), text="acute appendicitis"),
    Paper(BOB.mrn, (), text="old fracture"),
    Paper("", (), text="appendicitis perhaps"),
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive with two cases of appendicitis, one of them held, and a search for them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with open_archive(tmp_path / "archive", create=True) as archive:
        box_of_papers(archive, CASES)
        publish_all(archive)
        with archive.catalogue.write() as connection:
            save(connection, "appendix", "appendicitis", Filters(), "kim")
        yield archive


def publish_all(archive: Archive) -> None:
    publish.publish(ArchiveText(archive), archive.home.index, SETTINGS)


def ran(archive: Archive, access: Access = EVERYTHING, *, noted: bool = True) -> Run:
    done = run(archive, "appendix", SETTINGS, Manner(access=access))
    if noted:
        with archive.catalogue.write() as connection:
            note(connection, done)
    return done


def told(done: Run) -> list[tuple[str, str]]:
    return [(case.change, case.mrn) for case in done.shown(everything=False)]


def refile(archive: Archive, kept: Kept, place: int, mrn: str) -> None:
    frame = kept.frames[place]
    filing = filed(mrn) if mrn else held()
    with archive.catalogue.write() as connection:
        made = [(Document((frame.ref,), SUMMARY, (), 0.95), filing)]
        replace_documents(connection, kept.batch, [frame], made)
    publish_all(archive)


def test_the_first_run_tells_everything_and_the_next_nothing(small: Archive) -> None:
    assert told(ran(small)) == [("new", ""), ("new", ANN.mrn)]
    again = ran(small)
    assert told(again) == []
    assert [case.change for case in again.shown(everything=True)] == ["known", "known"]
    assert again.cases[1].told_at
    with small.catalogue.read() as connection:
        kept = saved_named(connection, "appendix")
    assert (kept.runs, kept.pages, kept.last_run_at is None) == (2, 2, False)


def test_a_page_that_comes_later_is_told_once(small: Archive) -> None:
    ran(small)
    box_of_papers(small, (Paper(BOB.mrn, (), text="appendicitis"),), name="box-8")
    publish_all(small)
    assert told(ran(small)) == [("new", BOB.mrn)]
    assert told(ran(small)) == []


def test_a_run_that_was_not_noted_is_told_again(small: Archive) -> None:
    first = ran(small, noted=False)
    assert ran(small, noted=False).cases == first.cases
    assert told(ran(small)) == told(first)


def test_what_no_longer_matches_is_told_once_and_is_new_when_it_comes_back(
    small: Archive,
) -> None:
    ran(small)
    with small.catalogue.write() as connection:
        connection.exec_driver_sql("UPDATE readings SET text = 'nothing' WHERE text LIKE 'acute%'")
        connection.exec_driver_sql("INSERT INTO outbox (page) SELECT page FROM frames")
    publish_all(small)
    done = ran(small)
    assert (told(done), done.count("gone")) == ([("gone", ANN.mrn)], 1)
    assert told(ran(small)) == []
    with small.catalogue.write() as connection:
        connection.exec_driver_sql("UPDATE readings SET text = 'appendicitis'")
        connection.exec_driver_sql("INSERT INTO outbox (page) SELECT page FROM frames")
    publish_all(small)
    assert told(ran(small)) == [("new", BOB.mrn), ("new", ANN.mrn)]


def test_a_held_case_is_told_again_when_it_is_filed(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive", create=True) as archive:
        kept = box_of_papers(archive, CASES)
        publish_all(archive)
        with archive.catalogue.write() as connection:
            save(connection, "appendix", "appendicitis", Filters(), "kim")
        ran(archive)
        refile(archive, kept, 2, BOB.mrn)
        assert told(ran(archive)) == [("refiled", BOB.mrn)]
        assert told(ran(archive)) == []


def test_two_runs_at_once_are_not_both_noted(small: Archive) -> None:
    one, two = ran(small, noted=False), ran(small, noted=False)
    with small.catalogue.write() as connection:
        note(connection, one)
    with pytest.raises(BusyError), small.catalogue.write() as connection:
        note(connection, two)


def test_a_search_forgotten_while_it_ran_notes_nothing(small: Archive) -> None:
    done = ran(small, noted=False)
    with small.catalogue.write() as connection:
        forget(connection, "appendix")
    with pytest.raises(BusyError), small.catalogue.write() as connection:
        note(connection, done)


def test_a_sealed_chart_is_neither_told_nor_missed(small: Archive) -> None:
    sealed = Access(hidden_mrns=frozenset({ANN.mrn}))
    assert told(ran(small, sealed)) == [("new", "")]
    assert told(ran(small)) == [("new", ANN.mrn)]
    # Told to others before, it is not told as gone to whoever may not see it.
    hidden = ran(small, sealed)
    assert (told(hidden), hidden.gone_pages) == ([], ())
    assert told(ran(small)) == []


def test_a_chart_sealed_since_the_index_was_made_is_not_told(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive", create=True) as archive:
        kept = box_of_papers(archive, CASES)
        publish_all(archive)
        with archive.catalogue.write() as connection:
            save(connection, "appendix", "appendicitis", Filters(), "kim")
            frame = kept.frames[2]
            made = [(Document((frame.ref,), SUMMARY, (), 0.95), filed(BOB.mrn))]
            replace_documents(connection, kept.batch, [frame], made)
        done = ran(archive, Access(hidden_mrns=frozenset({BOB.mrn})))
        assert told(done) == [("new", ANN.mrn)]
        assert any("has yet to see" in one for one in done.notes)


def test_a_name_is_given_once_and_a_search_asks_something(small: Archive) -> None:
    with small.catalogue.write() as connection:
        for name, query in (("appendix", "x"), ("", "x"), ("a\nb\x00", "x"), ("none", " ")):
            with pytest.raises(SettingsError):
                save(connection, name, query, Filters(), "kim")
        _, notes = save(connection, "cut", '"open', Filters(mrn="1"), "kim")
    assert notes


def test_filters_are_kept_and_one_that_nobody_knows_is_refused(small: Archive) -> None:
    with small.catalogue.write() as connection:
        save(connection, "held", "", Filters(state="held"), "kim")
    assert len(run(small, "held", SETTINGS).cases) == 1
    with small.catalogue.write() as connection:
        connection.exec_driver_sql("""UPDATE saved_searches SET filters = '{"moon": "full"}'""")
    with pytest.raises(ArchiveError):
        run(small, "held", SETTINGS)


def test_without_an_index_nothing_is_told_or_noted(small: Archive) -> None:
    (small.home.index / "sentinel.json").unlink(missing_ok=True)
    for path in small.home.index.iterdir():
        if path.is_file():
            path.unlink()
    with pytest.raises(ArchiveError, match="reindex"):
        ran(small)


def test_the_table_has_these_columns(small: Archive) -> None:
    assert ",".join(COLUMNS) == (
        "change,document,mrn,patient_name,birth_date,type_code,type_name,date,state,batch,"
        "pages,new_pages,told_at,match"
    )
    case = ran(small).cases[1]
    assert case_row(case)[2:5] == (ANN.mrn, "TESTPERSON, ANN", ANN.birth_date)


@pytest.mark.parametrize("to_the_letter", [False, True])
def test_a_misread_case_is_told_as_one_unless_the_search_is_to_the_letter(
    small: Archive, to_the_letter: bool
) -> None:
    with small.catalogue.write() as connection:
        save(connection, "bone", "fractvre", Filters(), "kim", to_the_letter=to_the_letter)
    found = run(small, "bone", SETTINGS).cases
    assert [(case.mrn, case.match) for case in found] == (
        [] if to_the_letter else [(BOB.mrn, "similar words")]
    )
