"""Indexes of one archive are built, asked and changed, and their answers compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from archive.archive import Archive, open_archive
from bench.large_archive import LargeOrder, fill
from bench.search_answers import Answered, agreement, answers, mixed
from bench.search_archives import bytes_of, is_filled, prepared, text_bytes
from bench.search_asking import BARE, WHOLE, Times, timed, ways
from bench.search_build import ENGINES, PEER, build, index_of
from bench.search_changes import BATCH, batch_of, followed, restore, say
from bench.search_queries import Sample, queries, sample
from bench.search_scale import Measured, tables
from search.archive_text import ArchiveText

ORDER = LargeOrder(7, 0.02, 400)
EVERY = (*ENGINES, PEER)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    fill(folder / "one", ORDER, processes=1)
    return folder / "one"


@pytest.fixture
def archive(root: Path) -> Iterator[Archive]:
    with open_archive(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def indexes(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexes")
    with open_archive(root) as opened:
        for engine in EVERY:
            built = build(ArchiveText(opened), engine, index_of(folder, engine))
            assert built.seconds > 0
            assert built.index_bytes == bytes_of(index_of(folder, engine)) > 10_000
    return folder


@pytest.fixture(scope="module")
def counted() -> Sample:
    return sample(ORDER.seed, ORDER.rate, ORDER.pages)


def test_an_archive_that_is_filled_is_taken_as_it_is(root: Path, archive: Archive) -> None:
    assert prepared(ORDER, root.parent) == root
    assert is_filled(root, ORDER)
    assert not is_filled(root, LargeOrder(7, 0.02, 450))
    assert not is_filled(root, LargeOrder(7, 0.05, 400))
    texts = ArchiveText(archive)
    entries = texts.entries(list(texts.all_page_ids())).values()
    assert text_bytes(archive) == sum(len(one.text.encode()) for one in entries)


def test_an_archive_that_is_absent_is_made(tmp_path: Path) -> None:
    made = prepared(LargeOrder(7, 0.05, 50), tmp_path)
    assert made.name == "large-50-0.05"
    assert prepared(LargeOrder(7, 0.05, 50), tmp_path) == made


def test_engines_of_ours_find_the_same_and_the_peer_about_the_same(
    archive: Archive, indexes: Path, counted: Sample
) -> None:
    asked = queries(counted, each=4)
    with ExitStack() as stack:
        source = ArchiveText(archive)
        every = [
            way for name in EVERY for way in ways(source, name, index_of(indexes, name), stack, [])
        ]
        assert [way.name for way in every] == [
            f"tantivy {BARE}", f"tantivy {WHOLE}", f"whoosh {BARE}", f"whoosh {WHOLE}",
            f"{PEER} {BARE}",
        ]  # fmt: skip
        times = timed(asked, every, 2, Times())
    assert times.totals["tantivy"] == times.totals["whoosh"]
    assert any(times.totals["tantivy"].values())
    assert set(times.totals[PEER]) < set(times.totals["tantivy"])
    assert all(len(some) == 8 for some in times.seconds[f"tantivy {WHOLE}"].values())
    assert times.seconds[f"{PEER} {BARE}"]["one letter wrong"] == []


def test_a_batch_has_its_pages_and_is_the_same_again() -> None:
    batch = batch_of(ORDER, Random(3))
    assert sum(one.length for one in batch) == BATCH
    assert len({one.first for one in batch}) == len(batch) > 3
    assert batch_of(ORDER, Random(3)) == batch


def test_a_changed_archive_is_followed_and_is_as_before_at_the_end(
    root: Path, archive: Archive, indexes: Path, counted: Sample
) -> None:
    source, home = ArchiveText(archive), index_of(indexes, "tantivy")
    asked = mixed(counted, 40)
    before = answers(source, home, asked)
    told = followed(root, home, 2, compared=True)
    assert len(told.seconds) == 2
    for one in (told.again, told.published):
        assert one is not None
        assert one.is_whole
        assert one.asked > 150
    assert agreement(before, answers(source, home, asked)).is_whole
    assert source.last_seq() > 0


def test_a_diagnosis_is_said_and_taken_back(archive: Archive) -> None:
    source = ArchiveText(archive)
    batch, ids = batch_of(ORDER, Random(4)), list(source.all_page_ids())
    before, seq = source.entries(ids), source.last_seq()
    say(archive, ORDER.seed, batch, "another")
    changed = [page for page, one in source.entries(ids).items() if one.diagnosis == "another"]
    assert len(changed) == BATCH
    assert {change.page for change in source.changes(seq, 2 * BATCH)} == set(changed)
    restore(archive, ORDER.seed, batch)
    assert source.entries(ids) == before


def test_indexes_that_differ_are_counted() -> None:
    one, other = Answered(3, ("a",), "x", "y"), Answered(3, ("b",), "x", "z")
    told = agreement([one, one], [one, other])
    assert (told.asked, told.totals, told.every, told.wide, told.best) == (2, 2, 2, 1, 1)
    assert told.is_whole
    assert not agreement([one], [Answered(2, ("a",), "w", "y")]).is_whole


def test_what_was_not_measured_has_no_table() -> None:
    built = {"seconds": 2.0, "cpu_seconds": 0.4, "index_bytes": 2**20, "peak_bytes": 2**20}
    agreed = {"asked": 200, "totals": 200, "every": 200, "wide": 199, "best": 180}
    asked = {
        "seconds": {
            f"tantivy {BARE}": {"a word": [0.001, 0.003]},
            f"{PEER} {BARE}": {"a word": []},
        },
        "totals": {"tantivy": {"a": 1, "b": 2}, PEER: {"a": 3}},
        "openings": {"tantivy": [0.002], PEER: []},
    }
    changed = {"seconds": [0.1, 0.5], "again": agreed, "published": agreed}
    engines = ("tantivy", PEER)
    whole = Measured(100, 2**20, engines, dict.fromkeys(engines, built), asked, changed)
    sizes, times, totals, same = tables(whole)
    assert sizes.rows[1] == ("pages a second", "50", "50")
    assert sizes.rows[-1] == ("50 changed pages found, s", "0.30 (0.50)", "-")
    assert times.rows[0] == ("a word", "2.0 (2.9)", "-")
    assert totals.rows[0][1:] == (1, 1)
    assert same.rows[1][1:] == (200, 200, 200, 199, 180)
    assert [table.title for table in tables(Measured(100, 1, engines, {}, asked))] == [
        times.title, totals.title,
    ]  # fmt: skip
