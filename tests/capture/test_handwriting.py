"""What a pen left on a page is boxed; print, rules, stamps, ticks and dirt are not."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench import scrawl
from bench.render import render
from capture.handwriting import Unread, unread_ink
from capture.model import Box, Pixels
from capture.quality import sight_of
from tests.ocr.pages import blank_page, page_of, report_page


def drawn(desk: scrawl.Desk) -> Pixels:
    sheet = scrawl.Sheet(tuple(desk.runs), tuple(desk.strokes), ())
    return render(sheet)[::2, ::2]


def unread(pixels: Pixels, *sure: Box) -> Unread:
    return unread_ink(sight_of(page_of(np.ascontiguousarray(pixels))), sure, ())


def holds(found: Unread, box: Box) -> bool:
    middle = (box.x + box.width / 2) / 2, (box.y + box.height / 2) / 2
    return any(
        one.x <= middle[0] <= one.right and one.y <= middle[1] <= one.bottom
        for one in found.handwriting
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_line_written_by_hand_is_boxed(seed: int) -> None:
    desk = scrawl.Desk(Random(seed))
    box = desk.write(300, 900, 1200, 30)
    assert holds(unread(drawn(desk)), box)


@pytest.mark.parametrize("seed", range(6))
def test_a_signature_over_its_line_is_boxed_and_counted_as_ink_on_it(seed: int) -> None:
    desk = scrawl.Desk(Random(seed))
    desk.strokes.append(scrawl.Stroke(((300, 906), (1300, 906)), 3))
    box = desk.sign(360, 900)
    found = unread(drawn(desk))
    assert holds(found, box)
    assert max(line.ink for line in found.rulings) > 1


def test_an_empty_line_has_no_ink_on_it() -> None:
    desk = scrawl.Desk(Random(1))
    desk.strokes.append(scrawl.Stroke(((300, 906), (1300, 906)), 3))
    (line,) = unread(drawn(desk)).rulings
    assert line.ink == 0
    assert line.box.width == pytest.approx(500, abs=10)


def test_a_cell_is_no_line_to_sign_on() -> None:
    desk = scrawl.Desk(Random(1))
    desk.strokes += scrawl.box_strokes(300, 800, 900, 120)
    assert unread(drawn(desk)).rulings == ()


def test_print_that_was_not_read_is_missed_and_not_handwriting() -> None:
    found = unread(report_page().pixels)
    assert found.handwriting == ()
    assert found.missed > 0.9


def test_print_that_was_read_is_not_missed() -> None:
    page = report_page()
    found = unread(page.pixels, Box(0, 0, page.width, page.height))
    assert found == Unread((), (), 0.0, 0.0, found.letter)


def test_rings_ticks_boxes_and_blots_are_no_handwriting() -> None:
    desk = scrawl.Desk(Random(3))
    stamped = scrawl.stamped(Random(3), scrawl.Sheet((), (), ()))
    desk.strokes += stamped.sheet.strokes
    for x in (400, 700):
        blot = tuple((x + 50 * np.cos(a), 1500 + 50 * np.sin(a)) for a in np.arange(0, 6.3, 0.2))
        desk.strokes.append(scrawl.Stroke(blot, fill=True))
    assert unread(drawn(desk)).handwriting == ()


def test_a_blank_page_has_nothing_unread() -> None:
    found = unread(blank_page().pixels)
    assert (found.handwriting, found.rulings, found.missed) == ((), (), 0.0)
