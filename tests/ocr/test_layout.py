"""Words without an order get the one in which people read."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box
from ocr.layout import in_better_order, in_reading_order
from ocr.model import OcrPage, Word

from .pages import FRAME

boxes = st.builds(Box, *[st.integers(0, 800)] * 2, *[st.integers(1, 90)] * 2)
words = st.lists(st.builds(Word, st.text("abc", min_size=1), boxes, st.just(1.0)), max_size=60)


def paragraph(name: str, x: int, y: int, lines: int, pitch: int = 24) -> list[Word]:
    """Return ``lines`` lines of five words, each named for its line and place."""
    return [
        Word(f"{name}{line}.{place}", Box(x + 60 * place, y + pitch * line, 52, 16), 1.0)
        for line in range(lines)
        for place in range(5)
    ]


def read(*parts: list[Word]) -> list[str]:
    shuffled = sorted((word for part in parts for word in part), key=lambda word: word.text[::-1])
    return [word.text for word in in_reading_order(shuffled)]


def names(*parts: list[Word]) -> list[str]:
    return [word.text for part in parts for word in part]


@given(words)
def test_no_word_is_lost_made_up_or_changed(page: list[Word]) -> None:
    def plain(word: Word) -> tuple[str, Box]:
        return word.text, word.box

    ordered = in_reading_order(page)
    assert sorted(map(plain, ordered)) == sorted(map(plain, page))


@given(words)
def test_lines_and_blocks_are_counted_in_the_order_of_the_words(page: list[Word]) -> None:
    ordered = in_reading_order(page)
    lines, blocks = [word.line for word in ordered], [word.block for word in ordered]
    assert lines == sorted(lines)
    assert blocks == sorted(blocks)
    assert sorted(set(lines)) == list(range(len(set(lines))))
    assert sorted(set(blocks)) == list(range(len(set(blocks))))
    assert all(
        len({word.block for word in line}) == 1 for line in OcrPage(FRAME, "", ordered).lines
    )


@given(words)
def test_the_order_of_coming_in_does_not_matter(page: list[Word]) -> None:
    unlike = list({word.box: word for word in page}.values())
    again = sorted(unlike, key=lambda word: (word.box.height, word.box.x), reverse=True)
    assert in_reading_order(unlike) == in_reading_order(again)


def test_two_columns_with_lines_at_other_heights_are_read_one_after_the_other() -> None:
    left, right = paragraph("l", 50, 100, 8), paragraph("r", 400, 107, 9, pitch=22)
    assert read(left, right) == names(left, right)


def test_three_columns_under_a_heading_and_over_a_footer() -> None:
    head = [Word(f"head{n}", Box(60 + 110 * n, 40, 100, 20), 1.0) for n in range(9)]
    columns = [paragraph(name, x, 90, 7) for name, x in (("a", 50), ("b", 390), ("c", 730))]
    foot = [Word(f"foot{n}", Box(60 + 110 * n, 300, 100, 16), 1.0) for n in range(9)]
    assert read(head, *columns, foot) == names(head, *columns, foot)


def test_two_stories_of_columns_are_read_story_by_story() -> None:
    upper = paragraph("a", 50, 100, 6), paragraph("b", 400, 100, 6)
    between = [Word(f"middle{n}", Box(50 + 80 * n, 270, 74, 16), 1.0) for n in range(8)]
    lower = paragraph("c", 50, 320, 6), paragraph("d", 400, 320, 6)
    assert read(*upper, between, *lower) == names(*upper, between, *lower)


def test_labels_keep_their_values_beside_them() -> None:
    rows = [
        [
            Word(f"label{n}", Box(50, 40 * n, 90, 16), 1.0),
            Word(f"value{n}", Box(400, 40 * n + 3, 90, 16), 1.0),
        ]
        for n in range(8)
    ]
    assert read(*rows) == names(*rows)


def test_an_empty_space_between_paragraphs_starts_a_block() -> None:
    ordered = in_reading_order([*paragraph("a", 50, 0, 3), *paragraph("b", 50, 120, 3)])
    assert {word.text[0]: word.block for word in ordered} == {"a": 0, "b": 1}


def in_blocks(*blocks: list[Word]) -> list[Word]:
    """Return words as an engine numbers them: a block each, lines by their height."""
    tops = sorted({(number, word.box.y) for number, block in enumerate(blocks) for word in block})
    return [
        replace(word, block=number, line=tops.index((number, word.box.y)))
        for number, block in enumerate(blocks)
        for word in block
    ]


def test_columns_that_an_engine_saw_keep_its_order() -> None:
    columns = in_blocks(paragraph("a", 50, 100, 3), paragraph("b", 400, 100, 3))
    assert in_better_order(columns) == tuple(columns)


def test_boxes_that_an_engine_read_one_by_one_are_read_along_their_rows() -> None:
    label = [Word("MRN", Box(50, 100, 60, 16), 1.0), Word("Name", Box(400, 100, 60, 16), 1.0)]
    entry = [Word("0123", Box(50, 130, 60, 16), 1.0), Word("Test", Box(400, 130, 60, 16), 1.0)]
    boxed = in_blocks([label[0], entry[0]], [label[1], entry[1]])
    assert [word.text for word in in_better_order(boxed)] == ["MRN", "Name", "0123", "Test"]
