"""Build, update and ask an index of generated short pages with each search engine.

``python -m bench.search_engines --pages 20000``: each engine runs in a process of its own, over
the same pages and with the same queries, and their answers are compared.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, get_args

from search.engine import IndexReader, SearchEngine
from search.engines import engine_named
from search.model import Entry
from search.plan import plan
from search.query import parse
from search.settings import EngineName

from . import results
from .charts import KINDS, suits
from .conditions import CONDITIONS
from .people import Person, first_people
from .program import Ran, run
from .results import Result, Table
from .score import percentile
from .texts import Pen

NAME = "search_engines"
SEED = 20483
UPDATED = 50
_PAGES_OF_PATIENT = 12
_PAGES_OF_COMMIT = 500
_LIMIT = 20
_ROUNDS = 5


def entries(seed: int, count: int) -> Iterator[Entry]:
    """Yield pages of about a hundred and twenty words, a dozen a patient."""
    patients = first_people(seed, count // _PAGES_OF_PATIENT + 1)
    rng = Random(f"search {seed}")
    for number in range(count):
        yield _entry(number, patients[number // _PAGES_OF_PATIENT], rng)


def _entry(number: int, person: Person, rng: Random) -> Entry:
    conditions = [one for one in CONDITIONS if suits(one, person)] or list(CONDITIONS)
    condition, kind = rng.choice(conditions), rng.choice(list(KINDS.values()))
    day = date(1955, 1, 1) + timedelta(rng.randrange(20000))
    pen = Pen(rng, condition, person.sex, max(0, day.year - person.birth_date.year), day.year)
    return Entry(
        page_id=f"{number:016x}-1",
        document_id=f"d-{number:016x}-1",
        batch=f"box-{number // 2000}",
        mrn=person.mrn,
        patient_name=person.sort_name,
        birth_date=person.birth_date.isoformat(),
        type_code=kind.code,
        type_name=kind.name,
        date=day.isoformat(),
        diagnosis=condition.name,
        state="filed",
        roll=f"roll-{number // 2000:04}.tif",
        frame=number % 2000 + 1,
        text=" ".join((pen.history(), pen.past(), pen.exam())),
    )


def queries(pages: Sequence[Entry], rng: Random) -> dict[str, list[str]]:
    """Return queries by kind, made of what stands on ``pages``."""
    counts = Counter(word.strip(".,;").lower() for page in pages for word in page.text.split())
    words = [word for word, _ in counts.most_common() if word.isalpha() and len(word) > 3]
    middle = words[len(words) // 8 :]
    some = rng.sample(list(pages), min(10, len(pages)))
    return {
        "a common word": words[:10],
        "a rarer word": rng.sample(middle, min(10, len(middle))),
        "two words": [f"{a} {b}" for a, b in zip(words[10:20], words[20:30], strict=False)],
        "a phrase": [f'"{" ".join(page.text.split()[4:7])}"' for page in some],
        "one or another, not a third": [
            f"({a} OR {b}) NOT {c}"
            for a, b, c in zip(words[5:15], words[40:50], words[15:25], strict=False)
        ],
        "a beginning": [f"{word[:4]}*" for word in words[30:40]],
        "a misspelt word": [f"{word[:-1]}x~" for word in middle if len(word) > 6][:10],
        "a record number": [f"mrn:{page.mrn}" for page in some],
        "a name and years": [
            f"name:{page.patient_name.split(',')[0]} date:{page.date[:4]}.." for page in some
        ],
    }


@dataclass(frozen=True, slots=True)
class Timed:
    """How one engine did; times in seconds."""

    engine: str
    version: str
    build: float
    update: float
    index_bytes: int
    answers: dict[str, list[float]]
    """Times by kind of query."""
    counts: dict[str, int]
    """Pages found, by query."""


def timed(engine: SearchEngine, seed: int, count: int, folder: Path) -> Timed:
    """Return how an engine does; ``folder`` is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = list(entries(seed, count))
    asked = queries(pages, Random(f"queries {seed}"))
    build = _build(engine, pages, folder)
    update = _update(engine, pages, folder)
    answers: dict[str, list[float]] = {kind: [] for kind in asked}
    with engine.reading(folder) as reader:
        assert reader.pages() == count
        for kind, some in asked.items():
            for query in islice(cycle(some), _ROUNDS * len(some)):
                answers[kind].append(_ask(reader, query))
        counts = {q: _count(reader, q) for some in asked.values() for q in some}
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Timed(engine.name, engine.version, build, update, size, answers, counts)


