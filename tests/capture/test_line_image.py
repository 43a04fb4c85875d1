"""A line looks the same to the reader however large, wide or dark it was on the page."""

import cv2
import numpy as np
import pytest

from capture.line_image import HEIGHT, line_image, usual_width
from capture.model import Pixels


def drawn(text: str, scale: float = 1.0) -> Pixels:
    (width, height), foot = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 2)
    page = np.full((height + foot + 8, width + 8), 255, np.uint8)
    cv2.putText(page, text, (4, height + 4), cv2.FONT_HERSHEY_DUPLEX, scale, 0, 2, cv2.LINE_AA)
    return page


def at_usual_width(page: Pixels) -> Pixels:
    return line_image(page, usual_width(page))


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_a_line_has_one_height_and_ink_is_bright_on_dark(scale: float) -> None:
    image = at_usual_width(drawn("Sodium 140 mmol", scale))
    assert image.shape[0] == HEIGHT
    assert image.dtype == np.uint8
    assert image.max() == 255
    assert np.median(image) == 0


def test_condensed_letters_are_widened() -> None:
    plain = drawn("history of hypertension", 1.5)
    narrow = cv2.resize(plain, (plain.shape[1] * 6 // 10, plain.shape[0]))
    widths = [usual_width(one) for one in (plain, np.asarray(narrow, np.uint8))]
    assert 0.7 * widths[0] < widths[1] < 1.1 * widths[0]


def test_paper_that_darkens_along_the_line_is_paper_all_along() -> None:
    page = drawn("temperature pulse respiration", 1.2)
    light = np.linspace(1.0, 0.45, page.shape[1])
    image = at_usual_width((page * light).astype(np.uint8))
    assert np.median(image[:, : image.shape[1] // 4]) < 20
    assert np.median(image[:, -image.shape[1] // 4 :]) < 20


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (60, 2), (40, 300)])
def test_an_empty_cut_of_any_size_is_paper(size: tuple[int, int]) -> None:
    image = at_usual_width(np.full(size, 200, np.uint8))
    assert image.shape[0] == HEIGHT
    assert not image.any()


def test_a_line_is_as_wide_as_asked() -> None:
    page = drawn("Sodium 140 mmol")
    plain, wide = (line_image(page, times * usual_width(page)).shape[1] for times in (1.0, 1.2))
    assert wide == pytest.approx(1.2 * plain, rel=0.02)
