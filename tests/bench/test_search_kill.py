"""An index is searched without an error while its writer is killed, and is whole at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from archive.archive import Archive, open_archive
from bench.large_archive import order_of
from bench.search_answers import mixed
from bench.search_crew import STEPS, Seen, changing, facts_from, read, write
from bench.search_kill import (
    Killed,
    Order,
    Outcome,
    begin,
    facts_of,
    faults_at_end,
    outcome,
    tables,
)
from bench.search_queries import Asked, sample


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kill") / "archive"
    begin(folder, 200)
    return folder


@pytest.fixture
def archive(root: Path) -> Iterator[Archive]:
    with open_archive(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(root: Path) -> list[Asked]:
    order = order_of(root)
    return mixed(sample(order.seed, order.rate, order.pages), 40)


def looked(archive: Archive, asked: list[Asked], tmp_path: Path, **false: int) -> Seen:
    """What a reader sees while the writer takes six steps, told the facts or what is false."""
    facts, stop = replace(facts_of(archive, asked), **false), tmp_path / "stop"
    kept = tmp_path / "facts.json"
    kept.write_text(json.dumps(asdict(facts)))
    assert facts_from(kept) == facts
    for step, _ in zip(write(archive, seed=3, rebuilds=0.3), range(6), strict=False):
        assert step in STEPS
    return read(archive, facts, 1, stop, most=4)


def test_half_of_the_pages_change_and_every_query_keeps_its_total(
    archive: Archive, asked: list[Asked], tmp_path: Path
) -> None:
    assert facts_of(archive, asked).marked == 100
    assert len(changing(order_of(archive.home.root))) == 2
    seen = looked(archive, asked, tmp_path)
    assert (seen.openings, seen.errors, seen.wrong, seen.told) == (4, 0, 0, [])


def test_a_reader_tells_what_cannot_be(
    archive: Archive, asked: list[Asked], tmp_path: Path
) -> None:
    seen = looked(archive, asked, tmp_path, marked=99)
    assert seen.wrong == 4
    assert "marked pages instead of 99" in seen.told[0]


def test_a_reader_goes_on_after_an_error(
    archive: Archive, asked: list[Asked], tmp_path: Path
) -> None:
    facts = facts_of(archive, asked)
    away = archive.home.index.rename(tmp_path / "away")
    try:
        seen = read(archive, facts, 1, tmp_path / "stop", most=3)
    finally:
        away.rename(archive.home.index)
    assert (seen.openings, seen.errors) == (0, 3)
    assert "the search index is missing" in seen.told[0]


def test_an_index_that_is_not_as_it_must_be_is_told(
    archive: Archive, asked: list[Asked], tmp_path: Path
) -> None:
    assert list(faults_at_end(archive, asked, tmp_path / "spare")) == []
    (archive.home.index / "index-99").mkdir()
    segment = next(archive.home.index.glob("index-?*/*.store"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-40] + bytes(40))
    try:
        assert "corrupt" in next(faults_at_end(archive, asked, tmp_path / "spare"))
    finally:
        segment.write_bytes(whole)


def test_what_readers_saw_and_what_was_killed_is_told() -> None:
    killed = [
        Killed(1.0, STEPS[1], "one index", 50, 3, 1),
        Killed(2.0, STEPS[1], "one index", 0, 2, 0),
    ]
    made = Outcome(tuple(killed), (Seen(20, 10, 1, 2), Seen(5, 2, 0, 0)), ("a fault",))
    saw, steps = tables(200, made)
    assert saw.rows == ((5, 1, 12, 25, 1, 2, 1),)
    assert steps.rows == ((STEPS[1], "one index", 2, 50),)


@pytest.mark.slow
def test_readers_see_no_error_and_the_index_is_whole_after_kills(tmp_path: Path) -> None:
    made = outcome(tmp_path, Order(pages=300, kills=3, seed=2, longest=4.0, rebuilds=0.5))
    assert [told for one in made.seen for told in one.told] == []
    assert made.faults == ()
    assert len(made.killed) == 3
    assert {one.step for one in made.killed} <= set(STEPS)
    assert all(one.openings > 0 for one in made.seen)
