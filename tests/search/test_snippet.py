"""A snippet shows the words that matched, and the boxes are where they stand."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evidence import spans
from search.nodes import Node
from search.plan import plan
from search.query import parse
from search.snippet import WIDTH, matched_words, snippet
from search.tree import Tree
from tests.search.archives import placed_words, some_text, trees

TEXT = """DISCHARGE SUMMARY
The patient was seen in follow-up for lobar pneu-
monia of the left lung. Pneumnoia resolved; no chest pain."""


def asked(query: str | Tree) -> Node:
    tree = parse(query).tree if isinstance(query, str) else query
    assert tree is not None
    return plan(tree)


def marked(query: str) -> list[str]:
    return [TEXT[start:end] for start, end in spans(asked(query), TEXT)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("patient", ["patient"]),
        ("follow-up", ["follow-up"]),
        ("followup", ["follow-up"]),
        ('"follow up"', ["follow", "up"]),
        ("pneumonia", ["pneu-\nmonia"]),
        ("pneum*", ["pneu-\nmonia", "Pneumnoia"]),
        ("pneumonia~", ["pneu-\nmonia", "Pneumnoia"]),
        ('"lobar pneumonia of"', ["lobar", "pneu-\nmonia", "of"]),
        ('"chest of"', []),
        ("chest -patient", ["chest"]),
        ("chest OR lung", ["lung", "chest"]),
        ("name:patient", ["patient"]),
        ("type:discharge", []),
        ("date:1961", []),
    ],
)
def test_what_matched_is_marked(query: str, expected: list[str]) -> None:
    assert marked(query) == expected


def test_a_word_broken_over_a_line_has_both_its_boxes() -> None:
    words = matched_words(placed_words(TEXT), TEXT, spans(asked("pneumonia"), TEXT))
    assert [word.text for word in words] == ["pneu-", "monia"]
    assert [word.y for word in words] == [30, 60]


def test_the_same_word_twice_has_its_own_box_each_time() -> None:
    text = "pain no pain"
    words = matched_words(placed_words(text), text, spans(asked("pain"), text))
    assert [word.x for word in words] == [0, 200]


def test_a_snippet_is_cut_around_the_best_cluster() -> None:
    text = "fever " + "filler " * 100 + "fever with chest pain " + "filler " * 100
    found = spans(asked("fever chest pain"), text)
    shown = snippet(text, found, mark=lambda word: f"[{word}]")
    assert "[fever] with [chest] [pain]" in shown
    assert shown.startswith("… filler")
    assert shown.endswith("filler …")
    assert len(shown) < WIDTH + 40


def test_a_snippet_without_matches_is_the_start_of_the_text() -> None:
    assert snippet(TEXT, [], width=24) == "DISCHARGE SUMMARY The patient …"
    assert snippet("", []) == ""


def test_a_snippet_can_be_painted_for_a_browser() -> None:
    text = "<b>pain</b>"
    found = spans(asked("pain"), text)
    painted = snippet(text, found, mark=lambda word: f"<mark>{escape(word)}</mark>", plain=escape)
    assert painted == "&lt;b&gt;<mark>pain</mark>&lt;/b&gt;"


@given(text=some_text, tree=trees, width=st.integers(10, 60))
def test_a_snippet_is_made_of_the_text_and_never_much_wider(
    text: str, tree: Tree, width: int
) -> None:
    found = spans(asked(tree), text)
    shown = snippet(text, found, width=width)
    words = placed_words(text)
    assert len(shown) <= width + 44
    assert shown.strip("… ") in " ".join(text.split())
    assert set(matched_words(words, text, found)) <= set(words)
    assert bool(matched_words(words, text, found)) == bool(found)


@given(st.text(), st.text(min_size=1, max_size=8), st.integers(10, 60))
def test_any_text_has_a_snippet(text: str, query: str, width: int) -> None:
    tree = parse(query).tree
    found = spans(asked(tree), text) if tree is not None else []
    assert len(snippet(text, found, width=width)) <= width + 44
