"""Build one search index of a large archive in a program of its own, and tell what it took.

``python -m bench.search_build tantivy --archive FOLDER --out FOLDER``; ``fts5`` is the peer.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from archive.archive import open_archive
from search.archive_text import ArchiveText
from search.model import TextSource
from search.publish import rebuild
from search.settings import EngineName, SearchSettings

from . import search_peers
from .search_archives import bytes_of

PEER = "fts5"
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Built:
    """What building an index took, the whole way from the catalogue."""

    seconds: float
    cpu_seconds: float
    index_bytes: int


def index_of(folder: Path, engine: str) -> Path:
    """Return where the index of an engine lies: a folder, or the file of the peer."""
    return folder / ("peer.db" if engine == PEER else engine)


def build(source: TextSource, engine: str, path: Path) -> Built:
    """Build an index at ``path`` in place of any that is there."""
    _clear(path)
    started, used = time.perf_counter(), time.process_time()
    if engine == PEER:
        search_peers.build(search_peers.entries_of(source), path)
    else:
        rebuild(source, path, settings_of(engine))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
    return Built(seconds, cpu_seconds, bytes_of(path))


def settings_of(engine: str) -> SearchSettings:
    """Return the settings that ask for an engine."""
    return SearchSettings(engine=next(name for name in ENGINES if name == engine))


def _clear(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Build an index and print what it took as JSON; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_build", description=__doc__)
    parser.add_argument("engine", choices=(*ENGINES, PEER))
    parser.add_argument("--archive", type=Path, required=True, help="folder of the archive")
    parser.add_argument("--out", type=Path, required=True, help="folder of the indexes")
    chosen = parser.parse_args(arguments)
    with open_archive(chosen.archive) as archive:
        path = index_of(chosen.out, chosen.engine)
        built = build(ArchiveText(archive), chosen.engine, path)
    print(json.dumps(asdict(built)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
