"""Engines are timed over the same pages, and their answers are counted."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import get_args

import pytest

from bench import search_engines
from bench.program import Ran
from search.engines import engine_named
from search.settings import EngineName

ENGINES: tuple[EngineName, ...] = get_args(EngineName)


def test_pages_are_the_same_for_a_seed_and_differ_from_each_other() -> None:
    pages = list(search_engines.entries(3, 60))
    assert pages == list(search_engines.entries(3, 60))
    assert len({page.page_id for page in pages}) == len({page.text for page in pages}) == 60
    assert all(len(page.text.split()) > 30 for page in pages)


def test_every_kind_of_query_is_asked() -> None:
    asked = search_engines.queries(list(search_engines.entries(3, 200)), Random(1))
    assert all(asked.values())
    assert len({query for some in asked.values() for query in some}) > 60


def test_engines_find_the_same_pages(tmp_path: Path) -> None:
    timed = [search_engines.timed(engine_named(name), 3, 120, tmp_path / name) for name in ENGINES]
    assert all(one.counts == timed[0].counts for one in timed)
    assert all(one.build > 0 and one.index_bytes > 0 for one in timed)
    assert any(timed[0].counts.values())


@pytest.mark.parametrize("count", [1, 2])
def test_a_column_for_each_engine_and_a_row_for_each_kind(count: int) -> None:
    told = {
        "engine": "one",
        "version": "1",
        "build": 2.0,
        "update": 0.1,
        "index_bytes": 2**20,
        "answers": {"a word": [0.001, 0.003]},
        "counts": {"chest": 4},
    }
    whole, answers = search_engines.tables(100, [(told, Ran(0, "", "", 1, 1, 2**20))] * count)
    assert whole.rows[1] == ("pages a second", *["50"] * count)
    assert answers.rows == (("a word", *["2.0 (2.9)"] * count),)
