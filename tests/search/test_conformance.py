"""Every engine finds the same pages, and they are the right ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.errors import ArchiveError, BusyError
from search import tree
from search.dates import day_range
from search.engine import SearchEngine
from search.engines import engine_named
from search.model import Entry
from search.plan import plan
from search.query import parse
from search.text import chains, identifier, label, tokens
from tests.search.archives import corpora, trees

NAMES = ("tantivy", "whoosh")


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> SearchEngine:
    return engine_named(request.param)


@pytest.fixture
def folder(tmp_path: Path, engine: SearchEngine) -> Path:
    engine.create(tmp_path / "index")
    return tmp_path / "index"


def write(engine: SearchEngine, folder: Path, entries: Iterable[Entry]) -> None:
    with engine.writing(folder) as writer:
        writer.replace(entries)


def found(engine: SearchEngine, folder: Path, asked: tree.Tree | str) -> list[str]:
    wanted = parse(asked).tree if isinstance(asked, str) else asked
    assert wanted is not None
    with engine.reading(folder) as reader:
        node = plan(wanted, reader).node
        hits = reader.find(node, 100)
        assert reader.count(node) == len(hits)
        return [hit.page_id for hit in hits]


# The meaning of a query, told a second time and as plainly as can be: page by page, no index.


def matches(entry: Entry, asked: tree.Tree) -> bool:
    match asked:
        case tree.And(parts):
            return all(matches(entry, part) for part in parts)
        case tree.Or(parts):
            return any(matches(entry, part) for part in parts)
        case tree.Not(part):
            return not matches(entry, part)
        case tree.Between():
            return overlaps(entry, asked)
        case _:
            return any(stands_in(text, asked) for text in texts(entry, asked.field))


def overlaps(entry: Entry, asked: tree.Between) -> bool:
    if asked.field == "frame":
        low, high = int(asked.low or 0), int(asked.high or 10**9)
        return entry.frame is not None and low <= entry.frame <= high
    days = day_range(entry.date if asked.field == "date" else entry.birth_date)
    first = day_range(asked.low or "0001")
    last = day_range(asked.high or "9999")
    assert first and last
    return days is not None and days[0] <= last[1] and days[1] >= first[0]


def texts(entry: Entry, field: str) -> list[dict[int, set[str]]]:
    names = [entry.patient_name, *entry.other_names]
    kind = [entry.type_name, entry.type_code]
    rest = [entry.diagnosis, entry.procedure, entry.attending, entry.facility, entry.roll]
    match field:
        case "mrn":
            return [{0: {identifier(entry.mrn)} - {""}}]
        case "batch" | "state":
            return [{0: {label(getattr(entry, field))} - {""}}]
        case "":
            return [placed(text) for text in (entry.text, entry.mrn, *names, *kind, *rest)]
        case "name":
            return [placed(text) for text in names]
        case "type":
            return [placed(text) for text in kind]
        case _:
            return [placed(getattr(entry, field))]


def placed(text: str) -> dict[int, set[str]]:
    terms: dict[int, set[str]] = {}
    for token in tokens(text):
        terms.setdefault(token.position, set()).add(token.term)
    return terms


def stands_in(terms: dict[int, set[str]], asked: tree.Leaf) -> bool:
    return any(
        all(
            any(alike(term, word, asked) for term in terms.get(start + step, ()))
            for step, word in enumerate(row)
        )
        for row in readings(asked)
        for start in terms
    )


def readings(asked: tree.Leaf) -> Iterator[list[str]]:
    text = asked.pattern if isinstance(asked, tree.Wildcard) else getattr(asked, "text", "")
    if asked.field in tree.WHOLE_FIELDS:
        whole = identifier(text, pattern=True) if asked.field == "mrn" else label(text)
        yield from [[whole]] if whole.strip("*?") else []
        return
    words = [
        word
        for word in chains(text, pattern=isinstance(asked, tree.Wildcard))
        if word.joined.strip("*?")
    ]
    if words:
        yield [atom for word in words for atom in word.atoms]
        yield [word.joined for word in words]


def alike(term: str, word: str, asked: tree.Leaf) -> bool:
    match asked:
        case tree.Wildcard():
            return fnmatchcase(term, word)
        case tree.Fuzzy(distance=distance):
            return wrong_letters(term, word) <= min(distance, max(len(word) - 2, 0))
        case _:
            return term == word


def wrong_letters(one: str, other: str) -> int:
    """Optimal string alignment, from the textbook."""
    cost = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row, letter in enumerate(one, 1):
        for column, wanted in enumerate(other, 1):
            cost[row][column] = min(
                cost[row - 1][column] + 1,
                cost[row][column - 1] + 1,
                cost[row - 1][column - 1] + (letter != wanted),
            )
            swapped = row > 1 and column > 1 and one[row - 2] == wanted and letter == other[column - 2]
            if swapped:
                cost[row][column] = min(cost[row][column], cost[row - 2][column - 2] + 1)
    return cost[-1][-1]


@given(corpus=corpora, changed=corpora, asked=st.lists(trees, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_engine_finds_what_the_plain_meaning_says(
    corpus: list[Entry], changed: list[Entry], asked: list[tree.Tree]
) -> None:
    kept = {entry.page_id: entry for entry in (*corpus, *changed)}
    right = [
        sorted(page_id for page_id, entry in kept.items() if matches(entry, wanted))
        for wanted in asked
    ]
    for name in NAMES:
        engine = engine_named(name)
        with TemporaryDirectory() as home:
            engine.create(Path(home))
            write(engine, Path(home), corpus)
            write(engine, Path(home), changed)
            assert [sorted(found(engine, Path(home), wanted)) for wanted in asked] == right, name
