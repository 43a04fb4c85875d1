"""What was read where nothing is written is left out, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box
from ocr.model import OcrPage, Word
from ocr.noise import FAIR, without_noise

from .pages import FRAME

chances = st.floats(0.0, 1.0)
words = st.lists(st.tuples(st.text("aB3|-.", min_size=1, max_size=6), chances, st.integers(0, 9)))


def page(*said: tuple[str, float, int]) -> OcrPage:
    placed = [
        Word(text, Box(10 * at, 20 * line, 9, 15), confidence, line)
        for at, (text, confidence, line) in enumerate(sorted(said, key=lambda one: one[2]))
    ]
    return OcrPage(FRAME, "test", tuple(placed))


def texts(read: OcrPage) -> list[str]:
    return [word.text for word in read.words]


def test_a_line_without_hope_is_left_out_and_counted() -> None:
    read = without_noise(page(("Rate", 0.95, 0), ("TT", 0.04, 1), ("mae,", 0.06, 1)))
    assert texts(read) == ["Rate"]
    assert read.unread == 2


def test_a_line_with_one_fair_word_stays_whole() -> None:
    assert texts(without_noise(page(("x9q", 0.02, 0), ("Sodium", 0.31, 0)))) == ["x9q", "Sodium"]


def test_unlikely_signs_go_from_a_good_line_and_likely_ones_stay() -> None:
    line = page(("Date", 0.9, 0), ("|", 0.1, 0), ("-", 0.8, 0), ("1961", 0.9, 0))
    assert texts(without_noise(line)) == ["Date", "-", "1961"]


@given(words)
def test_no_word_with_a_fair_chance_is_ever_left_out(said: list[tuple[str, float, int]]) -> None:
    whole = page(*said)
    left = without_noise(whole)
    fair = [word for word in whole.words if word.confidence >= FAIR]
    assert [word for word in left.words if word.confidence >= FAIR] == fair
    assert left.unread == len(whole.words) - len(left.words)
