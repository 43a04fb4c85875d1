"""Search an index while its writer is killed at random moments and started again.

    python -m bench.search_kill --kills 20 --seed 1

Readers open the index, search and close it without a pause; what they find is held against what
every state of the archive gives. The writer (``bench.search_crew``) publishes batches of 50
changed pages, builds the index anew now and then, and is killed (SIGKILL). At the end what is
left to do is published, and the index is compared with one that is built anew. Then the same
with a small archive, whose index is put in the place of another far more often.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from archive.archive import Archive, open_archive
from search.archive_text import ArchiveText
from search.nodes import SomePart, Without
from search.publish import IndexState, opened, publish, rebuild, status
from search.sentinel import read_sentinel

from . import results
from .large_archive import fill, order_of
from .results import Result, Table
from .search_answers import agreement, answers, mixed
from .search_archives import large
from .search_changes import say
from .search_crew import MARKS, REBUILDS, SETTINGS, STEPS, Facts, Seen, changing
from .search_queries import Asked, sample

NAME = "search_kill"
ROOT = Path(__file__).parents[1]
_EVERYTHING = Without(SomePart(()))
_READERS = 2
_LONGEST = 15.0
"""Most seconds that a writer works before it is killed: some end a rebuild, and some do not."""
_WAIT = 300
_SMALL, _SMALL_REBUILDS, _SMALL_LONGEST = 200, 0.7, 6.0
"""Pages of an archive so small that its index is put in the place of another every second."""
_CREW = [sys.executable, "-m", "bench.search_crew"]


@dataclass(frozen=True, slots=True)
class Killed:
    """What one kill was like."""

    seconds: float
    """How long the writer had worked."""
    step: str
    left: str
    """What of the folders of the index was left for the next writer."""
    behind: int
    """Changes that the index had not seen."""
    published: int
    """Batches that it had published."""
    rebuilt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all of it."""

    killed: tuple[Killed, ...]
    seen: tuple[Seen, ...]
    """Of each reader."""
    faults: tuple[str, ...]
    """What was not as it must be at the end."""


def begin(root: Path, pages: int) -> None:
    """Make an archive whose every second block of pages is marked, and its index."""
    fill(root, large(pages))
    order = order_of(root)
    with open_archive(root) as archive:
        for block in changing(order):
            say(archive, order.seed, block, MARKS[0])
        rebuild(ArchiveText(archive), archive.home.index, SETTINGS)


def facts_of(archive: Archive, asked: Sequence[Asked]) -> Facts:
    """Return what must be found whatever the writer does: no query asks for a mark."""
    order, source = order_of(archive.home.root), ArchiveText(archive)
    found = answers(source, archive.home.index, asked)
    totals = tuple(
        (one.query, asdict(one.filters), told.total) for one, told in zip(asked, found, strict=True)
    )
    marked = sum(document.length for block in changing(order) for document in block)
    return Facts(order.pages, marked, totals)


