"""The drawn technical frames are what their truth says, and the measurement runs."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bench import technical_frames
from bench.charts import Paper
from bench.technical_frames import by_picture, by_words
from bench.technical_pages import (
    BARE,
    NOTICES,
    PICTURES,
    bare_film,
    few_words,
    microcopy_chart,
    notices,
)
from capture.film.target import patterns_of


def test_microcopy_chart_has_its_patterns_both_ways() -> None:
    found = [pattern for pattern in patterns_of(microcopy_chart(Random(1)), 3300) if pattern.square]
    pitches = sorted({round(pattern.pitch, 1) for pattern in found})
    # One line pair to the millimetre at 300 dpi is 11.8 pixels.
    assert pitches[-1] == pytest.approx(11.8, abs=0.2)
    assert pitches[0] < 5.5
    assert {pattern.lying for pattern in found} == {True, False}


@pytest.mark.parametrize("kind", BARE)
def test_bare_film_is_the_same_for_the_same_seed_and_bears_no_page(kind: str) -> None:
    one, other = (bare_film(kind, Random(3), (300, 400)) for _ in range(2))
    assert one.shape == (400, 300)
    assert np.array_equal(one, other)


def test_every_kind_of_notice_is_drawn() -> None:
    drawn = list(notices(Random(1)))
    assert [kind for kind, _ in drawn] == [kind for kind, shown in NOTICES.items() for _ in shown]
    assert all((page < 128).any() for _, page in drawn)


@pytest.mark.parametrize("name", PICTURES)
def test_targets_are_dark_on_light(name: str) -> None:
    page = PICTURES[name](Random(2))
    assert np.median(page) > 200
    assert page.min() < 60


def test_page_with_few_words_keeps_one_line(papers: tuple[Paper, ...]) -> None:
    sheet = papers[0].sheets[0]
    left = few_words(sheet, Random(1))
    assert len({(run.block, run.line) for run in left.runs}) == 1
    assert set(left.runs) < set(sheet.runs)
    assert left.strokes == ()


@pytest.mark.slow
def test_no_page_is_called_technical_and_most_targets_are() -> None:
    for table in (by_picture(7, 1, 4), by_words(7, 1, 2)):
        for name, count, technical, _ in table.rows:
            if str(name).startswith(("page", "text", "paragraph", "real")):
                assert technical == 0, name
            if name in ("microcopy charts", "bars in falling widths"):
                assert technical == count, name


@pytest.mark.slow
def test_measurement_keeps_its_tables(tmp_path: Path) -> None:
    arguments = ["--each", "1", "--pages", "2", "--seed", "8", "--results", str(tmp_path)]
    assert technical_frames.main(arguments) == 0
    kept = json.loads((tmp_path / "technical_frames.json").read_text(encoding="utf-8"))
    assert [len(table["rows"]) > 2 for table in kept["tables"]] == [True, True, True]
