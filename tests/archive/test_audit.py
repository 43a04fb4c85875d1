"""The audit trail tells of any row that was altered, removed or slipped in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, insert, select, update

from archive import schema
from archive.archive import Archive
from archive.audit import broken_seals, record, this_person

words = st.text(st.characters(codec="utf-8"), max_size=20)
detail = st.dictionaries(
    st.sampled_from(["rule", "pages", "confidence", "reason"]),
    words | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.none(),
)
trails = st.lists(st.tuples(words, words, detail), min_size=2, max_size=8)
audit = schema.audit


def with_trail(trail: list[tuple[str, str, Any]], look: Callable[[Connection], None]) -> None:
    """Run ``look`` on a catalogue in memory that holds this trail."""
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.connect() as connection:
        for action, subject, told in trail:
            record(connection, action, subject, **told)
        look(connection)
    engine.dispose()


@settings(max_examples=50, deadline=None)
@given(trails)
def test_a_trail_as_written_is_whole(trail: list[tuple[str, str, Any]]) -> None:
    def whole(connection: Connection) -> None:
        assert broken_seals(connection) == []

    with_trail(trail, whole)


@settings(max_examples=100, deadline=None)
@given(trails, st.data())
def test_any_altered_cell_is_found(trail: list[tuple[str, str, Any]], data: st.DataObject) -> None:
    def alter(connection: Connection) -> None:
        seq = data.draw(st.integers(1, len(trail)))
        column = data.draw(
            st.sampled_from(["at", "actor", "action", "subject", "hash", "previous"])
        )
        row = connection.execute(select(audit).where(audit.c.seq == seq)).one()
        other = data.draw(words.filter(lambda text: text != getattr(row, column)))
        connection.execute(update(audit).where(audit.c.seq == seq).values({column: other}))
        assert seq in broken_seals(connection)

    with_trail(trail, alter)


@settings(max_examples=50, deadline=None)
@given(trails, st.data())
def test_any_removed_row_but_the_last_is_found(
    trail: list[tuple[str, str, Any]], data: st.DataObject
) -> None:
    # The end of a chain can be cut off unseen; only a root kept elsewhere would tell.
    def remove(connection: Connection) -> None:
        seq = data.draw(st.integers(1, len(trail) - 1))
        connection.execute(delete(audit).where(audit.c.seq == seq))
        assert broken_seals(connection) == [seq + 1]

    with_trail(trail, remove)


@settings(max_examples=50, deadline=None)
@given(trails, st.data())
def test_a_row_slipped_in_is_found(trail: list[tuple[str, str, Any]], data: st.DataObject) -> None:
    def slip_in(connection: Connection) -> None:
        seq = data.draw(st.integers(1, len(trail)))
        row = connection.execute(select(audit).where(audit.c.seq == seq)).one()._asdict()
        connection.execute(update(audit).where(audit.c.seq >= seq).values(seq=-audit.c.seq))
        connection.execute(insert(audit).values(row))
        connection.execute(update(audit).where(audit.c.seq < 0).values(seq=1 - audit.c.seq))
        assert broken_seals(connection) == [seq + 1]

    with_trail(trail, slip_in)


def test_two_rows_exchanged_are_found(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        for subject in ("a", "b", "c"):
            record(connection, "received", subject)
        for before, after in ((2, 99), (3, 2), (99, 3)):
            connection.execute(update(audit).where(audit.c.seq == before).values(seq=after))
        assert broken_seals(connection)


def test_a_row_is_written_with_the_action_or_not_at_all(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError), archive.catalogue.write() as connection:
        record(connection, "received", "lost", bytes=1 // 0)
    with archive.catalogue.read() as connection:
        assert connection.execute(select(audit)).all() == []


def test_the_person_is_the_one_who_is_logged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOGNAME", "clerk")
    assert this_person() == "clerk"
