"""Lines of text are found by their letters, whatever else stands on the page."""

import cv2
import numpy as np

from capture.lines import without_rules
from capture.model import Box, Pixels
from capture.text_lines import TextLine, cut, find_lines

LETTER = 18.0
TEXTS = (
    "The patient was brought in with pain,",
    "swelling of the right knee joint; films",
    "showed no fracture. By June she walked",
)


def page(*lines: tuple[str, int, int], size: tuple[int, int] = (700, 1300)) -> Pixels:
    picture = np.full(size, 255, np.uint8)
    for text, x, y in lines:
        cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_COMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    return picture


def boxes(lines: tuple[TextLine, ...]) -> list[Box]:
    return sorted((line.box for line in lines), key=lambda box: (box.y // 10, box.x))


def test_each_line_is_found_once_and_whole() -> None:
    found = boxes(find_lines(page(*((t, 60, 100 + 50 * n) for n, t in enumerate(TEXTS))), LETTER))
    assert len(found) == len(TEXTS)
    for number, box in enumerate(found):
        assert box.x < 70
        assert box.width > 450
        assert box.y < 100 + 50 * number < box.bottom


def test_commas_quotes_and_dots_belong_to_their_line() -> None:
    (line,) = find_lines(page(('"Pain", he said: i.e. "none".', 60, 100)), LETTER)
    assert line.box.right > 380
    assert sum(mark.height < 8 for mark in line.marks) >= 8


def test_columns_stay_two_lines() -> None:
    found = find_lines(page((TEXTS[0][:18], 60, 100), (TEXTS[1][:18], 700, 100)), LETTER)
    assert len(found) == 2


def test_lines_that_touch_are_two() -> None:
    picture = page((TEXTS[0], 60, 100), (TEXTS[1], 60, 131))
    cv2.line(picture, (300, 100), (300, 118), 0, 3)  # a foot that reaches into the next line
    found = boxes(find_lines(picture, LETTER))
    assert len(found) == 2
    assert all(box.height < 45 for box in found)


def test_lines_that_have_grown_together_all_along_are_parted() -> None:
    picture = page((TEXTS[0], 60, 100), (TEXTS[1], 60, 130))
    blurred = cv2.erode(picture, np.ones((3, 11), np.uint8))
    cv2.line(blurred, (300, 100), (300, 118), 0, 3)
    found = boxes(find_lines(np.asarray(blurred, np.uint8), LETTER))
    assert len([box for box in found if box.width > 400]) == 2


def test_a_value_on_the_rule_of_a_form_is_found_without_the_rule() -> None:
    picture = page(("Name:", 60, 100), ("Testperson", 200, 98))
    cv2.line(picture, (190, 104), (900, 104), 0, 2)
    found = boxes(find_lines(without_rules(picture, round(3 * LETTER)), LETTER))
    assert max(box.right for box in found) < 500
    assert all(box.height < 40 for box in found)


def test_a_stroke_of_a_pen_through_the_row_makes_its_line_no_higher() -> None:
    picture = page((TEXTS[0], 60, 200))
    cv2.line(picture, (900, 120), (960, 300), 0, 3, cv2.LINE_AA)
    line = max(find_lines(picture, LETTER), key=lambda one: len(one.marks))
    assert line.box.height < 50


def test_an_empty_page_and_one_of_speckle_have_no_lines() -> None:
    assert find_lines(page(), LETTER) == ()
    speckle = page()
    speckle[np.random.default_rng(3).random(speckle.shape) < 0.001] = 0
    assert find_lines(speckle, LETTER) == ()


def test_a_page_full_of_grain_has_no_lines() -> None:
    grain = np.random.default_rng(4).random((1000, 1000)) < 0.06
    large = cv2.resize(grain.astype(np.uint8), (4000, 4000), interpolation=cv2.INTER_LINEAR)
    picture = np.where(large > 0, 0, 255).astype(np.uint8)
    assert find_lines(picture, 6.0) == ()


def test_a_cut_shows_the_line_with_a_little_paper_and_says_where_it_lies() -> None:
    picture = page((TEXTS[0], 60, 100))
    (line,) = find_lines(picture, LETTER)
    part, place = cut(picture, line, LETTER)
    assert part.shape == (place.height, place.width)
    assert place.x < line.box.x
    assert place.y < line.box.y
    assert place.bottom > line.box.bottom
    assert np.array_equal(part, picture[place.y : place.bottom, place.x : place.right])


def test_the_cut_of_a_dash_is_as_high_as_a_line() -> None:
    dash = TextLine(Box(100, 100, 40, 4), (Box(100, 100, 40, 4),))
    part, _ = cut(page(), dash, LETTER)
    assert part.shape[0] >= LETTER
