"""Boxes of charts without images: what is true of them, and the errors they are read with."""

from random import Random

import pytest

from bench.boxes_of_charts import BoxOrder, ChartBox, chart_boxes
from bench.identity import measured
from bench.misread import misread, spoiled
from bench.multitude import multitude
from bench.score import character_error_rate
from capture.model import FrameState

ORDER = BoxOrder(seed=11, charts=6, noise=0.0, unknown=0.3, slipped=0.1, blanks=0.2)


@pytest.fixture(scope="module")
def box() -> ChartBox:
    return next(chart_boxes(ORDER))


def test_the_same_order_gives_the_same_box(box: ChartBox) -> None:
    assert next(chart_boxes(ORDER)) == box


def test_what_lies_in_a_box_is_known(box: ChartBox) -> None:
    listed = {number for p in box.patients for number in (p.mrn, *p.other_mrns)}
    pages = [one for one in box.frames if one.state is FrameState.PAGE]
    assert all((page.owner in listed) == page.known for page in pages)
    assert any(page.slipped for page in pages)
    assert any(one.state is FrameState.BLANK for one in box.frames)
    assert [one.frame.number for one in box.frames] == list(range(1, len(box.frames) + 1))


@pytest.mark.parametrize("rate", [0.01, 0.02, 0.08])
def test_text_is_spoiled_at_about_the_rate_ordered(box: ChartBox, rate: float) -> None:
    rng = Random(3)
    sheets = [one.leaf.sheet for one in box.frames if one.leaf is not None]
    pairs = [(run.text, spoiled(run.text, rate, rng)) for s in sheets for run in s.runs]
    true, read = (" ".join(texts) for texts in zip(*pairs, strict=True))
    assert 0.6 * rate < character_error_rate(true, read) < 1.5 * rate


def test_a_page_without_errors_is_read_as_it_is(box: ChartBox) -> None:
    shown = next(one for one in box.frames if one.leaf is not None)
    assert shown.leaf is not None
    page = misread(shown.leaf.sheet, shown.frame, 0.0, Random(1))
    printed = [run.text for run in shown.leaf.sheet.runs if not run.handwritten]
    assert [word.text for word in page.words] == printed


def test_words_read_wrongly_are_less_sure(box: ChartBox) -> None:
    sheet = next(one.leaf.sheet for one in box.frames if one.leaf is not None)
    known = {(run.box.x, run.box.y): run.text for run in sheet.runs}
    right, wrong = [], []
    for seed in range(30):
        for word in misread(sheet, box.frames[0].frame, 0.05, Random(seed)).words:
            same = known.get((word.box.x, word.box.y)) == word.text
            (right if same else wrong).append(word.confidence)
    assert sum(right) / len(right) > 0.9 > 0.75 > sum(wrong) / len(wrong)


def test_nothing_of_a_clean_box_is_filed_wrongly_and_most_is_filed() -> None:
    outcome = measured(BoxOrder(seed=12, charts=5, noise=0.0))
    assert outcome.known["right"] >= 0.9 * outcome.known.total() > 0
    assert outcome.known["wrong"] == outcome.unknown["wrong"] == outcome.mixed["wrong"] == 0


def test_a_multitude_has_relatives_side_by_side_and_numbers_once() -> None:
    patients = list(multitude(5, 4000))
    assert len({patient.mrn for patient in patients}) == 4000
    assert any(patient.suffix == "JR" for patient in patients)
    twins = {(p.last_name, p.birth_date) for p in patients}
    assert len(twins) < 4000
