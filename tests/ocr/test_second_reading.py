"""A second reading of doubted words is taken where it is surer, and only there."""

from capture.model import Box
from ocr.model import Word, extent
from ocr.second_reading import doubted_lines, mended

LABEL = Word("Unit", Box(10, 10, 60, 18), 0.95)
NUMBER = Word("O0231I3", Box(80, 10, 90, 18), 0.4)
OTHER = Word("Sodium", Box(10, 60, 80, 18), 0.9, line=1)
PAGE = (LABEL, NUMBER, OTHER)


def again(text: str, confidence: float, box: Box = NUMBER.box) -> tuple[Word, ...]:
    return mended(PAGE, doubted_lines(PAGE), [Word(text, box, confidence, line=7, block=3)])


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


def test_a_line_with_a_doubted_word_is_read_again_and_a_sure_one_is_not() -> None:
    assert doubted_lines(PAGE) == ((LABEL, NUMBER),)


def test_a_scribble_is_not_read_again() -> None:
    scribble = (Word("Gw~e", Box(10, 10, 60, 40), 0.3), Word("nr", Box(90, 10, 20, 40), 0.5))
    assert doubted_lines(scribble) == ()


def test_signs_alone_are_no_word_in_doubt() -> None:
    assert doubted_lines((LABEL, Word("|", Box(75, 10, 2, 18), 0.2))) == ()


def test_a_surer_reading_takes_the_place_and_the_line_of_the_first() -> None:
    page = again("0023113", 0.9)
    assert texts(page) == ["Unit", "0023113", "Sodium"]
    assert (page[1].line, page[1].block, page[1].confidence) == (0, 0, 0.9)


def test_a_reading_hardly_surer_changes_nothing() -> None:
    assert again("0023113", 0.45) == PAGE


def test_a_piece_of_a_word_is_not_taken_for_it() -> None:
    assert again("023", 0.95, Box(80, 10, 30, 18)) == PAGE


def test_a_word_that_was_sure_stays_whatever_a_second_look_makes_of_it() -> None:
    assert again("Unlt", 0.99, LABEL.box) == PAGE


def test_one_word_may_turn_out_to_be_two() -> None:
    halves = [Word("002", Box(80, 10, 40, 18), 0.9), Word("3113", Box(124, 10, 46, 18), 0.8)]
    assert texts(mended(PAGE, doubted_lines(PAGE), halves)) == ["Unit", "002", "3113", "Sodium"]


def test_the_extent_of_a_line_holds_all_its_words() -> None:
    assert extent((LABEL, NUMBER)) == Box(10, 10, 160, 18)
