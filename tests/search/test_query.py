"""Any string is a query, and a tree reads back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import SettingsError
from search.model import Filters
from search.query import MAX_DEPTH, MAX_LEAVES, MAX_LENGTH, filter_tree, parse, with_filters
from search.text import has_word
from search.tree import (
    FIELDS,
    RANGE_FIELDS,
    And,
    Between,
    Fuzzy,
    Leaf,
    Not,
    Or,
    Phrase,
    Tree,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    negation,
    render,
)
from tests.search.archives import between, dates, frames

PAIN, CHEST, FEVER = Word("pain"), Word("chest"), Word("fever")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("chest pain", And((CHEST, PAIN))),
        ("chest AND pain", And((CHEST, PAIN))),
        ("chest and pain", And((CHEST, Word("and"), PAIN))),
        ("chest OR pain fever", Or((CHEST, And((PAIN, FEVER))))),
        ("(chest OR pain) fever", And((Or((CHEST, PAIN)), FEVER))),
        ("chest -pain", And((CHEST, Not(PAIN)))),
        ("chest NOT (pain OR fever)", And((CHEST, Not(Or((PAIN, FEVER)))))),
        ("NOT NOT chest", CHEST),
        ("follow-up", Word("follow-up")),
        ('"chest pain"', Phrase("chest pain")),
        ('name:"ann samplewell"', Phrase("ann samplewell", "name")),
        ("name: samplewell", Word("samplewell", "name")),
        ("NAME:(mockridge OR samplewell)",
         Or((Word("mockridge", "name"), Word("samplewell", "name")))),
        ("pneumo* ?ain", And((Wildcard("pneumo*"), Wildcard("?ain")))),
        ("pain~ pain~2 pain~0", And((Fuzzy("pain", 1), Fuzzy("pain", 2), PAIN))),
        ("date:1961", Between("1961", "1961", "date")),
        ("date:1961..1965-03", Between("1961", "1965-03", "date")),
        ("date:1961..", Between("1961", "", "date")),
        ("dob:..1961-03-05", Between("", "1961-03-05", "dob")),
        ("frame:007..12", Between("7", "12", "frame")),
        (r"\AND \-pain chest\*", And((Word("AND"), Word("-pain"), Word("chest*")))),
        ("mrn:07-22-48", Word("07-22-48", "mrn")),
    ],
)  # fmt: skip
def test_a_query_is_understood(query: str, expected: Tree) -> None:
    assert (parse(query).tree, parse(query).notes) == (expected, ())


@pytest.mark.parametrize(
    ("query", "expected", "note"),
    [
        ('"chest pain', Phrase("chest pain"), "not closed"),
        ("(chest pain", And((CHEST, PAIN)), "not closed"),
        ("chest) pain", And((CHEST, PAIN)), "closing parenthesis"),
        ("AND chest", And((Word("AND"), CHEST)), "nothing to work on"),
        ("chest OR", And((CHEST, Word("OR"))), "nothing to work on"),
        ("name:", Word("name"), "nothing to work on"),
        ("patient:chest", Word("patient:chest"), "is no field"),
        ("date:yesterday", Word("date:yesterday"), "date: is followed by"),
        ("date:1961-13", Word("date:1961-13"), "date: is followed by"),
        ("frame:x*", Word("frame:x*"), "frame: is followed by"),
        ("date:1965..1961", Between("1961", "1965", "date"), "backwards"),
        ("pain~9", Fuzzy("pain", 2), "at most 2"),
        ("pai*~", Wildcard("pai*"), "left out"),
        ('"chest pain"~3', Phrase("chest pain"), "left out"),
        ("*** -- chest", CHEST, "without a letter"),
        ("***", None, "without a letter"),
    ],
)
def test_what_is_not_understood_is_taken_literally_and_told(
    query: str, expected: Tree | None, note: str
) -> None:
    parsed = parse(query)
    assert parsed.tree == expected
    assert any(note in told for told in parsed.notes), parsed.notes


@pytest.mark.parametrize("query", ["", "   ", "()", "( () )"])
def test_nothing_asked_is_no_tree(query: str) -> None:
    assert parse(query).tree is None


SIGNS = st.sampled_from(
    ["(", ")", '"', "-", "~", "~2", ":", "*", "?", "\\", " ", "..", "AND", "OR", "NOT", "name:",
     "date:", "frame:", "1961", "1961-03", "12", "chest", "pa-in", "o'b", "\n", "é"]
)  # fmt: skip
signs_in_a_row = st.lists(SIGNS, max_size=60).map("".join)


@given(st.text() | signs_in_a_row)
def test_any_string_is_a_query_and_its_tree_reads_back(query: str) -> None:
    tree = parse(query).tree
    if tree is not None:
        assert parse(render(tree)).tree == tree


@given(signs_in_a_row)
def test_notes_never_repeat_what_was_typed(query: str) -> None:
    assert not any("samplewell" in note for note in parse(query + " samplewell:x").notes)


words = st.text(min_size=1, max_size=12).filter(has_word)
fields = st.sampled_from(("", *(name for name in FIELDS if name not in RANGE_FIELDS)))
wild = st.text(alphabet="ab-'1 *?:~\\\"(", min_size=2, max_size=8).filter(
    lambda text: has_word(text) and ("*" in text or "?" in text)
)
written_leaves: st.SearchStrategy[Tree] = st.one_of(
    st.builds(Word, words, fields),
    st.builds(Phrase, words, fields),
    st.builds(Wildcard, wild, fields),
    st.builds(Fuzzy, words, st.integers(1, 2), fields),
    between("date", dates),
    between("frame", frames),
)
written_trees = st.recursive(
    written_leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(conjunction),
        st.lists(inner, min_size=2, max_size=4).map(disjunction),
        inner.map(negation),
    ),
    max_leaves=12,
)


@given(written_trees)
def test_a_tree_reads_back_as_it_was_written(tree: Tree) -> None:
    assert parse(render(tree)).tree == tree
    assert parse(render(tree)).notes == ()


def depth(tree: Tree) -> int:
    match tree:
        case And(parts) | Or(parts):
            return 1 + max(depth(part) for part in parts)
        case Not(part):
            return 1 + depth(part)
        case _:
            return 1


def leaves(tree: Tree) -> list[Leaf]:
    match tree:
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            return leaves(part)
        case _:
            return [tree]


def test_parentheses_are_followed_only_so_deep() -> None:
    nested = "(a OR -" * 200 + "b" + ")" * 200
    parsed = parse(nested)
    assert parsed.tree is not None
    assert depth(parsed.tree) <= 3 * (MAX_DEPTH + 1)
    assert any("deeper" in note for note in parsed.notes)


def test_only_so_many_words_are_searched_for() -> None:
    parsed = parse(" ".join(f"w{number}" for number in range(200)))
    assert parsed.tree is not None
    assert len(leaves(parsed.tree)) == MAX_LEAVES
    assert any("only the first" in note for note in parsed.notes)


def test_a_query_is_read_only_so_far() -> None:
    parsed = parse("chest " + "x" * 1_000_000)
    assert any("cut" in note for note in parsed.notes)
    assert parsed.tree == And((CHEST, Word("x" * (MAX_LENGTH - 6))))


def test_filters_narrow_the_same_tree() -> None:
    filters = Filters(mrn="07-22-48", patient="SAMPLEWELL, ANN", type="Discharge summary",
                      date_from="1961", batch="Box 3", state="filed")  # fmt: skip
    assert with_filters(PAIN, filters) == And((
        PAIN, Word("07-22-48", "mrn"), Word("Box 3", "batch"), Word("filed", "state"),
        Word("SAMPLEWELL,", "name"), Word("ANN", "name"), Phrase("Discharge summary", "type"),
        Between("1961", "", "date"),
    ))  # fmt: skip


def test_no_query_and_no_filter_is_no_tree() -> None:
    assert with_filters(None, Filters()) is None
    assert filter_tree(Filters(mrn="1")) == Word("1", "mrn")


def test_a_filter_that_names_nobody_is_kept_and_matches_nothing() -> None:
    assert filter_tree(Filters(patient="--")) == Word("--", "name")


@pytest.mark.parametrize("date", ["1961-13", "yesterday", "03/05/1961"])
def test_a_filter_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(SettingsError, match="write 1961, 1961-03 or 1961-03-05"):
        Filters(date_from=date)
