"""Change pages of a large archive, and see how soon and how well the search index follows.

``python -m bench.search_changes --archive FOLDER --home FOLDER``: the diagnosis of documents of
50 pages is put right, as a person does it, and published; the archive is as before at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from sqlalchemy import bindparam, text

from archive.archive import Archive, open_archive
from archive.catalogue import Connection
from archive.outbox import post
from search.archive_text import ArchiveText
from search.model import TextSource
from search.publish import opened, publish, rebuild
from search.service import find
from search.settings import SearchSettings

from .large_archive import LargeOrder, order_of
from .large_pages import PAGES_OF_BLOCK, TrueDocument, documents, page_name
from .search_answers import TO_THE_LETTER, Agreement, agreement, answers, mixed
from .search_queries import Asked, sample

BATCH = 50
"""Pages that change at once."""
_SETTINGS = SearchSettings()
_CHANGE = "UPDATE index_values SET value = {} WHERE field = 'diagnosis' AND document_id IN :ids"


@dataclass(frozen=True, slots=True)
class Followed:
    """How an index followed an archive that changes."""

    seconds: tuple[float, ...]
    """For each batch, from its change to the search that finds all of it."""
    again: Agreement | None = None
    """Of the index with itself built a second time."""
    published: Agreement | None = None
    """Of the index after all changes with one that is built anew."""


def batch_of(order: LargeOrder, rng: Random) -> tuple[TrueDocument, ...]:
    """Return documents of exactly ``BATCH`` pages from all over an archive."""
    chosen: dict[int, TrueDocument] = {}
    while left := BATCH - sum(one.length for one in chosen.values()):
        block = documents(order.seed, rng.randrange(order.pages // PAGES_OF_BLOCK))
        one = rng.choice(block)
        if one.length <= left:
            chosen[one.first] = one
    return tuple(chosen.values())


def say(archive: Archive, seed: int, changed: Sequence[TrueDocument], diagnosis: str) -> None:
    """Give documents another diagnosis, and tell the search index in the same transaction."""
    with archive.catalogue.write() as connection:
        _set(connection, seed, changed, ":value", {"value": diagnosis})


def restore(archive: Archive, seed: int, changed: Sequence[TrueDocument]) -> None:
    """Give documents back what was read."""
    with archive.catalogue.write() as connection:
        _set(connection, seed, changed, "raw", {})


def _set(
    connection: Connection,
    seed: int,
    changed: Sequence[TrueDocument],
    value: str,
    given: dict[str, str],
) -> None:
    ids = [f"d-{page_name(seed, one.first)}" for one in changed]
    asked = text(_CHANGE.format(value)).bindparams(bindparam("ids", expanding=True))
    connection.execute(asked, {"ids": ids, **given})
    numbers = (one.first + page for one in changed for page in range(one.length))
    post(connection, [page_name(seed, number) for number in numbers])


def seconds_of(source: TextSource, home: Path, mark: str) -> float:
    """Publish what changed and return how long it took until all of it was found by ``mark``."""
    started = time.perf_counter()
    publish(source, home, _SETTINGS)
    with opened(home, _SETTINGS, source.archive_id) as index:
        found = find(source, index, f"diagnosis:{mark}", manner=TO_THE_LETTER)
    seconds = time.perf_counter() - started
    assert found.total == BATCH, (found.total, mark)
    return seconds


def followed(root: Path, home: Path, batches: int, *, compared: bool) -> Followed:
    """Return how the index in ``home`` follows the archive at ``root``, which changes meanwhile."""
    order = order_of(root)
    rng = Random(f"large changes {order.seed} {order.pages}")
    changes = [batch_of(order, rng) for _ in range(batches)]
    asked = mixed(sample(order.seed, order.rate, order.pages)) if compared else []
    with open_archive(root) as archive:
        source = ArchiveText(archive)
        publish(source, home, _SETTINGS)
        again = _beside_rebuilt(source, home, asked) if compared else None
        try:
            seconds = []
            for number, batch in enumerate(changes):
                say(archive, order.seed, batch, f"revision{number:03}")
                seconds.append(seconds_of(source, home, f"revision{number:03}"))
            published = _beside_rebuilt(source, home, asked) if compared else None
        finally:
            restore(archive, order.seed, [one for batch in changes for one in batch])
            publish(source, home, _SETTINGS)
    return Followed(tuple(seconds), again, published)


def _beside_rebuilt(source: TextSource, home: Path, asked: Sequence[Asked]) -> Agreement:
    """Return on how much an index agrees with the one that is built anew in its place."""
    before = answers(source, home, asked)
    rebuild(source, home, _SETTINGS)
    return agreement(before, answers(source, home, asked))


def main(arguments: list[str] | None = None) -> int:
    """Change an archive and print how its index followed as JSON; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_changes", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="folder of the archive")
    parser.add_argument("--home", type=Path, required=True, help="folder of its index")
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--compare", action="store_true", help="with an index built anew as well")
    chosen = parser.parse_args(arguments)
    told = followed(chosen.archive, chosen.home, chosen.batches, compared=chosen.compare)
    print(json.dumps(asdict(told)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