def _build(engine: SearchEngine, pages: Sequence[Entry], folder: Path) -> float:
    started = time.perf_counter()
    engine.create(folder)
    with engine.writing(folder) as writer:
        for start in range(0, len(pages), _PAGES_OF_COMMIT):
            writer.replace(pages[start : start + _PAGES_OF_COMMIT])
    return time.perf_counter() - started


def _update(engine: SearchEngine, pages: Sequence[Entry], folder: Path) -> float:
    started = time.perf_counter()
    with engine.writing(folder) as writer:
        writer.replace([replace(page, state="held") for page in pages[:UPDATED]])
    return time.perf_counter() - started


def _ask(reader: IndexReader, query: str) -> float:
    started = time.perf_counter()
    tree = parse(query).tree
    assert tree is not None, query
    reader.find(plan(tree), _LIMIT)
    return time.perf_counter() - started


def _count(reader: IndexReader, query: str) -> int:
    tree = parse(query).tree
    assert tree is not None, query
    return reader.find(plan(tree), 0).total


def tables(count: int, measured: Sequence[tuple[dict[str, Any], Ran]]) -> tuple[Table, ...]:
    """Return the tables of a measurement: each engine's figures with what its process cost."""
    names = [f"{told['engine']} {told['version']}" for told, _ in measured]
    whole = (
        ("build, s", *(f"{told['build']:.1f}" for told, _ in measured)),
        ("pages a second", *(f"{count / told['build']:.0f}" for told, _ in measured)),
        (f"update of {UPDATED} pages, s", *(f"{told['update']:.2f}" for told, _ in measured)),
        ("index, MiB", *(f"{told['index_bytes'] / 2**20:.1f}" for told, _ in measured)),
        ("peak memory, MiB", *(f"{ran.peak_bytes / 2**20:.0f}" for _, ran in measured)),
    )
    rows = [
        (kind, *(_milliseconds(told["answers"][kind]) for told, _ in measured))
        for kind in measured[0][0]["answers"]
    ]
    differing = _differing([told["counts"] for told, _ in measured])
    return (
        Table(f"{count} pages", ("", *names), whole, "Memory includes the pages to be indexed."),
        Table(
            "Answers: median (95th percentile) in milliseconds",
            ("query", *names),
            tuple(rows),
            f"Best {_LIMIT} pages, from the text of the query; first answers included."
            f" {differing} of {len(measured[0][0]['counts'])} queries find another number of pages"
            " with one engine than with another.",
        ),
    )


def _differing(counts: Sequence[dict[str, int]]) -> int:
    return sum(len({one[query] for one in counts}) > 1 for query in counts[0])


def _milliseconds(times: Sequence[float]) -> str:
    return f"{1000 * percentile(times, 50):.1f} ({1000 * percentile(times, 95):.1f})"


def _measured(name: str, seed: int, count: int) -> tuple[dict[str, Any], Ran]:
    module = [sys.executable, "-m", f"bench.{NAME}", "--engine", name]
    ran = run([*module, "--pages", str(count), "--seed", str(seed)])
    told: dict[str, Any] = json.loads(ran.output.splitlines()[-1])
    return told, ran


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--engine", choices=get_args(EngineName), help="only this, as JSON")
    chosen = parser.parse_args(arguments)
    if chosen.engine:
        folder = results.OUT / NAME / chosen.engine
        one = timed(engine_named(chosen.engine), chosen.seed, chosen.pages, folder)
        print(json.dumps({name: getattr(one, name) for name in one.__slots__}))
        return 0
    machine = results.machine()
    measured = [_measured(name, chosen.seed, chosen.pages) for name in get_args(EngineName)]
    command = f"python -m bench.{NAME} --pages {chosen.pages} --seed {chosen.seed}"
    result = Result(NAME, command, machine, tables(chosen.pages, measured))
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
