"""A line in doubt is looked at again, and what is surest stands."""

import numpy as np
import pytest

from capture.model import Pixels
from capture.scale import soften
from capture.text_lines import cut, find_lines
from ocr import line_model, line_reader
from ocr.line_model import LineModel
from ocr.line_reader import surest_readings

from .pages import report_page

pytestmark = pytest.mark.skipif(not line_model.available(), reason="needs the line reader")


def worn() -> Pixels:
    """Return a page whose letters run together and hardly stand out from the grain."""
    page = soften(report_page(22).pixels, 2.0).astype(np.float32)
    grain = np.random.default_rng(3).normal(0, 25, page.shape)
    return np.clip(255 - 0.5 * (255 - page) + grain, 0, 255).astype(np.uint8)


def test_a_line_in_doubt_is_looked_at_again_and_its_likeliest_look_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, page = LineModel(), worn()
    lines = [cut(page, line, 14.0)[0] for line in find_lines(page, 14.0)]
    again = surest_readings(lines, model)
    monkeypatch.setattr(line_reader, "STRETCHES", ())
    once = surest_readings(lines, model)
    assert all(later.worth >= first.worth for later, first in zip(again, once, strict=True))
    assert any(later.worth > first.worth for later, first in zip(again, once, strict=True))


def test_a_line_that_is_sure_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, page = LineModel(), report_page(22).pixels
    lines = [cut(page, line, 14.0)[0] for line in find_lines(page, 14.0)]
    again = surest_readings(lines, model)
    monkeypatch.setattr(line_reader, "STRETCHES", ())
    once = surest_readings(lines, model)
    sure = [place for place, one in enumerate(once) if not one.is_doubted]
    assert sure
    assert [again[place] for place in sure] == [once[place] for place in sure]
