"""Keep the index up with the archive, and build it anew when it is lost, old or not ours.

``lock`` in the index folder keeps writers apart; the sentinel names the folder of the index in
use and is renamed into place, so a new index is seen whole or not at all. A change is in the
index before the sentinel says so, and one that is taken twice leaves the same index.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path
from random import Random

from capture.errors import ArchiveError, BusyError

from .engine import IN_USE, SCHEMA, IndexReader, SearchEngine
from .engines import engine_named
from .grams import common_words
from .model import TextSource
from .sentinel import Sentinel, read_sentinel, sync_folder, write_sentinel
from .settings import SearchSettings

_SAMPLE = 1000
"""Pages on which common words are counted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """How far the index has come."""

    applied: int
    """Number of the latest change that the index has seen."""
    behind: int
    """Changes that came while it was at work, and are still to do."""
    rebuilt: bool = False


class IndexState(StrEnum):
    """What an index is fit for."""

    READY = "ready"
    MISSING = "missing"
    OUTDATED = "outdated"
    """Made by another version or engine, or for another archive; publishing builds it anew."""
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What ``doctor`` tells of the index."""

    state: IndexState
    engine: str
    """Name and version of the engine that the settings ask for."""
    applied: int
    behind: int
    pages: int


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One state of the index, and the latest change it has seen."""

    reader: IndexReader
    applied: int


def publish(source: TextSource, home: Path, settings: SearchSettings) -> Published:
    """Bring the index in ``home`` up with ``source``, building it when there is none that fits.

    Raises BusyError when somebody else is at it, ArchiveError when the index is corrupt.
    """
    engine = engine_named(settings.engine)
    with _only_writer(home):
        sentinel = _usable(home, source, engine)
        if sentinel is None:
            return _build(source, home, engine, settings)
        _sweep(home, sentinel.folder)
        sentinel = _catch_up(source, home, engine, sentinel, settings.batch_pages)
        return Published(sentinel.applied, _behind(source, sentinel.applied))


def rebuild(source: TextSource, home: Path, settings: SearchSettings) -> Published:
    """Build the index anew beside the one in use, then put it in its place.

    Raises BusyError when somebody else is at it.
    """
    with _only_writer(home):
        return _build(source, home, engine_named(settings.engine), settings)


@contextmanager
def opened(home: Path, settings: SearchSettings, archive_id: str) -> Iterator[OpenIndex]:
    """Open the index for reading; ArchiveError when it is missing, outdated or corrupt."""
    engine = engine_named(settings.engine)
    with ExitStack() as stack:
        sentinel = _readable(home, archive_id, engine)
        while True:
            try:
                reader = stack.enter_context(engine.reading(home / sentinel.folder))
                break
            except ArchiveError:
                # A rebuild may have put a new one in its place just now.
                newer = _readable(home, archive_id, engine)
                if newer.folder == sentinel.folder:
                    raise
                sentinel = newer
        yield OpenIndex(reader, sentinel.applied)


def status(
    source: TextSource, home: Path, settings: SearchSettings, *, thorough: bool = False
) -> IndexStatus:
    """Return what the index is fit for and how far it is behind; never raises for a bad one.

    ``thorough`` reads every byte and compares checksums, where the engine keeps them.
    """
    engine = engine_named(settings.engine)
    told = f"{engine.name} {engine.version}"
    sentinel = read_sentinel(home)
    if sentinel is None or not (home / sentinel.folder).is_dir():
        return IndexStatus(IndexState.MISSING, told, 0, _behind(source, 0), 0)
    behind = _behind(source, sentinel.applied)
    if not sentinel.fits(SCHEMA, source.archive_id, engine.name):
        return IndexStatus(IndexState.OUTDATED, told, sentinel.applied, behind, 0)
    pages = _pages(engine, home / sentinel.folder, thorough)
    if pages is None and read_sentinel(home) != sentinel:
        # A rebuild put a new one in its place just now.
        return status(source, home, settings, thorough=thorough)
    state = IndexState.CORRUPT if pages is None else IndexState.READY
    return IndexStatus(state, told, sentinel.applied, behind, pages or 0)


def _pages(engine: SearchEngine, folder: Path, thorough: bool) -> int | None:
    """Return how many pages an index holds, None when it is corrupt."""
    if thorough and engine.damaged(folder):
        return None
    try:
        with engine.reading(folder) as reader:
            return reader.pages()
    except ArchiveError:
        return None


