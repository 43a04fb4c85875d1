"""Weights of identifiers: kept as data, learned from pages, scaled by how common a name is."""

import random

import pytest

from capture.errors import SettingsError
from indexer.comparison import IDENTIFIERS, Fits, Level
from indexer.fitting import LEAST_PAIRS, Pairs, fitted
from indexer.weights import Rarity, read_weights, shipped_weights, written

AGREES = Fits(*[Level.SAME] * 6)
ALONE = Rarity(patients=100_000, namesakes=1)


def test_the_chances_of_each_identifier_sum_to_one() -> None:
    for levels in shipped_weights().chances.values():
        assert sum(m for m, _ in levels.values()) == pytest.approx(1, abs=0.01)
        assert all(0 < m < 1 and 0 < u < 1 for m, u in levels.values())


def test_written_weights_read_back() -> None:
    shipped = shipped_weights()
    assert written(read_weights(written(shipped), "x.toml")) == written(shipped)


@pytest.mark.parametrize("text", ["[mrn", "[mrn]\nsame = 3", "[mrn]\nalike = [0.5, 0.5]", ""])
def test_a_file_that_holds_no_weights_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"site\.toml"):
        read_weights(text, "site.toml")


def test_a_common_name_weighs_less() -> None:
    weights = shipped_weights()
    rare = weights.bits(AGREES, ALONE)
    common = weights.bits(AGREES, Rarity(patients=100_000, namesakes=500))
    assert rare - common == pytest.approx(8.97, abs=0.01)  # log2(500)


def test_agreement_weighs_most_and_difference_speaks_against() -> None:
    weights = shipped_weights()
    for place, field in enumerate(IDENTIFIERS):
        bits = {}
        for level in sorted(weights.chances[field], key=lambda one: one.value):
            levels = [Level.UNKNOWN] * 6
            levels[place] = level
            bits[level] = weights.bits(Fits(*levels), ALONE)
        assert max(bits, key=bits.__getitem__) is Level.SAME, field
        assert min(bits, key=bits.__getitem__) is Level.OTHER, field
        assert bits[Level.OTHER] < 0 < bits[Level.SAME]


def test_fitting_finds_how_often_identifiers_agree() -> None:
    rng = random.Random(5)
    truth = {"patient_name": 0.8, "birth_date": 0.7, "sex": 0.97, "ssn": 0.9}
    numbered = tuple(
        {f: Level.SAME if rng.random() < share else Level.OTHER for f, share in truth.items()}
        | {"mrn": Level.SAME}
        for _ in range(3000)
    )
    named = tuple({"mrn": Level.SAME if rng.random() < 0.85 else Level.LIKE} for _ in range(3000))
    pairs = Pairs(numbered, named)
    assert pairs.enough
    learned = fitted(pairs, shipped_weights(), "site").chances
    for field, share in truth.items():
        assert learned[field][Level.SAME][0] == pytest.approx(share, abs=0.04)
    assert learned["mrn"][Level.SAME][0] == pytest.approx(0.85, abs=0.04)
    assert learned["mrn"][Level.SAME][1] == shipped_weights().chances["mrn"][Level.SAME][1]


def test_few_pairs_are_not_enough() -> None:
    one = ({"mrn": Level.SAME},)
    assert not Pairs(one * LEAST_PAIRS, one).enough
