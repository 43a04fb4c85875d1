"""Forms for measuring tick boxes and imprints say truly what stands on them."""

from random import Random

import numpy as np

from bench.angled import imprinted, lines_of, read_of
from bench.people import first_people
from bench.tick_forms import scanned, ticked_form
from bench.ticks import Tally, counted
from capture.model import Box
from ocr.model import Word


def test_a_form_is_the_same_for_the_same_seed() -> None:
    assert ticked_form(Random("7")) == ticked_form(Random("7"))


def test_every_choice_has_its_label_and_a_mark_exactly_when_ticked() -> None:
    form = ticked_form(Random("7"))
    said = form.sheet.text
    assert form.choices
    assert all(choice.label.split()[0] in said for choice in form.choices)
    assert all(bool(choice.mark) == choice.ticked for choice in form.choices)


def test_boxes_of_a_clean_form_are_found_and_told() -> None:
    tally = Tally()
    for seed in ("11", "12", "13"):
        form = ticked_form(Random(seed))
        counted(tally, form, scanned(form.sheet, "clean", Random(seed)))
    # One of the three has boxes no larger than a small letter, of which many are left alone.
    assert tally.hit >= 0.8 * tally.true
    assert tally.found == tally.hit
    assert tally.right >= 0.9 * tally.hit


def test_an_imprint_only_darkens_the_page_and_tells_its_words() -> None:
    paper = np.full((3300, 2550), 240, np.uint8)
    (person,) = first_people(3, 1)
    lines = lines_of(person, Random("3"))
    made = imprinted(paper, lines, Random("3"), 40.0)
    assert (made.paper <= paper).all()
    assert (made.paper < 100).any()
    assert made.words == tuple(" ".join(lines).split())


def test_a_word_counts_as_often_as_it_stands_there() -> None:
    read = [Word("ANN", Box(0, 0, 5, 5), 0.9), Word("MRN:", Box(9, 0, 5, 5), 0.9)]
    assert read_of(("ANN", "ANN", "MRN"), read) == 2
