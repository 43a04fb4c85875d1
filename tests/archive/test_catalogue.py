"""A transaction is whole or not at all, and only a catalogue we know is opened."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, text

from archive import deliveries, schema
from archive.archive import Archive, open_archive
from archive.catalogue import newest_schema, now, open_catalogue
from archive.home import create_home
from capture.errors import ArchiveError, BusyError, ChartroomError, CustodyError


def add_batch(archive: Archive, name: str) -> None:
    with archive.catalogue.write() as connection:
        deliveries.open_batch(connection, name, origin=b"", kind="auto")


def batch_names(archive: Archive) -> list[str]:
    with archive.catalogue.read() as connection:
        return [batch.name for batch in deliveries.batches(connection)]


class CutError(Exception):
    """Stands for anything that may end a transaction early."""


def break_off(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        deliveries.open_batch(connection, "lost", origin=b"", kind="auto")
        raise CutError


def test_a_transaction_that_breaks_leaves_nothing(archive: Archive) -> None:
    add_batch(archive, "kept")
    with pytest.raises(CutError):
        break_off(archive)
    assert batch_names(archive) == ["kept"]


def test_a_reader_sees_one_unmoving_state(archive: Archive) -> None:
    add_batch(archive, "first")
    with archive.catalogue.read() as connection:
        before = deliveries.batches(connection)
        add_batch(archive, "second")
        assert deliveries.batches(connection) == before
    assert batch_names(archive) == ["first", "second"]


def test_writers_wait_for_one_another(archive: Archive) -> None:
    def write(number: int) -> None:
        for n in range(10):
            add_batch(archive, f"{number}-{n}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(batch_names(archive)) == 40


def test_migrations_make_exactly_the_schema_of_the_code(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == newest_schema()


def test_a_newer_schema_is_refused_and_left_alone(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = archive.home.catalogue.read_bytes()
    with pytest.raises(ArchiveError, match="newer chartroom"), open_archive(archive.home.root):
        pytest.fail("opened")
    assert archive.home.catalogue.read_bytes() == before


def test_a_migration_cut_at_any_statement_is_begun_again(tmp_path: Path) -> None:
    cut_at = 1
    while _migration_cut_at(tmp_path / str(cut_at), cut_at):
        with open_archive(tmp_path / str(cut_at)) as archive:
            assert batch_names(archive) == []
        cut_at += 4
    assert cut_at > 20


def _migration_cut_at(root: Path, statement: int) -> bool:
    """Open a new archive and break off at a changing statement; say whether that came."""
    home, seen = create_home(root), 0

    def count(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        nonlocal seen
        seen += sql.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE"))
        if seen == statement:
            raise CutError

    event.listen(Engine, "before_cursor_execute", count)
    try:
        with open_catalogue(home):
            return False
    except CutError:
        return True
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("damage", ["garbage", "truncated", "first page"])
def test_a_damaged_catalogue_is_told_plainly(tmp_path: Path, damage: str) -> None:
    with open_archive(tmp_path / "a", create=True) as archive:
        for n in range(50):
            add_batch(archive, str(n))
    path = archive.home.catalogue
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content[:] = b"no database" * 999
    elif damage == "truncated":
        del content[len(content) // 2 :]
    else:
        content[16:4096] = bytes(4080)
    path.write_bytes(content)
    with pytest.raises(ChartroomError) as told, open_archive(archive.home.root) as broken:
        batch_names(broken)
    assert "backup" in str(told.value) or "check the disk" in str(told.value)


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_lost_catalogue_is_not_silently_begun_anew(archive: Archive, left: str) -> None:
    archive.vault.put(b"a master")
    archive.catalogue.close()
    archive.home.catalogue.unlink()
    if left == "an empty file":
        archive.home.catalogue.touch()
    lost = pytest.raises(CustodyError, match="the catalogue is lost")
    with lost, open_archive(archive.home.root):
        pytest.fail("opened")


def held_lock(archive: Archive) -> sqlite3.Connection:
    path = archive.home.catalogue
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder


@pytest.mark.slow
def test_a_catalogue_that_stays_locked_says_run_again(archive: Archive) -> None:
    with closing(held_lock(archive)), pytest.raises(BusyError, match="run again"):
        add_batch(archive, "hasty")


def test_a_writer_waits_for_a_lock_that_is_let_go(archive: Archive) -> None:
    holder = held_lock(archive)
    waited = time.monotonic()
    threading.Timer(0.3, holder.rollback).start()
    add_batch(archive, "patient")
    assert time.monotonic() - waited >= 0.2
    assert batch_names(archive) == ["patient"]
    holder.close()


def test_times_are_utc_to_the_millisecond() -> None:
    assert now().endswith("Z")
    assert len(now()) == len("1961-03-04T10:11:12.123Z")
