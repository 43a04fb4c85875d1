"""Words are found right where they stand, and weights are fitted that can only rise."""

from __future__ import annotations

import math
import tomllib
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import calibration, word_truth
from bench.calibration import area_under_curve, as_toml, expected_error, fitted, logistic
from bench.word_truth import Scored, TrueWord, right_in_any_order, right_words
from capture.model import Box
from ocr.calibration import FEATURES, Kind, kind_of
from ocr.engines import open_engine
from ocr.model import Word
from ocr.settings import OcrSettings

TEXTS = ("Patient", "Mockridge", "004267", "seen", "today", "with", "fever,", "chills", "and", "no")


def truth_of(texts: tuple[str, ...] = TEXTS) -> list[TrueWord]:
    """Return words on two lines of a sheet."""
    return [
        TrueWord(text, Box(100 + 200 * (at % 5), 100 + 60 * (at // 5), 150, 40))
        for at, text in enumerate(texts)
    ]


def read_of(truth: list[TrueWord], confidence: float = 0.9) -> list[Word]:
    """Return the words as read on a page at two thirds of the size, turned upside down."""
    boxes = [word.box for word in truth]
    return [
        Word(word.text, Box(1500 - 2 * b.right // 3, 900 - 2 * b.bottom // 3, 100, 27), confidence)
        for word, b in zip(truth, boxes, strict=True)
    ]


def test_words_are_right_wherever_the_page_lies() -> None:
    truth = truth_of()
    assert all(right_words(read_of(truth), truth))


def test_a_misread_word_is_wrong_and_makes_no_other_wrong() -> None:
    truth = truth_of()
    read = read_of(truth)
    read[2] = Word("004261", read[2].box, 0.99)
    assert right_words(read, truth) == tuple(at != 2 for at in range(len(read)))


def test_a_true_word_at_another_place_is_wrong() -> None:
    truth = truth_of()
    read = read_of(truth)
    read[3] = Word("today", read[3].box, 0.99)
    right = right_words(read, truth)
    assert not right[3]
    assert right[4]


def test_words_read_as_one_and_a_word_read_in_pieces_are_right_when_their_signs_are() -> None:
    truth = truth_of()
    read = read_of(truth)[::-1]  # from left to right on the page that lies upside down
    joined = Word(read[0].text + read[1].text, read[0].box | read[1].box, 0.9)
    whole = read[2].box
    half = Box(whole.x, whole.y, whole.width // 2, whole.height)
    other = Box(half.right, whole.y, whole.width - half.width, whole.height)
    pieces = [Word(read[2].text[:2], half, 0.9), Word(read[2].text[2:], other, 0.9)]
    assert all(right_words([joined, *pieces, *read[3:]], truth))
    wrong = [Word("xx", half, 0.9), pieces[1]]
    assert right_words([joined, *wrong, *read[3:]], truth)[1:3] == (False, False)


def test_where_too_few_words_agree_each_true_word_bears_out_one_the_surest() -> None:
    truth = truth_of(("no", "fever"))
    read = [Word("no", Box(0, 0, 9, 9), share) for share in (0.3, 0.8)]
    assert right_words(read, truth) == (False, True)


def test_quotes_and_dashes_need_not_be_of_the_same_shape() -> None:
    read = [Word("patient\u2019s", Box(0, 0, 9, 9), 0.9), Word("1961-62", Box(0, 0, 9, 9), 0.9)]
    assert right_in_any_order(read, ["patient's", "1961\u201362"]) == (True, True)


@given(st.lists(st.sampled_from(TEXTS)), st.lists(st.sampled_from(TEXTS)))
def test_no_more_words_are_right_than_the_truth_has(texts: list[str], truth: list[str]) -> None:
    read = [Word(text, Box(0, 0, 9, 9), 0.5) for text in texts]
    assert sum(right_in_any_order(read, truth)) <= min(len(texts), len(truth))


def test_pages_are_kept_as_they_were_scored(tmp_path: Path) -> None:
    page = Scored("film", "everyday", tuple(read_of(truth_of())), (True, False) * 5)
    word_truth.keep(tmp_path / "kept.jsonl", [page, page])
    assert word_truth.kept(tmp_path / "kept.jsonl") == [page, page]


def test_confidence_that_is_the_share_of_right_words_has_no_error() -> None:
    confidence = np.array([0.75] * 4 + [0.25] * 4)
    right = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    assert expected_error(confidence, right) == 0.0
    assert expected_error(np.ones(8), right) == 0.5


def test_ranking_is_whole_when_every_right_word_is_surer() -> None:
    right = np.array([1.0, 1, 0, 0])
    assert area_under_curve(np.array([0.9, 0.8, 0.2, 0.1]), right) == 1.0
    assert area_under_curve(np.array([0.1, 0.2, 0.8, 0.9]), right) == 0.0
    assert area_under_curve(np.full(4, 0.5), right) == 0.5
    assert math.isnan(area_under_curve(np.full(2, 0.5), np.ones(2)))


def test_a_weight_that_may_only_rise_stays_at_nothing_when_the_words_speak_against_it() -> None:
    rng = np.random.default_rng(7)
    seen = rng.random(4000)
    rows = np.column_stack([np.ones_like(seen), seen, seen**2])
    right = (rng.random(4000) < 1 / (1 + np.exp(4 * seen - 2))).astype(float)
    bound = logistic(rows, right, np.array([False, True, True]))
    free = logistic(rows[:, :2], right, np.array([False, False]))
    assert bound[1:].tolist() == [0.0, 0.0]
    assert free == pytest.approx([2.0, -4.0], abs=0.4)


def drawn(seed: int, pages: int = 40) -> list[Scored]:
    """Return pages on which a word is right half as often as the engine believes."""
    rng = Random(seed)
    made = []
    for _ in range(pages):
        words = tuple(
            Word(rng.choice((*TEXTS, "--")), Box(12 * at, 9, 80, 20), rng.random(), at // 8)
            for at in range(40)
        )
        right = tuple(rng.random() < word.confidence / 2 for word in words)
        made.append(Scored("paper", "clean", words, right))
    return made


def test_fitted_curves_believe_what_the_pages_show() -> None:
    curves = fitted(drawn(1, pages=150))
    others = drawn(2)
    features = [one for page in others for one in calibration.features_of(page.words)]
    told = np.array([curves[one.kind].chance(one) for one in features])
    right = np.array([float(one) for page in others for one in page.right])
    raw = np.array([word.confidence for page in others for word in page.words])
    assert expected_error(told, right) < 0.05 < expected_error(raw, right)
    assert area_under_curve(told, right) > 0.6


def test_weights_are_written_as_they_are_read() -> None:
    curves = fitted(drawn(3, pages=5))
    told = tomllib.loads(as_toml(curves, "python -m bench.calibration --fit"))
    assert told.keys() == set(Kind)
    for kind, curve in curves.items():
        assert told[kind]["base"] == curve.base
        assert tuple(told[kind]["rises"]) == curve.rises
        assert tuple(told[kind][name] for name in FEATURES) == curve.others


def test_tables_show_every_group_and_every_bin() -> None:
    summary, raw, ours = calibration.tables(drawn(4, pages=3))
    assert summary.rows[0][0] == "paper"
    assert len(raw.rows) == len(ours.rows) == 10
    words = [word for page in drawn(4, pages=3) for word in page.words]
    assert summary.rows[0][2] == len(words)
    numbers = sum(kind_of(word.text) is Kind.NUMBER for word in words)
    assert [row[2] for row in summary.rows if row[0] == "paper: with digits"] == [numbers]


@pytest.mark.slow
def test_words_that_the_shipped_curves_are_sure_of_are_right() -> None:
    engine = open_engine(OcrSettings())
    pages = list(islice(word_truth.generated(engine, 30900, 1, development=False), 6))
    engine.close()
    words = calibration.told(pages)
    sure = words.ours >= calibration.SURE
    assert sure.mean() > 0.7
    assert words.right[sure].mean() > 0.95
    assert expected_error(words.ours, words.right) < 0.05
