"""Build, ask and change search indexes of 20,000, 100,000 and a million pages.

``python -m bench.search_scale``; ``--only ask`` takes indexes and figures of an earlier run for
the rest, ``--only`` alone for all, and ``--archives`` archives that ``bench.large_archive`` filled
elsewhere. SQLite FTS5 is the peer; Whoosh, which is for small archives, is built up to
``--whoosh`` pages.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from itertools import combinations
from pathlib import Path
from sqlite3 import sqlite_version
from typing import Any, TypeAlias

from archive.archive import open_archive

from . import results
from .program import Ran, run
from .results import Cell, Result, Table
from .score import percentile
from .search_archives import large, prepared, text_bytes
from .search_asking import BARE, WHOLE
from .search_build import PEER, index_of
from .search_changes import BATCH
from .search_queries import EACH

NAME = "search_scale"
PARTS = ("build", "ask", "change")
_SIZES = (20_000, 100_000, 1_000_000)
_OURS, _SMALL = "tantivy", "whoosh"
_BATCHES, _ROUNDS = 20, 2
_SHOWN = {
    _OURS: f"tantivy {metadata.version('tantivy')}",
    _SMALL: f"Whoosh {metadata.version('whoosh')}",
    PEER: f"SQLite FTS5 {sqlite_version}",
}
Told: TypeAlias = dict[str, Any]
"""What a program of ours printed."""
_FORMS = {WHOLE: "whole", BARE: "ids"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one archive; what was not is empty."""

    pages: int
    text_bytes: int
    engines: tuple[str, ...]
    built: Told = field(default_factory=dict)
    """By engine."""
    asked: Told = field(default_factory=dict)
    changed: Told = field(default_factory=dict)


