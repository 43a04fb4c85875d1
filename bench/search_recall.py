"""Look for pages that somebody knows in archives whose text was misread at several rates.

``python -m bench.search_recall``: known-item search after the confusion track of TREC-5 (Kantor
and Voorhees, 2000: 5 and 20 % of the characters wrong). ``--ask`` takes the indexes of an
earlier run.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from archive.archive import open_archive
from search.archive_text import ArchiveText
from search.grouping import grouped
from search.model import TextSource
from search.publish import OpenIndex, opened
from search.service import Manner, find

from . import results, search_peers
from .known_items import HELD, KINDS, MOST_PAGES, OF_CHART, Chooser, Known, known_items
from .results import Cell, Result, Table, percent
from .search_answers import TO_THE_LETTER
from .search_archives import large, prepared
from .search_build import PEER, build, index_of, settings_of
from .search_queries import sample

NAME = "search_recall"
SEED, SEED_OF_DEVELOPMENT = 30_113, 4_113
RATES = (0.0, 0.02, 0.05, 0.10, 0.20)
_ENGINE = "tantivy"
_FIRST = 10
WAYS = ("chartroom", "chartroom, to the letter", "SQLite FTS5")

Ask = Callable[[Known], Sequence[str]]
"""From a query to the ids of the best pages."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a known page, or its chart, came among the answers."""

    known: Known
    rate: float
    way: str
    rank: int
    """Counted from 1, 0 where it was not among the first ten."""
    document: int
    """The same for a page of its document."""


def places(known: Sequence[Known], rate: float, way: str, ask: Ask) -> Iterator[Place]:
    """Yield where each known page came among the answers of one way to search."""
    for one in known:
        found = ask(one)[:_FIRST]
        ranks = (_rank(found, wanted) for wanted in (one.wanted, one.document))
        yield Place(one, rate, way, *ranks)


def _rank(found: Sequence[str], wanted: frozenset[str]) -> int:
    return next((rank for rank, page in enumerate(found, start=1) if page in wanted), 0)


@contextmanager
def asking(
    root: Path, folder: Path, *, afresh: bool
) -> Iterator[tuple[TextSource, OpenIndex, dict[str, Ask]]]:
    """Open the indexes of an archive, built first where ``afresh``, with each way to ask them."""
    with open_archive(root) as archive, ExitStack() as stack:
        source = ArchiveText(archive)
        for engine in (_ENGINE, PEER) if afresh else ():
            _tell(f"building {index_of(folder, engine)}")
            build(source, engine, index_of(folder, engine))
        home = index_of(folder, _ENGINE)
        index = stack.enter_context(opened(home, settings_of(_ENGINE), source.archive_id))
        peer = stack.enter_context(search_peers.opened(index_of(folder, PEER)))

        def ours(one: Known, manner: Manner) -> list[str]:
            if one.kind in OF_CHART:
                charts = grouped(
                    source, index, one.query, None, "chart", limit=_FIRST, manner=manner
                )
                return [chart.found[0].page for chart in charts if chart.found]
            found = find(source, index, one.query, limit=_FIRST, manner=manner).found
            return [hit.page for hit in found]

        asks: tuple[Ask, ...] = (
            lambda one: ours(one, Manner()),
            lambda one: ours(one, TO_THE_LETTER),
            lambda one: search_peers.ask(peer, one.peer, _FIRST),
        )
        yield source, index, dict(zip(WAYS, asks, strict=True))


def chosen_items(chosen: Namespace) -> list[Known]:
    """Return what is asked, made of true pages and counted in the archive without errors."""
    order = large(chosen.pages, 0.0)
    root, folder = prepared(order, chosen.archives), _folder(chosen, 0.0)
    with asking(root, folder, afresh=not chosen.ask) as (source, index, _):

        def count(query: str) -> int:
            return find(source, index, query, limit=0, manner=TO_THE_LETTER).total

        counted = sample(order.seed, order.rate, order.pages)
        chooser = Chooser(counted, count, Random(f"known items {chosen.seed}"))
        return known_items(chooser, order.pages, chosen.known)


def measured(known: Sequence[Known], rate: float, chosen: Namespace) -> list[Place]:
    """Return where the known pages came in the archive of one rate."""
    root = prepared(large(chosen.pages, rate), chosen.archives)
    # The archive without errors was indexed when its words were counted.
    afresh = not chosen.ask and rate > 0
    with asking(root, _folder(chosen, rate), afresh=afresh) as (_, _, asks):
        _tell(f"asking at {percent(rate, 0)}")
        return [one for way, ask in asks.items() for one in places(known, rate, way, ask)]


