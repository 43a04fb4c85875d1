"""Readers and a writer of one search index, each a program of its own.

``python -m bench.search_crew reader --archive FOLDER --facts FILE`` searches until the file
``stop`` is in the archive's folder; ``writer`` publishes and rebuilds until it is killed, and
prints before each step which one it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from archive.archive import Archive, open_archive
from search.archive_text import ArchiveText
from search.model import Filters, TextSource
from search.publish import OpenIndex, opened, publish, rebuild
from search.service import find
from search.settings import SearchSettings

from .large_archive import LargeOrder, order_of
from .large_pages import PAGES_OF_BLOCK, TrueDocument, documents
from .search_answers import LIMIT, TO_THE_LETTER
from .search_changes import say

SETTINGS = SearchSettings()
MARKS = ("firstmark", "secondmark")
"""Diagnoses of the pages that change: each of them has one or the other at any time."""
STEPS = ("changing", "publishing", "rebuilding")
REBUILDS = 0.1
"""Share of the rounds in which the index is built anew."""
_QUERIES = 1
"""Asked in each opening; few, so that there are many openings."""
_KEPT = 20
"""Errors that are kept whole; the others are counted."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of an archive whatever the writer does."""

    pages: int
    marked: int
    """Pages that have one of ``MARKS``."""
    totals: tuple[tuple[str, dict[str, str], int], ...]
    """Queries, their filters, and how many pages match to the letter."""


@dataclass(slots=True)
class Seen:
    """What a reader has seen."""

    searches: int = 0
    openings: int = 0
    errors: int = 0
    wrong: int = 0
    told: list[str] = field(default_factory=list)
    """Tracebacks of the errors and what was wrong, the first of them."""

    def tell(self, what: str) -> None:
        """Keep what went wrong, unless enough is known."""
        if len(self.told) < _KEPT:
            self.told.append(what)


def changing(order: LargeOrder) -> list[tuple[TrueDocument, ...]]:
    """Return the documents that change, 50 pages at a time: every second block."""
    return [documents(order.seed, at) for at in range(0, order.pages // PAGES_OF_BLOCK, 2)]


def write(archive: Archive, seed: int, rebuilds: float = REBUILDS) -> Iterator[str]:
    """Change pages and publish them, or rebuild, for ever; yield each step before it is made."""
    order, source, home = order_of(archive.home.root), ArchiveText(archive), archive.home.index
    rng, blocks = Random(f"search writer {seed}"), changing(order)
    while True:
        yield STEPS[0]
        say(archive, order.seed, rng.choice(blocks), rng.choice(MARKS))
        if rng.random() < rebuilds:
            yield STEPS[2]
            rebuild(source, home, SETTINGS)
        else:
            yield STEPS[1]
            publish(source, home, SETTINGS)


def read(archive: Archive, facts: Facts, seed: int, stop: Path, most: int = sys.maxsize) -> Seen:
    """Open, search and close until ``stop`` is there or ``most`` times; return what was seen."""
    source, seen, rng = ArchiveText(archive), Seen(), Random(f"search reader {seed}")
    latest = 0
    for _ in range(most):
        if stop.exists():
            break
        try:
            with opened(archive.home.index, SETTINGS, source.archive_id) as index:
                wrong = _look(source, index, facts, rng, latest)
            latest = max(latest, index.applied)
        except Exception:  # whatever it is, a reader must not see it
            seen.errors += 1
            seen.tell(traceback.format_exc())
            continue
        seen.openings += 1
        seen.searches += len(MARKS) + _QUERIES
        seen.wrong += len(wrong)
        for one in wrong:
            seen.tell(one)
    return seen


def _look(
    source: TextSource, index: OpenIndex, facts: Facts, rng: Random, latest: int
) -> list[str]:
    """Return what is wrong with the answers of an open index."""
    wrong = []
    if index.applied < latest:
        wrong.append(f"the index went back from change {latest} to {index.applied}")
    if index.reader.pages() != facts.pages:
        wrong.append(f"{index.reader.pages()} pages instead of {facts.pages}")
    by_mark = [
        find(source, index, f"diagnosis:{mark}", limit=1, manner=TO_THE_LETTER).total
        for mark in MARKS
    ]
    if sum(by_mark) != facts.marked:
        wrong.append(f"{by_mark} marked pages instead of {facts.marked}")
    for query, filters, total in rng.sample(facts.totals, _QUERIES):
        found = find(source, index, query, Filters(**filters), limit=LIMIT)
        shown = sum(hit.page != "" for hit in found.found)
        if found.total != total or shown < min(total, LIMIT):
            wrong.append(f"{found.total} pages, {shown} shown, instead of {total}: {query}")
    return wrong


def facts_from(path: Path) -> Facts:
    """Return facts as they were written."""
    told = json.loads(path.read_text("utf-8"))
    totals: Sequence[Sequence[object]] = told.pop("totals")
    return Facts(**told, totals=tuple(map(tuple, totals)))  # type: ignore[arg-type]  # from JSON


def main(arguments: list[str] | None = None) -> int:
    """Read or write until stopped or killed; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_crew", description=__doc__)
    parser.add_argument("role", choices=("reader", "writer"))
    parser.add_argument("--archive", type=Path, required=True, help="folder of the archive")
    parser.add_argument("--facts", type=Path, help="file of what must always be found")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rebuilds", type=float, default=REBUILDS, help="share of the rounds")
    chosen = parser.parse_args(arguments)
    with open_archive(chosen.archive) as archive:
        if chosen.role == "writer":
            for step in write(archive, chosen.seed, chosen.rebuilds):
                print(step, flush=True)
        facts = facts_from(chosen.facts)
        seen = read(archive, facts, chosen.seed, chosen.archive / "stop")
    print(json.dumps(asdict(seen)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
