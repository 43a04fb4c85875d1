"""Work is known by all that its result hangs on, and the index hears of every change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive import outbox
from archive.archive import Archive
from archive.ledger import done_keys, is_done, record_work, work_key
from archive.statements import in_parts

plain = st.text(st.characters(exclude_characters="\n"), max_size=5)


@given(st.lists(plain, min_size=4, max_size=4), st.lists(plain, min_size=4, max_size=4))
def test_a_key_changes_with_any_part(one: list[str], other: list[str]) -> None:
    same = work_key(*one[:3], one[3:]) == work_key(*other[:3], other[3:])
    assert same == (one == other)


def test_failed_work_is_not_done(archive: Archive) -> None:
    key = work_key("index", "1", "page", [])
    with archive.catalogue.write() as connection:
        assert not is_done(connection, key)
        record_work(connection, key, stage="index", version="1", subject="page", failure="hung")
        assert not is_done(connection, key)
        assert done_keys(connection, "index") == frozenset()
        record_work(connection, key, stage="index", version="1", subject="page")
        assert is_done(connection, key)
        assert done_keys(connection, "index") == {key}
        assert done_keys(connection, "capture") == frozenset()


def test_notes_to_the_index_come_in_order_and_never_reuse_a_number(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        assert outbox.last_posted(connection) == 0
        outbox.post(connection, ["a", "b", "a"])
        outbox.post(connection, [])
        assert outbox.posted(connection, 0, 2) == [(1, "a"), (2, "b")]
        assert outbox.posted(connection, 2, 9) == [(3, "a")]
        assert outbox.last_posted(connection) == 3


@given(st.lists(st.integers(), max_size=2000))
def test_parts_hold_everything_once_in_order(keys: list[int]) -> None:
    parts = list(in_parts(keys))
    assert [key for part in parts for key in part] == keys
    assert all(0 < len(part) <= 500 for part in parts)
