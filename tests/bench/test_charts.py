"""A chart holds many kinds of documents, and its truth is what its pages show."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import numpy as np
import pytest

from bench.case import DATE_STYLES, show_date
from bench.charts import KINDS, Paper, chart, form, house, stay, suits
from bench.conditions import CONDITIONS
from bench.layout import lay_out
from bench.people import first_people
from bench.render import render
from bench.sheet import HEIGHT, WIDTH, Sheet
from indexer.model import FIELDS

PEOPLE = first_people(5, 12)


def some_sheets(kind: str, seed: int) -> tuple[Sheet, ...]:
    rng = Random(seed)
    surgical = [c for c in CONDITIONS if c.operation]
    person, condition = next((p, c) for p in PEOPLE for c in surgical if suits(c, p))
    case = stay(person, condition, rng, house(rng))
    return lay_out(form(case, KINDS[kind], case.admitted, rng))


def test_there_are_more_than_twenty_kinds_of_documents_each_with_its_own_code() -> None:
    codes = [kind.code for kind in KINDS.values()]
    assert len(codes) == len(set(codes)) > 20
    assert all(re.fullmatch(r"\d{4,6}-\d", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_laid_out_inside_the_paper_in_several_ways(kind: str) -> None:
    looks = set()
    for seed in range(6):
        sheets = some_sheets(kind, seed)
        looks.add(sheets[0].runs[0].box)
        for run in (run for sheet in sheets for run in sheet.runs):
            assert run.box.x >= 0, run.text
            assert run.box.right <= WIDTH, run.text
            assert run.box.y >= 0, run.text
            assert run.box.bottom <= HEIGHT, run.text
    assert len(looks) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_whose_it_is_in_values_of_the_contract(kind: str) -> None:
    for seed in range(3):
        marks = [mark for sheet in some_sheets(kind, seed) for mark in sheet.marks if mark.field]
        fields = {mark.field for mark in marks}
        assert fields <= set(FIELDS)
        assert {"mrn", "patient_name"} <= fields


def test_every_word_of_the_truth_stands_in_ink_and_words_do_not_pile_up(
    papers: tuple[Paper, ...],
) -> None:
    for sheet in (sheet for paper in papers for sheet in paper.sheets):
        picture = render(sheet)
        for run in sheet.runs:
            box = run.box
            assert picture[box.y : box.bottom, box.x : box.right].min() < 100, run.text
        boxes = [run.box for run in sheet.runs]
        overlaps = [
            (sheet.runs[i].text, sheet.runs[j].text)
            for i, a in enumerate(boxes)
            for j, b in enumerate(boxes[:i])
            if a.x < b.right - 2 and b.x < a.right - 2 and a.y < b.bottom - 6 and b.y < a.bottom - 6
        ]
        assert not overlaps


def test_no_ink_of_text_lies_outside_the_words_of_the_truth(papers: tuple[Paper, ...]) -> None:
    for sheet in (paper.sheets[0] for paper in papers):
        picture = render(Sheet(sheet.runs, (), ())).copy()
        for box in (run.box for run in sheet.runs):
            picture[box.y : box.bottom, box.x : box.right] = 255
        assert np.count_nonzero(picture < 128) == 0


def test_the_raw_form_of_a_value_is_what_its_box_shows(papers: tuple[Paper, ...]) -> None:
    for sheet in (sheet for paper in papers for sheet in paper.sheets):
        for mark in sheet.marks:
            inside = [
                run.text
                for run in sheet.runs
                if mark.box.x <= run.box.x
                and run.box.right <= mark.box.right
                and mark.box.y <= run.box.y
                and run.box.bottom <= mark.box.bottom
            ]
            assert set(mark.raw.split()) <= set(inside)


def test_numbers_and_dates_of_the_truth_are_in_normal_form(papers: tuple[Paper, ...]) -> None:
    for mark in (mark for paper in papers for sheet in paper.sheets for mark in sheet.marks):
        if mark.field.endswith("_date"):
            assert date.fromisoformat(mark.value)
        if mark.field == "mrn":
            assert mark.value == re.sub(r"\D", "", mark.raw)


def test_dates_of_a_stay_come_in_their_order(papers: tuple[Paper, ...]) -> None:
    values: dict[str, set[str]] = {}
    for mark in (mark for paper in papers for sheet in paper.sheets for mark in sheet.marks):
        values.setdefault(mark.field, set()).add(mark.value)
    (born,) = values["birth_date"]
    (admitted,) = values["admission_date"]
    (discharged,) = values["discharge_date"]
    assert born < admitted <= discharged


def test_continued_pages_count_on(papers: tuple[Paper, ...]) -> None:
    several = [paper for paper in papers if len(paper.sheets) > 1]
    assert several
    for paper in several:
        counts = [m.value for s in paper.sheets for m in s.marks if m.field == "page_of"]
        numbers = [int(value.split("/")[0]) for value in counts]
        assert numbers == sorted(numbers)


def test_the_same_seed_lays_out_the_same_chart() -> None:
    once, again = (chart(PEOPLE[1], Random(3), "d") for _ in range(2))
    assert once == again
    assert once != chart(PEOPLE[1], Random(4), "d")


@pytest.mark.parametrize("style", DATE_STYLES)
def test_every_way_to_write_a_date_shows_year_and_day(style: str) -> None:
    shown = show_date(date(1961, 3, 14), style)
    assert "14" in shown
    assert "61" in shown