def _folder(chosen: Namespace, rate: float) -> Path:
    folder: Path = chosen.indexes
    return folder / f"{chosen.pages}-{rate:g}"


def tables(found: Sequence[Place]) -> tuple[Table, ...]:
    """Return how many were found, of pages and of charts."""
    of_pages = [one for one in found if one.known.kind not in OF_CHART]
    of_charts = [one for one in found if one.known.kind in OF_CHART]
    filed = [one for one in of_charts if not one.known.held]
    held = [one for one in of_charts if one.known.held]
    beyond = f"Share found among the first {_FIRST} pages; in brackets the mean reciprocal rank."
    return (
        _table("Known pages", of_pages, beyond),
        _table(
            "Charts of filed documents",
            filed,
            f"{beyond} Any page of the chart will do; ours are put together by chart.",
        ),
        _table(
            "Charts of held documents",
            held,
            f"{beyond} Any page of the chart will do; ours are put together by chart.",
        ),
        _table(
            "Held documents themselves",
            held,
            f"{beyond} The same queries, but only a page of the document will do.",
            rank=lambda one: one.document,
        ),
    )


def _table(
    title: str,
    found: Sequence[Place],
    note: str,
    rank: Callable[[Place], int] = lambda one: one.rank,
) -> Table:
    rates = sorted({one.rate for one in found})
    rows: list[tuple[Cell, ...]] = []
    for kind in (kind for kind in KINDS if any(one.known.kind == kind for one in found)):
        for way in WAYS:
            some = [one for one in found if (one.known.kind, one.way) == (kind, way)]
            ranks = [[rank(one) for one in some if one.rate == rate] for rate in rates]
            rows.append((kind, len(ranks[0]), way, *map(_shown, ranks)))
    columns = ("typed", "queries", "searched by", *(percent(rate, 0) for rate in rates))
    return Table(title, columns, tuple(rows), note)


def _shown(ranks: Sequence[int]) -> str:
    right = [1 / rank for rank in ranks if rank]
    return f"{percent(len(right) / len(ranks))} ({sum(right) / len(ranks):.2f})"


def missed(found: Sequence[Place]) -> Iterator[dict[str, object]]:
    """Yield what the whole search did not find, for who mends it."""
    for one in found:
        if one.way == WAYS[0] and not one.rank:
            known = one.known
            yield {
                "rate": one.rate, "kind": known.kind, "query": known.query, "page": known.page,
                "held": known.held,
            }  # fmt: skip


def _told(chosen: Namespace) -> tuple[str, ...]:
    return (
        f"{chosen.known} pages, none by hand, of archives of {chosen.pages:,} whose true pages are"
        f" the same and of whose characters the share above each column is wrong;"
        f" {percent(HELD, 0)} of them are of documents that wait for a person, of all pages 8 %."
        " What is typed is made of the true page: words that at most one page in fifty holds, and"
        f" together at most {MOST_PAGES} true pages; names as the patient index has them, the last"
        " one with one letter wrong or as heard. A held document has no record number, and a name"
        " as it was misread. FTS5 is asked for pages that hold all of the words.",
        f"Figures are of `--seed {SEED}`, looked at for nothing else; for development there is"
        f" `--seed {SEED_OF_DEVELOPMENT}`.",
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> ArgumentParser:
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--known", type=int, default=200, help="pages that are looked for")
    parser.add_argument("--rates", type=float, nargs="+", default=list(RATES))
    parser.add_argument("--seed", type=int, default=SEED, help="of the pages and the queries")
    parser.add_argument("--ask", action="store_true", help="take the indexes as they are")
    parser.add_argument("--archives", type=Path, default=results.OUT, help="folder of archives")
    parser.add_argument("--indexes", type=Path, default=results.OUT / NAME)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    chosen = _parser().parse_args(arguments)
    machine = results.machine()
    known = chosen_items(chosen)
    found = [one for rate in chosen.rates for one in measured(known, rate, chosen)]
    rates = " ".join(f"{rate:g}" for rate in chosen.rates)
    command = (
        f"python -m bench.{NAME} --pages {chosen.pages} --known {chosen.known}"
        f" --rates {rates} --seed {chosen.seed}"
    )
    made = Result(NAME, command, machine, tables(found), _told(chosen), tuple(missed(found)))
    print(results.keep(made, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
