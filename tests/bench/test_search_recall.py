"""Known pages are looked for by what stands on them, in archives that were misread."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from bench import search_recall
from bench.by_ear import heard
from bench.known_items import KINDS, OF_CHART, Chooser, Known, known_items
from bench.large_pages import true_page
from bench.search_peers import PeerQuery
from bench.search_queries import plain_words, sample
from bench.search_recall import WAYS, Place, missed, places, tables
from search.query import parse

PAGES = 300


@pytest.fixture(scope="module")
def known() -> list[Known]:
    return known_items(chooser(), PAGES, 24)


def chooser() -> Chooser:
    return Chooser(sample(7, 0.0, PAGES), lambda _: 1, Random(5))


def test_known_pages_are_filed_and_held_and_the_same_again(known: list[Known]) -> None:
    assert known == known_items(chooser(), PAGES, 24)
    assert len({one.page for one in known}) == 24
    assert len({one.page for one in known if one.held}) == 6
    assert {one.kind for one in known} == set(KINDS)
    assert not any(parse(one.query).notes for one in known)


def test_what_is_typed_stands_on_the_page_or_in_its_name(known: list[Known]) -> None:
    words = {page.page_id: plain_words(page) for page in (true_page(7, n) for n in range(PAGES))}
    for one in known:
        if one.kind in ("three words", "four words", "five words", "a phrase of two words"):
            typed = one.query.strip('"').split()
            assert set(typed) <= set(words[one.page])
            assert all(f'"{word}"' in one.peer.match for word in typed) or one.query.startswith('"')


def test_a_chart_is_wanted_by_its_number_and_name_and_else_the_page(known: list[Known]) -> None:
    for one in known:
        assert one.page in one.document
        assert one.wanted >= one.document if one.kind in OF_CHART else one.wanted == {one.page}


def test_words_that_many_pages_hold_are_not_asked() -> None:
    many = Chooser(sample(7, 0.0, PAGES), lambda _: 11, Random(5))
    page = many.pages(PAGES, 4)[0]
    assert {one.kind for one in many.known(page)} <= {"a name and a word", *OF_CHART}


def test_a_name_by_ear_is_another_that_is_near() -> None:
    assert heard("phillips", Random(1)) in {"fillips", "philips", "philliips"}
    spelt = [heard("thompson", Random(seed)) for seed in range(20)]
    assert "tompson" in spelt
    assert "thompson" not in spelt
    assert heard("oo", Random(1)) == "oo"


def test_a_place_is_counted_from_one_and_nought_is_not_found(known: list[Known]) -> None:
    one = known[0]
    found = [["x", one.page], ["x"]]
    ranks = [next(places([one], 0.1, "way", lambda _, f=ids: f)).rank for ids in found]
    assert ranks == [2, 0]


def test_shares_and_ranks_are_told_by_class_and_rate(known: list[Known]) -> None:
    item = Known("a name", "name:a", PeerQuery(), "p", frozenset("p"), frozenset("q"), held=False)
    found = [
        Place(item, rate, way, rank, 0)
        for way in WAYS
        for rate, ranks in ((0.0, (1, 1)), (0.2, (2, 0)))
        for rank in ranks
    ]
    _, filed, held, _ = tables(found)
    assert filed.columns[3:] == ("0 %", "20 %")
    assert filed.rows[0] == ("a name", 2, WAYS[0], "100.0 % (1.00)", "50.0 % (0.25)")
    assert held.rows == ()
    assert [one["rate"] for one in missed(found)] == [0.2]


def test_the_whole_way_from_the_archives_to_the_figures(tmp_path: Path) -> None:
    order = ["--pages", "100", "--known", "8", "--rates", "0", "0.2", "--seed", "4"]
    folders = ["--archives", tmp_path, "--indexes", tmp_path / "indexes", "--results", tmp_path]
    assert search_recall.main([*order, *map(str, folders)]) == 0
    told = json.loads((tmp_path / "search_recall.json").read_text())
    whole, letter, _ = told["tables"][0]["rows"][:3]
    assert whole[3].startswith("100.0 %")
    assert float(whole[4].split()[0]) >= float(letter[4].split()[0])
