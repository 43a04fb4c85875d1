"""The linear model of wording."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import ArchiveError
from capture.model import Digest, FrameRef
from indexer.doctypes import catalogue
from indexer.read import page_from_text, text_size
from indexer.rows import layout_of
from indexer.text_features import Wording, wording_of
from indexer.text_fitting import Fitting, fitted
from indexer.text_model import TextModel, from_bytes, shipped_model, vector

FRAME = FrameRef(Digest("0" * 64), 1)
SURGERY = ("scalpel incision suture {n}", "suture of the wound {n}", "incision and drain {n}")
KITCHEN = ("flour and butter {n}", "butter in the pan {n}", "a pan of flour {n}")
GARDEN = ("roses and tulips {n}", "tulips in the bed {n}", "a bed of roses {n}")


def wording(text: str) -> Wording:
    width, height = text_size(text)
    return wording_of(layout_of(page_from_text(text, FRAME), width=width, height=height))


def taught(*pools: tuple[tuple[str, ...], str], earlier: TextModel | None = None) -> TextModel:
    pairs = [(wording(line.format(n=n)), code) for pool, code in pools for n, line in
             enumerate(pool * 4)]  # fmt: skip
    return fitted([one for one, _ in pairs], [two for _, two in pairs], Fitting(), earlier)


def told(model: TextModel, text: str) -> str:
    return model.codes[int(model.likelihoods(wording(text)).argmax())]


def test_it_learns_which_words_go_with_which_type() -> None:
    model = taught((SURGERY, "A"), (KITCHEN, "B"))
    assert told(model, "a long incision, a suture") == "A"
    assert told(model, "more butter, more flour") == "B"


def test_it_knows_a_misread_word_by_its_pieces() -> None:
    model = taught((SURGERY, "A"), (KITCHEN, "B"))
    assert told(model, "incisicn suturc") == "A"


def test_what_an_earlier_model_knew_is_not_forgotten() -> None:
    earlier = taught((SURGERY, "A"), (KITCHEN, "B"))
    later = taught((KITCHEN, "B"), (GARDEN, "C"), earlier=earlier)
    assert told(later, "incision suture scalpel wound") == "A"
    assert told(later, "roses tulips") == "C"


def test_the_same_pages_make_the_same_file() -> None:
    pools = ((SURGERY, "A"), (KITCHEN, "B"))
    assert taught(*pools).as_bytes() == taught(*pools).as_bytes()


def test_a_model_survives_its_file() -> None:
    model = taught((SURGERY, "A"), (KITCHEN, "B"))
    again = from_bytes(model.as_bytes())
    page = wording("an incision with butter")
    assert again.codes == model.codes
    assert np.allclose(again.likelihoods(page), model.likelihoods(page), atol=0.02)


@pytest.mark.parametrize("damage", [b"", b"no model at all", shipped_model().as_bytes()[:5000]])
def test_a_damaged_file_is_an_error_that_says_what_to_do(damage: bytes) -> None:
    with pytest.raises(ArchiveError, match="chartroom types train"):
        from_bytes(damage)


@given(st.text(max_size=300))
def test_likelihoods_are_shares_of_one_whatever_the_text(text: str) -> None:
    shares = shipped_model().likelihoods(wording(text or " "))
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1, abs=1e-3)


@given(st.lists(st.sampled_from(["the", "patient", "was", "sent", "home"]), max_size=30))
def test_each_kind_of_feature_weighs_no_more_than_its_gain(words: list[str]) -> None:
    model = shipped_model()
    page = wording(" ".join(words) or " ")
    for block in page.blocks:
        one = Wording((block,), page.words)
        _, amounts = vector(one, model.features, model.rarity)
        assert block.kind == "catalogue" or np.linalg.norm(amounts) <= 1.001


def test_the_shipped_model_tells_every_type_of_documents_and_no_other() -> None:
    types = {entry.code for entry in catalogue() if not entry.code.startswith("LOCAL-")}
    assert set(shipped_model().codes) == types


def test_the_shipped_model_is_small_and_has_seen_no_site() -> None:
    assert len(shipped_model().as_bytes()) < 1_500_000
    assert not shipped_model().seen
