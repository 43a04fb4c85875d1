"""A kept reading comes back as it was."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import CustodyError
from capture.model import Box
from ocr.codec import dump, load
from ocr.model import OcrPage, Quality, RuledLine, Verdict, Word

from .pages import FRAME

boxes = st.builds(Box, *[st.integers(-9, 99999)] * 4)
words = st.builds(
    Word, st.text(), boxes, st.floats(0, 1), line=st.integers(0, 999), block=st.integers(0, 99)
)
shares = st.floats(0, 1)
qualities = st.builds(
    Quality,
    st.sampled_from(Verdict),
    shares,
    st.none() | shares,
    st.none() | shares,
    st.integers(0, 99),
    st.text(),
)
readings = st.builds(
    OcrPage,
    st.just(FRAME),
    st.text(),
    st.lists(words).map(tuple),
    handwriting=st.lists(boxes).map(tuple),
    mostly_handwritten=st.booleans(),
    unread=st.integers(0, 99),
    ruled=st.lists(st.builds(RuledLine, boxes, shares)).map(tuple),
    quality=st.none() | qualities,
)


@given(readings)
def test_what_is_dumped_is_what_is_loaded(page: OcrPage) -> None:
    assert load(dump(page), FRAME) == page


@given(readings)
def test_the_same_reading_gives_the_same_bytes(page: OcrPage) -> None:
    assert dump(load(dump(page), FRAME)) == dump(page)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        zlib.compress(b"[]"),
        zlib.compress(b"{}"),
        zlib.compress(b'{"form":1,"engine":"x","words":[[1]]}'),
    ],
)
def test_bytes_that_are_no_reading_are_a_matter_of_custody(content: bytes) -> None:
    with pytest.raises(CustodyError, match="read the page again"):
        load(content, FRAME)


def test_a_reading_cut_short_is_not_taken_for_a_whole_one() -> None:
    whole = dump(OcrPage(FRAME, "test", (Word("word", Box(1, 2, 3, 4), 0.5),)))
    with pytest.raises(CustodyError):
        load(whole[:-5], FRAME)


def test_a_reading_of_a_newer_form_says_so() -> None:
    with pytest.raises(CustodyError, match="newer chartroom"):
        load(zlib.compress(b'{"form":3}'), FRAME)


def test_a_reading_of_the_first_form_is_still_read() -> None:
    first = b'{"form":1,"engine":"test","words":[["word",1,2,3,4,0.5,0,0]]}'
    word = Word("word", Box(1, 2, 3, 4), 0.5)
    assert load(zlib.compress(first), FRAME) == OcrPage(FRAME, "test", (word,))
