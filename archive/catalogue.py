"""The catalogue: one SQLite file, written by one conversion, read by anybody meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, inspect, text
from sqlalchemy import Connection as Connection  # what other rooms call a transaction
from sqlalchemy.exc import DatabaseError, OperationalError

from capture.errors import ArchiveError, BusyError, CustodyError

from .home import Home

_MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_SECONDS = 30
_OF_THE_DISK = ("unable to open", "I/O error", "readonly")
"""What SQLite says of the file; all else that it calls operational is a bug of ours."""


class Catalogue:
    """What the archive knows. Use ``read`` and ``write``; each is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one unmoving state of the catalogue."""
        with _told_plainly(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is kept whole at the end, or not at all."""
        with _told_plainly(), self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


@contextmanager
def open_catalogue(home: Home) -> Iterator[Catalogue]:
    """Open the catalogue of ``home``, brought to the newest schema first.

    Raises ArchiveError when a newer chartroom wrote it, BusyError when it stays locked,
    CustodyError when it is damaged, or lost while the vault holds masters.
    """
    catalogue = Catalogue(_engine(home.catalogue))
    try:
        with _told_plainly():
            _migrate(catalogue._engine, home)
        yield catalogue
    finally:
        catalogue.close()


def now() -> str:
    """Return this moment in UTC, to the millisecond, as the catalogue writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def newest_schema() -> str:
    """Return the name of the schema that this version of chartroom writes."""
    return max(_schemas())


def _schemas() -> set[str]:
    """Return the names of all schemas there were; a step is named as its file begins."""
    return {path.stem.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")}


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        connect_args={"timeout": _WAIT_SECONDS},
    )
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_connection(dbapi_connection: Any, _record: object) -> None:  # noqa: ANN401
    # SQLite's own driver would otherwise begin transactions late and commit before DDL.
    dbapi_connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -65536",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A writer takes its place in the queue at once; a late upgrade of a reader would fail.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        cause = str(error.orig)
        if "locked" in cause or "busy" in cause:
            raise BusyError("the catalogue is in use by another chartroom; run again") from error
        if "full" in cause:
            raise BusyError(
                "disk full while writing the catalogue; make room, run again"
            ) from error
        if any(words in cause for words in _OF_THE_DISK):
            raise ArchiveError(f"the catalogue cannot be used: {cause}; check the disk") from error
        raise
    except DatabaseError as error:
        cause = str(error.orig)
        if "malformed" in cause or "not a database" in cause:
            raise CustodyError(
                "the catalogue is damaged; restore it from a backup, the masters in the vault "
                "are not touched by this"
            ) from error
        raise


def _migrate(engine: Engine, home: Home) -> None:
    with engine.connect() as connection:
        present = _schema_of(connection)
    if present == newest_schema():
        return
    if present is None and any(home.vault.glob("??/??/*")):
        raise CustodyError(
            "the catalogue is lost; restore it from a backup, the masters in the vault are still "
            "there"
        )
    if present is not None and present not in _schemas():
        raise ArchiveError(
            f"this archive was written by a newer chartroom (schema {present}); use that one"
        )
    # Rarely needed, and long to load: every command would wait for it.
    from .migrate import upgrade

    with engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            upgrade(connection, _MIGRATIONS)


def _schema_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None
