"""What was typed is found as it was misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.spellings import CONFUSIONS, LOST, SHORTEST_OF_TWO, confusions, halves, joined

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=14)


def once(term: str) -> set[str]:
    """Every way to read one place of ``term`` wrong, written plainly."""
    found = set()
    for one, other, _ in CONFUSIONS:
        for true, read in ((one, other), (other, one)):
            for at in range(len(term)):
                if term.startswith(true, at):
                    found.add(term[:at] + read + term[at + len(true) :])
    lost = {letter for letter, _ in LOST}
    found |= {term[:at] + term[at + 1 :] for at in range(len(term)) if term[at] in lost}
    return found


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("sternum", "stemum"),
        ("clavicle", "davicle"),
        ("women", "vvomen"),
        ("hernia", "hemia"),
        ("liver", "1iver"),
        ("fever", "fcver"),
        ("lung", "iung"),
        ("colon", "c0lon"),
        ("burns", "bums"),
        ("skull", "5kull"),
        ("modern", "modem"),
        ("calcium", "caicium"),
        ("abdomen", "abdornen"),
        ("carcinoma", "carcinorna"),
        ("tumor", "turnor"),
    ],
)
def test_a_common_misreading_is_among_the_first(typed: str, read: str) -> None:
    assert read in confusions(typed)


@pytest.mark.parametrize(("one", "other", "weight"), CONFUSIONS)
def test_every_confusion_goes_both_ways(one: str, other: str, weight: float) -> None:
    assert 0 < weight <= 1
    assert one != other
    assert f"xk{other}kx" in confusions(f"xk{one}kx", 500)
    if other.isalpha():
        assert f"xk{one}kx" in confusions(f"xk{other}kx", 500)


def test_no_confusion_is_listed_twice() -> None:
    assert len({frozenset((one, other)) for one, other, _ in CONFUSIONS}) == len(CONFUSIONS)


def test_the_likeliest_comes_first() -> None:
    assert confusions("sternum")[0] == "stemum"
    assert confusions("sternum", 3) == confusions("sternum")[:3]


def test_a_thin_letter_may_be_lost_from_a_long_word() -> None:
    assert "abdominal"[:-1] in confusions("abdominal", 60)
    assert "ie" not in confusions("lie", 500)


def test_two_places_may_be_wrong_in_a_long_word() -> None:
    assert "adenocarcinorna" in confusions("adenocarcinoma")
    assert "stemurn" in confusions("sternum", 200)


@pytest.mark.parametrize("term", ["", "a", "mi", "072248", "l5", "98.6", "b12", "v45.89"])
def test_short_words_and_numbers_stay_as_they_are(term: str) -> None:
    assert confusions(term) == ()


@given(WORDS)
def test_each_spelling_differs_by_one_or_two_confusions(term: str) -> None:
    one_wrong = once(term)
    two_wrong = {other for spelling in one_wrong for other in once(spelling)}
    allowed = one_wrong if len(term) < SHORTEST_OF_TWO else one_wrong | two_wrong
    assert set(confusions(term)) <= allowed - {term}


@given(WORDS, st.integers(min_value=-1, max_value=60))
def test_spellings_are_few_and_each_is_there_once(term: str, most: int) -> None:
    found = confusions(term, most)
    assert len(found) <= max(most, 0)
    assert len(set(found)) == len(found)


@given(st.text())
def test_any_text_may_be_asked_for(text: str) -> None:
    assert text not in confusions(text)
    assert all("".join(parts) == text for parts in halves(text))


def test_a_gap_tears_a_word_in_two() -> None:
    assert halves("fever") == (("fe", "ver"), ("fev", "er"))
    assert halves("lung") == ()
    assert halves("12345") == ()


@given(WORDS)
def test_torn_parts_make_the_word_again(term: str) -> None:
    for one, other in halves(term):
        assert one + other == term
        assert min(len(one), len(other)) >= 2


def test_neighbours_may_be_written_together() -> None:
    assert joined(["chest", "pain", "severe"]) == ("chestpain", "painsevere")
    assert joined(["room", "12", "bed"]) == ()
    assert joined(["chest"]) == ()
