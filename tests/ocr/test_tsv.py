"""The table of Tesseract becomes words of the page, or an error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.errors import ToolError
from ocr.tsv import clean_word, words_of_tsv

PAGE = "1\t1\t0\t0\t0\t0\t0\t0\t400\t200\t-1\t"


def row(text: str, place: str = "1\t1\t1\t1", box: str = "10\t20\t30\t40", conf: float = 90) -> str:
    return f"5\t1\t{place}\t{box}\t{conf}\t{text}"


def test_blocks_and_lines_are_counted_from_nought_without_gaps() -> None:
    rows = [
        row("a", "2\t1\t1\t1"),
        row("b", "2\t1\t3\t1"),
        row("c", "2\t2\t1\t1"),
        row("d", "7\t1\t1\t1"),
    ]
    words = words_of_tsv("\n".join([PAGE, *rows]), 1.0, 400, 200)
    assert [(word.text, word.line, word.block) for word in words] == [
        ("a", 0, 0),
        ("b", 1, 0),
        ("c", 2, 1),
        ("d", 3, 2),
    ]


def test_a_block_whose_words_are_all_empty_takes_no_number() -> None:
    rows = [row(" ", "1\t1\t1\t1"), row("b", "2\t1\t1\t1")]
    words = words_of_tsv("\n".join([PAGE, *rows]), 1.0, 400, 200)
    assert [(word.text, word.line, word.block) for word in words] == [("b", 0, 0)]


@pytest.mark.parametrize(
    ("factor", "box"), [(1.0, [10, 20, 30, 40]), (2.0, [5, 10, 15, 20]), (0.5, [20, 40, 60, 80])]
)
def test_boxes_are_scaled_back_to_the_page(factor: float, box: list[int]) -> None:
    (word,) = words_of_tsv(f"{PAGE}\n{row('word')}", factor, 400, 200)
    assert word.box.as_list() == box


@given(
    st.tuples(*[st.integers(-50, 900)] * 4),
    st.floats(0.3, 3.0),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_a_box_is_never_empty_and_never_outside_the_page(
    box: tuple[int, ...], factor: float, width: int, height: int
) -> None:
    table = f"{PAGE}\n{row('word', box='	'.join(map(str, box)))}"
    (word,) = words_of_tsv(table, factor, width, height)
    assert 0 <= word.box.x < word.box.right <= width
    assert 0 <= word.box.y < word.box.bottom <= height


@given(st.floats(-1e6, 1e6))
def test_confidence_is_between_nought_and_one(conf: float) -> None:
    (word,) = words_of_tsv(f"{PAGE}\n{row('word', conf=conf)}", 1.0, 400, 200)
    assert 0.0 <= word.confidence <= 1.0


@pytest.mark.parametrize("table", ["", "\n", "hello", "1\t2", f"{PAGE}\n5\tx", "level\tpage_num"])
def test_what_is_no_table_is_an_error(table: str) -> None:
    with pytest.raises(ToolError):
        words_of_tsv(table, 1.0, 400, 200)


def test_a_page_row_alone_is_a_page_without_words() -> None:
    assert words_of_tsv(PAGE, 1.0, 400, 200) == ()


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("pre\u2010op", "pre-op"),
        ("co\u00adop", "co-op"),
        ("\ufb01lm", "film"),
        ("\u00a0A ", "A"),
        ("Mu\u0308ller", "Müller"),
        ("\u200b", ""),
        ("a\x00b", "ab"),
        ("½", "½"),
    ],
)
def test_words_are_written_one_way(read: str, meant: str) -> None:
    assert clean_word(read) == meant


@given(st.text())
@example("\u0339 \u0334")
def test_a_clean_word_is_one_word_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_word(text)
    assert cleaned.split() in ([], [cleaned])
    assert clean_word(cleaned) == cleaned
