"""Fill an archive with a million pages of text, to see what search does at that size.

``python -m bench.large_archive --pages 1000000 --rate 0.02 --out FOLDER``: the catalogue is real
and search reads it as any other; pictures there are none but one that all pages share. A fill
that was cut off goes on where it was when it is started again. ``bench.large_pages.true_page``
makes any page again as it was before it was misread.
"""

from __future__ import annotations

import argparse
import io
import json
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from archive.archive import Archive, open_archive
from archive.patients import count_patients, import_patients
from capture.errors import SettingsError
from capture.model import Digest

from .large_pages import PAGES_OF_BLOCK, PAGES_OF_SOURCE, patient, patients_of, source_content
from .large_rows import Chunk, Rows, chunk_rows
from .quick_misread import HEIGHT, WIDTH

SEED = 19461
TOLD = "large_archive.json"
"""File of the archive's folder that says how it was filled."""
_CHUNK = 500
_AHEAD = 3
"""Chunks in the making for each process, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class LargeOrder:
    """What to fill an archive with."""

    seed: int
    rate: float
    """Wrong characters of each true one."""
    pages: int
    """A multiple of ``PAGES_OF_BLOCK``."""

    def __post_init__(self) -> None:
        if self.pages % PAGES_OF_BLOCK:
            raise SettingsError(f"pages come in blocks of {PAGES_OF_BLOCK}: ask for whole ones")


def fill(root: Path, order: LargeOrder, processes: int = 2) -> float:
    """Fill the archive at ``root`` up to ``order.pages`` and return how many seconds that took.

    Raises SettingsError when it was begun with another seed or rate.
    """
    started = time.perf_counter()
    with open_archive(root, create=True) as archive:
        _note(root / TOLD, order)
        image = _keep_blobs(archive, order)
        _keep_patients(archive, order)
        catalogue = archive.home.catalogue
    with closing(_for_bulk(catalogue)) as connection:
        done: int = connection.execute("SELECT coalesce(max(id), 0) FROM frames").fetchone()[0]
        for rows in _made(_chunks(order, image, done), processes):
            _insert(connection, rows)
            done += len(rows["frames"])
            _tell(done, order.pages, time.perf_counter() - started)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.perf_counter() - started


def order_of(root: Path) -> LargeOrder:
    """Return what the archive at ``root`` was filled with."""
    return LargeOrder(**json.loads((root / TOLD).read_text(encoding="utf-8")))


def _note(path: Path, order: LargeOrder) -> None:
    if path.exists():
        before = LargeOrder(**json.loads(path.read_text(encoding="utf-8")))
        if (before.seed, before.rate) != (order.seed, order.rate):
            raise SettingsError("this archive was begun with another seed or rate: choose a folder")
    path.write_text(json.dumps(asdict(order)), encoding="utf-8")


def _keep_blobs(archive: Archive, order: LargeOrder) -> Digest:
    """Keep what stands for the rolls, and return the digest of the picture of every page."""
    for first in range(0, order.pages, PAGES_OF_SOURCE):
        archive.vault.put(source_content(order.seed, first))
    return archive.vault.put(_blank())


def _keep_patients(archive: Archive, order: LargeOrder) -> None:
    with archive.catalogue.write() as connection:
        known = count_patients(connection)
        wanted = range(known, patients_of(order.pages))
        if wanted:
            import_patients(connection, (patient(order.seed, index) for index in wanted))


def _chunks(order: LargeOrder, image: Digest, done: int) -> Iterator[Chunk]:
    for first in range(done, order.pages, _CHUNK):
        end = min(first + _CHUNK, order.pages)
        yield Chunk(order.seed, order.rate, image, first, end)


def _blank() -> bytes:
    picture = io.BytesIO()
    Image.new("1", (WIDTH, HEIGHT), 1).save(picture, "PNG", dpi=(300, 300))
    return picture.getvalue()


def _for_bulk(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves it to the system when bytes come to the disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous = OFF", "wal_autocheckpoint = 20000", "cache_size = -131072"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _made(chunks: Iterator[Chunk], processes: int) -> Iterator[Mapping[str, Rows]]:
    """Yield the rows of chunks in order, made in other processes a few chunks ahead."""
    with ProcessPoolExecutor(processes) as pool:
        ahead: deque[Future[Mapping[str, Rows]]] = deque()
        for chunk in chunks:
            ahead.append(pool.submit(chunk_rows, chunk))
            if len(ahead) > _AHEAD * processes:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _insert(connection: sqlite3.Connection, rows: Mapping[str, Rows]) -> None:
    """Insert the rows of one chunk, all or none."""
    connection.execute("BEGIN IMMEDIATE")
    for table, some in rows.items():
        if some:
            names = ", ".join(some[0])
            values = ", ".join(f":{name}" for name in some[0])
            # Names are those of our own schema.
            insert = f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608
            connection.executemany(insert, some)
    connection.execute("COMMIT")


def _tell(done: int, pages: int, seconds: float) -> None:
    if done % (20 * _CHUNK) == 0 or done == pages:
        print(f"{done} of {pages} pages after {seconds:.0f} s", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Fill an archive; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.large_archive", description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=0.02, help="wrong characters of each true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True, help="folder of the archive")
    chosen = parser.parse_args(arguments)
    order = LargeOrder(chosen.seed, chosen.rate, chosen.pages)
    seconds = fill(chosen.out, order, chosen.processes)
    print(f"{order.pages} pages in {seconds:.0f} s: {order.pages / seconds:.0f} a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
