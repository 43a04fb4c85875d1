"""Text becomes the same terms wherever it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import (
    LONGEST_TERM,
    chains,
    fold,
    has_word,
    identifier,
    label,
    placed,
    tokens,
    tokens_of,
)


def terms(text: str) -> list[tuple[int, str]]:
    return [(token.position, token.term) for token in tokens(text) if token.in_row]


def extra(text: str) -> list[str]:
    return [token.term for token in tokens(text) if not token.in_row]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chest PAIN", [(0, "chest"), (1, "pain")]),
        ("Café ﬁne", [(0, "cafe"), (1, "fine")]),
        ("e\u0301te", [(0, "ete")]),
        ("follow-up of", [(0, "follow"), (1, "up"), (2, "of")]),
        ("O\u2019Brien", [(0, "o"), (1, "brien")]),
        ("98.6 F. The", [(0, "98.6"), (1, "f"), (2, "the")]),
        ("pain.The V45.89", [(0, "pain"), (1, "the"), (2, "v45.89")]),
        ("3/4/61", [(0, "3"), (1, "4"), (2, "61")]),
        ("____ ... -- 'x'", [(0, "x")]),
    ],
)
def test_words_become_terms_at_positions(text: str, expected: list[tuple[int, str]]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("follow-up of", ["followup"]), ("O\u2019Brien", ["obrien"]), ("98.6 of pain", [])],
)
def test_a_joined_word_is_an_extra_term(text: str, expected: list[str]) -> None:
    assert extra(text) == expected


@pytest.mark.parametrize("hyphen", ["-\n", "-\r\n  ", "\u00ad\n", "\u2010 \n"])
def test_a_word_broken_over_a_line_is_one_word_and_its_parts(hyphen: str) -> None:
    text = f"lobar pneu{hyphen}monia of"
    assert terms(text) == [(0, "lobar"), (1, "pneumonia"), (2, "of")]
    assert extra(text) == ["pneu", "monia"]


def test_an_identifier_is_found_by_its_bare_digits() -> None:
    assert "072248" in extra("No. 07-22-48")
    assert identifier("07-22-48") == identifier(" 072248 ") == "072248"


def test_a_label_is_one_term_whatever_its_spaces_and_case() -> None:
    assert label("Box\n 3\x00") == label("box 3") == "box 3"


def test_a_pattern_keeps_its_stars() -> None:
    (word,) = chains("07-2?*", pattern=True)
    assert (word.atoms, word.joined) == (("07", "2?*"), "072?*")


@given(st.text())
def test_every_token_lies_in_its_text_in_order(text: str) -> None:
    before = 0
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.position >= before
        assert 1 <= len(token.term) <= LONGEST_TERM
        before = token.position


@given(st.text())
def test_a_text_asked_for_as_it_stands_has_the_terms_of_the_text(text: str) -> None:
    asked = {term for word in chains(text) for term in (*word.atoms, word.joined)}
    assert asked == {token.term for token in tokens(text)}
    assert bool(asked) == has_word(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(
    st.text()
    | st.lists(st.sampled_from(("chest", "follow-up", "98.6", "O'B", "pneu-\n"))).map(" ".join)
)
def test_terms_are_placed_alike_with_and_without_their_place_in_the_text(text: str) -> None:
    row, beside = placed(text)
    assert list(enumerate(row)) == terms(text)
    assert beside == extra(text)


@given(
    st.lists(st.sampled_from(("Chest", "follow-up", "98.6", "O'B", "pneu-\n"))).map(" ".join),
    st.sets(st.sampled_from(("chest", "followup", "up", "o", "pneu"))),
    st.sets(st.integers(0, 9)),
)
def test_the_tokens_that_are_asked_for_are_those_of_the_text(
    text: str, wanted: set[str], places: set[int]
) -> None:
    assert list(tokens_of(text, wanted, places)) == [
        token
        for token in tokens(text)
        if token.term in wanted or (token.in_row and token.position in places)
    ]
