"""Every example of docs/query.md finds what the page says, with every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.model import Entry
from search.nodes import How
from search.publish import publish
from search.service import Manner, search
from search.settings import SearchSettings
from search.tree import FIELDS
from tests.search.archives import MemoryArchive

DOC = (Path(__file__).parents[2] / "docs" / "query.md").read_text(encoding="utf-8")
ENGINES = {"tantivy": SearchSettings("tantivy"), "whoosh": SearchSettings("whoosh")}


def rows() -> Iterator[list[str]]:
    for line in DOC.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" |")]


EXAMPLE_PAGES = [row for row in rows() if len(row) == 10 and row[0].isdigit()]
EXAMPLES = [
    (row[0].strip("`"), row[1].split())
    for row in rows()
    if len(row) == 3 and row[0].startswith("`")
]


SIMILAR = [
    (row[0].strip("`"), row[1].split(), row[2].split(), row[3])
    for row in rows()
    if len(row) == 4 and row[0].startswith("`")
]


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    archive = MemoryArchive()
    for page, mrn, name, born, kind, date, batch, roll, frame, text in EXAMPLE_PAGES:
        archive.put(
            Entry(page, mrn=mrn, patient_name=name, birth_date=born, type_name=kind, date=date,
                  batch=batch, roll=roll, frame=int(frame), text=text)
        )  # fmt: skip
    return archive


@pytest.fixture(scope="module")
def homes(archive: MemoryArchive, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    homes = {name: tmp_path_factory.mktemp(name) for name in ENGINES}
    for name, home in homes.items():
        publish(archive, home, ENGINES[name])
    return homes


def test_the_page_has_its_examples() -> None:
    assert (len(EXAMPLE_PAGES), len(EXAMPLES), len(SIMILAR)) >= (6, 50, 8)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("query", "expected"), EXAMPLES)
def test_an_example_finds_what_the_page_says(
    archive: MemoryArchive, homes: dict[str, Path], engine: str, query: str, expected: list[str]
) -> None:
    result = search(
        archive, homes[engine], ENGINES[engine], query, manner=Manner(to_the_letter=True)
    )
    assert sorted(hit.page for hit in result.found) == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("query", "expected", "similar", "how"), SIMILAR)
def test_similar_words_find_what_the_page_says(
    archive: MemoryArchive,
    homes: dict[str, Path],
    engine: str,
    query: str,
    expected: list[str],
    similar: list[str],
    how: str,
) -> None:
    result = search(archive, homes[engine], ENGINES[engine], query)
    ids = [hit.page for hit in result.found]
    assert sorted(ids[: result.total]) == expected
    assert sorted(ids[result.total :]) == similar
    assert not similar or how in {str(one.how) for hit in result.found for one in hit.why}


def test_the_page_names_every_way_to_be_similar() -> None:
    told = {row[0] for row in rows() if len(row) == 2}
    elsewhere = {How.ABSENT, How.FAR_SPELLING, How.BEGINNING, How.FAR_SOUND}
    ways = {str(how) for how in How if how.is_similar and how not in elsewhere}
    assert ways <= told


def test_the_page_names_every_field() -> None:
    assert set(re.findall(r"`([a-z]+):`", DOC)) == set(FIELDS)
