"""A strip shows its pages where its truth says, darkly."""

from __future__ import annotations

from random import Random

import numpy as np

from bench.charts import Paper
from bench.degrade import Scan, found_box
from bench.film import strip
from bench.render import render


def test_words_stand_light_on_dark_where_the_truth_says(papers: tuple[Paper, ...]) -> None:
    sheets = [paper.sheets[0] for paper in papers[:3]]
    ribbon = strip([Scan(render(sheet)) for sheet in sheets], Random(5), dpi=150)
    pixels = ribbon.scan.pixels.astype(float)
    assert [shot.state for shot in ribbon.exposures] == ["technical", "page", "page", "page"]
    for shot, sheet in zip(ribbon.exposures[1:], sheets, strict=True):
        box = shot.box
        frame = pixels[box.y : box.bottom, box.x : box.right]
        dark = np.median(frame)
        assert dark < 100
        for run in sheet.runs:
            place = found_box(run.box, shot.scan.matrix)
            patch = pixels[place.y : place.bottom, place.x : place.right]
            assert patch.max() > dark + 30, run.text


def test_frames_follow_each_other_without_touching(papers: tuple[Paper, ...]) -> None:
    pages = [Scan(render(paper.sheets[0])) for paper in papers[:2]]
    ribbon = strip(pages, Random(1), dpi=100, target=False)
    first, second = (shot.box for shot in ribbon.exposures)
    assert first.bottom < second.y
    assert second.bottom < ribbon.scan.size[1]