def measured(pages: int, chosen: Namespace) -> Measured:
    """Return what was measured at one size."""
    archive = prepared(large(pages), chosen.archives)
    folder = chosen.indexes / str(pages)
    with open_archive(archive) as opened:
        size = text_bytes(opened)
    engines = (_OURS, *([_SMALL] if pages <= chosen.whoosh else []), PEER)
    parts = _Parts(folder, chosen.only)
    options = ["--each", chosen.each, "--rounds", _ROUNDS]
    asking = [*engines, "--archive", archive, "--indexes", folder, *options]
    home = index_of(folder, _OURS)
    changing = ["--archive", archive, "--home", home, "--batches", _BATCHES]
    return Measured(
        pages,
        size,
        engines,
        built=parts.kept("build", lambda: {one: _build(one, archive, folder) for one in engines}),
        asked=parts.kept("ask", lambda: _run("search_asking", *asking)[0]),
        changed=parts.kept(
            "change", lambda: _run("search_changes", *changing, *_compared(pages, chosen))[0]
        ),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was measured of one archive, part by part, kept beside its indexes."""

    folder: Path
    only: Sequence[str]
    """The parts that are to be measured now."""

    def kept(self, part: str, measure: Callable[[], Told]) -> Told:
        """Return what a part measured, now or in an earlier run; nothing where it never was."""
        path = self.folder / f"{part}.json"
        if part in self.only:
            _tell(f"{part}: {self.folder.name} pages")
            told = measure()
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(told), encoding="utf-8")
        if not path.exists():
            return {}
        found: Told = json.loads(path.read_text(encoding="utf-8"))
        return found


def _compared(pages: int, chosen: Namespace) -> list[str]:
    return ["--compare"] if pages == chosen.compared else []


def _build(engine: str, archive: Path, folder: Path) -> Told:
    told, ran = _run("search_build", engine, "--archive", archive, "--out", folder)
    return told | {"peak_bytes": ran.peak_bytes}


def _run(module: str, *order: object) -> tuple[Told, Ran]:
    """Return what a module of ours told in a program of its own, and what that cost."""
    ran = run([sys.executable, "-m", f"bench.{module}", *map(str, order)])
    told: Told = json.loads(ran.output.splitlines()[-1])
    return told, ran


def tables(one: Measured) -> Iterator[Table]:
    """Yield the tables of one size."""
    if one.built or one.changed:
        yield _whole_table(one)
    if one.asked:
        yield _times_table(one)
        yield _totals_table(one)
    if one.changed.get("again"):
        yield _agreement_table(one)


def _whole_table(one: Measured) -> Table:
    columns = ("", *(_SHOWN[name] for name in one.engines))
    rows = [(name, *cells) for name, cells in _whole_rows(one)]
    text = f"{one.text_bytes / 2**20:.0f} MiB of text"
    return Table(f"{one.pages:,} pages, {text}", columns, tuple(rows))


def _whole_rows(one: Measured) -> Iterator[tuple[str, list[Cell]]]:
    if one.built:
        told = [one.built[name] for name in one.engines]
        yield "build, s", [f"{built['seconds']:.0f}" for built in told]
        yield "pages a second", [f"{one.pages / built['seconds']:.0f}" for built in told]
        cpu = [1000 * built["cpu_seconds"] / one.pages for built in told]
        yield "CPU ms a page", [f"{each:.2f}" for each in cpu]
        yield "index, MiB", [f"{built['index_bytes'] / 2**20:.0f}" for built in told]
        shares = [built["index_bytes"] / max(one.text_bytes, 1) for built in told]
        yield "index over text", [f"{share:.2f}" for share in shares]
        yield "peak memory, MiB", [f"{built['peak_bytes'] / 2**20:.0f}" for built in told]
    if one.asked:
        openings = one.asked["openings"]
        yield "opening an index, ms", [_middle(openings[name]) for name in one.engines]
    if one.changed:
        seconds = one.changed["seconds"]
        told_ = f"{percentile(seconds, 50):.2f} ({max(seconds):.2f})"
        yield (
            f"{BATCH} changed pages found, s",
            [told_ if name == _OURS else "-" for name in one.engines],
        )


def _middle(seconds: Sequence[float]) -> str:
    return f"{1000 * percentile(seconds, 50):.1f}" if seconds else "-"


def _times_table(one: Measured) -> Table:
    seconds: dict[str, dict[str, list[float]]] = one.asked["seconds"]
    names = [
        (engine, form) for form in _FORMS for engine in one.engines if f"{engine} {form}" in seconds
    ]
    by_way = [seconds[f"{engine} {form}"] for engine, form in names]
    rows = [(kind, *(_milliseconds(way[kind]) for way in by_way)) for kind in by_way[0]]
    every = [[each for some in way.values() for each in some] for way in by_way]
    rows.append(("all of them", *map(_milliseconds, every)))
    return Table(
        f"{one.pages:,} pages: median (95th percentile) in milliseconds, {_answers(by_way)} answers"
        " a class",
        ("query", *(f"{_SHOWN[engine]}, {_FORMS[form]}" for engine, form in names)),
        tuple(rows),
    )


def _answers(by_way: Sequence[Mapping[str, Sequence[float]]]) -> int:
    return max(len(some) for way in by_way for some in way.values())


def _milliseconds(times: Sequence[float]) -> str:
    if not times:
        return "-"
    return f"{1000 * percentile(times, 50):.1f} ({1000 * percentile(times, 95):.1f})"


def _totals_table(one: Measured) -> Table:
    totals: dict[str, dict[str, int]] = one.asked["totals"]
    rows = []
    for a, b in combinations(one.engines, 2):
        both = totals[a].keys() & totals[b].keys()
        differing = [query for query in both if totals[a][query] != totals[b][query]]
        rows.append((f"{_SHOWN[a]}, {_SHOWN[b]}", len(both), len(differing)))
    columns = ("engines", "queries that both answer", "of another total")
    note = "FTS5 cuts words at hyphens, points and apostrophes by other rules than ours."
    return Table(f"{one.pages:,} pages: totals that differ", columns, tuple(rows), note)


def _agreement_table(one: Measured) -> Table:
    rows = (
        _agreement_row("built, and built a second time", one.changed["again"]),
        _agreement_row(
            f"after {_BATCHES} batches of {BATCH} changed pages, and built anew",
            one.changed["published"],
        ),
    )
    columns = (
        "indexes", "queries", "same total", "same pages", "with similar words", "same first 20",
    )  # fmt: skip
    note = (
        "Pages are compared whole, by `every_page`; the rank of a page may follow how common words"
        " are on pages that were replaced, until they are merged away."
    )
    return Table(f"{one.pages:,} pages: one index beside another", columns, rows, note)


def _agreement_row(name: str, told: Mapping[str, int]) -> tuple[Cell, ...]:
    counts = (told[each] for each in ("asked", "totals", "every", "wide", "best"))
    return (name, *counts)


def _told(chosen: Namespace) -> tuple[str, ...]:
    return (
        "Archives of `bench.large_archive`: pages of invented words as often as words of a"
        " language are, 2 % of the characters misread. Building goes the whole way from the"
        " catalogue; its memory is that of the whole program, files that it has mapped included."
        f" Whoosh, for small archives, is built up to {chosen.whoosh:,} pages.",
        "Classes of `bench.search_queries`, each query asked twice in turns by"
        " one program after a query of every class that is not counted. *Whole* is all that a"
        " person gets: the best 20 pages with snippets, boxes and reasons, similar words"
        " included, and how many match; *ids* is what the engine alone takes for the best 20 ids"
        " to the letter and their number, as FTS5 is asked.",
        f"{BATCH} changed pages, {_BATCHES} times, median (longest): from the change in the"
        " catalogue until a search in the index, opened anew, finds all of them.",
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> ArgumentParser:
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--whoosh", type=int, default=20_000, help="most pages that it gets")
    parser.add_argument("--each", type=int, default=EACH, help="queries of a class")
    parser.add_argument(
        "--compared", type=int, default=100_000, help="size at which an index is built twice"
    )
    parser.add_argument("--archives", type=Path, default=results.OUT, help="folder of archives")
    parser.add_argument("--indexes", type=Path, default=results.OUT / NAME)
    return parser


def _command(chosen: Namespace) -> str:
    words = ["--pages", *map(str, chosen.pages)]
    if set(chosen.only) != set(PARTS):
        words += ["--only", *chosen.only]
    usual = _parser().parse_args([])
    for name in ("whoosh", "each", "compared"):
        if getattr(chosen, name) != getattr(usual, name):
            words += [f"--{name}", str(getattr(chosen, name))]
    return f"python -m bench.{NAME} {' '.join(words)}"


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    chosen = _parser().parse_args(arguments)
    machine = results.machine()
    made = [table for pages in chosen.pages for table in tables(measured(pages, chosen))]
    result = Result(NAME, _command(chosen), machine, tuple(made), _told(chosen))
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
