"""Boxes that are hard to part are what they say, and the measurement runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import boundaries, fit_boundaries
from bench.boundaries import scored
from bench.boxes_of_charts import BoxOrder, chart_boxes
from bench.paged_boxes import first_pages, papers_of, sequence_of
from bench.plain_charts import FAMILIES
from indexer.continuity import fitted_weights

ORDER = BoxOrder(1, 3, 0.02, slipped=0.0, development=True)


def test_a_bare_chart_numbers_no_page() -> None:
    order = BoxOrder(1, 3, 0.0, slipped=0.0, family="bare", development=True)
    leaves = [one.leaf for box in chart_boxes(order) for one in box.frames if one.leaf]
    assert leaves
    assert not any(mark.field == "page_of" for leaf in leaves for mark in leaf.sheet.marks)


def test_notes_of_following_days_are_many_of_one_title() -> None:
    order = BoxOrder(1, 2, 0.0, slipped=0.0, family="notes", development=True)
    papers = {one.leaf.paper.id: one.leaf.paper for box in chart_boxes(order)
              for one in box.frames if one.leaf}  # fmt: skip
    notes = [paper for paper in papers.values() if paper.kind.code == "34746-8"]
    assert len(notes) >= 4
    assert len({paper.day for paper in notes}) > 1


@pytest.mark.parametrize("family", ["", *FAMILIES])
def test_documents_of_development_boxes_are_found_and_no_two_patients_are_glued(
    family: str,
) -> None:
    order = BoxOrder(2, 6, 0.02, slipped=0.0, family=family, development=True)
    score = scored(order)
    assert score.f1 >= 0.95
    assert all(one.owners == 1 for one in score.judged)


def test_strangers_in_a_chart_are_never_filed_with_it() -> None:
    order = BoxOrder(3, 6, 0.02, slipped=0.1, development=True)
    score = scored(order)
    assert not [one for one in score.judged if one.owners > 1 and not one.doubts]


def test_weights_are_fitted_on_what_is_seen() -> None:
    (box,) = chart_boxes(ORDER)
    sequence, papers = sequence_of(box), papers_of(box)
    assert len(first_pages(sequence, papers)) == len(set(papers.values()))
    lot = list(fit_boundaries.examples(100, 1))
    weights = fit_boundaries.fit(lot)
    assert weights["title"] > 0 > weights["document wants pages"]
    assert set(weights) <= set(fitted_weights())


def test_weights_are_not_fitted_on_what_is_reported() -> None:
    with pytest.raises(SystemExit):
        fit_boundaries.main(["--seed", "30000"])


def test_the_measurement_runs(tmp_path: Path) -> None:
    assert boundaries.main(["--seed", "1", "--charts", "1", "--development",
                            "--results", str(tmp_path)]) == 0  # fmt: skip
    kept = json.loads((tmp_path / "boundaries.json").read_text())
    assert next(table["title"] for table in kept["tables"]) == "Where documents begin"
