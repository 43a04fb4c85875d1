"""A line in doubt is looked at again, and what is surest stands."""

import numpy as np
import pytest

from capture.model import Pixels
from capture.scale import soften
from ocr import line_model, line_reader
from ocr.line_model import LineModel
from ocr.line_reader import read_lines
from ocr.model import Word

from .pages import report_page

pytestmark = pytest.mark.skipif(not line_model.available(), reason="needs the line reader")


def worn() -> Pixels:
    """Return a page whose letters run together and hardly stand out from the grain."""
    page = soften(report_page(22).pixels, 2.0).astype(np.float32)
    grain = np.random.default_rng(3).normal(0, 25, page.shape)
    return np.clip(255 - 0.5 * (255 - page) + grain, 0, 255).astype(np.uint8)


def sureness(words: list[Word]) -> float:
    return float(np.mean([word.confidence for word in words]))


def test_a_line_in_doubt_is_surer_after_it_was_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, page = LineModel(), worn()
    again = read_lines(page, 14.0, model)
    monkeypatch.setattr(line_reader, "STRETCHES", ())
    once = read_lines(page, 14.0, model)
    assert sureness(again) > sureness(once)