@contextmanager
def readers(root: Path, facts: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Let readers search as long as the block lasts; they are killed when it fails."""
    order = ["reader", "--archive", str(root), "--facts", str(facts)]
    crew = [
        subprocess.Popen(
            [*_CREW, *order, "--seed", str(number)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(_READERS)
    ]  # fmt: skip
    try:
        yield crew
    finally:
        for one in crew:
            one.kill()
            one.communicate()


def stopped(root: Path, crew: Sequence[subprocess.Popen[str]]) -> list[Seen]:
    """Stop readers, and return what each has seen."""
    (root / "stop").touch()
    told = [one.communicate(timeout=_WAIT) for one in crew]
    assert all(one.returncode == 0 for one in crew), [errors for _, errors in told]
    return [Seen(**json.loads(output)) for output, _ in told]


def kill_once(root: Path, seed: int, seconds: float, rebuilds: float = REBUILDS) -> Killed:
    """Start a writer, kill it after it has worked for ``seconds``, and return what was left."""
    order = ["writer", "--archive", str(root), "--seed", str(seed), "--rebuilds", str(rebuilds)]
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(
            [*_CREW, *order], cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True
        ) as writer,
    ):
        assert writer.stdout is not None
        steps = [writer.stdout.readline()]
        time.sleep(seconds)
        writer.kill()
        steps += writer.stdout.readlines()
        told.seek(0)
        # One that ended by itself was stopped by an error of ours.
        assert writer.wait() == -signal.SIGKILL, told.read()
    home = root / "index"
    sentinel = read_sentinel(home)
    assert sentinel is not None
    with open_archive(root) as archive:
        behind = ArchiveText(archive).last_seq() - sentinel.applied
    *done, last = (step.strip() for step in steps)
    left = _left(home, sentinel.folder)
    return Killed(seconds, last, left, behind, done.count(STEPS[1]), done.count(STEPS[2]))


def _left(home: Path, used: str) -> str:
    names = sorted(
        (path.name for path in home.glob("index-*")), key=lambda name: int(name.split("-")[1])
    )
    if len(names) == 1:
        return "one index"
    return "an older index" if names[-1] == used else "an unfinished index"


def faults_at_end(archive: Archive, asked: Sequence[Asked], spare: Path) -> Iterator[str]:
    """Publish what is left to do, and yield what is not as in an index that is built anew."""
    source, home = ArchiveText(archive), archive.home.index
    publish(source, home, SETTINGS)
    told = status(source, home, SETTINGS, thorough=True)
    pages = order_of(archive.home.root).pages
    if (told.state, told.behind, told.pages) != (IndexState.READY, 0, pages):
        yield f"the index is {told.state}, {told.behind} behind, of {told.pages} pages"
    if len(list(home.glob("index-*"))) != 1:
        yield "folders of other indexes are left"
    rebuild(source, spare, SETTINGS)
    marks = [Asked(f"diagnosis:{mark}") for mark in MARKS]
    every = [*asked, *marks]
    same = agreement(answers(source, home, every), answers(source, spare, every))
    if not same.is_whole:
        yield f"{same} beside an index that is built anew"
    if _ids(source, home) != _ids(source, spare):
        yield "the index holds other pages than one that is built anew"


def _ids(source: ArchiveText, home: Path) -> Sequence[str]:
    with opened(home, SETTINGS, source.archive_id) as index:
        return index.reader.every(_EVERYTHING)


@dataclass(frozen=True, slots=True)
class Order:
    """What is done to which archive."""

    pages: int
    kills: int
    seed: int
    longest: float = _LONGEST
    """Most seconds that a writer works."""
    rebuilds: float = REBUILDS
    """Share of the rounds in which the index is built anew."""


def outcome(root: Path, given: Order) -> Outcome:
    """Kill a writer again and again while readers search, and return what came of it."""
    rng, archive_at, facts = (
        Random(f"search kills {given.seed}"),
        root / "archive",
        root / "facts.json",
    )
    begin(archive_at, given.pages)
    order = order_of(archive_at)
    asked = mixed(sample(order.seed, order.rate, order.pages))
    with open_archive(archive_at) as archive:
        facts.write_text(json.dumps(asdict(facts_of(archive, asked))), "utf-8")
        with readers(archive_at, facts) as crew:
            killed = []
            for number in range(given.kills):
                seconds, seed = rng.uniform(0, given.longest), given.seed + number
                killed.append(kill_once(archive_at, seed, seconds, given.rebuilds))
                _tell(f"kill {number + 1}: {killed[-1]}")
            seen = stopped(archive_at, crew)
        faults = tuple(faults_at_end(archive, asked, root / "spare"))
    return Outcome(tuple(killed), tuple(seen), faults)


def tables(pages: int, made: Outcome) -> tuple[Table, ...]:
    """Return what readers saw, and at what the writer was killed."""
    seen = made.seen
    readers_saw = (
        sum(one.published for one in made.killed),
        sum(one.rebuilt for one in made.killed),
        sum(one.openings for one in seen),
        sum(one.searches for one in seen),
        sum(one.errors for one in seen),
        sum(one.wrong for one in seen),
        len(made.faults),
    )
    places = Counter((one.step, one.left) for one in made.killed)
    kills = [
        (step, left, times, max(one.behind for one in made.killed if one.step == step))
        for (step, left), times in sorted(places.items(), key=lambda one: STEPS.index(one[0][0]))
    ]
    return (
        Table(
            f"{pages:,} pages: {len(made.killed)} kills, {len(seen)} readers",
            (
                "batches published",
                "rebuilt",
                "openings",
                "searches",
                "errors",
                "wrong answers",
                "faults at the end",
            ),
            (readers_saw,),
            "In every opening the number of pages, that each changed page is found by its old"
            " or its new value and never by both or none, and one of 200 queries. At the"
            " end: READY, nothing behind, checksums right, the same pages and totals as an index"
            " that is built anew.",
        ),
        Table(
            f"{pages:,} pages: the writer was killed",
            ("while", "and left", "times", "most changes still to do"),
            tuple(kills),
        ),
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run it and keep the result; return 1 when anything went wrong."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=_LONGEST, help="seconds until a kill")
    given = parser.parse_args(arguments)
    machine = results.machine()
    orders = (
        Order(given.pages, given.kills, given.seed, given.longest),
        Order(_SMALL, given.kills, given.seed, _SMALL_LONGEST, _SMALL_REBUILDS),
    )
    made = []
    for one in orders:
        with tempfile.TemporaryDirectory(prefix="search-kill-") as folder:
            made.append(outcome(Path(folder), one))
    told = [what for one in made for what in _told(one)]
    shown = [
        table for one, came in zip(orders, made, strict=True) for table in tables(one.pages, came)
    ]
    command = (
        f"python -m bench.{NAME} --pages {given.pages} --kills {given.kills} --seed {given.seed}"
        f" --longest {given.longest:g}"
    )
    failures: tuple[dict[str, object], ...] = tuple({"what": what} for what in told)
    result = Result(NAME, command, machine, tuple(shown), failures=failures)
    print(results.keep(result, given.results))
    return 1 if told else 0


def _told(made: Outcome) -> list[str]:
    return [*made.faults, *(what for one in made.seen for what in one.told)]


if __name__ == "__main__":
    sys.exit(main())
