"""SQLite FTS5 as a peer: the same pages in a full-text table of the database we already have.

``python -m bench.search_peers --archive FOLDER --out FILE`` builds one from an archive. It has no
fuzzy words and no wildcard but at the end of a word; what it can be asked is asked in its syntax.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archive.archive import open_archive
from search.archive_text import ArchiveText
from search.model import Entry, TextSource

COLUMNS = ("text", "name", "type", "diagnosis", "procedure", "physician", "facility")
"""Columns of the full-text table, as the fields of our language are called."""
_SCHEMA = f"""
CREATE VIRTUAL TABLE pages USING fts5(
    {", ".join(COLUMNS)},
    content='', detail=full, tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE known (
    id INTEGER PRIMARY KEY, page TEXT NOT NULL, mrn TEXT NOT NULL, type TEXT NOT NULL,
    date TEXT NOT NULL, state TEXT NOT NULL, batch TEXT NOT NULL
);
"""
_INDEXES = """
CREATE INDEX known_mrn ON known (mrn);
CREATE INDEX known_type ON known (type, date);
CREATE INDEX known_date ON known (date);
"""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class PeerQuery:
    """A query as the peer is asked; an empty string does not narrow."""

    match: str = ""
    """In the syntax of FTS5."""
    mrn: str = ""
    type: str = ""
    """Name of the type, whole."""
    date_from: str = ""
    """ISO 8601, whole days."""
    date_to: str = ""
    state: str = ""


def entries_of(source: TextSource) -> Iterator[Entry]:
    """Yield every page of an archive as search sees it."""
    ids = source.all_page_ids()
    while some := list(islice(ids, _AT_ONCE)):
        yield from source.entries(some).values()


def build(entries: Iterable[Entry], path: Path) -> float:
    """Build the peer's index in a new file and return how many seconds that took.

    Time that ``entries`` take to come is part of it, as it is of a rebuild of ours.
    """
    started = time.perf_counter()
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA cache_size = -131072")
        connection.executescript(_SCHEMA)
        rest = enumerate(entries, start=1)
        while some := list(islice(rest, _AT_ONCE)):
            _add(connection, some)
        connection.executescript(_INDEXES)
        connection.execute("INSERT INTO pages (pages) VALUES ('optimize')")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.perf_counter() - started


def _add(connection: sqlite3.Connection, some: Sequence[tuple[int, Entry]]) -> None:
    connection.executemany(
        "INSERT INTO pages (rowid, text, name, type, diagnosis, procedure, physician, facility)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, *_texts(entry)) for number, entry in some],
    )
    connection.executemany(
        "INSERT INTO known VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (number, one.page_id, one.mrn, one.type_name, one.date, one.state, one.batch)
            for number, one in some
        ],
    )
    connection.commit()


def _texts(entry: Entry) -> tuple[str, ...]:
    names = "\n".join((entry.patient_name, *entry.other_names))
    return (
        entry.text,
        names,
        entry.type_name,
        entry.diagnosis,
        entry.procedure,
        entry.attending,
        entry.facility,
    )


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index of the peer for reading."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def ask(connection: sqlite3.Connection, query: PeerQuery, limit: int = 20) -> list[str]:
    """Return the ids of the best pages by BM25; of filters alone in order of page."""
    tables, where, values = _parts(query)
    order = "pages.rank" if query.match else "known.id"
    rows = connection.execute(
        # All that is put in are names and conditions of this module.
        f"SELECT {_id(query)} FROM {tables} WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608
        (*values, limit),
    ).fetchall()
    return [_page(connection, number) for (number,) in rows]


def count(connection: sqlite3.Connection, query: PeerQuery) -> int:
    """Return how many pages match."""
    tables, where, values = _parts(query)
    asked = f"SELECT count(*) FROM {tables} WHERE {where}"  # noqa: S608
    found: int = connection.execute(asked, values).fetchone()[0]
    return found


def _id(query: PeerQuery) -> str:
    return "pages.rowid" if query.match else "known.id"


def _page(connection: sqlite3.Connection, number: int) -> str:
    row = connection.execute("SELECT page FROM known WHERE id = ?", (number,)).fetchone()
    return str(row[0])


def _parts(query: PeerQuery) -> tuple[str, str, tuple[str, ...]]:
    """Return tables, conditions and their values; the second table only where it is asked."""
    narrowed = {
        "pages MATCH ?": query.match,
        "known.mrn = ?": query.mrn,
        "known.type = ?": query.type,
        "known.date >= ?": query.date_from,
        "known.date <= ?": query.date_to,
        "known.state = ?": query.state,
    }
    asked = {condition: value for condition, value in narrowed.items() if value}
    if not query.match:
        tables = "known"
    elif len(asked) == 1:
        tables = "pages"
    else:
        tables = "pages JOIN known ON known.id = pages.rowid"
    return tables, " AND ".join(asked) or "1", tuple(asked.values())


def main(arguments: list[str] | None = None) -> int:
    """Build the peer's index of an archive; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_peers", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="folder of the archive")
    parser.add_argument("--out", type=Path, required=True, help="file of the index")
    chosen = parser.parse_args(arguments)
    with open_archive(chosen.archive) as archive:
        seconds = build(entries_of(ArchiveText(archive)), chosen.out)
    size = chosen.out.stat().st_size / 2**20
    print(f"built in {seconds:.0f} s, {size:.0f} MiB, SQLite {sqlite3.sqlite_version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
