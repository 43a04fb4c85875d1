"""Ask every index of a large archive the same in turns, in one program, and tell how long it took.

``python -m bench.search_asking --archive FOLDER --indexes FOLDER tantivy fts5``: a round asks
all queries of a class in each way before it goes to the next class. Before the first round one
query of every class is asked in each way, and not counted.
"""

from __future__ import annotations

import argparse
import gc
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from archive.archive import open_archive
from search.archive_text import ArchiveText
from search.model import TextSource
from search.publish import OpenIndex, opened
from search.service import find, looks_of

from . import search_peers
from .large_archive import order_of
from .search_answers import LIMIT, TO_THE_LETTER
from .search_build import ENGINES, PEER, index_of, settings_of
from .search_queries import EACH, Asked, queries, sample

WHOLE, BARE = "whole", "bare"
_OPENINGS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask, and whom."""

    engine: str
    form: str
    """``WHOLE`` for all that a person gets; ``BARE`` for ids and how many there are."""
    ask: Callable[[Asked], int]
    """Asks, and returns how many pages match to the letter."""

    @property
    def name(self) -> str:
        """What its figures are called."""
        return f"{self.engine} {self.form}"

    def can(self, asked: Asked) -> bool:
        """Whether there is such a query for the engine."""
        return self.engine != PEER or asked.peer is not None


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took, and what they were."""

    seconds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By way, then by class of query."""
    totals: dict[str, dict[str, int]] = field(default_factory=dict)
    """By engine, then by query, bare."""
    openings: dict[str, list[float]] = field(default_factory=dict)
    """Seconds until an index was open for reading, by engine."""


def ways(
    source: TextSource, engine: str, path: Path, stack: ExitStack, openings: list[float]
) -> Iterator[Way]:
    """Yield the ways to ask one engine, whose index stays open as long as ``stack``."""
    if engine == PEER:
        peer = stack.enter_context(search_peers.opened(path))
        yield Way(engine, BARE, lambda asked: _asked_peer(peer, asked))
        return
    settings = settings_of(engine)
    for _ in range(_OPENINGS):
        started = time.perf_counter()
        with opened(path, settings, source.archive_id):
            openings.append(time.perf_counter() - started)
    index = stack.enter_context(opened(path, settings, source.archive_id))
    yield Way(engine, BARE, lambda asked: _asked_bare(index, asked))
    yield Way(engine, WHOLE, lambda asked: _asked_whole(source, index, asked))


def _asked_whole(source: TextSource, index: OpenIndex, asked: Asked) -> int:
    return find(source, index, asked.query, asked.filters, limit=LIMIT).total


def _asked_bare(index: OpenIndex, asked: Asked) -> int:
    looks = looks_of(index, asked.query, asked.filters, TO_THE_LETTER)
    assert looks is not None, asked
    return index.reader.find(looks.exact, LIMIT).total


def _asked_peer(peer: sqlite3.Connection, asked: Asked) -> int:
    assert asked.peer is not None, asked
    search_peers.ask(peer, asked.peer, LIMIT)
    return search_peers.count(peer, asked.peer)


def timed(asked: dict[str, list[Asked]], by: Sequence[Way], rounds: int, times: Times) -> Times:
    """Ask everything in every way, class by class, and return ``times`` with what it took."""
    for some in asked.values():
        for way in by:
            _ask(way, some[:1])
    # As a program that stays up would do: else its modules and terms are gone over again and
    # again by the collector, in answers that have nothing to do with them.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for kind, some in asked.items():
            for way in by:
                found = _ask(way, some)
                times.seconds.setdefault(way.name, {}).setdefault(kind, []).extend(
                    seconds for _, _, seconds in found
                )
                if way.form == BARE:
                    totals = {f"{one.query} {one.filters}": total for one, total, _ in found}
                    times.totals.setdefault(way.engine, {}).update(totals)
    return times


def _ask(way: Way, some: Sequence[Asked]) -> list[tuple[Asked, int, float]]:
    made = []
    for one in filter(way.can, some):
        started = time.perf_counter()
        total = way.ask(one)
        made.append((one, total, time.perf_counter() - started))
    return made


def main(arguments: list[str] | None = None) -> int:
    """Ask, and print how long it took as JSON; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_asking", description=__doc__)
    parser.add_argument("engines", nargs="+", choices=(*ENGINES, PEER))
    parser.add_argument("--archive", type=Path, required=True, help="folder of the archive")
    parser.add_argument("--indexes", type=Path, required=True, help="folder of the indexes")
    parser.add_argument("--each", type=int, default=EACH, help="queries of a class")
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args(arguments)
    order, times = order_of(chosen.archive), Times()
    asked = queries(sample(order.seed, order.rate, order.pages), chosen.each)
    with open_archive(chosen.archive) as archive, ExitStack() as stack:
        source = ArchiveText(archive)
        every: list[Way] = []
        for name in chosen.engines:
            openings = times.openings.setdefault(name, [])
            every += ways(source, name, index_of(chosen.indexes, name), stack, openings)
        timed(asked, every, chosen.rounds, times)
    print(json.dumps(asdict(times)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
