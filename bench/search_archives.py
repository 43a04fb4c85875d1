"""Large archives that measurements of search share, each made once and never filled again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from archive.archive import Archive
from archive.home import open_home

from .large_archive import SEED, TOLD, LargeOrder, fill, order_of
from .results import OUT

RATE = 0.02
"""Wrong characters of each true one, where nothing else is asked for."""


def large(pages: int, rate: float = RATE) -> LargeOrder:
    """Return the order of a large archive; its true pages are the same at every rate and size."""
    return LargeOrder(SEED, rate, pages)


def prepared(order: LargeOrder, folder: Path = OUT) -> Path:
    """Return an archive in ``folder`` that was filled with ``order``, made when there is none.

    One that was filled under another name is taken as it is.
    """
    found = next((root for root in _roots(folder) if is_filled(root, order)), None)
    if found:
        return found
    root = folder / _name(order)
    fill(root, order)
    return root


def is_filled(root: Path, order: LargeOrder) -> bool:
    """Whether the archive at ``root`` holds all of ``order`` and no more."""
    if replace(order_of(root), pages=order.pages) != order:
        return False
    address = f"{open_home(root).catalogue.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        (last,) = connection.execute("SELECT max(id) FROM frames").fetchone()
    return bool(last == order.pages)


def text_bytes(archive: Archive) -> int:
    """Return the bytes of what was read on all pages, in UTF-8."""
    counted = "SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM readings"
    with archive.catalogue.read() as connection:
        return int(connection.execute(text(counted)).scalar_one())


def bytes_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return sum(one.stat().st_size for one in files)


def _roots(folder: Path) -> Iterator[Path]:
    yield from (told.parent for told in sorted(folder.glob(f"*/{TOLD}")))


def _name(order: LargeOrder) -> str:
    rate = "" if order.rate == RATE else f"-{order.rate:g}"
    return f"large-{order.pages}{rate}"
