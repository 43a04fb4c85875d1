"""A large archive is asked the same in our language and in that of SQLite FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from archive.archive import open_archive
from bench import search_peers
from bench.large_archive import LargeOrder, fill
from bench.large_pages import true_page
from bench.large_rows import read_rows
from bench.search_peers import PeerQuery
from bench.search_queries import KINDS, Asked, Sample, queries, sample
from search import publish
from search.archive_text import ArchiveText
from search.model import Filters, Result
from search.query import parse
from search.service import search
from search.settings import SearchSettings

PAGES = 600
WITHOUT_PEER = {"one letter wrong", "two letters wrong", "a misspelt word without ~"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveText]:
    root = tmp_path_factory.mktemp("archive")
    fill(root, LargeOrder(7, 0.02, PAGES), processes=1)
    with open_archive(root) as opened:
        publish.rebuild(ArchiveText(opened), root / "index", SearchSettings())
        yield ArchiveText(opened)


@pytest.fixture(scope="module")
def peer(
    archive: ArchiveText, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("peer") / "peer.db"
    assert search_peers.build(search_peers.entries_of(archive), path) > 0
    with search_peers.opened(path) as connection:
        yield connection


@pytest.fixture(scope="module")
def counted() -> Sample:
    return sample(7, 0.02, PAGES)


@pytest.fixture(scope="module")
def asked(counted: Sample) -> dict[str, list[Asked]]:
    return queries(counted)


def found(archive: ArchiveText, asked: Asked) -> Result:
    home = archive._archive.home.index
    return search(archive, home, SearchSettings(), asked.query, asked.filters, limit=PAGES)


def test_every_class_has_its_queries(asked: dict[str, list[Asked]]) -> None:
    assert list(asked) == list(KINDS)
    assert all(len(set(some)) == len(some) >= 20 for some in asked.values())
    assert {kind for kind, some in asked.items() if some[0].peer is None} == WITHOUT_PEER


def test_queries_are_the_same_for_a_seed(counted: Sample, asked: dict[str, list[Asked]]) -> None:
    assert queries(sample(7, 0.02, PAGES)) == asked
    assert queries(counted, each=3)["a name"] == asked["a name"][:3]


def test_our_language_understands_every_query(asked: dict[str, list[Asked]]) -> None:
    every = [one for some in asked.values() for one in some]
    assert not [one for one in every if parse(one.query).notes]
    assert all(one.query or one.filters != Filters() for one in every)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WITHOUT_PEER])
def test_the_peer_finds_as_many_pages(
    kind: str, archive: ArchiveText, peer: sqlite3.Connection, asked: dict[str, list[Asked]]
) -> None:
    for one in asked[kind][:8]:
        assert one.peer is not None
        total = search_peers.count(peer, one.peer)
        assert len(search_peers.ask(peer, one.peer, limit=5)) == min(total, 5)
        # Hyphens, points and the alike are cut by other rules, so a few may differ.
        assert total == pytest.approx(found(archive, one).total, rel=0.1, abs=2)


def test_common_words_are_common_and_rare_ones_rare(
    peer: sqlite3.Connection, asked: dict[str, list[Asked]]
) -> None:
    def most(kind: str) -> int:
        return max(search_peers.count(peer, one.peer) for one in asked[kind] if one.peer)

    assert most("a rare word") < 5 < most("a middling word") < PAGES / 20
    least = min(search_peers.count(peer, one.peer) for one in asked["a common word"] if one.peer)
    assert least > PAGES / 20


def test_misspelt_words_are_found_where_they_stand(
    archive: ArchiveText, asked: dict[str, list[Asked]]
) -> None:
    for kind in ("one letter wrong", "two letters wrong"):
        right = [
            one.page in {page.page for page in found(archive, one).found}
            for one in asked[kind][:20]
        ]
        # Of the others the very word was misread on its page.
        assert sum(right) > 10


def test_a_page_of_which_a_word_was_misread_is_missed_by_the_peer(
    peer: sqlite3.Connection, asked: dict[str, list[Asked]]
) -> None:
    for one in asked["four words of a page, some misread"]:
        assert one.peer is not None
        assert one.page not in search_peers.ask(peer, one.peer)


def test_words_read_again_are_those_of_the_archive(archive: ArchiveText) -> None:
    page = true_page(7, 77)
    kept = archive.words([page.page_id])[page.page_id]
    assert [word.text for word in kept] == [row[0] for row in read_rows(0.02, page)]


def test_filters_narrow_what_the_peer_finds(peer: sqlite3.Connection) -> None:
    whole = search_peers.count(peer, PeerQuery())
    held = search_peers.count(peer, PeerQuery(state="held"))
    late = PeerQuery('"patient"', date_from="1970-01-01")
    assert whole == PAGES
    assert 0 < held < PAGES / 4
    assert 0 < search_peers.count(peer, late) < search_peers.count(peer, PeerQuery('"patient"'))
