"""Decisions stand frame by frame until they end, and an archive from before them opens."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from archive import decisions, deliveries
from archive.archive import Archive, open_archive
from archive.catalogue import newest_schema
from archive.decisions import Word
from archive.home import create_home
from capture.model import FrameRef
from tests.archive.filed import deliver, file_all, held

PATIENT = Word("patient", "0012345")


def told(archive: Archive, refs: list[FrameRef]) -> list[list[str]]:
    with archive.catalogue.read() as connection:
        said = decisions.standing(connection, refs)
    return [sorted(one.word.value for one in said.get(ref, ())) for ref in refs]


def test_a_word_stands_for_each_frame_until_it_ends_there(archive: Archive) -> None:
    frames = deliver(archive).frames
    refs = [frame.ref for frame in frames[:3]]
    with archive.catalogue.write() as connection:
        decisions.keep(connection, PATIENT, frames[:3], "kim")
        decisions.keep(connection, Word("type", "18842-5"), frames[:1], "kim")
    assert told(archive, refs) == [["0012345", "18842-5"], ["0012345"], ["0012345"]]
    with archive.catalogue.write() as connection:
        decisions.keep(connection, Word("no patient", ""), frames[1:2], "lee")
        (ended,) = decisions.end(connection, frames[2:3], {"patient"}, "lee")
    assert (ended.word, ended.person, ended.rule) == (PATIENT, "kim", "person:kim")
    assert told(archive, refs) == [["0012345", "18842-5"], [""], []]
    with archive.catalogue.read() as connection:
        last = decisions.last_change(connection, refs)
        assert last is not None
        assert last[0] == "lee"
        assert decisions.last_change(connection, [frames[4].ref]) is None
        kept = connection.execute(text("SELECT count(*) FROM decision_frames")).scalar()
    assert kept == 5, "what ended is kept"


def test_a_decision_remembers_what_the_machine_had_said(archive: Archive) -> None:
    kept = deliver(archive)
    with archive.catalogue.write() as connection:
        file_all(connection, kept, held())
        loose = kept.frames[0]
        deliveries.set_frame_state(connection, loose, "quarantined", "cut off")
        connection.execute(
            text("UPDATE frames SET document_id = NULL WHERE id = :id"), {"id": loose.id}
        )
        now = deliveries.frames(connection, kept.batch)
        decisions.keep(connection, Word("state", "blank"), now[:2], "kim")
        deliveries.set_frame_state(connection, loose, "blank", "")
        decisions.keep(connection, Word("state", "technical"), now[:1], "kim")
        found = decisions.machine_states(connection, now)
    assert found == {now[0].ref: ("quarantined", "cut off"), now[1].ref: ("pending", "")}


def test_a_decision_outlives_the_row_of_its_frame(archive: Archive) -> None:
    kept = deliver(archive, sources=1, frames=1)
    with archive.catalogue.write() as connection:
        (source,) = deliveries.sources(connection, kept.batch)
        connection.execute(text("DELETE FROM readings"))
        connection.execute(text("DELETE FROM pages"))
        decisions.keep(connection, Word("seen", "the file is empty"), kept.frames, "kim")
        deliveries.reopen_source(connection, source)
        deliveries.quarantine_source(connection, source, "the file is empty")
    assert told(archive, [kept.frames[0].ref]) == [["the file is empty"]]


def test_an_archive_from_before_decisions_opens_with_all_it_had(tmp_path: Path) -> None:
    home = create_home(tmp_path / "archive")
    _make_old(home.catalogue)
    with open_archive(home.root) as archive, archive.catalogue.write() as connection:
        (batch,) = deliveries.batches(connection)
        (frame,) = deliveries.frames(connection, batch)
        assert (frame.page, frame.state) == ("aaaaaaaaaaaaaaaa-1", "held")
        assert decisions.standing(connection, [frame.ref]) == {}
        decisions.keep(connection, PATIENT, [frame], "kim")
        now = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        assert now == newest_schema()


def _make_old(catalogue: Path) -> None:
    """Write a catalogue of the schema before decisions were kept, with one frame in it."""
    engine = create_engine(f"sqlite:///{catalogue}")
    with engine.begin() as connection:
        config = Config()
        migrations = Path(decisions.__file__).parent / "migrations"
        config.set_main_option("script_location", str(migrations))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for row in (
            "batches (id, name, origin, kind, state, opened_at, seconds)"
            " VALUES (1, 'box-7', '', 'auto', 'finished', '2026-01-01', 1.0)",
            "sources (id, batch_id, position, digest, size, name, state, reason, film, paged)"
            f" VALUES (1, 1, 1, '{'a' * 64}', 9, 'x.tif', 'surveyed', '', 0, 0)",
            "frames (id, source_id, number, page, state, reason)"
            " VALUES (1, 1, 1, 'aaaaaaaaaaaaaaaa-1', 'held', 'it could not be read')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
    engine.dispose()