def _behind(source: TextSource, applied: int) -> int:
    return max(source.last_seq() - applied, 0)


def _usable(home: Path, source: TextSource, engine: SearchEngine) -> Sentinel | None:
    sentinel = read_sentinel(home)
    if sentinel is None or not (home / sentinel.folder).is_dir():
        return None
    # Fewer changes than the index has seen: the archive was restored from an older copy.
    known = sentinel.applied <= source.last_seq()
    return sentinel if known and sentinel.fits(SCHEMA, source.archive_id, engine.name) else None


def _readable(home: Path, archive_id: str, engine: SearchEngine) -> Sentinel:
    sentinel = read_sentinel(home)
    if sentinel is None:
        raise ArchiveError("the search index is missing: run `chartroom reindex`")
    if not sentinel.fits(SCHEMA, archive_id, engine.name):
        raise ArchiveError(
            "the search index is of another version, engine or archive: run `chartroom reindex`"
        )
    return sentinel


@contextmanager
def _only_writer(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(IN_USE) from None
        yield


def _build(
    source: TextSource, home: Path, engine: SearchEngine, settings: SearchSettings
) -> Published:
    # Read first: a change made meanwhile is applied again rather than missed.
    applied = source.last_seq()
    before = read_sentinel(home)
    _sweep(home, before.folder if before else "")
    folder = _new_folder(home)
    log.info("building a new search index")
    engine.create(folder, _common_words(source))
    with engine.writing(folder, fresh=True) as writer:
        for page_ids in _batches(source.all_page_ids(), settings.batch_pages):
            writer.replace(source.entries(page_ids).values())
    sync_folder(home)
    sentinel = Sentinel(SCHEMA, source.archive_id, engine.name, folder.name, applied)
    write_sentinel(home, sentinel)
    sentinel = _catch_up(source, home, engine, sentinel, settings.batch_pages)
    _sweep(home, folder.name)
    return Published(sentinel.applied, _behind(source, sentinel.applied), rebuilt=True)


def _common_words(source: TextSource) -> frozenset[str]:
    """Return the words that are common on a sample of all pages."""
    rng = Random(_SAMPLE)  # noqa: S311  # which pages are counted is no secret
    sample: list[str] = []
    for count, page_id in enumerate(source.all_page_ids()):
        # Each page as likely as any other (reservoir sampling, Vitter 1985).
        place = count if count < _SAMPLE else rng.randrange(count + 1)
        if place < _SAMPLE:
            sample[place : place + 1] = [page_id]
    return common_words(entry.text for entry in source.entries(sample).values())


def _catch_up(
    source: TextSource, home: Path, engine: SearchEngine, sentinel: Sentinel, size: int
) -> Sentinel:
    while changes := source.changes(sentinel.applied, size):
        page_ids = list(dict.fromkeys(change.page for change in changes))
        _apply(source, engine, home / sentinel.folder, page_ids, size)
        sentinel = replace(sentinel, applied=changes[-1].seq)
        write_sentinel(home, sentinel)
        log.info("search index is at change %d", sentinel.applied)
    return sentinel


def _apply(
    source: TextSource, engine: SearchEngine, folder: Path, page_ids: Sequence[str], size: int
) -> None:
    """Bring these pages up to date in one commit."""
    with engine.writing(folder) as writer:
        for some in _batches(page_ids, size):
            entries = source.entries(some)
            writer.replace(entries.values())
            writer.remove([page_id for page_id in some if page_id not in entries])


def _batches(page_ids: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(page_ids)
    while some := list(islice(rest, size)):
        yield some


def _new_folder(home: Path) -> Path:
    numbers = [int(path.name.rpartition("-")[2]) for path in _folders(home)]
    return home / f"index-{max(numbers, default=0) + 1}"


def _sweep(home: Path, keep: str) -> None:
    """Remove every index but the one in use: an older one, or one that was never finished."""
    for path in _folders(home):
        if path.name != keep:
            # A reader that is just opening it may make a file there meanwhile; the next sweeps.
            shutil.rmtree(path, ignore_errors=True)


def _folders(home: Path) -> list[Path]:
    return [path for path in home.glob("index-*") if path.name.removeprefix("index-").isdecimal()]
