"""Words found later come where a reader would look for them, and push nothing aside."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box
from ocr.join import joined
from ocr.model import OcrPage, Word

from .pages import FRAME


def word(text: str, x: int, y: int, line: int = 0, block: int = 0) -> Word:
    return Word(text, Box(x, y, 12 * len(text), 20), 0.9, line, block)


HEADER = (
    word("Unit", 10, 10),
    word("No:", 70, 10),
    word("Name:", 10, 40, 1),
    word("Diagnosis", 10, 200, 2, 1),
)


def read(*found: Word) -> str:
    return OcrPage(FRAME, "test", joined(HEADER, found)).text


def test_a_value_comes_after_its_label_on_the_same_line() -> None:
    assert read(word("0023173", 120, 11)) == "Unit No: 0023173\nName:\n\nDiagnosis"


def test_a_value_of_several_words_stays_together() -> None:
    assert "Name: Testperson Ada" in read(word("Ada", 220, 42), word("Testperson", 90, 41))


def test_a_word_far_to_the_right_gets_a_line_of_its_own_after_that_line() -> None:
    assert read(word("Form12", 600, 10)) == "Unit No:\nForm12\nName:\n\nDiagnosis"


def test_a_line_under_another_goes_on_with_its_block() -> None:
    assert read(word("Contusion", 10, 230)).endswith("Diagnosis\nContusion")


def test_a_line_above_all_others_comes_first_in_a_block_of_its_own() -> None:
    later = tuple(word(one.text, one.box.x, one.box.y + 300, one.line) for one in HEADER)
    page = OcrPage(FRAME, "test", joined(later, [word("HOSPITAL", 200, 20)]))
    assert page.text.startswith("HOSPITAL\n\nUnit No:")


def test_a_line_below_all_others_comes_last_in_a_block_of_its_own() -> None:
    assert read(word("Signature", 300, 600)).endswith("Diagnosis\n\nSignature")


def test_ink_that_is_a_word_already_is_left_out() -> None:
    assert read(word("Unlt", 12, 11)) == read()


def test_a_piece_broken_off_a_word_is_left_out() -> None:
    assert read(word("ed", 60, 11)) == read()


def test_on_a_page_without_words_the_found_ones_are_the_reading() -> None:
    found = (word("second", 10, 100), word("first", 10, 10))
    assert [one.text for one in joined((), found)] == ["first", "second"]


@st.composite
def scattered(draw: st.DrawFn) -> tuple[Word, ...]:
    places = draw(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=12))
    return tuple(word(f"w{n}", x, y, n, n // 2) for n, (x, y) in enumerate(places))


@given(scattered(), scattered())
def test_the_words_that_stood_keep_their_order(
    words: tuple[Word, ...], found: tuple[Word, ...]
) -> None:
    late = [replace(one, text=f"late{one.text}") for one in found]
    stood = [one for one in joined(words, late) if not one.text.startswith("late")]
    assert [(one.text, one.box) for one in stood] == [(one.text, one.box) for one in words]


@given(scattered(), scattered())
def test_lines_and_blocks_are_numbered_from_nought_without_gaps(
    words: tuple[Word, ...], found: tuple[Word, ...]
) -> None:
    result = joined(words, found)
    for numbers in ([one.line for one in result], [one.block for one in result]):
        assert numbers == sorted(numbers)
        assert sorted(set(numbers)) == list(range(len(set(numbers))))
